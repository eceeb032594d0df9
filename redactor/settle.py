"""The lines that edits have touched, as they will read, with a way back to the input: the second look's text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from redactor.model import Edit, Span

Origin = Callable[[int, int], Span | None]


def edited_lines(text: str, edits: Sequence[Edit]) -> tuple[str, Origin]:
    """The edited lines after the edits, and a map from spans of them to the input (None where a span is not all input)."""
    pieces: list[str] = []
    out_starts: list[int] = []
    in_spans: list[Span] = []
    size = 0

    def take(start: int, end: int) -> None:
        nonlocal size
        if start < end:
            out_starts.append(size)
            in_spans.append((start, end))
            pieces.append(text[start:end])
            size += end - start

    at = 0
    for number, edit in enumerate(edits):
        line_start = text.rfind("\n", 0, edit.start) + 1
        take(max(at, line_start), edit.start)
        pieces.append(edit.replacement)
        size += len(edit.replacement)
        at = edit.end
        line_end = text.find("\n", edit.end)
        line_end = len(text) if line_end < 0 else line_end + 1
        following = edits[number + 1].start if number + 1 < len(edits) else len(text)
        take(at, min(line_end, following))
        at = min(line_end, following)

    def origin(start: int, end: int) -> Span | None:
        index = bisect_right(out_starts, start) - 1
        if index < 0:
            return None
        low, high = in_spans[index]
        first = low + start - out_starts[index]
        last = first + end - start
        return (first, last) if last <= high else None

    return "".join(pieces), origin
