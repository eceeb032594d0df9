"""Options of vaults and their keys. What opens a vault is read from files, the terminal or an open descriptor, never from the command line."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from redactor.cli.usage import is_taken, together
from redactor.files.tasks import Task
from redactor.files.vaults import NO_VAULT, KeptVault, open_vault, read_identities
from redactor.language import say
from redactor.model import FormatError, PolicyError
from redactor.policy.load import Policy
from redactor.text.show import show
from redactor.vault.labelling import check_policy
from redactor.vault.labels import BRACKETS, Series
from redactor.vault.lock import Keys, check_recipients
from redactor.vault.vault import Vault

_LONGEST: Final = 4096


key_options: Final = together(
    click.option(
        "--identity",
        multiple=True,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="KEYFILE",
        help="File with the private key that opens the vault (repeatable); `redactor vault keygen` makes one.",
    ),
    click.option(
        "--passphrase-fd",
        type=click.IntRange(0),
        metavar="N",
        help="Read the passphrase, one line, from file descriptor N; without a key it is asked for on the terminal.",
    ),
)
"""--identity and --passphrase-fd."""


lock_options: Final = together(
    click.option(
        "--recipient",
        "recipients",
        multiple=True,
        metavar="AGE1…",
        help="Public key that the vault is locked for (repeatable: each owner can open it alone); without any, a passphrase is asked for.",
    ),
    key_options,
)
"""--recipient, and what opens a vault."""


vault_options: Final = together(
    click.option(
        "--vault",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="With policy vault: keep what is replaced in FILE, encrypted; `redactor restore` puts it back. One that exists is added to.",
    ),
    click.option(
        "--label-brackets",
        type=click.Choice(BRACKETS),
        default=BRACKETS[0],
        show_default=True,
        help="Brackets of the labels of a new vault.",
    ),
    click.option(
        "--plain-labels",
        is_flag=True,
        help="Labels of a new vault have no check signs: shorter, and put back only where nobody has touched them.",
    ),
    click.option(
        "--label-signs",
        type=click.Choice(["2", "4"]),
        default="2",
        show_default=True,
        help="Check signs of each label of a new vault.",
    ),
    lock_options,
)
"""--vault, how its labels look, and its keys."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was given of vaults."""

    vault: Path | None
    brackets: str
    signs: int
    recipients: tuple[str, ...]
    identity: tuple[Path, ...]
    descriptor: int | None


def vault_asked(given: dict[str, Any]) -> Asked:
    """What was given of vaults, taken out of all that was given."""
    plain, signs = given.pop("plain_labels"), int(given.pop("label_signs"))
    names = ("vault", "label_brackets", "recipients", "identity", "passphrase_fd")
    vault, brackets, recipients, identity, descriptor = (given.pop(name) for name in names)
    return Asked(vault, brackets, 0 if plain else signs, recipients, identity, descriptor)


def kept_vault(
    asked: Asked, policy: Policy, tasks: Sequence[Task], others: Sequence[Path | None], *, writes: bool
) -> KeptVault | None:
    """The vault of a run, opened if it exists; None when nothing is kept. FormatError or PolicyError for one that can't be.

    `others`: what else the run writes. The vault is the only way back, so none of that may take its place.
    """
    if asked.vault is None:
        if policy.needs_vault and writes:
            raise PolicyError(NO_VAULT, name=policy.name)
        if asked.recipients or asked.identity or asked.descriptor is not None:
            raise click.UsageError(say("keys and passphrases go with --vault"))
        return None
    check_policy(policy)
    check_recipients(asked.recipients)
    no_core()
    if is_taken(asked.vault, tasks, others):
        raise FormatError(
            "{path}: the vault would be written over an input, an output or another file of this run",
            path=show(asked.vault),
        )
    if os.path.lexists(asked.vault):
        return _reopened(asked)
    if asked.identity:
        raise click.UsageError(say("--identity opens a vault that exists; a new one is locked for a --recipient"))
    passphrase = "" if asked.recipients or not writes else read_passphrase(asked.descriptor, twice=True)
    if asked.recipients and asked.descriptor is not None:
        raise click.UsageError(say("--recipient and --passphrase-fd exclude one another"))
    vault = Vault([Series(signs=asked.signs, brackets=asked.brackets)])
    return KeptVault(asked.vault, vault, asked.recipients, passphrase)


def _reopened(asked: Asked) -> KeptVault:
    """A vault that is added to: locked for the same keys as before, unless others are named."""
    assert asked.vault is not None
    for name in ("label_brackets", "plain_labels", "label_signs"):
        source = click.get_current_context().get_parameter_source(name)
        if source is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(
                say("{vault}: exists, and has its way to write labels already", vault=show(asked.vault))
            )
    keys = read_keys(asked.identity, asked.descriptor)
    vault = open_vault(asked.vault, keys)
    recipients = asked.recipients or vault.recipients
    return KeptVault(asked.vault, vault, recipients, "" if recipients else keys.passphrase)


def read_keys(identity: Sequence[Path], descriptor: int | None) -> Keys:
    """What opens a vault, by the options for it."""
    if identity and descriptor is not None:
        raise click.UsageError(say("--identity and --passphrase-fd exclude one another"))
    no_core()
    if identity:
        return Keys(tuple(key for path in identity for key in read_identities(path)))
    return Keys(passphrase=read_passphrase(descriptor, twice=False))


def read_passphrase(descriptor: int | None, *, twice: bool) -> str:
    """A passphrase from an open descriptor, or asked for on the terminal. FormatError where there is neither."""
    if descriptor is not None:
        try:
            with os.fdopen(descriptor, "rb", closefd=False) as stream:
                line = stream.readline(_LONGEST).decode("utf-8")
        except (OSError, UnicodeDecodeError):
            raise FormatError("--passphrase-fd {number}: no text can be read there", number=descriptor) from None
        return _checked(line.rstrip("\r\n"))
    if not sys.stdin.isatty():
        raise FormatError(
            "no terminal to ask for a passphrase on: use --passphrase-fd, or keys (--recipient, --identity)"
        )
    passphrase = _checked(getpass.getpass(say("Passphrase of the vault: ")))
    if twice and getpass.getpass(say("Once more: ")) != passphrase:
        raise FormatError("the two passphrases differ")
    return passphrase


def _checked(passphrase: str) -> str:
    if not passphrase:
        raise FormatError("the passphrase is empty")
    return passphrase


def no_core() -> None:
    """Have no memory of this process written to the disk when it crashes: it is about to hold secrets."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
