"""The segmentation lexicon: best unigram segmentation of a small window, so that a name inside a word is no name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

_UNKNOWN_PENALTY = 2.0
"""An unknown character costs this much more (in nats) than the rarest word."""
_WINDOW = 6


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

    def segment(self, text: str, start: int, end: int) -> list[tuple[int, int, str]]:
        """The most probable words of `text[start:end]` as (start, end, class); class "" for an unknown character."""
        words, longest, floor = self.words, self.max_len, self.floor
        size = end - start
        best = [0.0] * (size + 1)
        back = [(0, "")] * (size + 1)
        for stop in range(1, size + 1):
            at = start + stop
            entry = words.get(text[at - 1])
            if entry is None:
                score, choice = best[stop - 1] + floor, (stop - 1, "")
            else:
                score, choice = best[stop - 1] + entry[0], (stop - 1, entry[1])
            for length in range(2, min(longest, stop) + 1):
                entry = words.get(text[at - length : at])
                if entry is not None and best[stop - length] + entry[0] > score:
                    score, choice = best[stop - length] + entry[0], (stop - length, entry[1])
            best[stop], back[stop] = score, choice
        found: list[tuple[int, int, str]] = []
        stop = size
        while stop:
            first, kind = back[stop]
            found.append((start + first, start + stop, kind))
            stop = first
        found.reverse()
        return found

    def score(self, text: str, start: int, end: int) -> float:
        """Log probability of the best segmentation of `text[start:end]`."""
        words, longest, floor = self.words, self.max_len, self.floor
        best = [0.0]
        for stop in range(1, end - start + 1):
            at = start + stop
            entry = words.get(text[at - 1])
            score = best[stop - 1] + (floor if entry is None else entry[0])
            for length in range(2, min(longest, stop) + 1):
                entry = words.get(text[at - length : at])
                if entry is not None and best[stop - length] + entry[0] > score:
                    score = best[stop - length] + entry[0]
            best.append(score)
        return best[-1]

    def weight(self, word: str) -> float:
        """Log probability of one word; the floor for an unknown one."""
        entry = self.words.get(word)
        return entry[0] if entry else self.floor

    def kind(self, word: str) -> str:
        """The class of a word, "" when unknown."""
        entry = self.words.get(word)
        return entry[1] if entry else ""

    def covers(self, text: str, start: int, end: int) -> bool:
        """Whether, as the text is best segmented, a word reaches across `start` or `end`: the span cuts a word."""
        low = start
        while low > 0 and start - low < _WINDOW and _is_han(text[low - 1]):
            low -= 1
        high = end
        while high < len(text) and high - end < _WINDOW and _is_han(text[high]):
            high += 1
        return any(first < start < last or first < end < last for first, last, _ in self.segment(text, low, high))


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"
