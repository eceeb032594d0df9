"""JSON by json, delimited tables by csv, Parquet and Arrow by pyarrow: keys, cells, and what files say of themselves."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final

from redactor.verify.model import METADATA, NAME, TEXT, Found, Piece

_DELIMITERS: Final = "\t,;|"
_LONG_CELL: Final = 1 << 30


def is_json(text: str) -> bool:
    """Whether a text looks like JSON or lines of it."""
    return text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


def json_text(text: str, where: str) -> Iterator[Piece]:
    """The texts, numbers, words (`true`) and keys of JSON, or of lines of JSON. ValueError when it is neither."""
    texts: list[str] = []
    keys: dict[str, None] = {}

    def pairs(found: list[tuple[str, Any]]) -> None:
        for key, value in found:
            keys[key] = None
            _put(value, texts)

    decoder = json.JSONDecoder(object_pairs_hook=pairs, parse_int=str, parse_float=str)
    plain = text.removeprefix("\ufeff").strip()
    try:
        _put(decoder.decode(plain), texts)
    except ValueError:
        texts.clear()
        for line in plain.split("\n"):
            if line.strip():
                _put(decoder.decode(line.strip()), texts)
    yield Piece(where, TEXT, "\n".join(texts))
    yield Piece(where, NAME, "\n".join(keys))


def _put(value: Any, texts: list[str]) -> None:
    if isinstance(value, str):
        texts.append(value)
    elif isinstance(value, list):
        for each in value:
            _put(each, texts)
    elif isinstance(value, bool | None):
        texts.append(json.dumps(value))


def delimited(text: str, where: str) -> Iterator[Piece]:
    """The cells of a delimited table. csv.Error when it is none."""
    text = text.removeprefix("\ufeff")
    first = text[: (text.find("\n") + 1) or None]
    delimiter = max(_DELIMITERS, key=first.count)
    before = csv.field_size_limit(_LONG_CELL)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        yield Piece(where, TEXT, "\n".join(chain.from_iterable(rows)))
    finally:
        csv.field_size_limit(before)


def columns(data: bytes, where: str) -> Found:
    """The texts, whole numbers, names and metadata of a Parquet or Arrow file. ImportError without pyarrow, OSError and the like when broken."""
    import pyarrow as pa

    schema, batches = _opened(data)
    yield Piece(where, METADATA, "\n".join(_metadata(schema.metadata)), prose=False)
    names: list[str] = []
    for field in _fields(schema):
        names.append(field.name)
        names += _metadata(field.metadata)
    yield Piece(where, NAME, "\n".join(names), prose=False)
    texts: dict[int, dict[str, None]] = {}
    for batch in batches:
        for number, column in enumerate(batch.columns):
            seen = texts.setdefault(number, {})
            for array in _leaves(column):
                seen.update(dict.fromkeys(each for each in array.unique().to_pylist() if each))
    for number, seen in texts.items():
        prose = not pa.types.is_integer(schema.field(number).type)
        yield Piece(where, TEXT, "\n".join(seen), prose=prose)


def _opened(data: bytes) -> tuple[Any, Iterable[Any]]:
    """The schema and the batches of rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    source = pa.BufferReader(data)
    if data[:4] == b"PAR1":
        file = pq.ParquetFile(source)
        schema = file.schema_arrow
        extra = {**(schema.metadata or {}), **(file.metadata.metadata or {})}
        return schema.with_metadata(extra), file.iter_batches()
    if data[:6] == b"ARROW1":
        reader = pa.ipc.open_file(source)
        return reader.schema, (reader.get_batch(number) for number in range(reader.num_record_batches))
    stream = pa.ipc.open_stream(source)
    return stream.schema, stream


def _metadata(found: dict[bytes, bytes] | None) -> list[str]:
    return [
        each.decode("utf-8", "replace") for pair in (found or {}).items() for each in pair if pair[0] != b"ARROW:schema"
    ]


def _fields(schema: Any) -> Iterator[Any]:
    waiting = [schema.field(number) for number in range(len(schema.names))]
    while waiting:
        field = waiting.pop()
        yield field
        kind = field.type
        waiting += [kind.field(number) for number in range(getattr(kind, "num_fields", 0))]


def _leaves(array: Any) -> Iterator[Any]:
    """The arrays of texts and whole numbers that an array of any nesting is made of; numbers as texts."""
    import pyarrow as pa

    kind = array.type
    if pa.types.is_dictionary(kind):
        yield from _leaves(array.dictionary)
    elif pa.types.is_struct(kind):
        for child in array.flatten():
            yield from _leaves(child)
    elif pa.types.is_map(kind):
        yield from _leaves(array.keys)
        yield from _leaves(array.items)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        yield from _leaves(array.flatten())
    elif pa.types.is_integer(kind):
        yield array.cast(pa.string())
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        yield array
    elif pa.types.is_string_view(kind):
        yield array.cast(pa.large_string())
    elif isinstance(array, pa.ExtensionArray):
        yield from _leaves(array.storage)
    elif pa.types.is_run_end_encoded(kind):
        yield from _leaves(array.values)
