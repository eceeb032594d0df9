"""`redactor restore`: put back what the labels of a document stand for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from redactor.cli.exit_codes import Exit
from redactor.cli.help import Command
from redactor.cli.notes import note
from redactor.cli.options import FormatName
from redactor.cli.values import OutputPath
from redactor.cli.vaulting import key_options, read_keys
from redactor.files.inputs import STDIN, print_bytes
from redactor.files.restoring import FileRestored, restore_file, restored
from redactor.files.vaults import open_vault
from redactor.formats.restoring import RESTORED
from redactor.language import say, several
from redactor.model import FormatError
from redactor.text.places import said_place
from redactor.text.show import show

_MOST: Final = 20
"""Missing labels that are named."""


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True, readable=False))
@click.option(
    "--vault", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The vault of the document."
)
@key_options
@click.option(
    "-o", "--output", type=OutputPath(), metavar="OUT", help="Output file (mode 0600); standard output when not given."
)
@click.option("--force", is_flag=True, help="Write over an output that exists.")
@click.option(
    "--type", "kind", type=FormatName(sorted(RESTORED)), help="Format of the input (found out when not given)."
)
@click.option("--encoding", metavar="NAME", help="Encoding of a text (found out when not given).")
@click.option("-q", "--quiet", is_flag=True, help="Tell only of labels that stay.")
def restore(
    file: Path,
    vault: Path,
    identity: tuple[Path, ...],
    passphrase_fd: int | None,
    output: Path | None,
    force: bool,
    kind: str | None,
    encoding: str | None,
    quiet: bool,
) -> None:
    """Put back what the labels in FILE stand for, by the vault that was written with them.

    A label that somebody has worked on (spaces, width, brackets, case, zeros, line breaks, its word in traditional Chinese or English) is put
    back when its check signs agree; what only looks like a label stays, and is listed. Exit code 0: all labels stood as they were
    written; 3: some did not, or stay; 2: none fits, or an error, and nothing was written.
    """
    opened = open_vault(vault, read_keys(identity, passphrase_fd))
    if output is None or output == STDIN:
        done, data = restored(file, opened, kind=kind, encoding=encoding)
        print_bytes(data)
    else:
        if output.resolve() in {path.resolve() for path in (vault, *identity)}:
            raise FormatError("{target}: is the vault or its key", target=show(output))
        done = restore_file(file, output, opened, format=kind, encoding=encoding, overwrite=force)
    for where, label in done.foreign:
        note(
            say(
                "{where}: {label} is no label of this vault, or was damaged; it stays",
                where=said_place(where),
                label=label,
            )
        )
    if not quiet:
        _tell(done)
    raise SystemExit(Exit.DONE if done.complete else Exit.UNCHECKED)


def _tell(done: FileRestored) -> None:
    note(
        say(
            "{file}: {exact} labels put back as written, {tolerant} by their check signs, {foreign} stay, {missing} of the vault are missing",
            file=show(done.source),
            exact=done.exact,
            tolerant=done.tolerant,
            foreign=len(done.foreign),
            missing=len(done.missing),
        )
    )
    if done.missing:
        named = say(", ").join(done.missing[:_MOST])
        more = len(done.missing) - _MOST
        if more > 0:
            named = several("{named} and {number} more", "{named} and {number} more", more, named=named)
        note(say("missing: {labels}", labels=named))
    note(say("restored: as secret as the original"))
