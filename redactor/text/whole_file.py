"""Files opened for reading, with care: no pipe, device, socket or folder is waited for or read, and what sets a run has a size."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import Final

from redactor.language import because, later
from redactor.model import FormatError, RedactorError
from redactor.text.show import show

LARGEST: Final = 1 << 20
"""Bytes of a file that a person writes: a policy, a key, settings."""
LARGEST_LIST: Final = 256 << 20
"""Bytes of a file of terms, of names of files, of texts with their entities."""
_FLAGS: Final = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOCTTY"))


def open_regular(path: Path, error: type[RedactorError] = FormatError) -> io.BufferedReader:
    """A regular file, opened for reading; an `error` for what is there and is none. OSError as of `open`.

    It is looked at before it is opened, for the opening of a device may do something, and after, for another may have taken its place.
    """
    _refuse_irregular(path.stat(), path, error)
    descriptor = os.open(path, os.O_RDONLY | _FLAGS)
    try:
        _refuse_irregular(os.fstat(descriptor), path, error)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_whole(path: Path, most: int = LARGEST, error: type[RedactorError] = FormatError) -> bytes:
    """The bytes of a file that sets a run. An `error` for one that can't be read, is no regular file or is larger than `most`."""
    try:
        with open_regular(path, error) as stream:
            data = stream.read(most + 1)
    except OSError as reason:
        raise error(later("{path}: can't be read: {strerror}"), path=show(path), strerror=because(reason)) from None
    except ValueError:  # NUL in a name
        raise error(later("{path}: not the name of a file"), path=show(path)) from None
    if len(data) > most:
        raise error(later("{path}: larger than {most} KiB"), path=show(path), most=most >> 10)
    return data


def read_text(path: Path, most: int = LARGEST, error: type[RedactorError] = FormatError) -> str:
    """The same as text, without a byte order mark; an `error` for what is no UTF-8."""
    return text_of(read_whole(path, most, error), path, error)


def text_of(data: bytes, path: Path, error: type[RedactorError] = FormatError) -> str:
    """The text of what was read of a file, without a byte order mark; an `error` for what is no UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        raise error(later("{path}: not UTF-8 text at byte {start}"), path=show(path), start=reason.start) from None


def _refuse_irregular(status: os.stat_result, path: Path, error: type[RedactorError]) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise error(later("{path}: not a regular file"), path=show(path))
