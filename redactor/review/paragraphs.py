"""The texts of a document as the page shows them: paragraphs in parts, what is marked in each, and what the engine made of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import regex

from redactor.model import Edit, RedactorError, Span

PART: Final = 100_000
"""Code points that the page shows at a time, at most; a paragraph is never cut."""
_OUTER: Final = regex.compile(r"[\s\p{P}]")
_INNER: Final = "《》“”‘’\"'（）()【】〔〕[]"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of a text: `[start, end)` of a flow of the document, in code points. `where`: its place as formats name it, in English.

    `part`: the number of the part of the page that shows it.
    """

    number: int
    flow: int
    start: int
    end: int
    where: str
    part: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What is marked in a flow: `[start, end)`, and the id of the item that stands there."""

    start: int
    end: int
    item: str


def paragraphs_of(flows: Sequence[tuple[str, Sequence[tuple[int, int, str]]]]) -> list[Paragraph]:
    """The paragraphs of a document. `flows`: each text, and the stretches of it that stand in places of their own."""
    found: list[Paragraph] = []
    part, size = 0, 0
    for number, (text, stretches) in enumerate(flows):
        for low, high, where in stretches:
            for start, end in _lines(text, low, high):
                if size and size + end - start > PART:
                    part, size = part + 1, 0
                size += end - start + 1
                found.append(Paragraph(len(found), number, start, end, where, part))
    return found


def _lines(text: str, low: int, high: int) -> Iterator[Span]:
    """The lines of `[low, high)` without their ends; one at least."""
    start = low
    while (end := text.find("\n", start, high)) >= 0:
        yield start, end - (end > start and text[end - 1] == "\r")
        start = end + 1
    if start < high or start == low:
        yield start, high


class Index:
    """Finds the paragraph that a place of a flow lies in."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self._all = paragraphs
        self._starts = [(each.flow, each.start) for each in paragraphs]

    def at(self, flow: int, offset: int) -> Paragraph:
        """The paragraph that holds an offset, or the last before it."""
        return self._all[max(0, bisect_right(self._starts, (flow, offset)) - 1)]

    def over(self, flow: int, start: int, end: int) -> Iterator[Paragraph]:
        """All paragraphs that a range touches."""
        number = self.at(flow, start).number
        while (
            number < len(self._all) and self._all[number].flow == flow and self._all[number].start < max(end, start + 1)
        ):
            yield self._all[number]
            number += 1


def hit_of(index: Index, flow: int, start: int, end: int) -> dict[str, Any]:
    """A range of a flow as the page wants it: its ends by paragraph, in code points."""
    one, other = index.at(flow, start), index.at(flow, end - 1)
    first = {"paragraph": str(one.number), "start": start - one.start, "part": one.part}
    return {**first, "end_paragraph": str(other.number), "end": end - other.start}


def shown(paragraph: Paragraph, text: str, edits: Sequence[Edit], marks: Sequence[Mark]) -> dict[str, Any]:
    """A paragraph as the page wants it. `edits`, `marks`: those of its flow that touch it, in order, none over another.

    `out` are pieces of the result: a text that stays, or what was put in place of `original`, with the id of the item that it is of.
    """
    start, end = paragraph.start, paragraph.end
    pieces: list[list[str | None]] = []
    at = start
    for edit in edits:
        low, high = max(edit.start, start), min(edit.end, end)
        if at < low:
            pieces.append([text[at:low]])
        # Of an edit over several paragraphs the first has what stands in its place.
        new = edit.replacement if edit.start >= start else ""
        if new or low < high:
            pieces.append([new, _item_at(marks, low, high), text[low:high]])
        at = max(at, high)
    if at < end:
        pieces.append([text[at:end]])
    return {
        "id": str(paragraph.number),
        "text": text[start:end],
        "marks": [[max(m.start, start) - start, min(m.end, end) - start, m.item] for m in marks],
        "out": pieces,
        "gone": start < end and not any(piece[0] for piece in pieces),
    }


def _item_at(marks: Iterable[Mark], start: int, end: int) -> str | None:
    return next((mark.item for mark in marks if mark.start < end and start < mark.end), None)


def without_overlap(marks: Iterable[Mark]) -> list[Mark]:
    """Marks in order of place; of those that overlap, the one that was given first stays."""
    taken: list[Mark] = []
    starts: list[int] = []
    for mark in marks:
        at = bisect_right(starts, mark.start)
        before = taken[at - 1].end <= mark.start if at else True
        after = taken[at].start >= mark.end if at < len(taken) else True
        if before and after and mark.start < mark.end:
            taken.insert(at, mark)
            starts.insert(at, mark.start)
    return taken


def trimmed(
    paragraphs: Sequence[Paragraph], texts: Sequence[str], first: int, start: int, last: int, end: int
) -> tuple[int, int, int]:
    """A selection, from a place in one paragraph to a place in another, as a range of a flow, without white space and punctuation around it.

    `texts`: the flows. RedactorError when there is no such place, or nothing is left.
    """
    if not (0 <= first < len(paragraphs) and 0 <= last < len(paragraphs)):
        raise RedactorError("there is no such place")
    one, other = paragraphs[first], paragraphs[last]
    low, high = one.start + start, other.start + end
    if one.flow != other.flow or not one.start <= low <= one.end or not other.start <= high <= other.end:
        raise RedactorError("there is no such place")
    text = texts[one.flow]
    while low < high and _OUTER.match(text, low) and text[low] not in _INNER:
        low += 1
    while low < high and _OUTER.match(text, high - 1) and text[high - 1] not in _INNER:
        high -= 1
    if low >= high:
        raise RedactorError("nothing but white space and punctuation is selected")
    return one.flow, low, high
