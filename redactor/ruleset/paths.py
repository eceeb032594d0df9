"""Where the built-in rules lie, and those of installed rule packs."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from redactor.model import PluginError
from redactor.plugins import described, installed, load


def packaged_rules() -> Path:
    """The folder of built-in rules: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def rule_folder(given: str | Path) -> Path:
    """A rule file or folder by its path, or the folder of an installed rule pack by its name; a path that is there goes first."""
    name = str(given)
    return Path(given) if Path(given).exists() or name not in installed("rules") else pack_folder(name)


def pack_folder(name: str) -> Path:
    """The folder of an installed rule pack: what is registered is a package that holds it, or a path. PluginError if there is none."""
    found = load("rules", name)
    folder = next(iter(getattr(found, "__path__", ())), None) if isinstance(found, ModuleType) else found
    if isinstance(folder, str | Path) and Path(folder).is_dir():
        return Path(folder)
    raise PluginError(f"{described('rules', name)} has no folder; register the package that holds the .toml files")
