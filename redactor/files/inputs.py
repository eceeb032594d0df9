"""Inputs opened for reading: files that must not change meanwhile, and what is held in memory; standard output."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, Protocol, Self

from redactor.model import CHANGED, FormatError
from redactor.text.show import show
from redactor.text.whole_file import open_regular

STDIN: Final = Path("-")
"""Stands for standard input."""


class Input(Protocol):
    """An input opened for reading, seekable; as a context, it is closed at the end."""

    @property
    def stream(self) -> BinaryIO: ...
    @property
    def again(self) -> Callable[[], BinaryIO]:
        """Gives another stream over the same bytes, at their beginning, with a place of its own, in any process."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
    def check(self) -> None:
        """FormatError when what was read is no one state of the input; to be called before its output appears."""


class HeldInput:
    """An input that is held in memory."""

    def __init__(self, content: bytes) -> None:
        self.again: Callable[[], BinaryIO] = partial(io.BytesIO, content)
        self.stream = self.again()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def check(self) -> None:
        """Nothing changes it."""


class SteadyInput:
    """An input opened for reading that can tell whether it has changed since: then what was read is no one state of it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.stream: BinaryIO = open_regular(path)
        self._before = _state(os.fstat(self.stream.fileno()))
        self.again: Callable[[], BinaryIO] = partial(_opened_again, path, self._before)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def check(self) -> None:
        """FormatError when the file was written to, replaced or removed; to be called before its output appears."""
        _check_named(self._path, self._before)
        if _state(os.fstat(self.stream.fileno())) != self._before:
            raise FormatError("{path}: changed while it was read", path=show(self._path), reason=CHANGED)


def _opened_again(path: Path, before: tuple[int, ...]) -> BinaryIO:
    _check_named(path, before)
    try:
        return open_regular(path)
    except OSError:
        _check_named(path, before)  # says so when it has been removed since the check before
        raise


def _check_named(path: Path, before: tuple[int, ...]) -> None:
    """FormatError when the name of a file stands for something else than before."""
    try:
        named = path.stat()
    except OSError:
        raise FormatError("{path}: was removed while it was read", path=show(path), reason=CHANGED) from None
    if _state(named) != before:
        raise FormatError("{path}: changed while it was read", path=show(path), reason=CHANGED)


def open_input(path: Path) -> Input:
    """A file or standard input, as a context that closes it."""
    return HeldInput(sys.stdin.buffer.read()) if path == STDIN else SteadyInput(path)


def _state(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def print_bytes(data: bytes | memoryview) -> None:
    """Write to standard output; an OSError names it."""
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        error.filename = "standard output"
        raise
