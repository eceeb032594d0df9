"""Vaults on the disk: read, written, grown with each output, destroyed."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from redactor.files.atomic import AtomicWriter, write_whole
from redactor.files.inputs import Input
from redactor.files.manifest import digest_of
from redactor.files.report import FileReport
from redactor.formats.registry import TEXT
from redactor.formats.restoring import check_restorable
from redactor.language import later
from redactor.model import OUTPUT, FormatError
from redactor.text.show import show
from redactor.text.whole_file import LARGEST_LIST, open_regular, read_text, read_whole
from redactor.vault.lock import AGE, Keys, identities_of, locked, unlocked
from redactor.vault.vault import Vault

PRIVATE: Final = 0o600
NO_VAULT: Final = later("policy {name!r} keeps what it replaces: name a vault with --vault")
Outcome: TypeAlias = tuple[FileReport, io.BytesIO, Vault | None]
"""What has come of a file, what is to be written elsewhere than to its output, and the vault if there is one."""
_PIECE: Final = 1 << 20


def read_identities(path: str | Path) -> tuple[str, ...]:
    """The private keys of a file. FormatError when it holds none."""
    return identities_of(read_text(Path(path)), show(Path(path)))


def read_vault(path: str | Path, identity: str | Path | None = None, *, passphrase: str = "") -> Vault:
    """A vault from its file. `identity`: a file with a private key; else a passphrase. FormatError for one that can't be opened."""
    keys = Keys(() if identity is None else read_identities(identity), passphrase)
    return open_vault(Path(path), keys)


def open_vault(path: Path, keys: Keys) -> Vault:
    """The same by keys that were read before."""
    return unlocked(read_whole(path, LARGEST_LIST), keys, show(path))


def write_vault(
    path: str | Path, vault: Vault, recipients: tuple[str, ...] = (), *, passphrase: str = "", overwrite: bool = False
) -> None:
    """Write a vault, whole or not at all, for its owner alone, locked for public keys (age1…) or with a passphrase.

    FormatError when the file exists, unless `overwrite`.
    """
    place = Path(path)
    if not overwrite and os.path.lexists(place):
        raise FormatError("{path}: exists, and a vault is never written over", path=show(place), reason=OUTPUT)
    data = locked(vault, recipients, passphrase)
    write_whole(place, data, PRIVATE)


@dataclass(slots=True)
class KeptVault:
    """A vault that grows with the outputs of a run: `vault` is what stands on the disk, or will first do so.

    `recipients`, `passphrase`: what it is locked with. `written`: whether this run has written it.
    """

    path: Path
    vault: Vault
    recipients: tuple[str, ...] = ()
    passphrase: str = field(default="", repr=False)
    written: bool = False

    def keep(self, vault: Vault, opened: Input, target: Path | None, output: io.BytesIO) -> None:
        """Write an output (None: it is printed by whoever calls) and the vault that leads back from it: both, or neither.

        The vault comes first: what stands there without its output is of no harm; an output without it would be.
        """
        opened.check()
        with opened.again() as stream:
            digest, _ = digest_of(stream)
        if digest not in vault.inputs:
            vault.inputs = (*vault.inputs, digest)
        if len(vault.inputs) > 1:
            vault.scope = "collection"
        data = locked(vault, self.recipients, self.passphrase)
        before = read_whole(self.path, LARGEST_LIST) if self.path.exists() else None
        if target is None:
            self._write(data)
        else:
            try:
                with AtomicWriter(target) as out:
                    out.write(output.getvalue())
                    self._write(data)
            except BaseException:
                self._put_back(before)
                raise
        self.vault, self.written = vault, True

    def _write(self, data: bytes) -> None:
        write_whole(self.path, data, PRIVATE)

    def _put_back(self, before: bytes | None) -> None:
        """Have the vault's file as it was before an output that could not be written."""
        if before is None:
            self.path.unlink(missing_ok=True)
        elif self.path.read_bytes() != before:
            self._write(before)


def check_kept(kind: str, suffix: str, *, as_text: bool) -> None:
    """FormatError for a file whose output could not be restored. `suffix`: of the output, ""; `as_text`: whether its text is written."""
    written = kind if kind != "pdf" or suffix == ".pdf" else TEXT  # a PDF is written as text, unless a PDF is asked for
    if not as_text:
        check_restorable(written)


def destroy(path: Path) -> str:
    """Write over a vault's file and remove it; the SHA-256 that it had, in hex. Copies and what a disk keeps of it are out of reach.

    FormatError for what does not begin as a file of age does: it would be some other file, named by mistake.
    """
    with open_regular(path) as stream:
        if not stream.peek(len(AGE)).startswith(AGE):
            raise FormatError("{where}: not a vault", where=show(path))
        size, digest = os.fstat(stream.fileno()).st_size, hashlib.file_digest(stream, "sha256").hexdigest()
    with path.open("r+b") as out:
        for start in range(0, size, _PIECE):
            out.write(secrets.token_bytes(min(_PIECE, size - start)))
        out.flush()
        os.fsync(out.fileno())
    path.unlink()
    return digest


def write_identity(path: Path, identity: str, recipient: str) -> None:
    """Write a private key as `age-keygen` does, for its owner alone. FormatError when the file exists."""
    if os.path.lexists(path):
        raise FormatError("{path}: exists, and a key is never written over", path=show(path), reason=OUTPUT)
    write_whole(path, f"# public key: {recipient}\n{identity}\n".encode("ascii"), PRIVATE)
