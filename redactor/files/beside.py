"""What is put beside outputs: originals that are written over, and records that could not be read."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from redactor.files.atomic import AtomicWriter, write_whole
from redactor.files.marks import mark_original
from redactor.language import say
from redactor.model import OUTPUT, FormatError
from redactor.text.places import said_place
from redactor.text.show import show
from redactor.text.whole_file import open_regular

BAD: Final = ".bad"
"""What is added to an output's name for the file of records that could not be read."""
RECORDS: Final = ("csv", "jsonl")
"""The formats whose records can be set aside."""


def check_suffix(suffix: str) -> None:
    """FormatError for what can't be put at the end of a name."""
    if not suffix or "/" in suffix:
        raise FormatError("--backup: the end of a name")


def keep_original(path: Path, suffix: str) -> None:
    """Keep what stands at a path that is about to be written over, under its name with the suffix.

    FormatError when another file has that name: the copy of an original is never written over.
    """
    backup = path.with_name(path.name + suffix)
    try:
        os.link(path, backup, follow_symlinks=False)
    except FileExistsError:
        if not path.samefile(backup):  # a run that was killed between the two steps has left the same file there
            raise FormatError(
                "{backup}: exists, and a copy of an original is never written over",
                backup=show(backup),
                reason=OUTPUT,
            ) from None
    except OSError:  # a file system without second names
        with open_regular(path) as source, AtomicWriter(backup, mode=stat.S_IMODE(path.stat().st_mode)) as out:
            shutil.copyfileobj(source, out, 1 << 20)
    mark_original(backup)


def place_aside(target: Path, aside: Path | None) -> Path:
    """Where the records of an input go that could not be read: beside its output, or beside its own place in a quarantine."""
    place = aside or target
    return place.with_name(place.name + BAD)


def put_aside(place: Path | None, records: Sequence[tuple[str, bytes]], *, force: bool, in_place: bool) -> None:
    """Write the records that could not be read, with their places, to a place (`place_aside`), for its owner's eyes only.

    An output without such records takes the place of an earlier one with its records, too; in place these stay: there is no other
    copy of them. FormatError when that place is taken, or when there is no output (None) beside which they would not be lost.
    """
    if place is None:
        if records:
            raise FormatError(
                "{records}: can't be read, and needs an output with a name to be set aside",
                records=said_place(records[0][0]),
            )
        return
    data = b"".join(record for _, record in records)
    if not os.path.lexists(place) or (place.is_file() and place.read_bytes() == data):  # as a killed run has left it
        force = True
    elif in_place and records:
        raise FormatError(
            "{place}: holds records of an earlier run, of which there is no other copy; move it away first",
            place=show(place),
            reason=OUTPUT,
        )
    elif not force and not in_place:
        raise FormatError(
            "{place}: exists; use --force to write over it"
            if records
            else "{place}: holds what an earlier run has set aside; use --force to do without it",
            place=show(place),
            reason=OUTPUT,
        )
    if records:
        write_whole(place, data, 0o600)
    elif not in_place:
        place.unlink(missing_ok=True)


def left_beside(place: Path) -> list[str]:
    """What is to be said of records that an earlier run has left at a place (`place_aside`), as `put_aside` writes them."""
    with suppress(OSError):
        status = place.lstat()
        if stat.S_ISREG(status.st_mode) and not status.st_mode & 0o077:
            return [say("{place} beside it holds records of an earlier run, not redacted", place=show(place.name))]
    return []
