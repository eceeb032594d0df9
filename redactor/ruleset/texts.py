"""What the files say of each rule, word for word: for showing a rule as its author wrote it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import regex

from redactor.model import RuleError
from redactor.ruleset.learned import ZONES
from redactor.ruleset.load import layers, rule_files
from redactor.ruleset.pack import MAX_RULE_BYTES
from redactor.text.whole_file import read_text

_HEAD: Final = regex.compile(r"(?m)^(?:\#[^\n]*\n)*\[\[?[ \t]*(?!(?:rule|boilerplate)[ \t]*\.)[a-z]++[^\n\]]*\]")
"""The head of a table that is no part of the rule above it, with the comment right above it."""


@dataclass(frozen=True, slots=True)
class RuleText:
    """The table of one rule as its file has it; `file`: from the top of the rule folder."""

    file: str
    toml: str


def rule_texts(paths: Iterable[str | Path] = (), *, builtin: bool = True) -> Mapping[str, RuleText]:
    """The rules by id; of several of one id, the last, which is the one in force."""
    found: dict[str, RuleText] = {}
    for layer in layers(paths, builtin=builtin):
        root = layer if layer.is_dir() else layer.parent
        for file in rule_files(layer):
            name = file.relative_to(root).as_posix()
            text = read_text(file, MAX_RULE_BYTES, RuleError)
            found.update((rule_id, RuleText(name, toml)) for rule_id, toml in _blocks(text))
            found.update((rule_id, RuleText(name, text)) for rule_id in _learned(text))
    return found


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    starts = [match.start() for match in _HEAD.finditer(text)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        toml = text[start:end].strip() + "\n"
        try:
            table = tomllib.loads(toml)
        except tomllib.TOMLDecodeError:  # a head inside a text
            continue
        for rule in (*table.get("rule", ()), *table.get("boilerplate", ())):
            yield rule["id"], toml


def _learned(text: str) -> Iterator[str]:
    """The ids of the rules that are made of a file's lines."""
    table = tomllib.loads(text) if "[[line]]" in text else {}
    if "line" in table:
        yield from (f"{table.get('pack', {}).get('name', 'lines')}.{zone}" for zone in ZONES)
