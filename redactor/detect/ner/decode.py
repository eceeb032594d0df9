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


def log_probabilities(scores: Floats, outside: float = 0.0) -> Floats:
    """Of each label, from label scores (characters, 13): outside, then begin, inside, end, single of each kind.

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
    labels = _paths(logs, starts, ends, width)
    found: list[Tagged] = []
    for row, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        found.extend(_read(labels[row, : end - start].tolist(), logs, start))
    found.sort()
    for first, last, kind, probability in found:
        at = int(places[first])
        yield at, at + last - first, kind, probability


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
