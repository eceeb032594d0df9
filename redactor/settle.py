"""The neighbourhoods of edits, as they will read, with a way back to the input: the second look's text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from redactor.model import Edit, Span

Origin = Callable[[int, int], tuple[Span, ...]]
_REACH = 20
"""Characters on either side of an edit that are looked at again: what an edit can change reaches no further."""
_MARGIN = 8
"""Where a line is cut short, findings this near the cut are not trusted: they may be halves of something."""
_CUT = "\x00"


def edited_lines(text: str, edits: Sequence[Edit]) -> tuple[str, Origin]:
    """The surroundings of the edits after them, within their lines, and a map from spans of them to the input.

    The map gives the stretches of input that a span is made of; none when it is not all input, or lies where a line was cut.
    """
    pieces: list[str] = []
    out_starts: list[int] = []
    in_spans: list[tuple[int, int, int, int]] = []
    size = 0

    def put(piece: str) -> None:
        nonlocal size
        pieces.append(piece)
        size += len(piece)

    def take(start: int, end: int, low: int, high: int) -> None:
        """Input `[start, end)`, of which `[low, high)` can be trusted."""
        if start < end:
            out_starts.append(size)
            in_spans.append((start, end, low, high))
            put(text[start:end])

    at = 0
    for number, edit in enumerate(edits):
        line_start = max(at, text.rfind("\n", 0, edit.start) + 1)
        start = max(line_start, edit.start - _REACH)
        if start > line_start:
            put(_CUT)
        take(start, edit.start, start + _MARGIN if start > line_start else start, edit.start)
        put(edit.replacement)
        line_end = text.find("\n", edit.end)
        line_end = len(text) if line_end < 0 else line_end + 1
        following = edits[number + 1].start if number + 1 < len(edits) else len(text)
        stop = min(line_end, following)
        # Text between two edits of a line is taken whole when it is short, so that nothing falls between them.
        if stop - edit.end > 2 * _REACH:
            end = edit.end + _REACH
            take(edit.end, end, edit.end, end - _MARGIN)
            put(_CUT)
            at = end
        else:
            take(edit.end, stop, edit.end, stop)
            at = stop

    def origin(start: int, end: int) -> tuple[Span, ...]:
        index = bisect_right(out_starts, start) - 1
        found: list[Span] = []
        while index >= 0 and start < end:
            # Where an edit left nothing, a span may go on in the next piece; where it left a sign, it may not.
            if index == len(out_starts) or out_starts[index] > start:
                return ()
            low, high, trusted, limit = in_spans[index]
            first = low + start - out_starts[index]
            last = min(first + end - start, high)
            if first >= last or first < trusted or last > limit:
                return ()
            found.append((first, last))
            start += last - first
            index += 1
        return tuple(found)

    return "".join(pieces), origin
