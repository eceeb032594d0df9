"""Places and stretches of a text as arrays: marked, grown, joined and cut."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from redactor.matching.glance import NARROW
from redactor.model import Span

Places = NDArray[np.intp]
"""Offsets in a text, in order, each once."""
Windows = tuple[Places, Places]
"""Starts and ends of stretches of a text, in order and apart."""
Marks = NDArray[np.bool_]
"""For each place of a text, whether it is one."""
NOWHERE: Final[Places] = np.empty(0, np.intp)
_SCATTERED: Final = 4_096
"""So many places are marked one by one."""


def mark(marks: Marks, places: Places, reach: Span) -> Marks:
    """Mark what lies so far before one of the places; gives the marks."""
    low, high = reach
    if len(places) * (high - low + 1) <= _SCATTERED:
        before = places if low == high == 0 else (places - np.arange(low, high + 1)[:, None]).ravel()
        marks[before[(before >= 0) & (before < len(marks))]] = True
        return marks
    # With room on either side, for what would begin before the text or behind it.
    first = max(high, 0) + 1
    grown = np.zeros(first + len(marks) + max(-low, 0), np.bool_)
    grown[places + (first - low)] = True
    wide, wanted = 1, high - low + 1
    while wide < wanted:
        step = min(wide, wanted - wide)
        grown[:-step] |= grown[step:]
        wide += step
    marks |= grown[first : first + len(marks)]
    return marks


def runs(marks: Marks) -> Windows:
    """Where runs of marked places begin and end."""
    edges = np.diff(marks, prepend=False, append=False).nonzero()[0]
    return edges[::2], edges[1::2]


def narrowed(starts: Places, ends: Places) -> Windows:
    """The windows, narrow ones cut into single places: there a search would run on past the window."""
    narrow = ends - starts <= NARROW
    single = spread((starts[narrow], ends[narrow]))
    starts, ends = np.append(starts[~narrow], single), np.append(ends[~narrow], single + 1)
    order = np.argsort(starts)
    return starts[order], ends[order]


def merged(starts: NDArray[Any], ends: NDArray[Any], length: int) -> Windows:
    """The same places, in order, without overlaps, within `[0, length)`."""
    if (starts[1:] < starts[:-1]).any():
        order = np.argsort(starts, kind="stable")
        starts, ends = starts[order], ends[order]
    starts, ends = np.maximum(starts, 0), np.minimum(ends, length)
    there = starts < ends
    starts, ends = starts[there], np.maximum.accumulate(ends[there])
    if len(starts) == 0:
        return NOWHERE, NOWHERE
    # Whether a stretch opens at each of them, and after the last.
    opens = np.ones(len(starts) + 1, np.bool_)
    np.greater(starts[1:], ends[:-1], out=opens[1:-1])
    return starts[opens[:-1]], ends[opens[1:]]


def spread(windows: Windows) -> Places:
    """Every place of the windows."""
    starts, ends = windows
    sizes = ends - starts
    found: Places = np.arange(int(sizes.sum())) + np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    return found


def across(windows: Iterable[Span], joins: Sequence[int], reach: int) -> list[Span]:
    """What of the windows lies at most `reach` before a join: only from there can a match run across it."""
    found: list[Span] = []
    for start, end in windows:
        at = bisect_left(joins, start + 1)
        while at < len(joins) and joins[at] - reach < end:
            low, high = max(start, joins[at] - reach), min(end, joins[at])
            if found and low <= found[-1][1]:
                found[-1] = (found[-1][0], max(high, found[-1][1]))
            elif low < high:
                found.append((low, high))
            at += 1
    return found
