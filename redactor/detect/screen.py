"""One pass over a text that tells for every pattern rule where a match of it could begin."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import regex
from ahocorasick_rs import AhoCorasick

from redactor.model import Span
from redactor.ruleset.need import Digits, Need, Place
from redactor.text.fold import scalars

_DIGITS = regex.compile(r"\d+")
_APART = 80
_FEW = 8
"""Of so few literals it is sooner seen whether one stands beside a window than where all of them stand."""


@dataclass(frozen=True, slots=True)
class Screen:
    """The literals that the rules of one view need, in one automaton."""

    automaton: AhoCorasick | None
    line_break: int | None

    def look(self, text: str) -> Sight:
        """What stands where in the text."""
        # The beginning of the text is the beginning of a line.
        hits: dict[int, list[int]] = {} if self.line_break is None else {self.line_break: [-1]}
        if self.automaton is not None:
            for number, start, _ in self.automaton.find_matches_as_indexes(scalars(text), overlapping=True):
                known = hits.get(number)
                if known is None:
                    hits[number] = [start]
                else:
                    known.append(start)
        runs: dict[str, list[Span]] = {}
        for match in _DIGITS.finditer(text):
            end = match.end()
            runs.setdefault(text[end : end + 1], []).append((match.start(), end))
        mask = 0
        for number in hits:
            mask |= 1 << number
        return Sight(text, hits, mask, runs, _most(runs), len(text))


@dataclass(slots=True)
class Sight:
    """Places of literals (by their number) and of runs of digits in one text."""

    text: str
    hits: Mapping[int, list[int]]
    mask: int
    """The literals that occur, as the bits of a number."""
    runs: Mapping[str, list[Span]]
    """Runs of digits by the character after them, "" at the end of the text."""
    most: int
    """No stretch of a rule's width can hold more digits than this."""
    length: int
    _digits: dict[tuple[int, int, bool], list[int]] = field(default_factory=dict)

    def digits(self, wanted: Digits) -> list[int]:
        """The places of digits that have enough others after them."""
        key = (wanted.count, wanted.span, wanted.fresh)
        found = self._digits.get(key)
        if found is None:
            runs = [run for group in self.runs.values() for run in group]
            found = self._digits[key] = dense(runs, wanted)
        return found

    def count(self, literals: Mapping[int, Span]) -> int:
        """How often the literals occur."""
        hits = self.hits
        return sum([len(hits[number]) for number in hits.keys() & literals.keys()])

    def beside(self, windows: list[Span], literals: Mapping[int, Span]) -> list[Span]:
        """Those windows that have one of the literals at the distance given with it."""
        rows = [(self.hits[number], *literals[number]) for number in self.hits.keys() & literals.keys()]
        found: list[Span] = []
        for window in windows:
            start, end = window
            for places, low, high in rows:
                at = bisect_left(places, start + low)
                if at < len(places) and places[at] < end + high:
                    found.append(window)
                    break
        return found

    def around(self, literals: Mapping[int, Span]) -> list[Span]:
        """Where a match could begin that has one of the literals at the distance given with it."""
        hits = self.hits
        seen = hits.keys() & literals.keys()
        if not seen:
            return []
        windows: list[Span] = []
        for number in seen:
            low, high = literals[number]
            windows += [(at - high, at - low + 1) for at in hits[number]]
        return merged(windows, self.length)

    def followed(self, wanted: Digits, follow: Follow) -> list[int]:
        """The same of those digits that are followed by a character of the class."""
        runs = [run for char, group in self.runs.items() if follow[char] for run in group]
        if not runs:
            return []
        runs.sort()
        own = [start for start, _ in runs] if wanted.fresh else [at for run in runs for at in range(*run)]
        if wanted.count == 1:
            return own
        enough = set(self.digits(wanted))
        return [at for at in own if at in enough]


def _most(runs: Mapping[str, list[Span]]) -> int:
    """The most digits in runs that stand near one another; runs apart by more than _APART never serve one match."""
    most = count = last = 0
    for start, end in sorted(run for group in runs.values() for run in group):
        count = count + end - start if start - last <= _APART else end - start
        most, last = max(most, count), end
    return most


