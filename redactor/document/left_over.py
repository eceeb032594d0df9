"""What reads as boilerplate only once the values in it are hidden: it goes with them, or a second run would take it. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from redactor.document.edits import apply
from redactor.document.state import Draft
from redactor.model import Edit, Finding
from redactor.text.document import Document

_LINE_ENDS: Final = "\r\n"


def left_over(
    draft: Draft,
    document: Document,
    weighs: Callable[[Iterable[str]], bool],
    find: Callable[[Document], Sequence[Finding]],
) -> list[Finding]:
    """The boilerplate of a draft of a document as it will read, where it stands in the input.

    `weighs`: whether a cue may stand in some lines; only where one does in a line that was edited, it is asked what there is to `find`.
    """
    if not draft.edits or document.spared or not (document.head or document.tail or document.middle):
        return []
    output = apply(draft.text, draft.edits)
    if not weighs(_edited_lines(output, draft.edits)):
        return []
    hidden = Document(output, head=document.head, tail=document.tail, middle=document.middle)
    return list(_in_input(find(hidden), draft.edits))


def _edited_lines(output: str, edits: Sequence[Edit]) -> Iterator[str]:
    """The lines of the output in which something was written in place of something else or deleted, but for whole lines that went."""
    shift = at = 0
    for edit in edits:
        start = edit.start + shift
        shift += len(edit.replacement) - (edit.end - edit.start)
        if edit.entity == "BOILERPLATE" or start < at:
            continue
        low = max(output.rfind(end, 0, start) for end in _LINE_ENDS) + 1
        high = min((found for end in _LINE_ENDS if (found := output.find(end, start)) >= 0), default=len(output))
        at = high
        yield output[low:high]


def _in_input(findings: Iterable[Finding], edits: Sequence[Edit]) -> Iterator[Finding]:
    """Findings of the output where they stand in the input; what they cover of an edit, they cover all of."""
    back = _Back(edits)
    at = 0
    for finding in findings:
        # What was deleted between two of them goes with the first.
        start, end = max(at, back.start(finding.start)), back.end(finding.end)
        if start < end:
            yield replace(finding, start=start, end=end, values=())
            at = end


class _Back:
    """The way from places of an output to the input: where edits lie there, to their outer ends."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._edits = edits
        self._starts: list[int] = []
        self._ends: list[int] = []
        shift = 0
        for edit in edits:
            self._starts.append(edit.start + shift)
            shift += len(edit.replacement) - (edit.end - edit.start)
            self._ends.append(edit.end + shift)

    def start(self, place: int) -> int:
        """Where a stretch begins, with what was deleted there."""
        number = bisect_left(self._ends, place)
        while number < len(self._edits) and self._starts[number] < place == self._ends[number]:
            number += 1
        if number < len(self._edits) and self._starts[number] <= place:
            return self._edits[number].start
        return place + (self._edits[number - 1].end - self._ends[number - 1] if number else 0)

    def end(self, place: int) -> int:
        """Where a stretch ends, with what was deleted there."""
        number = bisect_right(self._starts, place) - 1
        while number >= 0 and self._starts[number] == place < self._ends[number]:
            number -= 1
        if number < 0:
            return place
        return self._edits[number].end + max(0, place - self._ends[number])
