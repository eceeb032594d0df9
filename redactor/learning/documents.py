"""The documents of a collection, one at a time: texts as files, and rows of JSON Lines, CSV, Parquet."""

from __future__ import annotations

import csv
import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

from redactor.files.walk import Source
from redactor.formats.sniff import kind_of
from redactor.formats.tables.delimited import delimiter_of
from redactor.formats.tables.json_paths import Pattern, parse_path
from redactor.formats.tables.rows import Cell
from redactor.language import because, say
from redactor.model import FormatError, RedactorError
from redactor.text.decode import detect_encoding, read_parts
from redactor.text.show import show
from redactor.text.whole_file import open_regular

FOLDER: Final = "folder"
"""The grouping by the first folder below the input."""
_WHOLE_PARTS: Final = 4
"""Parts of a text at either end that are looked at; of a longer text, what lies between is only counted."""
_LONGEST_RECORD: Final = 32 << 20
_ROWS: Final = 256
_HOST: Final = re.compile(r"[A-Za-z][\w+.-]*://(?:[^/?#@]*@)?([^/?#:]+)")


@dataclass(frozen=True, slots=True)
class Document:
    """A text of the collection. `record`: the number of the row of a table that it is in, from 1; 0 of a text that is a file."""

    path: Path
    record: int
    group: str
    text: str

    def place(self, line: int) -> str:
        """Where a line of it stands; lines are counted from 1."""
        if not self.record:
            return f"{show(self.path)}:{line}"
        return say("{path}, row {record}, line {line}", path=show(self.path), record=self.record, line=line)


@dataclass
class Collection:
    """Inputs to be read, as often as need be; the documents come in the same order each time.

    `fields`: the paths of the texts of a row; without any, its long texts (those that `clean` reads as documents). `group_by`: FOLDER,
    the path of a value of a row (of an address, its host counts), or "": all are of one group.
    """

    sources: Sequence[Source]
    fields: Sequence[str] = ()
    group_by: str = ""
    encoding: str | None = None
    passed_over: dict[Path, str] = field(default_factory=dict)
    """What could not be read (to the end), and why."""
    _firsts: list[int] = field(default_factory=list)
    """By source, the number of its first document, as the first reading has found."""

    def __post_init__(self) -> None:
        self._wanted = tuple(map(parse_path, self.fields))
        self._grouped = parse_path(self.group_by) if self.group_by not in ("", FOLDER) else ()
        self._met = not self._wanted

    def documents(self) -> Iterator[Document]:
        """All documents. FormatError when none has what `fields` names."""
        self._firsts.clear()
        count = 0
        for source in self.sources:
            self._firsts.append(count)
            for document in self._read(source):
                count += 1
                yield document
        self._firsts.append(count)
        if not self._met and count == 0:
            raise FormatError("nothing stands at {missing}", missing=say(", ").join(map(repr, self.fields)))

    def some(self, numbers: Iterable[int]) -> Iterator[tuple[int, Document]]:
        """The documents of these numbers, once `documents` has been read to the end."""
        waiting = deque(sorted(set(numbers)))
        for source, first, after in zip(self.sources, self._firsts[:-1], self._firsts[1:], strict=True):
            if not waiting or waiting[0] >= after:
                continue
            for number, document in enumerate(self._read(source), first):
                if waiting and number == waiting[0]:
                    waiting.popleft()
                    yield number, document
                if not waiting or waiting[0] >= after:
                    break

    def _read(self, source: Source) -> Iterator[Document]:
        group = source.relative.parts[0] if self.group_by == FOLDER and len(source.relative.parts) > 1 else ""
        if source.closed:
            self.passed_over[source.path] = source.closed
            return
        try:
            with open_regular(source.path) as stream:
                kind = kind_of(stream, source.path.name)
                if kind == "text":
                    text = _text(stream, self.encoding)
                    if text:
                        yield Document(source.path, 0, group, text)
                    return
                for number, row in enumerate(self._rows(kind, stream), 1):
                    yield from self._of_row(source.path, number, group, row)
        except RedactorError as error:
            self.passed_over[source.path] = str(error)
        except OSError as error:
            self.passed_over[source.path] = because(error)

    def _of_row(self, path: Path, number: int, group: str, row: Any) -> Iterator[Document]:
        if self._grouped:
            group = _group(next(_values(row, self._grouped), ""))
        if self._wanted:
            texts = [each for pattern in self._wanted for value in _values(row, pattern) for each in _strings(value)]
        else:
            texts = [each for each in _strings(row) if Cell(each, "").long]
        self._met = self._met or bool(texts)
        yield from (Document(path, number, group, each) for each in texts if each)

    def _rows(self, kind: str, stream: BinaryIO) -> Iterator[Any]:
        if kind == "parquet":
            return _parquet(stream)
        if kind not in ("jsonl", "csv"):
            raise FormatError("is {kind}, and neither a text nor a table of texts", kind=kind)
        encoding = detect_encoding(stream, wanted=self.encoding)
        parts = read_parts(stream, encoding)
        return _json_lines(parts) if kind == "jsonl" else _delimited(parts)


