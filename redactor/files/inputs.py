"""Inputs opened for reading: files that must not change meanwhile, and what is held in memory."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import BinaryIO, Protocol, Self

from redactor.model import FormatError
from redactor.text.show import show


class Input(Protocol):
    """An input opened for reading, seekable; as a context, it is closed at the end."""

    @property
    def stream(self) -> BinaryIO: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
    def again(self) -> BinaryIO:
        """Another stream over the same bytes, at their beginning, with a place of its own even after a fork."""

    def check(self) -> None:
        """FormatError when what was read is no one state of the input; to be called before its output appears."""


class HeldInput:
    """An input that is held in memory."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.stream: BinaryIO = io.BytesIO(content)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def again(self) -> BinaryIO:
        """Another stream over the same bytes."""
        return io.BytesIO(self._content)

    def check(self) -> None:
        """Nothing changes it."""


class SteadyInput:
    """An input opened for reading that can tell whether it has changed since: then what was read is no one state of it."""

    def __init__(self, path: Path) -> None:
        if path.exists() and not path.is_file():
            raise FormatError(f"{show(path)}: not a regular file")
        self._path = path
        self.stream: BinaryIO = path.open("rb")
        self._before = os.fstat(self.stream.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def again(self) -> BinaryIO:
        """Another stream over the same file; FormatError when its name now stands for something else."""
        self.check()
        try:
            return self._path.open("rb")
        except OSError:
            self.check()  # says so when it has been removed since the check before
            raise

    def check(self) -> None:
        """FormatError when the file was written to, replaced or removed; to be called before its output appears."""
        try:
            named = self._path.stat()
        except OSError:
            raise FormatError(f"{show(self._path)}: was removed while it was read") from None
        if {_state(os.fstat(self.stream.fileno())), _state(named)} != {_state(self._before)}:
            raise FormatError(f"{show(self._path)}: changed while it was read")


def _state(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
