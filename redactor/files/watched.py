"""Outputs that are watched while they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from redactor.formats.unit import Sink
from redactor.model import LimitError


@dataclass(frozen=True, slots=True)
class Watched:
    """A sink that looks at the clock, and tells how much goes into it."""

    sink: Sink
    in_time: Callable[[], None]
    advance: Callable[[int], object] | None

    def write(self, data: bytes, /) -> None:
        self.in_time()
        self.sink.write(data)
        if self.advance:
            self.advance(len(data))


def timer(seconds: float | None) -> Callable[[], None]:
    """Raises LimitError when it is called after the time of a file that begins now; None: it may take any time."""
    began = monotonic()

    def in_time() -> None:
        if seconds is not None and monotonic() - began > seconds:
            raise LimitError("took longer than {seconds:g} seconds; nothing was written", seconds=seconds)

    return in_time
