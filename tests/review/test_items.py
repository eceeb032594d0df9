"""What there is to decide in a document of any format, and what becomes of it by what is decided."""

from __future__ import annotations

from pathlib import Path

import pytest

from redactor import Redactor
from redactor.document.edits import apply
from redactor.files.job import Job
from redactor.files.report import Report
from redactor.files.tasks import Task
from redactor.files.verifying import Way, made_of
from redactor.formats.decided import DecidedTexts
from redactor.formats.options import Options
from redactor.model import Decided
from redactor.review.items import Examined, Found, examine
from tests.build.word import new_word
from tests.conftest import made
from tests.formats.office.test_docx import plain
from tests.review.reviews import seen_of
from tests.review.serving import desk_of
from tests.verify.planted import LINES, TEXTS, original, output, path
from tests.verify.producers import PRODUCERS

KINDS = [*PRODUCERS, *TEXTS, "gbk.txt", "utf16.txt", "ofd"]
QUICK = ("word_plain", "json_lines", "gbk.txt")
EACH_KIND = [pytest.param(kind, marks=[] if kind in QUICK else [pytest.mark.slow]) for kind in KINDS]
TEXT = (
    "请王建国同志牵头，电话13800138000。\n王建国已到，中国人民银行，明月说，尾号138****8000。\n扫码关注我们的公众号\n"
)


def said(seen: Examined, found: Found) -> str:
    return seen.flows[found.flow].text[found.start : found.end]


def by_kind(seen: Examined, kind: str) -> set[str]:
    return {said(seen, found) for found in seen.found if found.kind == kind}


def test_each_thing_to_decide_is_told_with_its_kind(publish: Redactor) -> None:
    seen = examine(TEXT.encode(), "王建国.txt", publish, Options())
    assert {"王建国", "13800138000"} <= by_kind(seen, "finding")
    assert by_kind(seen, "left") == {"8000"}
    assert by_kind(seen, "protected") == {"中国人民银行"}
    assert [each.startswith("扫码关注") for each in by_kind(seen, "block")] == [True]
    assert seen.notes == ()
    assert all(found.why and found.rule for found in seen.found)


def test_what_a_keep_rule_has_taken_is_told_with_it(publish: Redactor) -> None:
    redactor = Redactor(keep=["王建国"], ner="none")
    seen = examine(TEXT.encode(), "a.txt", redactor, Options())
    assert "王建国" in by_kind(seen, "protected")
    assert all("kept by" in found.why for found in seen.found if found.kind == "protected")
    without = examine(TEXT.encode(), "a.txt", redactor, Options(), protected=False)
    assert not by_kind(without, "protected")


def test_what_is_decided_is_in_what_is_told(publish: Redactor) -> None:
    start = TEXT.index("已到")
    decisions = {0: Decided(kept=((1, 4),), masked=((start, start + 2, "PERSON"),))}
    seen = examine(TEXT.encode(), "a.txt", publish, Options(), decisions=decisions)
    assert by_kind(seen, "added") == {"已到"}
    assert (1, 4) not in {(found.start, found.end) for found in seen.found}
    assert apply(seen.flows[0].text, seen.flows[0].edits).startswith("请王建国同志牵头")


def test_a_document_that_crashes_its_reader_is_an_error(publish: Redactor) -> None:
    with pytest.raises(Exception, match="docx|zip|package"):
        examine(plain("正文")[:-40], "a.docx", publish, Options())


@pytest.mark.slow
def test_of_two_occurrences_either_is_kept_in_a_document_that_is_checked_last(
    publish: Redactor, tmp_path: Path
) -> None:
    document = plain("请王建国同志牵头。", "会后，王建国同志总结。")
    (tmp_path / "a.docx").write_bytes(document)
    seen = examine(document, "a.docx", publish, Options())
    places = [found for found in seen.found if said(seen, found) == "王建国"]
    assert len(places) == 2
    for number, kept in enumerate(places):
        job = Job(
            publish, Report(), Options(), "write", force=True, decisions={kept.flow: Decided(((kept.start, kept.end),))}
        )
        [file] = job.run([Task(tmp_path / "a.docx", tmp_path / "b.docx")])
        assert file.error is None
        [flow] = examine((tmp_path / "b.docx").read_bytes(), "b.docx", publish, Options()).flows[
            kept.flow : kept.flow + 1
        ]
        assert [("王建国" in line) for line in flow.text.splitlines()[:2]] == [number == 0, number == 1]


def test_a_value_of_a_column_is_kept_or_given_another_entity(publish: Redactor) -> None:
    table, options = "姓名,备注\n王建国,到\n蔚丹青,未到\n".encode(), Options(columns={"姓名": "PERSON"})
    seen = examine(table, "a.csv", publish, options)
    values = {said(seen, found): found for found in seen.found if found.rule == "user.column"}
    assert set(values) == {"王建国", "蔚丹青"}
    kept, other = values["王建国"], values["蔚丹青"]
    decisions = {
        kept.flow: Decided(kept=((kept.start, kept.end),)),
        other.flow: Decided(masked=((other.start, other.end, "LOCATION"),)),
    }
    done = made_of(table, Path("a.csv"), Path("a.csv"), Way(publish, options, decisions=decisions))
    assert done.decode() == "姓名,备注\n王建国,到\n×,未到\n"


