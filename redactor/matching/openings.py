"""With which characters a match of a pattern may begin."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import regex

from redactor.matching.syntax import Node

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
