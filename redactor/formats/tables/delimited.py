"""CSV, TSV and their kin (RFC 4180, and what spreadsheets write): every byte outside the edited cells stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

import regex

from redactor.detect.headers import entity_of, has_remark
from redactor.formats.options import Options
from redactor.formats.pieces import read_on
from redactor.formats.tables.encoding import sure_encoding
from redactor.formats.tables.rows import Cell, Column, column_of, hold_documents, in_batches, no_column, redact_rows
from redactor.formats.tables.told import DELIMITERS
from redactor.formats.unit import Redacted, Session, Sink
from redactor.model import FormatError
from redactor.text.decode import encode, read_parts

_SAMPLE: Final = 1 << 16
_SAMPLE_ROWS: Final = 200
_LONGEST_ROW: Final = 16 << 20
"""Characters of one row; more is a quote that was never closed."""
_HEADER_WITHIN: Final = 10
"""Rows among which the header is looked for: a title may stand above it."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula."""
_QUOTED = regex.compile(r'"[^"]*+(?:""[^"]*+)*+"')
_LINE_END = regex.compile(r"\r\n|\r|\n")
_SEPARATOR_LINE = regex.compile(r"sep=([^\r\n])(?:\r\n|\r|\n)", regex.I)
"""A first line by which Excel is told the delimiter."""


@dataclass(frozen=True, slots=True)
class _Record:
    """A row as it stands in the file: its cells with their quotes, and the line end."""

    cells: tuple[str, ...]
    end: str


