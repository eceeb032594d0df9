"""The segmentation lexicon: how likely a word is, and of what class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

_UNKNOWN_PENALTY = 2.0
"""An unknown character costs this much more (in nats) than the rarest word."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words with log probability and coarse class: n v a d f (function) i m t ns nt nz."""

    words: Mapping[str, tuple[float, str]]
    max_len: int
    floor: float

    @classmethod
    def parse(cls, text: str) -> Lexicon:
        """From lines `word<TAB>frequency<TAB>class`; lines that begin with # are comments."""
        rows = [line.split("\t") for line in text.splitlines() if line and line[0] != "#"]
        total = float(sum(int(row[1]) for row in rows)) or 1.0
        base = log(total)
        logs: dict[str, float] = {}
        words: dict[str, tuple[float, str]] = {}
        for word, frequency, kind in rows:
            weight = logs.get(frequency)
            if weight is None:
                weight = logs[frequency] = log(int(frequency)) - base
            words[word] = (weight, kind)
        return cls(words, max(map(len, words), default=1), -base - _UNKNOWN_PENALTY)

    def weight(self, word: str) -> float:
        """Log probability of one word; the floor for an unknown one."""
        entry = self.words.get(word)
        return entry[0] if entry else self.floor

    def kind(self, word: str) -> str:
        """The class of a word, "" when unknown."""
        entry = self.words.get(word)
        return entry[1] if entry else ""
