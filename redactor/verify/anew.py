"""An output beside what the program writes of the same original now: any byte that differs, told by line or by member."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final
from zipfile import BadZipFile, ZipFile

import regex

from redactor.language import later
from redactor.verify.intact import ADDED, LOST
from redactor.verify.model import MOST_BYTES, Leak
from redactor.verify.packed import place_of

_BYTES: Final = later("bytes outside the edits")
_MEMBER: Final = later("a part that differs")
_MOST: Final = 20
_FIELD: Final = regex.compile(rb"(<a:fld id=\"\{)[0-9A-F-]{36}(?=\}\")")
"""What LibreOffice, which converts old documents, calls a field: by chance, another each time."""
LINED: Final = frozenset(("text", "html", "xml", "csv", "json", "jsonl", "eml"))
"""Formats whose files have lines."""


def unlike(written: bytes, output: bytes, kind: str, *, converted: bool = False) -> list[Leak]:
    """Where an output differs from what the program writes, at most twenty places; none where all bytes are the same.

    `converted`: the program has it made of an old format, where fields are called by chance.
    """
    if written == output:
        return []
    if converted:
        written, output = _uncalled(written), _uncalled(output)
        if written == output:
            return []
    if kind in LINED:
        return list(_lines(written, output))
    members = list(_members(written, output)) if output[:2] == b"PK" and written[:2] == b"PK" else []
    return members[:_MOST] or [Leak("", _BYTES)]


def _uncalled(data: bytes) -> bytes:
    """A package with its fields called nothing; what is no package, or too much, as it is."""
    out = io.BytesIO()
    try:
        with ZipFile(io.BytesIO(data)) as package, ZipFile(out, "w") as plain:
            plain.comment = package.comment
            if sum(each.file_size for each in package.infolist()) > MOST_BYTES:
                return data
            for each in package.infolist():
                plain.writestr(each, _FIELD.sub(rb"\1", package.read(each)), compress_type=0)
    except (BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError):
        return data
    return out.getvalue()


def _lines(written: bytes, output: bytes) -> Iterator[Leak]:
    """The first line that differs: those behind it may only have moved."""
    for number, (wanted, found) in enumerate(zip_longest(written.split(b"\n"), output.split(b"\n")), start=1):
        if wanted != found:
            yield Leak(str(number), _BYTES, (found or b"").decode("utf-8", "replace")[:200])
            return


def _members(written: bytes, output: bytes) -> Iterator[Leak]:
    try:
        with ZipFile(io.BytesIO(written)) as wanted, ZipFile(io.BytesIO(output)) as found:
            names = [each.filename for each in wanted.infolist()]
            if sum(each.file_size for each in found.infolist()) > MOST_BYTES:
                return
            others = [each.filename for each in found.infolist()]
            office = "[Content_Types].xml" in names or "OFD.xml" in names
            for number, name in enumerate(dict.fromkeys((*names, *others)), start=1):
                place = place_of("", name, number, office)
                if name not in others:
                    yield Leak(place, LOST)
                elif name not in names:
                    yield Leak(place, ADDED)
                elif wanted.read(name) != found.read(name):
                    yield Leak(place, _MEMBER)
    except (BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError):
        return
