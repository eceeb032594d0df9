"""Rows of a diff on standard output: as bytes of the file for other programs, coloured and safe on a terminal."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Sequence
from typing import Final

import click

from redactor.cli.colours import coloured
from redactor.files.books import BOM
from redactor.files.diff import Row
from redactor.text.decode import Encoding, encode
from redactor.text.show import escape

_COLOURS: Final = {"-": "red", "+": "green"}


def write_rows(rows: Sequence[Row], encoding: Encoding | None) -> None:
    """Write rows: for a terminal as text, with colours and the words marked that differ; else so that `git apply`
    finds the file's bytes.

    `encoding`: that of the file. Where that is none that a diff can be in (UTF-16; several in one file), rows are UTF-8.
    """
    if sys.stdout.isatty():
        for row in rows:
            click.echo(_shown(row, coloured=coloured()))
        return
    name = _codec(encoding)
    for row in rows:
        # Lone bytes that were kept come out as they were.
        sys.stdout.buffer.write(encode(row.sign + row.text, name if row.sign else "utf-8", "keep"))
    sys.stdout.buffer.flush()


def _codec(encoding: Encoding | None) -> str:
    """The codec in which rows are written."""
    if encoding is None or encoding.name.startswith(("utf-16", "utf-32")):
        return "utf-8"
    try:
        return codecs.lookup(encoding.name).name
    except LookupError:
        return "utf-8"


def _shown(row: Row, *, coloured: bool) -> str:
    pieces = [(_safe(text), marked) for text, marked in row.segments]
    if not coloured:
        return row.sign + "".join(text for text, _ in pieces)
    if not row.sign:
        return click.style("".join(text for text, _ in pieces), bold=True)
    colour = _COLOURS.get(row.sign)
    return click.style(row.sign, fg=colour) + "".join(
        click.style(text, fg=colour, reverse=marked) for text, marked in pieces if text
    )


def _safe(text: str) -> str:
    """A piece of a line without its end and the byte order mark, safe for a terminal; tabs stay."""
    return "\t".join(map(escape, text.rstrip("\r\n").removeprefix(BOM).split("\t")))
