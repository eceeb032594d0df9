"""`redactor audit`: the log of who has decided what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import regex

from redactor.cli.exit_codes import Exit
from redactor.cli.help import Group
from redactor.cli.notes import note
from redactor.language import say, several
from redactor.review.audit import BrokenError, Head, verify
from redactor.text.show import show


class KnownHead(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.2
    """The end of a log as it was told once: the number of its last line and the hash of it."""

    name = "head"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        if isinstance(value, Head):
            return value
        found = regex.fullmatch(r"([1-9][0-9]{0,11}):([0-9a-f]{64})", str(value))
        if not found:
            self.fail(say("{value}: want NUMBER:HASH, as it was told", value=value), param, ctx)
        return Head(int(found[1]), found[2])


@click.group(cls=Group)
def audit() -> None:
    """The audit log of reviews: who has decided what, and when, without a text."""


@audit.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--head", type=KnownHead(), default=Head(), metavar="NUMBER:HASH", help="The end of the log as it was once told; without it, lines that are cut off its end are not missed.")  # fmt: skip
def verify_log(file: Path, head: Head) -> None:
    """Check that no line of FILE was changed, left out or moved since it was written.

    Exit code 0: it is whole; 1: it is not; 2: it can't be read.
    """
    try:
        end = verify(file, head)
    except BrokenError as error:
        note(str(error))
        raise SystemExit(Exit.FOUND) from None
    click.echo(
        several(
            "{file}: whole, {number} line; its end is {end}",
            "{file}: whole, {number} lines; its end is {end}",
            end.seq,
            file=show(file),
            end=f"{end.seq}:{end.hash}",
        )
    )
