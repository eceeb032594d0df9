"""Files and folders: what to read, and where an output may be written."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import regex
from pathspec import GitIgnoreSpec

from redactor.files.marks import is_original
from redactor.language import because, later
from redactor.model import OUTPUT, FormatError
from redactor.text.show import show


@dataclass(frozen=True, slots=True)
class Source:
    """One input file, and where its output goes below an output folder. `closed`: why it, or a folder in its place, can't be read."""

    path: Path
    relative: Path
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """What of a folder is left out, with what it holds if it is a folder, and why, in a word (`REASONS`)."""

    path: Path
    reason: str


REASONS: Final = (
    later("hidden"),
    later("link"),
    later("special"),
    later("system"),
    later("excluded"),
    later("not included"),
    later("settings"),
    later("backup"),
    later("set aside"),
)
"""Why something in a folder is left out: a name that begins with a dot; a symbolic link; a device or pipe; what a system or an
office program writes for itself; patterns of the user; the settings of this run; what earlier runs in place have put beside their outputs."""
UNASKED: Final = REASONS[:4]
"""Those that no option has asked for."""
_SYSTEM: Final = regex.compile(r"(?:thumbs|ehthumbs)\.db|desktop\.ini|~\$.*|__macosx", regex.I)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which files of a folder are read. Patterns are those of .gitignore, on paths below the folder.

    `include`: only these, when there are any; `exclude`: never these, and a folder that is excluded is not entered. `settings`:
    files by which this run is set. `suffixes`: what names end in that runs in place have put beside outputs, and the reason to
    skip it; there are none where nothing is written over, and then marks of originals don't count either.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    settings: tuple[Path, ...] = ()
    suffixes: tuple[tuple[str, str], ...] = ()

    def chooser(self) -> Callable[[Path, str, bool], str]:
        """Tells why a file or folder (path, path below the input, whether a folder) is left out; "" when it is not."""
        include, exclude = _patterns(self.include, "--include"), _patterns(self.exclude, "--exclude")
        settings = {path.resolve() for path in self.settings}

        def reason(path: Path, below: str, folder: bool) -> str:
            if _SYSTEM.fullmatch(path.name):
                return "system"
            if exclude.match_file(f"{below}/" if folder else below):
                return "excluded"
            if folder:
                return ""
            if self.include and not include.match_file(below):
                return "not included"
            if settings and not path.is_symlink() and path.resolve() in settings:
                return "settings"
            return self.beside(path, Path.exists)

        return reason

    def beside(self, path: Path, is_there: Callable[[Path], bool]) -> str:
        """Why a file is left out that a run in place has put beside another; "" for any other file."""
        for suffix, why in self.suffixes:
            name = path.name.removesuffix(suffix)
            if name not in ("", path.name) and is_there(path.with_name(name)):
                return why
        return "backup" if self.suffixes and is_original(path) else ""


def check_pattern(line: str, option: str) -> None:
    """FormatError for a line that is no pattern; `option`: what gives it."""
    try:
        GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        raise FormatError("{option} {line}: not a pattern of .gitignore", option=option, line=show(line)) from None


def _patterns(lines: Sequence[str], option: str) -> GitIgnoreSpec:
    for line in lines:
        check_pattern(line, option)
    return GitIgnoreSpec.from_lines(lines)


@dataclass(frozen=True, slots=True)
class Found:
    """The inputs of a run, what is left out of its folders, and folders among its inputs in which there are none."""

    sources: tuple[Source, ...]
    skipped: tuple[Skipped, ...] = ()
    empty: tuple[Path, ...] = ()


def sources(paths: Sequence[Path], selection: Selection = Selection(), only: Sequence[Path] | None = None) -> Found:
    """The files that paths stand for: files as they are, folders with what they hold and the selection takes, sorted.

    Symbolic links inside folders are not followed; a folder that can't be read stands for itself, so that it fails by itself. `only`: of
    these files those in this list, or below a folder in it; without paths, the list itself, whose relative names are kept below an
    output folder. FormatError when a path is missing or two inputs would share an output.
    """
    found: list[Source] = []
    skipped: list[Skipped] = []
    empty: list[Path] = []
    reason = selection.chooser()
    for path in paths:
        before = len(found)
        if path.is_dir():
            base = Path(path.name) if len(paths) > 1 and path.name not in ("", ".", "..") else Path()
            for each, why, closed in _walk(path, reason):
                if why:
                    skipped.append(Skipped(each, why))
                else:
                    below = each.relative_to(path) if each != path else Path(path.absolute().name)
                    found.append(Source(each, base / below, closed))
            empty += [path] if len(found) == before else []
        elif path.exists():
            found.append(Source(path, Path(path.name)))
        else:
            raise FormatError("{path}: no such file or folder", path=show(path))
    if only is not None:
        found = _only(found, only) if paths else [Source(path, _kept(path)) for path in only]
    found = _without_copies(found, selection, skipped)
    refuse_shared((source.path, source.relative) for source in found)
    return Found(tuple(found), tuple(skipped), tuple(empty))