@pytest.mark.sampled(3)
@pytest.mark.parametrize("kind", EACH_KIND)
def test_in_each_format_one_place_is_kept_and_another_masked(kind: str) -> None:
    redactor = made()
    seen = seen_of(kind)
    kept = next(found for found in seen.found if found.kind == "finding" and said(seen, found) == "王建国")
    number, start = next(
        (number, at) for number, flow in enumerate(seen.flows) for at in [flow.text.find("打扫")] if at >= 0
    )
    decisions: dict[int, Decided] = {kept.flow: Decided(kept=((kept.start, kept.end),))}
    before = decisions.get(number, Decided())
    decisions[number] = Decided(before.kept, (*before.masked, (start, start + 2, "PERSON")))
    way = Way(redactor, decisions=decisions)
    again = examine(made_of(original(kind), path(kind), path(kind), way), path(kind).name, redactor, Options())
    text, plainly = (
        "\n".join(flow.text for flow in each.flows)
        for each in (again, examine(output(kind), path(kind).name, redactor, Options()))
    )
    assert text.count("王建国") == plainly.count("王建国") + 1 == 1
    assert text.count("打扫") < plainly.count("打扫")  # in a sheet also where a formula shows the same
    for line in LINES:
        if "王建国" not in line and "打扫" not in line:
            same = redactor.redact(line).text
            assert (same in text) == (same in plainly)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        pytest.param(kind, mode, marks=[] if kind in QUICK else [pytest.mark.slow])
        for number, kind in enumerate(KINDS)
        for turn, mode in enumerate(("keep", "mask"))
        if kind in QUICK or (number + turn) % 2
    ],
)
def test_each_decision_holds_whatever_the_others_do_to_the_texts(kind: str, mode: str) -> None:
    redactor, name = made(), path(kind).name
    seen = examine(original(kind), name, redactor, Options(), protected=False)
    texts = [flow.text for flow in seen.flows]
    decisions = {
        number: Decided(kept=tuple((f.start, f.end) for f in seen.found if f.flow == number and f.kind == "finding"))
        if mode == "keep"
        else Decided(masked=((len(text) // 2 - 1, len(text) // 2 + 1, "PERSON"),))
        for number, text in enumerate(texts)
        if len(text) > 3 and (mode == "keep" or "。" in text)  # what holds a mail together is none of its text
    }
    under = examine(
        original(kind), name, redactor, Options(), decisions=DecidedTexts(decisions, texts), protected=False
    )
    assert [flow.text for flow in under.flows] == texts
    for number, flow in enumerate(under.flows):
        if flow.stretches:  # else it says what other texts say
            edited = {place for edit in flow.edits for place in range(edit.start, edit.end)}
            decided = decisions.get(number, Decided())
            assert not any(place in edited for span in decided.kept for place in range(*span))
            for start, end, _ in decided.masked:
                assert edited & {*range(start, end)} or not texts[number][start:end].strip(" \n×-—")


def test_the_name_of_a_correspondent_is_kept(publish: Redactor) -> None:
    mail = "From: 王建国 <wang@example.com>\r\nSubject: =?utf-8?B?5Lya6K6u?=\r\n\r\n请看附件。\r\n".encode()
    seen = examine(mail, "a.eml", publish, Options())
    kept = next(found for found in seen.found if said(seen, found) == "王建国")
    decisions = DecidedTexts({kept.flow: Decided(((kept.start, kept.end),))}, [flow.text for flow in seen.flows])
    done = made_of(mail, Path("a.eml"), Path("a.eml"), Way(publish, decisions=decisions))
    assert "王建国" in "\n".join(flow.text for flow in examine(done, "a.eml", publish, Options()).flows)
    assert b"wang@example.com" not in done


def test_what_nobody_sees_is_nothing_to_read(publish: Redactor, tmp_path: Path) -> None:
    document = new_word()
    document.add_paragraph("请王建国同志牵头。")
    table = document.add_table(2, 2)
    table.cell(1, 1).text = "李明"
    document.save(str(tmp_path / "a.docx"))
    review = desk_of(tmp_path / "a.docx").review(0)
    shown = [(each["where"], each["text"]) for each in review.part(0) if not each["wall"] and each["text"]]
    assert shown == [
        ("paragraph 1", "请王建国同志牵头。"),
        ("table 1 B2", "李明"),
        ("docProps/core.xml", "generated by python-docx"),
    ]
    review.mark_read(int(each["id"]) for each in review.part(0) if not each["wall"])
    assert review.counts["share"] == 100
