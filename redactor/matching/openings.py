"""With which characters a match of a pattern may begin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

import regex

from redactor.matching.syntax import Node

Opening = tuple[set[str], bool]
_WIDE: Final = regex.compile(r"\.|\[\^|\\[PDWSwh]|\\p\{?(?:L|Han)")


def ignores_case(tree: Node) -> bool:
    """Whether some letter of the pattern stands for its other case too."""
    return any(node.kind in ("edge", "group") and _sets_flag_i(node.source) for node in tree.walk())


def _sets_flag_i(source: str) -> bool:
    return source.startswith("(?") and source[2:3] not in ("<", "P", "=", "!") and "i" in source.split("-")[0]


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
def _first_of_words(literals: tuple[str, ...]) -> str:
    """The class of the first characters of some literals. The same lists come again and again."""
    return "[" + "".join(sorted({regex.escape(word[0]) for word in literals})) + "]"


def opening(node: Node, words: Mapping[str, tuple[str, ...]]) -> Opening:
    """The classes of the first character of the node, and whether the node may match nothing. LookupError: can't be told."""

    def own(leaf: Node) -> Opening:
        match leaf.kind:
            case "text" | "words":
                return {_first_of_words(tuple(leaf.texts))}, False
            case "list":
                return {_first_of_words(words.get(leaf.source, ()))}, False
            case "set":
                return {leaf.source}, False
            case "look" if leaf.source == "(?=":
                # What must follow here anyway says more than what may.
                inner, alone = leading(leaf.parts[0], own)
                if not alone and not any(_WIDE.search(c) for c in inner):
                    return inner, False
        return set(), True

    return leading(node, own)


def leading(node: Node, own: Callable[[Node], Opening], *, last: bool = False) -> Opening:
    """The classes that a node opens with, and whether there may be none of them, given what pieces without parts open with.

    Of a look that a sequence begins with, `own` tells what it asks of the character there. `last`: what the node closes with.
    """
    match node.kind:
        case "group" | "repeat":
            classes, through = leading(node.parts[0], own, last=last)
            return classes, through or node.low == 0
        case "either":
            each = [leading(part, own, last=last) for part in node.parts]
            return set[str]().union(*(classes for classes, _ in each)), any(through for _, through in each)
        case "sequence":
            found = set[str]()
            for part in reversed(node.parts) if last else node.parts:
                classes, through = own(part) if part.kind == "look" and not found else leading(part, own, last=last)
                found |= classes
                if not through:
                    return found, False
            return found, True
        case "look":
            return set(), True
        case "back":
            raise LookupError(node.kind)
    return own(node)
