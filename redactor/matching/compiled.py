"""What was worked out from rules before, so that it need not be worked out again: JSON values by what they were made from.

A memo holds nothing but what was found sound when it was made, so that a pattern in it may be compiled when it is first used; a
rule that is wrong is in no memo, and is refused as it ever was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import regex

from redactor.matching.syntax import Node

Lists = Mapping[str, tuple[str, ...]]
Check = Callable[[], tuple[regex.Pattern[str], Node]]
"""Compiles a pattern, RuleError when that can't be done; its tree beside it."""


class Expression:
    """A pattern that is known to be sound, compiled when it is first used. `told`: what was read off its tree."""

    def __init__(
        self, source: str, lists: Lists | None = None, groups: frozenset[str] = frozenset(), told: Any = None
    ) -> None:
        self.source = source
        self.groups = groups
        self.told = told
        self._lists = lists or {}

    @cached_property
    def pattern(self) -> regex.Pattern[str]:
        """The pattern, compiled."""
        lists: dict[str, Any] = dict(self._lists)
        return regex.compile(self.source, regex.VERSION0, **lists)


class Memo:
    """What is known of some rules, to begin with; None: nothing, and nothing is to be kept. `grown`: this run has added to it."""

    def __init__(self, known: Mapping[str, Any] | None = None) -> None:
        self.lasting = known is not None
        self.known: dict[str, Any] = dict(known or {})
        self.grown = False
        self.expressions: dict[str, Expression] = {}
        """All that were asked for; who asks for one again is given the same."""

    def value(self, kind: str, source: str, make: Callable[[], Any]) -> Any:
        """What `make` makes of the source, if that is a JSON value; what isn't is made anew each time."""
        key = _key(kind, source, {})
        if key in self.known:
            return self.known[key]
        made = make()
        self._add(key, made)
        return made

    def expression(self, kind: str, source: str, lists: Lists, check: Check, tell: Callable[[Node], Any]) -> Expression:
        """The pattern; `tell` reads a JSON value off its tree, the same for all patterns of that kind."""
        key = _key(kind, source, lists)
        expression = self.expressions.get(key)
        if expression is None:
            expression = self.expressions[key] = self._recalled(key, lists) or self._checked(key, lists, check, tell)
        return expression

    def _recalled(self, key: str, lists: Lists) -> Expression | None:
        if key not in self.known:
            return None
        source, names, groups, told = self.known[key]
        return Expression(source, {name: lists[name] for name in names}, frozenset(groups), told)

    def _checked(self, key: str, lists: Lists, check: Check, tell: Callable[[Node], Any]) -> Expression:
        pattern, tree = check()
        names = sorted({node.source for node in tree.walk() if node.kind == "list"})
        expression = Expression(
            pattern.pattern, {name: lists[name] for name in names}, frozenset(pattern.groupindex), tell(tree)
        )
        expression.__dict__["pattern"] = pattern
        self._add(key, [expression.source, names, sorted(expression.groups), expression.told])
        return expression

    def _add(self, key: str, value: Any) -> None:
        if not self.lasting:
            return
        try:
            json.dumps(value)
        except (TypeError, ValueError):  # dates of TOML
            return
        self.known[key] = value
        self.grown = True


def _key(kind: str, source: str, lists: Lists) -> str:
    sha = hashlib.sha256(f"{kind}\0{source}".encode("utf-8", "surrogatepass"))
    for name in sorted(lists):
        sha.update("\0\0".join(("", name, "\0".join(lists[name]))).encode("utf-8", "surrogatepass"))
    return sha.hexdigest()[:32]
