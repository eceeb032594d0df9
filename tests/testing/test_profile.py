"""`scan --profile` and the redactor behind it: the real run, timed by stage and by rule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from redactor import Redactor
from redactor.document.state import Memory
from redactor.testing.profile import STAGES, Clock, ProfiledRedactor, as_dict, as_table
from redactor.text.document import Document
from tests.conftest import Run

SLOW = r"""
[[rule]]
id = "mine.slow"
entity = "ORGANIZATION"
description = { zh = "慢", en = "Slow" }
pattern = '[一-龥]{1,30}[一-龥]{1,30}[^\s一-龥。，]'
"""
"""From each character it tries all of 900 ways to go on."""
MEADOW = "春天来了桃花开满了山坡小河边的柳树也绿了孩子们在田野里奔跑放风筝笑声传得很远很远\n" * 300
SPEECH = Path(__file__).parent.parent / "data" / "speech.txt"


def profile_of(run: Run, *arguments: str | Path) -> dict[str, Any]:
    done = run("scan", "--profile", "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr.decode()
    profile: dict[str, Any] = json.loads(done.stdout)
    return profile


def assert_adds_up(profile: dict[str, Any]) -> None:
    rows, total = profile["rows"], profile["total"]
    seconds = [row["seconds"] for row in rows]
    assert seconds == sorted(seconds, reverse=True)
    assert all(value >= 0 for value in seconds)
    # To the rounding of each row.
    assert abs(sum(seconds) - total["seconds"]) <= 1e-6 * (len(rows) + 1)
    assert abs(sum(row["share"] for row in rows) - 1) <= 1e-4 * len(rows)
    assert {(row["kind"], row["name"]) for row in rows} >= set(STAGES)


@pytest.mark.slow
def test_a_slow_rule_stands_at_the_top(run: Run, tmp_path: Path) -> None:
    (tmp_path / "slow.toml").write_text(SLOW, encoding="utf-8")
    (tmp_path / "in.txt").write_text(MEADOW, encoding="utf-8")
    profile = profile_of(run, "--rules", "slow.toml", "in.txt")
    assert_adds_up(profile)
    assert profile["rows"][0] | {"seconds": 0, "share": 0} == {
        "kind": "rule",
        "name": "mine.slow",
        "seconds": 0,
        "share": 0,
        "findings": 0,
    }
    table = run("scan", "--profile", "--rules", "slow.toml", "in.txt").stdout.decode().splitlines()
    assert table[0].split() == ["seconds", "share", "findings", "stage", "or", "rule"]
    assert table[1].split()[-1] == "mine.slow"
    assert table[-1].split()[-1] == "(total)"


def test_counts_what_scan_finds(run: Run) -> None:
    found = json.loads(run("scan", "--format", "json", SPEECH).stdout)
    profile = profile_of(run, SPEECH)
    assert_adds_up(profile)
    assert profile["total"]["findings"] == len(found)
    candidates = {row["name"]: row["findings"] for row in profile["rows"] if row["kind"] == "rule"}
    for row in found:
        if row["rule"] in candidates:
            assert candidates[row["rule"]] > 0
    shared = {rule for row in profile["rows"] if row["kind"] == "rules" for rule in row["rules"]}
    single = {row["rule"] for row in found} - shared - {"propagated"}
    assert {rule for rule in single if not rule.startswith("boilerplate.")} <= candidates.keys()


def test_documents_and_folders_go_into_one_table(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "page.html").write_text("<p>请<b>王</b>建国同志牵头，电话13812345678。</p>", encoding="utf-8")
    (folder / "note.txt").write_text("请李卫东同志参加。", encoding="utf-8")
    profile = profile_of(run, "in")
    assert_adds_up(profile)
    assert profile["total"]["findings"] == 3
    seconds = {row["name"]: row["seconds"] for row in profile["rows"] if row["kind"] == "stage"}
    assert seconds["decode"] > 0
    assert seconds["edits"] > 0


def test_failures_are_told_beside_the_table(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\xff\x81" * 9)
    done = run("scan", "--profile", "--encoding", "utf-8", "bad.txt", SPEECH)
    assert done.returncode == 2
    assert b"bad.txt" in done.stderr
    assert done.stdout.decode().splitlines()[-1].endswith("(total)")


def test_the_exit_code_of_check_stays(run: Run) -> None:
    assert run("scan", "--profile", "--check", SPEECH).returncode == 1


def test_lines_of_json_are_no_profile(run: Run) -> None:
    done = run("scan", "--profile", "--format", "jsonl", SPEECH)
    assert done.returncode == 2
    assert b"--profile" in done.stderr


def test_a_profiled_redactor_does_what_the_other_does(publish: Redactor) -> None:
    text = SPEECH.read_text(encoding="utf-8")
    profiled = ProfiledRedactor(publish)
    clock = profiled.clock
    assert profiled.redact(text) == publish.redact(text)
    assert profiled.scan(text) == publish.scan(text)
    assert list(profiled.redact_parts([text, text])) == list(publish.redact_parts([text, text]))
    # The redactor that it was made of is not timed.
    before = {row.name: row.seconds for row in clock.rows() if row.name != "decode"}
    publish.redact(text)
    assert {row.name: row.seconds for row in clock.rows() if row.name != "decode"} == before


def test_time_belongs_to_the_innermost_stage() -> None:
    clock = Clock()
    with clock.stage(("stage", "outer")):
        found = list(clock.each(("rule", "inner"), lambda: iter("abc")))
    assert found == ["a", "b", "c"]
    rows = {row.name: row for row in clock.rows()}
    assert rows["inner"].findings == 3
    assert rows["outer"].findings is None
    assert rows["outer"].seconds > 0
    with pytest.raises(ZeroDivisionError), clock.stage(("stage", "outer")):
        _ = 1 / 0
    assert clock._open == [("stage", "decode")]


def test_an_abandoned_search_leaves_no_stage_open() -> None:
    clock = Clock()
    assert next(clock.each(("rule", "inner"), lambda: iter("abc"))) == "a"
    assert clock._open == [("stage", "decode")]


def test_views_and_the_network_are_laid_to_no_rule(publish: Redactor) -> None:
    profiled = ProfiledRedactor(publish)
    clock = profiled.clock
    profiled.pipeline.finish(profiled.pipeline.look(Document("请王建国同志\n牵头，电话13812345678。\n")), Memory())
    rows = {row.name: row for row in clock.rows()}
    for stage in ("normalise", "screen", "words", "network", "resolve", "edits"):
        assert rows[stage].seconds > 0, stage
    assert rows["second look"].kind == "stage"


def test_a_table_of_nothing() -> None:
    assert as_dict([], 0) == {"rows": [], "total": {"seconds": 0, "findings": 0}}
    assert [line.split()[-1] for line in as_table([], 0)] == ["rule", "(total)"]
