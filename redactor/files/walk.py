"""Files and folders: what to read, and where an output may be written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from redactor.model import OUTPUT, FormatError
from redactor.text.show import show


@dataclass(frozen=True, slots=True)
class Source:
    """One input file, and where its output goes below an output folder."""

    path: Path
    relative: Path


def sources(paths: Sequence[Path]) -> list[Source]:
    """The files that paths stand for: files as they are, folders with all they hold, sorted, hidden ones left out.

    Symbolic links inside folders are not followed. FormatError when a path is missing or two inputs would share an output.
    """
    found: list[Source] = []
    for path in paths:
        if path.is_dir():
            base = Path(path.name) if len(paths) > 1 and path.name not in ("", ".", "..") else Path()
            found.extend(Source(file, base / file.relative_to(path)) for file in _walk(path))
        elif path.exists():
            found.append(Source(path, Path(path.name)))
        else:
            raise FormatError(f"{show(path)}: no such file or folder")
    seen: dict[Path, Path] = {}
    for source in found:
        if source.relative in seen:
            raise FormatError(
                f"{show(seen[source.relative])} and {show(source.path)} would be written to one file; name their folders instead"
            )
        seen[source.relative] = source.path
    return found


def _walk(folder: Path) -> Iterator[Path]:
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry.path)


def check_output(source: Path, target: Path, *, force: bool, in_place: bool) -> None:
    """Refuse to overwrite unless told to, and to write over the input unless in place."""
    same = target.exists() and source.exists() and source.samefile(target)
    if same and not in_place:
        raise FormatError(f"{show(target)}: is the input itself; use --in-place to write over it", reason=OUTPUT)
    refuse_special(target)
    if (target.exists() or target.is_symlink()) and not (force or in_place):
        raise FormatError(f"{show(target)}: exists; use --force to write over it", reason=OUTPUT)


def check_output_folder(inputs: Sequence[Path], folder: Path) -> None:
    """Refuse an output folder that is, or lies inside, an input folder: the next run would read this one's output."""
    resolved = folder.resolve()
    for path in inputs:
        if path.is_dir() and resolved.is_relative_to(path.resolve()):
            raise FormatError(f"{show(folder)}: lies inside the input {show(path)}; choose a folder outside it")


def refuse_special(target: Path) -> None:
    """Refuse a target that is there and no regular file: a rename would put a file in the place of a device or a pipe."""
    if target.is_dir():
        raise FormatError(f"{show(target)}: is a folder", reason=OUTPUT)
    if target.exists() and not target.is_file():
        raise FormatError(f"{show(target)}: not a regular file", reason=OUTPUT)
