"""LAC 2.1.2, Baidu's tagger of Chinese, computed by NumPy alone: a peer for `chart.py --also "LAC 2.1.2=lac:make"`.

The package runs on PaddlePaddle, which has no wheels for many of today's Pythons; its weights come with its source archive. Unpack
`LAC-2.1.2.tar.gz` of the package index (Apache-2.0) and name the folder `LAC/lac_model` in the variable LAC_MODEL. The text is cut into
the known words that make the fewest parts, a recurrent network of two layers in both directions scores the tags of each part, and the best
path of tags says where names stand. Its tags PER and nr are persons, LOC and ns places, ORG and nt organisations.
"""

from __future__ import annotations

import os
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from peers import TAGS, Recognize

from redactor.testing.scores import Mention

Array = NDArray[np.float32]
HIDDEN: Final = 128
"""Numbers of a word and of the state of a layer."""
KINDS: Final = {**TAGS, "PER": "PERSON", "LOC": "LOCATION", "ORG": "ORGANIZATION"}
LINES: Final = 128
"""Lines that are computed side by side."""
_ONE_PART: Final = frozenset(string.ascii_letters + string.digits)


def make() -> Recognize:
    """A function from a text to the names in it, line by line, as LAC finds them."""
    tagger = Tagger(Path(os.environ["LAC_MODEL"]))

    def recognize(text: str) -> Iterator[Mention]:
        # Lines as long as one another are computed side by side, so that little is computed for nothing.
        lines = sorted((line for line in split(text) if line[1]), key=lambda line: len(line[1]))
        for first in range(0, len(lines), LINES):
            group = lines[first : first + LINES]
            for (start, _), names in zip(group, tagger.names([line for _, line in group]), strict=True):
                yield from ((start + begin, start + end, entity) for begin, end, entity in names)

    return recognize


