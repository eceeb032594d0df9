"""Digits that each match of a pattern needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import regex

from redactor.matching.syntax import UNBOUNDED, Node

WIDEST: Final = 330
"""A literal that may stand further from the beginning of the match than this says too little of where to look."""
_DIGITS: Final = regex.compile(r"\\d|\[(?:[0-9](?:-[0-9])?|\\d)+\]")
_HOLDS_DIGITS: Final = regex.compile(r"\\d|0-9|\\w|\\p\{?[NLX]")


@dataclass(frozen=True, slots=True)
class Digits:
    """At least `count` decimal digits, the first at `low` to `high` from the beginning of the match, all within `span`.

    `fresh`: no digit stands before the first.
    """

    count: int
    low: int
    high: int
    span: int
    fresh: bool = False


def digits_of(tree: Node) -> Digits | None:
    count = _count(tree)
    if count == 0:
        return None
    found = _first_digit(tree)
    if found is None or found[1] > WIDEST:
        return None
    low, high, fresh = found
    return Digits(count, low, high, min(tree.most, UNBOUNDED), fresh)


def _count(node: Node) -> int:
    """The least number of digits in a match of the node."""
    match node.kind:
        case "set":
            return int(_DIGITS.fullmatch(node.source) is not None)
        case "text" | "words":
            return min(sum(c in "0123456789" for c in word) for word in node.texts)
        case "group" | "repeat":
            return node.low * _count(node.parts[0])
        case "either":
            return min(map(_count, node.parts))
        case "sequence":
            return sum(map(_count, node.parts))
    return 0


def _first_digit(node: Node) -> tuple[int, int, bool] | None:
    """Where some digit of a match stands that has no other digit of the match before it; and whether none stands before.

    None when that can't be told.
    """
    match node.kind:
        case "set" | "text" | "words":
            return (0, max(0, node.most - _count(node)), False) if _count(node) else None
        case "group" | "repeat" if node.low > 0:
            return _first_digit(node.parts[0])
        case "either":
            known = [found for found in map(_first_digit, node.parts) if found is not None]
            if len(known) < len(node.parts):
                return None
            return min(f[0] for f in known), max(f[1] for f in known), all(f[2] for f in known)
        case "sequence":
            return _first_in_row(node.parts)
    return None


def _first_in_row(parts: Iterable[Node]) -> tuple[int, int, bool] | None:
    low = high = 0
    fresh = False
    for part in parts:
        if part.kind == "look":
            fresh = fresh or (part.source == "(?<!" and high == 0 and _bars_digits(part.parts[0]))
        elif _count(part):
            inner = _first_digit(part)
            return None if inner is None else (low, high + inner[1], inner[2] or (fresh and high + inner[1] == 0))
        else:
            if part.kind != "edge":
                fresh = False
            low, high = min(low + part.least, UNBOUNDED), min(high + part.most, UNBOUNDED)
    return None


def _bars_digits(node: Node) -> bool:
    """Whether a digit alone matches the inside of a look-behind."""
    if node.kind == "either":
        return any(map(_bars_digits, node.parts))
    if node.kind == "group":
        return _bars_digits(node.parts[0])
    return (
        node.kind == "set"
        and not node.source.startswith(("[^", r"\D", r"\P"))
        and bool(_HOLDS_DIGITS.search(node.source))
    )
