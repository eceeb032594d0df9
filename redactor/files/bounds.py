"""What a file may take: time, and for a document memory and processor time."""

from __future__ import annotations

import io
from collections.abc import Callable
from time import monotonic
from typing import BinaryIO, Final

from redactor.formats.limits import MAX_TOTAL
from redactor.model import LimitError
from redactor.parallel.sandbox import Limits

_DOCUMENT_SECONDS: Final = 300
"""Processor time of a document that is small, and of each megabyte of one that is not; packed text is ten times as much."""


def timer(seconds: float | None) -> Callable[[], None]:
    """Raises LimitError when it is called after the time of a file that begins now."""
    began = monotonic()

    def in_time() -> None:
        if seconds is not None and monotonic() - began > seconds:
            raise LimitError("took longer than {seconds:g} seconds; nothing was written", seconds=seconds)

    return in_time


def limits(stream: BinaryIO, memory: int, seconds: float | None) -> Limits:
    """What a document may take: memory, and processor time by its size, or by the seconds that a file may take."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    allowed = _DOCUMENT_SECONDS * (1 + size / 1e6) if seconds is None else 2 * seconds + 10
    return Limits(memory << 20, int(allowed), 2 * MAX_TOTAL + 4 * size)
