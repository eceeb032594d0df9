"""The text of a document, for collections of texts: read from the redacted document, by its own format, once more."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import BinaryIO, Final

import regex

from redactor.document.state import Memory
from redactor.formats.archives.nested import spool
from redactor.formats.options import Options
from redactor.formats.quiet import QuietSession
from redactor.formats.registry import TEXT, becomes, load_format
from redactor.formats.unit import Redacted, Session, Sink, Unit
from redactor.model import FormatError
from redactor.text.decode import Part, detect_encoding, read_parts

_AS_WRITTEN: Final = (TEXT, "csv", "json", "jsonl", "pdf")
"""Formats whose redacted documents are texts as they are; a PDF's is, unless a PDF is asked for."""
_ARCHIVES: Final = ("zip", "tar", "gzip", "bzip2", "xz")
_COLUMNS: Final = ("parquet", "arrow")
_TITLES: Final = ("title", "subject")
"""Places of texts that are no prose and head it."""
_BESIDE: Final = ("textarea", "iframe", "srcdoc attribute", "value attribute")
"""Places of texts that are no prose and that a reader of the page sees in it, in fields and frames."""
_NOT_READ = regex.compile(
    r".*![A-Z]{1,3}[0-9]{1,7}|ppt/(?:slideMasters|slideLayouts|notesMasters|handoutMasters)/.*", regex.S
)
"""Places of cells, which are read as rows, and of what presentations are made after."""


def write_text(kind: str, source: BinaryIO, out: Sink, session: Session, options: Options, name: str) -> None:
    """Write the text of a document in the place of the document, both redacted, as `options.to` says; in a record its name is, too."""
    _check_has_text(kind)
    as_text = replace(options, output=f".{becomes(kind) or 'txt'}")
    with spool() as redacted:
        load_format(kind)(source, redacted, session, as_text)
        redacted.seek(0)
        text = text_of(redacted, kind, options)
    if options.to == "text":
        out.write(text.encode("utf-8", "surrogatepass" if options.errors == "keep" else "strict"))
    else:
        [shown] = session.flow([Unit(name, "name of the file")], prose=False)
        out.write(as_record(text, kind, shown.text))


def _check_has_text(kind: str) -> None:
    """Refuse a format of which no one text can be made."""
    if kind in _ARCHIVES:
        raise FormatError("an archive holds documents of their own: unpack it for --to")
    if kind in _COLUMNS:
        raise FormatError("columns of data are no text: --to is for documents")


def text_of(redacted: BinaryIO, kind: str, options: Options) -> str:
    """The text of a document in a format, once it is redacted: paragraphs as lines, rows of sheets with tabs between their cells."""
    kind = becomes(kind) or kind
    if kind in _AS_WRITTEN:
        wanted = "utf-8" if kind == "pdf" else options.output_encoding or options.encoding
        return "".join(
            read_parts(redacted, detect_encoding(redacted, wanted=wanted, errors=options.errors), options.errors)
        )
    listing = _Listing()
    rows = list(_rows(redacted, options)) if kind == "xlsx" else []
    redacted.seek(0)
    load_format(kind)(redacted, io.BytesIO(), listing, Options(scrub_metadata=True, unknown=options.unknown))
    return "".join(f"{line}\n" for line in chain(rows, listing.lines()))


def _rows(redacted: BinaryIO, options: Options) -> Iterator[str]:
    """The rows of a workbook, with tabs between cells."""
    from redactor.formats.office.xlsx import rows  # not without the extra that it needs

    for row in rows(redacted, _Listing(), options):
        yield "\t".join(" ".join(cell.split()) for cell in row)


def as_record(text: str, kind: str, source: str) -> bytes:
    """A line of JSON Lines for a document."""
    record = json.dumps({"source": source, "format": kind, "text": text}, ensure_ascii=False)
    return record.encode("utf-8", "backslashreplace") + b"\n"


def _is_seen_beside(unit: Unit) -> bool:
    """Whether a text stands in a field or a frame of a page; what programs put into values is one word of ASCII."""
    text = unit.text.strip()
    return unit.where in _BESIDE and (unit.where != "value attribute" or not text.isascii() or " " in text)


def _rank(unit: Unit) -> int:
    """Which of the texts of a document come first."""
    return 0 if unit.where in _TITLES else 2 if unit.where in _BESIDE else 1


class _Listing(QuietSession):
    """A `Session` that changes nothing and keeps what a reader reads, in order."""

    def __init__(self) -> None:
        self._kept: list[Unit] = []

    def lines(self) -> Iterator[str]:
        """Titles, then paragraphs in order, then what stands in fields and frames; blank ones are left out."""
        for unit in sorted(self._kept, key=_rank):
            if unit.text.strip():
                yield from unit.text.rstrip("\r\n").split("\n")

    def stream(self, units: Iterable[Unit], *, prose: bool = True) -> Iterator[Redacted]:
        for unit in units:
            if unit.where in _TITLES or _is_seen_beside(unit) or (prose and not _NOT_READ.fullmatch(unit.where)):
                self._kept.append(unit)
            yield Redacted(unit.text)

    def text(self, parts: Callable[[], Iterable[Part]], where: str) -> Iterator[str]:
        for part in parts():
            text = part()
            self._kept.append(Unit(text, where))
            yield text

    def value(self, unit: Unit, entity: str, record: Memory | None = None) -> Redacted:
        return Redacted(unit.text)
