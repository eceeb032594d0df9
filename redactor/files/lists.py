"""Lists of file names, as files: one name a line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from redactor.files.atomic import write_whole
from redactor.files.inputs import STDIN
from redactor.model import FormatError
from redactor.text.show import show
from redactor.text.whole_file import LARGEST_LIST, read_whole


def read_list(path: Path) -> list[Path]:
    """The names in a list: one a line, or each ended by NUL (`find -print0`). `-` is standard input.

    A line that begins with `"` is a name as JSON has texts; that is how `write_list` writes names that hold a line end.
    """
    data = _given() if path == STDIN else read_whole(path, LARGEST_LIST)
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


def _given() -> bytes:
    """What standard input holds."""
    data = sys.stdin.buffer.read(LARGEST_LIST + 1)
    if len(data) > LARGEST_LIST:
        raise FormatError("{path}: larger than {most} KiB", path=STDIN, most=LARGEST_LIST >> 10)
    return data


def write_list(path: Path, names: Iterable[Path]) -> None:
    """Write names, one a line, those as JSON that would not come back from a line of their own."""
    write_whole(path, b"".join(_line(os.fspath(name)) + b"\n" for name in names))


def _line(name: str) -> bytes:
    plain = name.isprintable() and not name.startswith(('"', "\ufeff")) and name.strip() == name
    return os.fsencode(name) if plain else json.dumps(name).encode()
