"""The tables of a workbook's sheets: which row names the columns, what becomes of their cells, headers and formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import Final

from lxml import etree

from redactor.detect.headers import entity_of, has_remark
from redactor.formats.office.cells import Grid, Held, corners, plain
from redactor.formats.office.formulas import look_at
from redactor.formats.office.markup import elements, local
from redactor.formats.tables.rows import Cell, Column, column_of, hold_documents, in_batches, no_column, redact_rows
from redactor.formats.unit import Session, Unit, replaced

_HEADER_WITHIN: Final = 10
"""Rows among which the header is looked for: a title may stand above it."""
_SAMPLE_ROWS: Final = 200
_FIGURES: Final = frozenset(("DATE_TIME", "MONEY", "PERCENT", "QUANTITY", "BOILERPLATE"))
"""What is redacted where it stands, but says nothing of an equal cell elsewhere."""
_LEAST_COPY: Final = 2
_LEAST_DIGITS: Final = 7


_OPEN: Final = Column()


@dataclass(slots=True)
class Sheet:
    """A sheet of a workbook. `place`: how it is called in reports; `element`: where the workbook names it."""

    part: str
    place: str
    element: etree._Element
    data: etree._Element | None
    grid: Grid
    tables: Sequence[etree._Element] = ()

    def write_formulas(self, became: Mapping[str, str | None]) -> int:
        """Write formulas. Those that can't stay, or whose value was redacted, leave their values; how many.

        A formula that comes to what was redacted could be put together from what is left: it goes, with all that share it.
        """
        lost: set[int] = set()
        groups: set[str] = set()
        for held in self.grid.cells():
            formula = held.formula
            if formula is None:
                continue
            new = became[formula.text] if formula.text else ""
            if new is None or held.edited:
                lost.add(id(held))
                groups |= {held.group} - {""}
            elif formula.text:
                formula.text = new
        for held in self.grid.cells():
            if id(held) in lost or (groups and held.group in groups):
                lost.add(id(held))
                held.drop_formula()
        return len(lost)

    def rename_columns(
        self, table: etree._Element, renamed: dict[str, str], copies: Mapping[str, str], session: Session
    ) -> None:
        """Let the columns of a table be called what their header cells have become, no two alike."""
        range_ = corners(table.get("ref", ""))
        columns = [e for e in elements(table) if local(e) == "tableColumn"]
        has_header = range_ is not None and table.get("headerRowCount", "1") != "0"
        headers = {
            held.column - range_[1]: held
            for held in (self.grid.cells() if has_header and range_ else ())
            if range_ and held.row == range_[0]
        }
        names = [column.get("name", "") for column in columns]
        found = look_at({name: self.place for name in names if name}, session)
        taken = {name.casefold() for name in names}
        for number, (column, old) in enumerate(zip(columns, names, strict=True)):
            held = headers.get(number)
            text = held.became.text if held is not None and held.became is not None and held.edited else ""
            if not text and (held is None or not held.edited):
                text = copies.get(old, found[old].text if old else old)
                if text == old:
                    continue
            text = text if text and text.casefold() not in taken else unique_name(text or "column", taken)
            taken.add(text.casefold())
            column.set("name", text)
            renamed[plain(old).casefold()] = text
            if held is not None:
                held.became = replaced(held.text, text, "column")
                held.put(text)


def unique_name(stem: str, taken: set[str]) -> str:
    """A name that is not taken, and is then."""
    name = next(n for n in (f"{stem}{number}" for number in count(1)) if n.casefold() not in taken)
    taken.add(name.casefold())
    return name


def redact_cells(
    sheets: Sequence[Sheet], copies: dict[str, str], session: Session, columns: Mapping[str, str], *, complete: bool
) -> None:
    """Say of each cell what has become of it, and in `copies` what becomes of its text wherever else it stands.

    `columns`: entities by the names of columns, as the user gave them; where they are to be `complete`, one that no sheet
    has is an error.
    """
    layouts = [_layout(sheet, columns) for sheet in sheets]
    missing = set(columns).difference(*(layout.names for layout in layouts))
    if missing and complete:
        names = list(dict.fromkeys(name for layout in layouts for name in layout.names if name))
        raise no_column(min(missing), names, session)
    for sheet, layout in zip(sheets, layouts, strict=True):
        _redact_sheet(sheet, layout, session)
    for held in _cells(sheets):
        if held.became is not None and any(edit.entity not in _FIGURES for edit in held.became.edits):
            digits = held.text.strip().isdecimal()
            if len(held.text.strip()) >= (_LEAST_DIGITS if digits else _LEAST_COPY):
                copies.setdefault(held.text, held.became.text)
    for held in _cells(sheets):
        if held.text in copies and not held.edited:
            held.became = replaced(held.text, copies[held.text], "copy")


def _cells(sheets: Iterable[Sheet]) -> Iterator[Held]:
    for sheet in sheets:
        yield from sheet.grid.cells()


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows and columns under one header, from the row after it to the last."""

    header: int
    last: int
    columns: Mapping[int, Column]

    def holds(self, held: Held) -> bool:
        return held.column in self.columns and self.header <= held.row <= self.last


