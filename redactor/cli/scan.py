"""`redactor scan`: what would be acted on, and why."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from redactor.cli.help import Command
from redactor.cli.options import (
    build_options,
    build_redactor,
    document_options,
    encoding_options,
    given_paths,
    jobs_option,
    memory_option,
    offset_option,
    rule_options,
    to_json,
)
from redactor.files.books import RESIDUE
from redactor.files.inputs import STDIN
from redactor.files.job import Job, Task
from redactor.files.report import FileReport, Found, Report
from redactor.files.walk import Source, sources
from redactor.model import KEEP, Finding
from redactor.parallel.pool import processors
from redactor.text.offsets import Unit
from redactor.text.show import escape

if TYPE_CHECKING:
    from redactor.testing.profile import Clock

_COLOURS = {"PERSON": "red", "LOCATION": "green", "ORGANIZATION": "yellow", "BOILERPLATE": "magenta"}


@click.command(cls=Command)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
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
@offset_option
@click.option("--include-text", is_flag=True, help="Put the matched text into jsonl and json.")
@jobs_option
@memory_option
@click.option("--check", is_flag=True, help="Exit with 1 when something is found.")
def scan(
    files: tuple[Path, ...],
    style: Literal["text", "jsonl", "json"],
    explain: bool,
    profile: bool,
    digits: bool,
    offsets: Unit,
    include_text: bool,
    check: bool,
    jobs: int | None,
    max_memory: int,
    **given: Any,
) -> None:
    """Show what would be redacted in FILES, folders or standard input (-)."""
    paths = given_paths(files)
    if profile and style == "jsonl":
        raise click.UsageError("--profile goes with --format text or json")
    if profile and digits:
        raise click.UsageError("--profile and --digits exclude one another")
    options, kind, strict = build_options(given), given.pop("kind"), given.pop("strict")
    redactor = build_redactor(**given)
    printer = _Printer(style, explain, include_text)
    if profile:
        from redactor.testing.profile import ProfiledRedactor

        redactor = profiled = ProfiledRedactor(redactor)
        printer.clock = profiled.clock
    inputs = [Source(STDIN, Path("stdin"))] if paths == [STDIN] else sources(paths)
    tasks = [Task(source.path, None) for source in inputs]
    job = Job(
        redactor=redactor,
        report=Report(collect=False, unit=offsets),
        options=options,
        listing="digits" if digits else "findings",
        memory=max_memory,
        # The clock of a profile runs in this process.
        jobs=1 if profile else jobs or processors(),
        kind=kind,
        strict=strict,
        confine=not profile,
        debug=click.get_current_context().obj["debug"],
        show=printer.show,
    )
    failed = 0
    for file in job.run(tasks):
        printer.show(file)
        if file.error is not None:
            failed += 1
            click.echo(f"redactor: {file.error}", err=True)
            continue
        for note in file.notes():
            click.echo(f"redactor: {note}", err=True)
    printer.finish()
    if failed:
        raise SystemExit(2)
    if check and printer.found:
        raise SystemExit(1)


@dataclass(slots=True)
class _Printer:
    """Writes findings in the style that was asked for, and counts them."""

    style: Literal["text", "jsonl", "json"]
    explain: bool
    include_text: bool
    clock: Clock | None = None
    """That of a profile: then nothing else is written than where the time went."""
    found: int = 0
    """How many were found; of digits, those that no rule protects."""
    rows: list[dict[str, Any]] = field(default_factory=list)

    def show(self, file: FileReport) -> None:
        """Write what was found in a file so far."""
        for found in file.found:
            self.found += found.finding.entity != KEEP
            if self.clock is None:
                self._add(file.name, found)
        file.found.clear()

    def _add(self, name: str, found: Found) -> None:
        if self.style == "text":
            click.echo(_text_row(f"{name}:{found.where}", found.finding, found.matched, self.explain))
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
        if self.clock:
            self._show_profile(self.clock)
        elif self.style == "json":
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
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        label = click.style(label, fg=_COLOURS.get(label, "cyan"))
    shown = escape(matched if len(matched) <= 60 else f"{matched[:57]}…")
    row = f"{place}: {label} {shown}"
    return f"{row}\n    {escape(finding.why())}" if explain else row
