"""The text of edits, read from the originals by the places that a table of edits has: plain text, CSV, JSONL and Parquet.

Other documents have no places that can be found again by offsets alone. Names in the table are not trusted: nothing outside the folder
that is named is read.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, BinaryIO, Final

from redactor.files.inputs import open_input
from redactor.files.tables.model import EditRow
from redactor.formats.registry import TEXT
from redactor.formats.sniff import kind_of
from redactor.formats.tables.json_scan import decoded, scan
from redactor.model import RedactorError
from redactor.text.decode import detect_encoding, read_parts

_AROUND: Final = 24
"""Characters of context on each side."""
Place = tuple[int, int]
"""Row and field."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What an edit has edited, with some characters around it."""

    before: str
    text: str
    after: str


def read_originals(rows: Iterable[EditRow], folder: Path) -> dict[EditRow, Shown]:
    """The text of each edit that can be found in the originals below a folder; what can't is left out."""
    by_file: dict[str, list[EditRow]] = defaultdict(list)
    for row in rows:
        by_file[row.file].append(row)
    found: dict[EditRow, Shown] = {}
    for name, edits in sorted(by_file.items()):
        path = below(folder, name)
        if path is not None:
            found |= dict(_found(path, edits))
    return found


def below(folder: Path, name: str) -> Path | None:
    """The file below a folder whose path is the longest end of a name, as the command was given it; None where there is none."""
    parts = [part for part in PurePath(name).parts if part not in ("/", ".")]
    if ".." in parts:
        parts = parts[len(parts) - parts[::-1].index("..") :]
    top = folder.resolve()
    for first in range(len(parts)):
        path = top.joinpath(*parts[first:])
        if path.is_file() and path.resolve().is_relative_to(top):
            return path
    return None


def _found(path: Path, edits: list[EditRow]) -> Iterator[tuple[EditRow, Shown]]:
    try:
        with open_input(path) as opened:
            kind = kind_of(opened.stream, path.name)
            opened.stream.seek(0)
            read = _READERS.get(kind)
            texts = read(opened.stream, {(row.row or 0, row.field or 0) for row in edits}) if read else {}
    except (RedactorError, OSError, ValueError, csv.Error, ImportError):
        return
    for row in edits:
        text = texts.get((row.row or 0, row.field or 0))
        if text is not None and row.start < row.end <= len(text):
            yield row, shown(text, row.start, row.end)


def shown(text: str, start: int, end: int) -> Shown:
    """A stretch of a text with what is around it, on its line."""
    first = max(text.rfind("\n", 0, start) + 1, start - _AROUND)
    line_end = text.find("\n", end)
    last = min(len(text) if line_end < 0 else line_end, end + _AROUND)
    return Shown(text[first:start], text[start:end], text[end:last])


def _decoded(stream: BinaryIO) -> str:
    return "".join(read_parts(stream, detect_encoding(stream)))


def _text(stream: BinaryIO, _: set[Place]) -> dict[Place, str]:
    return {(0, 0): _decoded(stream)}


def _csv(stream: BinaryIO, wanted: set[Place]) -> dict[Place, str]:
    text = _decoded(stream)
    sample = text[: 1 << 16].partition("\n")[0]
    delimiter = max(",\t;|", key=sample.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return {
        (number, field): cell
        for number, row in enumerate(rows, 1)
        for field, cell in enumerate(row, 1)
        if (number, field) in wanted
    }


def _jsonl(stream: BinaryIO, wanted: set[Place]) -> dict[Place, str]:
    found: dict[Place, str] = {}
    numbers = {row for row, _ in wanted}
    for number, line in enumerate(_decoded(stream).split("\n"), 1):
        for field, leaf in enumerate(scan(line), 1) if number in numbers else ():
            if (number, field) in wanted:
                raw = line[leaf.start : leaf.end]
                found[number, field] = decoded(raw) if raw.startswith('"') else raw
    return found


def _parquet(stream: BinaryIO, wanted: set[Place]) -> dict[Place, str]:
    import pyarrow.parquet as pq

    from redactor.formats.tables.arrow_types import is_text

    found: dict[Place, str] = {}
    first = 1
    fields = {field for _, field in wanted}
    for batch in pq.ParquetFile(stream, pre_buffer=False).iter_batches(use_threads=False):
        for field in fields:
            if not 0 < field <= batch.num_columns or not is_text(batch.column(field - 1).type):
                continue  # a nested column: which of its texts it is can't be told
            column = batch.column(field - 1)
            for row, _ in (place for place in wanted if place[1] == field):
                if first <= row < first + batch.num_rows:
                    found[row, field] = column[row - first].as_py() or ""
        first += batch.num_rows
    return found


_READERS: Final[Mapping[str, Callable[[Any, set[Place]], dict[Place, str]]]] = {
    TEXT: _text,
    "csv": _csv,
    "jsonl": _jsonl,
    "parquet": _parquet,
}
