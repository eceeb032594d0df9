"""The neighbourhoods of edits, as they will read, with a way back to the input: the second look's text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Final

from redactor.document.decided import Trusted, may_prove
from redactor.document.state import Draft
from redactor.model import Edit, Finding, Span
from redactor.text.separator import WALL

Origin = Callable[[int, int], tuple[Span, ...]]
_REACH = 20
"""Characters on either side of an edit that are looked at again: what an edit can change reaches no further."""
_MARGIN = 8
"""Where a line is cut short, findings this near the cut are not trusted: they may be halves of something."""
_WORD: Final = 200
"""Characters that the longest address may have that is seen whole."""
_BREAK = f"\n{WALL}\n"
_LATIN: Final = re.compile("[A-Za-z]")
_ESCAPE: Final = re.compile(r"\\[xuU0-7]|[%=][0-9A-Fa-f]{2}|&#?\w|_x[0-9A-Fa-f]{4}_")
_SPELT: Final = 12
"""Characters that may spell one where some are escaped (`\\xe5\\x8d\\x8e`): so many times as far is looked there."""


def edited_lines(text: str, edits: Sequence[Edit], fresh: Collection[Edit]) -> tuple[str, Origin]:
    """The surroundings of the fresh edits after all edits, and a map from spans of them to the input.

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
    for number in _near(text, edits, fresh):
        edit = edits[number]
        scale = _scale(text, edits[number - 1].end if number else 0, edit.start)
        start = _outside_word(text, edit.start - _REACH * scale, at, -1)
        cut = start > at and text[start - 1] not in "\r\n"
        if cut and pieces[-1:] != [WALL]:
            put(WALL)
        take(start, edit.start, start + _MARGIN * scale if cut else start, edit.start)
        put(edit.replacement)
        following = edits[number + 1].start if number + 1 < len(edits) else len(text)
        scale = _scale(text, edit.end, following)
        # Text between two edits is taken whole when it is short, so that nothing falls between them.
        end = _outside_word(text, edit.end + _REACH * scale, following, 1)
        if following - end > _REACH * scale:
            whole_line = text[end] in "\r\n"
            take(edit.end, end, edit.end, end if whole_line else end - _MARGIN * scale)
            put(_BREAK if whole_line else WALL)
            at = end
        else:
            take(edit.end, following, edit.end, following)
            at = following

    return "".join(pieces), partial(_in_input, out_starts, in_spans)


def _in_input(
    out_starts: Sequence[int], in_spans: Sequence[tuple[int, int, int, int]], start: int, end: int
) -> tuple[Span, ...]:
    """The stretches of input that a span of the surroundings is made of; `out_starts`: where each of `in_spans` begins there."""
    index = bisect_right(out_starts, start) - 1
    found: list[Span] = []
    while index >= 0 and start < end:
        # Where an edit left nothing, a span may go on in the next piece; where it left a sign, it may not.
        if index == len(out_starts) or out_starts[index] > start:
            return ()
        low, high, trusted, limit = in_spans[index]
        first = low + start - out_starts[index]
        last = min(first + end - start, high)
        if first < trusted or last > limit:
            return ()
        found.append((first, last))
        start += last - first
        index += 1
    return tuple(found)


def lies_in_input(origin: Origin, finding: Finding) -> bool:
    """Whether all that carries the secret of a finding is of the input."""
    return all(origin(*part) for part in finding.parts)


def trusting(draft: Draft, origin: Origin) -> Trusted:
    """The same for the neighbourhoods of edits."""
    if not draft.kept:
        return partial(lies_in_input, origin)
    may = may_prove(draft.text, draft.kept)
    return lambda finding: all((spans := origin(*part)) and all(may(*span) for span in spans) for part in finding.parts)


def _outside_word(text: str, place: int, stop: int, step: int) -> int:
    """Where a cut is made from a place on, at most at `stop`: so far from a word of Latin letters (an address) that all of it can be trusted."""
    if (stop - place) * step <= 0:
        return stop
    margin = text[place : place + _MARGIN] if step < 0 else text[place - _MARGIN : place]
    if not _LATIN.search(margin):
        return place
    at, end = place, place + step * _WORD
    while at not in (stop, end) and _in_word(text, at):
        at += step
    return at + step * min(_MARGIN, abs(stop - at))


def _in_word(text: str, at: int) -> bool:
    """Whether a word of ASCII goes on over a place."""
    before, behind = text[at - 1], text[at : at + 1]
    return before.isascii() and behind.isascii() and not before.isspace() and behind > " "


def _scale(text: str, start: int, end: int) -> int:
    """How many times as far is looked from the ends of what stands between two edits: further where letters are escaped there."""
    if end - start <= 2 * _REACH:
        return 1
    ends = (text[start : start + _REACH], text[end - _REACH : end])
    return _SPELT if any(_ESCAPE.search(each) for each in ends) else 1


def _near(text: str, edits: Sequence[Edit], fresh: Collection[Edit]) -> list[int]:
    """The fresh edits and those that stand so close to them that nothing is cut between."""
    if len(fresh) == len(edits):
        return list(range(len(edits)))
    wanted = [edit in fresh for edit in edits]
    for order in (range(1, len(edits)), range(len(edits) - 2, -1, -1)):
        for number in order:
            other = number - order.step
            end, start = edits[min(number, other)].end, edits[max(number, other)].start
            near = wanted[other] and start - end <= 2 * _REACH * _scale(text, end, start)
            wanted[number] = wanted[number] or near
    return [number for number, near in enumerate(wanted) if near]
