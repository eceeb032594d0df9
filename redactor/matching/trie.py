"""Long alternatives of plain words as one tree of their characters: the same matches, each character looked at once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import regex

from redactor.model import Span

_FEWEST: Final = 6


def with_tries(source: str, runs: Iterable[Span]) -> str:
    """The pattern with the runs of alternatives in it (`甲|乙|丙`) rewritten, where that changes no match."""
    pieces: list[str] = []
    at = 0
    for start, end in runs:
        tree = _as_tree(source[start:end])
        if tree:
            pieces += (source[at:start], tree)
            at = end
    return "".join(pieces) + source[at:]


@lru_cache(maxsize=512)
def _as_tree(run: str) -> str:
    """A run of alternatives rewritten, or nothing; the same lists stand in many patterns."""
    words = run.split("|")
    if len(words) < _FEWEST or not _longest_first(words):
        return ""
    return f"(?:{_tree(list(dict.fromkeys(words)))})"


def _longest_first(words: list[str]) -> bool:
    """Whether every word stands before the beginnings of it: then the tree prefers what the list prefers."""
    seen: set[str] = set()
    for word in words:
        if not word or any(word[:size] in seen for size in range(1, len(word))):
            return False
        seen.add(word)
    return True


def _tree(words: list[str]) -> str:
    heads: dict[str, list[str]] = {}
    for word in words:
        heads.setdefault(word[0], []).append(word[1:])
    singles = [head for head, rest in heads.items() if rest == [""]]
    branches = [regex.escape(head) + _rest(rest) for head, rest in heads.items() if rest != [""]]
    if singles:
        branches.append(f"[{''.join(map(regex.escape, singles))}]" if len(singles) > 1 else regex.escape(singles[0]))
    return "|".join(branches)


def _rest(rest: list[str]) -> str:
    longer = [word for word in rest if word]
    return f"(?:{_tree(longer)})" + ("?" if len(longer) < len(rest) else "")
