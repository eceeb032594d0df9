"""Lists of file names, as files: one name a line, and what is read from small files that the user has written."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from redactor.files.atomic import AtomicWriter
from redactor.files.inputs import STDIN
from redactor.language import because
from redactor.model import FormatError
from redactor.text.show import show

_LARGEST: Final = 1 << 20
"""Bytes of a file that a person writes."""
_LARGEST_LIST: Final = 256 << 20


def read_text(path: Path) -> str:
    """The text of a small file that the user has written. FormatError for what is none, or no regular file."""
    data = read_data(path, _LARGEST)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError("{path}: not UTF-8 text at byte {start}", path=show(path), start=error.start) from None


def read_list(path: Path) -> list[Path]:
    """The names in a list: one a line, or each ended by NUL (`find -print0`). `-` is standard input.

    A line that begins with `"` is a name as JSON has texts; that is how `write_list` writes names that hold a line end.
    """
    data = sys.stdin.buffer.read() if path == STDIN else read_data(path)
    if b"\0" in data:
        return [Path(os.fsdecode(name)) for name in data.split(b"\0") if name]
    names = []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        line = line.removesuffix(b"\r")
        if line.startswith(b'"'):
            try:
                name = json.loads(line)
            except ValueError:
                name = ""
            if not isinstance(name, str) or not name or "\0" in name:
                raise FormatError(
                    '{path}:{number}: a line that begins with " must be a name as JSON writes texts',
                    path=show(path),
                    number=number,
                )
            names.append(Path(name))
        elif line:
            names.append(Path(os.fsdecode(line)))
    return names


def write_list(path: Path, names: Iterable[Path]) -> None:
    """Write names, one a line, those as JSON that would not come back from a line of their own."""
    lines = (_line(os.fspath(name)) for name in names)
    with AtomicWriter(path) as out:
        for line in lines:
            out.write(line + b"\n")


def _line(name: str) -> bytes:
    plain = name.isprintable() and not name.startswith(('"', "\ufeff")) and name.strip() == name
    return os.fsencode(name) if plain else json.dumps(name).encode()


def read_data(path: Path, most: int = _LARGEST_LIST) -> bytes:
    """The bytes of a regular file of some size at most. FormatError for what is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        with os.fdopen(descriptor, "rb") as stream:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise FormatError("{path}: not a regular file", path=show(path))
            data = stream.read(most + 1)
    except OSError as error:
        raise FormatError("{path}: can't be read: {strerror}", path=show(path), strerror=because(error)) from None
    if len(data) > most:
        raise FormatError("{path}: larger than {most} KiB", path=show(path), most=most >> 10)
    return data
