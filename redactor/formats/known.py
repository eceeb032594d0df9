"""The formats that are known: how each is called, what it needs, what it sees. Their modules are loaded when one is met."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from redactor.formats.unit import Redact
from redactor.model import FormatError


@dataclass(frozen=True, slots=True)
class Format:
    """One format. `extra`: what to install for it (`redactor[docx]`), none when the core suffices."""

    name: str
    title: str
    suffixes: tuple[str, ...]
    module: str
    extra: str = ""
    sees: str = ""
    misses: str = ""


TEXT = "text"
FORMATS = {
    each.name: each
    for each in (
        Format(
            TEXT,
            "Plain text",
            (".txt", ".md", ".log"),
            "",
            sees="all of it, in any encoding that can be told",
            misses="nothing",
        ),
        Format(
            "csv",
            "CSV, TSV",
            (".csv", ".tsv", ".tab"),
            "delimited",
            sees="every cell and header, in any encoding that can be told; columns whose header says what they hold",
            misses="a value that is split over several cells",
        ),
        Format(
            "json",
            "JSON",
            (".json",),
            "json",
            sees="every text, keys included, and whole numbers of five digits and more",
            misses="shorter numbers and those with a fraction; values that are split over several texts",
        ),
        Format(
            "jsonl",
            "JSON Lines",
            (".jsonl", ".ndjson"),
            "jsonl",
            sees="what is seen in JSON, each line as a document of its own",
            misses="what is missed in JSON",
        ),
        Format(
            "parquet",
            "Parquet",
            (".parquet",),
            "parquet",
            "parquet",
            sees="texts of any nesting, dictionaries, column names, metadata",
            misses="binary columns and, unless a column rule names them, numbers and dates",
        ),
        Format(
            "arrow",
            "Arrow IPC, Feather",
            (".arrow", ".feather", ".ipc", ".arrows"),
            "arrow",
            "parquet",
            sees="what is seen in Parquet",
            misses="what is missed in Parquet",
        ),
        Format(
            "docx",
            "Word document",
            (".docx", ".dotx"),
            "docx",
            extra="docx",
            sees="all text of all parts: body, notes, headers, comments, text boxes, fields, links, properties, charts, embedded files",
            misses="what is to be seen in pictures, and embedded files of old binary kinds",
        ),
        Format(
            "xlsx",
            "Excel workbook",
            (".xlsx", ".xltx"),
            "xlsx",
            extra="xlsx",
            sees="all cells, hidden ones too, by their columns; formulas, comments, names, pivot tables, charts, properties, embedded files",
            misses="what is to be seen in pictures, embedded files of old binary kinds, a value that is split over several cells",
        ),
        Format(
            "pptx",
            "PowerPoint presentation",
            (".pptx", ".ppsx", ".potx"),
            "pptx",
            extra="pptx",
            sees="all text of slides, notes, masters, tables, charts and diagrams, comments, links, properties, embedded files",
            misses="what is to be seen or heard in pictures, films and sounds, and embedded files of old binary kinds",
        ),
        Format(
            "ole",
            "Old Word document",
            (".doc", ".wps"),
            "ole",
            extra="docx",
            sees="what a Word document does, once LibreOffice has made one of it; only written as .docx",
            misses="what LibreOffice does not read",
        ),
    )
}


def load_format(name: str) -> Redact:
    """The `redact` of a format other than plain text. FormatError names the extra that is missing."""
    form = FORMATS[name]
    try:
        redact: Redact = import_module(f"redactor.formats.{form.module}").redact
    except ImportError as error:
        if not form.extra or (error.name or "").startswith("redactor"):
            raise
        raise FormatError(
            f'{form.title} needs {error.name}, which is not installed: pip install "redactor[{form.extra}]"'
        ) from None
    return redact
