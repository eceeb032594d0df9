"""`redactor.arrow`: tables in, tables out, whatever an engine does to them in between."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor import Finding, FormatError, PolicyError, Redactor, Settings, load_policy
from redactor.arrow import RedactTable
from tests.conftest import made
from tests.draws import draws

TEXTS = [
    "请王建国同志牵头",
    None,
    "",
    "电话13900001111，王建国",
    "今天天气好",
    "到云岭县调研，增长12.5%以上",
    "王建国和李晓明同志",
]
LABELS = Settings(policy=load_policy("label"))


def breaks(text: str) -> Iterable[Finding]:
    """A recognizer that can't read some texts."""
    if "坏" in text:
        raise ValueError("坏")
    return ()


BREAKING = Settings(recognizers=(breaks,))


def table(*texts: str | None, kind: Any = None) -> pa.Table:
    return pa.table({"id": range(len(texts)), "text": pa.array(texts, kind or pa.string())})


def texts_of(done: pa.Table, column: str = "text") -> list[Any]:
    found: list[Any] = done.column(column).to_pylist()
    return found


@pytest.mark.parametrize(
    "kind",
    [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.dictionary(pa.int8(), pa.string()),
        pa.dictionary(pa.int32(), pa.large_string()),
    ],
    ids=str,
)
@pytest.mark.parametrize("settings", [Settings(), LABELS], ids=["publish", "label"])
def test_rows_are_what_each_text_by_itself_becomes(kind: Any, settings: Settings) -> None:
    redactor = made(settings.policy.name)
    before = table(*TEXTS, kind=kind)
    done = RedactTable(["text"], settings)(before)
    assert texts_of(done) == [redactor.redact(text).text if text else text for text in TEXTS]
    assert done.schema.field("text").type == kind
    assert done.schema == RedactTable(["text"], settings).schema(before.schema)
    assert texts_of(done, "id") == texts_of(before, "id")
    assert texts_of(done, "redactor_error") == [None] * len(TEXTS)


@given(
    st.lists(st.sampled_from(TEXTS), max_size=12),
    st.lists(st.integers(0, 12), max_size=4),
    st.sampled_from([pa.string(), pa.dictionary(pa.int8(), pa.string())]),
)
@draws(60)
def test_it_makes_no_difference_how_a_table_is_sliced(texts: list[str | None], cuts: list[int], kind: Any) -> None:
    task, whole = RedactTable(settings=LABELS, details=("entities", "edits")), table(*texts, kind=kind)
    places = [0, *sorted(cut for cut in cuts if cut < len(texts)), len(texts)]
    slices = [task(whole.slice(low, high - low)) for low, high in pairwise(places)]
    assert pa.concat_tables(slices).to_pylist() == task(whole).to_pylist()


def test_nested_columns() -> None:
    rows = [
        {
            "meta": {"title": "请王建国同志牵头", "n": 1},
            "items": [{"body": "李晓明同志"}, {"body": None}],
            "tags": ["云岭县"],
        },
        {"meta": None, "items": [], "tags": None},
    ]
    done = RedactTable(["meta.title", "items[*].body"])(pa.Table.from_pylist(rows))
    assert done.drop_columns("redactor_error").to_pylist() == [
        {"meta": {"title": "请×同志牵头", "n": 1}, "items": [{"body": "×同志"}, {"body": None}], "tags": ["云岭县"]},
        {"meta": None, "items": [], "tags": None},
    ]


def test_two_columns_and_what_is_told_of_them() -> None:
    before = pa.table(
        {"title": ["王建国同志的讲话", "通知"], "text": ["同比增长12.5%以上", "到如意湖和云岭县，又到清河湖"]}
    )
    done = RedactTable(details=("entities", "edits", "residue", "error"))(before).to_pylist()
    assert done[0]["redactor_entities"] == [{"entity": "PERCENT", "count": 1}, {"entity": "PERSON", "count": 1}]
    assert [(e["column"], e["start"], e["end"], e["entity"]) for e in done[0]["redactor_edits"]] == [
        ("title", 0, 3, "PERSON"),
        ("text", 4, 8, "PERCENT"),
    ]
    assert all(isinstance(row["redactor_residue"], int) for row in done)
    names = ["title", "text", "redactor_entities", "redactor_edits", "redactor_residue", "redactor_error"]
    assert list(done[0]) == names


