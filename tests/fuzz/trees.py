"""Mutations of JSON by its values, so that most of it is still JSON."""

from __future__ import annotations

import json
from random import Random
from typing import Any, Final

from tests.fuzz.texts import SHORT, by_words, changed_text, decoded
from tests.fuzz.words import COMMON

_VALUES: Final = (
    None,
    True,
    0,
    -1,
    13800138000,
    1e300,
    0.1,
    10**25,
    "",
    "text",
    [],
    {},
    {"text": "张三"},
    [["张三"]],
    '{"a": "张三"}',
    "<p>张三</p>",
)
_DEPTH: Final = 12


def records(data: bytes, rng: Random) -> bytes:
    """Lines of JSON, one or two of them changed."""
    lines = data.split(b"\n")
    for _ in range(rng.choice((1, 2))):
        number = rng.randrange(len(lines))
        lines[number] = values(lines[number], rng, "jsonl")
    if rng.random() < 0.2:
        lines.insert(rng.randrange(len(lines) + 1), rng.choice((b"", rng.choice(lines))))
    return b"\n".join(lines)


def values(data: bytes, rng: Random, kind: str = "json") -> bytes:
    """A JSON text with one to three of its values changed; now and then it is changed as text."""
    if rng.random() < 0.15:
        return by_words(kind)(data, rng)
    try:
        text, encoding = decoded(data)
        root = [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        return by_words(kind)(data, rng)
    for _ in range(rng.choice((1, 1, 2, 3))):
        _change(root, rng, 0)
    _less(root, rng)
    indent = rng.choice((None, None, None, 1)) if kind == "json" else None
    written = json.dumps(root[0], ensure_ascii=rng.random() < 0.4, indent=indent)
    return written.encode(encoding, "replace")


def _less(root: list[Any], rng: Random) -> None:
    """Take out of a value until it is short."""
    while len(json.dumps(root, ensure_ascii=False)) > 2 * SHORT:
        value: Any = root
        while inner := [each for each in _inner(value) if isinstance(each, dict | list) and each]:
            if value is not root and rng.random() < 0.3:
                break
            value = rng.choice(inner)
        if value is root:  # a text alone
            root[0] = str(root[0])[:SHORT]
            continue
        del value[rng.choice(list(value) if isinstance(value, dict) else range(len(value)))]


def _inner(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else list(value)


def _change(value: Any, rng: Random, depth: int) -> None:
    """Change something in an array or object."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    if not keys:
        if depth:
            _put(value, rng)
        return
    key = rng.choice(keys)
    inner = value[key]
    if isinstance(inner, dict | list) and depth < _DEPTH and rng.random() < 0.75:
        _change(inner, rng, depth + 1)
    elif depth and rng.random() < 0.2:
        del value[key]
    elif depth and rng.random() < 0.3:
        _put(value, rng)
    else:
        value[key] = (
            changed_text(inner, rng) if isinstance(inner, str) and rng.random() < 0.7 else _own(rng.choice(_VALUES))
        )


def _put(value: Any, rng: Random) -> None:
    new = rng.choice((*_VALUES, *COMMON[:12]))
    new = _own(new)
    if isinstance(value, dict):
        value[rng.choice((*COMMON, "text", "姓名", "items"))] = new
    else:
        value.insert(rng.randrange(len(value) + 1), new)


def _own(value: Any) -> Any:
    """A value of its own: the same list in two places would be changed in both."""
    return json.loads(json.dumps(value))
