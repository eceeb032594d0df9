"""Runs of a job, on an engine and in one process, and collections to run them on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from redactor import Redactor
from redactor.engines.run import STATE, Engine, Run
from redactor.engines.work import sent_of
from redactor.files.entries import totals_of
from redactor.files.job import Job
from redactor.files.report import FileReport, Report
from redactor.files.state import State, run_digest
from redactor.files.tasks import Task
from redactor.files.walk import sources
from redactor.formats.options import Options
from tests.conftest import made

T = TypeVar("T")
R = TypeVar("R")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙"
_GIVEN = ("建国", "晓明", "志强", "立群", "秀英", "海燕")
_PLACES = ("云岭县", "青石镇", "松河市")


class Here:
    """An engine without any: this process does everything."""

    slots = 2

    def each(
        self, work: Callable[[Any, Sequence[T]], R], sent: object, units: Iterable[Sequence[T]], lost: object
    ) -> Iterator[tuple[Sequence[T], R]]:
        return ((unit, work(sent, unit)) for unit in units)


def rows(number: int, every: int = 1) -> list[dict[str, Any]]:
    """Documents of two texts; in every so manieth something is found. Some are empty and some null."""
    found: list[dict[str, Any]] = []
    for n in range(number):
        name = _SURNAMES[n % 12] + _GIVEN[n // 12 % 6]
        text = f"请{name}同志到{_PLACES[n % 3]}调研。\n{name}同志表示同意，同比增长{n % 80 + 10}.5%以上。"
        title = f"{name}同志的讲话"
        if n % every:
            title, text = "天气", "今天天气好。\n明天也好，天天都好。"
        found.append({"id": n, "title": title, "text": (text, "", None)[(n % 50 == 7) + 2 * (n % 70 == 9)]})
    return found


def collection(folder: Path, number: int, texts: int = 0, every: int = 1, *, apart: bool = False) -> None:
    """The documents as JSON Lines, as Parquet in eight row groups, and as text files, or so many of them.

    `apart`: each document is in one of these only.
    """
    documents = rows(number, every)
    files = documents[: texts or number]
    lines, table = documents, documents
    if apart:
        half = (number + texts) // 2
        lines, table = documents[texts:half], documents[half:]
    (folder / "texts").mkdir(parents=True)
    written = [json.dumps(row, ensure_ascii=False) + "\n" for row in lines]
    (folder / "rows.jsonl").write_text("".join(written), "utf-8")
    pq.write_table(pa.Table.from_pylist(table), folder / "rows.parquet", row_group_size=-(-len(table) // 8))
    for row in files:
        (folder / "texts" / f"{row['id']:05}.txt").write_text(row["text"] or "", "utf-8")


def tasks(folder: Path, out: Path) -> list[Task]:
    """What there is to do in a folder."""
    return [Task(each.path, out / each.relative) for each in sources([folder]).sources]


def on(
    engine: Engine, folder: Path, out: Path, *, size: int = 20_000, redactor: Redactor | None = None, **settings: Any
) -> tuple[Run, list[FileReport]]:
    """A run on an engine, as the command makes it, and its reports."""
    redactor = redactor or made()
    options = settings.pop("options", Options(bad_lines="quarantine"))
    out.mkdir(exist_ok=True)
    with State(out / STATE, run_digest([redactor.settings.digest, options], ())) as state:
        report = Report(collect=settings.pop("collect", False), key=state.key)
        settings = {"confine": not isinstance(engine, Here)} | settings  # of no worker no process need be forked
        job = Job(redactor=redactor, report=report, state=state, mode="write", options=options, **settings)
        run = Run(job, sent_of(job, None, state.place), engine, out, size)
        files = list(run.reports(tasks(folder, out)))
        run.close()
    return run, files


def alone(folder: Path, out: Path, *, redactor: Redactor | None = None, collect: bool = False) -> list[FileReport]:
    """The same in this process, as `--jobs 1` does it."""
    options = Options(bad_lines="quarantine")
    job = Job(
        redactor=redactor or made(),
        report=Report(collect=collect, key=b"k" * 32),
        mode="write",
        options=options,
        confine=False,
    )
    return list(job.run(tasks(folder, out)))


def totals(files: list[FileReport]) -> dict[str, Any]:
    """What all reports come to."""
    return totals_of(files).as_dict()


def assert_same(one: Path, out: Path) -> None:
    """What an engine has written is what one process has: lines byte for byte, rows and their schema, texts byte for byte."""
    for path in sorted(path for path in one.rglob("*") if path.is_file() and not path.name.endswith(".bad")):
        other = out / path.relative_to(one)
        if path.suffix == ".parquet":
            assert pq.read_table(path).equals(whole_table(other), check_metadata=True)
        else:
            assert path.read_bytes() == whole(other), path


def whole(place: Path) -> bytes:
    """A file, or its parts one after the other."""
    return b"".join(part.read_bytes() for part in parts(place))


def whole_table(place: Path) -> Any:
    """The rows of a file, or of its parts."""
    return pa.concat_tables([pq.read_table(part) for part in parts(place)])


def parts(place: Path) -> list[Path]:
    """A file, or the parts in a folder."""
    return sorted(place.iterdir()) if place.is_dir() else [place]
