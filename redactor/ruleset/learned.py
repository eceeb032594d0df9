"""`[[line]]` tables of a rule file: lines that are known, one a table, as `redactor learn` proposes them; made into one rule a zone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any, Final

from redactor.model import RuleError
from redactor.ruleset.boilerplate import BoilerplateRule
from redactor.ruleset.examples import Examples
from redactor.ruleset.fields import KNOWN_LINE, RULE, read
from redactor.ruleset.known_lines import MAX_LINES, key, known_of
from redactor.ruleset.pack import Pack

ZONE_LINES: Final = 80
"""From the head or tail of a document, blank ones among them."""
ZONES: Final = ("head", "tail", "any")
_DESCRIPTION: Final = {"zh": "在文集中反复出现的行", "en": "Lines that repeat over a collection"}
_NOT_KNOWN: Final = ("会议要求，各地要结合实际，抓好工作落实。", "春天来了，山上的花开了，村里的人忙着下田。")


def learned_lines(pack: Pack) -> list[dict[str, Any]]:
    """The tables, checked; RuleError names file and line."""
    found: list[dict[str, Any]] = []
    for line, item in pack.tables("line"):
        where = f"{pack.name}:{line}: [[line]]"
        given = read(item, KNOWN_LINE, where)
        if not key(given["text"]).strip(":"):
            raise RuleError("{where}: text says nothing", where=where)
        found.append(given)
    if len(found) > MAX_LINES:
        raise RuleError("{name}: has {count} lines; at most {most}", name=pack.name, count=len(found), most=MAX_LINES)
    return found


def learned_rules(pack: Pack) -> Iterator[BoilerplateRule]:
    """A rule for each zone that a line in force is of, called by the name of the pack."""
    lines = [each for each in learned_lines(pack) if each.get("enabled", True)]
    if not lines:
        return
    name = read(pack.table.get("pack", {}).get("name", "lines"), RULE["properties"]["id"], f"{pack.name}: [pack] name")
    for zone in ZONES:
        texts = [each["text"] for each in lines if each.get("zone", "any") == zone]
        if texts:
            yield BoilerplateRule(
                id=f"{name}.{zone}",
                where=f"{pack.name}:1: rule {name}.{zone}",
                description=_DESCRIPTION,
                zone=zone,
                max_lines=ZONE_LINES,
                known=known_of((key(text),) for text in texts),
                examples=Examples(match=tuple(islice(cycle(texts), 3)), no_match=_NOT_KNOWN),
            )
