"""What earlier runs have recorded, read again: tables of edits, files of numbers and reports. None of it is trusted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from redactor.files.tables.model import COLUMNS, EditRow
from redactor.files.tables.writing import GROUP, check_parquet
from redactor.model import FormatError
from redactor.text.show import show
from redactor.text.whole_file import open_regular, read_text

Kind = Literal["edits", "stats", "report"]
_MAGIC: Final = b"PAR1"
_LARGEST: Final = 1 << 30
"""Bytes of a report or a file of numbers in JSON, which is held in memory."""
_LONGEST: Final = 1 << 24
"""Bytes of a line."""


def kind_of_record(path: Path) -> Kind:
    """What a file holds, by its content. FormatError for anything else."""
    with open_regular(path) as stream:
        head = stream.read(len(_MAGIC))
        stream.seek(0)
        first = stream.readline(_LONGEST)
    if head == _MAGIC:
        return "edits" if "start" in _parquet(path).schema_arrow.names else "stats"
    try:
        row = json.loads(first)
    except (ValueError, RecursionError):
        row = None
    if not first.strip() or (isinstance(row, dict) and "start" in row):
        return "edits"
    content = read_content(path)
    files = content["files"]
    return (
        "report" if "left_out" in content or any("edits" in each and "state" not in each for each in files) else "stats"
    )


def read_edits(path: Path) -> Iterator[EditRow]:
    """The rows of a table of edits, or the edits of a report, some held at a time. FormatError for what is neither."""
    kind = kind_of_record(path)
    if kind == "stats":
        raise FormatError("{path}: numbers of files, where a table of edits is wanted", path=show(path))
    if kind == "report":
        yield from _edits_of_report(read_content(path))
    elif _is_parquet(path):
        yield from _edits_of_parquet(path)
    else:
        yield from _edits_of_lines(path)


def read_content(path: Path) -> Mapping[str, Any]:
    """A report, or a file of numbers (`--stats`) in either form: `totals`, and `files` with what is told of each."""
    if _is_parquet(path):
        with _blaming(path):
            file = _parquet(path)
            about = json.loads((file.schema_arrow.metadata or {})[b"redactor"])
            content = about | {"files": file.read().to_pylist()}
    else:
        with _blaming(path):
            content = json.loads(read_text(path, _LARGEST))
    with _blaming(path):
        if not isinstance(content["totals"], dict) or not all(isinstance(each, dict) for each in content["files"]):
            raise TypeError
    return dict(content)


def _is_parquet(path: Path) -> bool:
    with open_regular(path) as stream:
        return stream.read(len(_MAGIC)) == _MAGIC


def _parquet(path: Path) -> Any:
    check_parquet(path)
    import pyarrow.parquet as pq

    with _blaming(path):
        return pq.ParquetFile(path, pre_buffer=False)


@contextmanager
def _blaming(path: Path) -> Iterator[None]:
    """Whatever is wrong with the content of a file, in one line."""
    try:
        yield
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError, IndexError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise FormatError(
            "{path}: neither a table of edits, nor a file of --stats, nor a report of redactor", path=show(path)
        ) from None


def _edits_of_parquet(path: Path) -> Iterator[EditRow]:
    file = _parquet(path)
    names = [name for name in EditRow._fields if name in file.schema_arrow.names]
    with _blaming(path):
        batches = file.iter_batches(batch_size=GROUP // 5, columns=names, use_threads=False)
    while True:
        with _blaming(path):
            batch = next(batches, None)
            rows = [] if batch is None else [_row(each) for each in batch.to_pylist()]
        if batch is None:
            return
        yield from rows


def _edits_of_lines(path: Path) -> Iterator[EditRow]:
    with open_regular(path) as stream:
        while line := stream.readline(_LONGEST):
            with _blaming(path):
                yield _row(json.loads(line))


def _edits_of_report(content: Mapping[str, Any]) -> Iterator[EditRow]:
    for file in content["files"]:
        for each in file.get("edits", ()):
            where = each.get("where") or f"{each.get('line')}:{each.get('column')}"
            yield _row({"file": file["name"], "row": None, "field": None, "where": where, "score": None} | each)


def _row(given: Mapping[str, Any]) -> EditRow:
    """A row as it was read. KeyError, TypeError or ValueError for what is none."""
    values: list[Any] = [given.get(name) if name in ("field", "score") else given[name] for name in COLUMNS]
    row = EditRow(*values)
    row = row._replace(text=given.get("text"), replacement=given.get("replacement"))
    numbers, texts = (row.start, row.end), (row.file, row.where, row.entity, row.rule)
    optional = (each for each in (row.row, row.field) if each is not None)
    if not all(type(each) is int and each >= 0 for each in (*numbers, *optional)) or row.start > row.end:
        raise ValueError
    if not all(isinstance(each, str) for each in (*texts, row.text or "", row.replacement or "")):
        raise TypeError
    return row
