"""`clean --engine`: the same run, on an engine for collections."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import click

from redactor.cli.project import is_given
from redactor.cli.usage import refuse, together
from redactor.cli.values import size
from redactor.files.entries import totals_of
from redactor.files.inputs import STDIN
from redactor.files.job import Job
from redactor.files.manifest import Manifest, write_manifest
from redactor.files.report import FileReport
from redactor.files.state import run_digest
from redactor.files.tasks import Task
from redactor.language import say

Reports = Callable[[Sequence[Task]], Iterator[FileReport]]
ENGINES: Final = ("ray",)


@dataclass(frozen=True, slots=True)
class OnEngine:
    """An engine that was asked for. `size`: bytes of a part."""

    name: str
    address: str
    size: int


engine_options: Final = together(
    click.option(
        "--engine",
        type=click.Choice(ENGINES),
        help="Spread the work by an engine for collections, over the machines of a cluster; -o is a folder, which holds the parts "
        "of large tables, a manifest and what is set aside.",
    ),
    click.option(
        "--address",
        metavar="ADDRESS",
        help="With --engine, the cluster (auto: the one that runs here); else one is begun on this machine.",
    ),
    click.option(
        "--partition-size",
        type=size,
        default="64MB",
        show_default=True,
        metavar="SIZE",
        help="With --engine, about how large a part of a table is.",
    ),
)
"""--engine, --address, --partition-size."""


def engine_of(given: dict[str, Any]) -> OnEngine | None:
    """What `engine_options` describe, taken out of what was given."""
    name, address, size = (given.pop(each) for each in ("engine", "address", "partition_size"))
    return OnEngine(name, address or "", size) if name else None


def settings_on(asked: OnEngine | None, common: dict[str, Any]) -> dict[str, Any]:
    """The settings of a job as they are on an engine: one record must not end a long run, unless the user says so."""
    if asked is None or is_given("bad_lines"):
        return common
    return common | {"options": replace(common["options"], bad_lines="quarantine")}


def state_in(asked: OnEngine | None, output: Path | None) -> Path | None:
    """Where a run on an engine notes what is finished, if the user names no place: in the output folder, which is there then."""
    if asked is None or output is None:
        return None
    from redactor.engines.run import STATE

    output.mkdir(parents=True, exist_ok=True)
    return output / STATE


def check_engine(paths: Sequence[Path], given: dict[str, Any]) -> None:
    """Refuse options that do not go with an engine, or need one."""
    engine = bool(given["engine"])
    refuse(
        (
            not engine and (is_given("address") or is_given("partition_size")),
            say("--address and --partition-size go with --engine"),
        ),
        (
            engine and (STDIN in paths or not given["output"] or given["output"] == STDIN),
            say("--engine reads files and folders and needs -o FOLDER"),
        ),
        (
            engine and any(given[name] for name in ("edits", "manifest", "quarantine", "vault")),
            say(
                "--edits, --manifest, --quarantine and --vault do not go with --engine, which writes a manifest of its own"
            ),
        ),
    )


@contextmanager
def on_engine(
    asked: OnEngine | None, job: Job, output: Path | None, jobs: int | None, key: Path | None
) -> Iterator[Reports | None]:
    """What does the files of a run on the engine that is asked for, and writes the manifest when it has; None: no engine is.

    `jobs`: how many things are done at a time; `key`: the file of the key.
    """
    if asked is None:
        yield None
        return
    from redactor.engines.on_ray import RayEngine
    from redactor.engines.run import MANIFEST, Run
    from redactor.engines.work import sent_of

    assert output is not None
    assert job.state is not None
    (output / MANIFEST).unlink(missing_ok=True)
    with RayEngine(asked.address, jobs) as engine:
        run = Run(job, sent_of(job, key, job.state.place), engine, output, asked.size)
        try:
            yield run.reports
        finally:
            run.close()
    totals = totals_of(job.report.files, job.report.skipped).as_dict()
    digest = run_digest((job.redactor.settings.digest, job.kind, job.strict, job.options), ())
    write_manifest(output / MANIFEST, Manifest(digest, run.inputs, run.outputs, totals))
