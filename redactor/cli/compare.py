"""`redactor compare`: how two runs differ, rule by rule."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from math import isinf
from pathlib import Path
from typing import Any, Literal

import click

from redactor.cli.exit_codes import Exit
from redactor.cli.help import Command
from redactor.cli.options import to_json
from redactor.cli.values import Share
from redactor.files.tables.drift import BY, Drift, Side, beyond, counts_of, drift
from redactor.files.tables.model import TEXTS, EditRow
from redactor.files.tables.reading import kind_of_record
from redactor.language import later, say
from redactor.text.places import said_place
from redactor.text.show import columns, escape

_HEADS = {"rule": later("rule"), "entity": later("entity")}
_STATES = {"new": later("new"), "gone": later("gone")}


@click.command(cls=Command)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--format", "style", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@click.option(
    "--samples",
    type=click.IntRange(0, 1_000),
    default=3,
    show_default=True,
    metavar="N",
    help="Places to show of each rule.",
)
@click.option("--include-text", is_flag=True, help="Show the text of these places, if both tables hold it.")
@click.option(
    "--fail-over",
    type=Share(),
    metavar="SHARE",
    help="Exit with 1 when a rule or an entity has changed by more (20%).",
)
@click.option(
    "--least",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="With --fail-over, leave out what has fewer edits in both runs.",
)
def compare(
    old: Path,
    new: Path,
    style: Literal["text", "json", "csv"],
    samples: int,
    include_text: bool,
    fail_over: float | None,
    least: int,
) -> None:
    """Show how two runs differ: OLD and NEW are tables of `clean --edits`, files of `clean --stats`, or reports in JSON.

    Changes are of the rate in 10,000 characters, where both runs tell how many there were (stats and reports), and else of the number of edits.
    """
    before, after = counts_of(old), counts_of(new)
    if kind_of_record(old) != kind_of_record(new):
        before.drawn, after.drawn = {}, {}  # offsets are told in another way
    found = drift(before, after, samples)
    show = {"text": _as_text, "json": _as_json, "csv": _as_csv}[style]
    for line in show(found, include_text):
        click.echo(line)
    over = beyond(found, fail_over, least) if fail_over is not None else []
    raise SystemExit(Exit.FOUND if over else Exit.DONE)


def _as_text(found: Sequence[Drift], include_text: bool) -> Iterator[str]:
    for by in BY:
        rows = [each for each in found if each.by == by]
        same = sum(each.state == "same" for each in rows)
        heads = (say(_HEADS[by]), say("old"), say("new"), say("change"), say("files"), say("per 10,000"))
        table = [heads, *(_cells(each) for each in rows if each.state != "same")]
        widths = [max(columns(row[n]) for row in table) for n in range(len(heads))]
        for number, row in enumerate(table):
            yield "  ".join(
                cell + " " * (width - columns(cell)) if n == 0 else " " * (width - columns(cell)) + cell
                for n, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for place in (
                _places([each for each in rows if each.state != "same"][number - 1], include_text) if number else ()
            ):
                yield f"    {place}"
        if same:
            yield say("{number:,} unchanged", number=same)
        yield ""


def _cells(each: Drift) -> tuple[str, ...]:
    change = say(_STATES[each.state]) if each.state in _STATES else f"{100 * each.change:+.1f}%"
    files = f"{_percent(each.old)} → {_percent(each.new)}"
    rate = f"{_rate(each.old)} → {_rate(each.new)}"
    return escape(each.name), f"{each.old.edits:,}", f"{each.new.edits:,}", change, files, rate


def _percent(side: Side) -> str:
    return "–" if side.share is None else f"{100 * side.share:.1f}%"


def _rate(side: Side) -> str:
    return "–" if side.rate is None else f"{side.rate:.2f}"


def _places(each: Drift, include_text: bool) -> Iterator[str]:
    for sign, rows in (("+", each.new_places), ("-", each.gone_places)):
        for row in rows:
            text = f" {escape(row.text)}" if include_text and row.text is not None else ""
            yield f"{sign} {escape(row.file)}: {escape(said_place(row.where))} [{row.start}, {row.end}){text}"


def _as_json(found: Sequence[Drift], include_text: bool) -> Iterator[str]:
    yield to_json({"schema": 1, "rows": [_row(each, include_text) for each in found]}, indent=1)


def _row(each: Drift, include_text: bool) -> dict[str, Any]:
    sides = {
        f"{name}_{side}": getattr(given, name)
        for side, given in (("old", each.old), ("new", each.new))
        for name in ("edits", "share", "rate")
    }
    return {
        "by": each.by,
        "name": each.name,
        "state": each.state,
        "change": None if isinf(each.change) else round(each.change, 6),
        **sides,
        "new_places": [_place(row, include_text) for row in each.new_places],
        "gone_places": [_place(row, include_text) for row in each.gone_places],
    }


def _place(row: EditRow, include_text: bool) -> dict[str, Any]:
    return {name: value for name, value in row._asdict().items() if include_text or name not in TEXTS}


def _as_csv(found: Sequence[Drift], include_text: bool) -> Iterator[str]:
    out = io.StringIO()
    rows = [
        {name: value for name, value in _row(each, include_text).items() if not name.endswith("places")}
        for each in found
    ]
    writer = csv.DictWriter(out, list(rows[0]) if rows else ["by", "name"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    yield out.getvalue().rstrip("\n")
