"""Where things stand: offsets of joined texts and of outputs, back to the parts of a document and to the input."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Final

import regex

from redactor.document.residue import Residue
from redactor.formats.unit import Unit
from redactor.model import Edit
from redactor.text.show import escape

_LINE_END: Final = regex.compile(r"\n")


def places_of(units: Sequence[Unit]) -> Callable[[int], str]:
    """Tells where the unit stands that holds an offset of the joined text."""
    ends = list(accumulate(len(unit.text) + 1 for unit in units))
    return lambda offset: escape(units[bisect_right(ends, offset)].where) if offset < ends[-1] else ""


def lines_of(text: str, first: int) -> Callable[[int], tuple[int, int]]:
    """Tells line and column of an offset of a text whose lines count from `first`."""
    starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def place(offset: int) -> tuple[int, int]:
        number = bisect_right(starts, offset)
        return first + number - 1, offset - starts[number - 1] + 1

    return place


def before_edits(edits: Sequence[Edit]) -> Callable[[int], int]:
    """Tells where in the input a character of the output stood that no edit has written."""
    shifts = list(accumulate(edit.end - edit.start - len(edit.replacement) for edit in edits))
    ends = [edit.end - shift for edit, shift in zip(edits, shifts, strict=True)]

    def before(offset: int) -> int:
        number = bisect_right(ends, offset)
        return offset + (shifts[number - 1] if number else 0)

    return before


def shown_in(units: Sequence[Unit], edits: Sequence[Edit], residue: Sequence[Residue]) -> tuple[Residue, ...]:
    """The residue, found in the joined text after the edits, that lies in text which a reader sees."""
    if not any(unit.quiet for unit in units):
        return tuple(residue)
    ends = list(accumulate(len(unit.text) + 1 for unit in units))
    before = before_edits(edits)

    def shown(each: Residue) -> bool:
        offset = before(each.start)
        number = bisect_right(ends, offset)
        return number == len(units) or offset >= ends[number] - 1 - len(units[number].text) + units[number].quiet

    return tuple(each for each in residue if shown(each))
