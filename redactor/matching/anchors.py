"""What a text must hold near any match of a pattern, read off the pattern's tree: where it is not, the pattern is not tried.

A need is a necessary condition, never a guess: a piece that may be left out, a class that is too wide to list and a pattern
that ignores case need nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any, Final

import regex

from redactor.matching.syntax import UNBOUNDED, Node, joined

_MOST_WORDS: Final = 1_500
_MOST_WAYS: Final = 12
_MOST_SETS: Final = 3
_MOST_ALSO: Final = 100
_MOST_PAIRS: Final = 4_000
_MOST_MEMBERS: Final = 64
_NAMED: Final = regex.compile(r"\\[pPdDwWSh]|\[:")
"""Classes by name are wide, or hold more than one plane."""
_MANY: Final = 4
_RARE: Final = 0.05
_VAGUE: Final = 1.5
"""Places that are filled almost everywhere tell nothing beside others."""
_WIDEST: Final = 160
"""A literal that may stand further from the beginning of the match than this says too little of where to look."""
_CLASS: Final = regex.compile(r"\[((?:[^\\\[\]^\-]|\\[^\w\s])+)\]")
_DIGITS: Final = regex.compile(r"\\d|\[(?:[0-9](?:-[0-9])?|\\d)+\]")
_WIDE: Final = regex.compile(r"\.|\[\^|\\[PDWSwh]|\\p\{?(?:L|Han)")
_HOLDS_DIGITS: Final = regex.compile(r"\\d|0-9|\\w|\\p\{?[NLX]")
_FREQUENT: Final = frozenset('，。、：；,.:;-()（）“”" \n\t的一了在是和有不人大年月日')
_COST: Final = {1: 0.002, 2: 0.0002}


@dataclass(frozen=True, slots=True)
class Place:
    """A literal and where its beginning stands, counted from the beginning of the match (negative: before it)."""

    literal: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Digits:
    """At least `count` decimal digits, the first at `low` to `high` from the beginning of the match, all within `span`.

    `fresh`: no digit stands before the first. `follow`: a class to which the first other character after the digits
    belongs, None when anything or nothing may follow. `gap`: no more other characters stand between two of them.
    """

    count: int
    low: int
    high: int
    span: int
    fresh: bool = False
    follow: str | None = None
    gap: int = UNBOUNDED


@dataclass(frozen=True, slots=True)
class Need:
    """Of each set of places one must be filled, and the digits must be there.

    `first`: a pattern that matches any first character; None when it may be almost anything.
    """

    sets: tuple[tuple[Place, ...], ...] = ()
    digits: Digits | None = None
    first: str | None = None


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
            need.first,
        ]
        for need in needs
    ]


def from_json(values: Iterable[Any]) -> tuple[Need, ...]:
    """The needs that `as_json` has written down."""
    return tuple(
        Need(
            tuple(tuple(map(Place, flat[::3], flat[1::3], flat[2::3])) for flat in sets),
            Digits(*digits) if digits else None,
            first,
        )
        for sets, digits, first in values
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
    choices = sorted((c for c in _choices(way, words, lines) if all(p.high - p.low <= _WIDEST for p in c)), key=cost)
    digits = _digits(way)
    if digits and (digits.count > _MANY or digits.follow):
        # Digits in a row, or before something, tell more than any frequent word.
        choices = [c for c in choices if cost(c) < _RARE]
    telling = [c for c in choices[1:_MOST_SETS] if len(c) <= _MOST_ALSO and cost(c) < _VAGUE]
    return Need((*choices[:1], *telling), digits, first_of(way, words))


def _ways(tree: Node) -> Iterator[Node]:
    """The alternatives that the pattern begins with, each with all that goes before and after."""
    if tree.kind == "group":
        yield from _ways(tree.parts[0])
    elif tree.kind == "either" and len(tree.parts) <= _MOST_WAYS:
        yield from tree.parts
    elif tree.kind == "sequence":
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


def ignores_case(tree: Node) -> bool:
    """Whether some letter of the pattern stands for its other case too."""
    return any(node.kind in ("edge", "group") and _sets_flag_i(node.source) for node in tree.walk())


def _sets_flag_i(source: str) -> bool:
    return source.startswith("(?") and source[2:3] not in ("<", "P", "=", "!") and "i" in source.split("-")[0]


def _choices(node: Node, words: Mapping[str, tuple[str, ...]], lines: bool) -> Iterator[tuple[Place, ...]]:
    """Sets of literals; of each set one is in any match of the node. `lines`: whether ^ stands for any line's beginning."""
    if node.kind in ("text", "words", "list", "set"):
        found = _literals(node, words)
        if found:
            yield found
    elif node.kind == "edge" and node.source == "^" and lines:
        # The beginning of the text counts as one after a line break.
        yield (Place("\n", -1, -1),)
    elif node.kind == "group" or (node.kind == "repeat" and node.low > 0):
        yield from _choices(node.parts[0], words, lines)
    elif node.kind == "either":
        union: list[Place] = []
        for part in node.parts:
            best = min(_choices(part, words, lines), key=cost, default=None)
            if best is None:
                return
            union += best
        yield _merged(union)
    elif node.kind in ("sequence", "look"):
        low = high = 0
        parts = node.parts if node.kind == "sequence" else (node,)
        for number, part in enumerate(parts):
            if part.kind == "look":
                inside = part.parts[0]
                if part.source == "(?=":
                    yield from (_shifted(c, low, high) for c in _choices(inside, words, lines))
                elif part.source == "(?<=":
                    yield from (_shifted(c, low, high) for c in _behind(inside, words, lines))
            else:
                yield from (_shifted(c, low, high) for c in _choices(part, words, lines))
                pairs = _with_next(part, parts[number + 1 :], words)
                if pairs:
                    yield _shifted(pairs, low, high)
                low, high = min(low + part.least, UNBOUNDED), min(high + part.most, UNBOUNDED)


