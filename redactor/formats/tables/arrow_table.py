"""The texts of Arrow tables on their way through the core: arrays of any nesting are built anew, of the same types."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import regex
from numpy.typing import NDArray
from pyarrow import types

from redactor.detect.headers import entity_of
from redactor.formats.limits import MAX_MEMBER
from redactor.formats.options import Options
from redactor.formats.tables.arrow_metadata import KeyValues, new_names
from redactor.formats.tables.arrow_types import (
    LISTS,
    holds_text,
    is_list,
    is_number,
    is_opaque,
    is_text,
    offset_type,
    plain_kind,
)
from redactor.formats.tables.json_paths import Selection, Step, parse_path
from redactor.formats.tables.json_scan import Path
from redactor.formats.tables.rows import Cell, Column, hold_documents, keyed, no_column, redact_rows
from redactor.formats.unit import Session, Unit, apart
from redactor.language import say
from redactor.model import Edit, FormatError

Rows = NDArray[np.int64]
"""The row that each element of a nested array is of."""
Rebuild = Callable[[], Any]
"""The array again, once its texts have been redacted."""
_ZONE: Final = regex.compile(r"[A-Za-z0-9_+:/-]{1,40}")
_DICTIONARY_REMEMBERED: Final = 100_000


@dataclass(frozen=True, slots=True)
class _Choice:
    """What is done with the values at a path of the schema. `number`: of the outermost column, from 1."""

    column: Column
    number: int
    nullable: bool


@dataclass
class TableRedactor:
    """Redacts the batches of one table, one after the other; `schema` is that of the output."""

    source: Any
    session: Session
    options: Options
    documents: bool | None = None
    """Whether each row is a document of its own; None: as the first rows look."""
    schema: Any = None
    told: list[list[tuple[int, tuple[Edit, ...]]]] = field(default_factory=list)
    """Of the rows that were redacted last, the edits of each text, with the number of its column."""
    seen: set[int] = field(default_factory=set)
    """The numbers of the columns that hold texts which are looked at, or known values; from 1."""
    rows_before: int = 0
    """Rows of the table before those that are redacted next."""
    _apart: bool = False
    """Whether what a row becomes hangs on no other row, so that dictionaries can't be redacted in place of rows."""
    _choices: dict[Path, _Choice] = field(default_factory=dict)
    _renamed: dict[str, str] = field(default_factory=dict)
    _unpacked: int = 0
    _cells: list[list[Cell]] = field(default_factory=list)
    _slots: list[list[tuple[list[Any], int, int]]] = field(default_factory=list)
    _dictionaries: dict[Path, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._apart = bool(self.documents)
        try:
            self._plan()
        except UnicodeDecodeError:
            raise FormatError("has a column whose name is no UTF-8") from None

    def _plan(self) -> None:
        self.session.counted(0)
        wanted, known = _selection(self.options.fields, self.source), _selection(self.options.columns, self.source)
        for number, column in enumerate(self.source, 1):
            for path, kind, nullable in _places((column.name,), column.type, column.nullable):
                self._choices[path] = choice = self._choose(path, number, nullable, wanted, known)
                if choice.column.certain or (choice.column.looked_at and holds_text(kind)):
                    self.seen.add(number)
                self._report(kind, choice, path)
        missing = [name for s in (wanted, known) for name in s.patterns if name not in s.met]
        if missing:
            raise no_column(missing[0], self.source.names, self.session)
        if not self.options.fields:
            self._renamed = new_names(self._named, self.session, "schema")
        fields = [self._field(column) for column in self.source]
        self.schema = pa.schema(fields, self.metadata(self.source.metadata, "schema"))

    def _choose(self, path: Path, number: int, nullable: bool, wanted: Selection, known: Selection) -> _Choice:
        rule = known.covering(path)
        looked_at = not wanted.patterns or bool(wanted.covering(path))
        return _Choice(keyed(_name(path), self.options.columns.get(rule or "", ""), looked_at), number, nullable)

    def _report(self, kind: Any, choice: _Choice, path: Path) -> None:
        """Tell of values that can't be looked into."""
        if not choice.column.looked_at or choice.column.certain:
            return
        if is_opaque(kind):
            self.session.unchecked(f"column {choice.number}", say("{plain_kind} values", plain_kind=plain_kind(kind)))
        elif is_number(kind) and entity_of(_name(path)):
            self.session.unchecked(
                f"column {choice.number}",
                say("numbers under a name that says {entity_of}", entity_of=entity_of(_name(path))),
            )

    def _field(self, column: Any) -> Any:
        name = self._renamed.get(column.name, column.name)
        kind = self._type(column.type)
        return pa.field(name, kind, column.nullable, self.metadata(column.metadata, f"field {name}"))

    def _type(self, kind: Any) -> Any:
        """A type with the names in it as they are to be written."""
        if types.is_struct(kind):
            return pa.struct([self._field(each) for each in kind])
        if types.is_map(kind):
            return pa.map_(self._field(kind.key_field), self._field(kind.item_field), kind.keys_sorted)
        if isinstance(kind, pa.BaseExtensionType):
            self._check_extension(kind)
        if types.is_timestamp(kind) and kind.tz and not _ZONE.fullmatch(kind.tz):
            raise FormatError("has a column of times in a zone that is none")
        if types.is_fixed_size_list(kind):
            return pa.list_(self._field(kind.value_field), kind.list_size)
        for is_kind, make in LISTS:
            if is_kind(kind):
                return make(self._field(kind.value_field))
        return kind

    def _check_extension(self, kind: Any) -> None:
        """FormatError for a type of another program that would have to be changed: only that program could."""
        # Types of the library itself tell what they are of only as text.
        written = kind.__arrow_ext_serialize__() if isinstance(kind, pa.ExtensionType) else b""
        said = (kind.extension_name, str(kind), written.decode("utf-8", "replace"))
        done = apart(self.session, [Unit(text, "schema") for text in said])
        if any(each.edits for each in done) or self._type(kind.storage_type) != kind.storage_type:
            raise FormatError("has a column of another program's type in whose description something was found")

    @cached_property
    def _named(self) -> list[str]:
        return _names(self.source)

    @cached_property
    def _called(self) -> frozenset[str]:
        return frozenset(self._named)

    def metadata(self, metadata: Mapping[bytes, bytes] | None, where: str) -> dict[bytes, bytes] | None:
        """Key-value metadata as it is to be written; what is no text stays and is reported."""
        return KeyValues(self.session, self._called, self._renamed).redacted(metadata, where)

    def bound(self, batch: Any, size: int, ratio: int) -> None:
        """FormatError when the batches of a file of a size, with this one, hold far more than they should."""
        self._unpacked += batch.nbytes
        if self._unpacked > MAX_MEMBER and self._unpacked > ratio * size:
            raise FormatError("unpacks to far more than a file of its size should hold")

    def redact(self, batch: Any) -> Any:
        """What becomes of some rows."""
        rebuilds = self._read_all(batch)
        if self.documents is None:
            self.documents = hold_documents(self._cells)
        done = redact_rows(self._cells, self.session, documents=self.documents)
        self.told = []
        for slots, row in zip(self._slots, done, strict=True):
            self.told.append([(number, each.edits) for (*_, number), each in zip(slots, row, strict=True)])
            for (texts, at, _), redacted in zip(slots, row, strict=True):
                if redacted.edits:
                    texts[at] = redacted.text
        self.rows_before += batch.num_rows
        self.session.counted(batch.num_rows)
        return pa.RecordBatch.from_arrays([rebuild() for rebuild in rebuilds], schema=self.schema)

    def hold_documents(self, batch: Any) -> bool:
        """Whether rows look as if each were a document of its own; nothing is redacted."""
        self._read_all(batch)
        return hold_documents(self._cells)

    def _read_all(self, batch: Any) -> list[Rebuild]:
        """Take the texts of a batch."""
        self._cells = [[] for _ in range(batch.num_rows)]
        self._slots = [[] for _ in range(batch.num_rows)]
        rows = np.arange(batch.num_rows, dtype=np.int64)
        return [
            self._read(array, (column.name,), rows, out.type)
            for column, out, array in zip(self.source, self.schema, batch.columns, strict=True)
        ]

    def _read(self, array: Any, path: Path, rows: Rows, out: Any) -> Rebuild:
        """Take the texts of an array, those of each row to the row's cells."""
        kind, choice = array.type, self._choices[path]
        for fits, read in _READERS:
            if fits(kind):
                rebuild: Rebuild = read(self, array, path, rows, out)
                return rebuild
        if is_text(kind) and choice.column.looked_at:
            texts = array.to_pylist()
            self._take(texts, rows, choice)
            return lambda: pa.array(texts, out)
        if choice.column.certain and not is_text(kind) and len(array) > array.null_count:
            return self._read_number(array, choice)
        return lambda: array

    def _read_extension(self, array: Any, path: Path, rows: Rows, out: Any) -> Rebuild:
        inner = self._read(array.storage, path, rows, out.storage_type)
        return lambda: pa.ExtensionArray.from_storage(out, inner())

    def _read_runs(self, array: Any, path: Path, rows: Rows, out: Any) -> Rebuild:
        inner = self._read(pc.run_end_decode(array), path, rows, out.value_type)
        return lambda: pc.run_end_encode(inner(), run_end_type=array.type.run_end_type)

    def _take(self, texts: list[Any], rows: Rows, choice: _Choice) -> None:
        for at, (row, text) in enumerate(zip(rows.tolist(), texts, strict=True)):
            if text and not text.isspace():
                whole = self.rows_before + row + 1
                where = f"row {whole}, column {choice.number}"
                self._cells[row].append(choice.column.cell(text, where, whole, choice.number))
                self._slots[row].append((texts, at, choice.number))

    def _read_number(self, array: Any, choice: _Choice) -> Rebuild:
        """Values that are no texts and that the user says are secret: there is no sign to put in their place but null."""
        gone = []
        for valid in array.is_valid().to_pylist():
            # What the value is does not count, and not every kind can be written as text.
            unit = Unit("0", f"column {choice.number}")
            gone.append(valid and bool(self.session.value(unit, choice.column.entity).edits))
        if not any(gone):
            return lambda: array
        if not choice.nullable:
            raise FormatError(
                "column {number} is to be redacted, holds no text and must not be null; change its type first",
                number=choice.number,
            )
        return lambda: _nulled(array, gone)

    def _read_dictionary(self, array: Any, path: Path, rows: Rows, out: Any) -> Rebuild:
        """A dictionary is redacted in place of the rows that refer to it; values that no row refers to are in it too."""
        kind, choice = array.type, self._choices[path]
        if not is_text(kind.value_type):
            return self._read_number(array, choice) if choice.column.certain else lambda: array
        if not choice.column.looked_at:
            return lambda: array
        if self._apart:
            inner = self._read(array.dictionary_decode(), path, rows, kind.value_type)
            return lambda: _encoded(inner(), kind)
        before = array.dictionary.to_pylist()
        known = self._dictionaries.setdefault(path, {})
        if len(known) > _DICTIONARY_REMEMBERED:
            known.clear()
        new = [text for text in dict.fromkeys(before) if text and text not in known]
        cells = [[choice.column.cell(text, f"dictionary of column {choice.number}")] for text in new]
        for text, (redacted,) in zip(new, redact_rows(cells, self.session, documents=False), strict=True):
            known[text] = redacted.text
        after = [known[text] if text else text for text in before]
        if after == before:
            return lambda: array
        unique = list(dict.fromkeys(after))
        places = {text: place for place, text in enumerate(unique)}
        moved = pa.array([places[text] for text in after], kind.index_type)
        return lambda: pa.DictionaryArray.from_arrays(
            moved.take(array.indices), pa.array(unique, kind.value_type), ordered=kind.ordered
        )

    def _read_struct(self, array: Any, path: Path, rows: Rows, out: Any) -> Rebuild:
        # flatten() and not field(): what stands below a null is not to be seen.
        inner = [
            self._read(child, (*path, each.name), rows, out_field.type)
            for each, out_field, child in zip(array.type, out, array.flatten(), strict=True)
        ]
        return lambda: pa.StructArray.from_arrays([i() for i in inner], fields=list(out), mask=array.is_null())

    def _read_list(self, array: Any, path: Path, rows: Rows, out: Any) -> Rebuild:
        # flatten() leaves out what stands below nulls, and so does the count.
        counts = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
        inner = self._read(array.flatten(), (*path, 0), np.repeat(rows, counts), out.value_type)
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        if types.is_list_view(out) or types.is_large_list_view(out):
            make = pa.ListViewArray if types.is_list_view(out) else pa.LargeListViewArray
            sizes = pa.array(np.diff(offsets), offset_type(out))
            starts = pa.array(offsets[:-1], offset_type(out))
            return lambda: make.from_arrays(starts, sizes, inner(), type=out, mask=array.is_null())
        make = pa.ListArray if types.is_list(out) else pa.LargeListArray
        return lambda: make.from_arrays(pa.array(offsets, offset_type(out)), inner(), type=out, mask=array.is_null())

    def _read_fixed(self, array: Any, path: Path, rows: Rows, out: Any) -> Rebuild:
        plain = array.cast(pa.list_(array.type.value_field))
        inner = self._read_list(plain, path, rows, pa.list_(out.value_field))
        return lambda: inner().cast(out)

    def _read_map(self, array: Any, path: Path, rows: Rows, out: Any) -> Rebuild:
        # Taken anew, so that nothing stands below nulls or outside a slice.
        whole = array.take(pa.array(np.arange(len(array)), pa.int64()))
        offsets = np.asarray(whole.offsets.to_numpy(zero_copy_only=False), dtype=np.int64)
        low, high = int(offsets[0]), int(offsets[-1])
        inner_rows = np.repeat(rows, np.diff(offsets))
        keys = self._read(whole.keys.slice(low, high - low), (*path, 0, "key"), inner_rows, out.key_type)
        items = self._read(whole.items.slice(low, high - low), (*path, 0, "value"), inner_rows, out.item_type)
        starts = pa.array(offsets - low, pa.int32())
        return lambda: pa.MapArray.from_arrays(starts, keys(), items(), type=out, mask=array.is_null())


_READERS: Final = (
    (lambda kind: isinstance(kind, pa.BaseExtensionType), TableRedactor._read_extension),
    (types.is_dictionary, TableRedactor._read_dictionary),
    (types.is_run_end_encoded, TableRedactor._read_runs),
    (types.is_struct, TableRedactor._read_struct),
    (types.is_map, TableRedactor._read_map),
    (types.is_fixed_size_list, TableRedactor._read_fixed),
    (is_list, TableRedactor._read_list),
)


def _places(path: Path, kind: Any, nullable: bool) -> Iterator[tuple[Path, Any, bool]]:
    """Every path of a type, with what stands there."""
    while isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    if types.is_run_end_encoded(kind):
        kind = kind.value_type
    yield path, kind, nullable
    if types.is_struct(kind):
        for each in kind:
            yield from _places((*path, each.name), each.type, each.nullable)
    elif types.is_map(kind):
        yield from _places((*path, 0, "key"), kind.key_type, False)
        yield from _places((*path, 0, "value"), kind.item_type, kind.item_field.nullable)
    elif types.is_fixed_size_list(kind) or is_list(kind):
        yield from _places((*path, 0), kind.value_type, kind.value_field.nullable)


def _name(path: Path) -> str:
    """The innermost name of a path."""
    return next(part for part in reversed(path) if isinstance(part, str))


def _names(schema: Any) -> list[str]:
    """The names of columns and of the fields in them."""
    found = (part for column in schema for path, *_ in _places((column.name,), column.type, True) for part in path)
    return list(dict.fromkeys(part for part in found if isinstance(part, str)))


def _selection(names: Sequence[str] | Mapping[str, str], schema: Any) -> Selection:
    """What the user names: a column as it is called, or else a path."""
    return Selection({name: (Step(name, array=False),) if name in schema.names else parse_path(name) for name in names})


def _nulled(array: Any, gone: Sequence[bool]) -> Any:
    """The array without those values: neither seen nor left in its memory."""
    keep = pa.array([None if is_gone else place for place, is_gone in enumerate(gone)], pa.int64())
    if types.is_dictionary(array.type):
        array = array.dictionary.take(array.indices).take(keep).dictionary_encode().cast(array.type)
        return array
    return array.take(keep)


def _encoded(array: Any, kind: Any) -> Any:
    """An array of texts as one of a dictionary's type."""
    made = array.dictionary_encode()
    return pa.DictionaryArray.from_arrays(made.indices.cast(kind.index_type), made.dictionary, ordered=kind.ordered)
