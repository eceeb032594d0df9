"""Mutations of rule files and policies by their tables, so that most of it is still TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from random import Random
from typing import Any, Final

from redactor.model import ENTITIES
from redactor.policy.operators import OPERATORS
from redactor.ruleset.fields import FILE, OPERATOR, POLICY, RULE
from tests.fuzz.texts import MOST, by_words, changed_text
from tests.fuzz.words import COMMON

_KEYS: Final = tuple(
    sorted(
        {key for table in (RULE, FILE, POLICY, OPERATOR) for key in table["properties"]}
        | {"id", "words", "use", "add", "weight", "cue"}
    )
)
_PIECES: Final = (
    *(
        "张三",
        "同志",
        "县",
        r"\d+",
        r"\p{Han}{2,3}",
        "(?:甲|乙)",
        "[0-9A-Z]",
        "(?<=王)",
        "(?=县)",
        "(?P<n>",
        ")",
        "a{2,5}",
        "b+",
        "c*",
        "|",
        "^",
        "$",
        r"\1",
    ),
    *(
        r"\b",
        "(?i)",
        "[^，。]",
        ".",
        "(?>a|b)",
        "++",
        "*?",
        "{lists}",
        r"\L<x>",
        "(?!a)",
        "(",
        "[",
        "\\",
        "1[3-9]",
        r"\s{0,3}",
        "(?:a|a)+",
        "(?:甲+)+",
        "¹",
        "İ",
        "ß",
    ),
)
_WORDS: Final = (
    "mask",
    "strip",
    "keep",
    "label",
    "partial",
    "hash",
    "code",
    "fake",
    "stems",
    "letters",
    "replace",
    "surname",
    "block",
    "line",
    "any",
    "head",
    "contact",
    "raw",
    "before",
    "luhn",
    "a.b",
    "surname",
)
_VALUES: Final = (
    True,
    False,
    0,
    1,
    60,
    -1,
    0.5,
    1.5,
    10**18,
    float("inf"),
    "",
    [],
    {},
    ["张三"],
    [{"words": ["a"], "add": 0.1}],
    {"zh": "甲", "en": "a"},
    {"operator": "mask", "sign": "某"},
)


def mutate(data: bytes, rng: Random) -> bytes:
    """A TOML file with one to four of its values changed; a fifth of the time it is changed as text."""
    if rng.random() < 0.2:
        return by_words("toml")(data, rng)
    try:
        root = tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return by_words("toml")(data, rng)
    for _ in range(rng.choice((1, 1, 2, 4))):
        _change(root, rng, 0)
    return _file(root).encode("utf-8", "replace")[:MOST]


def _change(value: Any, rng: Random, depth: int) -> None:
    keys: Sequence[Any] = list(value) if isinstance(value, dict) else range(len(value))
    if not keys or (isinstance(value, dict) and rng.random() < 0.15):
        _put(value, rng)
        return
    key = rng.choice(keys)
    inner = value[key]
    if isinstance(inner, dict | list) and depth < 8 and rng.random() < 0.85:
        _change(inner, rng, depth + 1)
    elif rng.random() < 0.15:
        del value[key]
    elif isinstance(value, list) and rng.random() < 0.2 and len(value) < 20:
        value.append(inner)
    else:
        value[key] = _new(key, inner, rng)


def _new(key: Any, old: Any, rng: Random) -> Any:
    """Another value, mostly of the same type."""
    if rng.random() < 0.1:
        return _copy(rng.choice(_VALUES))
    match old:
        case bool():
            return not old
        case int() | float():
            return rng.choice((0, 1, -1, 0.3, 0.5, 1.0, 55, 84, 200, 10**9, old + 1))
        case str() if key in ("entity", "id", "view"):
            return rng.choice((*ENTITIES, "KEEP", "a.b", "x", *_WORDS))
        case str() if rng.random() < 0.2:
            return rng.choice((*_WORDS, *OPERATORS))
        case str() if rng.random() < 0.7:
            at = rng.randrange(len(old) + 1)
            return old[:at] + rng.choice(_PIECES) + old[at + rng.choice((0, 0, 1, 3)) :]
        case str():
            return changed_text(old, rng)
    return _copy(rng.choice(_VALUES))


def _put(value: Any, rng: Random) -> None:
    new = _copy(rng.choice((*_VALUES, *_WORDS, *COMMON[:8], *_PIECES)))
    if isinstance(value, dict):
        value[rng.choice((*_KEYS, *_KEYS, *ENTITIES, "x"))] = new
    else:
        value.insert(rng.randrange(len(value) + 1), new)


def _copy(value: Any) -> Any:
    """A value of its own: the same list in two places would be changed in both."""
    if isinstance(value, dict):
        return {key: _copy(each) for key, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value


def _file(root: dict[str, Any]) -> str:
    """A table as TOML: arrays of tables as such, so that each has a line of its own; all else in line."""
    tables = {k: v for k, v in root.items() if isinstance(v, list) and v and all(isinstance(each, dict) for each in v)}
    lines = [f"{_text(key)} = {_inline(value)}" for key, value in root.items() if key not in tables]
    for key, rows in tables.items():
        for row in rows:
            lines += [f"[[{_text(key)}]]", *(f"{_text(name)} = {_inline(value)}" for name, value in row.items())]
    return "\n".join(lines) + "\n"


def _inline(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{ " + ", ".join(f"{_text(k)} = {_inline(v)}" for k, v in value.items()) + " }"
        case list():
            return "[" + ", ".join(map(_inline, value)) + "]"
        case str():
            return _text(value)
    return str(value)


def _text(value: str) -> str:
    escaped = "".join(
        f"\\{c}"
        if c in '"\\'
        else f"\\u{ord(c):04x}"
        if ord(c) < 32 or ord(c) == 127
        else "?"
        if "\ud800" <= c <= "\udfff"
        else c
        for c in value
    )
    return f'"{escaped}"'