def _with_next(node: Node, rest: tuple[Node, ...], words: Mapping[str, tuple[str, ...]]) -> tuple[Place, ...]:
    """All that the node can match, each with every character that can come next; nothing when that is too much to list."""
    whole = _whole(node, words)
    following = _following(rest, words) if whole else None
    if not whole or not following or len(whole) * len(following) > _MOST_PAIRS:
        return ()
    return tuple(Place(first + second, 0, 0) for first in sorted(whole) for second in sorted(following))


def _whole(node: Node, words: Mapping[str, tuple[str, ...]]) -> frozenset[str] | None:
    """All texts that the node can match; None when there are many, or it may match nothing."""
    if node.kind == "text":
        return frozenset((node.source,))
    if node.kind in ("words", "list"):
        return frozenset(node.source.split("|") if node.kind == "words" else words.get(node.source, ())) or None
    if node.kind == "set":
        return _members(node.source)
    if node.kind == "group":
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


def _following(rest: Iterable[Node], words: Mapping[str, tuple[str, ...]]) -> frozenset[str] | None:
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
    if node.kind in ("text", "words", "list", "set"):
        whole = _whole(node, words)
        return frozenset(word[0] for word in whole if word) if whole else None
    if node.kind in ("group", "repeat"):
        return _openings(node.parts[0], words)
    if node.kind == "either":
        each = [_openings(part, words) for part in node.parts]
        known = [own for own in each if own is not None]
        return frozenset[str]().union(*known) if len(known) == len(each) else None
    return _following(node.parts, words) if node.kind == "sequence" else None


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
    found = _CLASS.fullmatch(source)
    if found:
        return frozenset(regex.sub(r"\\(.)", r"\1", found[1]))
    return frozenset(regex.findall(source, _plane())) if source in (r"\s", r"\h") else _members(source)


@lru_cache(maxsize=1)
def _plane() -> str:
    return "".join(map(chr, range(0x10000)))


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
    literals: set[str]
    if node.kind == "set":
        found = _CLASS.fullmatch(node.source)
        literals = set(regex.sub(r"\\(.)", r"\1", found[1])) if found else set()
    elif node.kind == "list":
        literals = set(words.get(node.source, ()))
    else:
        literals = set(node.source.split("|")) if node.kind == "words" else {node.source}
    if not literals or "" in literals or len(literals) > _MOST_WORDS:
        return None
    return tuple(Place(w, 0, 0) for w in sorted(literals))


