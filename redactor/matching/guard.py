"""Patterns from strangers: what is refused before compiling, and compiling with clear errors (syntax of `regex`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import regex

from redactor.matching.syntax import Node, SyntaxRefused, parse
from redactor.matching.trie import with_tries
from redactor.model import RuleError, Span
from redactor.text.places import at

MAX_SOURCE: Final = 10_000
MAX_EXPANDED: Final = 200_000
MAX_WEIGHT: Final = 200_000
"""Fixed repeats are counted out when a pattern compiles; a nested million of them takes the memory of the machine."""


def check_source(source: str, where: str) -> None:
    """Refuse a pattern, as written in a rule file, that is too long to be meant."""
    if len(source) > MAX_SOURCE:
        raise RuleError(
            "{where}: pattern of {source} characters; at most {max_source}",
            where=where,
            source=len(source),
            max_source=MAX_SOURCE,
        )


def read_pattern(
    source: str, where: str, lists: Mapping[str, tuple[str, ...]] | None = None, runs: list[Span] | None = None
) -> Node:
    """The tree of an expanded pattern; RuleError for what rules may not use, what is too large, what can match nothing."""
    if len(source) > MAX_EXPANDED:
        raise RuleError(
            "{where}: pattern is {source} characters long after its names are filled in",
            where=where,
            source=len(source),
        )
    try:
        tree = parse(source, _lengths(source, lists or {}), runs)
    except SyntaxRefused as refused:
        raise RuleError(at(where, refused)) from None
    for node in tree.walk():
        if node.kind == "list" and node.source not in (lists or {}):
            raise RuleError(
                "{where}: word lists are written {{{source}}}, not \\L<{source}>", where=where, source=node.source
            )
    if tree.weight > MAX_WEIGHT:
        raise RuleError(
            "{where}: repeats inside repeats make about {weight} steps; at most {max_weight}",
            where=where,
            weight=tree.weight,
            max_weight=MAX_WEIGHT,
        )
    if tree.least == 0:
        raise RuleError("{where}: pattern matches an empty text; make at least one part of it required", where=where)
    return tree


def compile_tree(source: str, where: str, lists: Mapping[str, tuple[str, ...]]) -> tuple[regex.Pattern[str], Node]:
    """Compile an expanded pattern, its tree beside it; RuleError on what `read_pattern` refuses, bad syntax, or too large a result."""
    runs: list[Span] = []
    tree = read_pattern(source, where, lists, runs)
    try:
        named: dict[str, Any] = {node.source: lists[node.source] for node in tree.walk() if node.kind == "list"}
        return regex.compile(with_tries(source, runs), regex.VERSION0, **named), tree
    except regex.error as error:
        raise RuleError("{where}: bad pattern: {error}", where=where, error=error) from None
    except (RecursionError, MemoryError, OverflowError, ValueError, KeyError) as error:
        raise RuleError("{where}: pattern can't be compiled: {name}", where=where, name=type(error).__name__) from None


def _lengths(source: str, lists: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[int, int]]:
    found = {}
    for name, words in lists.items():
        if f"\\L<{name}>" in source:
            sizes = [len(word) for word in words]
            found[name] = (min(sizes, default=0), max(sizes, default=0))
    return found
