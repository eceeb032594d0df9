"""LAC 2.1.2, Baidu's tagger of Chinese, computed by NumPy alone: a peer for `chart.py --also "LAC 2.1.2=lac:make"`.

Name the folder `LAC/lac_model` of its source archive in the variable LAC_MODEL (training/lacmodel.py says where it comes from). The text is
cut into parts, a recurrent network scores the tags of each part, and the best path of tags says where names stand. Its tags PER and nr
are persons, LOC and ns places, ORG and nt organisations.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from peers import TAGS, Recognize

from redactor.testing.scores import Mention

sys.path.append(str(Path(__file__).parent.parent / "training"))
from lacmodel import HIDDEN, Array, LacModel, Layer

KINDS: Final = {**TAGS, "PER": "PERSON", "LOC": "LOCATION", "ORG": "ORGANIZATION"}
LINES: Final = 128
"""Lines that are computed side by side."""


def make() -> Recognize:
    """A function from a text to the names in it, line by line, as LAC finds them."""
    model = LacModel(Path(os.environ["LAC_MODEL"]))

    def recognize(text: str) -> Iterator[Mention]:
        # Lines as long as one another are computed side by side, so that little is computed for nothing.
        lines = sorted((line for line in split(text) if line[1]), key=lambda line: len(line[1]))
        for first in range(0, len(lines), LINES):
            group = lines[first : first + LINES]
            for (start, _), names in zip(group, names_of(model, [line for _, line in group]), strict=True):
                yield from ((start + begin, start + end, entity) for begin, end, entity in names)

    return recognize


def split(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text without their ends, and where they begin."""
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, line.rstrip("\r\n")
        start += len(line)


def names_of(model: LacModel, lines: Sequence[str]) -> list[list[Mention]]:
    """The names of each line."""
    cut = [model.parts(line) for line in lines]
    shape = len(lines), max(map(len, cut))
    ids, there = np.zeros(shape, int), np.zeros(shape, bool)
    for row, parts in enumerate(cut):
        ids[row, : len(parts)] = model.numbers(parts)
        there[row, : len(parts)] = True
    states: Array = model.embedding[ids]
    for forwards, backwards in (model.layers[:2], model.layers[2:]):
        states = np.concatenate([run(forwards, states, there, 1), run(backwards, states, there, -1)], -1)
    scores = states @ model.to_tags[0] + model.to_tags[1]
    return [read(parts, path(model, scores[row, : len(parts)])) for row, parts in enumerate(cut)]


def run(layer: Layer, states: Array, there: NDArray[np.bool_], step: int) -> Array:
    """What a layer makes of lines of parts, in the direction of `step`; `there`: where a line has a part."""
    drive = states @ layer.projection + layer.bias
    state = np.zeros((len(states), HIDDEN), np.float32)
    out = np.zeros((*there.shape, HIDDEN), np.float32)
    for at in range(there.shape[1])[::step]:
        update, reset = np.split(1 / (1 + np.exp(-(drive[:, at, : 2 * HIDDEN] + state @ layer.gates))), 2, axis=1)
        new = np.tanh(drive[:, at, 2 * HIDDEN :] + (reset * state) @ layer.candidate)
        state = np.where(there[:, at, None], state + update * (new - state), state)
        out[:, at] = state
    return out


def path(model: LacModel, scores: Array) -> list[str]:
    """The best path of tags through the scores of a line's parts."""
    first, last, following = model.transitions[0], model.transitions[1], model.transitions[2:]
    best = scores[0] + first
    came_from = []
    for row in scores[1:]:
        ways = best[:, None] + following
        came_from.append(ways.argmax(0))
        best = ways.max(0) + row
    tags = [int((best + last).argmax())]
    for origins in reversed(came_from):
        tags.append(int(origins[tags[-1]]))
    return [model.tags[tag] for tag in reversed(tags)]


def read(parts: Sequence[str], tags: Sequence[str]) -> list[Mention]:
    """The names that the tags of a line's parts tell."""
    words: list[tuple[int, int, str]] = []
    at = 0
    for part, (kind, _, place) in zip(parts, (tag.rpartition("-") for tag in tags), strict=True):
        start = words.pop()[0] if place == "I" and words and words[-1][2] == kind else at
        at += len(part)
        words.append((start, at, kind))
    return [(start, end, KINDS[kind]) for start, end, kind in words if kind in KINDS]
