"""What `clean` tells of its run beside the outputs: the options for it, the report, the summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Final

import click

from redactor import __version__
from redactor.cli.notes import note
from redactor.cli.options import quiet_option
from redactor.cli.summary import left_out, residue_lines, statistics, summary
from redactor.cli.usage import is_taken, refuse_existing, together
from redactor.cli.values import FilePath
from redactor.files.atomic import write_whole
from redactor.files.entries import Totals, report_of, totals_of
from redactor.files.job import Job
from redactor.files.report import FileReport, Report
from redactor.files.reports import REPORTS, rendered, style_of
from redactor.files.state import State
from redactor.files.tasks import Task
from redactor.files.walk import Skipped
from redactor.language import say
from redactor.model import RedactorError
from redactor.text.offsets import Unit
from redactor.text.show import show


@dataclass(frozen=True, slots=True)
class Reporting:
    """What is asked for. `path`, `style`: of the report; `tabled`: a table of rules; `residue`: that it is listed
    for people."""

    path: Path | None
    style: str | None
    include_text: bool
    residue: bool
    tabled: bool
    quiet: bool


report_options: Final = together(
    click.option(
        "--report",
        "report_file",
        type=FilePath(),
        metavar="FILE",
        help="Write a report of what was done.",
    ),
    click.option(
        "--report-format",
        type=click.Choice(REPORTS),
        help="Format of the report (what the end of its name says, or else json).",
    ),
    click.option("--include-text", is_flag=True, help="Put the original text into the report (mode 0600)."),
    click.option("--residue", is_flag=True, help="List on standard error what still deserves a look, with its place."),
    click.option(
        "--statistics", "tabled", is_flag=True, help="Show on standard error how many edits each rule has made."
    ),
    quiet_option,
)
"""--report, --report-format, --include-text, --residue, --statistics, --quiet."""


def reporting(given: dict[str, Any]) -> Reporting:
    """What `report_options` describe; they are taken out of what was given."""
    for name, goes_with in (("report_format", ("report_file",)), ("include_text", ("report_file", "edits"))):
        if given[name] and not any(given.get(each) for each in goes_with):
            option = "--" + name.replace("_", "-")
            raise click.UsageError(say("{option} goes with --report", option=option))
    names = ("report_file", "report_format", "include_text", "residue", "tabled", "quiet")
    return Reporting(*(given.pop(name) for name in names))


def new_report(
    asked: Reporting, many: bool, unit: Unit, state: State | None, left_out: Sequence[Skipped] = ()
) -> Report:
    """An empty report that records what is asked for. `left_out`: what of the folders is not opened."""
    return Report(
        include_text=asked.include_text,
        collect=asked.path is not None,
        counts=many or asked.tabled or state is not None,
        unit=unit,
        context=asked.residue,
        key=state.key if state else None,
        left_out=left_out,
    )


def check_report(asked: Reporting, tasks: Sequence[Task], force: bool, state: State | None) -> None:
    """Refuse a report over an input or output, or over a file that neither --force nor an earlier run of the state
    lets go."""
    path = asked.path
    if path is None:
        return
    if is_taken(path, tasks):
        raise RedactorError("{path}: the report would be written over an input or an output", path=show(path))
    refuse_existing(path, force or (state and state.may_overwrite(path)))


def tell(file: FileReport, asked: Reporting, *, written: bool) -> None:
    """Say what is to be said of a file that is done."""
    if file.error is not None:
        note(file.error)
    for each in file.notes():
        note(each)
    for line in residue_lines(file, written=written) if asked.residue else ():
        click.echo(line, err=True)


@contextmanager
def told(job: Job, asked: Reporting, many: bool) -> Iterator[None]:
    """What is done in the block is told of at its end, in the report and the summary, also when it is broken off."""
    began, complete = monotonic(), False
    try:
        yield
        complete = True
    finally:
        totals = totals_of(job.report.files, job.report.skipped)
        if asked.path:
            _write(job, totals, asked.path, asked.style, complete=complete)
        if asked.tabled:
            for line in statistics(totals.edited, "edits"):
                click.echo(line, err=True)
        if many:
            acts = "written" if job.mode == "write" else "checked"
            for line in left_out(totals) if asked.quiet else summary(totals, monotonic() - began, acts=acts):
                note(line)


def _write(job: Job, totals: Totals, path: Path, style: str | None, *, complete: bool) -> None:
    content = report_of(
        job.report,
        totals,
        version=__version__,
        policy=job.redactor.policy.name,
        legal=job.redactor.policy.legal,
        rule_files=job.redactor.ruleset.files,
        disabled=job.redactor.ruleset.disabled,
        complete=complete,
    )
    if job.state:
        job.state.begin(path)
    write_whole(path, rendered(content, style or style_of(path)), 0o600 if job.report.include_text else None)
    if job.state:
        job.state.finish(path, "")
