"""A folder for inputs that failed: a copy of each with the reason beside it, for its owner's eyes only; gone again when a later run does them.

What lies there has not been redacted. A link, a device or a pipe is never copied: then only the reason is there.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from redactor.files.atomic import AtomicWriter, write_whole
from redactor.files.beside import place_aside
from redactor.files.inputs import STDIN
from redactor.files.report import FileReport
from redactor.files.tasks import Task
from redactor.model import OUTPUT, FormatError
from redactor.text.show import show
from redactor.text.whole_file import open_regular

REASON: Final = ".reason.json"
"""What is added to a name in the folder for the file that says why something is there."""
SCHEMA: Final = 1


def check_quarantine(folder: Path, inputs: Sequence[Path], output: Path | None) -> None:
    """FormatError for a folder that is an input or the output, lies in one, or holds one: originals and outputs must not meet there."""
    resolved = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise FormatError("{folder}: a quarantine is a folder", folder=show(folder))
    for other in (*inputs, *([output] if output else [])):
        if other == STDIN:
            continue
        place = other.resolve()
        if resolved.is_relative_to(place) or place.is_relative_to(resolved):
            raise FormatError(
                "{folder}: a quarantine must lie apart from inputs and outputs, and {other} is in it, or holds it",
                folder=show(folder),
                other=show(other),
            )


def places(task: Task) -> Iterator[Path]:
    """What may be written of an input into the folder."""
    if task.aside is not None:
        for place in (task.aside, place_aside(task.aside, None)):
            yield from (place, _reason(place))


def settle(task: Task, file: FileReport) -> None:
    """Put an input that failed into the folder, or take it out when it has not; and say why its records are there, if some are.

    FormatError when something else stands in its place.
    """
    if task.aside is None or file.skipped:
        return
    records = place_aside(task.aside, None)
    about = {"schema": SCHEMA, "name": file.name, "format": file.format or None}
    if file.error is not None:
        _keep(task.source, task.aside, about | {"reason": file.reason, "message": file.error})
        return
    _release(task.aside)
    if file.set_aside:
        _write_reason(records, about | {"reason": "records that can't be read", "records": file.set_aside})
    elif not records.exists():
        _reason(records).unlink(missing_ok=True)


def _keep(source: Path, place: Path, about: dict[str, Any]) -> None:
    if os.path.lexists(place) and not _is_ours(place):
        raise FormatError(
            "{place}: stands where a failed input is to go, and was not put there by redactor",
            place=show(place),
            reason=OUTPUT,
        )
    copied = False
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(OSError, FormatError):  # an input that can't be read, which may be why it failed
        if stat.S_ISREG(source.lstat().st_mode):
            with open_regular(source) as stream, AtomicWriter(place, mode=0o600) as out:
                shutil.copyfileobj(stream, out, 1 << 20)
            copied = True
    if not copied:
        place.unlink(missing_ok=True)
    _write_reason(place, about | {"copied": copied})


def _release(place: Path) -> None:
    if _is_ours(place):
        place.unlink(missing_ok=True)
        _reason(place).unlink(missing_ok=True)


def _is_ours(place: Path) -> bool:
    """Whether the reason for something in the folder is beside it."""
    return _reason(place).is_file()


def _reason(place: Path) -> Path:
    return place.with_name(place.name + REASON)


def _write_reason(place: Path, about: dict[str, Any]) -> None:
    text = json.dumps(about, ensure_ascii=False, indent=1) + "\n"
    write_whole(_reason(place), text.encode("utf-8", "backslashreplace"), 0o600)