@dataclass(frozen=True, slots=True)
class _Layout:
    """What is known of the columns of a sheet: blocks, the narrower before the wider; and their names."""

    blocks: tuple[_Block, ...]
    names: tuple[str, ...]

    def column(self, held: Held) -> Column | None:
        """What a cell's column is; None for a header that needs no look."""
        for block in self.blocks:
            if block.holds(held):
                column = block.columns[held.column]
                if held.row > block.header:
                    return column
                return None if column.entity and not has_remark(held.text) else _OPEN
        return _OPEN


def _layout(sheet: Sheet, columns: Mapping[str, str]) -> _Layout:
    blocks: list[_Block] = []
    names: list[str] = []
    rows = {row[0].row: row for row in sheet.grid.rows}
    for table in sheet.tables:
        found = corners(table.get("ref", ""))
        if found and table.get("headerRowCount", "1") != "0" and found[0] in rows:
            header = [held for held in rows[found[0]] if found[1] <= held.column <= found[3]]
            blocks.append(_block(header, found[2], columns))
            names += [held.text.strip() for held in header]
    top = _header(sheet.grid.rows[:_HEADER_WITHIN], columns)
    if top:
        blocks.append(_block(top, 1 << 30, columns))
    names += [held.text.strip() for held in top or (sheet.grid.rows[0] if sheet.grid.rows else ())]
    return _Layout(tuple(blocks), tuple(names))


def _header(rows: Sequence[Sequence[Held]], columns: Mapping[str, str]) -> Sequence[Held]:
    """The row that names the columns, as far as it can be told."""
    for row in rows:
        if any(held.text.strip() in columns for held in row):
            return row
    for number, row in enumerate(rows):
        if sum(bool(entity_of(held.text.strip())) for held in row) > (number > 0):
            return row
    return ()


def _block(header: Sequence[Held], last: int, columns: Mapping[str, str]) -> _Block:
    names = {held.column: held.text.strip() for held in header}
    found = {number: column_of(name, columns.get(name, "")) for number, name in names.items()}
    return _Block(header[0].row if header else 0, last, found)


def _redact_sheet(sheet: Sheet, layout: _Layout, session: Session) -> None:
    """Rows of several cells as a table; rows of one, where no header says what it is, as lines of running text."""
    table: list[list[tuple[Held, Cell]]] = []
    lines: list[Held] = []
    for row in sheet.grid.rows:
        columns = [(held, layout.column(held)) for held in row if held.text.strip()]
        wanted = [(held, column) for held, column in columns if column is not None]
        if len(columns) == 1 and wanted and not wanted[0][1].entity:
            lines.append(wanted[0][0])
        elif wanted:
            table.append([(held, _cell(held, column, sheet)) for held, column in wanted])
    documents = hold_documents([cell for _, cell in row] for row in table[:_SAMPLE_ROWS])
    for batch in in_batches(table, lambda row: sum(len(cell.text) for _, cell in row)):
        done = redact_rows([[cell for _, cell in row] for row in batch], session, documents=documents)
        for (held, _), redacted in zip(chain.from_iterable(batch), chain.from_iterable(done), strict=True):
            held.became = redacted
    if lines:
        answers = session.flow([Unit(held.text, _place(held, sheet), number=held.number) for held in lines])
        for held, redacted in zip(lines, answers, strict=True):
            held.became = redacted


def _cell(held: Held, column: Column, sheet: Sheet) -> Cell:
    return replace(column.cell(held.text, _place(held, sheet)), number=held.number)


def _place(held: Held, sheet: Sheet) -> str:
    return f"{sheet.place}!{held.place}"
