"""Rows of cells on their way through the core: columns that are known, short cells many at once, long texts each for itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from redactor.detect.headers import context_of, entity_of, is_no_value, label_of
from redactor.document.edits import apply
from redactor.document.state import Memory
from redactor.formats.unit import Redacted, Session, Spelled, Unit
from redactor.language import say
from redactor.model import Edit, FormatError
from redactor.text.show import escape

MAX_ROWS: Final = 5_000
MAX_CHARACTERS: Final = 250_000
"""How many rows are looked at together, and about how much text."""
_LONG: Final = 200
"""A cell of more characters, or with a line break, is a text that is read for itself."""
_SHOWN_NAMES: Final = 30
T = TypeVar("T")
_SIGNS: Final = re.compile(r"[!-~]*")
_WORDS: Final = re.compile(r"\n|[^\W\d_年月日时分秒]")
_PARAGRAPH: Final = Unit("", "")
_WALL: Final = Unit("----", "")
"""What stands between texts of a document, and between cells of a table: no number is read on into the next cell's word."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A text in a row.

    `entity`: what its column holds, if that is known; `certain`: by the user's word, so that even `-` is a value.
    `label`: what is read before it (`经办人：`), as context. `row`, `field`: the numbers of its row and column, `column`: what that is called, `number`,
    `spelled`: how it stands in its source, all as `Unit` has them.
    """

    text: str
    where: str
    entity: str = ""
    certain: bool = False
    label: str = ""
    row: int = 0
    field: int = 0
    number: bool = False
    spelled: Spelled | None = None
    column: str = ""

    @property
    def empty(self) -> bool:
        """Whether it says nothing: `-`, `无`, `N/A` are no values, unless the user says so."""
        return not self.certain and is_no_value(self.text)

    @property
    def long(self) -> bool:
        return len(self.text) > _LONG or "\n" in self.text

    @property
    def wordless(self) -> bool:
        """Whether it says nothing in words: an id, the address of a page, a date, a number."""
        return _SIGNS.fullmatch(self.text) is not None or not _WORDS.search(self.text)

    @property
    def context(self) -> str:
        return "" if self.long else self.label


Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """What is known of the cells of a column, as `Cell` has it. `looked_at`: whether they are; `name`: what it is called."""

    entity: str = ""
    certain: bool = False
    label: str = ""
    looked_at: bool = True
    name: str = ""

    def cell(self, text: str, where: str, row: int = 0, field: int = 0) -> Cell:
        """One of its cells."""
        return Cell(text, where, self.entity, self.certain, self.label, row, field, column=self.name)


def column_of(name: str, known: str = "", looked_at: bool = True) -> Column:
    """What the name of a column says. `known`: what it holds by the user's word."""
    if known:
        return Column(known, certain=True, name=name)
    return Column(entity_of(name), label=label_of(name), looked_at=looked_at, name=name)


def keyed(key: str, known: str = "", looked_at: bool = True, name: str = "") -> Column:
    """What a key says of its values: in English (name, address) it is said of things as often as of people, and no proof. `name`: with the keys above it."""
    if known or label_of(key):
        column = column_of(key, known, looked_at)
        return replace(column, name=name) if name and name != key else column
    return Column(label=context_of(key), looked_at=looked_at, name=name or key)


def no_column(name: str, names: Sequence[str], session: Session) -> FormatError:
    """That a column which is asked for is not there, and which are: what is no header after all is redacted in it."""
    shown = session.flow([Unit(each, "header") for each in names[:_SHOWN_NAMES]], prose=False)
    return FormatError(
        "no column {name!r}; the columns are {shown}",
        name=escape(name),
        shown=say(", ").join(escape(each.text) for each in shown),
    )


def in_batches(rows: Iterable[T], size: Callable[[T], int], most: int = MAX_CHARACTERS) -> Iterator[list[T]]:
    """Rows as many as are looked at together, of about so many characters."""
    batch: list[T] = []
    total = 0
    for row in rows:
        batch.append(row)
        total += size(row)
        if len(batch) >= MAX_ROWS or total >= most:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch


def hold_documents(rows: Iterable[Row]) -> bool:
    """Whether most rows have a long text in them: each row is a document then, and not a line of one table."""
    filled = [any(cell.long for cell in row) for row in rows if any(cell.text for cell in row)]
    return 2 * sum(filled) > len(filled)