def _text(stream: BinaryIO, encoding: str | None) -> str:
    """The text of a file; of a long one, what lies between head and tail is left out but for its line ends."""
    parts = read_parts(stream, detect_encoding(stream, wanted=encoding, plain=True))
    head = list(islice(parts, _WHOLE_PARTS))
    tail: deque[str] = deque()
    between = 0
    for part in parts:
        tail.append(part)
        if len(tail) > _WHOLE_PARTS:
            between += tail.popleft().count("\n")
    return "".join((*head, "\n" * between, *tail))


def _lines(parts: Iterable[str]) -> Iterator[str]:
    held = ""
    for part in parts:
        *lines, held = (held + part).split("\n")
        yield from lines
        if len(held) > _LONGEST_RECORD:
            raise FormatError("a line is longer than {longest_line} characters", longest_line=_LONGEST_RECORD)
    if held:
        yield held


def _json_lines(parts: Iterable[str]) -> Iterator[Any]:
    for number, line in enumerate(_lines(parts), 1):
        if not line or line.isspace():
            continue
        try:
            yield json.loads(line, strict=False)
        except (ValueError, RecursionError):
            raise FormatError("line {number}: not valid JSON", number=number) from None


def _delimited(parts: Iterator[str]) -> Iterator[dict[str, str]]:
    """The rows below the first, which names the columns."""
    first = next(parts, "")
    delimiter = delimiter_of(first)
    before = csv.field_size_limit(_LONGEST_RECORD)
    try:
        rows = csv.reader((f"{line}\n" for line in _lines((first, *parts))), delimiter=delimiter)
        names = next(rows, [])
        for row in rows:
            yield dict(zip(names, row, strict=False))
    except csv.Error:
        raise FormatError("row {number}: not as CSV has it", number=rows.line_num) from None
    finally:
        csv.field_size_limit(before)


def _parquet(stream: BinaryIO) -> Iterator[Any]:
    import pyarrow.parquet as pq

    from redactor.formats.tables.parquet import reading

    with reading("Parquet"):
        batches = pq.ParquetFile(stream, pre_buffer=False).iter_batches(batch_size=_ROWS, use_threads=False)
    while True:
        with reading("Parquet"):
            rows = next((batch.to_pylist() for batch in batches), None)
        if rows is None:
            return
        yield from rows


def _values(value: Any, pattern: Pattern) -> Iterator[Any]:
    """What stands at a path; in an array of documents, in each of them."""
    if not pattern:
        yield value
        return
    step, rest = pattern[0], pattern[1:]
    if isinstance(value, dict) and not step.array:
        for name in [step.name] if step.name is not None else list(value):
            if name in value:
                yield from _values(value[name], rest)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            if step.fits(number):
                yield from _values(each, rest)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _group(value: Any) -> str:
    text = str(value)
    address = _HOST.match(text)
    return address[1].lower() if address else text
