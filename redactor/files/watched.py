"""Outputs that are watched while they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from redactor.formats.unit import Sink


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
