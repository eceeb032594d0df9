"""Signatures by `ssh-keygen -Y` (OpenSSH 8.1 and later): whose key has signed a text, by a file of the signers that are allowed.

Names in approvals and logs are what people say of themselves; a signature shows that who holds a key has said it.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from redactor.model import NO_PACKAGE, FormatError
from redactor.text.show import show

NAMESPACE: Final = "redactor"
"""What signatures are made for: one made for something else, such as a commit, is none of ours."""
_SECONDS: Final = 300
"""How long somebody may take to type a passphrase."""


def sign(message: str, key: Path) -> str:
    """A signature of a message (armoured, as OpenSSH writes it). `key`: a private key, or a public one whose private one an agent holds.

    FormatError where it can't be signed.
    """
    if not key.is_file():
        raise FormatError("{path}: no key to sign by", path=show(key))
    done = _ssh_keygen(["-Y", "sign", "-f", str(key.absolute()), "-n", NAMESPACE], message)
    if done.returncode or b"BEGIN SSH SIGNATURE" not in done.stdout:
        raise FormatError("{path}: ssh-keygen could not sign by it", path=show(key))
    return done.stdout.decode("ascii", "replace")


def is_signed(message: str, signature: str, by: str, signers: Path) -> bool:
    """Whether a signature of a message is that of a key which a file of allowed signers (ssh-keygen(1)) has for a name. FormatError without the file."""
    if not signers.is_file():
        raise FormatError("{path}: no file of allowed signers", path=show(signers))
    if not signature or not by:
        return False
    with TemporaryDirectory(prefix="redactor-") as folder:
        held = Path(folder, "signature")
        held.write_text(signature, "utf-8", "surrogateescape")
        done = _ssh_keygen(
            ["-Y", "verify", "-f", str(signers.absolute()), "-I", by, "-n", NAMESPACE, "-s", str(held)], message
        )
    return done.returncode == 0


def _ssh_keygen(arguments: Sequence[str], message: str) -> subprocess.CompletedProcess[bytes]:
    """Run it with a message to sign or verify; a passphrase it asks for on the terminal."""
    try:
        return subprocess.run(
            ["ssh-keygen", *arguments], input=message.encode(), capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        raise FormatError("ssh-keygen is not there, or did not answer", reason=NO_PACKAGE) from None
