"""Which dictionary words stand at each place of a text, for the whole text at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from redactor.detect.lexicon import Lexicon

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Codes = NDArray[np.uint32]
Word = tuple[int, int, str]
"""start, end, class."""

LONGEST: Final = 5
"""Longer words play no part in telling names from words."""
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_SPARSE: Final = 4
"""Slots of the table for each word."""
_NEVER: Final = float("-inf")
_WINDOW: Final = 6
"""Characters on either side of a span that show how it is segmented."""
_FIRST_HAN, _LAST_HAN = 0x3400, 0x9FFF


@dataclass(frozen=True, slots=True)
class Grams:
    """Values of character sequences of one length, looked up for many places at once (open addressing)."""

    length: int
    keys: NDArray[np.uint64]
    rows: NDArray[np.int32]
    shift: np.uint64
    tries: int

    def find(self, codes: Codes) -> NDArray[np.int32]:
        """For each place the row of the sequence that begins there, -1 for none; the last places have none."""
        size = max(0, len(codes) - self.length + 1)
        found = np.full(len(codes), -1, np.int32)
        if size == 0 or len(self.keys) == 0:
            return found
        wanted = keys_of(codes, self.length)
        mask = np.uint64(len(self.keys) - 1)
        slots = (wanted * _MIX) >> self.shift
        rows = found[:size]
        hit = self.keys[slots] == wanted
        rows[hit] = self.rows[slots[hit]]
        # Few places need a second try: those whose slot another sequence holds.
        left = np.flatnonzero(~hit & (self.rows[slots] >= 0))
        for _ in range(1, self.tries):
            if len(left) == 0:
                break
            slots = (slots if len(slots) == len(left) else slots[left]) + np.uint64(1) & mask
            wanted = wanted if len(wanted) == len(left) else wanted[left]
            hit = self.keys[slots] == wanted
            rows[left[hit]] = self.rows[slots[hit]]
            more = ~hit & (self.rows[slots] >= 0)
            left, slots, wanted = left[more], slots[more], wanted[more]
        return found


def compile_grams(sequences: list[str], length: int) -> Grams:
    """A table that gives for each sequence of `length` characters its place in the list."""
    bits = max(4, (len(sequences) * _SPARSE).bit_length())
    keys = np.zeros(1 << bits, np.uint64)
    rows = np.full(1 << bits, -1, np.int32)
    shift = np.uint64(64 - bits)
    tries = 0
    if sequences:
        codes = code_points("".join(sequences)).reshape(-1, length)
        left = np.arange(len(sequences), dtype=np.int32)
        wanted = _combined([codes[:, n] for n in range(length)])
        slots = ((wanted * _MIX) >> shift).astype(np.int64)
        while len(left):
            tries += 1
            free = rows[slots] < 0
            # Of those that want one free slot, the last to be written has it.
            rows[slots[free]] = left[free]
            settled = rows[slots] == left
            keys[slots[settled]] = wanted[settled]
            left, wanted, slots = left[~settled], wanted[~settled], (slots[~settled] + 1) & ((1 << bits) - 1)
    return Grams(length, keys, rows, shift, tries)


def keys_of(codes: Codes, length: int) -> NDArray[np.uint64]:
    """One number for the sequence of `length` characters at each place that has so many."""
    size = len(codes) - length + 1
    return _combined([codes[n : n + size] for n in range(length)])


def _combined(columns: list[Codes]) -> NDArray[np.uint64]:
    # Sixteen bits a character are exact for four of them; a fifth is folded in, and two such sequences all but never meet.
    key = columns[0].astype(np.uint64)
    for number, column in enumerate(columns[1:], 1):
        key = key << np.uint64(16) | column if number < 4 else key * _MIX ^ column
    return key


def code_points(text: str) -> Codes:
    """The characters of the text as numbers; lone surrogates are numbers like any other."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


@dataclass(frozen=True, slots=True)
class Words:
    """The lexicon by word length: for each length the table, log probabilities and classes of its words."""

    lexicon: Lexicon
    tables: tuple[Grams, ...]
    weights: tuple[Floats, ...]
    kinds: tuple[tuple[str, ...], ...]
    proper: tuple[Bools, ...]
    """Whether the word is a place, an organisation or another name."""

    def lattice(self, text: str) -> Lattice:
        """The words at every place of the text."""
        codes = code_points(text)
        han = (codes >= _FIRST_HAN) & (codes <= _LAST_HAN)
        rows = [table.find(codes) for table in self.tables]
        weights = [w[row] for w, row in zip(self.weights, rows, strict=True)]
        weights[0] = np.where(rows[0] >= 0, weights[0], np.float32(self.lexicon.floor))
        crossed = np.zeros(len(codes) + 1, np.bool_)
        for length in range(2, len(rows) + 1):
            there = np.flatnonzero(rows[length - 1] >= 0)
            for inside in range(1, length):
                crossed[there + inside] = True
        return Lattice(text, codes, han, rows, weights, crossed, self.kinds)


