"""Surrogates: values that look like real ones and belong to nobody, from the ranges of `rules/data/reserved.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from math import prod
from typing import Any, Final

import regex

from redactor.model import ENTITIES, LimitError, Span
from redactor.packaged import packaged_rules
from redactor.text.check_digits import CHECKS

_STEP: Final = 2**61 - 1
"""A prime that no range is a multiple of: so many places on, each of a range comes once before the first one comes again."""
_NAMES: Final = frozenset({"PERSON", "LOCATION", "ORGANIZATION"})


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a surrogate: one of `choices`, which `pattern` matches."""

    choices: Sequence[str]
    pattern: str


@dataclass(frozen=True)
class Range:
    """Surrogates of one entity: a choice of each part, one after the other, and the check character if there is one.

    `check`: the name of its algorithm, "" for none. `source`: why nobody has these values.
    """

    entity: str
    parts: tuple[Part, ...]
    check: str
    source: str

    @cached_property
    def size(self) -> int:
        """How many surrogates there are."""
        return prod(len(part.choices) for part in self.parts)

    def at(self, place: int) -> str:
        """The surrogate at a place of the range, from 0."""
        chosen = []
        for part in reversed(self.parts):
            place, each = divmod(place, len(part.choices))
            chosen.append(part.choices[each])
        text = "".join(reversed(chosen))
        return text + CHECKS[self.check](text) if self.check else text

    @cached_property
    def pattern(self) -> regex.Pattern[str]:
        """Matches where one stands in a text, whatever its check character."""
        inner = "".join(part.pattern for part in self.parts) + ("[0-9A-Z]" if self.check else "")
        if self.entity in _NAMES:
            return regex.compile(inner)
        # A number may follow on its label (QQ0…), a word may not; that of a phone may stand before a letter (009990213693951A座).
        before = "0-9" if all(each[0].isdigit() for each in self.parts[0].choices) else "0-9A-Za-z"
        behind = "0-9" if self.entity == "PHONE_NUMBER" else "0-9A-Za-z"
        return regex.compile(rf"(?<![{before}]){inner}(?![{behind}])")

    def spans(self, text: str) -> list[Span]:
        """Where surrogates of this range stand in a text."""
        found = (match.span() for match in self.pattern.finditer(text))
        return [(start, end) for start, end in found if self._checked(text[start:end])]

    def __contains__(self, value: str) -> bool:
        return bool(self.pattern.fullmatch(value)) and self._checked(value)

    def _checked(self, value: str) -> bool:
        return not self.check or CHECKS[self.check](value[:-1]) == value[-1]


def surrogate(entity: str, number: int) -> str:
    """The surrogate of a number, from 1: another one for each number. LimitError when there are no more."""
    place = number - 1
    for each in ranges()[entity]:
        if place < each.size:
            return each.at((place + 1) * _STEP % each.size)
        place -= each.size
    raise LimitError("more different values of {entity} than there are surrogates for", entity=entity)


def widest(entity: str) -> Range:
    """The largest range of an entity."""
    return max(ranges()[entity], key=lambda each: each.size)


def surrogate_spans(text: str) -> list[Span]:
    """Where surrogates of any entity stand in a text."""
    return [span for several in ranges().values() for each in several for span in each.spans(text)]


@cache
def ranges() -> Mapping[str, tuple[Range, ...]]:
    """The ranges of each entity that there are surrogates for."""
    table = tomllib.loads((packaged_rules() / "data" / "reserved.toml").read_text(encoding="utf-8"))
    lists = {name: "".join(text.split()) for name, text in table["lists"].items()}
    found = [
        Range(
            row["entity"],
            tuple(part for each in row["parts"] for part in _parts(each, lists)),
            row.get("check", ""),
            row["source"],
        )
        for row in table["range"]
    ]
    return {
        entity: tuple(each for each in found if each.entity == entity)
        for entity in ENTITIES
        if any(each.entity == entity for each in found)
    }


def _parts(row: Mapping[str, Any], lists: Mapping[str, str]) -> list[Part]:
    """The parts that a table of the data file stands for."""
    choices: Sequence[str]
    if "days" in row:
        first, last = row["days"]
        begin = date(first, 1, 1)
        choices = [f"{begin + timedelta(day):%Y%m%d}" for day in range((date(last + 1, 1, 1) - begin).days)]
        pattern = "[0-9]{8}"
    elif "numbers" in row:
        first, last = row["numbers"]
        choices = [str(number) for number in range(first, last + 1)]
        pattern = "|".join(sorted(choices, key=len, reverse=True))
    elif "of" in row:
        choices = tuple(row["of"])
        pattern = "|".join(map(regex.escape, choices))
    else:
        choices = lists[row["list"]] if "list" in row else row["signs"]
        pattern = f"[{choices}]"
    return [Part(choices, f"(?:{pattern})")] * row.get("times", 1)
