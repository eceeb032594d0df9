"""What the voter reads of a document: the lines in its windows, folded, and their hashed grams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from redactor.text.points import FIRST_HAN, LAST_HAN, code_points

REACH: Final = 120
"""So many lines that are not blank are looked at from either end of a document; what stands between is not asked about."""
BITS: Final = 18
"""Grams are hashed into two to the power of this many weights."""
_FIRST, _LAST = 160, 60
"""What is read of a long line: its beginning and its end."""
_MOST_BLANK: Final = 2
_LEAST_SENTENCE, _LEAST_CLAUSES = 25, 40
_MIX: Final = (np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35))
END, SPACE, _DROPPED, DIGIT, _STAR = 10, 32, 0, 48, 0x2605
HAN, LATIN = 1, 2
ENDS: Final = (
    frozenset("。！？!?…；;”’」』"),
    frozenset(":："),
    frozenset(",，、"),
    frozenset("）)】]"),
    frozenset("》>»"),
)


@dataclass(frozen=True, slots=True)
class Window:
    """Lines of a document that are looked at together; none is blank."""

    texts: tuple[str, ...]
    """Without the space around them."""
    indented: tuple[bool, ...]
    blanks: tuple[int, ...]
    """How many blank lines stand above each, and one more: below the last."""
    above: int
    """How many lines of the document stand above the first."""
    below: int


@dataclass(frozen=True, slots=True)
class Folded:
    """Lines as code points with width, case, digits, traditional forms and runs of space folded away; a line end stands before and after each."""

    codes: NDArray[np.uint32]
    owners: NDArray[np.int64]
    """By code: the number of its line; the line end after a line is that line's."""
    count: int


@dataclass(frozen=True, slots=True)
class Grams:
    """Hashed grams of many lines: the row of each, its line, and what it counts there."""

    rows: NDArray[np.int64]
    owners: NDArray[np.int64]
    values: NDArray[np.float64]


def windows(
    lines: Sequence[str], *, head: bool = True, tail: bool = True
) -> Iterator[tuple[NDArray[np.int64], Window]]:
    """The parts of a document that are looked at, with the numbers of their lines: all of a short one, both ends of a long one.

    What is seen of the head of a document is the same whether it comes whole or in parts that hold more than the head, and
    so is what is seen of its tail.
    """
    shown = [number for number, line in enumerate(lines) if line and not line.isspace()]
    count = len(shown)
    if head and tail and count <= 2 * REACH:
        bounds = [(0, count)]
    else:
        bounds = [(0, min(REACH, count))] * head + [(max(0, count - REACH), count)] * tail
    for start, end in bounds:
        own = shown[start:end]
        if not own:
            continue
        edges = [shown[start - 1] if start else -1, *own, shown[end] if end < count else len(lines)]
        blanks = [min(_MOST_BLANK, later - earlier - 1) for earlier, later in pairwise(edges)]
        # Nor does what stands blank above all lines or below them.
        blanks[0] *= start > 0
        blanks[-1] *= end < count
        texts = tuple(lines[number].strip() for number in own)
        indented = tuple(lines[number][0].isspace() for number in own)
        if all(indented):  # What all lines have tells nothing of any.
            indented = (False,) * len(own)
        above, below = (start if head else REACH), (count - end if tail else REACH)
        yield np.array(own), Window(texts, indented, tuple(blanks), above, below)


def folded(texts: Sequence[str], table: NDArray[np.uint16]) -> Folded:
    """The lines folded; of long ones only the beginning and the end."""
    cut = (text if len(text) <= _FIRST + _LAST else f"{text[:_FIRST]} {text[-_LAST:]}" for text in texts)
    codes = code_points("\n" + "".join(f"{text}\n" for text in (text.replace("\n", " ") for text in cut)))
    codes = np.where(codes > 0xFFFF, _STAR, table[np.minimum(codes, 0xFFFF)]).astype(np.uint32)
    codes = codes[codes != _DROPPED]
    kept = np.ones(len(codes), np.bool_)
    kept[1:] = (codes[1:] != SPACE) | (codes[:-1] != SPACE)
    codes = codes[kept]
    return Folded(codes, _owners(codes == END), len(texts))


