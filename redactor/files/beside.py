"""What is put beside outputs: originals that are written over, and records that could not be read."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from redactor.files.atomic import AtomicWriter
from redactor.model import OUTPUT, FormatError
from redactor.text.places import said_place
from redactor.text.show import show

BAD: Final = ".bad"
"""What is added to an output's name for the file of records that could not be read."""


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
        with path.open("rb") as source, AtomicWriter(backup, mode=stat.S_IMODE(path.stat().st_mode)) as out:
            while data := source.read(1 << 20):
                out.write(data)


def put_aside(target: Path | None, records: Sequence[tuple[str, bytes]], *, force: bool) -> None:
    """Write the records that could not be read, with their places, beside their output, for its owner's eyes only.

    FormatError when that place is taken, or when there is no output (None) beside which they would not be lost.
    """
    if not records:
        return
    if target is None:
        raise FormatError(
            "{records}: can't be read, and needs an output with a name to be set aside",
            records=said_place(records[0][0]),
        )
    place, data = target.with_name(target.name + BAD), b"".join(record for _, record in records)
    if place.is_file() and place.read_bytes() == data:  # as a killed run has left it
        return
    if place.exists() and not force:
        raise FormatError("{place}: exists; use --force to write over it", place=show(place), reason=OUTPUT)
    with AtomicWriter(place, mode=0o600) as out:
        out.write(data)
