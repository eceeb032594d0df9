"""The encrypted form of a vault: a file of age (age-encryption.org/v1), by the library pyrage, which any other tool of age opens too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any, Final

from redactor.model import NO_PACKAGE, FormatError
from redactor.plugins import install_hint
from redactor.vault.vault import Vault

AGE: Final = b"age-encryption.org/"
"""What every file of age begins with."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens a vault: private keys (AGE-SECRET-KEY-1…), or a passphrase."""

    identities: tuple[str, ...] = field(default=(), repr=False)
    passphrase: str = field(default="", repr=False)


def new_identity() -> tuple[str, str]:
    """A new private key, and the public key that belongs to it."""
    identity = _pyrage().x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def identities_of(text: str, where: str) -> tuple[str, ...]:
    """The private keys of a file as `age-keygen` writes it: one a line, lines that begin with # are notes. FormatError for others."""
    found = tuple(line.strip() for line in text.splitlines() if line.strip() and line[:1] != "#")
    for each in found:
        _identity(each, where)
    if not found:
        raise FormatError("{where}: holds no private key", where=where)
    return found


def check_recipients(recipients: Iterable[str]) -> None:
    """FormatError for what is no public key of age (age1…)."""
    for each in recipients:
        _recipient(each)


def locked(vault: Vault, recipients: Sequence[str] = (), passphrase: str = "") -> bytes:
    """The vault encrypted for public keys, each of whose owners can open it alone, or with a passphrase."""
    pyrage = _pyrage()
    if bool(recipients) == bool(passphrase):
        raise FormatError("a vault is locked either for public keys (age1…) or with a passphrase")
    data = replace(vault, recipients=tuple(recipients)).to_json()
    encrypted: bytes = (
        pyrage.passphrase.encrypt(data, passphrase)
        if passphrase
        else pyrage.encrypt(data, [_recipient(each) for each in recipients])
    )
    return encrypted


def unlocked(data: bytes, keys: Keys, where: str = "vault") -> Vault:
    """The vault that was encrypted. FormatError, in one line, for what none of the keys opens, is cut or was changed; `where`: its name."""
    pyrage = _pyrage()
    try:
        opened = (
            pyrage.passphrase.decrypt(data, keys.passphrase)
            if keys.passphrase
            else pyrage.decrypt(data, [_identity(each, where) for each in keys.identities])
        )
    except (pyrage.DecryptError, OSError, ValueError):
        raise FormatError(
            "{where}: can't be opened: the key or passphrase is another one, or the file is damaged", where=where
        ) from None
    return Vault.from_json(opened, where)


def _identity(text: str, where: str) -> Any:
    pyrage = _pyrage()
    try:
        return pyrage.x25519.Identity.from_str(text)
    except pyrage.IdentityError:
        raise FormatError("{where}: not a private key of age (AGE-SECRET-KEY-1…)", where=where) from None


def _recipient(text: str) -> Any:
    pyrage = _pyrage()
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        # It is not shown: somebody may have given a private key.
        raise FormatError("a public key of age begins with age1; this is none") from None


def _pyrage() -> Any:
    try:
        return import_module("pyrage")
    except ImportError as error:
        raise FormatError(
            "a vault needs {name}, which is not installed: {install_hint}",
            name=error.name,
            install_hint=install_hint("vault"),
            reason=NO_PACKAGE,
        ) from None
