"""What `clean` says at its end of files that would change, and of terms that were given for nothing."""

from __future__ import annotations

from collections.abc import Sequence

import click

from redactor.files.job import Job
from redactor.files.report import FileReport
from redactor.text.show import escape


def show_checked(files: Sequence[FileReport]) -> None:
    """Name the files that would change."""
    for file in files:
        if file.error is not None or not file.changed:
            continue
        parts = sorted({part["what"] for part in file.taken_out}) if not file.text_changed else []
        click.echo(f"would change: {file.name}" + (f" (no text; to be taken out: {', '.join(parts)})" if parts else ""))


def show_unused(job: Job) -> None:
    """Tell of terms that occur in none of the files, if all were read; those to be masked by their number alone."""
    files = job.report.files
    if not files or any(file.error is not None or file.terms is None for file in files):
        return
    seen = frozenset().union(*(file.terms or () for file in files))
    settings = job.redactor.settings
    for term in settings.keep:
        if term not in seen:
            click.echo(f"redactor: --keep {escape(term)}: occurs nowhere", err=True)
    for number, term in enumerate(settings.mask, 1):
        if term not in seen:
            click.echo(f"redactor: --mask: term {number} of {len(settings.mask)} occurs nowhere", err=True)
