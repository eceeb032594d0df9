"""Stretches of texts written anew, and names that are given a number where they are taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import AnyStr


def spliced(text: AnyStr, changes: Iterable[tuple[int, int, AnyStr]], start: int = 0, end: int | None = None) -> AnyStr:
    """A text, or a stretch of it, with some of its stretches written anew: given in order, with where they begin and end."""
    pieces: list[AnyStr] = []
    at = start
    for low, high, written in changes:
        pieces += (text[at:low], written)
        at = high
    pieces.append(text[at:end])
    return text[:0].join(pieces)


def read_on(held: str, parts: Iterator[str]) -> tuple[str, bool]:
    """A text with at least as much again of what follows it, and whether that was all.

    What is looked through again and again, because its end has not come yet, stays in proportion.
    """
    pieces, wanted = [held], len(held)
    while wanted >= 0:
        part = next(parts, None)
        if part is None:
            return "".join(pieces), True
        pieces.append(part)
        wanted -= len(part)
    return "".join(pieces), False


def numbered(name: str, between: str = "", after: str = "") -> Iterator[str]:
    """A name, then the name with 2, 3 … behind it: the first that is not taken is to be chosen."""
    yield name + after
    yield from (f"{name}{between}{number}{after}" for number in count(2))