@dataclass(frozen=True, slots=True)
class _Table:
    """What the beginning of a file has shown. `header`: the number of that row, from 0; -1 when there is none."""

    delimiter: str
    header: int
    columns: tuple[Column, ...]
    others: Column
    documents: bool


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact the cells of a file of delimiter-separated values."""
    encoding = sure_encoding(source, options)
    session.writes_in((encoding.name,))
    out.write(encoding.bom)
    table: _Table | None = None
    first = 0

    def set_aside(number: int, text: str) -> None:
        error = FormatError("a quoted cell of row {number} is never closed", number=number)
        if options.bad_lines == "refuse":
            raise error
        session.set_aside(f"row {number}", encode(text, encoding.name), str(error))

    records = _records(read_parts(source, encoding), set_aside)
    for found in in_batches(records, lambda each: sum(map(len, each[1].cells))):
        batch = [record for _, record in found]
        table = table or _table(found[0][0], batch, session, options)
        out.write(encode(_redacted(batch, first, table, session), encoding.name))
        first += len(batch)
    session.counted(max(0, first - table.header - 1) if table else 0)


def _records(parts: Iterator[str], set_aside: Callable[[int, str], None]) -> Iterator[tuple[str, _Record]]:
    """The rows of the file, each with the delimiter that was found out.

    `set_aside`: takes the number and the first line of a row whose quote is never closed, or raises; rows begin anew at the next line.
    """
    held = next(parts, "")
    delimiter = delimiter_of(held)
    cell = _cell_pattern(delimiter)
    number, final = 0, False
    while held or not final:
        held, final = read_on(held, parts)
        at = 0
        for record, end in _scan(held, cell, final=final):
            number += 1
            at = end
            yield delimiter, record
        held = held[at:]
        if len(held) > _LONGEST_ROW:
            raise FormatError(
                "row {number} is longer than {longest_row} characters; is a quote not closed?",
                number=number + 1,
                longest_row=_LONGEST_ROW,
            )
        if held and final:
            number += 1
            end = match.end() if (match := _LINE_END.search(held)) else len(held)
            set_aside(number, held[:end])
            held = held[end:]


def _cell_pattern(delimiter: str) -> regex.Pattern[str]:
    sign = regex.escape(delimiter)
    other = rf"[^{sign}\r\n]*+"
    return regex.compile(rf"(?:({_QUOTED.pattern}{other})|({other}))({sign}|\r\n|\r|\n|\Z)")


def _scan(text: str, cell: regex.Pattern[str], *, final: bool) -> Iterator[tuple[_Record, int]]:
    """The whole rows of a text, each with where it ends; what follows the last one is not whole yet."""
    cells: list[str] = []
    size = len(text)
    for match in cell.finditer(text):
        quoted, plain, end = match.groups()
        if plain is not None and plain[:1] == '"':
            return  # not closed in this text
        cells.append(quoted or plain)
        if end not in ("", "\r\n", "\r", "\n"):
            continue
        if match.end() == size:
            if not final and end != "\n" and end != "\r\n":
                return
            if end == "" and cells == [""]:
                return
        yield _Record(tuple(cells), end), match.end()
        cells = []


def delimiter_of(text: str) -> str:
    """The sign that gives the most regular rows at the beginning of a file."""
    told = _SEPARATOR_LINE.match(text)
    if told:
        return told[1]
    sample = text[:_SAMPLE]
    return max(DELIMITERS, key=lambda sign: _regularity(sample, sign, whole=len(text) <= _SAMPLE))


def _regularity(sample: str, delimiter: str, *, whole: bool) -> tuple[float, int]:
    """The share of rows that are of the commonest width, and that width; nothing for rows of one cell."""
    widths: list[int] = []
    for record, _ in _scan(sample, _cell_pattern(delimiter), final=whole):
        if record.cells != ("",):
            widths.append(len(record.cells))
        if len(widths) == _SAMPLE_ROWS:
            break
    if not widths:
        return 0.0, 0
    width = max(set(widths), key=lambda w: (widths.count(w), w))
    return (round(widths.count(width) / len(widths), 1), width) if width > 1 else (0.0, 0)


def _table(delimiter: str, batch: Sequence[_Record], session: Session, options: Options) -> _Table:
    rows = [[_text(raw) for raw in record.cells] for record in batch[:_SAMPLE_ROWS]]
    header = _header(rows, delimiter, session, {*options.columns, *options.fields})
    others = Column(looked_at=not options.fields)
    names = rows[header] if header >= 0 else []
    columns = tuple(
        column_of(name, options.columns.get(name, ""), not options.fields or name in options.fields)
        for name in map(str.strip, names)
    )
    body = ([Cell(text, "") for text in row] for row in rows[header + 1 :])
    return _Table(delimiter, header, columns, others, hold_documents(body))


def _header(rows: Sequence[Sequence[str]], delimiter: str, session: Session, wanted: set[str]) -> int:
    """The number of the row that names the columns. FormatError when a column that is asked for is in none."""
    first = 1 if rows and [cell.casefold() for cell in rows[0]] == ["sep=", ""] else 0
    for number, row in enumerate(rows[first:_HEADER_WITHIN], first):
        names = [cell.strip() for cell in row]
        known = sum(bool(entity_of(name)) for name in names)
        if wanted <= set(names) if wanted else known > (number > first):
            return number
    if not wanted:
        return -1
    names = [name for name in (cell.strip() for cell in rows[first]) if name] if len(rows) > first else []
    raise no_column(min(wanted - set(names) or wanted), names, session)


def _text(raw: str) -> str:
    """What a cell says; what follows its closing quote belongs to it, as spreadsheets have it."""
    if raw[:1] != '"':
        return raw
    quoted = _QUOTED.match(raw)
    assert quoted
    return quoted.group()[1:-1].replace('""', '"') + raw[quoted.end() :]


def _redacted(batch: Sequence[_Record], first: int, table: _Table, session: Session) -> str:
    """The batch's part of the file with its cells redacted. `first`: the number of its first row, from 0."""
    places: list[list[int]] = []
    rows: list[list[Cell]] = []
    for number, record in enumerate(batch, first):
        columns = [_column_at(table, number, index, raw) for index, raw in enumerate(record.cells)]
        wanted = [index for index, raw in enumerate(record.cells) if columns[index].looked_at and raw.strip()]
        places.append(wanted)
        where = f"row {number + 1}, column"
        rows.append(
            [
                columns[index].cell(_text(record.cells[index]), f"{where} {index + 1}", number + 1, index + 1)
                for index in wanted
            ]
        )
    pieces: list[str] = []
    done = redact_rows(rows, session, documents=table.documents)
    for record, wanted, row, redacted in zip(batch, places, rows, done, strict=True):
        cells = list(record.cells)
        for index, cell, became in zip(wanted, row, redacted, strict=True):
            if became.edits:
                cells[index] = _written(cells[index], cell.text, became, table.delimiter, alone=len(cells) == 1)
        pieces += (table.delimiter.join(cells), record.end)
    return "".join(pieces)


def _column_at(table: _Table, number: int, index: int, raw: str) -> Column:
    if number > table.header and index < len(table.columns):
        return table.columns[index]
    if number == table.header and (table.columns[index].certain or (entity_of(_text(raw)) and not has_remark(raw))):
        return Column(looked_at=False)
    return table.others


def _written(raw: str, before: str, became: Redacted, delimiter: str, *, alone: bool) -> str:
    """A redacted cell as it is to stand in the file: quoted as it was, or where it must be; never a formula that it was not before."""
    after = became.text
    if after.startswith(_FORMULA) and not (before.startswith(_FORMULA) or became.forms):
        after = "'" + after
    quoted = raw[:1] == '"' or after[:1] == '"' or any(sign in after for sign in (delimiter, "\r", "\n"))
    # A row of one empty cell would be an empty line, which readers pass over.
    if quoted or (alone and not after):
        return '"' + after.replace('"', '""') + '"'
    return after