@dataclass(slots=True)
class Lattice:
    """`rows[n]` and `weights[n]` are those of the word of n + 1 characters at each place (-1 and minus infinity: none).

    `crossed[i]`: a word of the lexicon reaches across the place between character i - 1 and i.
    """

    text: str
    codes: Codes
    han: Bools
    rows: list[NDArray[np.int32]]
    weights: list[Floats]
    crossed: Bools
    kinds: tuple[tuple[str, ...], ...]
    _crossed: bytes | None = None
    _cuts: list[int] = field(default_factory=list)
    _known: dict[int, list[Word]] = field(default_factory=dict)

    def cut_at(self, at: int) -> bool:
        """Whether a word of the lexicon reaches across the place before character `at`."""
        if self._crossed is None:
            self._crossed = self.crossed.tobytes()
        return self._crossed[at] == 1

    def segment(self, start: int, end: int) -> list[Word]:
        """The most probable words of `text[start:end]`; class "" for an unknown character."""
        if not self._cuts:
            self._cuts = np.flatnonzero(~self.crossed).tolist()
        cuts, known = self._cuts, self._known
        found: list[Word] = []
        at = bisect_right(cuts, start)
        # Where no word reaches across, the best path of the whole is those of the parts.
        while start < end:
            stop = cuts[at]
            at += 1
            if stop > end or start not in known:
                words = self._best(start, min(stop, end))
                if stop <= end and cuts[at - 2] == start:
                    known[start] = words
                found += words
            else:
                found += known[start]
            start = stop
        return found

    def _best(self, start: int, end: int) -> list[Word]:
        size = end - start
        columns = [weights[start:end].tolist() for weights in self.weights[:size]]
        best = [_NEVER] * (size + 1)
        best[0] = 0.0
        back = [0] * (size + 1)
        for first in range(size):
            base = best[first]
            for length, column in enumerate(columns[: size - first], 1):
                score = base + column[first]
                if score > best[first + length]:
                    best[first + length], back[first + length] = score, length
        words: list[Word] = []
        while size:
            length = back[size]
            size -= length
            row = int(self.rows[length - 1][start + size])
            words.append((start + size, start + size + length, self.kinds[length - 1][row]))
        words.reverse()
        return words

    def covers(self, start: int, end: int) -> bool:
        """Whether, as the text is best segmented, a word reaches across `start` or `end`: the span cuts a word."""
        if not (self.cut_at(start) or self.cut_at(end)):
            return False
        text = self.text
        low = start
        while low > 0 and start - low < _WINDOW and "\u3400" <= text[low - 1] <= "\u9fff":
            low -= 1
        high = end
        while high < len(text) and high - end < _WINDOW and "\u3400" <= text[high] <= "\u9fff":
            high += 1
        return any(first < start < last or first < end < last for first, last, _ in self.segment(low, high))


def compile_words(lexicon: Lexicon) -> Words:
    """The words of up to LONGEST characters; those beyond the Basic Multilingual Plane are left out."""
    by_length: list[list[str]] = [[] for _ in range(LONGEST)]
    for word in lexicon.words:
        if len(word) <= LONGEST and max(word) < "\U00010000":
            by_length[len(word) - 1].append(word)
    weights, proper, kinds = [], [], []
    for words in by_length:
        entries = [lexicon.words[word] for word in words]
        # Row -1 is the last: no word.
        weights.append(np.array([*(e[0] for e in entries), -np.inf], np.float32))
        # An unknown character has no class.
        kinds.append((*(e[1] for e in entries), ""))
        proper.append(np.array([*(e[1] in ("ns", "nz", "nt") for e in entries), False], np.bool_))
    tables = tuple(compile_grams(words, n) for n, words in enumerate(by_length, 1))
    return Words(lexicon, tables, tuple(weights), tuple(kinds), tuple(proper))


def character_table(values: Mapping[str, float], default: float) -> Floats:
    """Values by character, for `table[np.minimum(codes, len(table) - 1)]`; the last entry is the default."""
    table = np.full(0x10001, default, np.float32)
    for char, value in values.items():
        if ord(char) < 0x10000:
            table[ord(char)] = value
    return table