def test_a_row_that_cannot_be_redacted_is_null_with_its_reason() -> None:
    texts = [f"请王建国同志牵头{number}" for number in range(9)]
    texts[2], texts[7] = "坏了，王建国", "李晓明坏"
    done = RedactTable(settings=BREAKING, details=("error", "edits"))(table(*texts))
    good = [number for number in range(9) if number not in (2, 7)]
    assert texts_of(done) == [f"请×同志牵头{number}" if number in good else None for number in range(9)]
    assert texts_of(done, "id") == list(range(9))
    errors = texts_of(done, "redactor_error")
    assert [number for number, error in enumerate(errors) if error] == [2, 7]
    assert not any(secret in error for error in (errors[2], errors[7]) for secret in ("坏", "王建国", "李晓明"))
    assert texts_of(done, "redactor_edits")[2] is None


def test_a_column_that_must_not_be_null_may_be_in_the_output() -> None:
    schema = pa.schema([pa.field("text", pa.string(), nullable=False)])
    done = RedactTable(settings=BREAKING)(pa.table({"text": ["坏"]}, schema=schema))
    assert done.schema.field("text").nullable
    assert texts_of(done) == [None]


def test_empty_tables_and_batches() -> None:
    task, empty = RedactTable(["text"]), table()
    assert task(empty).num_rows == 0
    assert task(empty).schema == task.schema(empty.schema)
    batch = table(*TEXTS).to_batches()[0]
    assert isinstance(task(batch), pa.RecordBatch)
    assert task(batch).to_pylist() == task(table(*TEXTS)).to_pylist()
    assert task(batch.slice(0, 0)).num_rows == 0


def test_a_known_column_is_redacted_whatever_it_says() -> None:
    before = pa.table({"户名": ["小溪", "-"], "号": [17, None]})
    done = RedactTable(known={"户名": "PERSON", "号": "CREDIT_CARD"}, details=())(before)
    assert done.to_pylist() == [{"户名": "×", "号": None}, {"户名": "×", "号": None}]


def test_it_can_be_sent_and_is_made_once_in_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = []
    real = Settings.redactor
    monkeypatch.setattr(Settings, "redactor", lambda *given, **more: counted.append(1) or real(*given, **more))
    settings = Settings(policy=load_policy("publish"), mask=("一次",))
    tasks = [pickle.loads(pickle.dumps(RedactTable(["text"], settings))) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda task: texts_of(task(table("一次到了"))), tasks))
    assert done == [["×到了"]] * 6
    assert len(counted) == 1


def test_the_key_is_taken_where_the_work_is_done(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = tmp_path / "hash.toml"
    policy.write_text('name = "h"\ndefault = { operator = "hash" }\n', "utf-8")
    key = "0123456789abcdef0123456789abcdef"
    task = RedactTable(["text"], Settings(policy=load_policy(policy)), key_variable="KEY_OF_THE_WORKER")
    with pytest.raises(PolicyError):
        task(table("请王建国同志牵头"))
    monkeypatch.setenv("KEY_OF_THE_WORKER", key)
    assert key.encode() not in pickle.dumps(task)
    expected = Redactor(policy, key=key.encode()).redact("请王建国同志牵头").text
    assert texts_of(task(table("请王建国同志牵头"))) == [expected]


def test_what_is_asked_for_wrongly_is_refused() -> None:
    with pytest.raises(FormatError, match="no column"):
        RedactTable(["body"])(table("甲"))
    with pytest.raises(TypeError, match="columns must be several names"):
        RedactTable("text")
    with pytest.raises(ValueError, match="'row' is none of documents, table"):
        RedactTable(rows="row")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'error2' is none of"):
        RedactTable(details=["error2"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="unknown entity 'NAME'"):
        RedactTable(known={"text": "NAME"})
    with pytest.raises(FormatError, match="redacted before"):
        RedactTable()(RedactTable()(table("甲")))
