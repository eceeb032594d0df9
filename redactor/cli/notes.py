"""What the command says on standard error: one line, which names the program."""

from __future__ import annotations

import errno
import os
from typing import Final

import click

from redactor.language import because
from redactor.text.places import at
from redactor.text.show import escape, show


def note(text: str) -> None:
    """Say something on standard error, in one line that is safe for a terminal."""
    line = " ".join(each.strip() for each in text.splitlines())
    click.echo(f"redactor: {escape(line)}", err=True)


def refused(error: OSError) -> str:
    """What the system has refused, and of which file, if it says so."""
    why = because(error)
    return at(show(error.filename), why) if error.filename else why


def links_in_a_circle(error: Exception) -> OSError | None:
    """The error of the system behind one of `Path.resolve` (before Python 3.13); None for any other error."""
    if not isinstance(error, RuntimeError) or not str(error).startswith(_CIRCLE):
        return None
    return OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(error).removeprefix(_CIRCLE).strip("'\""))


_CIRCLE: Final = "Symlink loop from "
