"""What a text must have for a pattern to match it at all, characters and words: a test many times faster than the search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

import regex
from ahocorasick_rs import AhoCorasick, Implementation

from redactor.matching.syntax import Node

Needs = tuple[frozenset[str], ...]
"""A text may match if it has all of one of these sets, in whatever case; an empty set asks for nothing."""

Pattern = TypeVar("Pattern", bound=Hashable)
_ANYTHING: Needs = (frozenset(),)
_MOST, _MANY = 128, 256
"""So many demands a sequence makes at most, of all its parts together; and where none of them is left, of one part."""
_FREQUENT = frozenset(" :.,0123456789的一是不了在有人这上下大中来和个到为以用要我他们会员成工作同年月日地通过开、。“”")
_PARTED = regex.compile("[i\u0307]")
_PLAIN_SET = regex.compile(r"\[(-?[^\\^\[\]-][^\\\[\]-]{0,39})\]")


class Wanted(Generic[Pattern]):
    """Patterns with what each asks of a text; told at once which of them a text may match."""

    __slots__ = ("_always", "_asked", "_written")

    def __init__(self, asked: Mapping[Pattern, Needs]) -> None:
        self._always = frozenset(pattern for pattern, needs in asked.items() if not all(needs))
        often = Counter(word for needs in asked.values() for one in needs for word in one)
        self._asked: dict[str, list[tuple[frozenset[str], Pattern]]] = {word: [] for word in often}
        """Demands by one of their words, a long or a rare one, which leads to them."""
        for pattern, needs in asked.items():
            for one in needs if pattern not in self._always else ():
                pivot = min(one, key=lambda word: (-len(word), word in _FREQUENT, word.isascii(), often[word], word))
                self._asked[pivot].append((one, pattern))
        # To make a set of the characters of a text takes longer than to search it for all words, those of one character too.
        self._written = AhoCorasick(list(often), implementation=Implementation.DFA) if often else None

    def possible(self, text: str) -> frozenset[Pattern]:
        """The patterns that may match the text."""
        if self._written is None:
            return self._always
        has = set(self._written.find_matches_as_strings(text.casefold(), overlapping=True))
        return self._always | {pattern for word in has for one, pattern in self._asked[word] if one <= has}


def asked_of(tree: Node) -> Needs:
    """What a pattern asks of a text."""
    return _simplest(_needs(tree))


def _needs(node: Node) -> Needs:
    match node.kind:
        case "text" | "words":
            return tuple(map(_written, node.texts))
        case "set":
            plain = _PLAIN_SET.fullmatch(node.source)
            return tuple(map(_written, plain[1])) if plain else _ANYTHING
        case "sequence":
            return _together(node.parts)
        case "either":
            return tuple(one for part in node.parts for one in _needs(part))
        case "group" | "repeat" if node.low > 0:
            return _needs(node.parts[0])
    return _ANYTHING


def _together(parts: tuple[Node, ...]) -> Needs:
    """The demands of a sequence: each part's with each other's, as long as that stays a short list."""
    asked = longer = _ANYTHING
    for part in parts:
        more = _simplest(_needs(part))
        if len(asked) * len(more) <= _MOST:
            asked = _simplest(tuple(a | b for a in asked for b in more))
        elif longer == _ANYTHING and len(more) <= _MANY:
            longer = more
    return longer if asked == _ANYTHING else asked


def _simplest(asked: Needs) -> Needs:
    """Without the sets that hold another one: who has all of it has that one too."""
    kept: list[frozenset[str]] = []
    for one in sorted(set(asked), key=len):
        if not any(less <= one for less in kept):
            kept.append(one)
    return tuple(kept)


def _written(text: str) -> frozenset[str]:
    # With case ignored, i matches dotless and dotted forms that case-folding keeps apart.
    return frozenset(filter(None, _PARTED.split(text.casefold())))
