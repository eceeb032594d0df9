"""`redactor sample`: some edits of each rule to look at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from redactor.cli.help import Command
from redactor.cli.notes import note
from redactor.cli.options import to_json
from redactor.cli.usage import refuse_existing
from redactor.files.atomic import write_whole
from redactor.files.inputs import print_bytes
from redactor.files.reports.sample_page import as_sample_page
from redactor.files.tables.model import EditRow
from redactor.files.tables.originals import Shown, read_originals
from redactor.files.tables.reading import read_edits
from redactor.files.tables.sampling import draw
from redactor.language import say, several
from redactor.model import FormatError
from redactor.text.show import show

_PATH = click.Path(path_type=Path)
_PAGES = (".html", ".htm")


@click.command(cls=Command)
@click.argument("edits", type=_PATH)
@click.option(
    "--per-rule",
    type=click.IntRange(1, 100_000),
    default=20,
    show_default=True,
    metavar="N",
    help="How many edits of each rule to show.",
)
@click.option("-o", "--output", type=_PATH, metavar="FILE", help="A page (.html) or JSON Lines (any other name).")
@click.option(
    "--inputs", type=_PATH, metavar="DIR", help="With --include-text, the folder of the originals to read it from."
)
@click.option("--include-text", is_flag=True, help="Show the original text, with what is around it (mode 0600).")
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Another one draws other edits; the same one, the same."
)
@click.option("--force", is_flag=True, help="Write over an output that exists.")
def sample(
    edits: Path, per_rule: int, output: Path | None, inputs: Path | None, include_text: bool, seed: int, force: bool
) -> None:
    """Show some edits of each rule, drawn from EDITS: a table of `clean --edits`, or a report in JSON."""
    if inputs and not include_text:
        raise click.UsageError(say("--inputs goes with --include-text"))
    if inputs and not inputs.is_dir():
        raise FormatError("{path}: not a folder", path=show(inputs))
    if output:
        refuse_existing(output, force)
    drawn = draw(read_edits(edits), per_rule, seed)
    rows = [row for each in drawn.values() for row in each.rows]
    texts = _texts(edits, rows, inputs) if include_text else {}
    remarks = _remarks(rows, texts, inputs) if include_text else []
    if output and output.suffix.lower() in _PAGES:
        data = as_sample_page(drawn, texts, remarks).encode("utf-8", "backslashreplace")
    else:
        data = "".join(f"{to_json(_row(row, texts, include_text))}\n" for row in rows).encode()
    for remark in remarks:
        note(remark)
    if output is None:
        print_bytes(data)
        return
    write_whole(output, data, 0o600 if include_text else None)


def _texts(edits: Path, rows: list[EditRow], inputs: Path | None) -> Mapping[EditRow, Shown]:
    """The text of edits: from the table where that holds it, with what is around it from the originals where these are named."""
    texts = {row: Shown("", row.text, "") for row in rows if row.text is not None}
    if inputs:
        read = read_originals(rows, inputs)
        # An original that has changed since says something else there: then what the table has is right.
        texts |= {row: shown for row, shown in read.items() if row.text in (None, shown.text)}
    elif rows and not texts:
        raise FormatError("{path}: holds no text; name the folder of the originals with --inputs", path=show(edits))
    return texts


def _remarks(rows: list[EditRow], texts: Mapping[EditRow, Shown], inputs: Path | None) -> list[str]:
    """What is to be said of the texts that are shown."""
    remarks = []
    if inputs:
        remarks.append(
            say(
                "text is read from the originals in {folder} by offsets: it is what stands there now",
                folder=show(inputs),
            )
        )
    missing = sum(row not in texts for row in rows)
    if missing:
        remarks.append(
            several(
                "{number} edit has no text: its original is not there, has changed, or is no text, CSV, JSONL or Parquet",
                "{number} edits have no text: their originals are not there, have changed, or are no text, CSV, JSONL or Parquet",
                missing,
            )
        )
    return remarks


def _row(row: EditRow, texts: Mapping[EditRow, Shown], include_text: bool) -> dict[str, object]:
    told: dict[str, object] = row._asdict()
    text, replacement = told.pop("text"), told.pop("replacement")
    if include_text:
        shown = texts.get(row)
        told |= {"text": shown.text if shown else text, "replacement": replacement}
        told |= {"before": shown.before if shown else None, "after": shown.after if shown else None}
    return told