def _owners(ends: NDArray[np.bool_]) -> NDArray[np.int64]:
    owners: NDArray[np.int64] = np.maximum(np.cumsum(ends) - ends - 1, 0).astype(np.int64)
    return owners


def grams(lines: Folded) -> Grams:
    """Characters, pairs and threes of them with the line's ends, and pairs and threes of what runs of the same class they make."""
    single = lines.codes != END
    ones = _hashed(lines.codes[single], None, None, 1), lines.owners[single]
    of_text = _joined([ones, *_pairs_and_threes(lines.codes, lines.owners, 2)])
    tokens, owners = _runs(lines)
    of_shape = _joined(list(_pairs_and_threes(tokens, owners, 4)))
    both = (_weighed(*of_text, lines.count, 6), _weighed(*of_shape, lines.count, 4))
    rows, owners, values = (np.concatenate(parts) for parts in zip(*both, strict=True))
    return Grams(rows, owners, values)


def _joined(parts: list[tuple[NDArray[Any], NDArray[Any]]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.concatenate([rows for rows, _ in parts]), np.concatenate([owners for _, owners in parts])


def _weighed(
    rows: NDArray[np.int64], owners: NDArray[np.int64], count: int, least: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """What a gram counts: the less, the more of them a line has."""
    share = 1 / np.sqrt(np.maximum(np.bincount(owners, minlength=count), least))
    return rows, owners, share[owners]


def _pairs_and_threes(
    codes: NDArray[np.uint32], owners: NDArray[np.int64], salt: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    ends = codes == END
    pair = ~(ends[:-1] & ends[1:])
    of_pair = np.where(ends[:-1], owners[1:], owners[:-1])
    yield _hashed(codes[:-1][pair], codes[1:][pair], None, salt), of_pair[pair]
    three = ~ends[1:-1]
    yield _hashed(codes[:-2][three], codes[1:-1][three], codes[2:][three], salt + 1), owners[1:-1][three]


def _hashed(
    first: NDArray[np.uint32], second: NDArray[np.uint32] | None, third: NDArray[np.uint32] | None, salt: int
) -> NDArray[np.int64]:
    mixed = (first + np.uint32(salt << 20)) * _MIX[0]
    for codes, mix in ((second, _MIX[1]), (third, _MIX[2])):
        if codes is not None:
            mixed = (mixed ^ (mixed >> np.uint32(15)) ^ codes) * mix
    mixed ^= mixed >> np.uint32(13)
    return ((mixed * _MIX[0]) >> np.uint32(32 - BITS)).astype(np.int64)


def classes_of(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Han characters one class, Latin letters another; a digit and any sign are their own."""
    classes = codes.copy()
    classes[(codes >= FIRST_HAN) & (codes <= LAST_HAN)] = HAN
    classes[(codes >= 97) & (codes <= 122)] = LATIN
    return classes


def _runs(lines: Folded) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Runs of one class, each with about how long it is."""
    classes = classes_of(lines.codes)
    first = np.ones(len(classes), np.bool_)
    first[1:] = (classes[1:] != classes[:-1]) | (classes[1:] == END)
    starts = np.flatnonzero(first)
    lengths = np.diff(np.append(starts, len(classes)))
    sizes = np.searchsorted([1, 2, 4, 8, 16, 32], lengths).astype(np.uint32)
    tokens = classes[starts] + (sizes << np.uint32(17))
    tokens[classes[starts] == END] = END
    return tokens, lines.owners[starts]


def linear(seen: Grams, weights: NDArray[Any], bias: float, count: int) -> NDArray[np.float64]:
    """What a linear model says of each line."""
    summed = np.bincount(seen.owners, weights=weights[seen.rows] * seen.values, minlength=count)
    return np.asarray(summed + bias, np.float64)


def is_sentence(text: str) -> bool:
    """Whether a line, without the space around it, is a sentence of running text: long enough, and written as sentences are."""
    return (len(text) >= _LEAST_SENTENCE and text[-1] in ENDS[0]) or (
        len(text) >= _LEAST_CLAUSES and text.count("，") + text.count(",") >= 2
    )
