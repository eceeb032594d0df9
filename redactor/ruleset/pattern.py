"""Patterns from strangers: what is refused before compiling, and compiling with clear errors (syntax of `regex`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import regex

from redactor.model import RuleError

MAX_SOURCE = 10_000
MAX_NESTING = 60
MAX_REPEAT = 1_000
MAX_EXPANDED = 400_000

_REFUSED = (
    (regex.compile(r"\{(?:\d*<?=?)?[eids](?:<=?|:)|\{[^{}]*[eids]<=?\d"), "fuzzy matching"),
    (regex.compile(r"\(\?(?:R|&|P>|[+-]?\d+)"), "recursion"),
    (regex.compile(r"\(\?\(DEFINE\)"), "(?(DEFINE)…)"),
    (regex.compile(r"\(\?[a-zA-Z]*[be]"), "BESTMATCH or ENHANCEMATCH"),
    (regex.compile(r"\\[GKX](?![a-zA-Z])"), r"\G, \K and \X"),
)
_REPEAT = regex.compile(r"(?<!\\[pPN])\{(\d+)(?:,(\d*))?\}")


def check_source(source: str, where: str) -> None:
    """Refuse what cannot be bounded in time or memory; RuleError names the construct."""
    if len(source) > MAX_SOURCE:
        raise RuleError(f"{where}: pattern of {len(source)} characters; at most {MAX_SOURCE}")
    depth = deepest = 0
    for char in source:
        depth += (char == "(") - (char == ")")
        deepest = max(deepest, depth)
    if deepest > MAX_NESTING:
        raise RuleError(f"{where}: pattern nests {deepest} brackets; at most {MAX_NESTING}")
    for refused, name in _REFUSED:
        if refused.search(source):
            raise RuleError(f"{where}: {name} is not allowed in rules")
    for match in _REPEAT.finditer(source):
        if max(int(n) for n in match.groups() if n) > MAX_REPEAT:
            raise RuleError(f"{where}: repeat {match.group()} is too large; at most {MAX_REPEAT}")


def compile_pattern(
    source: str, where: str, lists: Mapping[str, tuple[str, ...]] | None = None
) -> regex.Pattern[str]:
    """Compile an expanded pattern; RuleError on bad syntax, too large a result, or a match of nothing."""
    if len(source) > MAX_EXPANDED:
        raise RuleError(f"{where}: pattern is {len(source)} characters long after its names are filled in")
    try:
        named: dict[str, Any] = {name: list(words) for name, words in (lists or {}).items()}
        compiled = regex.compile(source, **named)
        empty = compiled.search("", timeout=1.0)
    except regex.error as error:
        raise RuleError(f"{where}: bad pattern: {error}") from None
    except TimeoutError:
        raise RuleError(f"{where}: pattern does not end on an empty text") from None
    except (RecursionError, MemoryError, OverflowError, ValueError, KeyError) as error:
        raise RuleError(f"{where}: pattern can't be compiled: {type(error).__name__}") from None
    if empty is not None:
        raise RuleError(f"{where}: pattern matches an empty text; make at least one part of it required")
    return compiled
