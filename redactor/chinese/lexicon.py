"""The segmentation lexicon: how likely a word is, and of what class."""

from __future__ import annotations

import struct
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import Any

from redactor.matching.compiled import Memo

_UNKNOWN_PENALTY = 2.0
"""An unknown character costs this much more (in nats) than the rarest word."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words with log probability and coarse class: n v a d f (function) i m t ns nt nz."""

    words: Mapping[str, tuple[float, str]]
    floor: float

    @classmethod
    def parse(cls, text: str) -> Lexicon:
        """From lines `word<TAB>frequency<TAB>class`; lines that begin with # are comments."""
        cells = _cells(text)
        words, frequencies, kinds = cells[::3], cells[1::3], cells[2::3]
        counts = Counter(frequencies)
        base = log(float(sum(int(frequency) * count for frequency, count in counts.items())) or 1.0)
        # Few different ones: each is worked out, and kept, once.
        weights = {frequency: log(int(frequency)) - base for frequency in counts}
        classes = {kind: kind for kind in set(kinds)}
        entries = zip(map(weights.__getitem__, frequencies), map(classes.__getitem__, kinds), strict=True)
        return cls(dict(zip(words, entries, strict=True)), -base - _UNKNOWN_PENALTY)

    @classmethod
    def recalled(cls, text: str, memo: Memo) -> Lexicon:
        """The same from what is known of the text: few words differ in what is said of them."""
        if not memo.lasting:
            return cls.parse(text)
        words, entries, numbers, floor = memo.value("lexicon", text, lambda: cls.parse(text)._as_json())
        distinct = [(weight, kind) for weight, kind in entries]
        listed = words.split("\n") if words else []
        which = struct.unpack(f"<{len(listed)}I", b64decode(numbers))
        known = dict(zip(listed, map(distinct.__getitem__, which), strict=True))
        return cls(known, floor)

    def _as_json(self) -> list[Any]:
        numbers = {entry: number for number, entry in enumerate(dict.fromkeys(self.words.values()))}
        which = struct.pack(f"<{len(self.words)}I", *map(numbers.__getitem__, self.words.values()))
        return ["\n".join(self.words), list(numbers), b64encode(which).decode("ascii"), self.floor]

    def weight(self, word: str) -> float:
        """Log probability of one word; the floor for an unknown one."""
        entry = self.words.get(word)
        return entry[0] if entry else self.floor

    def kind(self, word: str) -> str:
        """The class of a word, "" when unknown."""
        entry = self.words.get(word)
        return entry[1] if entry else ""


def _cells(text: str) -> list[str]:
    """Word, frequency, class, word, and so on: a lexicon is long, and is read at each start."""
    while text.startswith("#"):
        text = text.partition("\n")[2]
    if "\n#" in text or "\n\n" in text:
        text = "\n".join(line for line in text.split("\n") if line and line[0] != "#")
    text = text.strip("\n")
    cells = text.replace("\n", "\t").split("\t") if text else []
    if len(cells) != 3 * (text.count("\n") + 1 if text else 0):
        raise ValueError("lexicon: want lines of word, frequency and class")
    return cells
