"""`redactor scan`: what would be acted on, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

import click

from redactor.cli.colours import coloured
from redactor.cli.exit_codes import exit_code
from redactor.cli.notes import note
from redactor.cli.options import (
    build_redactor,
    document_options,
    encoding_options,
    given_paths,
    job_settings,
    jobs_option,
    memory_option,
    offset_option,
    quiet_option,
    rule_options,
    to_json,
)
from redactor.cli.project import WithProject
from redactor.cli.records import Recording, check_records, recorded, recording, table_options
from redactor.cli.selection import baseline_options, find_inputs, selected, selection_options
from redactor.cli.summary import left_out, statistics, summary
from redactor.cli.usage import refuse
from redactor.detect.explained import explained
from redactor.files.baseline import Accepted, accepted
from redactor.files.books import RESIDUE
from redactor.files.entries import Totals, nested, totals_of
from redactor.files.job import Job
from redactor.files.report import FileReport, Found, Report
from redactor.files.tasks import Task
from redactor.language import later, say
from redactor.model import KEEP, Finding
from redactor.parallel.pool import processors
from redactor.text.offsets import Unit
from redactor.text.places import said_place
from redactor.text.show import escape

if TYPE_CHECKING:
    from redactor.testing.profile import Clock

_COLOURS = {"PERSON": "red", "LOCATION": "green", "ORGANIZATION": "yellow", "BOILERPLATE": "magenta"}


@click.command(cls=WithProject, codes=True)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True, readable=False))
@baseline_options
@selection_options
@rule_options
@document_options
@encoding_options
@click.option("--format", "style", type=click.Choice(["text", "jsonl", "json"]), default="text", show_default=True)
@click.option("--explain", is_flag=True, help="Say why: rule, context, validator.")
@click.option(
    "--profile", is_flag=True, help="Print where the time went, by stage and by rule, instead of what was found."
)
@click.option(
    "--digits",
    is_flag=True,
    help="Show the digits that would stay instead: those that a rule protects (KEEP, and which), and the others (RESIDUE).",
)
@click.option(
    "--statistics",
    "tabled",
    is_flag=True,
    help="Print how often each rule has found something, instead of what was found.",
)
@offset_option
@table_options
@click.option("--force", is_flag=True, help="Write over --stats and --edits that exist.")
@click.option("--include-text", is_flag=True, help="Put the matched text into jsonl, json and --edits.")
@jobs_option
@memory_option
@click.option("--check", is_flag=True, help="Exit with 1 when something is found.")
@quiet_option
def scan(
    files: tuple[Path, ...],
    style: Literal["text", "jsonl", "json"],
    explain: bool,
    profile: bool,
    digits: bool,
    tabled: bool,
    offsets: Unit,
    include_text: bool,
    check: bool,
    baseline: Path | None,
    write_baseline: Path | None,
    force: bool,
    quiet: bool,
    jobs: int | None,
    max_memory: int,
    **given: Any,
) -> None:
    """Show what would be redacted in FILES, folders or standard input (-)."""
    began, paths = monotonic(), given_paths(files, given["files_from"])
    _check_usage(click.get_current_context().params)
    common = job_settings(given)
    records = recorded(given, include_text=include_text, written=False)
    chosen = selected(given)
    redactor = build_redactor(**given)
    found = find_inputs(paths, chosen)
    printer = _Printer(
        style, explain, include_text, accepted(baseline, write_baseline, paths), listed=not (profile or tabled)
    )
    if profile:
        from redactor.testing.profile import ProfiledRedactor

        redactor = profiled = ProfiledRedactor(redactor)
        printer.clock = profiled.clock
    tasks = [Task(source.path, None, source.closed) for source in found.sources]
    check_records(records, tasks, force, None, [baseline, write_baseline])
    job = Job(
        redactor=redactor,
        report=Report(collect=False, unit=offsets, left_out=found.skipped),
        listing="digits" if digits else "findings",
        residue=records.counts,
        memory=max_memory,
        # The clock of a profile runs in this process.
        jobs=1 if profile else jobs or processors(),
        confine=not profile,
        show=printer.show,
        **common,
    )
    many = len(tasks) > 1 or any(path.is_dir() for path in paths)
    with recording(job, records, offsets, None, ()) as run:
        totals = _each(run, tasks, printer)
    if tabled:
        _show_statistics(totals, style)
    printer.finish()
    if many:
        for line in left_out(totals) if quiet else summary(totals, monotonic() - began, acts=""):
            note(line)
    raise SystemExit(exit_code(job.report.files, found=check and printer.found > 0))


def _check_usage(given: dict[str, Any]) -> None:
    """Refuse options that do not go together."""
    profile, digits, tabled = (given[name] for name in ("profile", "digits", "tabled"))
    refuse(
        (
            (profile or tabled) and given["style"] == "jsonl",
            say("--profile and --statistics go with --format text or json"),
        ),
        (profile + digits + tabled > 1, say("--profile, --digits and --statistics exclude one another")),
        (
            digits and (given["baseline"] or given["write_baseline"]),
            say("--digits and baselines exclude one another"),
        ),
    )


def _each(run: Recording, tasks: Sequence[Task], printer: _Printer) -> Totals:
    """Show what is found in all files, as they come, and count it."""
    report = run.job.report
    for file in run.job.run(tasks):
        report.files.append(file)
        run.take(file)
        printer.end(file)
        if file.error is not None:
            note(file.error)
            continue
        for each in file.notes():
            note(each)
    return totals_of(report.files, report.skipped)


def _show_statistics(totals: Totals, style: str) -> None:
    if style == "json":
        click.echo(to_json(nested(totals.findings), indent=1))
        return
    for line in statistics(totals.findings, later("findings")):
        click.echo(line)


@dataclass(slots=True)
class _Printer:
    """Writes findings in the style that was asked for, and counts them."""

    style: Literal["text", "jsonl", "json"]
    explain: bool
    include_text: bool
    accepted: Accepted
    listed: bool = True
    """Whether what was found is listed place by place."""
    clock: Clock | None = None
    """That of a profile."""
    found: int = 0
    """How many were found; of digits, those that no rule protects."""
    rows: list[dict[str, Any]] = field(default_factory=list)

    def end(self, file: FileReport) -> None:
        """Write what is left to be written of a file."""
        self.accepted.end(file)
        self._write(file)

    def show(self, file: FileReport) -> None:
        """Write what was found in a file so far."""
        self.accepted.take(file)
        self._write(file)

    def _write(self, file: FileReport) -> None:
        for found in file.found:
            self.found += found.finding.entity != KEEP
            if self.listed:
                self._add(file.name, found)
        file.found.clear()

    def _add(self, name: str, found: Found) -> None:
        if self.style == "text":
            click.echo(_text_row(f"{name}:{said_place(found.where)}", found.finding, found.matched, self.explain))
            return
        finding = found.finding
        row: dict[str, Any] = {
            "file": name,
            "start": found.start,
            "end": found.end,
            "entity": finding.entity,
            "rule": finding.rule,
            "score": round(finding.score, 3),
        }
        if found.in_part:
            row["where"] = found.where
        if self.explain:
            row["why"] = finding.why()
        if self.include_text:
            row["text"] = found.matched
        if self.style == "jsonl":
            click.echo(to_json(row))
        else:
            self.rows.append(row)

    def finish(self) -> None:
        """Write what only a whole run can be written as."""
        self.accepted.finish()
        if self.clock:
            self._show_profile(self.clock)
        elif self.style == "json" and self.listed:
            click.echo(to_json(self.rows, indent=1))

    def _show_profile(self, clock: Clock) -> None:
        from redactor.testing.profile import as_dict, as_table

        rows = clock.rows()
        if self.style == "json":
            click.echo(to_json(as_dict(rows, self.found), indent=1))
            return
        for line in as_table(rows, self.found):
            click.echo(escape(line))


def _text_row(place: str, finding: Finding, matched: str, explain: bool) -> str:
    label = finding.entity
    if label in (KEEP, RESIDUE):
        return f"{place}: {label} {escape(matched)}" + (f" ({finding.rule})" if label == KEEP else "")
    if coloured():
        label = click.style(label, fg=_COLOURS.get(label, "cyan"))
    shown = escape(matched if len(matched) <= 60 else f"{matched[:57]}…")
    row = f"{place}: {label} {shown}"
    return f"{row}\n    {escape(explained(finding))}" if explain else row
