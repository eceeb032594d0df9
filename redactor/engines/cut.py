"""Large inputs cut into parts that give, each by itself, what they give as parts of the whole.

A record of JSON Lines is a document of its own, and so is a row of a table that holds long texts: what becomes of one hangs on no
other. Such a file is cut, at line ends or between row groups. All else is done whole: a text, a document, a table whose short rows are
lines of one list.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from redactor.files.inputs import SteadyInput
from redactor.formats.options import Options, Stretch
from redactor.formats.session import DocumentSession
from redactor.formats.sniff import kind_of
from redactor.formats.tables.encoding import sure_encoding
from redactor.formats.tables.json_paths import select
from redactor.formats.tables.json_scan import scan
from redactor.model import CHANGED, FormatError
from redactor.redactor import Redactor
from redactor.text.decode import Encoding, read_parts
from redactor.text.show import show

_BLOCK: Final = 1 << 20
_ONE_BYTE_LINE_ENDS: Final = ("utf-16", "utf-32")
"""Encodings in which a byte that says line end may be half of something else."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file, and the digest of what it was made of: the same part of the same file has the same one."""

    stretch: Stretch
    digest: str


@dataclass(frozen=True, slots=True)
class Cut:
    """A file that was looked at. `parts`: none when it is to be done whole, and then nothing else is known of it."""

    parts: tuple[Part, ...] = ()
    kind: str = ""
    encoding: Encoding | None = None
    digest: str = ""
    size: int = 0
    changed: int = 0
    """When it was written to last, in nanoseconds."""

    def check(self, path: Path) -> None:
        """FormatError when the file is no longer what was looked at."""
        status = path.stat()
        if (status.st_size, status.st_mtime_ns) != (self.size, self.changed):
            raise FormatError("{path}: changed while it was read", path=show(path), reason=CHANGED)


WHOLE: Final = Cut()


def cut(path: Path, kind: str | None, redactor: Redactor, options: Options, size: int) -> Cut:
    """The parts of a file, each of about `size` bytes; WHOLE when it can't be cut. `kind`: its format, if the user has said.

    FormatError for what refuses the whole file: an encoding that can't be told, a field that is nowhere.
    """
    if options.to:
        return WHOLE
    with SteadyInput(path) as opened:
        stream = opened.stream
        kind = kind or kind_of(stream, path.name)
        if kind == "jsonl":
            found = _cut_lines(stream, options, size)
        elif kind == "parquet":
            found = _cut_groups(stream, redactor, options, size)
        else:
            return WHOLE
        status = os.fstat(stream.fileno())
        opened.check()
    found = replace(found, kind=kind, size=status.st_size, changed=status.st_mtime_ns)
    return found if len(found.parts) > 1 else WHOLE


def _cut_lines(stream: BinaryIO, options: Options, size: int) -> Cut:
    encoding = sure_encoding(stream, options)
    if encoding.name.startswith(_ONE_BYTE_LINE_ENDS):
        return WHOLE
    _look_for_fields(stream, encoding, options)
    stream.seek(0)
    whole = hashlib.sha256()
    parts = tuple(_line_parts(stream, size, whole))
    return Cut(parts, "", encoding, whole.hexdigest())


def _line_parts(stream: BinaryIO, size: int, whole: Any) -> Iterator[Part]:
    """Parts of at least so many bytes, the last one perhaps of fewer. `whole`: is told of every byte."""
    start = at = before = lines = 0
    digest = hashlib.sha256()
    while block := stream.read(_BLOCK):
        whole.update(block)
        while at + len(block) >= start + size:
            end = block.find(b"\n", max(0, start + size - at - 1)) + 1
            if not end:
                break
            head, block = block[:end], block[end:]
            digest.update(head)
            at += end
            lines += head.count(b"\n")
            yield Part(Stretch(start, at, before), digest.hexdigest())
            start, before, digest = at, lines, hashlib.sha256()
        digest.update(block)
        at += len(block)
        lines += block.count(b"\n")
    if at > start:
        yield Part(Stretch(start, at, before), digest.hexdigest())


def _look_for_fields(stream: BinaryIO, encoding: Encoding, options: Options) -> None:
    """FormatError when a field that the user names is in no record; they are read until all have been met."""
    wanted, known = select(options.fields), select(options.columns)
    held = ""
    for text in read_parts(stream, encoding):
        if len(wanted.met) == len(wanted.patterns) and len(known.met) == len(known.patterns):
            return
        *lines, held = (held + text).split("\n")
        for line in lines:
            _meet(line, wanted, known)
    _meet(held, wanted, known)
    wanted.check()
    known.check()


def _meet(line: str, *selections: Any) -> None:
    try:
        for leaf in scan(line) if line.strip() else ():
            for selection in selections:
                selection.covering(leaf.path)
    except FormatError:
        return  # told of when its part is done


def _cut_groups(stream: BinaryIO, redactor: Redactor, options: Options, size: int) -> Cut:
    from redactor.formats.tables.parquet import looked_at

    table = looked_at(stream, DocumentSession(redactor, lambda *_: None), options)
    if table is None:
        return WHOLE
    stream.seek(0)
    digest = hashlib.file_digest(cast(BufferedReader, stream), "sha256").hexdigest()
    parts: list[Part] = []
    first = rows = held = 0
    for number, (own, bytes_of_it) in enumerate(table):
        if held and held + bytes_of_it > size:
            parts.append(Part(Stretch(first, number, rows), f"{digest}:{first}-{number}"))
            first, held = number, 0
            rows = sum(own for own, _ in table[:number])
        held += bytes_of_it
    parts.append(Part(Stretch(first, len(table), rows), f"{digest}:{first}-{len(table)}"))
    return Cut(tuple(parts), "", None, digest)
