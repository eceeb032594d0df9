"""Names go and the text around them stays: sentences of our own by kind of fault, of which few may still be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import regex

from redactor import Redactor
from redactor.model import Edit

CASES = Path(__file__).parent.parent / "data" / "body_text.txt"
MARK = regex.compile(r"\{([PLO])\|([^}]*)\}")
NAMES = ("PERSON", "LOCATION", "ORGANIZATION")
MOST_LOST, MOST_MISSED = 68, 13
"""Characters of the text that go with names, and names that stand, in all sentences: lower these as they fall."""


def unmarked(line: str) -> tuple[str, list[tuple[int, int, str]]]:
    """A sentence without its marks, and what is marked in it."""
    text, spans, at = "", [], 0
    for mark in MARK.finditer(line):
        text += line[at : mark.start()]
        spans.append((len(text), len(text) + len(mark[2]), mark[1]))
        text += mark[2]
        at = mark.end()
    return (text + line[at:]).replace("⏎", "\n"), spans


def stands(text: str, span: tuple[int, int, str], gone: set[int]) -> bool:
    """Whether a name is still told: any of a person's, more than a class word at the end of a place's or a body's."""
    start, end, kind = span
    left = [at for at in range(start, end) if at not in gone and not text[at].isspace()]
    if kind == "P" or len(left) == end - start:
        return bool(left)
    return any(at < max(gone & set(range(start, end))) for at in left)


def edited(edits: tuple[Edit, ...]) -> set[int]:
    return {at for edit in edits if edit.entity in NAMES for at in range(edit.start, edit.end)}


@pytest.mark.slow
def test_names_go_and_nothing_else(publish: Redactor) -> None:
    lines = [line for line in CASES.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    cases = [unmarked(line) for line in lines]
    results = publish.redact_many(text for text, _ in cases)
    lost, missed = 0, 0
    for (text, spans), result in zip(cases, results, strict=True):
        gone = edited(result.edits)
        inside = {at for start, end, _ in spans for at in range(start, end)}
        lost += sum(not text[at].isspace() for at in gone - inside)
        missed += sum(stands(text, span, gone) for span in spans)
    assert lost <= MOST_LOST
    assert missed <= MOST_MISSED
    assert len(cases) > 300
