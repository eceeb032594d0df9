"""A file of lines of JSON that is only added to: a line that was added lasts, whatever ends the program, before anybody is told so."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

from redactor.files.atomic import sync_folder
from redactor.files.walk import refuse_special
from redactor.language import because
from redactor.model import FormatError
from redactor.text.show import show

try:
    import fcntl
except ImportError:  # Windows: who opens the file twice is not stopped
    fcntl = None  # type: ignore[assignment]

LARGEST_LINE: Final = 1 << 20
"""Bytes of a line; a longer one is none of ours."""


class LineFile:
    """Such a file (0600), open for adding to and held by this process alone; it is made when it is not there.

    `lines`: what it held when it was opened. A last line without its end is what a killed process was writing, which nobody has been told
    of: it is cut off, and `torn` says so. FormatError when somebody else has it open, or it can't be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        refuse_special(path)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
        flags |= sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"))
        try:
            self._stream: IO[bytes] = os.fdopen(os.open(path, flags, 0o600), "r+b", buffering=0)
        except OSError as error:
            raise FormatError(
                "{path}: can't be written: {strerror}", path=show(path), strerror=because(error)
            ) from None
        try:
            self._lock()
            self.lines, self.torn = self._read()
            sync_folder(path.parent)
        except BaseException:
            self._stream.close()
            raise

    def close(self) -> None:
        """Let others have the file."""
        self._stream.close()

    def add(self, record: Mapping[str, Any]) -> None:
        """Add a line, whole or not at all, and have it last. FormatError when that can't be: what it tells of must not be done then."""
        line = canonical(record) + b"\n"
        descriptor = self._stream.fileno()
        size = os.fstat(descriptor).st_size
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(descriptor, size)
            raise FormatError(
                "{path}: can't be written: {strerror}", path=show(self.path), strerror=because(error)
            ) from None

    def clear(self) -> None:
        """Begin the file anew."""
        os.ftruncate(self._stream.fileno(), 0)

    def _lock(self) -> None:
        if fcntl is None:
            return
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FormatError("{path}: is in use by another process", path=show(self.path)) from None
        except OSError:
            return  # a file system without locks

    def _read(self) -> tuple[list[bytes], bool]:
        lines: list[bytes] = []
        size = 0
        with os.fdopen(os.dup(self._stream.fileno()), "rb") as stream:
            stream.seek(0)
            while (line := stream.readline(LARGEST_LINE)).endswith(b"\n"):
                lines.append(line[:-1])
                size += len(line)
        if len(line) == LARGEST_LINE:
            raise FormatError("{path}: line {number} is too long", path=show(self.path), number=len(lines) + 1)
        if line:
            os.ftruncate(self._stream.fileno(), size)
        return lines, bool(line)


def canonical(record: Mapping[str, Any]) -> bytes:
    """A record as JSON in the one way in which it is written and hashed: sorted, without blanks, in ASCII (as RFC 8785 sorts; no floats)."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