def _merged(places: Iterable[Place]) -> tuple[Place, ...]:
    by_literal: dict[str, Place] = {}
    for place in places:
        old = by_literal.get(place.literal, place)
        by_literal[place.literal] = Place(place.literal, min(old.low, place.low), max(old.high, place.high))
    return tuple(by_literal.values())


def _digits(tree: Node) -> Digits | None:
    count = _count(tree)
    if count == 0:
        return None
    found = _first_digit(tree)
    if found is None or found[1] > _WIDEST:
        return None
    low, high, fresh = found
    follow = _follow(tree) if low == high == 0 else None
    return Digits(count, low, high, min(tree.most, UNBOUNDED), fresh, follow, min(_gaps(tree).inner, UNBOUNDED))


def _count(node: Node) -> int:
    """The least number of digits in a match of the node."""
    if node.kind == "set":
        return int(_DIGITS.fullmatch(node.source) is not None)
    if node.kind == "text":
        return sum(c in "0123456789" for c in node.source)
    if node.kind == "words":
        return min(sum(c in "0123456789" for c in word) for word in node.source.split("|"))
    if node.kind == "group":
        return _count(node.parts[0])
    if node.kind == "repeat":
        return node.low * _count(node.parts[0])
    if node.kind == "either":
        return min(map(_count, node.parts))
    return sum(map(_count, node.parts)) if node.kind == "sequence" else 0


_NONE: Final = -1


@dataclass(frozen=True, slots=True)
class _Gaps:
    """The most other characters in a match of a node.

    `blank`: in one without digits. In those with some, `lead`: before the first, `trail`: after the last, `inner`: between two.
    _NONE: there is no such match.
    """

    blank: int = _NONE
    lead: int = _NONE
    trail: int = _NONE
    inner: int = _NONE

    def then(self, other: _Gaps) -> _Gaps:
        """Of the one node followed by the other."""
        return _Gaps(
            _sum(self.blank, other.blank),
            max(self.lead, _sum(self.blank, other.lead)),
            max(other.trail, _sum(self.trail, other.blank)),
            max(self.inner, other.inner, _sum(self.trail, other.lead)),
        )

    def otherwise(self, other: _Gaps) -> _Gaps:
        """Of either node."""
        return _Gaps(
            max(self.blank, other.blank),
            max(self.lead, other.lead),
            max(self.trail, other.trail),
            max(self.inner, other.inner),
        )


def _sum(first: int, second: int) -> int:
    return _NONE if first == _NONE or second == _NONE else min(first + second, UNBOUNDED)


def _gaps(node: Node) -> _Gaps:
    if node.kind in ("edge", "look"):
        return _Gaps(blank=0)
    if node.kind == "set":
        # What may be a digit may be none as well.
        blank = _NONE if _DIGITS.fullmatch(node.source) else 1
        return _Gaps(blank, 0, 0, 0)
    if node.kind in ("text", "words"):
        found = _Gaps()
        for word in node.source.split("|"):
            own = _Gaps(blank=0)
            for char in word:
                own = own.then(_Gaps(_NONE, 0, 0, 0) if char.isdecimal() else _Gaps(blank=1))
            found = found.otherwise(own)
        return found
    if node.kind == "group":
        return _gaps(node.parts[0])
    if node.kind == "either":
        return reduce(_Gaps.otherwise, map(_gaps, node.parts))
    if node.kind == "sequence":
        return reduce(_Gaps.then, map(_gaps, node.parts), _Gaps(blank=0))
    if node.kind != "repeat":
        return _Gaps(node.most, node.most, node.most, node.most)
    once = _gaps(node.parts[0])
    if node.high == 1:
        return once.otherwise(_Gaps(blank=0)) if node.low == 0 else once
    # Blank rounds may stand before, between and after those with digits.
    rounds = UNBOUNDED if node.high is None else node.high
    rest = 0 if once.blank == _NONE else min(once.blank * rounds, UNBOUNDED)
    blank = 0 if node.low == 0 else _NONE
    return _Gaps(
        max(blank, _NONE if once.blank == _NONE else rest),
        _sum(once.lead, rest),
        _sum(once.trail, rest),
        max(once.inner, _sum(_sum(once.trail, once.lead), rest)),
    )


