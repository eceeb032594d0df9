"""The table that the tests of engines share, and what must have become of it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.engines.runs import rows
from tests.engines.tasks import COLUMNS

SIZES = {"publish": 2_000, "label": 300}
"""Documents by policy."""
EVERY = 20
"""In every so manieth something is found: the others cost little."""
BROKEN = 150
"""The row that can't be redacted."""
FILES = 8


def table(policy: str) -> pa.Table:
    """Documents of two texts, some of them empty and some null, one that can't be redacted."""
    documents = [row | {"id": f"{row['id']:05}"} for row in rows(SIZES[policy], EVERY)]
    documents[BROKEN] |= {"text": "坏"}
    schema = pa.schema([("id", pa.string()), ("title", pa.large_string()), ("text", pa.string())])
    return pa.Table.from_pylist(documents, schema)


def as_files(folder: Path, policy: str) -> None:
    """The table as several files of Parquet."""
    folder.mkdir()
    whole, size = table(policy), -(-SIZES[policy] // FILES)
    for number in range(FILES):
        pq.write_table(whole.slice(number * size, size), folder / f"{number}.parquet")


def assert_redacted(before: pa.Table, after: pa.Table) -> None:
    """What the shared table is for has become of it: empty and null stay, one row is told of, and much is found."""
    assert {None, ""} < {*before["text"].to_pylist()}
    assert after["id"].equals(before["id"])
    for column in COLUMNS:
        texts, done = before[column].to_pylist(), after[column].to_pylist()
        assert done[BROKEN] is None
        assert all((a is None) == (b is None) for n, (a, b) in enumerate(zip(texts, done, strict=True)) if n != BROKEN)
        assert sum(a != b for a, b in zip(texts, done, strict=True)) >= len(texts) // EVERY
    assert [n for n, error in enumerate(after["redactor_error"].to_pylist()) if error] == [BROKEN]
