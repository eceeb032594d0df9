"""Tables of edits and of files written: Parquet row group by row group, or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from redactor.files.atomic import AtomicWriter
from redactor.files.tables.model import COLUMNS, TEXTS, EditRow
from redactor.formats.unit import Outlet
from redactor.model import NO_PACKAGE, FormatError
from redactor.text.show import show

PARQUET: Final = ".parquet"
GROUP: Final = 50_000
"""Edits that are held in memory, and make up a row group."""


def check_ending(path: Path, other: str) -> None:
    """FormatError for a table whose name ends neither in `.parquet` nor in the `other` ending, or that needs what is not installed."""
    if path.suffix.lower() not in (PARQUET, other):
        raise FormatError("{path}: its name must end in .parquet or {other}", path=show(path), other=other)
    check_parquet(path)


def check_parquet(path: Path) -> None:
    """FormatError where a path is one of Parquet, and what reads and writes that is not installed."""
    if path.suffix.lower() == PARQUET and find_spec("pyarrow") is None:
        raise FormatError(
            "{path}: Parquet needs a package: pip install 'redactor-zh[parquet]'", path=show(path), reason=NO_PACKAGE
        )


class EditsTable:
    """A table of edits that is being written, whole or not at all; as a context, it is written however the block ends.

    `.parquet` or `.jsonl`, by the end of its name. With texts it is for its owner's eyes only.
    """

    def __init__(self, path: Path, *, include_text: bool) -> None:
        self._columns = (*COLUMNS, *TEXTS) if include_text else COLUMNS
        self._writer = AtomicWriter(path, mode=0o600 if include_text else None)
        self._parquet: Any = None
        self._as_parquet = path.suffix.lower() == PARQUET
        self._held: list[EditRow] = []
        self._failed: BaseException | None = None

    def __enter__(self) -> EditsTable:
        self._writer.__enter__()
        if self._as_parquet:
            import pyarrow.parquet as pq  # only here: it takes long to load, and need not be installed

            self._schema = _edits_schema(self._columns)
            texts = [name for name in ("file", "where", "entity", "rule") if name in self._columns]
            self._parquet = pq.ParquetWriter(
                Outlet(self._writer), self._schema, compression="zstd", use_dictionary=texts
            )
        return self

    def add(self, rows: Iterable[EditRow]) -> None:
        """Add edits."""
        for row in rows:
            self._held.append(row)
            if len(self._held) >= GROUP:
                try:
                    self._flush()
                except BaseException as error:
                    self._failed = error
                    raise

    def _flush(self) -> None:
        held, self._held = self._held, []
        if self._parquet is None:
            lines = (json.dumps(dict(zip(self._columns, row, strict=False)), ensure_ascii=False) for row in held)
            self._writer.write("".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))
            return
        import pyarrow as pa

        columns = list(zip(*held, strict=True)) or [()] * len(EditRow._fields)
        arrays = [
            pa.array(map(_sound, column), each.type) if pa.types.is_string(each.type) else pa.array(column, each.type)
            for column, each in zip(columns, self._schema, strict=False)
        ]
        self._parquet.write_batch(pa.record_batch(arrays, schema=self._schema))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        failed = self._failed
        try:
            if failed is None and self._held:
                self._flush()
            if failed is None and self._parquet is not None:
                self._parquet.close()
        except BaseException as now:
            failed = now
            raise
        finally:
            self._writer.__exit__(type(failed) if failed else None, failed, None)


def _edits_schema(columns: Iterable[str]) -> Any:
    import pyarrow as pa

    kinds = {name: pa.int64() for name in ("row", "field", "start", "end")} | {"score": pa.float64()}
    nullable = ("row", "field", "score")
    return pa.schema([pa.field(name, kinds.get(name, pa.string()), name in nullable) for name in columns])


def _sound(text: str | None) -> str | None:
    """A text that UTF-8 takes: lone surrogates as escapes."""
    return text if text is None or text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def write_stats(path: Path, content: Mapping[str, Any]) -> None:
    """Write the table of a run's files: `.json` as it is; `.parquet` with a row a file, and what is of the whole run as metadata `redactor`."""
    with AtomicWriter(path) as out:
        if path.suffix.lower() != PARQUET:
            out.write((json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace"))
            return
        import pyarrow as pa
        import pyarrow.parquet as pq

        about = json.dumps({name: value for name, value in content.items() if name != "files"})
        schema = _stats_schema(pa).with_metadata({"redactor": about})
        rows = [{name: _sound(v) if isinstance(v, str) else v for name, v in row.items()} for row in content["files"]]
        with pq.ParquetWriter(Outlet(out), schema, compression="zstd") as writer:
            for start in range(0, max(1, len(rows)), GROUP):
                writer.write_table(pa.Table.from_pylist(rows[start : start + GROUP], schema))


def _stats_schema(pa: Any) -> Any:
    """The columns of a row of `stats.row_of`."""
    text, number = pa.string(), pa.int64()
    pairs = pa.list_(pa.struct([("kind", text), ("places", number)]))
    return pa.schema(
        [
            ("file", text),
            ("format", text),
            ("state", text),
            ("reason", text),
            ("rows", number),
            ("characters", number),
            ("bytes", number),
            ("seconds", pa.float64()),
            ("edits", number),
            ("edited", pa.list_(pa.struct([("entity", text), ("rule", text), ("edits", number)]))),
            ("residue", number),
            ("residue_by_kind", pairs),
            ("not_checked", number),
            ("not_checked_by_kind", pairs),
            ("set_aside", number),
        ]
    )
