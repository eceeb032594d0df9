"""`redactor scan`: what would be acted on, and why."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import click

from redactor.cli.job import STDIN, open_input
from redactor.cli.options import build_redactor, encoding_options, given_paths, offset_option, rule_options
from redactor.engine import Redactor
from redactor.files import Source, escape, show, sources
from redactor.model import Finding, RedactorError
from redactor.text.decode import Errors, detect_encoding, read_parts
from redactor.text.offsets import Offsets, Unit

_COLOURS = {"PERSON": "red", "LOCATION": "green", "ORGANIZATION": "yellow", "BOILERPLATE": "magenta"}


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@rule_options
@encoding_options
@click.option("--format", "style", type=click.Choice(["text", "jsonl", "json"]), default="text", show_default=True)
@click.option("--explain", is_flag=True, help="Say why: rule, context, validator.")
@offset_option
@click.option("--include-text", is_flag=True, help="Put the matched text into jsonl and json.")
@click.option("--check", is_flag=True, help="Exit with 1 when something is found.")
def scan(
    files: tuple[Path, ...],
    encoding: str | None,
    errors: Errors,
    style: Literal["text", "jsonl", "json"],
    explain: bool,
    offsets: Unit,
    include_text: bool,
    check: bool,
    **rules: Any,
) -> None:
    """Show what would be redacted in FILES, folders or standard input (-)."""
    paths = given_paths(files)
    redactor = build_redactor(**rules)
    inputs = [Source(STDIN, Path("stdin"))] if paths == [STDIN] else sources(paths)
    found = failed = 0
    rows: list[dict[str, Any]] = []
    for source in inputs:
        try:
            count = Offsets(offsets)
            for line, column, finding, text in _findings(redactor, source.path, encoding, errors, count):
                found += 1
                matched = text[finding.start : finding.end]
                if style == "text":
                    click.echo(_text_row(source.path, line, column, finding, matched, explain))
                    continue
                row = {
                    "file": show(source.path),
                    "start": count.of(finding.start),
                    "end": count.of(finding.end),
                    "entity": finding.entity,
                    "rule": finding.rule,
                    "score": round(finding.score, 3),
                }
                if explain:
                    row["why"] = finding.why()
                if include_text:
                    row["text"] = matched
                if style == "jsonl":
                    click.echo(_json(row))
                else:
                    rows.append(row)
        except (RedactorError, OSError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            failed += 1
            reason = error.strerror if isinstance(error, OSError) else str(error)
            click.echo(f"redactor: {show(source.path)}: {escape(str(reason))}", err=True)
    if style == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    if failed:
        raise SystemExit(2)
    if check and found:
        raise SystemExit(1)


def _findings(
    redactor: Redactor, path: Path, encoding: str | None, errors: Errors, count: Offsets
) -> Iterator[tuple[int, int, Finding, str]]:
    with open_input(path) as (stream, check):
        known = detect_encoding(stream, wanted=encoding, errors=errors)
        line = 1
        for text in read_parts(stream, known, errors):
            at = 0
            count.enter(text)
            for finding in redactor.scan(text):
                line += text.count("\n", at, finding.start)
                at = finding.start
                yield line, finding.start - text.rfind("\n", 0, finding.start), finding, text
            line += text.count("\n", at)
        check()


def _text_row(path: Path, line: int, column: int, finding: Finding, matched: str, explain: bool) -> str:
    label = finding.entity
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        label = click.style(label, fg=_COLOURS.get(label, "cyan"))
    shown = escape(matched if len(matched) <= 60 else f"{matched[:57]}…")
    row = f"{show(path)}:{line}:{column}: {label} {shown}"
    return f"{row}\n    {escape(finding.why())}" if explain else row


def _json(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