class Follow(dict[str, bool]):
    """Whether a character is of a class; each is looked at once."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self._pattern = regex.compile(source)

    def __missing__(self, char: str) -> bool:
        self[char] = answer = self._pattern.match(char) is not None
        return answer


def dense(runs: Iterable[Span], wanted: Digits) -> list[int]:
    """The places of digits in the runs that have enough others of the runs after them, in order."""
    if wanted.count == 1 and wanted.fresh:
        return sorted([start for start, _ in runs])
    places = [at for start, end in sorted(runs) for at in range(start, end)]
    more = wanted.count - 1
    if more:
        places = [at for at, last in zip(places, places[more:], strict=False) if last - at < wanted.span]
    if not wanted.fresh:
        return places
    fresh = {start for start, _ in runs}
    return [at for at in places if at in fresh]


@dataclass(frozen=True, slots=True)
class Lookout:
    """One way into a rule's pattern: sets of literals by number with the reach of each, digits, the first character."""

    sets: tuple[Mapping[int, Span], ...]
    masks: tuple[int, ...]
    """The literals of each set as the bits of a number."""
    digits: Digits | None
    follow: Follow | None
    first: regex.Pattern[str] | None

    def windows(self, sight: Sight) -> list[Span]:
        """Stretches that hold the beginning of every match."""
        seen = sight.mask
        for mask in self.masks:
            if not seen & mask:
                return []
        places: list[int] | None = None
        if self.digits:
            if self.digits.count > sight.most:
                return []
            places = sight.followed(self.digits, self.follow) if self.follow is not None else sight.digits(self.digits)
            if not places:
                return []
        counts = [sight.count(literals) for literals in self.sets]
        order = sorted(range(len(counts)), key=counts.__getitem__)
        if self.digits and places is not None and (not order or len(places) < counts[order[0]]):
            low, high = self.digits.low, self.digits.high
            found = [(at - high, at - low + 1) for at in places if at >= low]
            if low != high:
                found = merged(found, sight.length)
            places = None
        else:
            found = sight.around(self.sets[order.pop(0)])
        for number in order:
            literals = self.sets[number]
            if counts[number] > 2 * len(found) and len(literals) <= _FEW:
                found = sight.beside(found, literals)
            else:
                found = common(found, sight.around(literals))
        if found and self.digits and places is not None:
            found = merged(_near(found, places, self.digits), sight.length)
        return self._open(sight, found)

    def _open(self, sight: Sight, windows: list[Span]) -> list[Span]:
        """The windows cut down to the characters that can open a match."""
        if self.first is None:
            return windows
        text, first = sight.text, self.first
        found: list[Span] = []
        for start, end in windows:
            if end - start == 1:
                if first.match(text, start):
                    found.append((start, end))
            else:
                found.extend([(hit.start(), hit.start() + 1) for hit in first.finditer(text, start, end)])
        return found


def compile_screen(rules: Sequence[Sequence[Need]]) -> tuple[Screen, list[tuple[Lookout, ...]]]:
    """The screen of some rules that read the same view, and each rule's lookouts (none: it must be tried everywhere)."""
    literals = dict.fromkeys(
        scalars(place.literal) for needs in rules for need in needs for places in need.sets for place in places
    )
    numbers = {literal: number for number, literal in enumerate(literals)}
    lookouts = [tuple(_lookout(need, numbers) for need in needs) for needs in rules]
    return Screen(AhoCorasick(list(literals)) if literals else None, numbers.get("\n")), lookouts


def _lookout(need: Need, numbers: Mapping[str, int]) -> Lookout:
    follow = Follow(need.digits.follow) if need.digits and need.digits.follow else None
    exact = need.digits is not None and need.digits.low == need.digits.high == 0
    first = regex.compile(need.first) if need.first and not exact else None
    sets = tuple(_reach(places, numbers) for places in need.sets)
    return Lookout(sets, tuple(sum(1 << number for number in reach) for reach in sets), need.digits, follow, first)


def _reach(places: Iterable[Place], numbers: Mapping[str, int]) -> dict[int, Span]:
    reach: dict[int, Span] = {}
    for place in places:
        number = numbers[scalars(place.literal)]
        low, high = reach.get(number, (place.low, place.high))
        reach[number] = (min(low, place.low), max(high, place.high))
    return reach


def windows(lookouts: Sequence[Lookout], sight: Sight) -> list[Span]:
    """Stretches that hold the beginning of every match, in order and apart."""
    found = [window for lookout in lookouts for window in lookout.windows(sight)]
    if len(lookouts) > 1:
        found = list(dict.fromkeys(found))
        found.sort()
        if any(end - start > 1 for start, end in found):
            return merged(found, sight.length)
    return found


def merged(windows: list[Span], length: int) -> list[Span]:
    """The same places, in order, without overlaps, within `[0, length)`."""
    windows.sort()
    found: list[Span] = []
    last_start = last_end = 0
    for start, end in windows:
        start, end = max(start, 0), min(end, length)
        if start >= end:
            continue
        if start > last_end:
            if last_start < last_end:
                found.append((last_start, last_end))
            last_start, last_end = start, end
        elif end > last_end:
            last_end = end
    if last_start < last_end:
        found.append((last_start, last_end))
    return found


def common(first: Sequence[Span], second: Sequence[Span]) -> list[Span]:
    """The places that are in both; both are in order and apart."""
    found: list[Span] = []
    at = 0
    for start, end in first:
        while at < len(second) and second[at][1] <= start:
            at += 1
        other = at
        while other < len(second) and second[other][0] < end:
            found.append((max(start, second[other][0]), min(end, second[other][1])))
            other += 1
    return found


def across(windows: Iterable[Span], joins: Sequence[int], reach: int) -> list[Span]:
    """What of the windows lies at most `reach` before a join: only from there can a match run across it."""
    found: list[Span] = []
    for start, end in windows:
        at = bisect_left(joins, start + 1)
        while at < len(joins) and joins[at] - reach < end:
            low, high = max(start, joins[at] - reach), min(end, joins[at])
            if found and low <= found[-1][1]:
                found[-1] = (found[-1][0], max(high, found[-1][1]))
            elif low < high:
                found.append((low, high))
            at += 1
    return found


def _near(windows: Iterable[Span], places: Sequence[int], digits: Digits) -> list[Span]:
    """What of the windows has one of the places of digits where it should be."""
    found: list[Span] = []
    for start, end in windows:
        at = bisect_left(places, start + digits.low)
        while at < len(places) and places[at] < end + digits.high:
            low, high = max(start, places[at] - digits.high), min(end, places[at] - digits.low + 1)
            if low < high:
                found.append((low, high))
            at += 1
    return found
