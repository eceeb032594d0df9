"""What `screen` tells of a long text on arrays, told of a short one on lists: there, what an array costs by itself is all it costs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from redactor.matching.digits import Digits
from redactor.matching.lookout import Lookout
from redactor.model import Span

NARROW = 24
"""Windows up to so wide are cut into single places: a search in them would run on past the window."""


@dataclass(slots=True)
class Glance:
    """Places of literals (by their number) and of runs of digits in one short text."""

    codes: Sequence[int]
    """Of the text's characters, and what stands for its end."""
    hits: Mapping[int, Sequence[int]]
    there: int
    """What lookouts need and the text holds, as the bits of a number."""
    digit_places: Sequence[int]
    run_starts: Sequence[int]
    _digits: dict[tuple[int, int, bool], Sequence[int]] = field(default_factory=dict)

    def windows(self, ways: Iterable[Lookout]) -> list[Span]:
        """Stretches that hold the beginning of every match, in order and apart: single places, and such as are wide."""
        there = self.there
        found: list[Span] = []
        several = False
        for way in ways:
            if way.needs & there == way.needs:
                more = self._of(way)
                several = several or bool(found and more)
                found += more
        if several:
            if max(high - low for low, high in found) == 1:
                return sorted(set(found))
            found = merged(found)
        return _narrowed(found)

    def _of(self, way: Lookout) -> list[Span]:
        hits, wanted = self.hits, way.digits
        found: list[Span] | None = None
        sets = way.sets
        if not sets and wanted and wanted.low == wanted.high == 0 and way.signs:
            return self._fitting(self._dense(wanted), way)
        if len(sets) > 1:
            sets = tuple(sorted(sets, key=lambda literals: sum([len(hits[n]) for n in hits.keys() & literals.keys()])))
        for literals in sets:
            around = [
                (at - reach[1], at - reach[0] + 1)
                for number in hits.keys() & literals.keys()
                for reach in (literals[number],)
                for at in hits[number]
            ]
            found = self._within(around) if found is None else common(found, self._within(around))
            if not found:
                return found
        if wanted:
            around = [(at - wanted.high, at - wanted.low + 1) for at in self._dense(wanted)]
            found = self._within(around) if found is None else common(found, self._within(around))
        assert found is not None
        if not way.signs or not (way.opened or all(high - low <= NARROW for low, high in found)):
            return found
        return self._fitting([at for low, high in found for at in range(low, high)], way)

    def _fitting(self, places: Sequence[int], way: Lookout) -> list[Span]:
        """Those of some places at which a match may begin by the characters there."""
        codes = self.codes
        for far, sign in way.signs:
            fits = sign.fits
            # Before the text stands what stands at its end: nothing.
            places = [at for at in places if fits(codes[at + far])]
        return [(at, at + 1) for at in places]

    def _within(self, spans: list[Span]) -> list[Span]:
        return within(merged(spans), len(self.codes) - 1)

    def _dense(self, wanted: Digits) -> Sequence[int]:
        """The places of digits that have enough others after them."""
        if wanted.count > len(self.digit_places):
            return ()
        key = (wanted.count, wanted.span, wanted.fresh)
        found = self._digits.get(key)
        if found is None:
            found = self._digits[key] = self._counted(wanted)
        return found

    def _counted(self, wanted: Digits) -> Sequence[int]:
        places, more = self.digit_places, wanted.count - 1
        fresh = self.run_starts
        if wanted.fresh and not more:
            return fresh
        if more:
            places = [at for at, end in zip(places, places[more:], strict=False) if end - at < wanted.span]
        return sorted(set(places).intersection(fresh)) if wanted.fresh else places


def merged(spans: list[Span]) -> list[Span]:
    """The same places, in order, without overlaps; spans that touch are one."""
    spans.sort()
    found: list[Span] = []
    start = end = -1
    for low, high in spans:
        if low > end:
            if start < end:
                found.append((start, end))
            start, end = low, high
        elif high > end:
            end = high
    if start < end:
        found.append((start, end))
    return found


def within(spans: list[Span], length: int) -> list[Span]:
    """Spans that are in order and apart, cut to `[0, length)`."""
    while spans and spans[0][0] < 0:
        end = spans[0][1]
        spans[:1] = [(0, end)] if end > 0 else []
    while spans and spans[-1][1] > length:
        start = spans[-1][0]
        spans[-1:] = [(start, length)] if start < length else []
    return spans


def common(first: Sequence[Span], second: Sequence[Span]) -> list[Span]:
    """The places that are in both; both are in order and apart."""
    found: list[Span] = []
    ends = [high for _, high in second]
    for low, high in first:
        at = bisect_left(ends, low + 1)
        while at < len(second) and second[at][0] < high:
            found.append((max(low, second[at][0]), min(high, second[at][1])))
            at += 1
    return found


def _narrowed(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for low, high in spans:
        if high - low <= NARROW:
            found += [(at, at + 1) for at in range(low, high)]
        else:
            found.append((low, high))
    return found
