"""The walls of the house: imports go down only."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "redactor"
LAYERS = (
    {"language"},
    {"model"},
    {"packaged"},
    {"plugins"},
    {"text"},
    {"matching"},
    {"chinese"},
    {"ruleset"},
    {"policy"},
    {"detect"},
    {"document"},
    {"redactor", "settings"},
    {"vault"},
    {"verify"},
    {"formats"},
    {"arrow", "contrib"},
    {"parallel"},
    {"files"},
    {"learning"},
    {"engines"},
    {"testing"},
    {"review"},
    {"cli"},
)
"""From the ground up: a package may import what stands before it, and itself."""
HEIGHT = {name: number for number, layer in enumerate(LAYERS) for name in sorted(layer)}


def imports(source: str) -> list[str]:
    """The packages of the project that a module imports, wherever in it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = [node.module] if node.module != "redactor" else [f"redactor.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found += [name.split(".")[1] for name in names if name.startswith("redactor.")]
    return found


def climbs(package: str, source: str) -> list[str]:
    """What a module of a package imports from above it."""
    return [name for name in imports(source) if HEIGHT.get(name, -1) > HEIGHT[package]]


@pytest.mark.parametrize("package", HEIGHT)
def test_imports_go_down_only(package: str) -> None:
    home = PACKAGE / package
    modules = sorted(home.rglob("*.py")) if home.is_dir() else [home.with_suffix(".py")]
    assert modules
    found = {str(module.relative_to(PACKAGE)): climbs(package, module.read_text("utf-8")) for module in modules}
    assert {name: names for name, names in found.items() if names} == {}


def test_every_package_has_its_place() -> None:
    names = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert names - {"__init__", "__main__"} == set(HEIGHT)


def test_the_page_for_newcomers_has_them_in_the_same_order() -> None:
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text("utf-8")
    table = page.partition("## Where things live")[2].partition("## ")[0]
    told = [
        name
        for row in table.splitlines()
        if row.startswith("| `")
        for name in re.findall("`(\\w+)`", row.split("|")[1])
    ]
    assert [HEIGHT[name] for name in told] == sorted(HEIGHT.values())


def test_a_climb_is_seen() -> None:
    assert climbs("text", "def f():\n    from redactor.detect.plan import Plan\n") == ["detect"]
    assert climbs("text", "import redactor.cli\nfrom redactor import formats\n") == ["cli", "formats"]
    assert climbs("detect", "from redactor import __version__\nfrom redactor.text.fold import View\n") == []
