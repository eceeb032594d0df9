"""JSON as one file: redacted where its texts stand; every other character stays. An array is a row of documents."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import BinaryIO, Final

from redactor.document.state import Memory
from redactor.formats.options import Options
from redactor.formats.pieces import spliced
from redactor.formats.tables.encoding import sure_encoding
from redactor.formats.tables.json_records import JsonDocument, records
from redactor.formats.tables.json_scan import Leaf, scan
from redactor.formats.tables.rows import MAX_CHARACTERS
from redactor.formats.unit import Session, Sink
from redactor.model import FormatError
from redactor.text.decode import encode, read_parts

MAX_BYTES: Final = 100 << 20
"""A JSON file is held in memory as a whole: larger ones are refused."""


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact a JSON file; each element of an array at its root is a document of its own."""
    size = source.seek(0, 2)
    if size > MAX_BYTES:
        raise FormatError(f"a JSON file of more than {MAX_BYTES >> 20} MB; as JSON Lines it may be of any size")
    encoding = sure_encoding(source, options)
    text = "".join(read_parts(source, encoding))
    out.write(encoding.bom)
    if not text.strip(" \t\r\n"):
        out.write(encode(text, encoding.name))
        return
    documents = records(session, options, encoding)
    at = 0
    for group in _together(text, scan(text), session):
        for document, changes in zip(group, documents.redact(group), strict=True):
            end = document.leaves[-1].end
            out.write(encode(spliced(text, changes, at, end), encoding.name))
            at = end
    documents.check()
    out.write(encode(text[at:], encoding.name))


def _together(text: str, leaves: Iterator[Leaf], session: Session) -> Iterator[list[JsonDocument]]:
    """Documents that can be looked at together; each part of a long one but the first stands alone."""
    held: list[JsonDocument] = []
    size = 0
    record: Memory | None = None
    for group, begins in _documents(leaves):
        if held and (size > session.room or not begins):
            yield held
            held, size = [], 0
        record = session.record() if begins or record is None else record
        held.append(JsonDocument(text, group, lambda place: f"character {place + 1}", record))
        size += group[-1].end - group[0].start
        if not begins:
            yield held
            held, size = [], 0
    if held:
        yield held


def _documents(leaves: Iterator[Leaf]) -> Iterator[tuple[list[Leaf], bool]]:
    """The leaves by document, those of a long one in several groups; whether a document begins with the group."""
    for _, group in groupby(leaves, lambda leaf: leaf.path[0] if leaf.path and isinstance(leaf.path[0], int) else -1):
        held: list[Leaf] = []
        size, begins = 0, True
        for leaf in group:
            held.append(leaf)
            size += leaf.end - leaf.start
            if size > MAX_CHARACTERS and leaf.kind != "key":
                yield held, begins
                held, size, begins = [], 0, False
        if held:
            yield held, begins
