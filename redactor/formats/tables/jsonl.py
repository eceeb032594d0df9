"""JSON Lines: a document a line, redacted where its texts stand; every other character stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from redactor.formats.options import Options
from redactor.formats.pieces import read_on, spliced
from redactor.formats.tables.encoding import sure_encoding
from redactor.formats.tables.json_records import JsonDocument, records
from redactor.formats.tables.json_scan import scan
from redactor.formats.tables.rows import in_batches
from redactor.formats.unit import Session, Sink
from redactor.model import FormatError
from redactor.text.decode import encode, read_parts
from redactor.text.places import at, said_place

_LONGEST_LINE: Final = 32 << 20
"""Characters of one line."""


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact each line of a file as a document of its own."""
    encoding = sure_encoding(source, options)
    lines = records(session, options, encoding)
    out.write(encoding.bom)
    session.counted(0)
    part = options.stretch
    number, found = part.before if part else 0, False
    for block in _whole_lines(map("".join, in_batches(read_parts(source, encoding), len, session.room))):
        read: list[JsonDocument | None] = []
        for line in tuple(block):
            number += 1
            try:
                read.append(_read(line, number, session))
            except FormatError as error:
                if options.bad_lines == "refuse":
                    raise
                session.set_aside(f"line {number}", encode(line, encoding.name), str(error))
                del block[len(read)]
        session.counted(sum(document is not None for document in read))
        changes = iter(lines.redact([document for document in read if document]))
        pieces = [
            spliced(line, next(changes)) if document else line for line, document in zip(block, read, strict=True)
        ]
        found = found or any(read)
        out.write(encode("".join(pieces), encoding.name))
    if found and not part:  # of a part, who has cut the file has looked whether all fields are there
        lines.check()


def _whole_lines(parts: Iterator[str]) -> Iterator[list[str]]:
    """The lines of the text with their ends, some at a time; JSON texts may hold the other line ends of Unicode."""
    held, final = "", False
    while not final:
        held, final = read_on(held, parts)
        end = len(held) if final else held.rfind("\n") + 1
        if end:
            yield [line for line in re.split(r"(?<=\n)", held[:end]) if line]
        held = held[end:]
        if len(held) > _LONGEST_LINE:
            raise FormatError("a line is longer than {longest_line} characters", longest_line=_LONGEST_LINE)


def _read(line: str, number: int, session: Session) -> JsonDocument | None:
    """The document of a line; None for an empty one."""
    if not line.strip(" \t\r\n"):
        return None
    place = f"line {number}"
    try:
        return JsonDocument(line, list(scan(line)), lambda _: place, session.record(), number)
    except FormatError as error:
        raise error.reworded(at(said_place(place), error)) from None
