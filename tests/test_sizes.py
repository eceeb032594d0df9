"""Modules and functions that a reader can hold in mind."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
LINES, FUNCTION = 400, 60
LONGER = {
    "redactor/formats/web/markup.py": "one class that reads a page in one pass, by one state",
}
"""Modules that may be longer, with the reason."""


def modules() -> Iterator[Path]:
    for folder in ("redactor", "training", "tools"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def long_functions(source: str) -> list[str]:
    """Functions of more lines than a screen has."""
    nodes = ast.walk(ast.parse(source))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [each.name for each in functions if (each.end_lineno or 0) - each.lineno + 1 > FUNCTION]


def test_no_module_is_long_without_a_reason() -> None:
    sizes = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert {name for name, lines in sizes.items() if lines > LINES} == LONGER.keys()


def test_no_function_is_longer_than_a_screen() -> None:
    found = {str(path.relative_to(ROOT)): long_functions(path.read_text("utf-8")) for path in modules()}
    assert {name: functions for name, functions in found.items() if functions} == {}


def test_a_long_function_is_seen() -> None:
    assert long_functions("def f():\n" + "    a = 1\n" * FUNCTION) == ["f"]
    assert long_functions("def f():\n" + "    a = 1\n" * (FUNCTION - 1)) == []
