"""Inputs opened for reading: files that must not change meanwhile, and what is held in memory; standard output."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol, Self

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
    """An input opened for reading that can tell whether it has changed since: then what was read is no one state of it.

    `stretch`: the bytes of it that are the input; None: all.
    """

    def __init__(self, path: Path, stretch: tuple[int, int] | None = None) -> None:
        self._path = path
        self._file: BinaryIO = open_regular(path)
        self._before = _state(os.fstat(self._file.fileno()))
        self.stream: BinaryIO = _stretch_of(self._file, stretch)
        self.again: Callable[[], BinaryIO] = partial(_opened_again, path, self._before, stretch)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def check(self) -> None:
        """FormatError when the file was written to, replaced or removed; to be called before its output appears."""
        _check_named(self._path, self._before)
        if _state(os.fstat(self._file.fileno())) != self._before:
            raise FormatError("{path}: changed while it was read", path=show(self._path), reason=CHANGED)


class _Stretch(io.RawIOBase):
    """Some bytes of a file, as a file of their own; closing it closes the file."""

    def __init__(self, file: BinaryIO, start: int, stop: int) -> None:
        self._file, self._start, self._size = file, start, max(0, stop - start)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        self._file.seek(self._start + self._at)
        data = self._file.read(max(0, min(len(buffer), self._size - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def _stretch_of(file: BinaryIO, stretch: tuple[int, int] | None) -> BinaryIO:
    return io.BufferedReader(_Stretch(file, *stretch), 1 << 18) if stretch else file


def _opened_again(path: Path, before: tuple[int, ...], stretch: tuple[int, int] | None) -> BinaryIO:
    _check_named(path, before)
    try:
        return _stretch_of(open_regular(path), stretch)
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


def open_input(path: Path, stretch: tuple[int, int] | None = None) -> Input:
    """A file, or some bytes of it, or standard input, as a context that closes it."""
    return HeldInput(sys.stdin.buffer.read()) if path == STDIN else SteadyInput(path, stretch)


def _state(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def print_bytes(data: bytes | memoryview) -> None:
    """Write to standard output; an OSError names it, and what could not be written is not tried again."""
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        error.filename = "standard output"
        give_up_output()
        raise


def give_up_output() -> None:
    """Whatever is still held for standard output goes nowhere: at the end of the program it would be tried once more."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
