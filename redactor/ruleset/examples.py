"""What a rule proves about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RedactExample:
    """`before` must come out as `after` when the whole rule set runs under `policy`."""

    before: str
    after: str
    policy: str = "publish"


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts that a rule must find something in, texts that it must not, and whole redactions."""

    match: tuple[str, ...] = ()
    no_match: tuple[str, ...] = ()
    redact: tuple[RedactExample, ...] = ()


def examples_of(given: Mapping[str, Any]) -> Examples:
    """The `examples` of a rule's table, which is checked already."""
    table = given.get("examples", {})
    pairs = ((pair["in"], pair["out"], pair.get("policy", "publish")) for pair in table.get("redact", ()))
    return Examples(table.get("match", ()), table.get("no_match", ()), tuple(RedactExample(*pair) for pair in pairs))
