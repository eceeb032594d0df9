"""Metadata of Parquet and Arrow (row SAFETY-L4): a term in every key and value, at every level."""

from __future__ import annotations

import base64
import io
from typing import Any, Final

import pytest

from redactor import FormatError, Redactor
from redactor.formats.session import DocumentSession
from tests.build.canaries import Canaries, count, left
from tests.build.packages import redacted

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

FORMS: Final = ("parquet", "file", "stream")
PREFIXES: Final = ("", "ARROW:", "PARQUET:", "ARROW:extension:", "org.apache.spark.")


def about(c: Canaries, where: str) -> dict[bytes, bytes]:
    """Keys and values of one level, each with a term of its own."""
    found = {}
    for prefix in PREFIXES:
        found[f"{prefix}{c(f'{where}: key after {prefix!r}')}".encode()] = c(
            f"{where}: value after {prefix!r}"
        ).encode()
    found[b"json"] = f'{{"{c(f"{where}: key in JSON")}": ["{c(f"{where}: value in JSON")}"]}}'.encode()
    found[b"PARQUET:field_id"] = c(f"{where}: number of a field").encode()
    return found


def table(c: Canaries) -> Any:
    def field(name: str, kind: Any) -> Any:
        return pa.field(name, kind, metadata=about(c, name))

    schema = pa.schema(
        [
            field("text", pa.string()),
            field("struct", pa.struct([field("inner", pa.string())])),
            field("list", pa.list_(field("item", pa.int64()))),
            field("map", pa.map_(pa.string(), pa.int64())),
            field("dictionary", pa.dictionary(pa.int32(), pa.string())),
        ],
        metadata=about(c, "schema"),
    )
    columns = [["a"], [{"inner": "b"}], [[1]], [[("k", 1)]], pa.array(["d"]).dictionary_encode()]
    return pa.Table.from_arrays(
        [pa.array(v, f.type) if isinstance(v, list) else v for v, f in zip(columns, schema, strict=True)], schema=schema
    )


def written(form: str, given: Any, c: Canaries | None = None) -> bytes:
    out = io.BytesIO()
    if form == "parquet":
        pq.write_table(given, out, compression="none")
    elif form == "file":
        with pa.ipc.new_file(out, given.schema, metadata=about(c, "file") if c is not None else None) as writer:
            for batch in given.to_batches():
                writer.write_batch(batch, custom_metadata=about(c, "batch") if c is not None else None)
    else:
        with pa.ipc.new_stream(out, given.schema) as writer:
            for batch in given.to_batches():
                writer.write_batch(batch, custom_metadata=about(c, "batch") if c is not None else None)
    return out.getvalue()


def run(form: str, data: bytes, redactor: Redactor, *, strict: bool = False) -> tuple[bytes, DocumentSession]:
    return redacted("parquet" if form == "parquet" else "arrow", data, redactor, strict=strict)


@pytest.mark.parametrize("form", FORMS, ids=[f"SAFETY-L4 {form}" for form in FORMS])
def test_safety_l4_nothing_is_left_in_keys_and_values(form: str) -> None:
    canaries = Canaries()
    data = written(form, table(canaries), canaries)
    out, _ = run(form, data, Redactor(mask=canaries.values(), ner="none"), strict=True)
    assert count(form, data, out, canaries) == []


def test_safety_l4_the_schema_that_parquet_keeps_is_that_of_the_output() -> None:
    canaries = Canaries()
    data = written("parquet", table(canaries))
    out, _ = run("parquet", data, Redactor(mask=canaries.values(), ner="none"))
    kept = pq.ParquetFile(io.BytesIO(out)).metadata.metadata[b"ARROW:schema"]
    assert left(base64.b64decode(kept), canaries) == []
    assert left(base64.b64decode(pq.ParquetFile(io.BytesIO(data)).metadata.metadata[b"ARROW:schema"]), canaries)


@pytest.mark.parametrize("form", FORMS)
def test_safety_l4_keys_stay_apart_and_the_rest_stays(form: str) -> None:
    kept = {b"ok": b"fine", b"pandas": b'{"columns": []}', b"PARQUET:field_id": b"7"}
    given = pa.table({"a": ["x"]}).replace_schema_metadata({"张三丰".encode(): b"1", "×".encode(): b"2", **kept})
    out, _ = run(form, written(form, given), Redactor(mask=["张三丰"], ner="none"))
    reader: Any = {"parquet": pq.read_schema, "file": pa.ipc.open_file, "stream": pa.ipc.open_stream}[form]
    schema = reader(io.BytesIO(out)) if form == "parquet" else reader(io.BytesIO(out)).schema
    assert schema.metadata == {"×2".encode(): b"1", "×".encode(): b"2", **kept}


@pytest.mark.parametrize("form", ["file", "stream"])
def test_safety_l4_a_copy_of_the_schema_goes_and_is_told(form: str) -> None:
    given = pa.table({"a": ["x"]}).replace_schema_metadata({b"ARROW:schema": b"eA==", b"ok": b"fine"})
    out, session = run(form, written(form, given), Redactor(ner="none"))
    assert b"ARROW:schema" not in out
    assert session.taken_out == [("schema metadata", "a copy of the schema")]


@pytest.mark.parametrize("form", FORMS)
def test_safety_l4_keys_and_values_that_are_no_text_are_told(form: str) -> None:
    given = pa.table({"a": ["x"]}).replace_schema_metadata({b"k\xff": b"v", b"w": b"\xff"})
    _, session = run(form, written(form, given), Redactor(ner="none"))
    assert session.not_checked == [
        ("schema metadata", "a key that is no text"),
        ("schema metadata", "a value that is no text"),
    ]
    with pytest.raises(FormatError, match="--strict"):
        run(form, written(form, given), Redactor(ner="none"), strict=True)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (pa.timestamp("us", "张三丰"), "zone"),
        (pa.list_(pa.timestamp("us", "张三丰")), "zone"),
        (pa.opaque(pa.string(), "张三丰", "v"), "another program"),
        (pa.opaque(pa.struct([pa.field("张三丰", pa.string())]), "t", "v"), "another program"),
    ],
)
def test_safety_l4_types_that_say_something_refuse_the_file(kind: Any, told: str) -> None:
    given = pa.table([pa.nulls(1, kind)], schema=pa.schema([pa.field("a", kind)]))
    with pytest.raises(FormatError, match=told) as refused:
        run("stream", written("stream", given), Redactor(mask=["张三丰"], ner="none"))
    assert "张三丰" not in str(refused.value)


@pytest.mark.parametrize(
    "kind", [pa.timestamp("us", "Asia/Shanghai"), pa.timestamp("ms", "+08:00"), pa.uuid(), pa.json_()]
)
def test_safety_l4_types_that_say_nothing_stay(kind: Any) -> None:
    given = pa.table([pa.nulls(1, kind)], schema=pa.schema([pa.field("a", kind)]))
    out, _ = run("stream", written("stream", given), Redactor(mask=["张三丰"], ner="none"))
    assert pa.ipc.open_stream(io.BytesIO(out)).schema.field("a").type == kind
