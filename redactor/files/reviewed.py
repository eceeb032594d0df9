"""What was reviewed: the state of a file that decisions were made on, and the output that was looked at."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import BinaryIO, Final

from redactor.files.atomic import AtomicWriter
from redactor.files.manifest import digest_of
from redactor.formats.unit import Sink
from redactor.model import CHANGED, FormatError


@dataclass(frozen=True, slots=True)
class Reviewed:
    """SHA-256, in hex, of an input and of what is to come of it; empty: any will do."""

    input: str = ""
    output: str = ""

    def check_input(self, stream: BinaryIO) -> None:
        """FormatError when an input is another one. It is then at its beginning."""
        if self.input and digest_of(stream)[0] != self.input:
            raise FormatError("changed since the decisions on it were read", reason=CHANGED)

    def check_output(self, out: Sink) -> None:
        """FormatError when what was written is not what was reviewed."""
        if not self.output or not isinstance(out, io.BytesIO | AtomicWriter):
            return
        if hashlib.sha256(out.getvalue()).hexdigest() != self.output:
            raise FormatError("what comes of it is not what was reviewed; nothing was written", reason=CHANGED)


UNKNOWN: Final = Reviewed()
