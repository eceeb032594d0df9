"""Terms that must go wherever they stand, as Base64 and hexadecimal spell them: inside data that is no text, and in a finished text."""

from __future__ import annotations

import re
from base64 import b64encode
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ahocorasick_rs import AhoCorasick

from redactor.text.charsets import CARRIED

_SHORTEST: Final = 5
"""Letters of Base64 that say enough: fewer stand in data by chance."""
_LEAST: Final = 8
"""Letters of a run from which on it is looked through for terms, however it is read."""
_RUN: Final = re.compile(rf"[A-Za-z0-9+/]{{{_LEAST},}}")
_ADDRESS: Final = str.maketrans("-_", "+/")
_SIGNS: Final = {"\\/": "/", "2B": "+", "2F": "/"}
_LEAST_HEX: Final = 8
"""Hexadecimal digits that say enough."""
_JOINT: Final = re.compile(
    r"(?<=[A-Za-z0-9+/_-])(?:\r\n?|\n|\\r\\n|\\n)[ \t>]*+(?=[A-Za-z0-9+/_-])|\\/|%2[BbFf]|\\u00(?:2[BbFf])"
)
"""A break within letters; one of their signs, escaped."""


@dataclass(frozen=True, slots=True)
class Held:
    """Terms that data holds, each with its encoding; `phase`: letters before the first whole group of four."""

    phase: int
    terms: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Terms:
    """Some terms, to be looked for in what letters spell."""

    terms: tuple[str, ...]

    def held(self, letters: str, data: bytes, how: str) -> Held | None:
        """Which of the terms letters spell, in the first grouping that shows one; `data`: the bytes of the first one."""
        if how != "base64":
            found = tuple((term, name) for term, name, code in self._codes if code in data)
            return Held(0, found) if found else None
        automaton, owners = self._spelt
        hits = automaton.find_matches_as_indexes(letters, overlapping=True) if automaton else []
        for number, start, _ in hits:
            before = owners[number][0]
            phase = (start - before) % 4
            terms = tuple(dict.fromkeys(owners[n][1:] for n, at, _ in hits if (at - owners[n][0]) % 4 == phase))
            return Held(phase, tuple((term, name) for term, name in terms))
        return None

    def spelt_in(self, text: str) -> list[tuple[int, int, str]]:
        """Where letters of a text, over lines too, spell one of the terms at any place of a group: start, end and the term."""
        plain, places = _unjoined(text)
        found = []
        for run in _RUN.finditer(plain):
            for automaton, owners, letters in (
                (*self._spelt, run.group()),
                (*self._spelt_in_hex, run.group().lower()),
            ):
                for number, start, end in automaton.find_matches_as_indexes(letters) if automaton else ():
                    at, stop = run.start() + start, run.start() + end
                    found.append((_place(places, at), _place(places, stop - 1) + 1, owners[number][1]))
        return sorted(set(found))

    @cached_property
    def _spelt_in_hex(self) -> tuple[AhoCorasick | None, list[tuple[int, str, str]]]:
        """What the terms are in hexadecimal."""
        spelt = {code.hex(): (0, term, name) for term, name, code in self._codes if len(code) * 2 >= _LEAST_HEX}
        return AhoCorasick(list(spelt)) if spelt else None, list(spelt.values())

    @cached_property
    def _codes(self) -> list[tuple[str, str, bytes]]:
        return [*_codes(self.terms)]

    @cached_property
    def _spelt(self) -> tuple[AhoCorasick | None, list[tuple[int, str, str]]]:
        """What the terms are spelt as, wherever in a group of three bytes they begin; for each, the letters of its group before it."""
        spelt: dict[str, tuple[int, str, str]] = {}
        for term, name, code in self._codes:
            for offset, before in enumerate((0, 2, 3)):
                letters = b64encode(b"\0" * offset + code).decode("ascii")
                whole = letters[before : (offset + len(code)) * 8 // 6]
                if len(whole) >= _SHORTEST:
                    spelt.setdefault(whole, (before, term, name))
        automaton = AhoCorasick(list(spelt)) if spelt else None
        return automaton, list(spelt.values())


def _unjoined(text: str) -> tuple[str, list[tuple[int, int]]]:
    """A text with its runs of letters in one piece and in one alphabet, and where pieces of it begin: there, and in the text."""
    pieces: list[str] = []
    places = [(0, 0)]
    size = at = 0
    for match in _JOINT.finditer(text):
        said = match.group()
        sign = _SIGNS.get(said[-2:].upper(), _SIGNS.get(said, ""))
        pieces += (text[at : match.start()], sign)
        size += match.start() - at + len(sign)
        at = match.end()
        places.append((size, at))
    return "".join((*pieces, text[at:])).translate(_ADDRESS), places


def _place(places: list[tuple[int, int]], at: int) -> int:
    """The place in a text of one in its unjoined form."""
    here, there = places[bisect_right(places, at, key=_first) - 1]
    return there + at - here


def _first(place: tuple[int, int]) -> int:
    return place[0]


def _codes(terms: Iterable[str]) -> Iterator[tuple[str, str, bytes]]:
    """The bytes of each term in each encoding that it has other bytes in."""
    for term in terms:
        known: set[bytes] = set()
        for name in CARRIED:
            code = term.encode(name, "replace")
            if code not in known and len(code) > 2:
                known.add(code)
                yield term, name, code
