"""What the network sees of each character: itself, its pairs with its neighbours, and what the lexicon says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from redactor.detect.lattice import Codes, Floats, Lattice, Words, character_table

PAIRS: Final = 1 << 16
"""Rows of the tables of character pairs, which are hashed."""
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_GROUPS: Final = ({"ns"}, {"nt"}, {"nz"}, {"n", "i"}, {"v", "a"}, {"f", "d", "m", "t"})
_LONGEST: Final = 5
_COMMON_SURNAME, _LIKELY_GIVEN = -7.0, -7.5
FLAGS: Final = 3 * len(_GROUPS) + 8
"""Begins, goes on, ends a word of each group; surname, common surname, given name in either place, digit, Latin, Han, break."""
_DIGIT, _LATIN, _SPACE = 0x30, 0x61, 0x20


@dataclass(frozen=True, slots=True)
class Inputs:
    """For each character: its row in the character table, the rows of its left and right pair, its flags."""

    chars: NDArray[np.int32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    flags: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Featurizer:
    """Character tables and the classes of the lexicon's words."""

    fold: NDArray[np.uint32]
    """By code point: the character it is taken for."""
    row_of: NDArray[np.int32]
    """By code point: its row in the character table, 0 for an unknown one."""
    surnames: Floats
    first_given: Floats
    second_given: Floats
    groups: NDArray[np.int8]
    """By row of the lexicon."""

    def inputs(self, lattice: Lattice) -> Inputs:
        """The inputs of every character of a text."""
        codes = np.minimum(lattice.codes, 0xFFFF)
        folded = self.fold[codes]
        size = len(folded)
        around = np.zeros(size + 2, np.uint64)
        around[1:-1] = folded
        pairs = (((around[:-1] << np.uint64(16) | around[1:]) * _MIX) >> np.uint64(48)).astype(np.int32)
        flags = np.zeros((size, FLAGS), np.float32)
        self._words(lattice, flags)
        column = 3 * len(_GROUPS)
        surname, han = self.surnames[codes], lattice.han
        for number, mark in enumerate(
            (
                np.isfinite(surname),
                surname > _COMMON_SURNAME,
                self.first_given[codes] > _LIKELY_GIVEN,
                self.second_given[codes] > _LIKELY_GIVEN,
                folded == _DIGIT,
                folded == _LATIN,
                han,
                codes == 10,
            )
        ):
            flags[:, column + number] = mark
        return Inputs(self.row_of[folded], pairs[:-1], pairs[1:], flags)

    def _words(self, lattice: Lattice, flags: NDArray[np.float32]) -> None:
        for length in range(2, _LONGEST + 1):
            rows = lattice.rows[length - 1]
            at = np.flatnonzero(rows >= 0)
            group = self.groups[rows[at]]
            flags[at, 3 * group] = 1
            for inside in range(1, length - 1):
                flags[at + inside, 3 * group + 1] = 1
            flags[at + length - 1, 3 * group + 2] = 1


def compile_featurizer(
    words: Words,
    surnames: Mapping[str, float],
    given: Mapping[str, tuple[float, float, float]],
    alphabet: Codes,
) -> Featurizer:
    """`alphabet`: the code points that have a row of their own in the character table, from row 1 on."""
    row_of = np.zeros(0x10000, np.int32)
    row_of[alphabet] = np.arange(1, len(alphabet) + 1, dtype=np.int32)
    group_of = {kind: number for number, kinds in enumerate(_GROUPS) for kind in kinds}
    groups = np.array([group_of.get(kind, 3) for kind in words.kinds], np.int8)
    never = float("-inf")
    return Featurizer(
        fold=folding(),
        row_of=row_of,
        surnames=character_table({s: w for s, w in surnames.items() if len(s) == 1}, never),
        first_given=character_table({c: row[0] for c, row in given.items()}, never),
        second_given=character_table({c: row[1] for c, row in given.items()}, never),
        groups=groups,
    )


def folding() -> NDArray[np.uint32]:
    """By code point: full-width forms as ASCII, any digit as 0, any Latin letter as a, any white space but a break as blank."""
    table = np.arange(0x10000, dtype=np.uint32)
    table[0xFF01:0xFF5F] = np.arange(0x21, 0x7F)
    table[0x3000] = table[9] = table[0xA0] = _SPACE
    for code in (*range(0x30, 0x3A), *range(0xFF10, 0xFF1A)):
        table[code] = _DIGIT
    for first in (0x41, 0x61, 0xFF21, 0xFF41):
        table[first : first + 26] = _LATIN
    return table
