"""Where a name could be worth a look: surnames, given-name characters and the words around them, for a whole text at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from ahocorasick_rs import AhoCorasick
from numpy.typing import NDArray

from redactor.chinese.lattice import Bools, Floats, Lattice, character_table
from redactor.chinese.names import BEFORE_SURNAMES
from redactor.text.fold import scalars
from redactor.text.points import table_of

STRONG: Final = 8.0
MEDIUM: Final = 4.5
WEAK: Final = 2.5
PRIOR: Final = -4.2
UNSEEN_GIVEN: Final = -9.5
RARE_WORD: Final = -16.0
_FUNCTION_WORD: Final = -7.5
_KNOWN_WORD: Final = -14.0
_LISTS: Final = ("titles_after", "titles_short", "titles_person", "titles_before", "verbs_after", "verbs_before")
PREFIXES: Final = table_of(map(ord, BEFORE_SURNAMES))
_LABEL_ENDS: Final = table_of(map(ord, "：:　"))
COMRADE: Final = "同志"


_BONUSES: Final = (0.0, WEAK, MEDIUM, STRONG)


@dataclass(frozen=True)
class Frames:
    """What stands beside each place of one text: a bonus for a name that ends or begins there, short titles."""

    after: Floats
    before: Floats
    short: Bools
    person: Bools
    title_before: Bools
    comrade: list[int]

    def bonus_after(self, at: int) -> float:
        """What follows a name that ends there: a title, or a verb that people do."""
        return _BONUSES[self._after[at]]

    def bonus_before(self, at: int) -> float:
        """What goes before a name that begins there: a post, or a verb of asking and naming."""
        return _BONUSES[self._before[at]]

    def has_short(self, at: int) -> bool:
        """Whether a title that goes with a surname alone begins there."""
        return self._short[at] == 1

    # Bytes: to take one number out of an array takes ten times as long.
    @cached_property
    def _after(self) -> bytes:
        return np.searchsorted(_BONUSES, self.after).astype(np.uint8).tobytes()

    @cached_property
    def _before(self) -> bytes:
        return np.searchsorted(_BONUSES, self.before).astype(np.uint8).tobytes()

    @cached_property
    def _short(self) -> bytes:
        return self.short.tobytes()


@dataclass(frozen=True, slots=True)
class Outlook:
    """Tables by character, and the words of frames in one automaton."""

    surname: Floats
    double: AhoCorasick
    first_given: Floats
    second_given: Floats
    only_given: Floats
    automaton: AhoCorasick
    kinds: tuple[tuple[int, frozenset[str]], ...]

    def frames(self, text: str) -> Frames:
        """The frames of every place of the text, its end included."""
        size = len(text) + 1
        places: dict[str, list[int]] = {name: [] for name in (*_LISTS, COMRADE)}
        for number, start, _ in self.automaton.find_matches_as_indexes(scalars(text), overlapping=True):
            length, names = self.kinds[number]
            for name in names:
                places[name].append(start + length if name.endswith("before") else start)
        marks = {name: _marked(size, where) for name, where in places.items()}
        after = np.where(marks["verbs_after"], np.float32(WEAK), np.float32(0))
        after[marks["titles_after"]] = STRONG
        before = np.where(marks["verbs_before"], np.float32(WEAK), np.float32(0))
        before[marks["titles_before"]] = MEDIUM
        return Frames(
            after, before, marks["titles_short"], marks["titles_person"], marks["titles_before"], places[COMRADE]
        )

    def worthy(self, lattice: Lattice, frames: Frames, proper: Bools) -> NDArray[np.intp]:
        """The places where a name could begin and win against the words of its own span, in order.

        Where an ordinary word begins, as 和 or 高兴 does, a name needs a frame beside it, though it might win without one.
        """
        codes = np.minimum(lattice.codes, 0x10000)
        surnames = self.surname[codes]
        doubled = _marked(
            len(codes),
            [at for _, at, _ in self.double.find_matches_as_indexes(scalars(lattice.text), overlapping=True)],
        )
        at: NDArray[np.intp] = (np.isfinite(surnames) | doubled).nonzero()[0]
        if len(at) == 0:
            return at
        before = codes[np.maximum(at - 1, 0)]
        always = ((PREFIXES[before] | _LABEL_ENDS[before]) & (at > 0)) | doubled[at]
        after, han = _padded(frames.after, 0.0), _padded(lattice.han, False)
        single, pair, triple = (_padded(lattice.weights[n], -np.inf) for n in range(3))
        needs_frame = np.where(
            np.isfinite(pair[at]),
            ~proper[lattice.rows[1][at]] & (pair[at] >= _KNOWN_WORD),
            (lattice.rows[0][at] >= 0) & (single[at] >= _FUNCTION_WORD) & ~frames.title_before[at],
        )
        framed = (after[at + 2] > 0) | (after[at + 3] > 0) | (frames.before[at] > 0)
        look = always | (han[at + 1] & (~needs_frame | framed))
        at, always = at[look], always[look]
        if len(at) == 0:
            return at
        codes = np.concatenate([codes, np.full(3, 0x10000, codes.dtype)])
        prior, left = surnames[at] + np.float32(PRIOR), frames.before[at]
        # One given character.
        bonus = left + after[at + 2]
        worth = _worth(prior + self.only_given[codes[at + 1]], bonus)
        worth[_barred(pair[at], proper[lattice.rows[1][at]], bonus)] = -np.inf
        words = np.maximum(single[at] + single[at + 1], pair[at])
        wins = worth > words
        # Two.
        bonus = left + after[at + 3]
        worth = _worth(prior + self.first_given[codes[at + 1]] + self.second_given[codes[at + 2]], bonus)
        worth[_barred(triple[at], proper[lattice.rows[2][at]], bonus)] = -np.inf
        words = np.maximum(words + single[at + 2], np.maximum(single[at] + pair[at + 1], triple[at]))
        wins |= (worth > words) & han[at + 2]
        # None, but a title.
        bonus = np.where(frames.person[at + 1], np.float32(STRONG), np.maximum(np.float32(MEDIUM), left))
        wins |= frames.short[at + 1] & (prior + bonus > single[at])
        found: NDArray[np.intp] = at[wins | always]
        return found


def _worth(weight: Floats, bonus: Floats) -> Floats:
    bonus = np.where(bonus == 2 * WEAK, np.float32(WEAK), bonus)
    total: Floats = weight + np.minimum(bonus, np.float32(12.0))
    return total


def _barred(word: Floats, proper: Bools, bonus: Floats) -> Bools:
    barred: Bools = (word > RARE_WORD) & ~proper & (bonus < STRONG)
    return barred


def _padded(values: NDArray[Any], filler: float | bool) -> NDArray[Any]:
    """The values with those of a few places past the end."""
    return np.concatenate([values, np.full(4, filler, values.dtype)])


def _marked(size: int, places: list[int]) -> Bools:
    marks = np.zeros(size, np.bool_)
    marks[places] = True
    return marks


def compile_outlook(
    surnames: Mapping[str, float],
    given: Mapping[str, tuple[float, float, float]],
    lists: Mapping[str, frozenset[str]],
) -> Outlook:
    """From the word lists of the person recognizer."""
    barred = dict.fromkeys(lists["no_given"], float("-inf"))
    first = {c: max(row[0], row[1] - 1.0) for c, row in given.items()}
    second = {c: max(row[1], row[0] - 1.0) for c, row in given.items()}
    only = {c: row[2] for c, row in given.items()}
    unseen = UNSEEN_GIVEN
    words: dict[str, set[str]] = {COMRADE: {COMRADE}}
    for name in _LISTS:
        for word in lists[name]:
            words.setdefault(word, set()).add(name)
    return Outlook(
        surname=character_table({s: w for s, w in surnames.items() if len(s) == 1}, float("-inf")),
        double=AhoCorasick([scalars(s) for s in surnames if len(s) == 2]),
        first_given=character_table({**first, **barred}, unseen),
        second_given=character_table({**second, **barred}, unseen),
        only_given=character_table({**only, **barred}, unseen),
        automaton=AhoCorasick([scalars(word) for word in words]),
        kinds=tuple((len(word), frozenset(names)) for word, names in words.items()),
    )
