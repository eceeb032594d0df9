"""Which characters may stand where a pattern goes on, and whether two of its pieces can share one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import regex

from redactor.matching.syntax import Node

_MOST_PAIRS: Final = 4_000
_MOST_MEMBERS: Final = 64
_NAMED: Final = regex.compile(r"\\[pPdDwWSh]|\[:")
"""Classes by name are wide, or hold more than one plane."""
CLASS: Final = regex.compile(r"\[((?:[^\\\[\]^\-]|\\[^\w\s])+)\]")


@dataclass(frozen=True, slots=True)
class Place:
    """A literal and where its beginning stands, counted from the beginning of the match (negative: before it)."""

    literal: str
    low: int
    high: int


def with_next(node: Node, rest: tuple[Node, ...], words: Mapping[str, tuple[str, ...]]) -> tuple[Place, ...]:
    """All that the node can match, each with every character that can come next; nothing when that is too much to list."""
    whole = _whole(node, words)
    following = what_follows(rest, words) if whole else None
    if not whole or not following or len(whole) * len(following) > _MOST_PAIRS:
        return ()
    return tuple(Place(first + second, 0, 0) for first in sorted(whole) for second in sorted(following))


def _whole(node: Node, words: Mapping[str, tuple[str, ...]]) -> frozenset[str] | None:
    """All texts that the node can match; None when there are many, or it may match nothing."""
    match node.kind:
        case "text" | "words":
            return frozenset(node.texts)
        case "list":
            return frozenset(words.get(node.source, ())) or None
        case "set":
            return _members(node.source)
        case "group":
            return _whole(node.parts[0], words)
    if node.kind not in ("either", "sequence") or node.least == 0:
        return None
    found = frozenset(("",)) if node.kind == "sequence" else frozenset[str]()
    for part in node.parts:
        own = _whole(part, words)
        if own is None:
            return None
        found = frozenset(a + b for a in found for b in own) if node.kind == "sequence" else found | own
        if len(found) > _MOST_PAIRS:
            return None
    return found


def what_follows(rest: Iterable[Node], words: Mapping[str, tuple[str, ...]]) -> frozenset[str] | None:
    """The first characters of what a row of nodes can match; None when there are many, or it may match nothing."""
    found = frozenset[str]()
    for node in rest:
        if node.kind in ("edge", "look"):
            continue
        own = _openings(node, words)
        if own is None:
            return None
        found |= own
        if node.least > 0:
            return found
    return None


def _openings(node: Node, words: Mapping[str, tuple[str, ...]]) -> frozenset[str] | None:
    """The first characters of what the node can match, if it matches anything; None when there are many."""
    match node.kind:
        case "text" | "words" | "list" | "set":
            return frozenset(word[0] for word in _whole(node, words) or () if word) or None
        case "group" | "repeat":
            return _openings(node.parts[0], words)
        case "either":
            each = [_openings(part, words) for part in node.parts]
            return None if None in each else frozenset[str]().union(*filter(None, each))
        case "sequence":
            return what_follows(node.parts, words)
    return None


@lru_cache(maxsize=1_000)
def _members(source: str) -> frozenset[str] | None:
    """The characters of a class; None when there are many, or some beyond the Basic Multilingual Plane."""
    if not source.startswith("[") or source.startswith("[^") or _NAMED.search(source) or max(source) > "\uffff":
        return None
    found = frozenset(regex.findall(source, _plane()))
    return found if found and len(found) <= _MOST_MEMBERS else None


def apart(one: str, other: str) -> bool:
    """Whether two classes are known to have no character in common."""
    if "." in (one, other):
        return False  # a flag may give it the line feed too
    first, second = _letters(one), _letters(other)
    if first is not None and second is not None:
        return first.isdisjoint(second)
    few, many = (first, other) if first is not None else (second, one)
    return few is not None and regex.search(many, "".join(few)) is None


@lru_cache(maxsize=1_000)
def _letters(source: str) -> frozenset[str] | None:
    """The characters of a class when it is a list of them, or of white space; None when it is another."""
    found = CLASS.fullmatch(source)
    if found:
        return frozenset(regex.sub(r"\\(.)", r"\1", found[1]))
    return frozenset(regex.findall(source, _plane())) if source in (r"\s", r"\h") else _members(source)


@lru_cache(maxsize=1)
def _plane() -> str:
    return "".join(map(chr, range(0x10000)))
