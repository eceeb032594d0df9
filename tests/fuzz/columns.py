"""Mutations of tables of columns: other types, values and metadata, written by the library that everybody writes them with."""

from __future__ import annotations

import io
from random import Random
from typing import Any, Final

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet

from tests.fuzz.texts import blind
from tests.fuzz.words import COMMON

_TEXTS: Final = [each.encode("utf-8", "replace").decode() for each in COMMON]


def parquet(data: bytes, rng: Random) -> bytes:
    """A Parquet file; a third of the time the bytes of the given one are changed."""
    if rng.random() < 0.3:
        return blind(data, rng)
    out = io.BytesIO()
    codec = rng.choice(("none", "snappy", "gzip", "zstd"))
    try:
        pyarrow.parquet.write_table(_table(rng), out, compression=codec, use_dictionary=rng.random() < 0.5)
    except (pa.ArrowException, OSError):
        return blind(data, rng)
    return out.getvalue()


def arrow(data: bytes, rng: Random) -> bytes:
    """An Arrow file or stream."""
    if rng.random() < 0.3:
        return blind(data, rng)
    out, table = io.BytesIO(), _table(rng)
    try:
        make = rng.choice((pa.ipc.new_file, pa.ipc.new_stream))
        with make(out, table.schema) as writer:
            writer.write_table(table, max_chunksize=rng.choice((None, 1)))
    except (pa.ArrowException, OSError):
        return blind(data, rng)
    return out.getvalue()


def _table(rng: Random) -> pa.Table:
    rows = rng.choice((0, 1, 1, 3))
    fields, columns = [], []
    for number in range(rng.choice((1, 1, 2, 4))):
        kind, make = _kind(rng, 0)
        name = rng.choice((*_TEXTS, "姓名", f"c{number}", "c"))
        column = pa.array([make() if rng.random() < 0.8 else None for _ in range(rows)], kind)
        if pa.types.is_string(kind) and rng.random() < 0.3:
            column = column.dictionary_encode()
        columns.append(column)
        fields.append(pa.field(name, column.type, metadata=_metadata(rng)))
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata=_metadata(rng)))


def _metadata(rng: Random) -> dict[str, str] | None:
    return (
        {rng.choice((*_TEXTS, "pandas")): rng.choice((*_TEXTS, '{"columns":[{"name":"张三"}]}'))}
        if rng.random() < 0.4
        else None
    )


def _kind(rng: Random, depth: int) -> tuple[pa.DataType, Any]:
    """A type, and what makes a value of it."""
    texts = (lambda: rng.choice(_TEXTS)) if rng.random() < 0.9 else (lambda: rng.choice(_TEXTS) * 300)
    choice = rng.randrange(12 if depth < 3 else 8)
    plain: list[tuple[pa.DataType, Any]] = [
        (pa.string(), texts),
        (pa.large_string(), texts),
        (pa.string(), texts),
        (pa.int64(), lambda: rng.choice((0, 13800138000, -1))),
        (pa.binary(), lambda: rng.choice(_TEXTS).encode()),
        (pa.float64(), rng.random),
        (pa.date32(), lambda: rng.randrange(20000)),
        (pa.bool_(), lambda: rng.random() < 0.5),
    ]
    if choice < 8:
        return plain[choice]
    kind, make = _kind(rng, depth + 1)
    if choice < 10:
        return pa.list_(kind), lambda: [make() for _ in range(rng.randrange(3))]
    if choice == 10:
        return pa.struct([pa.field("a", kind), pa.field("张三", kind)]), lambda: {"a": make(), "张三": make()}
    return pa.map_(pa.string(), kind), lambda: [(rng.choice(_TEXTS), make())]
