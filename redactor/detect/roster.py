"""Which of many detectors may find something in a text: told from what the text holds, without asking each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from redactor.detect.patterns import PatternDetector
from redactor.matching.screen import Screen
from redactor.text.document import Document, ViewName

Ways = dict[int, list[tuple[int, int]]]
"""What ways into patterns need, and the number of the detector, by the rarest bit of the need."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Detectors, and what those need that are patterns."""

    detectors: Sequence[Any]
    always: frozenset[int]
    """The numbers of those that are asked of every text."""
    screens: Sequence[tuple[ViewName, Screen, Ways]]

    def asked(self, document: Document) -> Iterator[Any]:
        """Those detectors that may find something, in order: not the patterns of which a document holds nothing that they need."""
        if not self.screens or document.unwrapped is not None:
            yield from self.detectors
            return
        numbers = set(self.always)
        for view, screen, ways in self.screens:
            there = document.seen(document.view(view), screen.look).there
            for bit, rows in ways.items():
                if there & bit:
                    for needs, number in rows:
                        if needs & there == needs:
                            numbers.add(number)
        for number in sorted(numbers):
            yield self.detectors[number]


def roster(detectors: Sequence[Any]) -> Roster:
    """The roster of some detectors."""
    patterns = {
        number: detector
        for number, detector in enumerate(detectors)
        if isinstance(detector, PatternDetector) and detector.lookouts
    }
    by_screen: dict[int, tuple[ViewName, Screen, list[tuple[int, int]]]] = {}
    for number, detector in patterns.items():
        own = by_screen.setdefault(id(detector.screen), (detector.rule.view, detector.screen, []))
        own[2].extend((way.needs, number) for way in detector.lookouts)
    return Roster(
        detectors,
        frozenset(range(len(detectors))) - patterns.keys(),
        tuple((view, screen, _by_bit(dict.fromkeys(rows))) for view, screen, rows in by_screen.values()),
    )


def _by_bit(rows: Sequence[tuple[int, int]] | dict[tuple[int, int], None]) -> Ways:
    """The rows by that bit of their need which fewest of them have: most bits a text does not hold."""
    often = Counter(bit for needs, _ in rows for bit in _bits(needs))
    ways: Ways = {}
    for row in rows:
        ways.setdefault(min(_bits(row[0]), key=often.__getitem__), []).append(row)
    return ways


def _bits(number: int) -> list[int]:
    return [1 << at for at in range(number.bit_length()) if number >> at & 1]