def _without_copies(found: Sequence[Source], selection: Selection, skipped: list[Skipped]) -> list[Source]:
    """The sources but those that were put beside another of them, though they were named (by a pattern of the shell, say)."""
    there = {source.path for source in found}
    kept = []
    for source in found:
        why = selection.beside(source.path, there.__contains__) if len(found) > 1 else ""
        if why:
            skipped.append(Skipped(source.path, why))
        else:
            kept.append(source)
    return kept


def _only(found: Sequence[Source], names: Sequence[Path]) -> list[Source]:
    """The sources that are named, or that lie in a folder that is. FormatError for a name that is nothing of them."""
    wanted = {os.path.abspath(name): name for name in names}  # noqa: PTH100 - no links are to be followed
    left = dict(wanted)
    chosen = []
    for source in found:
        place = Path(os.path.abspath(source.path))  # noqa: PTH100
        names_of_it = [str(each) for each in (place, *place.parents) if str(each) in wanted]
        if names_of_it:
            chosen.append(source)
        for each in names_of_it:
            left.pop(each, None)
    for name in left.values():
        raise FormatError("{name}: is in the list of files and none of the inputs", name=show(name))
    return chosen


def _kept(path: Path) -> Path:
    """Where the output of a listed file goes: by its relative name, when that leads down only."""
    inside = not path.is_absolute() and ".." not in path.parts
    if not path.is_file():
        raise FormatError("{path}: no such file", path=show(path))
    return path if inside else Path(path.name)


def refuse_shared(places: Iterable[tuple[Path, Path | None]]) -> None:
    """FormatError when two of some inputs would be written to one file; of each, the input and where it would go, if anywhere."""
    seen: dict[Path, Path] = {}
    for source, target in places:
        if target is None:
            continue
        if target in seen and seen[target].absolute() == source.absolute():
            raise FormatError("{path}: is given twice", path=show(source))
        if target in seen:
            raise FormatError(
                "{seen} and {path} would be written to one file; name a folder above both, or do one after the other",
                seen=show(seen[target]),
                path=show(source),
            )
        seen[target] = source


def _walk(top: Path, reason: Callable[[Path, str, bool], str]) -> Iterator[tuple[Path, str, str]]:
    """The files below a folder; with a reason, what of it is left out; with another, folders that can't be read."""
    waiting = [(top, "", True)]
    while waiting:
        path, why, enter = waiting.pop()
        if not enter:
            yield path, why, ""
            continue
        try:
            with os.scandir(path) as entries:
                inside = sorted(entries, key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            yield path, "", because(error)
            continue
        waiting += (_looked_at(entry, top, reason) for entry in inside)


def _looked_at(entry: os.DirEntry[str], top: Path, reason: Callable[[Path, str, bool], str]) -> tuple[Path, str, bool]:
    """What stands in a folder, why it is left out ("": it is not), and whether it is a folder that is to be entered."""
    path = Path(entry.path)
    try:
        is_folder, is_file = entry.is_dir(follow_symlinks=False), entry.is_file(follow_symlinks=False)
        if entry.name.startswith("."):
            unasked = "hidden"
        elif entry.is_symlink():
            unasked = "link"
        else:
            unasked = "" if is_folder or is_file else "special"
        # What was asked for comes first: it is no news.
        why = reason(path, path.relative_to(top).as_posix(), is_folder) or unasked
    except OSError:  # says why when it is opened
        return path, "", False
    return path, why, is_folder and not why


def check_output(source: Path, target: Path, *, force: bool, in_place: bool) -> None:
    """Refuse to overwrite unless told to, and to write over the input unless in place."""
    same = target.exists() and source.exists() and source.samefile(target)
    if same and not in_place:
        raise FormatError(
            "{target}: is the input itself; use --in-place to write over it", target=show(target), reason=OUTPUT
        )
    if same and target.is_symlink():
        raise FormatError(
            "{target}: is a link, which --in-place would put a file in the place of; name the file that it leads to",
            target=show(target),
            reason=OUTPUT,
        )
    refuse_special(target)
    if (target.exists() or target.is_symlink()) and not (force or in_place):
        raise FormatError("{target}: exists; use --force to write over it", target=show(target), reason=OUTPUT)


def check_output_folder(inputs: Sequence[Path], folder: Path) -> None:
    """Refuse an output folder that is, or lies inside, an input folder: the next run would read this one's output."""
    resolved = folder.resolve()
    for path in inputs:
        if path.is_dir() and resolved.is_relative_to(path.resolve()):
            raise FormatError(
                "{folder}: lies inside the input {path}; choose a folder outside it",
                folder=show(folder),
                path=show(path),
            )


def refuse_special(target: Path) -> None:
    """Refuse a target that is there and no regular file: a rename would put a file in the place of a device or a pipe."""
    if target.is_dir():
        raise FormatError("{target}: is a folder", target=show(target), reason=OUTPUT)
    if target.exists() and not target.is_file():
        raise FormatError("{target}: not a regular file", target=show(target), reason=OUTPUT)
