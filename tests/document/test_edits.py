"""Edits: where they are made, that breaks survive them, that nothing else is touched."""

from __future__ import annotations

import pytest

from redactor.document.edits import apply, assert_intact, merge, pieces, unchanged, widened
from redactor.model import Edit, Span


def edit(start: int, end: int, replacement: str = "×") -> Edit:
    return Edit(start, end, replacement, "PERSON", "r")


PIECES = {
    "in-one-line": ("甲乙丙", [(0, 3)]),
    "over-a-line-end": ("甲\n乙", [(0, 1), (2, 3)]),
    "over-a-line-end-of-windows": ("甲\r\n乙", [(0, 1), (3, 4)]),
    "with-the-indent": ("甲\n \t　乙", [(0, 1), (5, 6)]),
    "over-blank-lines": ("甲\n\n\r\n乙", [(0, 1), (5, 6)]),
    "a-break-at-the-beginning": ("\n　甲", [(2, 3)]),
    "a-break-at-the-end": ("甲\n", [(0, 1)]),
    "blanks-are-no-break": ("甲 乙　丙", [(0, 5)]),
    "nothing-but-breaks": ("\n\r\n", []),
    "three": ("甲\r乙\n丙", [(0, 1), (2, 3), (4, 5)]),
}


@pytest.mark.parametrize(("value", "expected"), PIECES.values(), ids=PIECES)
def test_breaks_survive(value: str, expected: list[Span]) -> None:
    text = f"前\n{value}\n后"
    spans = [(start + 2, end + 2) for start, end in expected]
    assert pieces(text, 2, 2 + len(value), "PERSON") == spans
    assert pieces(text, 2, 2 + len(value), "BOILERPLATE") == [(2, 2 + len(value))]


def test_a_break_at_the_very_beginning_survives() -> None:
    assert pieces("\n甲\n", 0, 3, "PERSON") == [(1, 2)]
    assert pieces("\r甲\n", 0, 3, "PERSON") == [(1, 2)]
    assert pieces("甲\n \n乙", 0, 3, "PERSON") == [(0, 1)]
    assert pieces("甲 \r\n> 乙", 0, 7, "PERSON") == [(0, 1), (6, 7)]


def test_edits_are_made_in_place() -> None:
    text = "零一二三四五"
    edits = (edit(0, 1), edit(2, 4, ""), edit(5, 6, "某某"))
    assert apply(text, edits) == "×一四某某"
    assert apply(text, ()) == text
    assert merge(edits[1:], edits[:1]) == edits
    assert merge(edits, [edit(1, 4)]) == (edit(0, 1), edit(1, 4), edit(5, 6, "某某"))
    assert unchanged(text, list(edits)) == edits
    assert_intact(text, "×一四某某", edits)


@pytest.mark.parametrize("output", ["×二四某某", "×一四某某五", "一四某某", "×一四四某某"])
def test_other_changes_are_seen(output: str) -> None:
    with pytest.raises(AssertionError, match="outside the edits"):
        assert_intact("零一二三四五", output, (edit(0, 1), edit(2, 4, ""), edit(5, 6, "某某")))


def test_edits_that_overlap_are_seen() -> None:
    with pytest.raises(AssertionError, match="overlap"):
        assert_intact("零一二三", "××三", (edit(0, 2), edit(1, 3)))
    assert_intact("零一二三", "××", (edit(0, 2), edit(2, 4)))


def test_edits_take_what_cannot_be_seen_along() -> None:
    text = "\u200b甲\u200b乙\u200b\u200b丙\u200b"
    made = widened(text, [edit(1, 2), edit(3, 4), edit(6, 7)])
    assert [(each.start, each.end) for each in made] == [(0, 3), (3, 6), (6, 8)]


def test_edits_grow_up_to_the_next_one_and_no_further() -> None:
    # The second edit takes an invisible character that the first one stands beside.
    made = widened("甲\u200b\u200b\u200b", [edit(0, 1), edit(2, 3)])
    assert [(each.start, each.end) for each in made] == [(0, 2), (2, 4)]
