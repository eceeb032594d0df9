"""What a text must hold near any match of a pattern, read off the pattern's tree: where it is not, the pattern is not tried.

A need is a necessary condition, never a guess: a piece that may be left out, a class that is too wide to list and a pattern
that ignores case need nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import regex

from redactor.matching.beside import Sign, rules_out_most, signs_of
from redactor.matching.digits import WIDEST, Digits, digits_of
from redactor.matching.following import CLASS, Place, with_next
from redactor.matching.openings import ignores_case
from redactor.matching.syntax import UNBOUNDED, Node, joined

_MOST_WORDS: Final = 1_500
_MOST_WAYS: Final = 12
_MOST_SETS: Final = 3
_MOST_ALSO: Final = 100
_MANY: Final = 4
_RARE: Final = 0.1
_VAGUE: Final = 1.5
"""Places that are filled almost everywhere tell nothing beside others."""
_FREQUENT: Final = frozenset('，。、：；,.:;-()（）“”" \n\t的一了在是和有不人大年月日')
_COST: Final = {1: 0.002, 2: 0.0002}


@dataclass(frozen=True, slots=True)
class Need:
    """Of each set of places one must be filled, and the digits must be there.

    `signs`: what may stand at the beginning of a match. `opened`: whether these are looked at however many places there are.
    """

    sets: tuple[tuple[Place, ...], ...] = ()
    digits: Digits | None = None
    signs: tuple[Sign, ...] = ()
    opened: bool = False


def needs_of(tree: Node, words: Mapping[str, tuple[str, ...]]) -> tuple[Need, ...]:
    """What matches of the pattern need, one for each way into it; none when some way needs nothing.

    `words` are the named lists that the pattern uses.
    """
    if ignores_case(tree):
        return ()
    lines = any(n.kind == "edge" and n.source.startswith("(?") and "m" in n.source.split("-")[0] for n in tree.walk())
    needs = tuple(_need(way, words, lines=lines) for way in _ways(tree))
    return needs if all(need.sets or need.digits for need in needs) else ()


def as_json(needs: Iterable[Need]) -> list[Any]:
    """The needs as JSON values, places of a set one after the other."""
    return [
        [
            [[part for p in places for part in (p.literal, p.low, p.high)] for places in need.sets],
            [getattr(need.digits, key) for key in Digits.__slots__] if need.digits else None,
            need.signs,
            need.opened,
        ]
        for need in needs
    ]


def from_json(values: Iterable[Any]) -> tuple[Need, ...]:
    """The needs that `as_json` has written down."""
    return tuple(
        Need(
            tuple(tuple(map(Place, flat[::3], flat[1::3], flat[2::3])) for flat in sets),
            Digits(*digits) if digits else None,
            tuple((at, source) for at, source in signs),
            opened,
        )
        for sets, digits, signs, opened in values
    )


def words_of(tree: Node, words: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Literals of which any match of the pattern holds one, wherever it stands; none when that can't be told."""
    if ignores_case(tree):
        return ()
    found: set[str] = set()
    for way in _ways(tree):
        choice = min(_choices(way, words, lines=False), key=_share, default=())
        if not choice:
            return ()
        found |= {place.literal for place in choice}
    return tuple(sorted(found))


def _share(places: Iterable[Place]) -> float:
    """About how often one of the literals stands in a text, for each character of it."""
    return sum(0.02 if p.literal in _FREQUENT else _COST.get(len(p.literal), 0.00003) for p in places)


def _need(way: Node, words: Mapping[str, tuple[str, ...]], *, lines: bool) -> Need:
    choices = sorted((c for c in _choices(way, words, lines) if all(p.high - p.low <= WIDEST for p in c)), key=cost)
    digits = digits_of(way)
    if digits and digits.count > _MANY:
        # Digits in a row tell more than any frequent word.
        choices = [c for c in choices if cost(c) < _RARE]
    telling = [c for c in choices[1:_MOST_SETS] if len(c) <= _MOST_ALSO and cost(c) < _VAGUE]
    signs = signs_of(way, words)
    return Need((*choices[:1], *telling), digits, signs, rules_out_most(way, words, signs))


def needs_around(
    tree: Node, words: Mapping[str, tuple[str, ...]], anchors: Iterable[str], reach: int
) -> tuple[Need, ...]:
    """What matches need of which no more can be told than that they begin that near to one of the anchors."""
    near = tuple(Place(anchor, -reach, reach) for anchor in anchors)
    each = [(way, signs_of(way, words)) for way in _ways(tree)]
    ways = [Need((near,), None, signs, rules_out_most(way, words, signs)) for way, signs in each]
    if all(way.opened for way in ways):
        return tuple(dict.fromkeys(ways))
    signs = signs_of(tree, words)
    return (Need((near,), None, signs, rules_out_most(tree, words, signs)),)


