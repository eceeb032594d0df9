"""Terms that must go wherever they stand, as Base64 and hexadecimal spell them inside data that is no text."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ahocorasick_rs import AhoCorasick

_ENCODINGS: Final = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
_SHORTEST: Final = 5
"""Letters of Base64 that say enough: fewer stand in data by chance."""


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


def _codes(terms: Iterable[str]) -> Iterator[tuple[str, str, bytes]]:
    """The bytes of each term in each encoding that it has other bytes in."""
    for term in terms:
        known: set[bytes] = set()
        for name in _ENCODINGS:
            code = term.encode(name, "replace")
            if code not in known and len(code) > 2:
                known.add(code)
                yield term, name, code
