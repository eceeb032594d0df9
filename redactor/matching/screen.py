"""One pass over a text that tells for every pattern rule where a match of it could begin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

import numpy as np
import regex
from ahocorasick_rs import AhoCorasick
from numpy.typing import NDArray

from redactor.matching.anchors import Need
from redactor.matching.digits import Digits
from redactor.matching.following import Place
from redactor.matching.glance import NARROW, Glance
from redactor.matching.lookout import ASTRAL, ASTRAL_DIGIT, END, CharClass, Lookout
from redactor.matching.stretches import NOWHERE, Marks, Places, Windows, mark, merged, narrowed, runs
from redactor.model import Span
from redactor.text.fold import scalars
from redactor.text.points import code_points

_SHORT: Final = 3_000
"""Texts up to so many characters are looked at on lists."""
_FEW: Final = 300
"""And these without any array."""
_BEYOND: Final = chr(END)


_DIGIT: Final = CharClass(r"\d")
_DIGITS: Final = regex.compile(r"\d++")


@dataclass(frozen=True, slots=True)
class Screen:
    """The literals that the rules of one view need: single characters by code point, longer ones in one automaton."""

    characters: Mapping[int, int]
    """Numbers of literals by code point."""
    among: NDArray[np.bool_]
    """By code point, whether it is one of them."""
    automaton: AhoCorasick | None
    numbers: NDArray[np.intp]
    """Numbers of the automaton's literals."""
    listed: tuple[int, ...]
    """The same."""
    line_break: int | None
    meets: Mapping[int, int]
    """By the number of a literal, which of what lookouts need is there with it, as the bits of a number."""
    counts: Mapping[int, int]
    """The same by a number of digits."""

    def look(self, text: str) -> Sight | Glance:
        """What stands where in the text."""
        if len(text) <= _FEW and max(text, default="") < _BEYOND:
            return self._few(text)
        codes = np.append(_in_one_plane(code_points(text)), np.uint32(END))
        return self._glance(text, codes) if len(text) <= _SHORT else self._sight(text, codes)

    def _few(self, text: str) -> Glance:
        """Of a text that holds no character beyond the first plane."""
        codes = [*map(ord, text)]
        hits = self._long(text)
        for at, number in enumerate(map(self.characters.get, codes)):
            if number is not None:
                hits.setdefault(number, []).append(at)
        runs = [match.span() for match in _DIGITS.finditer(text)]
        places = [at for run in runs for at in range(*run)]
        return Glance([*codes, END], hits, self._there(hits, len(places)), places, [low for low, _ in runs])

    def _long(self, text: str) -> dict[int, list[int]]:
        """Where the literals of the automaton stand, by their number."""
        hits: dict[int, list[int]] = {}
        if self.line_break is not None:
            # The beginning of the text is the beginning of a line.
            hits[self.line_break] = [-1]
        if self.automaton is not None:
            for which, start, _ in self.automaton.find_matches_as_indexes(scalars(text), overlapping=True):
                hits.setdefault(self.listed[which], []).append(start)
        return hits

    def _glance(self, text: str, codes: NDArray[np.uint32]) -> Glance:
        hits = self._long(text)
        listed = codes.tolist()
        for at in self.among[codes[:-1]].nonzero()[0].tolist():
            hits.setdefault(self.characters[listed[at]], []).append(at)
        places, starts = _digits(codes)
        return Glance(listed, hits, self._there(hits, len(places)), places.tolist(), starts.tolist())

    def _sight(self, text: str, codes: NDArray[np.uint32]) -> Sight:
        hits: dict[int, Places] = {}
        if self.automaton is not None:
            found = self.automaton.find_matches_as_indexes(scalars(text), overlapping=True)
            rows = np.fromiter(chain.from_iterable(found), np.intp, 3 * len(found)).reshape(-1, 3)
            order = np.argsort(rows[:, 0], kind="stable")
            numbers, starts = rows[order, 0], rows[order, 1]
            edges = np.flatnonzero(np.diff(numbers)) + 1
            for at, places in zip((0, *edges.tolist()) if len(rows) else (), np.split(starts, edges), strict=False):
                hits[int(self.numbers[numbers[at]])] = places
        hits.update(self._by_code(codes[:-1]))
        if self.line_break is not None:
            # The beginning of the text is the beginning of a line.
            hits[self.line_break] = np.concatenate([[-1], hits.get(self.line_break, NOWHERE)])
        places, starts = _digits(codes)
        return Sight(codes, hits, self._there(hits, len(places)), places, starts)

    def _by_code(self, codes: NDArray[np.uint32]) -> Iterator[tuple[int, Places]]:
        """For each of the characters that occur, its number and its places."""
        at = self.among[codes].nonzero()[0]
        there = codes[at]
        order = np.argsort(there, kind="stable")
        at, there = at[order], there[order]
        edges = (np.flatnonzero(np.diff(there)) + 1).tolist()
        for first, last in zip((0, *edges), (*edges, len(at)), strict=True):
            if first < last:
                yield self.characters[int(there[first])], at[first:last]

    def _there(self, literals: Iterable[int], digits: int) -> int:
        """Which of what lookouts need a text holds, as the bits of a number."""
        there = 0
        for number in literals:
            there |= self.meets[number]
        for count, bit in self.counts.items():
            if count <= digits:
                there |= bit
        return there


