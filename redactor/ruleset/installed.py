"""Rule packs of installed packages."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from redactor.model import PluginError
from redactor.plugins import described, installed, load


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
    raise PluginError(
        "{described} has no folder; register the package that holds the .toml files",
        described=described("rules", name),
    )
