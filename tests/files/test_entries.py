"""Entries of reports and their totals."""

from __future__ import annotations

import pytest

from redactor.files.entries import entry_of, nested, totals_of
from redactor.files.report import FileReport, Report
from redactor.language import say
from redactor.model import Edit, Finding


def filled(report: Report, name: str, bytes_lost: int) -> FileReport:
    file = report.new_file(name, f"out/{name}")
    file.size = 10
    findings = [Finding(1, 4, "PERSON", "names.tagger", 0.9), Finding(6, 8, "LOCATION", "places.county", 0.9)]
    report.add_part(file, "请王建国到云岭", [Edit(1, 4, "×", "PERSON", "names.tagger")], findings)
    file.not_checked = [{"where": "line 1", "what": f"text that is not utf-8 ({bytes_lost} bytes)"}]
    file.changed = True
    return file


def test_totals_are_the_sums_of_entries() -> None:
    report = Report(collect=False)
    failed = report.new_file("c.txt", "out/c.txt")
    failed.failed("c.txt: is encrypted", "encrypted")
    skipped = report.new_file("d.png", None)
    skipped.skipped = "picture"
    totals = totals_of([filled(report, "a.txt", 2), filled(report, "b.txt", 5), failed, skipped], {"hidden": 3})
    told = totals.as_dict()
    assert (told["files"], told["changed"], told["unchanged"], told["failed"], told["bytes"]) == (3, 2, 0, 1, 20)
    assert told["failed_by_reason"] == {"encrypted": 1}
    assert told["skipped_by_reason"] == {"hidden": 3, "picture": 1}
    assert (told["entities"], told["rules"]) == ({"PERSON": 2}, {"names.tagger": 2})
    # However many bytes there were, it is one thing that was not checked.
    assert told["not_checked_by_kind"] == {"text that is not utf-8": 2}
    assert nested(totals.findings) == {"LOCATION": {"places.county": 2}, "PERSON": {"names.tagger": 2}}


def test_an_entry_of_an_earlier_run_stands_under_its_present_name() -> None:
    report = Report(collect=False)
    entry = entry_of(filled(report, "a.txt", 1))
    again = report.new_file("./a.txt", "elsewhere/a.txt")
    again.take_up(entry)
    assert entry_of(again) == entry | {"name": "./a.txt", "output": "elsewhere/a.txt"}
    assert totals_of([again]).as_dict() == totals_of([filled(report, "a.txt", 1)]).as_dict()
    assert totals_of([again]).earlier == 1


def test_what_was_not_checked_is_one_thing_in_chinese_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDACTOR_LANG", "zh")
    files = [filled(Report(collect=False), name, 1) for name in ("a.txt", "b.txt")]
    for number, file in enumerate(files):
        file.not_checked[0]["what"] = say("text that is not {name} ({sum} bytes)", name="utf-8", sum=number)
    assert list(totals_of(files).not_checked.values()) == [2]
