"""Rows of a diff on standard output: as bytes of the file for other programs, coloured and safe on a terminal."""

from __future__ import annotations

import codecs
import sys
from typing import Final

import click

from redactor.cli.colours import coloured
from redactor.files.books import BOM
from redactor.files.diff import Row
from redactor.files.inputs import print_bytes
from redactor.files.report import FileReport
from redactor.text.decode import Encoding, encode
from redactor.text.show import escape

_COLOURS: Final = {"-": "red", "+": "green"}


def write_rows(file: FileReport, *, alone: bool) -> None:
    """Write the rows of a file: for a terminal as text, with colours and the words marked that differ; else so that `git apply`
    finds the file's bytes.

    Of a file that is nothing to git (UTF-16, encodings by line, a document that is no text), the rows are UTF-8; beside those of other
    files (not `alone`) they are remarks, which git passes over.
    """
    rows = file.rows
    if sys.stdout.isatty():
        for row in rows:
            click.echo(_shown(row, coloured=coloured()))
        return
    name = (file.codec or _codec(file.encoding)) if file.lined else ""
    remark = "" if alone or _is_for_git(name) else "# "
    # Lone bytes that were kept come out as they were.
    codec = name if _is_for_git(name) else "utf-8"
    print_bytes(b"".join(encode(remark + row.sign + row.text, codec if row.sign else "utf-8", "keep") for row in rows))


def _codec(encoding: Encoding | None) -> str:
    """The codec of an encoding; "" for encodings by line."""
    try:
        return codecs.lookup(encoding.name if encoding else "utf-8").name
    except LookupError:
        return ""


def _is_for_git(codec: str) -> bool:
    """Whether lines in a codec are lines to git, in which no byte is NUL."""
    return bool(codec) and not codec.startswith(("utf-16", "utf-32"))


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
