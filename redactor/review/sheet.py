"""One document on the editor's desk."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from redactor.review.keeping import Keeping
from redactor.review.session import Session


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document to review, and where its result is to go."""

    source: Path
    output: Path
    base: Path | None = None
    """What the names of the files that are kept of its review begin with; None: nothing is kept."""
    decisions: Path | None = None
    """Where its decisions are kept when it is finished."""


@dataclass
class Sheet:
    """One document on the desk. `content`: its bytes, read once; `session`: its review, from when it is first opened."""

    number: int
    wanted: Wanted
    content: bytes = b""
    error: str = ""
    session: Session | None = None
    keeping: Keeping | None = None
    finished: bool = False
    opening: bool = False
    """Whether somebody is at reading it."""
    share: float = 0.0
    """How much of it was looked at since it was opened: 0 to 1."""

    @property
    def digest(self) -> str:
        """SHA-256 of the input, in hex."""
        return sha256(self.content).hexdigest()
