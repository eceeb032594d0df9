"""Fingerprints of values and of what stands around them: what decisions are known by, without the text.

Each is HMAC-SHA-256 (RFC 2104), 64 bits of it in hex, under the review key, which never leaves the user's own folder: whoever has the key
can confirm a guess at a name, so it is in no file that decisions are kept in.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import regex

from redactor.model import FormatError, RedactorError
from redactor.text.invisible import INVISIBLE
from redactor.text.show import show
from redactor.text.whole_file import read_whole

SIZE: Final = 16
"""Hex digits of a fingerprint."""
DISTANCES: Final = (2, 6, 12)
"""Code points on either side of a place that its contexts reach."""
CONTEXTS: Final = 2 * len(DISTANCES)
FINGERPRINT: Final = regex.compile(rf"[0-9a-f]{{{SIZE}}}")
_KEY_BYTES: Final = 32
_EDGE: Final = "\0"
"""Stands where a text begins or ends: that is part of a context too."""


def value_of(text: str) -> str:
    """What a text is compared by: its compatibility form (NFKC) without invisible signs, so that full width and half width are one."""
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Makes fingerprints under one key."""

    key: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        """What tells one key from another, and nothing of either."""
        return hashlib.sha256(b"redactor review key\0" + self.key).hexdigest()[:SIZE]

    def of(self, kind: str, text: str) -> str:
        """That of a text as what it is: the same text as a value and as a context has two."""
        message = f"{kind}\0{text}".encode("utf-8", "surrogatepass")
        return hmac.digest(self.key, message, "sha256").hex()[:SIZE]

    def value(self, text: str) -> str:
        """That of a value, whatever its width and the invisible signs in it."""
        return self.of("value", value_of(text))

    def contexts(self, text: str, start: int, end: int) -> tuple[str, ...]:
        """Those of what stands before a place of a text, near to far, and of what stands after it."""
        before = (text[max(0, start - size) : start] + (_EDGE if start < size else "") for size in DISTANCES)
        after = (text[end : end + size] + (_EDGE if end + size > len(text) else "") for size in DISTANCES)
        return (*(self.of("before", each) for each in before), *(self.of("after", each) for each in after))


def key_path(environment: Mapping[str, str]) -> Path:
    """Where the review key is by the environment: among the user's states, as the XDG specification has them."""
    base = Path(environment.get("XDG_STATE_HOME", ""))
    if not base.is_absolute():
        home = environment.get("HOME", "") or environment.get("USERPROFILE", "")
        if not home:
            raise RedactorError("the user has no folder for the review key: name a file with --review-key")
        base = Path(home, ".local", "state")
    return base / "redactor" / "review.key"


def read_key(path: Path) -> Fingerprints:
    """The review key of a file. FormatError for what is none."""
    key = read_whole(path)
    if len(key) != _KEY_BYTES:
        raise FormatError("{path}: not a review key: it has {size} bytes, not 32", path=show(path), size=len(key))
    return Fingerprints(key)


def own_key(path: Path) -> Fingerprints:
    """The review key of a file, which is made when it is not there: 32 random bytes for the user alone (0600)."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Linked into place whole: of two who make it at once, both read the same.
        new = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        try:
            with os.fdopen(os.open(new, flags, 0o600), "wb") as out:
                out.write(secrets.token_bytes(_KEY_BYTES))
                out.flush()
                os.fsync(out.fileno())
            with suppress(FileExistsError):
                os.link(new, path)
        finally:
            new.unlink(missing_ok=True)
    return read_key(path)
