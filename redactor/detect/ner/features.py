"""What the network sees of each character: itself, its pairs with its neighbours, and what the lexicon says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from redactor.chinese.lattice import Codes, Lattice, Words, character_table
from redactor.text.points import FIRST_HAN, LAST_HAN
from redactor.text.separator import WALL

PAIRS: Final = 1 << 16
"""Rows of the tables of character pairs, which are hashed."""
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_GROUPS: Final = ({"ns"}, {"nt"}, {"nz"}, {"n", "i"}, {"v", "a"}, {"f", "d", "m", "t"})
_LONGEST: Final = 5
_COMMON_SURNAME, _LIKELY_GIVEN = -7.0, -7.5
FLAGS: Final = 3 * len(_GROUPS) + 8
"""Begins, goes on, ends a word of each group; surname, common surname, given name in either place, digit, Latin, Han, break."""
_DIGIT, _LATIN, _SPACE, _BREAK = 0x30, 0x61, 0x20, 0x0A


@dataclass(frozen=True, slots=True)
class Inputs:
    """For each character: its row in the character table, the rows of its left and right pair, its flags as bits."""

    chars: NDArray[np.int32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    marks: NDArray[np.uint32]
    fence: NDArray[np.bool_] | None = None
    """Where something stands between texts that must see nothing of each other; None: nowhere."""

    def flags(self) -> NDArray[np.uint8]:
        """The flags as columns of 0 and 1, the first of the first bit."""
        return (self.marks[:, None] >> np.arange(FLAGS, dtype=np.uint32) & np.uint32(1)).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Featurizer:
    """Character tables and the classes of the lexicon's words."""

    fold: NDArray[np.uint32]
    """By code point: the character it is taken for."""
    row_of: NDArray[np.int32]
    """By code point: its row in the character table, 0 for an unknown one."""
    marks_of: NDArray[np.uint32]
    """By code point: the flags that it has wherever it stands."""
    begins: NDArray[np.uint32]
    """By row of the lexicon: the flag of its first character; the last row, of no word, has none."""

    def inputs(self, lattice: Lattice) -> Inputs:
        """The inputs of a line break, of every character of a text, and of a line break again.

        A text is read as lines of a longer one, as those are that the network has learned from: what ends it ends a line.
        """
        codes = np.full(len(lattice.codes) + 2, _BREAK, np.uint32)
        codes[1:-1] = lattice.codes
        fence = _fence(codes)
        np.minimum(codes, 0xFFFF, out=codes)
        folded = self.fold[codes]
        if fence is not None:
            # As it is before and after the breaks at the edges.
            folded[fence] = 0
        around = np.zeros(len(folded) + 2, np.uint64)
        around[1:-1] = folded
        pairs = (((around[:-1] << np.uint64(16) | around[1:]) * _MIX) >> np.uint64(48)).astype(np.int32)
        marks = self.marks_of[codes]
        for length in range(2, _LONGEST + 1):
            first = self.begins[lattice.rows[length - 1]]
            own = marks[1:-1]
            own |= first
            # The flags of going on and ending are the next two bits.
            for inside in range(1, length):
                own[inside:] |= first[:-inside] << np.uint32(2 if inside == length - 1 else 1)
        return Inputs(self.row_of[folded], pairs[:-1], pairs[1:], marks, fence)


def _fence(codes: Codes) -> NDArray[np.bool_] | None:
    """Walls in a row."""
    wall = codes == ord(WALL)
    fence = np.zeros(len(codes), np.bool_)
    fence[:-1] = wall[:-1] & wall[1:]
    if not fence.any():
        return None
    fence[1:] |= fence[:-1].copy()
    return fence


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
    flags = {kind: 1 << 3 * group_of.get(kind, 3) for kind in set(words.kinds)}
    begins = np.fromiter(map(flags.__getitem__, words.kinds), np.uint32, len(words.kinds))
    begins[-1] = 0
    return Featurizer(folding(), row_of, _marks_of(surnames, given), begins)


def _marks_of(surnames: Mapping[str, float], given: Mapping[str, tuple[float, float, float]]) -> NDArray[np.uint32]:
    never = float("-inf")
    surname = character_table({s: w for s, w in surnames.items() if len(s) == 1}, never)[:0x10000]
    folded, codes = folding(), np.arange(0x10000)
    flags = (
        np.isfinite(surname),
        surname > _COMMON_SURNAME,
        character_table({c: row[0] for c, row in given.items()}, never)[:0x10000] > _LIKELY_GIVEN,
        character_table({c: row[1] for c, row in given.items()}, never)[:0x10000] > _LIKELY_GIVEN,
        folded == _DIGIT,
        folded == _LATIN,
        (codes >= FIRST_HAN) & (codes <= LAST_HAN),
        codes == _BREAK,
    )
    marks = np.zeros(0x10000, np.uint32)
    for number, flag in enumerate(flags):
        marks |= flag.astype(np.uint32) << np.uint32(3 * len(_GROUPS) + number)
    return marks


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
