"""The decisions file: it comes back as it was written, holds no text, and an approval is of these decisions and no others."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from redactor import Redactor
from redactor.formats.options import Options
from redactor.model import FormatError
from redactor.review.decisions import Approval, DecisionsFile, entry, seen, undecided
from redactor.review.fingerprints import Fingerprints, own_key, read_key, value_of
from redactor.review.items import examine
from tests.review.reviews import MARKS, keep, reviewed

TEXT = "请王建国同志牵头，电话13800138000。\n会后，王建国、蔚丹青到云岭县，13800138000。\n"


def a_file(publish: Redactor) -> DecisionsFile:
    seen_ = examine(TEXT.encode(), "a.txt", publish, Options())
    file, _ = reviewed(TEXT.encode(), Path("a.txt"), publish, keep("王建国", seen=seen_))
    note = seen(MARKS, "word/media/image1.png", "a picture", by="甲")
    return replace(file, entries=(*file.entries, note), audit=(412, "0f" * 32))


def test_it_comes_back_as_it_was_written(publish: Redactor, tmp_path: Path) -> None:
    file = a_file(publish)
    file = file.with_approval(
        Approval("乙", "2026-01-02T03:04:05Z", file.digest, file.finish.output if file.finish else "")
    )
    path = tmp_path / "a.txt.decisions.json"
    file.write(path)
    assert DecisionsFile.read(path) == file
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes().isascii()
    data = path.read_bytes()
    for value in ("王建国", "蔚丹青", "云岭", "13800138000", "image1"):
        assert value.encode() not in data
        assert value.encode("unicode_escape") not in data
    file.write(path)
    assert path.read_bytes() == data


def test_each_decision_has_a_line(publish: Redactor, tmp_path: Path) -> None:
    file = a_file(publish)
    file.write(tmp_path / "a")
    other = replace(file, entries=(replace(file.entries[0], by="丙"), *file.entries[1:]))
    other.write(tmp_path / "b")
    lines = [(tmp_path / name).read_text().splitlines() for name in "ab"]
    assert sum(one != other for one, other in zip(*lines, strict=True)) == 1


CHANGES: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
    ("no decisions", lambda t: t.pop("decisions")),
    ("a later schema", lambda t: t.update(schema=2)),
    ("no bound", lambda t: t.update(bound={})),
    ("a number for a hash", lambda t: t["bound"].update(input=5)),
    ("an unknown field", lambda t: t["bound"].update(more="")),
    ("an unknown action", lambda t: t["decisions"][0].update(action="drop")),
    ("an unknown scope", lambda t: t["decisions"][0].update(scope="all")),
    ("an unknown entity", lambda t: t["decisions"][0].update(entity="王建国")),
    ("a place turned round", lambda t: t["decisions"][0].update(places=[[0, 5, 4]])),
    ("a place before the beginning", lambda t: t["decisions"][0].update(places=[[0, -5, 4]])),
    ("a place that is a truth value", lambda t: t["decisions"][0].update(places=[[True, 1, 4]])),
    ("half a place", lambda t: t["decisions"][0].update(places=[[0, 1]])),
    ("a place twice", lambda t: t["decisions"][0].update(places=[[0, 1, 4]] * 2, contexts=[["0" * 16] * 6] * 2)),
    ("too few contexts", lambda t: t["decisions"][0].update(contexts=[])),
    ("a short fingerprint", lambda t: t["decisions"][0].update(value="abc")),
    ("a text for a fingerprint", lambda t: t["decisions"][0].update(value="王建国")),
    ("a list for a decision", lambda t: t["decisions"].append([])),
    ("approvals that are none", lambda t: t.update(approvals=[1])),
    ("a head without a number", lambda t: t.update(audit={"seq": "1", "head": ""})),
]


@pytest.mark.parametrize("change", [each for _, each in CHANGES], ids=[name for name, _ in CHANGES])
def test_what_is_none_is_refused_in_one_line(
    publish: Redactor, tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    path = tmp_path / "d.json"
    a_file(publish).write(path)
    table = json.loads(path.read_bytes())
    change(table)
    path.write_text(json.dumps(table))
    with pytest.raises(FormatError, match=r"d\.json: (not a file of decisions|was written by a newer)"):
        DecisionsFile.read(path)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b'"a"', b"[" * 100_000])
def test_any_other_file_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "d").write_bytes(data)
    with pytest.raises(FormatError, match="not a file of decisions"):
        DecisionsFile.read(tmp_path / "d")


def test_an_approval_is_of_these_decisions_and_this_output_by_somebody_else(publish: Redactor) -> None:
    file = a_file(publish)
    assert file.finish
    output = file.finish.output
    assert not file.approved
    assert file.with_approval(Approval("乙", "", file.digest, output)).approved
    assert not file.with_approval(Approval("甲", "", file.digest, output)).approved
    assert not file.with_approval(Approval("乙", "", file.digest, output, role="return")).approved
    approved = file.with_approval(Approval("乙", "", file.digest, output))
    later = replace(approved, entries=approved.entries[1:])
    assert not later.approved
    assert later.with_approval(Approval("丁", "", later.digest, output)).approvals[0].by == "丁"
    assert not replace(approved, finish=replace(file.finish, output="0" * 64)).approved


def test_fingerprints_are_of_the_value_whatever_its_width() -> None:
    assert MARKS.value("１３８") == MARKS.value("138") == MARKS.value("1\u200b38")
    assert MARKS.value("138") != MARKS.value("139")
    assert MARKS.value("138") != MARKS.of("before", "138")
    assert MARKS.value("138") != Fingerprints(b"x" * 32).value("138")
    assert value_of("ＡＢ\u00ad") == "AB"


def test_contexts_know_the_edges_of_a_text() -> None:
    alone = MARKS.contexts("甲王建国乙", 1, 4)
    assert len(alone) == 6
    assert MARKS.contexts("一二三四五六七八九十甲甲王建国乙", 12, 15)[:3] != alone[:3]
    text = "前面的一段话。甲王建国乙。后面的一段话很长"
    moved = "另外" + text
    assert MARKS.contexts(text, 8, 11)[:2] == MARKS.contexts(moved, 10, 13)[:2]
    assert MARKS.contexts(text, 8, 11)[3:] == MARKS.contexts(moved, 10, 13)[3:]


def test_the_key_is_made_once_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "state" / "redactor" / "review.key"
    marks = own_key(path)
    assert len(marks.key) == 32
    assert own_key(path) == read_key(path) == marks
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["review.key"]
    assert repr(marks) == "Fingerprints()"
    (tmp_path / "short").write_bytes(b"x")
    with pytest.raises(FormatError, match="not a review key"):
        read_key(tmp_path / "short")


def test_entries_of_several_places_have_the_contexts_of_each() -> None:
    flows = ["请王建国讲话，王建国到会。"]
    both = entry(MARKS, flows, [(0, 7, 10), (0, 1, 4)], "keep", "PERSON", scope="value")
    assert both.places == ((0, 1, 4), (0, 7, 10))
    assert [len(each) for each in both.contexts] == [6, 6]
    assert [each.action for each in undecided(MARKS, flows, [((0, 1, 4), "PERSON", "names.tagger")])] == ["open"]
