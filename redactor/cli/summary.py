"""What a run over files has come to, for people: the summary, the table of rules, the bar while it goes on."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

import click

from redactor.files.entries import Totals
from redactor.files.report import FileReport, Kind
from redactor.text.show import escape

_BAR_FROM: Final = 20
"""Files from which on a bar is shown."""
_SHOWN: Final = 12
"""Kinds that a line of the summary names."""


def summary(totals: Totals, seconds: float, *, acts: str) -> Iterator[str]:
    """The lines of the summary. `acts`: what was done to a file that changed (`written`, `would change`); "" when
    nothing was to be."""
    size = f"{totals.size / 1e6:.2f} MB in {seconds:.1f} s ({totals.size / 1e6 / max(seconds, 1e-9):.2f} MB/s)"
    if acts == "written":
        parts = [f"{_files(totals.done)} written, {totals.done - totals.changed:,} of them unchanged"]
    elif acts:
        parts = [f"{_files(totals.changed)} {acts}", f"{totals.done - totals.changed:,} unchanged"]
    else:
        parts = [f"{_files(totals.done)} read"]
    if totals.earlier:
        parts.append(f"{totals.earlier:,} by an earlier run")
    if totals.skipped:
        parts.append(f"{totals.skipped.total():,} skipped")
    yield ", ".join([*parts, f"{totals.failed.total():,} failed"]) + f"; {size}"
    for what, counts in (("failed", totals.failed), ("skipped", totals.skipped)):
        if counts:
            yield f"{what}: {_listed(counts)}"
    done, word = (totals.edited, "edits") if acts else (totals.findings, "findings")
    entities: Counter[str] = Counter()
    for (entity, _), number in done.items():
        entities[entity] += number
    where = f" in {_files(totals.files_edited)}" if acts else ""
    yield f"{done.total():,} {word}{where}" + (f": {_listed(entities)}" if entities else "")
    if totals.residue:
        yield f"residue: {_listed(totals.residue)}, in {_files(totals.files_with_residue)}"
    if totals.not_checked:
        yield f"not checked: {_listed(totals.not_checked)}"


def statistics(counts: Mapping[Kind, int], word: str) -> Iterator[str]:
    """A table: how many edits or findings (`word`) each entity and rule has, the most frequent first, and their sum."""
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    cells = [(f"{number:,}", entity, rule) for (entity, rule), number in rows]
    table = [(word, "entity", "rule"), *cells, (f"{sum(counts.values()):,}", "all", "")]
    widths = [max(len(row[column]) for row in table) for column in (0, 1)]
    for number, entity, rule in table:
        yield f"{number:>{widths[0]}}  {entity:<{widths[1]}}  {escape(rule)}".rstrip()


def _files(number: int) -> str:
    return f"{number:,} {'file' if number == 1 else 'files'}"


def _listed(counts: Counter[str]) -> str:
    """Numbers and what they are of, the largest first; a long tail is summed up."""
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{name} {number:,}" for name, number in rows[:_SHOWN]]
    if rows[_SHOWN:]:
        shown.append(f"{len(rows) - _SHOWN} more kinds {sum(number for _, number in rows[_SHOWN:]):,}")
    return ", ".join(shown)


def residue_lines(file: FileReport, *, written: bool) -> Iterator[str]:
    """Residue of a file, a line each: where, what, its text and what stands around it.

    Lines and columns are those of the output where that is a file (`written`), and else those of the input.
    """
    name = file.output if written and file.output else file.name
    for item in file.residue:
        if "where" in item:
            place = item["where"]
        else:
            before = "" if written and file.output else "input_"
            place = f"{item[before + 'line']}:{item[before + 'column']}"
        rule = f" ({item['rule']})" if item["rule"] else ""
        shown = f" {escape(item['text'])}{rule} …{escape(item['context'])}…" if "text" in item else rule
        yield f"{name}:{place}: {item['kind']} {item['entity']}{shown}"


def progress(
    length: int, *, quiet: bool, least: int = _BAR_FROM, failed: Counter[str] | None = None
) -> AbstractContextManager[Any]:
    """A bar on standard error with an estimate of the time that is left; with `failed`, it shows files done and
    failures so far."""
    hidden = quiet or not sys.stderr.isatty() or length < least

    def failures(_: object) -> str:
        return f"{failed.total()} failed" if failed else ""

    return click.progressbar(
        length=length,
        label="redacting",
        file=sys.stderr,
        hidden=hidden,
        show_pos=failed is not None,
        show_percent=True,
        item_show_func=failures,
    )
