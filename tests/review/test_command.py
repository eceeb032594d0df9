"""The command that opens the page: where results go that stand beside their files."""

from __future__ import annotations

from pathlib import Path

from redactor.cli.review import results_beside
from redactor.files.names import without_names
from tests.conftest import made


def test_no_name_that_would_be_masked_is_in_that_of_a_result() -> None:
    redactor = made("publish")
    assert without_names(redactor, "请王建国同志到会2023年5月8日") == "请×同志到会2023年5月8日"
    names = [
        "请王建国同志到会.docx",
        "请李秀芝同志到会.docx",
        "汇报.docx",
        "汇报.redacted.docx",
        "请×同志到会.redacted.docx",
        "a.redacted.txt",
    ]
    told = {
        path.name: target.name for path, target in results_beside([Path("d", name) for name in names], redactor).items()
    }
    assert told == {
        "请王建国同志到会.docx": "请×同志到会.redacted.docx",
        "请李秀芝同志到会.docx": "请×同志到会-2.redacted.docx",
        "汇报.docx": "汇报.redacted.docx",
        "a.redacted.txt": "a.redacted.redacted.txt",
    }
