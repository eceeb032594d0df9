"""What `clean` says at its end of files that would change, and of terms that were given for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import click

from redactor.cli.notes import note
from redactor.cli.project import is_given
from redactor.files.job import Job
from redactor.files.report import FileReport
from redactor.language import say, several
from redactor.text.show import escape

_NAMED: Final = 5
"""Terms that are named."""


def show_checked(files: Sequence[FileReport]) -> None:
    """Name the files that would change."""
    for file in files:
        if file.error is not None or not file.changed:
            continue
        parts = sorted({part["what"] for part in file.taken_out}) if not file.text_changed else []
        if parts:
            parted = say(
                "would change: {name} (no text; to be taken out: {parts})", name=file.name, parts=say(", ").join(parts)
            )
        else:
            parted = say("would change: {name}", name=file.name)
        click.echo(parted)


def show_unused(job: Job) -> None:
    """Tell of terms of the command line that occur in none of the files, if all were read; of those to be masked only how many."""
    files = job.report.files
    if not files or any(file.error is not None or file.terms is None for file in files):
        return
    seen = frozenset().union(*(file.terms or () for file in files))
    settings = job.redactor.settings
    if both := seen.intersection(settings.keep, settings.mask):
        told = several(
            "{number} term is given both to keep and to mask: it was kept",
            "{number} terms are given both to keep and to mask: they were kept",
            len(both),
        )
        note(told)
    unused = [term for term in settings.keep if term not in seen] if _is_given("keep") else []
    if unused:
        more = say(", ") + "…" if len(unused) > _NAMED else ""
        told = say(
            "{number} of {terms} terms to keep occur nowhere: {names}",
            number=len(unused),
            terms=len(settings.keep),
            names=say(", ").join(map(escape, unused[:_NAMED])) + more,
        )
        note(told)
    number = sum(term not in seen for term in settings.mask) if _is_given("mask") else 0
    if number:
        told = say("{number} of {terms} terms to mask occur nowhere", number=number, terms=len(settings.mask))
        note(told)


def _is_given(name: str) -> bool:
    """Whether terms stand on the command line, one by one or in a file: a project's lists need not all occur in every file."""
    return is_given(name) or is_given(f"{name}_file")