def redact_rows(rows: Sequence[Row], session: Session, *, documents: bool) -> list[list[Redacted]]:
    """What becomes of the cells of some rows. `documents`: each row is a record of its own."""
    if not documents:
        return _as_table(rows, session)
    return redact_records([(session.record(), row) for row in rows], session)


def redact_records(records: Sequence[tuple[Memory, Row]], session: Session) -> list[list[Redacted]]:
    """What becomes of the texts of documents, each in reading order."""
    # Known values come first: what they are is then found in the other texts too.
    done = [[_value(cell, session, record) for cell in row] for record, row in records]
    waiting = [
        [n for n, cell in enumerate(row) if _is_read(own[n]) and not cell.empty]
        for own, (_, row) in zip(done, records, strict=True)
    ]
    some = [number for number, own in enumerate(waiting) if own]
    flows = [
        (records[number][0], _units([records[number][1][n] for n in waiting[number]], _PARAGRAPH)) for number in some
    ]
    for number, redacted in zip(some, session.flows(flows), strict=True):
        row = records[number][1]
        for n, became in zip(waiting[number], redacted[::2], strict=True):
            done[number][n] = done[number][n] or _without_label(became, row[n])
    return [
        [redacted or Redacted(cell.text) for redacted, cell in zip(own, row, strict=True)]
        for own, (_, row) in zip(done, records, strict=True)
    ]


def _as_table(rows: Sequence[Row], session: Session) -> list[list[Redacted]]:
    cells = [cell for row in rows for cell in row]
    done = [_value(cell, session) for cell in cells]
    read = [number for number, cell in enumerate(cells) if _is_read(done[number]) and not cell.empty]
    short = [number for number in read if not cells[number].long]
    for number, redacted in zip(short, _flow([cells[n] for n in short], session, prose=False), strict=True):
        done[number] = done[number] or redacted
    for number in read:
        if cells[number].long:
            done[number] = done[number] or next(_flow([cells[number]], session, prose=True))
    flat = iter(redacted or Redacted(cell.text) for redacted, cell in zip(done, cells, strict=True))
    return [[next(flat) for _ in row] for row in rows]


def _value(cell: Cell, session: Session, record: Memory | None = None) -> Redacted | None:
    """A cell of a known column; None when it is to be read like any other."""
    if not cell.entity or cell.empty:
        return None
    redacted = session.value(_unit(cell, ""), cell.entity, record)
    return redacted if redacted.edits or redacted.settled else None


def _is_read(done: Redacted | None) -> bool:
    """Whether a cell is read like any other, as far as it is known what becomes of it."""
    return done is None or done.again


def _flow(cells: Sequence[Cell], session: Session, *, prose: bool) -> Iterator[Redacted]:
    if not cells:
        return iter(())
    done = session.flow(_units(cells, _PARAGRAPH if prose else _WALL), prose=prose)
    return (_without_label(redacted, cell) for redacted, cell in zip(done[::2], cells, strict=True))


def _units(cells: Sequence[Cell], gap: Unit) -> list[Unit]:
    """What is read one after the other, with the gap after each."""
    return [unit for cell in cells for unit in (_unit(cell, cell.context), gap)]


def _unit(cell: Cell, context: str) -> Unit:
    """A cell behind its label, which is lent to it."""
    return Unit(
        context + cell.text,
        cell.where,
        len(context),
        row=cell.row,
        field=cell.field,
        number=cell.number,
        spelled=cell.spelled,
        wordless=cell.wordless,
        column=cell.column,
    )


def _without_label(redacted: Redacted, cell: Cell) -> Redacted:
    """The edits that lie in the cell itself; of one that begins in its label, what it takes of the cell."""
    shift = len(cell.context)
    if not shift:
        return redacted
    edits = tuple(
        Edit(max(edit.start - shift, 0), edit.end - shift, edit.replacement, edit.entity, edit.rule)
        for edit in redacted.edits
        if edit.end > shift
    )
    forms = redacted.forms[len(redacted.edits) - len(edits) :]
    return Redacted(apply(cell.text, edits), edits, redacted.gone, forms=forms)
