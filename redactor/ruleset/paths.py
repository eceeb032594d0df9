"""Where the built-in rules lie."""

from __future__ import annotations

from pathlib import Path


def packaged_rules() -> Path:
    """The folder of built-in rules: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"
