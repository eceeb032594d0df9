"""Collections as they lie on the disk."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from redactor.files.walk import sources
from redactor.learning.documents import FOLDER, Collection
from redactor.model import FormatError

LONG = "第一行\n" + "正文。" * 10
ROWS = [{"url": f"https://Site{n}.example.com/p/{n}", "meta": {"t": "短"}, "text": f"{LONG}{n}"} for n in range(3)]


def _collection(path: Path, **given: object) -> Collection:
    return Collection(sources([path]).sources, **given)  # type: ignore[arg-type]


def _tables(folder: Path) -> list[Path]:
    lines, table, columns = folder / "a.jsonl", folder / "b.csv", folder / "c.parquet"
    lines.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), "gb18030")
    with table.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["url", "text"])
        out.writerows([row["url"], row["text"]] for row in ROWS)
    pq.write_table(pa.Table.from_pylist(ROWS), columns)
    return [lines, table, columns]


def test_each_row_of_a_table_is_a_document_of_its_host(tmp_path: Path) -> None:
    for path in _tables(tmp_path):
        for fields in ((), ("text",)):
            collection = _collection(path, group_by="url", fields=fields)
            found = list(collection.documents())
            assert collection.passed_over == {}
            assert [(d.text, d.group, d.record) for d in found] == [
                (row["text"], f"site{n}.example.com", n + 1) for n, row in enumerate(ROWS)
            ]
            assert [(n, d.text) for n, d in collection.some([2, 0])] == [(0, ROWS[0]["text"]), (2, ROWS[2]["text"])]


def test_texts_are_grouped_by_the_first_folder(tmp_path: Path) -> None:
    for name in ("b/x/1.txt", "a/2.txt", "3.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"这是第{name}篇", "utf-8")
    assert [d.group for d in _collection(tmp_path, group_by=FOLDER).documents()] == ["", "a", "b"]


def test_of_a_long_text_both_ends_are_read_and_lines_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "book.txt"
    lines = [f"第{n}行是正文的一部分，说的是河边的树。" for n in range(200_000)]
    path.write_text("\n".join(lines), "utf-8")
    (document,) = _collection(path).documents()
    assert len(document.text) < len("\n".join(lines)) // 2
    there = document.text.split("\n")
    assert (there[0], there[-1], len(there)) == (lines[0], lines[-1], len(lines))


def test_what_cannot_be_read_is_passed_over_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("好好的一篇文章", "utf-8")
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (tmp_path / "c.jsonl").write_text('{"text": "' + "长" * 300 + '"}\n{broken\n', "utf-8")
    collection = _collection(tmp_path)
    assert len(list(collection.documents())) == 2
    assert sorted(path.name for path in collection.passed_over) == ["b.png", "c.jsonl"]
    assert "line 2" in collection.passed_over[tmp_path / "c.jsonl"]


def test_a_field_that_is_nowhere_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(ROWS[0]) + "\n" + json.dumps(ROWS[1]) + "\n", "utf-8")
    with pytest.raises(FormatError, match="txet"):
        list(_collection(path, fields=["txet"]).documents())
