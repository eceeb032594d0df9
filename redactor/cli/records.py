"""What a run records for later, beside its outputs: the options for it, and what writes it while the run goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any, Final

import click

from redactor import __version__
from redactor.cli.notes import note, refused
from redactor.cli.project import setting
from redactor.cli.usage import is_taken, refuse_existing, together
from redactor.cli.values import FilePath
from redactor.files.entries import totals_of
from redactor.files.job import Job
from redactor.files.manifest import Listed, Manifest, write_manifest
from redactor.files.quarantine import settle
from redactor.files.report import FileReport
from redactor.files.state import State, run_digest
from redactor.files.tables.spool import Spool, drop, kept_spool, new_spool, spooled
from redactor.files.tables.stats import stats_of
from redactor.files.tables.writing import EditsTable, check_ending, write_stats
from redactor.files.tasks import Task
from redactor.model import FormatError, RedactorError
from redactor.parallel.worker import undisturbed
from redactor.text.offsets import Unit
from redactor.text.show import show


@dataclass(frozen=True, slots=True)
class Records:
    """What is asked for; None: that isn't."""

    stats: Path | None = None
    edits: Path | None = None
    manifest: Path | None = None
    quarantine: Path | None = None
    include_text: bool = False

    @property
    def counts(self) -> bool:
        """Whether all that a report counts is wanted."""
        return self.stats is not None or self.manifest is not None

    @property
    def paths(self) -> list[Path]:
        """The files that are to be written."""
        return [path for path in (self.stats, self.edits, self.manifest) if path is not None]


table_options: Final = together(
    click.option(
        "--stats",
        type=FilePath(),
        metavar="FILE",
        help="Write a row of numbers for each file, and the totals: .parquet or .json.",
    ),
    click.option(
        "--edits",
        type=FilePath(),
        metavar="FILE",
        help="Write a table of the edits (file, row, place, offsets, entity, rule, score): .parquet or .jsonl.",
    ),
)
"""--stats and --edits."""


record_options: Final = together(
    table_options,
    click.option(
        "--manifest",
        type=FilePath(),
        metavar="FILE",
        help="Write what went in and came out, by SHA-256, with the digest of the settings: JSON.",
    ),
    setting(
        "--quarantine",
        type=FilePath(),
        metavar="DIR",
        example='"../quarantine"',
        help="Copy inputs that fail into DIR (mode 0600), each with the reason beside it; records of --bad-lines quarantine go there too.",
    ),
)
"""--stats, --edits, --manifest and --quarantine."""


def recorded(given: dict[str, Any], *, include_text: bool, written: bool) -> Records:
    """What the options describe; they are taken out of what was given. RedactorError for one that can't be written.

    `written`: whether the run writes outputs; else nothing goes to a quarantine.
    """
    stats, edits, manifest, quarantine = (
        given.pop(name, None) for name in ("stats", "edits", "manifest", "quarantine")
    )
    asked = Records(stats, edits, manifest, quarantine, include_text)
    if not written:
        asked = replace(asked, quarantine=None)
    for path, other in ((asked.stats, ".json"), (asked.edits, ".jsonl")):
        if path is not None:
            check_ending(path, other)
    return asked


def check_records(
    asked: Records, tasks: Sequence[Task], force: bool, state: State | None, others: Sequence[Path | None] = ()
) -> None:
    """Refuse to write what is recorded over an input, an output or one of the `others`, over one another, or over a file that neither
    --force nor an earlier run of the state lets go."""
    for number, path in enumerate(asked.paths):
        if is_taken(path, tasks, (*others, *asked.paths[:number])):
            raise RedactorError(
                "{path}: would be written over an input, an output or something else that this run writes",
                path=show(path),
            )
        refuse_existing(path, force or (state and state.may_overwrite(path)))


@dataclass(slots=True)
class Recording:
    """A run that is recorded. `job`: as it is to be run."""

    job: Job
    asked: Records
    settings: str = ""
    """The digest of all that outputs depend on besides their inputs."""
    complete: bool = False
    _edits: EditsTable | None = None
    _began: float = field(default_factory=monotonic)

    def take(self, file: FileReport) -> None:
        """Take up the edits of a file that is done."""
        if self._edits is not None and file.spooled is not None:
            with undisturbed():  # so that the table has all of a file or nothing of it
                self._edits.add(spooled(file.spooled, file.name))
            if self.job.spool and not self.job.spool.kept:
                drop(file.spooled)

    def _write(self) -> None:
        """Write what is known of the run, which may have been broken off."""
        report, acts = self.job.report, self.job.mode == "write"
        totals = totals_of(report.files, report.skipped)
        if self.asked.stats:
            content = stats_of(
                report,
                totals,
                version=__version__,
                policy=self.job.redactor.policy.name,
                seconds=monotonic() - self._began,
                acts=acts,
                complete=self.complete,
            )
            write_stats(self.asked.stats, content)
        if self.asked.manifest:
            counted = totals.as_dict() | {"rows": sum(file.records or 0 for file in report.files)}
            inputs, outputs = _listed(report.files)
            write_manifest(self.asked.manifest, Manifest(self.settings, inputs, outputs, counted, self.complete))


def set_apart(task: Task, file: FileReport) -> None:
    """Keep a copy of an input that failed, if that is asked for; what stands in the way is told, and the run goes on."""
    try:
        settle(task, file)
    except FormatError as error:
        note(str(error))
    except OSError as error:
        note(refused(error))


def _listed(files: Sequence[FileReport]) -> tuple[list[Listed], list[Listed]]:
    """Inputs and outputs of files that were read, and of those that could not be."""
    inputs, outputs = [], []
    for file in files:
        digest, size = file.read or (None, None)
        rows = None if file.records is None else file.records + len(file.set_aside)
        inputs.append(Listed(file.name, digest, size, rows))
        if file.wrote:
            outputs.append(Listed(file.output or "-", *file.wrote, file.records))
    return inputs, outputs


@contextmanager
def recording(
    job: Job, asked: Records, unit: Unit, state: Path | None, settings: Sequence[object]
) -> Iterator[Recording]:
    """A run of the job in the block, recorded as it is asked for, however the block ends.

    `state`: the file of --state. `settings`: what outputs depend on besides those of the Redactor.
    """
    digest = run_digest([job.redactor.settings.digest, *settings], job.redactor.ner_files)
    with ExitStack() as stack:
        spool: Spool | None = None
        if asked.edits and state:
            spool = kept_spool(state, include_text=asked.include_text, unit=unit)
        elif asked.edits:
            spool = stack.enter_context(new_spool(asked.edits, include_text=asked.include_text, unit=unit))
        run = Recording(replace(job, spool=spool, digests=asked.manifest is not None), asked, digest)
        for path in asked.paths if job.state else ():
            job.state.begin(path)  # type: ignore[union-attr]
        if asked.edits:
            run._edits = stack.enter_context(EditsTable(asked.edits, include_text=asked.include_text))
        try:
            yield run
            run.complete = True
        finally:
            run._write()
            stack.close()
            for path in asked.paths if job.state else ():
                job.state.finish(path, "")  # type: ignore[union-attr]
