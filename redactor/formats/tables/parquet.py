"""Parquet: read by row groups and written anew, so that pages, dictionaries, statistics and indexes hold redacted values only."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import takewhile
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from redactor.formats.options import Options
from redactor.formats.tables.arrow_table import TableRedactor
from redactor.formats.tables.rows import MAX_ROWS
from redactor.formats.unit import Outlet, Session, Sink
from redactor.model import ENCRYPTED, FormatError

_READ_ROWS: Final = 256
"""Rows that are read in one step: what a file says of its sizes is not believed."""
_LOOK_BYTES: Final = 4 << 20
_GROUP_BYTES: Final = 64 << 20
"""Most that is looked at together, and held as one row group: larger groups are written as several."""
_MAX_RATIO: Final = 2_000
"""Bytes of values over bytes of the file, once there are more than MAX_MEMBER."""
_ENCODINGS: Final = ("DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY", "BYTE_STREAM_SPLIT")
_DICTIONARY: Final = {"PLAIN_DICTIONARY", "RLE_DICTIONARY"}
_VERSIONS: Final = ("1.0", "2.4", "2.6")


@contextmanager
def reading(kind: str) -> Iterator[None]:
    """What a library says of a file that it can't read, in words of our own: its messages may quote the file."""
    try:
        yield
    except (
        pa.ArrowException,
        OSError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        OverflowError,
        MemoryError,
    ) as error:
        if "crypt" in str(error):
            raise FormatError(
                "is {kind} that is encrypted, which is not supported", kind=kind, reason=ENCRYPTED
            ) from None
        raise FormatError("is no {kind} that can be read: damaged, cut off or of an unknown kind", kind=kind) from None


@contextmanager
def writing() -> Iterator[None]:
    """What a library says of a column that it can read and not write."""
    try:
        yield
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        raise FormatError("holds a column of a kind that can't be written") from None


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact the texts of a Parquet file."""
    size = source.seek(0, 2)
    source.seek(0)
    if source.read(4) == b"PARE":
        raise FormatError("is Parquet that is encrypted, which is not supported", reason=ENCRYPTED)
    source.seek(0)
    with reading("Parquet"):
        file = pq.ParquetFile(source, pre_buffer=False, buffer_size=1 << 16, page_checksum_verification=True)
        schema, metadata = file.schema_arrow, file.metadata
        stored = b"ARROW:schema" in (metadata.metadata or {})
    part = options.stretch
    with session.told_before() if part and part.start else nullcontext():
        table = TableRedactor(schema, session, options, documents=True if part else None)
    table.rows_before = part.before if part else 0
    with reading("Parquet"):
        settings = _settings(file, table.schema, store_schema=stored)
    writer = pq.ParquetWriter(Outlet(out), table.schema, **settings)
    for number in range(part.start, part.stop) if part else range(metadata.num_row_groups):
        held: list[Any] = []
        held_bytes = 0
        for batch in _batches(file, number):
            table.bound(batch, size, _MAX_RATIO)
            held.append(table.redact(batch))
            held_bytes += held[-1].nbytes
            if held_bytes > _GROUP_BYTES:
                _write(writer, held, table.schema)
                held, held_bytes = [], 0
        _write(writer, held, table.schema)
    writer.close()


def looked_at(source: BinaryIO, session: Session, options: Options) -> list[tuple[int, int]] | None:
    """Of a file whose rows are documents, each by itself, the row groups: how many rows and bytes; None for any other file.

    Values in dictionaries are shared by rows, and redacted together.
    """
    with reading("Parquet"):
        file = pq.ParquetFile(source, pre_buffer=False, buffer_size=1 << 16, page_checksum_verification=True)
        groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
    first = next((number for number, group in enumerate(groups) if group.num_rows), None)
    if first is None or any("dictionary" in str(column.type) for column in file.schema_arrow):
        return None
    table = TableRedactor(file.schema_arrow, session, options)
    if not table.hold_documents(next(_batches(file, first))):
        return None
    return [(group.num_rows, group.total_byte_size) for group in groups]


def _batches(file: Any, group: int) -> Iterator[Any]:
    """The rows of a row group, some at a time. FormatError when they are not as many as the file says."""
    waiting: list[Any] = []
    rows = size = total = 0
    with reading("Parquet"):
        batches = file.iter_batches(batch_size=_READ_ROWS, row_groups=[group], use_threads=False)
    while True:
        with reading("Parquet"):
            batch = next(batches, None)
            if batch is not None:
                batch.validate(full=True)
        if batch is None:
            break
        waiting.append(batch)
        rows += batch.num_rows
        size += batch.nbytes
        total += batch.num_rows
        if rows >= MAX_ROWS or size >= _LOOK_BYTES:
            yield pa.concat_batches(waiting)
            waiting, rows, size = [], 0, 0
    if waiting:
        yield pa.concat_batches(waiting)
    if total != file.metadata.row_group(group).num_rows:
        raise FormatError("is no Parquet that can be read: a row group lacks rows")


def _write(writer: Any, batches: list[Any], schema: Any) -> None:
    if not batches:
        return
    table = pa.Table.from_batches(batches, schema)
    with writing():
        writer.write_table(table, row_group_size=max(1, table.num_rows))


def _settings(file: Any, schema: Any, *, store_schema: bool) -> dict[str, Any]:
    """How the file was written, as far as it shows, for writing it so again."""
    metadata = file.metadata
    version = metadata.format_version if metadata.format_version in _VERSIONS else _VERSIONS[-1]
    settings: dict[str, Any] = {"version": version, "store_schema": store_schema}
    number = next((n for n in range(metadata.num_row_groups) if metadata.row_group(n).num_rows), None)
    if number is None or not metadata.num_columns:
        return settings
    # What the footer says of columns is asked for only once they have been read: the library ends the process over
    # a codec that it does not know.
    next(file.iter_batches(batch_size=1, row_groups=[number], use_threads=False), None)
    group = metadata.row_group(number)
    paths = _paths(schema, settings)
    if len(paths) != group.num_columns:
        raise FormatError("is Parquet whose columns don't fit its schema")
    columns = [(path, group.column(number)) for number, path in enumerate(paths)]
    compression = {path: column.compression.replace("UNCOMPRESSED", "NONE") for path, column in columns}
    by_dictionary = [path for path, column in columns if _DICTIONARY & set(column.encodings)]
    encodings = {
        path: next(encoding for encoding in column.encodings if encoding in _ENCODINGS)
        for path, column in columns
        if path not in by_dictionary and set(_ENCODINGS) & set(column.encodings)
    }
    settings |= {
        "compression": compression,
        "use_dictionary": by_dictionary,
        "column_encoding": encodings or None,
        "write_statistics": [path for path, column in columns if column.is_stats_set],
        "write_page_index": any(column.has_offset_index for _, column in columns),
        "use_deprecated_int96_timestamps": any(column.physical_type == "INT96" for _, column in columns),
        "sorting_columns": _sorting(group, file) or None,
    }
    return settings


def _paths(schema: Any, settings: dict[str, Any]) -> list[str]:
    """What the writer calls the leaves of the schema, in their order."""
    empty = io.BytesIO()
    with pq.ParquetWriter(empty, schema, **settings):
        pass
    written = pq.ParquetFile(empty).schema
    return [written.column(number).path for number in range(len(written))]


def _sorting(group: Any, file: Any) -> list[Any]:
    """The columns that the rows are sorted by, up to the first that may be redacted."""
    kinds = file.schema
    return list(
        takewhile(lambda c: kinds.column(c.column_index).physical_type not in ("BYTE_ARRAY",), group.sorting_columns)
    )