def _in_one_plane(points: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The characters, those beyond the first plane as what stands for them."""
    beyond = points >= END
    if not beyond.any():
        return points
    codes = np.where(beyond, np.uint32(ASTRAL), points)
    for point in np.unique(points[beyond]).tolist():
        if regex.match(r"\d", chr(point)):
            codes[points == point] = ASTRAL_DIGIT
    return codes


def _digits(codes: NDArray[np.uint32]) -> tuple[Places, Places]:
    """Places of digits, and where runs of them begin."""
    # What may be of any class is no digit: the number after it would seem to begin before it.
    digits = _DIGIT.has(codes) & (codes != ASTRAL)
    digits[-1] = False
    return digits.nonzero()[0], runs(digits)[0]


@dataclass(slots=True)
class Sight:
    """Places of literals (by their number) and of runs of digits in one text."""

    codes: NDArray[np.uint32]
    """Characters by number, and END."""
    hits: Mapping[int, Places]
    there: int
    """What lookouts need and the text holds, as the bits of a number."""
    digit_places: Places
    run_starts: Places
    _digits: dict[tuple[int, int, bool], Places] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """Of the text, in characters."""
        return len(self.codes) - 1

    def digits(self, wanted: Digits) -> Places:
        """The places of digits that have enough others after them."""
        if wanted.count > len(self.digit_places):
            return NOWHERE
        key = (wanted.count, wanted.span, wanted.fresh)
        found = self._digits.get(key)
        if found is None:
            found = self._digits[key] = self._dense(wanted)
        return found

    def _dense(self, wanted: Digits) -> Places:
        places, more = self.digit_places, wanted.count - 1
        if wanted.fresh and not more:
            return self.run_starts
        if more:
            places = places[:-more][places[more:] - places[:-more] < wanted.span]
        return self._both(places, self.run_starts) if wanted.fresh else places

    def _both(self, places: Places, others: Places) -> Places:
        """Those of the places that are among the others too."""
        among = np.zeros(len(self.codes), np.bool_)
        among[others] = True
        both: Places = places[among[places]]
        return both

    def count(self, literals: Mapping[int, Span]) -> int:
        """How often the literals occur."""
        hits = self.hits
        return sum([len(hits[number]) for number in hits.keys() & literals.keys()])

    def begins(self, literals: Mapping[int, Span]) -> Marks:
        """Where a match could begin that has one of the literals at the distance given with it."""
        hits = self.hits
        by_reach: dict[Span, list[Places]] = {}
        for number in hits.keys() & literals.keys():
            by_reach.setdefault(literals[number], []).append(hits[number])
        found = np.zeros(self.length, np.bool_)
        for reach, places in by_reach.items():
            mark(found, places[0] if len(places) == 1 else np.concatenate(places), reach)
        return found


def _windows_of(lookout: Lookout, sight: Sight) -> Windows:
    """Stretches that hold the beginning of every match."""
    found: Marks | None = None
    places, wanted = NOWHERE, lookout.digits
    if wanted:
        places = sight.digits(wanted)
        if not len(places):
            return NOWHERE, NOWHERE
    for literals in sorted(lookout.sets, key=sight.count):
        begins = sight.begins(literals)
        found = begins if found is None else np.logical_and(found, begins, out=found)
        if not found.any():
            return NOWHERE, NOWHERE
    if wanted and (found is not None or wanted.low or wanted.high):
        begins = mark(np.zeros(sight.length, np.bool_), places, (wanted.low, wanted.high))
        found = begins if found is None else np.logical_and(found, begins, out=found)
    if found is not None:
        if not lookout.signs:
            return runs(found)
        if not lookout.opened:
            starts, ends = runs(found)
            if (ends - starts).max(initial=0) > NARROW:
                return starts, ends
        places = found.nonzero()[0]
    for at, sign in lookout.signs:
        # Before the text stands what stands at its end: nothing.
        places = places[sign.has(sight.codes.take(places + at))]
    return places, places + 1


def compile_screen(rules: Sequence[Sequence[Need]]) -> tuple[Screen, list[tuple[Lookout, ...]]]:
    """The screen of some rules that read the same view, and each rule's lookouts (none: it must be tried everywhere)."""
    literals = dict.fromkeys(
        scalars(place.literal) for needs in rules for need in needs for places in need.sets for place in places
    )
    numbers = {literal: number for number, literal in enumerate(literals)}
    sets: dict[frozenset[int], int] = {}
    counts: dict[int, int] = {}
    lookouts = [tuple(_lookout(need, numbers, sets, counts) for need in needs) for needs in rules]
    short = {ord(literal): number for literal, number in numbers.items() if len(literal) == 1 and ord(literal) < END}
    long = [literal for literal, number in numbers.items() if number not in short.values()]
    automaton = AhoCorasick(long) if long else None
    own = tuple(numbers[literal] for literal in long)
    meets = dict.fromkeys(numbers.values(), 0)
    for members, bit in sets.items():
        for number in members:
            meets[number] |= 1 << bit
    digits = {count: 1 << bit for count, bit in counts.items()}
    among = np.zeros(ASTRAL_DIGIT + 1, np.bool_)
    among[list(short)] = True
    return Screen(short, among, automaton, np.array(own, np.intp), own, numbers.get("\n"), meets, digits), lookouts


def _lookout(
    need: Need, numbers: Mapping[str, int], known: dict[frozenset[int], int], counts: dict[int, int]
) -> Lookout:
    """What a need asks of a text; the sets of literals that are `known` and the `counts` of digits, each with its bit, are added to."""
    exact = need.digits is not None and need.digits.low == need.digits.high == 0
    signs = tuple((at, CharClass(source)) for at, source in need.signs if at or not exact)
    sets = tuple(_reach(places, numbers) for places in need.sets)
    bits = {known.setdefault(frozenset(reach), len(known) + len(counts)) for reach in sets}
    if need.digits:
        bits.add(counts.setdefault(need.digits.count, len(known) + len(counts)))
    return Lookout(sets, sum(1 << bit for bit in bits), need.digits, signs, need.opened)


def _reach(places: Iterable[Place], numbers: Mapping[str, int]) -> dict[int, Span]:
    reach: dict[int, Span] = {}
    for place in places:
        number = numbers[scalars(place.literal)]
        low, high = reach.get(number, (place.low, place.high))
        reach[number] = (min(low, place.low), max(high, place.high))
    return reach


def windows(lookouts: Sequence[Lookout], sight: Sight | Glance) -> list[Span]:
    """Stretches that hold the beginning of every match, in order and apart: single places, and such as are wide."""
    if isinstance(sight, Glance):
        return sight.windows(lookouts)
    found = [
        window
        for lookout in lookouts
        if lookout.needs & sight.there == lookout.needs
        for window in (_windows_of(lookout, sight),)
        if len(window[0])
    ]
    if not found:
        return []
    starts, ends = found[0]
    if len(found) > 1:
        starts, ends = np.concatenate([one for one, _ in found]), np.concatenate([one for _, one in found])
    if (ends - starts).max() == 1:
        if len(found) > 1:
            starts = np.unique(starts)
        return list(zip(starts.tolist(), (starts + 1).tolist(), strict=True))
    if len(found) > 1:
        starts, ends = merged(starts, ends, sight.length)
    starts, ends = narrowed(starts, ends)
    return list(zip(starts.tolist(), ends.tolist(), strict=True))
