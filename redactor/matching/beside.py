"""Which characters may stand before a match of a pattern, and which may be its first: most places are ruled out by these two.

All that is said here is that nothing else can stand there: what can't be told, or is only sometimes so, is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

import regex

from redactor.matching.openings import Opening, first_of, ignores_case, leading, opening
from redactor.matching.syntax import Node

Words = Mapping[str, tuple[str, ...]]
Sign = tuple[int, str]
"""Where a character stands, counted from the beginning of a match, and a pattern that matches any that may stand there ("": none does)."""
_UNCLEAR: Final = frozenset((".", r"\R"))
"""What a flag may give a line feed too, and what may be more than one character."""
_COMMON: Final = "的"
"""A text is full of such characters: what may stand beside them may stand nearly everywhere."""


def signs_of(tree: Node, words: Words) -> tuple[Sign, ...]:
    """What is known of the character before a match and of its first one; `words`: the named lists of the pattern."""
    tree = _told(tree)
    if ignores_case(tree):
        return ()
    found = (-1, _before(tree, words)), (0, _first(tree, words))
    return tuple((at, source) for at, source in found if source is not None)


def rules_out_most(tree: Node, words: Words, signs: Iterable[Sign]) -> bool:
    """Whether the signs leave so few places that each of those left is tried, however many there were."""
    before = next((source for at, source in signs if at == -1), None)
    return first_of(_told(tree), words) is not None or (before is not None and regex.match(before, _COMMON) is None)


def _told(node: Node) -> Node:
    """The pattern without those looks in which case is ignored: it may match more, and of what is left all can be told."""
    parts = [part for part in node.parts if node.kind != "sequence" or part.kind != "look" or not ignores_case(part)]
    return replace(node, parts=tuple(map(_told, parts)))


def _first(tree: Node, words: Words) -> str | None:
    narrow = first_of(tree, words)
    if narrow is not None:
        return narrow
    try:
        classes, through = opening(tree, words)
    except LookupError:
        return None
    return None if through else _any_of(classes)


def _any_of(classes: Iterable[str]) -> str | None:
    """One pattern for all of them, single characters as one class, which is quicker than alternatives; None when that can't be told."""
    classes = frozenset(classes)
    if not classes or classes & _UNCLEAR:
        return None
    singles = sorted(
        each for each in classes if len(each) == 1 or (len(each) == 2 and each[0] == "\\" and not each[1].isalnum())
    )
    others = sorted(classes - frozenset(singles))
    literal = ["[" + "".join(regex.escape(each[-1]) for each in singles) + "]"] if singles else []
    return "|".join([*literal, *others])


def _before(node: Node, words: Words) -> str | None:
    """What the looks behind with which a piece begins say of the character before it."""
    match node.kind:
        case "look" if node.source == "(?<!":
            barred = _any_of(_barred(node.parts[0]))
            return None if barred is None else f"(?!{barred})"
        case "look" if node.source == "(?<=":
            try:
                classes, through = _closing(node.parts[0], words)
            except LookupError:
                return None
            allowed = None if through else _any_of(classes)
            return None if allowed is None else f"(?:{allowed})"
        case "group":
            return _before(node.parts[0], words)
        case "repeat" if node.low > 0:
            return _before(node.parts[0], words)
        case "either":
            each = [_before(part, words) for part in node.parts]
            known = [source for source in each if source is not None]
            return f"(?:{'|'.join(known)})" if len(known) == len(each) else None
        case "sequence":
            found = []
            for part in node.parts:
                found.append(_before(part, words))
                if part.most:
                    break
            known = [f"(?={source})" for source in found if source is not None]
            return "".join(known) or None
    return None


def _barred(node: Node) -> set[str]:
    """Classes of which any character alone matches the node."""
    match node.kind:
        case "set":
            return {node.source}
        case "text" | "words":
            return {regex.escape(word) for word in node.texts if len(word) == 1}
        case "group" | "repeat" if node.low <= 1:
            return _barred(node.parts[0])
        case "either":
            return set[str]().union(*map(_barred, node.parts))
    return set()


def _closing(node: Node, words: Words) -> Opening:
    """The classes of the last character of what a node matches, and whether that may be nothing. LookupError: can't be told."""

    def own(leaf: Node) -> Opening:
        match leaf.kind:
            case "set":
                return {leaf.source}, False
            case "text" | "words" | "list":
                literals = words.get(leaf.source, ()) if leaf.kind == "list" else leaf.texts
                return {regex.escape(word[-1]) for word in literals if word}, "" in literals or not literals
        return set(), True

    return leading(node, own, last=True)
