"""`redactor init`: begin a project's settings."""

from __future__ import annotations

from pathlib import Path

import click

from redactor.cli.help import Command
from redactor.cli.project import FILE, IGNORE, Setting, all_settings
from redactor.files.atomic import write_whole
from redactor.language import say
from redactor.model import RedactorError
from redactor.text.show import show

_HEAD = f"""# Settings of `redactor clean` and `redactor scan`, for all that lies below this folder: see docs/settings.md.
# A line without its # holds; what is given on the command line wins. Files are looked for from this folder.
# {IGNORE} beside this file: patterns of files to leave out, one a line, as in .gitignore.
"""


@click.command(cls=Command)
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
def init(folder: Path) -> None:
    """Begin a project's settings: a redactor.toml in FOLDER (here) that names every key, all of them commented out."""
    file = folder / FILE
    if file.exists() or file.is_symlink():
        raise RedactorError("{file}: is there already", file=show(file))
    if not folder.is_dir():
        raise RedactorError("{folder}: no such folder", folder=show(folder))
    write_whole(file, "\n".join((_HEAD, *map(_described, all_settings()))).encode())
    click.echo(say("{file}: take the # off what you want to settle", file=show(file)))


def _described(option: Setting) -> str:
    adds = " " + say("Those of the command line are added.") if option.adds else ""
    return f"# {say(option.help or '')}{adds}\n# {option.key} = {option.example}\n"
