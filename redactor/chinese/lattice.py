"""Which dictionary words stand at each place of a text, for the whole text at once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from redactor.chinese.lexicon import Lexicon
from redactor.model import Span
from redactor.text.points import FIRST_HAN, LAST_HAN, code_points, is_han

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Codes = NDArray[np.uint32]
Word = tuple[int, int, str]
"""start, end, class."""
Guess = tuple[int, str, float, float]
"""What may stand in place of words: length, kind, log weight, bonus that is in it."""
Step = tuple[int, int, str, float]
"""Of a path: start, end, kind of a guess ("" for a word), bonus."""

LONGEST: Final = 5
"""Longer words play no part in telling names from words."""
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_PAIR_BITS: Final = 19
_LAST_KEY: Final = 2**64 - 1
_NEVER: Final = float("-inf")
_BATCH: Final = 12
"""Stretches of words up to this length are segmented together."""
_FEW: Final = 6
"""So many of one length are segmented one by one: there, what an array costs by itself is all it costs."""
_WINDOW: Final = 6
"""Characters on either side of a span that show how it is segmented."""
_BEYOND: Final = 0xFFFF
_NAMES: Final = frozenset(("ns", "nz", "nt"))


@dataclass(frozen=True, slots=True)
class Grams:
    """Rows of character sequences, looked up for many places and all lengths at once."""

    longest: int
    singles: NDArray[np.int32]
    """Rows of single characters by code point."""
    reach: NDArray[np.uint8]
    """By the hash of two characters: the length of the longest sequence that begins with such a pair."""
    keys: NDArray[np.uint64]
    """Of the sequences of more than one character, in order, and the greatest number after them."""
    rows: NDArray[np.int32]

    def find(self, codes: Codes) -> NDArray[np.int32]:
        """For each length (from 1) and place the row of the sequence that begins there; -1: none. Shape (lengths, places)."""
        size = len(codes)
        found = np.full((self.longest, size), -1, np.int32)
        found[0] = self.singles[codes]
        padded = np.zeros(size + self.longest, np.uint64)
        padded[:size] = codes
        key = _longer(padded[:size], padded[1 : size + 1], 1)
        reach = self.reach[_pair(key)]
        # Few pairs open a longer sequence: only from there is it looked for.
        at = np.flatnonzero(reach)
        key, reach = key[at], reach[at]
        for number in range(1, self.longest):
            if number > 1:
                on = reach > number
                at, reach = at[on], reach[on]
                if len(at) == 0:
                    break
                key = _longer(key[on], padded[at + number], number)
            slots = np.searchsorted(self.keys, key)
            found[number, at] = np.where(self.keys[slots] == key, self.rows[slots], np.int32(-1))
        return found


def compile_grams(sequences: Sequence[str]) -> Grams:
    """A table that gives for each sequence its place in the list."""
    lengths = np.fromiter(map(len, sequences), np.intp, len(sequences))
    every, begins = code_points("".join(sequences)), np.cumsum(lengths) - lengths
    longest = int(lengths.max(initial=1))
    reach = np.zeros(1 << _PAIR_BITS, np.uint8)
    singles = np.full(_BEYOND + 1, -1, np.int32)
    wanted = np.zeros(len(sequences), np.uint64)
    for length in range(1, longest + 1):
        there = np.flatnonzero(lengths == length)
        if len(there) == 0:
            continue
        codes = every[begins[there][:, None] + np.arange(length)]
        if length == 1:
            singles[codes[:, 0]] = there
            continue
        key = codes[:, 0].astype(np.uint64)
        for number in range(1, length):
            key = _longer(key, codes[:, number], number)
            if number == 1:
                reach[_pair(key)] = length
        wanted[there] = key
    left = np.flatnonzero(lengths > 1)
    order = left[np.argsort(wanted[left], kind="stable")]
    keys = np.append(wanted[order], np.uint64(_LAST_KEY))
    return Grams(longest, singles, reach, keys, np.append(order, -1).astype(np.int32))


def _pair(key: NDArray[np.uint64]) -> NDArray[np.uint64]:
    slot: NDArray[np.uint64] = (key * _MIX) >> np.uint64(64 - _PAIR_BITS)
    return slot


def _longer(key: NDArray[np.uint64], column: NDArray[Any], number: int) -> NDArray[np.uint64]:
    # Sixteen bits a character are exact for four of them; a fifth is folded in, and two such sequences all but never meet.
    longer: NDArray[np.uint64] = key << np.uint64(16) | column if number < 4 else key * _MIX ^ column
    return longer


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The lexicon by word length: for each length the table, log probabilities and classes of its words."""

    lexicon: Lexicon
    table: Grams
    weights: Floats
    kinds: tuple[str, ...]
    proper: Bools
    """Whether the word is a place, an organisation or another name."""

    def lattice(self, text: str) -> Lattice:
        """The words at every place of the text."""
        codes = code_points(text)
        han = (codes >= FIRST_HAN) & (codes <= LAST_HAN)
        rows = self.table.find(np.maximum(np.minimum(codes, _BEYOND), 1))
        weights = self.weights[rows]
        weights[0][rows[0] < 0] = self.lexicon.floor
        size = len(codes)
        crossed = np.zeros(size + LONGEST, np.bool_)
        reached = np.zeros(size, np.bool_)
        for length in range(len(rows), 1, -1):
            # A word of more characters reaches over all the places that a shorter one from here would.
            reached |= rows[length - 1] >= 0
            crossed[length - 1 : length - 1 + size] |= reached
        return Lattice(text, codes, han, rows, weights, crossed[: size + 1], self.kinds)


