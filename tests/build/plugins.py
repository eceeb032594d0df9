"""Packages of plug-ins, installed for the time of a test: modules and a .dist-info folder on the import path are enough."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from redactor import plugins

Install = Callable[..., Path]


def write_package(
    folder: Path, name: str, files: Mapping[str, str], entry_points: Mapping[str, Mapping[str, str]]
) -> Path:
    """The package in a folder that is to be on the import path. `entry_points`: by group and name, the object."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    lines = [
        line
        for group, entries in entry_points.items()
        for line in (f"[{group}]", *(f"{entry} = {value}" for entry, value in entries.items()))
    ]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a package: `install(name, files, entry_points)`; gives the folder, for other processes' PYTHONPATH."""
    before = set(sys.modules)

    def installed(name: str, files: Mapping[str, str], entry_points: Mapping[str, Mapping[str, str]]) -> Path:
        folder = write_package(tmp_path / "site" / name, name, files, entry_points)
        monkeypatch.syspath_prepend(str(folder))
        plugins.installed.cache_clear()
        return folder

    yield installed
    plugins.installed.cache_clear()
    for module in set(sys.modules) - before:
        if str(tmp_path) in str(sys.modules[module].__spec__):
            del sys.modules[module]
