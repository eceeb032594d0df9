"""From label scores to spans: the best path of legal BIOES labels, for all doubtful stretches at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

KINDS: Final = ("PERSON", "LOCATION", "ORGANIZATION")
_SURE: Final = 0.995
"""Probability over which a character is outside without another look."""
_LONGEST: Final = 200
_FEW: Final = 4
"""So many stretches are decoded one by one: there, what an array costs by itself is all it costs."""
Floats = NDArray[np.float32]
Tagged = tuple[int, int, str, float]
"""start, end, entity, mean probability of its labels."""


def log_probabilities(scores: NDArray[Any], outside: float = 0.0) -> NDArray[Any]:
    """Of each label, from label scores, which are overwritten (characters, 13): outside, then begin, inside, end, single of each kind.

    `outside` is added to the score of the label outside: less than 0 finds more.
    """
    scores[:, 0] += outside
    scores -= scores.max(1, keepdims=True, initial=-np.inf)
    scores -= np.log(np.exp(scores).sum(1, keepdims=True))
    return scores


def spans(logs: Floats, breaks: NDArray[np.bool_], places: NDArray[np.intp] | None = None) -> Iterator[Tagged]:
    """Entities of a text from its log probabilities; none reaches over a break.

    `places`: where in the text the rows of `logs` and `breaks` stand, in order, when they are not all of it.
    """
    if len(logs) == 0:
        return
    if places is None:
        places = np.arange(len(logs))
    maybe = (logs[:, 0] < np.log(_SURE)) & ~breaks
    tied = maybe[1:] & maybe[:-1] & (np.diff(places) == 1)
    starts = np.flatnonzero(maybe & ~np.concatenate([[False], tied]))
    ends = np.flatnonzero(maybe & ~np.concatenate([tied, [False]])) + 1
    if len(starts) == 0:
        return
    long = np.flatnonzero(ends - starts > _LONGEST)
    if len(long):
        starts, ends = _cut(starts, ends)
    order = np.argsort(ends - starts, kind="stable")[::-1]
    starts, ends = starts[order], ends[order]
    width = int((ends - starts).max())
    labels = (_few_paths if len(starts) <= _FEW else _paths)(logs, starts, ends, width)
    inside = np.arange(width) < (ends - starts)[:, None]
    chosen = np.zeros(len(logs), np.intp)
    chosen[(starts[:, None] + np.arange(width))[inside]] = labels[inside]
    named = np.flatnonzero(chosen)
    part = (chosen[named] - 1) % 4
    # Paths are legal: every begin has its end, a single is both.
    first, last = named[(part == 0) | (part == 3)], named[(part == 2) | (part == 3)]
    sums = np.concatenate([[0.0], np.cumsum(logs[named, chosen[named]], dtype=np.float64)])
    rank = np.searchsorted(named, (first, last + 1))
    means = np.exp((sums[rank[1]] - sums[rank[0]]) / (last + 1 - first))
    begins, sizes = places[first].tolist(), (last + 1 - first).tolist()
    kinds = ((chosen[last] - 1) // 4).tolist()
    for at, size, kind, probability in zip(begins, sizes, kinds, means.tolist(), strict=True):
        yield at, at + size, KINDS[kind], probability


def _cut(starts: NDArray[np.intp], ends: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    pieces = [
        (at, min(at + _LONGEST, end))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        for at in range(start, end, _LONGEST)
    ]
    array = np.array(pieces, np.intp)
    return array[:, 0], array[:, 1]


def _few_paths(logs: Floats, starts: NDArray[np.intp], ends: NDArray[np.intp], width: int) -> NDArray[np.int8]:
    """The same as `_paths`, stretch by stretch."""
    labels = np.zeros((len(starts), width), np.int8)
    for number, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        labels[number, : end - start] = _path(logs[start:end].tolist())
    return labels


def _path(rows: Sequence[Sequence[float]]) -> list[int]:
    """Labels of one stretch, of which `rows` holds the log probabilities."""
    outside, inside = 0.0, [-math.inf] * 3
    came_out: list[int] = []
    began: list[list[bool]] = []
    for row in rows:
        ways = [outside + row[0], outside + row[4], outside + row[8], outside + row[12]]
        ways += [inside[0] + row[3], inside[1] + row[7], inside[2] + row[11]]
        enter = [outside + row[1], outside + row[5], outside + row[9]]
        stay = [inside[0] + row[2], inside[1] + row[6], inside[2] + row[10]]
        outside = max(ways)
        came_out.append(ways.index(outside))
        began.append([enter[0] >= stay[0], enter[1] >= stay[1], enter[2] >= stay[2]])
        inside = [max(enter[0], stay[0]), max(enter[1], stay[1]), max(enter[2], stay[2])]
    labels: list[int] = []
    kind = -1
    for way, begins in zip(reversed(came_out), reversed(began), strict=True):
        if kind < 0:
            labels.append(3 + 4 * (way - 4) if way > 3 else 4 * way)
            kind = way - 4 if way > 3 else -1
        else:
            labels.append(1 + 4 * kind if begins[kind] else 2 + 4 * kind)
            kind = -1 if begins[kind] else kind
    return labels[::-1]


def _paths(logs: Floats, starts: NDArray[np.intp], ends: NDArray[np.intp], width: int) -> NDArray[np.int8]:
    """Labels of each stretch by Viterbi over four states: outside an entity, or inside one of the three kinds."""
    count = len(starts)
    sizes = ends - starts
    outside = np.zeros(count)
    inside = np.full((count, 3), -np.inf)
    # What led to the state after each character: the label, and for `inside` whether the entity began here.
    came_out = np.zeros((width, count), np.int8)
    began = np.zeros((width, count, 3), np.bool_)
    # Stretches are sorted by length, the longest first: those still running are a prefix.
    for step in range(width):
        live = int(np.searchsorted(-sizes, -step, "left"))
        row = logs[starts[:live] + step]
        out, within = outside[:live], inside[:live]
        choices = np.concatenate([out[:, None] + row[:, (0, 4, 8, 12)], within + row[:, (3, 7, 11)]], 1)
        best = choices.argmax(1)
        came_out[step, :live] = best
        enter, stay = out[:, None] + row[:, (1, 5, 9)], within + row[:, (2, 6, 10)]
        began[step, :live] = enter >= stay
        inside[:live] = np.maximum(enter, stay)
        outside[:live] = choices[np.arange(live), best]
    labels = np.zeros((count, width), np.int8)
    state = np.full(count, -1, np.int64)
    for step in range(width - 1, -1, -1):
        alive = np.flatnonzero(sizes > step)
        now = state[alive]
        done = alive[now < 0]
        chosen = came_out[step, done].astype(np.int64)
        closing = chosen >= 4
        labels[done, step] = np.where(closing, 3 + 4 * (chosen - 4), 4 * np.minimum(chosen, 3))
        rest = alive[now >= 0]
        kind = state[rest]
        first = began[step, rest, kind]
        labels[rest, step] = np.where(first, 1 + 4 * kind, 2 + 4 * kind)
        state[rest[first]] = -1
        state[done[closing]] = chosen[closing] - 4
    return labels
