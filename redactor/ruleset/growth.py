"""How the time of a pattern grows with the text, measured on texts made of the pattern's own literals and classes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import inf, log
from time import perf_counter
from typing import Final

import regex

from redactor.ruleset.syntax import Node

SIZES: Final = (500, 1_000, 2_000, 4_000)
"""Lengths of the probes, in characters."""
_SECONDS = 0.3
_ENOUGH = 1.5
_FLOOR_SECONDS = 0.002
"""A probe of the largest size that ends sooner shows nothing but noise, and no growth to care about."""
_TRIES = 2
_UNITS = 28
_POOL = "a1王的Z0，.。-_@:/ \n\t　×（)九十"
_USUAL = ("1", "a", "a.", "王", " ", "　", "：", "，", "1,", "a@", "关注公众号", "\n")
_STOP = "\0"
"""Ends each probe, so that what has matched so far must be given back."""


def growth(pattern: regex.Pattern[str], tree: Node) -> float:
    """The exponent of time over length at its worst: 1 is linear, 2 quadratic; `inf` when a probe does not end soon.

    The first probe that is plainly worse than linear ends the search.
    """
    worst = 1.0
    for unit in units(tree):
        worst = max(worst, _exponent(pattern, unit))
        if worst > _ENOUGH:
            break
    return worst


def units(tree: Node) -> list[str]:
    """What probes are made of: pieces of the pattern, neighbours joined, all of it in a row, and usual suspects."""
    pieces = list(_pieces(tree))
    literals = [p for p in pieces if len(p) > 1]
    joined = ["".join(pair) for pair in (*pairwise(pieces), *pairwise(literals))]
    row = "".join(pieces)[:200]
    made = dict.fromkeys([*_USUAL, row, *pieces, *joined])
    made.pop("", None)
    found = list(made)
    # Of a long pattern, a spread of its pieces.
    step = max(1, -(-(len(found) - len(_USUAL)) // _UNITS))
    return found[: len(_USUAL)] + found[len(_USUAL) :: step]


def _pieces(tree: Node) -> Iterator[str]:
    run = ""
    for node in tree.walk():
        if node.kind == "text":
            run += node.source
            continue
        if run:
            yield run[:40]
            run = ""
        if node.kind == "words":
            words = node.source.split("|")
            yield from dict.fromkeys((words[0], words[-1]))
        elif node.kind == "set":
            yield from _samples(node.source)
    if run:
        yield run[:40]


def _samples(source: str) -> list[str]:
    """Up to two characters that a class matches."""
    own = regex.compile(source)
    return [c for c in dict.fromkeys((*_POOL, *source)) if own.fullmatch(c)][:2]


def _exponent(pattern: regex.Pattern[str], unit: str) -> float:
    if _seconds(pattern, unit, SIZES[-1]) < _FLOOR_SECONDS:
        return 1.0
    points = []
    for size in SIZES:
        seconds = min(_seconds(pattern, unit, size) for _ in range(_TRIES))
        if seconds == inf:
            break
        points.append((log(size), log(max(seconds, 1e-6))))
    if len(points) < 2:
        return inf
    middle_x, middle_y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    above = sum((x - middle_x) * (y - middle_y) for x, y in points)
    slope: float = above / sum((x - middle_x) ** 2 for x, _ in points)
    return slope


def _seconds(pattern: regex.Pattern[str], unit: str, size: int) -> float:
    text = (unit * (size // len(unit) + 1))[:size] + _STOP
    began = perf_counter()
    try:
        for _ in pattern.finditer(text, timeout=_SECONDS):
            pass
    except TimeoutError:
        return inf
    return perf_counter() - began
