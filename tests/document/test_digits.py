"""The account of digits: each Arabic digit of an output is protected by a named rule or is residue."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor import Redactor
from redactor.document.residue import find_residue
from redactor.formats.session import DocumentSession
from redactor.formats.unit import Unit, unshown
from redactor.model import Finding, Result
from redactor.text.masked import masked_spans
from tests.conftest import Run, made
from tests.draws import draws
from tests.formats.office.test_docx import plain

TEXT = "拨打12345热线，见第3章。\n暗语 7788990 在此，增长12.5%，版3.14，甲 5\n"
PIECES = [
    "第3章",
    "12345热线",
    "暗语 77",
    "共12.5",
    "5G",
    "3.1.4",
    "甲",
    "，",
    "\n",
    "1,2",
    "７７",
    "图3",
    "2",
    ".",
    "×",
]


@draws(60)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_each_digit_is_accounted_for_once(text: str) -> None:
    redactor = plain_redactor()
    result = redactor.redact(text)
    told = bytearray(len(result.text))
    for each in redactor.account(text, result):
        if each.kind in ("digits", "kept-digits"):
            assert not any(told[each.start : each.end])
            assert result.text[each.start].isdigit()
            assert result.text[each.end - 1].isdigit()
        told[each.start : each.end] = b"\1" * (each.end - each.start)
    for start, end in masked_spans(result.text):
        told[start:end] = b"\1" * (end - start)
    assert [at for at, char in enumerate(result.text) if char.isdigit() and not told[at]] == []


@cache
def plain_redactor() -> Redactor:
    """One without the recogniser, made once."""
    return made(ner="none")


def test_kept_digits_name_their_rule_and_are_no_residue(publish: Redactor) -> None:
    result = publish.redact(TEXT)
    kept = [(result.text[r.start : r.end], r.rule) for r in publish.account(TEXT, result) if r.kind == "kept-digits"]
    assert kept == [("12345", "keep.service-numbers"), ("3", "keep.ordinals")]
    assert "kept-digits" not in {r.kind for r in publish.residue(TEXT, result)}


def test_a_figure_that_a_keep_rule_covers_in_part_is_told_of_in_two() -> None:
    text = "暗号甲1234在此"
    kept = Finding(2, 5, "KEEP", "my.keep", 1.0)
    account = find_residue(text, Result(text, (), ()), (), [kept], ())
    assert [(r.kind, r.start, r.end) for r in account] == [("kept-digits", 3, 5), ("digits", 5, 7)]


def test_scan_digits_shows_both(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    done = run("scan", "--digits", "a.txt")
    assert done.stdout.decode().splitlines() == [
        "a.txt:1:3: KEEP 12345 (keep.service-numbers)",
        "a.txt:1:13: KEEP 3 (keep.ordinals)",
        "a.txt:2:4: RESIDUE 7788990",
        "a.txt:2:24: RESIDUE 3.14",
        "a.txt:2:31: RESIDUE 5",
    ]
    rows = json.loads(run("scan", "--digits", "a.txt", "--format", "json", "--include-text").stdout)
    assert [row["text"] for row in rows if row["entity"] == "RESIDUE"] == ["7788990", "3.14", "5"]
    assert run("scan", "--digits", "--check", "-", stdin="第3章\n".encode()).returncode == 0
    assert run("scan", "--digits", "--check", "-", stdin="暗语 77\n".encode()).returncode == 1
    assert run("scan", "--digits", "--profile", "-", stdin=b"").returncode == 2


def test_report_counts_both_and_says_where(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    run("clean", "a.txt", "-o", "out.txt", "--report", "r.json", "--include-text")
    [file] = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["files"]
    assert file["digits"] == {"kept": {"keep.ordinals": 1, "keep.service-numbers": 1}, "left": 3}
    out = (tmp_path / "out.txt").read_text(encoding="utf-8").splitlines()
    for item in file["residue"]:
        assert out[item["line"] - 1][item["column"] - 1 :].startswith(item["text"])


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_report_is_the_same_whatever_the_processes(run: Run, tmp_path: Path, jobs: str) -> None:
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(TEXT, encoding="utf-8")
    run("clean", "a.txt", "b.txt", "-o", "out", "--report", "r.json", "--jobs", jobs)
    files = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["files"]
    assert [file["digits"]["left"] for file in files] == [3, 3]


def test_fail_on_residue_is_about_residue_alone(run: Run) -> None:
    assert run("clean", "-", "--fail-on-residue", stdin="见第3章\n".encode()).returncode == 0


def test_what_no_reader_sees_is_no_residue(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(plain("见第3章，暗语 7788990 在此"))
    done = run("scan", "--digits", "a.docx")
    assert [line.rpartition(": ")[2] for line in done.stdout.decode().splitlines()] == [
        "KEEP 3 (keep.ordinals)",
        "RESIDUE 7788990",
    ]


def test_quiet_units_and_lent_labels(publish: Redactor) -> None:
    listed: list[str] = []

    def account(text: str, result: object, units: object, residue: object = None) -> None:
        from redactor.files.positions import shown_in

        found = publish.account(text, result)  # type: ignore[arg-type]
        shown = shown_in(units, result.edits, found)  # type: ignore[arg-type,attr-defined]
        listed.extend(result.text[r.start : r.end] for r in shown)  # type: ignore[attr-defined]

    session = DocumentSession(publish, account)
    session.flow(
        [unshown("样式 7788", "a"), Unit("得分 99：暗语 6655", "b", 6), Unit("暗语 4433，增长5%，暗语 22", "c")]
    )
    assert listed == ["6655", "4433", "22"]


def test_ids_and_classes_of_a_page_are_no_residue(run: Run, tmp_path: Path) -> None:
    page = '<body class="c12" id="x99"><p style="margin:12px" title="题 55">暗语 7788<img src="a123.png" alt="图样 44"></p>'
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    lines = run("scan", "--digits", "a.html").stdout.decode().splitlines()
    assert sorted(line.rpartition("RESIDUE ")[2] for line in lines) == ["44", "55", "7788"]
