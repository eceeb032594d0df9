"""`redactor formats`: what is supported, and what is seen of it."""

from __future__ import annotations

import json

import click

from redactor.cli.help import Command
from redactor.formats.registry import all_formats, is_installed
from redactor.language import say
from redactor.plugins import install_hint


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def formats(as_json: bool) -> None:
    """List the formats of documents: what is seen of each, what is not, and what has to be installed for it."""
    if as_json:
        rows = [
            {
                "name": form.name,
                "title": form.title,
                "suffixes": form.suffixes,
                "extra": form.extra or None,
                "installed": is_installed(form),
                "sees": form.sees,
                "misses": form.misses,
            }
            for form in all_formats()
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for form in all_formats():
        needs = "" if is_installed(form) else f"  ({install_hint(form.extra)})"
        click.echo(f"{form.name}\t{say(form.title)} ({' '.join(form.suffixes)}){needs}")
        click.echo("\t" + say("sees: {what}", what=say(form.sees)))
        click.echo("\t" + say("does not see: {what}", what=say(form.misses)))
