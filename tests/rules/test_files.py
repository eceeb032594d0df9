"""How the shipped rule files are written: small, in lines that an editor shows, with patterns that a person can read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from redactor.packaged import packaged_rules
from redactor.ruleset.fields import PATTERNS
from redactor.ruleset.load import rule_files
from redactor.ruleset.pack import laid_out

ROOT = packaged_rules()
FOLDERS = ("boilerplate", "contact", "figure", "identifier", "keep", "organization", "person", "place")
FILES = rule_files(ROOT)
LISTS = sorted((ROOT / "lists").iterdir())
LONGEST_FILE, LONGEST_LINE, LONGEST_PATTERN = 12_000, 120, 300


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def too_long(text: str) -> list[int]:
    """The numbers of the lines that are too long."""
    return [number for number, line in enumerate(text.splitlines(), 1) if len(line) > LONGEST_LINE]


def patterns(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each pattern of a rule file as it is written, without line ends and comments; of alternatives, each."""
    for piece, source in table.get("define", {}).items():
        yield from ((piece, part) for part in (source if isinstance(source, list) else [source]))
    for rule in (*table.get("rule", ()), *table.get("boilerplate", ()), *table.get("cues", {}).values()):
        for holder in (rule, *rule.get("cue", ())):
            source = holder.get("pattern", [])
            yield from ((rule.get("id", ""), part) for part in (source if isinstance(source, list) else [source]))
        for key in ("exclude", *PATTERNS):
            yield from ((f"{rule.get('id')} {key}", part) for part in rule.get(key, ()))


def too_large(table: dict[str, Any]) -> list[tuple[str, int]]:
    sizes = [(where, len(laid_out(source, where))) for where, source in patterns(table)]
    return [(where, size) for where, size in sizes if size > LONGEST_PATTERN]


@cache
def read_by_code() -> frozenset[str]:
    """The word lists that the package itself asks for."""
    sources = (path.read_text(encoding="utf-8") for path in (ROOT.parent / "redactor").rglob("*.py"))
    return frozenset(
        word for source in sources for word in re.findall(r"""["']([a-z]+(?:[-_][a-z]+)+)(?:\.txt)?["']""", source)
    )


def test_a_folder_for_each_kind() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in FILES} == set(FOLDERS)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_rule_file_is_small_and_its_lines_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) <= LONGEST_FILE
    assert too_long(text) == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_patterns_are_short(path: Path) -> None:
    assert too_large(tomllib.loads(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", [*sorted((ROOT / "policies").iterdir()), *(ROOT / "data").glob("*.toml")], ids=name)
def test_lines_of_other_files_are_short(path: Path) -> None:
    assert too_long(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", LISTS, ids=name)
def test_a_word_list_says_what_it_holds_and_is_used(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    words = [line for line in lines if line and not line.startswith("#")]
    assert all(word == word.strip() for word in words)
    assert len(words) == len(set(words))
    by_rules = any(f'"{name(path)}"' in file.read_text(encoding="utf-8") for file in FILES)
    assert by_rules or path.stem in read_by_code()


def test_what_is_too_long_is_seen() -> None:
    assert too_long(f"a\n{'字' * 121}\n") == [2]
    long = "甲" * 301
    table = {
        "define": {"a": long, "b": ["甲", long]},
        "rule": [{"id": "c", "pattern": f"\n  {'甲' * 200}\n  {'甲' * 200}\n", "exclude": [long]}],
        "boilerplate": [{"id": "d", "veto": [long], "cue": [{"pattern": long}]}],
        "cues": {"e": {"pattern": f"甲 # {long}\n"}},
    }
    assert [where for where, _ in too_large(table)] == ["a", "b", "c", "c exclude", "d", "d veto"]