def split(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text without their ends, and where they begin."""
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, line.rstrip("\r\n")
        start += len(line)


class Tagger:
    """The network and its tables, as they lie in the folder of the model."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ids = {word: int(number) for number, word in self._table("word.dic")}
        self._tags = {int(number): tag for number, tag in self._table("tag.dic")}
        self._folded = dict(self._table("q2b.dic"))
        lines = (folder / "conf" / "small_seg.dic").read_text(encoding="utf-8").split("\n")
        self._words = {line.split()[0] for line in lines if line}
        self._beginnings = {word[:end] for word in self._words for end in range(1, len(word) + 1)}
        self._embedding = self._weights("word_emb", -1, HIDDEN)
        self._layers = [self._layer(number, HIDDEN if number < 2 else 2 * HIDDEN) for number in range(4)]
        self._to_tags = self._weights("fc_4.w_0", 2 * HIDDEN, -1), self._weights("fc_4.b_0", -1)
        tags = len(self._to_tags[1])
        transitions = self._weights("crfw", tags + 2, tags)
        self._first, self._last, self._next = transitions[0], transitions[1], transitions[2:]

    def names(self, lines: Sequence[str]) -> list[list[Mention]]:
        """The names of each line."""
        cut = [self._parts(line) for line in lines]
        shape = len(lines), max(map(len, cut))
        ids, there = np.zeros(shape, int), np.zeros(shape, bool)
        for row, parts in enumerate(cut):
            ids[row, : len(parts)] = [self._ids.get(self._folded.get(part, part), self._ids["OOV"]) for part in parts]
            there[row, : len(parts)] = True
        states: Array = self._embedding[ids]
        for forwards, backwards in (self._layers[:2], self._layers[2:]):
            states = np.concatenate([forwards.run(states, there, 1), backwards.run(states, there, -1)], -1)
        scores = states @ self._to_tags[0] + self._to_tags[1]
        return [self._read(parts, self._path(scores[row, : len(parts)])) for row, parts in enumerate(cut)]

    def _table(self, name: str) -> list[list[str]]:
        """The lines of two columns of a table."""
        lines = (self._folder / "conf" / name).read_text(encoding="utf-8").split("\n")
        return [columns for line in lines if len(columns := line.rstrip("\r").split("\t")) == 2]

    def _weights(self, name: str, *shape: int) -> Array:
        """The numbers of a file of weights. PaddlePaddle writes 16 bytes of versions, the length of a description, it, and the numbers."""
        data = (self._folder / "model" / name).read_bytes()
        return np.frombuffer(data, np.float32, offset=20 + int.from_bytes(data[16:20], "little")).reshape(shape)

    def _layer(self, number: int, width: int) -> Layer:
        """A recurrent layer in one direction; PaddlePaddle holds what its gates and its candidate make of the state before one behind the other."""
        projection = self._weights(f"fc_{number}.w_0", width, 3 * HIDDEN)
        bias = self._weights(f"fc_{number}.b_0", -1) + self._weights(f"gru_{number}.b_0", -1)
        state = self._weights(f"gru_{number}.w_0", -1)
        gates = state[: 2 * HIDDEN * HIDDEN].reshape(HIDDEN, 2 * HIDDEN)
        return Layer(projection, bias, gates, state[gates.size :].reshape(HIDDEN, HIDDEN))

    def _parts(self, line: str) -> list[str]:
        """The known words that make the fewest parts of a line, a run of Latin letters or digits as one; unknown ones letter by letter."""
        parts = [len(line) - at for at in range(len(line) + 1)]
        ends = list(range(1, len(line) + 1))
        for at in range(len(line) - 1, -1, -1):
            parts[at] = parts[at + 1] + 1
            end = at + 1
            while end <= len(line) and line[at:end] in self._beginnings:
                # Of ways with as many parts the one with the longest first word.
                if parts[end] < parts[at] and line[at:end] in self._words:
                    parts[at], ends[at] = parts[end] + 1, end
                end += 1
        words: list[str] = []
        at, joins = 0, False
        while at < len(line):
            word, at = line[at : ends[at]], ends[at]
            if word in _ONE_PART and joins:
                words[-1] += word
            else:
                words.append(word)
            joins = word in _ONE_PART
        return [part for word in words for part in ([word] if word in self._ids else word)]

    def _path(self, scores: Array) -> list[str]:
        """The best path of tags through the scores of a line's parts."""
        best = scores[0] + self._first
        came_from = []
        for row in scores[1:]:
            ways = best[:, None] + self._next
            came_from.append(ways.argmax(0))
            best = ways.max(0) + row
        path = [int((best + self._last).argmax())]
        for origins in reversed(came_from):
            path.append(int(origins[path[-1]]))
        return [self._tags[tag] for tag in reversed(path)]

    def _read(self, parts: Sequence[str], tags: Sequence[str]) -> list[Mention]:
        """The names that the tags of a line's parts tell."""
        words: list[tuple[int, int, str]] = []
        at = 0
        for part, (kind, _, place) in zip(parts, (tag.rpartition("-") for tag in tags), strict=True):
            start = words.pop()[0] if place == "I" and words and words[-1][2] == kind else at
            at += len(part)
            words.append((start, at, kind))
        return [(start, end, KINDS[kind]) for start, end, kind in words if kind in KINDS]


@dataclass(frozen=True)
class Layer:
    """Gated recurrent units (Cho and others, 2014) over what a projection makes of the layer below."""

    projection: Array
    bias: Array
    gates: Array
    candidate: Array

    def run(self, states: Array, there: NDArray[np.bool_], step: int) -> Array:
        """The states of lines of parts, in the direction of `step`; `there`: where a line has a part."""
        drive = states @ self.projection + self.bias
        state = np.zeros((len(states), HIDDEN), np.float32)
        out = np.zeros((*there.shape, HIDDEN), np.float32)
        for at in range(there.shape[1])[::step]:
            update, reset = np.split(1 / (1 + np.exp(-(drive[:, at, : 2 * HIDDEN] + state @ self.gates))), 2, axis=1)
            new = np.tanh(drive[:, at, 2 * HIDDEN :] + (reset * state) @ self.candidate)
            state = np.where(there[:, at, None], state + update * (new - state), state)
            out[:, at] = state
        return out
