"""`redactor scan`: what would be acted on, and why."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal

import click

from redactor.cli.options import (
    build_options,
    build_redactor,
    document_options,
    encoding_options,
    given_paths,
    memory_option,
    offset_option,
    rule_options,
    to_json,
)
from redactor.document.batches import documents
from redactor.document.state import Memory
from redactor.files.job import NOWHERE, STDIN, document_limits, failure, open_input
from redactor.files.positions import before_edits, places_of, shown_in
from redactor.files.report import hidden_line
from redactor.files.walk import Source, sources
from redactor.formats.options import Options
from redactor.formats.registry import TEXT, load_format
from redactor.formats.session import DocumentSession
from redactor.formats.sniff import kind_of
from redactor.formats.unit import Redact, Unit
from redactor.model import KEEP, Finding, Result
from redactor.parallel.sandbox import confined
from redactor.redactor import Redactor
from redactor.text.decode import Errors, detect_encoding, read_parts
from redactor.text.offsets import Offsets
from redactor.text.offsets import Unit as OffsetUnit
from redactor.text.show import escape, show

if TYPE_CHECKING:
    from redactor.testing.profile import Clock

RESIDUE: Final = "RESIDUE"
"""What `--digits` calls digits that no rule protects."""
_COLOURS = {"PERSON": "red", "LOCATION": "green", "ORGANIZATION": "yellow", "BOILERPLATE": "magenta"}


@click.command()
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
@memory_option
@click.option("--check", is_flag=True, help="Exit with 1 when something is found.")
def scan(
    files: tuple[Path, ...],
    kind: str | None,
    strict: bool,
    scrub: bool | None,
    unknown: Literal["refuse", "drop"],
    fields: tuple[str, ...],
    columns: tuple[str, ...],
    encoding: str | None,
    errors: Errors,
    style: Literal["text", "jsonl", "json"],
    explain: bool,
    profile: bool,
    digits: bool,
    offsets: OffsetUnit,
    include_text: bool,
    check: bool,
    max_memory: int,
    **rules: Any,
) -> None:
    """Show what would be redacted in FILES, folders or standard input (-)."""
    paths = given_paths(files)
    if profile and style == "jsonl":
        raise click.UsageError("--profile goes with --format text or json")
    if profile and digits:
        raise click.UsageError("--profile and --digits exclude one another")
    redactor = build_redactor(**rules)
    options = build_options(
        redactor.policy, scrub=scrub, unknown=unknown, fields=fields, columns=columns, encoding=encoding
    )
    inputs = [Source(STDIN, Path("stdin"))] if paths == [STDIN] else sources(paths)
    printer = (_DigitsPrinter if digits else _Printer)(style, explain, include_text)
    if profile:
        redactor, printer = _profiled(redactor, style)
    failed = 0
    for source in inputs:
        name = show(source.path)
        count = Offsets(offsets)
        try:
            with open_input(source.path) as opened:
                stream = opened.stream
                form = kind or kind_of(stream, source.path.name)
                if form == TEXT:
                    known = detect_encoding(stream, wanted=encoding, errors=errors)
                    in_text = _digits_in_text if digits else _in_text
                    for found in in_text(redactor, read_parts(stream, known, errors), count):
                        printer.add(name, found)
                else:
                    listing = _digits_of if digits else _findings_of
                    work = partial(
                        _in_document,
                        redactor,
                        load_format(form),
                        stream,
                        count,
                        options,
                        strict=strict,
                        listing=listing,
                    )
                    # The clock of a profile runs in this process.
                    limits = document_limits(stream, max_memory, None)
                    listed, notes = work() if profile else confined(work, limits)
                    for found in listed:
                        printer.add(name, found)
                    for note in notes:
                        click.echo(f"redactor: {name}: {note}", err=True)
                opened.check()
        except Exception as error:
            if isinstance(error, BrokenPipeError):
                raise
            failed += 1
            click.echo(f"redactor: {failure(error, name)}", err=True)
    printer.finish()
    if failed:
        raise SystemExit(2)
    if check and printer.found:
        raise SystemExit(1)


@dataclass(frozen=True, slots=True)
class _Found:
    """A finding with its place: line and column of a text, or the part of a document (`in_part`) that holds it."""

    finding: Finding
    matched: str
    start: int
    end: int
    where: str
    in_part: bool


@dataclass(slots=True)
class _Printer:
    """Writes findings in the style that was asked for, and counts them."""

    style: Literal["text", "jsonl", "json"]
    explain: bool
    include_text: bool
    found: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, found: _Found) -> None:
        """Write one, or keep it for `finish`."""
        self.found += 1
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
        if self.style == "json":
            click.echo(to_json(self.rows, indent=1))


@dataclass(slots=True)
class _DigitsPrinter(_Printer):
    """Writes the digits that stay, each with the rule that protects it; what is counted are those that none protects."""

    def add(self, name: str, found: _Found) -> None:
        """Write one, or keep it for `finish`."""
        before = self.found
        if self.style == "text":
            label, rule = found.finding.entity, found.finding.rule
            shown = f" ({rule})" if label == KEEP else ""
            click.echo(f"{name}:{found.where}: {label} {escape(found.matched)}{shown}")
        else:
            _Printer.add(self, name, found)
        self.found = before + (found.finding.entity == RESIDUE)


@dataclass(slots=True)
class _ProfilePrinter(_Printer):
    """Counts findings, and writes where the time went."""

    clock: Clock | None = None

    def add(self, name: str, found: _Found) -> None:
        """Count one."""
        self.found += 1

    def finish(self) -> None:
        """Write the table."""
        from redactor.testing.profile import as_dict, as_table

        assert self.clock is not None
        rows = self.clock.rows()
        if self.style == "json":
            click.echo(to_json(as_dict(rows, self.found), indent=1))
        else:
            for line in as_table(rows, self.found):
                click.echo(escape(line))


def _profiled(redactor: Redactor, style: Literal["text", "jsonl", "json"]) -> tuple[Redactor, _Printer]:
    from redactor.testing.profile import ProfiledRedactor

    profiled = ProfiledRedactor(redactor)
    return profiled, _ProfilePrinter(style, explain=False, include_text=False, clock=profiled.clock)


def _in_text(redactor: Redactor, parts: Iterable[str], count: Offsets) -> Iterator[_Found]:
    yield from _by_line(((text, redactor.scan(text)) for text in parts), count)


def _digits_in_text(redactor: Redactor, parts: Iterable[str], count: Offsets) -> Iterator[_Found]:
    def looked() -> Iterator[tuple[str, Sequence[Finding]]]:
        memory = Memory()
        for document in documents(parts):
            result = redactor.pipeline.redact(document, memory)
            yield document.text, _digits_of(redactor, document.text, result, ())

    yield from _by_line(looked(), count)


def _by_line(listed: Iterable[tuple[str, Sequence[Finding]]], count: Offsets) -> Iterator[_Found]:
    line = 1
    for text, findings in listed:
        at = 0
        count.enter(text)
        for finding in findings:
            line += text.count("\n", at, finding.start)
            at = finding.start
            where = f"{line}:{finding.start - text.rfind(chr(10), 0, finding.start)}"
            yield _placed(finding, text, count, where, in_part=False)
        line += text.count("\n", at)


def _findings_of(redactor: Redactor, text: str, result: Result, units: Sequence[Unit]) -> Sequence[Finding]:
    return result.findings


def _digits_of(redactor: Redactor, text: str, result: Result, units: Sequence[Unit]) -> Sequence[Finding]:
    """The digits that stay, where they stand in the input, as findings: KEEP by the rule that protects them, or RESIDUE."""
    account = redactor.account(text, result)
    before = before_edits(result.edits)
    return [
        Finding(
            start := before(each.start),
            start + each.end - each.start,
            "KEEP" if each.kind == "kept-digits" else RESIDUE,
            each.rule or f"residue.{each.kind}",
            score=1.0 if each.kind == "kept-digits" else 0.0,
        )
        for each in (shown_in(units, result.edits, account) if units else account)
        if any(char.isdigit() for char in result.text[each.start : each.end])
    ]


def _in_document(
    redactor: Redactor,
    redact: Redact,
    stream: BinaryIO,
    count: Offsets,
    options: Options,
    *,
    strict: bool,
    listing: Callable[[Redactor, str, Result, Sequence[Unit]], Sequence[Finding]],
) -> tuple[list[_Found], list[str]]:
    """What is found in a file in a format other than text, and lines on what could not be looked into or is hidden."""
    listed: list[_Found] = []

    def account(text: str, result: Result, units: Sequence[Unit], _: object = None) -> None:
        count.enter(text)
        where = places_of(units)
        found = listing(redactor, text, result, units)
        listed.extend(_placed(finding, text, count, where(finding.start), in_part=True) for finding in found)

    session = DocumentSession(redactor, account, strict)
    redact(stream, NOWHERE, session, options)
    notes = [f"{escape(where)}: {what} was not checked" for where, what in session.not_checked]
    notes += [hidden_line(escape(where), what, places) for (where, what), places in session.hidden_texts.items()]
    return listed, notes


def _placed(finding: Finding, text: str, count: Offsets, where: str, *, in_part: bool) -> _Found:
    start, end = finding.start, finding.end
    return _Found(finding, text[start:end], count.of(start), count.of(end), where, in_part)


def _text_row(place: str, finding: Finding, matched: str, explain: bool) -> str:
    label = finding.entity
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        label = click.style(label, fg=_COLOURS.get(label, "cyan"))
    shown = escape(matched if len(matched) <= 60 else f"{matched[:57]}…")
    row = f"{place}: {label} {shown}"
    return f"{row}\n    {escape(finding.why())}" if explain else row
