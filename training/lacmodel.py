"""LAC 2.1.2 as it lies in its source archive: tables, weights, and how it cuts a text. For training and benchmarks; never shipped.

Baidu's tagger of Chinese (Apache-2.0): words and characters, two layers of gated recurrent units in both directions, a layer of tags.
The package runs on PaddlePaddle, which has no wheels for many of today's Pythons; its weights can be read without it: unpack
`LAC-2.1.2.tar.gz` of the package index, its folder is `LAC/lac_model`.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
HIDDEN: Final = 128
"""Numbers of a word and of the state of a layer."""
_ONE_PART: Final = frozenset(string.ascii_letters + string.digits)


@dataclass(frozen=True)
class Layer:
    """Gated recurrent units (Cho and others, 2014) over what a projection makes of the layer below."""

    projection: Array
    bias: Array
    gates: Array
    candidate: Array


class LacModel:
    """What lies in the folder of the model."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.ids = {word: int(number) for number, word in self._table("word.dic")}
        self.tags = {int(number): tag for number, tag in self._table("tag.dic")}
        self._folded = dict(self._table("q2b.dic"))
        lines = (folder / "conf" / "small_seg.dic").read_text(encoding="utf-8").split("\n")
        self._words = {line.split()[0] for line in lines if line}
        self._beginnings = {word[:end] for word in self._words for end in range(1, len(word) + 1)}
        self.embedding = self._weights("word_emb", -1, HIDDEN)
        self.layers = [self._layer(number, HIDDEN if number < 2 else 2 * HIDDEN) for number in range(4)]
        """Forwards and backwards, then the same over these."""
        self.to_tags = self._weights("fc_4.w_0", 2 * HIDDEN, -1), self._weights("fc_4.b_0", -1)
        self.transitions = self._weights("crfw", -1, len(self.to_tags[1]))
        """Scores of each tag as the first and as the last one, then of each behind each."""

    def parts(self, text: str) -> list[str]:
        """The known words that make the fewest parts of a text, a run of Latin letters or digits as one; unknown ones letter by letter."""
        parts = [len(text) - at for at in range(len(text) + 1)]
        ends = list(range(1, len(text) + 1))
        for at in range(len(text) - 1, -1, -1):
            parts[at] = parts[at + 1] + 1
            end = at + 1
            while end <= len(text) and text[at:end] in self._beginnings:
                # Of ways with as many parts the one with the longest first word.
                if parts[end] < parts[at] and text[at:end] in self._words:
                    parts[at], ends[at] = parts[end] + 1, end
                end += 1
        words: list[str] = []
        at, joins = 0, False
        while at < len(text):
            word, at = text[at : ends[at]], ends[at]
            if word in _ONE_PART and joins:
                words[-1] += word
            else:
                words.append(word)
            joins = word in _ONE_PART
        return [part for word in words for part in ([word] if word in self.ids else word)]

    def numbers(self, parts: list[str]) -> list[int]:
        """The row of the embedding for each part."""
        return [self.ids.get(self._folded.get(part, part), self.ids["OOV"]) for part in parts]

    def _table(self, name: str) -> list[list[str]]:
        """The lines of two columns of a table."""
        lines = (self._folder / "conf" / name).read_text(encoding="utf-8").split("\n")
        return [columns for line in lines if len(columns := line.rstrip("\r").split("\t")) == 2]

    def _weights(self, name: str, *shape: int) -> Array:
        """The numbers of a file of weights. PaddlePaddle writes 16 bytes of versions, the length of a description, it, and the numbers."""
        data = (self._folder / "model" / name).read_bytes()
        return np.frombuffer(data, np.float32, offset=20 + int.from_bytes(data[16:20], "little")).reshape(shape)

    def _layer(self, number: int, width: int) -> Layer:
        """A layer in one direction; PaddlePaddle holds what its gates and its candidate make of the state before one behind the other."""
        projection = self._weights(f"fc_{number}.w_0", width, 3 * HIDDEN)
        bias = self._weights(f"fc_{number}.b_0", -1) + self._weights(f"gru_{number}.b_0", -1)
        state = self._weights(f"gru_{number}.w_0", -1)
        gates = state[: 2 * HIDDEN * HIDDEN].reshape(HIDDEN, 2 * HIDDEN)
        return Layer(projection, bias, gates, state[gates.size :].reshape(HIDDEN, HIDDEN))
