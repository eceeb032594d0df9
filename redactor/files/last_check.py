"""The last check of an output before it gets its name: what was masked must be gone from all that it holds."""

from __future__ import annotations

import io
from importlib import import_module
from pathlib import Path
from typing import Final

from redactor.files.atomic import AtomicWriter
from redactor.files.register import Given
from redactor.formats.options import Options
from redactor.formats.registry import TEXT
from redactor.formats.unit import Session, Sink
from redactor.language import later
from redactor.model import STILL_THERE, FormatError, Result
from redactor.redactor import Redactor
from redactor.verify.ledger import Ledger

MOST: Final = 256 << 20
"""Bytes of an output that is checked; of a larger one it is told that it was not."""
_TOO_LARGE: Final = later("the whole, a last time, since it is large")


def prepare(kind: str) -> None:
    """Load what the last check of a file in that format reads with: once for all documents, and never for texts."""
    if kind != TEXT:
        import_module("redactor.verify.check")


class LastCheck:
    """Is told of the texts of a file as they are redacted, and looks at the output when it is written.

    `register`: the pseudonyms of all files of the run, where they are made with a key.
    A text needs no search: it is written as the engine has left it, and nothing else is in it. Where the user has named fields, what is in others
    stays whatever it is, so nothing can be said of the whole.
    """

    def __init__(
        self, redactor: Redactor, kind: str, options: Options, *, writes: bool, register: Path | None = None
    ) -> None:
        self._searches = writes and kind != TEXT and not options.to and not options.fields
        self._given = Given(redactor, register)
        self.wanted = self._searches or (writes and self._given.wanted)
        self._kind = kind
        self._ledger = Ledger(redactor.settings.mask)

    def enter(self, text: str, result: Result) -> None:
        """Take a text and what has become of it. PseudonymError when two values share a pseudonym."""
        if self._searches:
            self._ledger.enter(text, result.edits, result.text)
        if self.wanted:
            self._given.enter(text, result)

    def look(self, out: Sink, session: Session) -> None:
        """FormatError when something that was masked is still in what was written, PseudonymError when a value of another file shares a pseudonym."""
        if self.wanted:
            self._given.close()
        if not self._searches or not isinstance(out, io.BytesIO | AtomicWriter):
            return
        if out.tell() > MOST or self._ledger.overflow:
            session.unchecked("", _TOO_LARGE)
            return
        from redactor.verify.check import verify  # see `prepare`

        verdict = verify(out.getvalue(), self._ledger, self._kind)
        if not verdict.passed:
            raise FormatError(
                "{where}: the last check still finds there what was masked; nothing was written",
                where=verdict.leaks[0],
                reason=STILL_THERE,
            )
