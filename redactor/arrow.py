"""Arrow tables in, Arrow tables out: what engines for collections (Ray Data, Spark, Daft, Polars, DuckDB) call on each batch of rows.

    from redactor.arrow import RedactTable
    redact = RedactTable(["title", "text"])
    redacted = redact(table)

Needs the extra `parquet`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any, Final, Literal, TypeVar

import pyarrow as pa

from redactor.document.residue import Residue
from redactor.formats.options import Options
from redactor.formats.session import DocumentSession, OneProcess
from redactor.formats.tables.arrow_table import TableRedactor
from redactor.formats.tables.rows import MAX_ROWS
from redactor.formats.unit import Unit
from redactor.model import ENTITIES, FormatError, RedactorError, Result
from redactor.redactor import Redactor
from redactor.ruleset.cache import cache_folder
from redactor.settings import Settings

Detail = Literal["error", "entities", "edits", "residue"]
Rows = TypeVar("Rows", pa.Table, pa.RecordBatch)
_DETAILS: Final[Mapping[str, Any]] = {
    "error": pa.string(),
    "entities": pa.list_(pa.struct([("entity", pa.string()), ("count", pa.int64())])),
    "edits": pa.list_(
        pa.struct(
            [
                ("column", pa.string()),
                ("start", pa.int64()),
                ("end", pa.int64()),
                ("entity", pa.string()),
                ("rule", pa.string()),
            ]
        )
    ),
    "residue": pa.int64(),
}
_PREFIX: Final = "redactor_"
_making: Final = Lock()


@dataclass(frozen=True)
class RedactTable:
    """A function from table to table (or from record batch to record batch) that can be sent to the workers of an engine.

    `columns`: the columns, or paths into nested ones (`meta.title`, `items[*].body`), whose texts are redacted; () for all texts.
    `known`: by column, the entity that each of its values is, whatever it says. `rows`: "documents": each row is a document of its
    own, so that it makes no difference how an engine slices a table; "table": the rows of one call are the rows of one table.
    `details`: columns that are added, `redactor_` before their names: `error` (why a row could not be redacted, or null),
    `entities` (how many edits of each), `edits` (column, start and end in code points of the cell's text as it was, entity,
    rule) and `residue` (how many places of what is left deserve a look). `key_variable`: the environment variable of the worker
    that holds the key of a policy that needs one; the key itself never travels with the task.

    A row that can't be redacted is null in every column that is looked at, never what it was: ask for `error`, and count it.
    """

    columns: Sequence[str] = ()
    settings: Settings = field(default_factory=Settings)
    known: Mapping[str, str] = field(default_factory=dict)
    rows: Literal["documents", "table"] = "documents"
    details: Sequence[Detail] = ("error",)
    key_variable: str = "REDACTOR_KEY"

    def __post_init__(self) -> None:
        for name in ("columns", "details"):
            if isinstance(getattr(self, name), str):
                raise TypeError(f"{name} must be several names, not one string")
        for name, entity in self.known.items():
            if entity not in ENTITIES:
                raise ValueError(f"known: column {name!r}: unknown entity {entity!r}; known are {', '.join(ENTITIES)}")
        for chosen, choices in ((self.details, _DETAILS), ([self.rows], ("documents", "table"))):
            wrong = [each for each in chosen if each not in choices]
            if wrong:
                raise ValueError(f"{wrong[0]!r} is none of {', '.join(choices)}")

    def __call__(self, table: Rows) -> Rows:
        """The rows redacted, in the same order. FormatError when a column that is named is not there."""
        worker = self._worker(table.schema)
        batches = [table] if isinstance(table, pa.RecordBatch) else table.to_batches(max_chunksize=MAX_ROWS)
        done = [worker.redact(batch) for batch in batches]
        if isinstance(table, pa.RecordBatch):
            return done[0]
        return pa.Table.from_batches(done, schema=worker.schema)

    def schema(self, schema: pa.Schema) -> pa.Schema:
        """The schema of what comes out for rows of this schema: engines that plan ahead ask for it."""
        return self._worker(schema).schema

    def _worker(self, schema: pa.Schema) -> _Worker:
        taken = [name for name in schema.names if name in [_PREFIX + detail for detail in self.details]]
        if taken:
            raise FormatError("has a column {name} already: redacted before?", name=taken[0])
        given = os.environ.get(self.key_variable)
        key = None if given is None else given.encode()
        return _Worker(self, _redactor(_Settings(self.settings), key), schema)


@dataclass(frozen=True)
class _Settings:
    """Settings, told apart by their digest."""

    settings: Settings

    def __hash__(self) -> int:
        return hash(self.settings.digest)


@cache
def _made(settings: _Settings, key: bytes | None) -> Redactor:
    redactor = settings.settings.redactor(key, cache=cache_folder(os.environ))
    redactor.prepare()
    return redactor


def _redactor(settings: _Settings, key: bytes | None) -> Redactor:
    """The Redactor of the settings, made once in a process, whatever its threads ask for at once."""
    with _making:
        return _made(settings, key)


class _Worker:
    """Redacts batches of one schema."""

    def __init__(self, task: RedactTable, redactor: Redactor, schema: pa.Schema) -> None:
        self._task, self._redactor, self._source = task, redactor, schema
        self._options = Options(fields=tuple(task.columns), columns=dict(task.known))
        self._account = _Account()
        table = self._table()
        self._out = table.schema
        self._seen = table.seen
        plain = [column.with_nullable(True) if n in self._seen else column for n, column in enumerate(table.schema, 1)]
        told = [pa.field(_PREFIX + name, _DETAILS[name]) for name in task.details]
        self.schema = pa.schema([*plain, *told], table.schema.metadata)

    def _table(self) -> TableRedactor:
        work = OneProcess(self._redactor, residue="residue" in self._task.details)
        session = DocumentSession(self._redactor, self._account, work=work)
        return TableRedactor(self._source, session, self._options, documents=self._task.rows == "documents")

    def redact(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """What becomes of some rows."""
        pieces = list(self._pieces(batch)) or [self._empty()]
        return (
            pa.Table.from_batches(pieces, schema=self.schema).combine_chunks().to_batches()[0]
            if len(pieces) > 1
            else pieces[0]
        )

    def _pieces(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        """Where a batch can't be redacted, half of it at a time, down to the row that is to blame."""
        table = self._table()
        self._account.residue.clear()
        try:
            redacted = table.redact(batch)
        except RedactorError as error:
            if batch.num_rows <= 1:
                yield self._failed(batch, str(error))
                return
            half = batch.num_rows // 2
            yield from self._pieces(batch.slice(0, half))
            yield from self._pieces(batch.slice(half))
            return
        told = [self._told(name, table) for name in self._task.details]
        yield pa.RecordBatch.from_arrays([*redacted.columns, *told], schema=self.schema)

    def _told(self, name: str, table: TableRedactor) -> pa.Array:
        rows = table.told
        values: list[Any] = [None] * len(rows)
        if name == "entities":
            counts = [Counter(edit.entity for _, edits in row for edit in edits) for row in rows]
            values = [[{"entity": e, "count": n} for e, n in sorted(each.items())] for each in counts]
        elif name == "edits":
            values = [
                [
                    {
                        "column": self._out.names[number - 1],
                        "start": edit.start,
                        "end": edit.end,
                        "entity": edit.entity,
                        "rule": edit.rule,
                    }
                    for number, edits in row
                    for edit in edits
                ]
                for row in rows
            ]
        elif name == "residue":
            values = [self._account.residue[f"row {number}"] for number in range(1, len(rows) + 1)]
        return pa.array(values, _DETAILS[name])

    def _failed(self, row: pa.RecordBatch, reason: str) -> pa.RecordBatch:
        """A row that could not be redacted: nothing of it but what nobody asked to look at."""
        columns = [
            pa.nulls(1, out.type) if number in self._seen else row.column(number - 1)
            for number, out in enumerate(self._out, 1)
        ]
        told = [pa.array([reason if name == "error" else None], _DETAILS[name]) for name in self._task.details]
        return pa.RecordBatch.from_arrays([*columns, *told], schema=self.schema)

    def _empty(self) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays([pa.nulls(0, each.type) for each in self.schema], schema=self.schema)


class _Account:
    """Counts what is left of each row."""

    def __init__(self) -> None:
        self.residue: Counter[str] = Counter()

    def __call__(
        self, text: str, result: Result, units: Sequence[Unit], residue: tuple[Residue, ...] | None = None
    ) -> None:
        if residue:
            row = next((unit.where.partition(",")[0] for unit in units if unit.where), "")
            self.residue[row] += sum(each.kind != "kept-digits" for each in residue)
