"""From label scores to spans: the best path of legal BIOES labels, for all doubtful stretches at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

KINDS: Final = ("PERSON", "LOCATION", "ORGANIZATION")
_SURE: Final = 0.995
"""Probability over which a character is outside without another look."""
_LONGEST: Final = 200
Floats = NDArray[np.float32]
Tagged = tuple[int, int, str, float]
"""start, end, entity, mean probability of its labels."""


def spans(scores: Floats, breaks: NDArray[np.bool_], outside: float = 0.0) -> Iterator[Tagged]:
    """Entities of a text from its label scores (characters, 13): outside, then begin, inside, end, single of each kind.

    No entity reaches over a break. `outside` is added to the score of the label outside: less than 0 finds more.
    """
    if len(scores) == 0:
        return
    scores = scores - scores.max(1, keepdims=True)
    scores[:, 0] += outside
    logs = scores - np.log(np.exp(scores).sum(1, keepdims=True))
    maybe = (logs[:, 0] < np.log(_SURE)) & ~breaks
    edges = np.flatnonzero(np.diff(np.concatenate([[False], maybe, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    if len(starts) == 0:
        return
    long = np.flatnonzero(ends - starts > _LONGEST)
    if len(long):
        starts, ends = _cut(starts, ends)
    order = np.argsort(ends - starts, kind="stable")[::-1]
    starts, ends = starts[order], ends[order]
    width = int((ends - starts).max())
    labels = _paths(logs, starts, ends, width)
    found: list[Tagged] = []
    for row, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        found.extend(_read(labels[row, : end - start].tolist(), logs, start))
    found.sort()
    yield from found


def _cut(starts: NDArray[np.intp], ends: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    pieces = [
        (at, min(at + _LONGEST, end))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        for at in range(start, end, _LONGEST)
    ]
    array = np.array(pieces, np.intp)
    return array[:, 0], array[:, 1]


def _paths(logs: Floats, starts: NDArray[np.intp], ends: NDArray[np.intp], width: int) -> NDArray[np.int8]:
    """Labels of each stretch by Viterbi over four states: outside an entity, or inside one of the three kinds."""
    count = len(starts)
    sizes = ends - starts
    outside = np.zeros(count, np.float32)
    inside = np.full((count, 3), -np.inf, np.float32)
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
        live = np.flatnonzero(sizes > step)
        now = state[live]
        out = live[now < 0]
        best = came_out[step, out].astype(np.int64)
        closing = best >= 4
        labels[out, step] = np.where(closing, 3 + 4 * (best - 4), np.array([0, 4, 8, 12])[np.minimum(best, 3)])
        within = live[now >= 0]
        kind = state[within]
        first = began[step, within, kind]
        labels[within, step] = np.where(first, 1 + 4 * kind, 2 + 4 * kind)
        state[within[first]] = -1
        state[out[closing]] = best[closing] - 4
    return labels


def _read(labels: list[int], logs: Floats, offset: int) -> Iterator[Tagged]:
    start = -1
    for at, label in enumerate(labels):
        part = (label - 1) % 4
        if label == 0:
            continue
        if part in (0, 3):
            start = at
        if part in (2, 3) and start >= 0:
            total = sum(float(logs[offset + n, labels[n]]) for n in range(start, at + 1))
            yield offset + start, offset + at + 1, KINDS[(label - 1) // 4], float(np.exp(total / (at + 1 - start)))
            start = -1
