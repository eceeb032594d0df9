"""Parquet and Arrow IPC: rows E15 and F11. The bytes of uncompressed files are searched; pyarrow reads what is left."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest

from redactor import FormatError, Redactor
from redactor.formats.sniff import kind_of
from tests.build.tables import SECRETS, leaks, masking, peak_of, redacted, refuses, survives
from tests.conftest import made

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
pqe = pytest.importorskip("pyarrow.parquet.encryption")

MASKING = masking(*SECRETS)
CLEAN = masking("没有的词")
S = SECRETS
FORMS = ("parquet", "file", "stream")
ALL = pytest.mark.parametrize("form", FORMS)


def written(table: Any, form: str = "parquet", rows: int = 3, **options: Any) -> bytes:
    """A file of the form, with so many rows in a group or batch."""
    out = io.BytesIO()
    if form == "parquet":
        pq.write_table(table, out, row_group_size=rows, **({"compression": "none"} | options))
    else:
        make = pa.ipc.new_file if form == "file" else pa.ipc.new_stream
        with make(out, table.schema, options=pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True, **options)) as writer:
            for batch in table.to_batches(rows):
                writer.write_batch(batch)
    return out.getvalue()


def read(data: bytes, form: str = "parquet") -> Any:
    if form == "parquet":
        return pq.read_table(io.BytesIO(data))
    return (pa.ipc.open_file if form == "file" else pa.ipc.open_stream)(io.BytesIO(data)).read_all()


def run(form: str, data: bytes, redactor: Redactor = MASKING, **options: Any) -> tuple[bytes, Any]:
    return redacted("parquet" if form == "parquet" else "arrow", data, redactor, **options)


def hiding() -> Any:
    """A table with a secret in every place that can hold one."""
    maps = pa.map_(pa.string(), pa.string())
    columns = {
        "text": pa.array([f"请{S[0]}来", None, "好", f"{S[11]}", ""]),
        "large": pa.array([f"a{S[1]}", "b", None, "c", "d"], pa.large_string()),
        "view": pa.array(["x", None, f"写信给{S[4]}。这是一段很长的话", "y", "z"], pa.string_view()),
        "list": pa.array([["a", S[2]], None, [], [None, "x"], ["y"]]),
        "fixed": pa.array([["a", S[3]], None, ["c", "d"], ["e", "f"], ["g", None]], pa.list_(pa.string(), 2)),
        "struct": pa.array([{"a": S[5], "b": [{S[6]: "x"}]}, None, {"a": "z", "b": None}, {"a": None, "b": []}, None]),
        "map": pa.array([[(S[7], "v")], None, [], [("k", S[7])], [("k", None)]], maps),
        "category": pa.DictionaryArray.from_arrays(
            pa.array([0, 2, None, 0, 1], pa.int8()), pa.array([S[9], "b", "c", f"{S[10]} without a row"])
        ),
        "number": pa.array([1, 2, 3, None, 5]),
        f"得分{S[8]}": pa.array([1.5, 2.5, None, 4.0, 5.0]),
    }
    schema = pa.schema(
        [
            pa.field(name, array.type, metadata={"comment": f"from {S[4]}"} if name == "text" else None)
            for name, array in columns.items()
        ],
        metadata={
            "author": S[0],
            "pandas": json.dumps({"columns": [{"name": f"得分{S[8]}"}], "creator": {S[1]: 1}}),
            "raw": b"\xff\xfe",
        },
    )
    return pa.table(list(columns.values()), schema=schema)


@ALL
def test_e15_no_secret_is_left_in_any_place(form: str) -> None:
    table = hiding()
    if form == "parquet":
        table = table.set_column(2, "view", table["view"].cast(pa.string()))
    options = {"write_page_index": True} if form == "parquet" else {}
    data = written(table, form, **options)
    assert set(leaks(data)) >= set(S) - {S[8], S[1]}
    out, session = run(form, data)
    assert leaks(out) == []
    after = read(out, form)
    rows = after.to_pylist()
    assert [row["text"] for row in rows] == ["请×来", None, "好", "×", ""]
    assert rows[0]["list"] == ["a", "×"]
    assert rows[0]["fixed"] == ["a", "×"]
    assert rows[0]["struct"] == {"a": "×", "b": [{"×": "x"}]}
    assert rows[0]["map"] == [("×", "v")]
    assert [row["category"] for row in rows] == ["×", "c", None, "×", "b"]
    assert [row["得分×"] for row in rows] == [1.5, 2.5, None, 4.0, 5.0]
    assert after["number"].equals(table["number"])
    assert [kind for kind in after.schema.types if not pa.types.is_struct(kind)] == [
        kind for kind in table.schema.types if not pa.types.is_struct(kind)
    ]
    assert after.schema.metadata[b"author"] == b"\xc3\x97"
    assert json.loads(after.schema.metadata[b"pandas"]) == {"columns": [{"name": "得分×"}], "creator": {"×": 1}}
    assert ("schema metadata", "a value that is no text") in session.not_checked


def zoo() -> Any:
    """A table of many types, sliced and with nulls at all depths."""
    return pa.table(
        {
            "s": pa.array(["a", None, "", "字", "e", "f", "g"]),
            "l": pa.array([["a"], None, [], [None], ["b", "c"], ["d"], []], pa.large_list(pa.large_string())),
            "lv": pa.array([["a"], None, [], [None], ["b", "c"], ["d"], []], pa.list_view(pa.string())),
            "ll": pa.array([[["a"], None], None, [[], ["b"]], [], [["c", None]], [], None]),
            "fl": pa.array(
                [["a", "b"], None, [None, "c"], ["d", "e"], None, ["f", "g"], ["h", "i"]], pa.list_(pa.string(), 2)
            ),
            "st": pa.array([{"x": "a", "y": {"z": ["q"]}}, None, {"x": None, "y": None}, {}, {"x": "b"}, None, None]),
            "m": pa.array([[("a", 1)], None, [], [("b", None)], [], None, []], pa.map_(pa.string(), pa.int32())),
            "d": pa.array(["a", "b", None, "a", "c", "a", "b"]).dictionary_encode(),
            "ree": pa.RunEndEncodedArray.from_arrays(pa.array([2, 7], pa.int32()), pa.array(["a", "b"])),
            "i8": pa.array([1, None, 3, 4, 5, 6, 7], pa.int8()),
            "u64": pa.array([2**64 - 1, None, 3, 4, 5, 6, 7], pa.uint64()),
            "f": pa.array([1.5, None, float("inf"), -0.0, 5, 6, 7], pa.float32()),
            "dec": pa.array([None, 1, 2, 3, 4, 5, 6], pa.decimal128(20, 3)),
            "ts": pa.array([1, None, 3, 4, 5, 6, 7], pa.timestamp("ms", "Asia/Shanghai")),
            "date": pa.array([1, None, 3, 4, 5, 6, 7], pa.date32()),
            "time": pa.array([1, None, 3, 4, 5, 6, 7], pa.time64("us")),
            "bool": pa.array([True, None, False, True, False, True, True]),
            "bin": pa.array([b"\xff", None, b"", b"c", b"d", b"e", b"f"]),
            "null": pa.nulls(7),
        }
    ).replace_schema_metadata({"k": "v", "j": '{"a": [1, 2.50]}'})


@pytest.mark.parametrize("start", [0, 2], ids=["whole", "sliced"])
@ALL
def test_untouched_tables_are_equal(form: str, start: int) -> None:
    table = zoo().slice(start)
    if form == "parquet":
        table = table.drop_columns(["lv", "ree"])
    data = written(table, form)
    before, (out, session) = read(data, form), run(form, data, CLEAN)
    after = read(out, form)
    assert after.equals(before, check_metadata=True)
    assert after.schema.equals(before.schema, check_metadata=True)
    assert ("column " + str(table.schema.get_field_index("bin") + 1), "binary values") in session.not_checked
    after.validate(full=True)


@ALL
def test_what_is_not_checked_is_refused_when_strict(form: str) -> None:
    data = written(pa.table({"b": [b"x"]}), form)
    refuses("parquet" if form == "parquet" else "arrow", data, CLEAN, "binary values can't be checked", strict=True)


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
def test_parquet_is_written_as_it_was(codec: str) -> None:
    table = pa.table({"a": ["x", "y"] * 20, "b": list(range(40)), "c": [f"{n}" for n in range(40)], "d": [0.5] * 40})
    data = written(
        table,
        rows=15,
        compression=codec,
        use_dictionary=["a"],
        column_encoding={"b": "DELTA_BINARY_PACKED", "c": "DELTA_BYTE_ARRAY", "d": "BYTE_STREAM_SPLIT"},
        write_statistics=["b"],
        write_page_index=True,
        sorting_columns=[pq.SortingColumn(1)],
        store_schema=False,
        version="2.4",
    )
    before, after = (pq.ParquetFile(io.BytesIO(each)).metadata for each in (data, run("parquet", data)[0]))
    assert after.format_version == before.format_version
    assert (after.metadata or {}) == (before.metadata or {})
    assert [after.row_group(n).num_rows for n in range(3)] == [15, 15, 10]
    for number in range(4):
        old, new = before.row_group(0).column(number), after.row_group(0).column(number)
        assert (new.compression, new.encodings, new.is_stats_set, new.has_offset_index) == (
            old.compression,
            old.encodings,
            old.is_stats_set,
            old.has_offset_index,
        )
    assert after.row_group(0).sorting_columns == before.row_group(0).sorting_columns


@pytest.mark.parametrize("codec", [None, "lz4", "zstd"])
@pytest.mark.parametrize("form", ["file", "stream"])
def test_arrow_is_compressed_as_it_was(form: str, codec: str | None) -> None:
    table = pa.table({"a": ["春天来了" * 100] * 40})
    data = written(table, form, rows=20, compression=codec)
    assert run(form, data, CLEAN)[0] == data


def test_an_arrow_file_by_polars_is_read() -> None:
    polars = pytest.importorskip("polars")
    out = io.BytesIO()
    polars.DataFrame({"text": [f"请{S[0]}来", None] * 50}).write_ipc(out, compression="zstd")
    done, _ = run("file", out.getvalue())
    assert read(done, "file")["text"].to_pylist() == ["请×来", None] * 50
    assert b"\x28\xb5\x2f\xfd" in done  # the magic of zstd (RFC 8878)


def test_e15_what_stands_below_nulls_in_memory_is_not_written() -> None:
    secret = S[0].encode()
    offsets = pa.py_buffer(pa.array([0, len(secret), len(secret) + 1], pa.int32()).buffers()[1].to_pybytes())
    texts = pa.StringArray.from_buffers(2, offsets, pa.py_buffer(secret + b"x"), pa.py_buffer(b"\x02"))
    assert texts.to_pylist() == [None, "x"]
    data = written(pa.table({"a": texts}), "file")
    assert secret in data
    out, _ = run("file", data)
    assert secret not in out
    assert read(out, "file")["a"].to_pylist() == [None, "x"]


def test_e15_dictionaries_that_grow() -> None:
    kind = pa.dictionary(pa.int8(), pa.string())
    batches = [
        pa.RecordBatch.from_arrays([pa.DictionaryArray.from_arrays(pa.array(rows, pa.int8()), pa.array(words))], ["d"])
        for rows, words in (([0, 1], ["a", S[0]]), ([2, 1], ["a", S[0], "c"]), ([3, 0], ["a", S[0], "c", S[2]]))
    ]
    data = written(pa.Table.from_batches(batches), "file", rows=2)
    after = read(run("file", data)[0], "file")
    assert after["d"].type == kind
    assert after["d"].to_pylist() == ["a", "×", "c", "×", "×", "a"]


@ALL
def test_fields_and_columns(form: str) -> None:
    table = pa.table(
        {
            "a.b": [S[0], S[0]],
            "meta": [{"title": S[0], "more": S[0]}] * 2,
            "items": [[{"body": S[0], "id": S[0]}]] * 2,
            "n": pa.array([13, None]),
            "day": pa.array([1, 2], pa.date32()),
        }
    )
    data = written(table, form)
    out, _ = run(form, data, fields=("a.b", "items[*].body"), columns={"n": "DOC_NUMBER", "day": "DATE_TIME"})
    assert (
        read(out, form).to_pylist()
        == [
            {
                "a.b": "×",
                "meta": {"title": S[0], "more": S[0]},
                "items": [{"body": "×", "id": S[0]}],
                "n": None,
                "day": None,
            }
        ]
        * 2
    )
    assert read(run(form, data, fields=("meta.title",))[0], form)["meta"].to_pylist()[0] == {"title": "×", "more": S[0]}
    name = "parquet" if form == "parquet" else "arrow"
    for wrong in ({"fields": ("meta.titel",)}, {"columns": {"a": "PERSON"}}):
        assert refuses(name, data, MASKING, "no column", **wrong).endswith("the columns are a.b, meta, items, n, day")


def test_a_number_that_must_not_be_null_is_refused() -> None:
    schema = pa.schema([pa.field("n", pa.int64(), nullable=False)])
    data = written(pa.table({"n": [1]}, schema=schema))
    assert "null" in refuses("parquet", data, CLEAN, "column 1", columns={"n": "DOC_NUMBER"})


def test_numbers_under_a_name_that_tells_are_reported() -> None:
    data = written(pa.table({"手机号": [13900017788], "n": [1]}))
    out, session = run("parquet", data)
    assert read(out)["手机号"].to_pylist() == [13900017788]
    assert session.not_checked == [("column 1", "numbers under a name that says PHONE_NUMBER")]


def test_rows_of_texts_are_documents_and_short_rows_a_table() -> None:
    label = made("label", ner="none")
    body = "春天来了，山上的花开了，村里的人忙着下田。" * 15
    names = ["甲丙戊", "丁己戊"]
    long = written(pa.table({"姓名": names, "正文": [body + name for name in names]}))
    assert read(run("parquet", long, label)[0])["正文"].to_pylist() == [f"{body}【人名1】"] * 2
    short = written(pa.table({"姓名": names * 5}), rows=3)
    assert read(run("parquet", short, label)[0])["姓名"].to_pylist() == ["【人名1】", "【人名2】"] * 5


@ALL
def test_tables_without_rows_and_columns(form: str) -> None:
    for table in (pa.table({"a": pa.array([], pa.string())}), pa.table({})):
        assert read(run(form, written(table, form))[0], form).equals(table)


class Wrapping(pqe.KmsClient):  # type: ignore[misc, name-defined]
    """A key service of the test: keys are wrapped by writing them down."""

    def __init__(self, config: Any) -> None:
        super().__init__()

    def wrap_key(self, key: bytes, name: str) -> str:
        return base64.b64encode(key).decode()

    def unwrap_key(self, wrapped: str, name: str) -> bytes:
        return base64.b64decode(wrapped)


@pytest.mark.parametrize("plain_footer", [False, True])
def test_f11_encrypted_parquet_is_refused(plain_footer: bool) -> None:
    table = pa.table({"a": ["x"], "b": ["y"]})
    config = pqe.EncryptionConfiguration(footer_key="f", column_keys={"c": ["a"]}, plaintext_footer=plain_footer)
    properties = pqe.CryptoFactory(Wrapping).file_encryption_properties(pqe.KmsConnectionConfig(), config)
    out = io.BytesIO()
    with pq.ParquetWriter(out, table.schema, encryption_properties=properties) as writer:
        writer.write_table(table)
    assert kind_of(io.BytesIO(out.getvalue()), "x") == "parquet"
    refuses("parquet", out.getvalue(), CLEAN, "encrypted")


@pytest.mark.parametrize(("form", "kind"), [("parquet", "parquet"), ("file", "arrow"), ("stream", "arrow")])
def test_the_kind_is_told_by_the_content(form: str, kind: str) -> None:
    assert kind_of(io.BytesIO(written(zoo().select(["s"]), form)), "x.txt") == kind


@ALL
def test_f11_files_that_are_cut_off_are_refused(form: str) -> None:
    data = written(hiding().drop_columns(["view"]), form)
    name = "parquet" if form == "parquet" else "arrow"
    for size in range(0, len(data), max(1, len(data) // 60)):
        refuses(name, data[:size], MASKING, "(?i)arrow|parquet")


def test_f11_what_follows_a_stream_is_refused() -> None:
    data = written(pa.table({"a": ["x"]}), "stream")
    refuses("arrow", data + data, CLEAN, "something follows")


@pytest.mark.sampled(3)
@ALL
def test_f11_damaged_files_are_redacted_or_refused(form: str) -> None:
    table = pa.concat_tables([hiding().drop_columns(["view"])] * 8)
    survives("parquet" if form == "parquet" else "arrow", written(table, form, rows=20), MASKING)


def test_f11_a_file_that_unpacks_to_far_more_is_refused() -> None:
    out = io.BytesIO()
    batch = pa.table({"a": ["字" * 30_000] * 1_000, "b": ["好"] * 1_000})
    with pq.ParquetWriter(out, batch.schema, compression="zstd") as writer:
        for _ in range(4):
            writer.write_table(batch)
    assert len(out.getvalue()) < 50_000
    refuses("parquet", out.getvalue(), CLEAN, "far more", fields=("b",))


@pytest.mark.huge
@pytest.mark.parametrize("form", ["parquet", "file"])
def test_a_gigabyte_takes_less_than_500_mb(form: str, tmp_path: Path) -> None:
    path = tmp_path / "large"
    schema = pa.schema([("id", pa.int64()), ("url", pa.string()), ("text", pa.string())])
    text = "会议要求，各地要结合实际，抓好工作落实。" * 25
    with path.open("wb") as file:
        writer = pq.ParquetWriter(file, schema, compression="none", use_dictionary=False) if form == "parquet" else None
        writer = writer or pa.ipc.new_file(file, schema)
        number = 0
        while file.tell() < 1 << 30:
            rows = range(number, number + 40_000)
            columns = [list(rows), [f"https://example.com/{n}" for n in rows], [f"{n}{text}" for n in rows]]
            writer.write_table(pa.table(columns, schema=schema))
            number += 40_000
        writer.close()
    assert peak_of("parquet" if form == "parquet" else "arrow", str(path), "Options(fields=('url',))") < 500 << 20


def test_a_name_that_is_no_utf_8_is_refused() -> None:
    data = written(pa.table({"abcdefgh": ["x"]}), "stream").replace(b"abcdefgh", b"abc\xffefgh")
    with pytest.raises(FormatError, match="UTF-8"):
        redacted("arrow", data, CLEAN)