@dataclass(frozen=True, slots=True)
class _Segments:
    """A text in words: where no word could reach across, where words begin (and the end of the text), rows of the words.

    `totals`: the log probability of the words before each of the beginnings.
    """

    cuts: list[int]
    starts: list[int]
    rows: list[int]
    totals: list[float]

    def settled(self, start: int, end: int) -> Span:
        """The part of a stretch whose best words are those of the whole text, as no word reaches across its ends; maybe none."""
        cuts = self.cuts
        return cuts[bisect_left(cuts, start)], cuts[bisect_right(cuts, end) - 1]


@dataclass(frozen=True)
class Lattice:
    """`rows[n]` and `weights[n]` are those of the word of n + 1 characters at each place (-1 and minus infinity: none).

    `crossed[i]`: a word of the lexicon reaches across the place between character i - 1 and i.
    """

    text: str
    codes: Codes
    han: Bools
    rows: NDArray[np.int32]
    weights: Floats
    crossed: Bools
    kinds: tuple[str, ...]

    @cached_property
    def _crossed(self) -> bytes:
        return self.crossed.tobytes()

    def cut_at(self, at: int) -> bool:
        """Whether a word of the lexicon reaches across the place before character `at`."""
        return self._crossed[at] == 1

    def segment(self, start: int, end: int) -> list[Word]:
        """The most probable words of `text[start:end]`; class "" for an unknown character."""
        if start >= end:
            return []
        words = self._words
        starts, rows = words.starts, words.rows
        first, last = words.settled(start, end)
        if first >= end:
            return self._best(start, end)
        found = self._best(start, first) if start < first else []
        low, high = bisect_left(starts, first), bisect_left(starts, last)
        kinds = self.kinds
        found += [(starts[n], starts[n + 1], kinds[rows[n]]) for n in range(low, high)]
        if last < end:
            found += self._best(last, end)
        return found

    def word_at(self, at: int, start: int, end: int) -> Word | None:
        """The word of `segment(start, end)` in which a place lies."""
        words = self._words
        first, last = words.settled(start, end)
        if first <= at < last:
            number = bisect_right(words.starts, at) - 1
            return words.starts[number], words.starts[number + 1], self.kinds[words.rows[number]]
        return next((word for word in self.segment(start, end) if word[0] <= at < word[1]), None)

    def weight(self, start: int, end: int) -> float:
        """The log probability of the most probable words of a stretch that no word reaches out of."""
        words = self._words
        return words.totals[bisect_left(words.starts, end)] - words.totals[bisect_left(words.starts, start)]

    @cached_property
    def _words(self) -> _Segments:
        """The best words of the whole text: of all stretches of a length at once that no word reaches out of."""
        cuts = np.flatnonzero(~self.crossed)
        sizes = np.diff(cuts)
        opens = ~self.crossed
        for size in range(2, _BATCH + 1):
            at = cuts[:-1][sizes == size]
            if len(at) > _FEW:
                _mark_best(self.weights, at, size, opens)
            else:
                for start in at.tolist():
                    opens[[first for first, _, _ in self._best(start, start + size)]] = True
        for start, size in zip(cuts[:-1][sizes > _BATCH].tolist(), sizes[sizes > _BATCH].tolist(), strict=True):
            opens[[first for first, _, _ in self._best(start, start + size)]] = True
        starts = np.flatnonzero(opens)
        sizes = np.diff(starts) - 1
        rows = self.rows[sizes, starts[:-1]]
        totals = np.append(0.0, np.cumsum(self.weights[sizes, starts[:-1]], dtype=np.float64))
        return _Segments(cuts.tolist(), starts.tolist(), rows.tolist(), totals.tolist())

    def _best(self, start: int, end: int) -> list[Word]:
        """The most probable words of a stretch, whatever reaches out of it."""
        steps, _ = self.path(start, end)
        return [(first, last, self.kinds[self.rows[last - first - 1][first]]) for first, last, _, _ in steps]

    def path(self, start: int, end: int, guesses: Sequence[Sequence[Guess]] = ()) -> tuple[list[Step], float]:
        """The best path over a stretch by words and guesses, and its log probability; `guesses`: those that begin at each place."""
        size = end - start
        columns = self.weights[:size, start:end].tolist()
        best = [_NEVER] * (size + 1)
        best[0] = 0.0
        back = [(0, "", 0.0)] * (size + 1)
        for first in range(size):
            base = best[first]
            for length, column in enumerate(columns[: size - first], 1):
                score = base + column[first]
                if score > best[first + length]:
                    best[first + length], back[first + length] = score, (length, "", 0.0)
            for length, kind, weight, bonus in guesses[first] if guesses else ():
                if base + weight > best[first + length]:
                    best[first + length], back[first + length] = base + weight, (length, kind, bonus)
        steps: list[Step] = []
        at = size
        while at:
            length, kind, bonus = back[at]
            steps.append((start + at - length, start + at, kind, bonus))
            at -= length
        steps.reverse()
        return steps, best[size]

    def covers(self, start: int, end: int) -> bool:
        """Whether, as the text is best segmented, a word reaches across `start` or `end`: the span cuts a word."""
        if not (self.cut_at(start) or self.cut_at(end)):
            return False
        low, high = self._around(start, end)
        return any(word is not None and word[0] < at for at in (start, end) for word in (self.word_at(at, low, high),))

    def _around(self, start: int, end: int) -> Span:
        """A span with the characters on either side that show how it is segmented."""
        text = self.text
        low = start
        while low > 0 and start - low < _WINDOW and is_han(text[low - 1]):
            low -= 1
        high = end
        while high < len(text) and high - end < _WINDOW and is_han(text[high]):
            high += 1
        return low, high

    def lost_by_cuts(self, start: int, end: int) -> float:
        """How much less likely the words around are when some begin at `start` and `end`: 0 where a span cuts no word."""
        if not self.covers(start, end):
            return 0.0
        low, high = self._around(start, end)
        apart = sum(self.path(*piece)[1] for piece in ((low, start), (start, end), (end, high)))
        return max(0.0, self.path(low, high)[1] - apart)

    def likely(self, start: int, end: int) -> float:
        """The log probability of the best words of a stretch, whatever reaches out of it."""
        return self.path(start, end)[1]