def _ways(tree: Node) -> Iterator[Node]:
    """The alternatives that the pattern begins with, each with all that goes before and after."""
    if tree.kind == "group":
        yield from _ways(tree.parts[0])
    elif tree.kind == "either" and len(tree.parts) <= _MOST_WAYS:
        yield from tree.parts
    elif tree.kind == "sequence" and tree.parts:
        at = next((n for n, part in enumerate(tree.parts) if part.kind not in ("look", "edge")), 0)
        for way in _ways(tree.parts[at]) if tree.parts[at].kind == "group" else (tree.parts[at],):
            yield joined((*tree.parts[:at], *(way.parts if way.kind == "sequence" else (way,)), *tree.parts[at + 1 :]))
    else:
        yield tree


def cost(places: Iterable[Place]) -> float:
    """About how many positions in a text would be tried for these places, as a share of its length."""
    return sum(
        (0.02 if p.literal in _FREQUENT else _COST.get(len(p.literal), 0.00003)) * (p.high - p.low + 3) for p in places
    )


def _choices(node: Node, words: Mapping[str, tuple[str, ...]], lines: bool) -> Iterator[tuple[Place, ...]]:
    """Sets of literals; of each set one is in any match of the node. `lines`: whether ^ stands for any line's beginning."""
    match node.kind:
        case "text" | "words" | "list" | "set":
            found = _literals(node, words)
            if found:
                yield found
        case "edge" if node.source == "^" and lines:
            # The beginning of the text counts as one after a line break.
            yield (Place("\n", -1, -1),)
        case "group" | "repeat" if node.low > 0:
            yield from _choices(node.parts[0], words, lines)
        case "either":
            each = [min(_choices(part, words, lines), key=cost, default=()) for part in node.parts]
            if all(each):
                yield _merged(chain.from_iterable(each))
        case "sequence" | "look":
            yield from _in_row(node.parts if node.kind == "sequence" else (node,), words, lines)


def _in_row(parts: tuple[Node, ...], words: Mapping[str, tuple[str, ...]], lines: bool) -> Iterator[tuple[Place, ...]]:
    """The choices of nodes that follow one another."""
    low = high = 0
    for number, part in enumerate(parts):
        if part.kind == "look":
            if part.source == "(?=":
                yield from (_shifted(c, low, high) for c in _choices(part.parts[0], words, lines))
            elif part.source == "(?<=":
                yield from (_shifted(c, low, high) for c in _behind(part.parts[0], words, lines))
        else:
            yield from (_shifted(c, low, high) for c in _choices(part, words, lines))
            pairs = with_next(part, parts[number + 1 :], words)
            if pairs:
                yield _shifted(pairs, low, high)
            low, high = min(low + part.least, UNBOUNDED), min(high + part.most, UNBOUNDED)


def _behind(node: Node, words: Mapping[str, tuple[str, ...]], lines: bool) -> Iterator[tuple[Place, ...]]:
    """The choices of a node that ends where the match begins, counted from there."""
    if node.kind == "group":
        yield from _behind(node.parts[0], words, lines)
        return
    low = high = 0
    for part in reversed(node.parts) if node.kind == "sequence" else (node,):
        low, high = max(low - part.most, -UNBOUNDED), max(high - part.least, -UNBOUNDED)
        yield from (_shifted(c, low, high) for c in _choices(part, words, lines))


def _shifted(places: Iterable[Place], low: int, high: int) -> tuple[Place, ...]:
    return tuple(Place(p.literal, p.low + low, p.high + high) for p in places)


def _literals(node: Node, words: Mapping[str, tuple[str, ...]]) -> tuple[Place, ...] | None:
    if node.kind == "set":
        found = CLASS.fullmatch(node.source)
        literals = set(regex.sub(r"\\(.)", r"\1", found[1])) if found else set()
    else:
        literals = set(words.get(node.source, ()) if node.kind == "list" else node.texts)
    if not literals or "" in literals or len(literals) > _MOST_WORDS:
        return None
    return tuple(Place(w, 0, 0) for w in sorted(literals))


def _merged(places: Iterable[Place]) -> tuple[Place, ...]:
    by_literal: dict[str, Place] = {}
    for place in places:
        old = by_literal.get(place.literal, place)
        by_literal[place.literal] = Place(place.literal, min(old.low, place.low), max(old.high, place.high))
    return tuple(by_literal.values())