def _first_digit(node: Node) -> tuple[int, int, bool] | None:
    """Where some digit of a match stands that has no other digit of the match before it; and whether none stands before.

    None when that can't be told.
    """
    if node.kind in ("set", "text", "words"):
        return (0, max(0, node.most - _count(node)), False) if _count(node) else None
    if node.kind == "group" or (node.kind == "repeat" and node.low > 0):
        return _first_digit(node.parts[0])
    if node.kind == "either":
        found = [_first_digit(part) for part in node.parts]
        known = [f for f in found if f is not None]
        if len(known) < len(found):
            return None
        return min(f[0] for f in known), max(f[1] for f in known), all(f[2] for f in known)
    if node.kind != "sequence":
        return None
    low = high = 0
    fresh = False
    for part in node.parts:
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


def _follow(tree: Node) -> str | None:
    """The class of the first character of a match that is no digit; None when there may be none, or any."""
    try:
        classes, through = _after_digits(tree)
    except LookupError:
        return None
    return None if through else "|".join(sorted(classes))


def _after_digits(node: Node) -> tuple[set[str], bool]:
    """The classes of the first character of the node that is no digit, and whether the node may hold digits alone.

    LookupError when that can't be told.
    """
    if node.kind in ("text", "words"):
        classes, through = set[str](), False
        for word in node.source.split("|") if node.kind == "words" else (node.source,):
            other = word.lstrip("0123456789")
            through = through or not other
            classes |= {regex.escape(other[0])} if other else set()
        return classes, through
    if node.kind == "set":
        if _DIGITS.fullmatch(node.source):
            return set(), True
        own = regex.compile(node.source)
        return {node.source}, any(own.match(digit) for digit in "0123456789")
    if node.kind in ("edge", "look"):
        return set(), True
    if node.kind in ("group", "repeat"):
        classes, through = _after_digits(node.parts[0])
        return classes, through or node.low == 0
    if node.kind not in ("either", "sequence"):
        raise LookupError(node.kind)
    classes, through = set(), node.kind == "sequence"
    for part in node.parts:
        inner, alone = _after_digits(part)
        classes |= inner
        if node.kind == "either":
            through = through or alone
        elif not alone:
            return classes, False
    return classes, through


def first_of(tree: Node, words: Mapping[str, tuple[str, ...]]) -> str | None:
    """A pattern that matches any first character of a match; None when it may be almost anything, or there may be none."""
    if ignores_case(tree):
        return None
    try:
        classes, through = opening(tree, words)
    except LookupError:
        return None
    if through or not classes or any(_WIDE.search(c) for c in classes):
        return None
    return "|".join(sorted(classes))


@lru_cache(maxsize=512)
def _first_of_words(literals: tuple[str, ...], *, several: bool) -> str:
    """The class of the first characters of some literals; `several`: one text holds all of them. The same lists come again and again."""
    words = literals[0].split("|") if several else literals
    return "[" + "".join(sorted({regex.escape(word[0]) for word in words})) + "]"


def opening(node: Node, words: Mapping[str, tuple[str, ...]]) -> tuple[set[str], bool]:
    """The classes of the first character of the node, and whether the node may match nothing. LookupError: can't be told."""
    if node.kind in ("text", "words", "list"):
        literals = words.get(node.source, ()) if node.kind == "list" else (node.source,)
        return {_first_of_words(literals, several=node.kind == "words")}, False
    if node.kind == "set":
        return {node.source}, False
    if node.kind in ("edge", "look"):
        return set(), True
    if node.kind in ("group", "repeat"):
        classes, through = opening(node.parts[0], words)
        return classes, through or node.low == 0
    if node.kind not in ("either", "sequence"):
        raise LookupError(node.kind)
    classes, through = set(), node.kind == "sequence"
    for part in node.parts:
        if part.source == "(?=" and node.kind == "sequence" and not classes:
            # What must follow here anyway says more than what may.
            inner, alone = opening(part.parts[0], words)
            if not alone and not any(_WIDE.search(c) for c in inner):
                return inner, False
            continue
        inner, alone = opening(part, words)
        classes |= inner
        if node.kind == "either":
            through = through or alone
        elif not alone:
            return classes, False
    return classes, through
