"""`redactor vault`: keys for vaults; what is in one; several made one; one destroyed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from redactor.cli.help import Command, Group
from redactor.cli.notes import note
from redactor.cli.options import to_json
from redactor.cli.vaulting import key_options, lock_options, read_keys, read_passphrase
from redactor.files.vaults import destroy as destroy_file
from redactor.files.vaults import open_vault, write_identity, write_vault
from redactor.language import say, several
from redactor.model import FormatError
from redactor.text.show import escape, show
from redactor.vault.lock import check_recipients, new_identity
from redactor.vault.vault import merged

_VAULT = click.Path(path_type=Path, dir_okay=False)


@click.group(cls=Group)
def vault() -> None:
    """Make keys for vaults, list, merge and destroy vaults."""


@vault.command("keygen", cls=Command)
@click.option(
    "-o", "--output", required=True, type=_VAULT, metavar="KEYFILE", help="File for the private key (mode 0600)."
)
def keygen(output: Path) -> None:
    """Make a pair of keys: the private one goes to a file, the public one (age1…) to standard output.

    Whoever has the public key can lock a vault, and only who has the private key can open it.
    """
    identity, recipient = new_identity()
    write_identity(output, identity, recipient)
    click.echo(recipient)


@vault.command("list", cls=Command)
@click.argument("file", type=_VAULT)
@key_options
@click.option("--include-text", is_flag=True, help="Show what each label stands for, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_vault(
    file: Path, identity: tuple[Path, ...], passphrase_fd: int | None, include_text: bool, as_json: bool
) -> None:
    """List the labels of a vault, and for whom it is locked; what they stand for is not shown unless asked."""
    opened = open_vault(file, read_keys(identity, passphrase_fd))
    labels = [
        {"label": label, "entity": entry.entity} | ({"text": text} if include_text else {})
        for series, entry in opened.entries()
        for label, text in series.labels(entry)
    ]
    if as_json:
        about = {
            "scope": opened.scope,
            "created": opened.created,
            "recipients": opened.recipients,
            "inputs": opened.inputs,
        }
        click.echo(to_json(about | {"labels": labels}))
        return
    for each in labels:
        click.echo("\t".join(map(escape, each.values())))
    scope = say("one document") if opened.scope == "document" else say("several documents")
    locked_for = say(", ").join(opened.recipients) or say("a passphrase")
    note(
        several(
            "{number} label of {scope}, made {created}, locked for {locked_for}",
            "{number} labels of {scope}, made {created}, locked for {locked_for}",
            len(labels),
            scope=scope,
            created=opened.created,
            locked_for=locked_for,
        )
    )


@vault.command("merge", cls=Command)
@click.argument("files", nargs=-1, required=True, type=_VAULT)
@click.option("-o", "--output", required=True, type=_VAULT, metavar="OUT", help="File for the vault that is made.")
@lock_options
def merge(
    files: tuple[Path, ...],
    output: Path,
    recipients: tuple[str, ...],
    identity: tuple[Path, ...],
    passphrase_fd: int | None,
) -> None:
    """Make one vault of several, with all their labels; new labels get a key of its own, and numbers after those that there are.

    The passphrase, where there is one, is the same for all of them, and for the new vault unless it is locked for public keys.
    """
    if len(files) < 2:
        raise click.UsageError(say("name two vaults or more"))
    check_recipients(recipients)
    keys = read_keys(identity, passphrase_fd)
    one = merged([open_vault(file, keys) for file in files])
    passphrase = "" if recipients else keys.passphrase or read_passphrase(None, twice=True)
    write_vault(output, one, recipients, passphrase=passphrase)
    twofold = one.ambiguous()
    if twofold:
        note(
            several(
                "{number} label stands for different texts in these vaults, and will stay where it is met",
                "{number} labels stand for different texts in these vaults, and will stay where they are met",
                len(twofold),
            )
        )


@vault.command("destroy", cls=Command)
@click.argument("file", type=_VAULT)
@click.option("--yes", is_flag=True, help="Do not ask.")
def destroy(file: Path, yes: bool) -> None:
    """Write over a vault and remove it: its documents can't be restored any more. Time and SHA-256 go to standard output, for the record.

    Copies, backups and what a disk or its snapshots keep are out of reach: destroy them, or the private keys, too.
    """
    if not file.is_file() or file.is_symlink():
        raise FormatError("{file}: no such file", file=show(file))
    if not yes:
        click.confirm(say("Destroy {file} for good?", file=show(file)), abort=True, err=True)
    digest = destroy_file(file)
    click.echo(f"{datetime.now(UTC).isoformat(timespec='seconds')}\t{show(file)}\tsha256:{digest}")
    note(say("{file}: destroyed; copies and backups of it are out of reach", file=show(file)))