def _mark_best(weights: Floats, at: NDArray[np.intp], size: int, opens: Bools) -> None:
    """Mark where the best words begin of the stretches of one size that begin at the places `at`."""
    best = np.full((size + 1, len(at)), -np.inf)
    best[0] = 0.0
    back = np.zeros((size + 1, len(at)), np.int8)
    for first in range(size):
        for length in range(1, min(len(weights), size - first) + 1):
            score = best[first] + weights[length - 1, at + first]
            better = score > best[first + length]
            best[first + length][better] = score[better]
            back[first + length][better] = length
    place = np.full(len(at), size)
    own = np.arange(len(at))
    while len(own):
        place = place - back[place, own]
        opens[at[own] + place] = True
        own, place = own[place > 0], place[place > 0]


def compile_words(lexicon: Lexicon) -> Words:
    """The words of up to LONGEST characters; those beyond the Basic Multilingual Plane are left out."""
    known = lexicon.words
    if code_points("".join(known)).max(initial=0) >= _BEYOND:
        known = {word: entry for word, entry in known.items() if max(word) < "\uffff"}
    short = np.fromiter(map(len, known), np.intp, len(known)) <= LONGEST
    words = list(compress(known, short))
    # Row -1 is the last: no word, no class.
    weights, kinds = zip(*compress(known.values(), short), (_NEVER, ""), strict=True)
    return Words(
        lexicon,
        compile_grams(words or ["\ufffe" * LONGEST]),
        np.array(weights, np.float32),
        kinds,
        np.fromiter(map(_NAMES.__contains__, kinds), np.bool_, len(kinds)),
    )


def character_table(values: Mapping[str, float], default: float) -> Floats:
    """Values by character, for `table[np.minimum(codes, len(table) - 1)]`; the last entry is the default."""
    table = np.full(0x10001, default, np.float32)
    for char, value in values.items():
        if ord(char) < 0x10000:
            table[ord(char)] = value
    return table
