"""What a run over files has come to, for people: the summary, the table of rules, the bar while it goes on."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

import click

from redactor.document.residue import ResidueKind
from redactor.files.entries import Totals
from redactor.files.report import FileReport, Kind
from redactor.files.walk import UNASKED
from redactor.language import later, say, several
from redactor.text.places import at, said_place
from redactor.text.show import columns, escape

_BAR_FROM: Final = 20
"""Files from which on a bar is shown."""
_SHOWN: Final = 12
"""Kinds that a line of the summary names."""
_RESIDUE: Final[Mapping[ResidueKind, str]] = {
    "same-type": later("same-type"),
    "doubtful": later("doubtful"),
    "digits": later("digits"),
    "kept-digits": later("kept-digits"),
    "partial-mask": later("partial-mask"),
}
"""What people are told of the kinds of residue."""


def summary(totals: Totals, seconds: float, *, acts: str) -> Iterator[str]:
    """The lines of the summary. `acts`: what was done to a file that changed (`written`, `checked`: it would change); "" when
    nothing was to be."""
    unchanged = totals.done - totals.changed
    if acts == "written":
        parts = [
            say("{files} written, {unchanged:,} of them unchanged", files=_files(totals.done), unchanged=unchanged)
        ]
    elif acts:
        parts = [
            several("{number:,} file would change", "{number:,} files would change", totals.changed),
            say("{unchanged:,} unchanged", unchanged=unchanged),
        ]
    else:
        parts = [say("{files} read", files=_files(totals.done))]
    if totals.earlier:
        parts.append(say("{number:,} by an earlier run", number=totals.earlier))
    if totals.skipped:
        parts.append(say("{number:,} skipped", number=totals.skipped.total()))
    parts.append(say("{number:,} failed", number=totals.failed.total()))
    size = totals.size / 1e6
    yield say(
        "{parts}; {size:.2f} MB in {seconds:.1f} s ({rate:.2f} MB/s)",
        parts=say(", ").join(parts),
        size=size,
        seconds=seconds,
        rate=size / max(seconds, 1e-9),
    )
    if totals.failed:
        yield say("failed: {kinds}", kinds=_listed(totals.failed))
    if totals.skipped:
        yield say("skipped: {kinds}", kinds=_listed(totals.skipped))
    done = totals.edited if acts else totals.findings
    entities: Counter[str] = Counter()
    for (entity, _), number in done.items():
        entities[entity] += number
    if acts:
        counted = several(
            "{number:,} edit in {files}", "{number:,} edits in {files}", done.total(), files=_files(totals.files_edited)
        )
    else:
        counted = several("{number:,} finding", "{number:,} findings", done.total())
    if done:
        yield at(counted, _listed(entities))
    else:
        yield say("no edits") if acts else say("no findings")
    if totals.residue:
        yield say(
            "residue: {kinds}, in {files}", kinds=_listed(totals.residue), files=_files(totals.files_with_residue)
        )
    if totals.not_checked:
        yield say("not checked: {kinds}", kinds=_listed(totals.not_checked))


def left_out(totals: Totals) -> Iterator[str]:
    """A line on what of folders was left out unasked: what a run that says little says all the same."""
    unasked = Counter({why: totals.skipped[why] for why in UNASKED if totals.skipped[why]})
    if unasked:
        yield say("skipped: {kinds}", kinds=_listed(unasked))


def statistics(counts: Mapping[Kind, int], word: str) -> Iterator[str]:
    """A table: how many edits or findings (`word`) each entity and rule has, the most frequent first, and their sum."""
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    cells = [(f"{number:,}", entity, rule) for (entity, rule), number in rows]
    table = [(say(word), say("entity"), say("rule")), *cells, (f"{sum(counts.values()):,}", say("all"), "")]
    first, second = (max(columns(row[column]) for row in table) for column in (0, 1))
    for number, entity, rule in table:
        blanks = " " * (first - columns(number)), " " * (second - columns(entity))
        yield f"{blanks[0]}{number}  {entity}{blanks[1]}  {escape(rule)}".rstrip()


def _files(number: int) -> str:
    return several("{number:,} file", "{number:,} files", number)


def _listed(counts: Counter[str]) -> str:
    """Numbers and what they are of, the largest first; a long tail is summed up."""
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{_said(name)} {number:,}" for name, number in rows[:_SHOWN]]
    if rows[_SHOWN:]:
        left = sum(number for _, number in rows[_SHOWN:])
        shown.append(say("{kinds} more kinds {number:,}", kinds=len(rows) - _SHOWN, number=left))
    return say(", ").join(shown)


def _said(name: str) -> str:
    """The name of a kind; of some a reason stands behind it (`unsupported: picture`)."""
    kind, _, reason = name.partition(": ")
    return at(say(kind), say(reason)) if reason else say(name)


def residue_lines(file: FileReport, *, written: bool) -> Iterator[str]:
    """Residue of a file, a line each: where, what, its text and what stands around it.

    Lines and columns are those of the output where that is a file (`written`), and else those of the input.
    """
    name = file.output if written and file.output else file.name
    for item in file.residue:
        if "where" in item:
            place = said_place(item["where"])
        else:
            before = "" if written and file.output else "input_"
            place = f"{item[before + 'line']}:{item[before + 'column']}"
        rule = f" ({item['rule']})" if item["rule"] else ""
        shown = f" {escape(item['text'])}{rule} …{escape(item['context'])}…" if "text" in item else rule
        yield f"{name}:{place}: {say(_RESIDUE[item['kind']])} {item['entity']}{shown}"


def progress(
    length: int, *, quiet: bool, least: int = _BAR_FROM, failed: Counter[str] | None = None
) -> AbstractContextManager[Any]:
    """A bar on standard error with an estimate of the time that is left; with `failed`, it shows files done and
    failures so far."""
    hidden = quiet or not sys.stderr.isatty() or length < least

    def failures(_: object) -> str:
        return say("{number:,} failed", number=failed.total()) if failed else ""

    return click.progressbar(
        length=length,
        label=say("redacting"),
        file=sys.stderr,
        hidden=hidden,
        show_pos=failed is not None,
        show_percent=True,
        item_show_func=failures,
    )
