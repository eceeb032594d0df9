"""How far the engine is with a document, and how much of it is enough to begin with."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from redactor.document.state import Memory
from redactor.formats.options import Options
from redactor.formats.quiet import QuietSession
from redactor.formats.registry import load_format
from redactor.formats.unit import Redacted, Unit
from redactor.text.decode import PART, Part

FIRST: Final = 2 * PART
"""Code points of a document that are looked at first, so that somebody can begin: what comes later changes nothing of them."""
_STEP: Final = 0.01
"""Shares are told when they have grown by so much."""
Shares = Callable[[float], object]
"""Takes how much of a document was looked at: 0 to 1, and 1 only when all of it was."""


class EnoughError(BaseException):
    """As much was looked at as was wanted. No `Exception`: what readers of formats make of those, they are not to make of this."""


class Progress:
    """Counts what was looked at. `size`: code points of the document, 0 if nobody knows; `most`: of which so many are wanted; None: all."""

    def __init__(self, size: int, most: int | None, told: Shares) -> None:
        self._size, self._most, self._told = size, most, told
        self._done, self._last = 0, 0.0

    def add(self, size: int) -> None:
        """So many more code points were looked at. EnoughError when those are enough."""
        self._done += size
        share = min(self._done / self._size, 1 - _STEP) if self._size else 0.0
        if share >= self._last + _STEP:
            self._last = share
            self._told(share)
        if self._most is not None and self._done >= self._most:
            raise EnoughError


def size_of(source: bytes, kind: str, options: Options) -> int:
    """About how many code points of text a document holds."""
    counting = _Counting()
    load_format(kind)(io.BytesIO(source), io.BytesIO(), counting, options)
    return counting.size


class _Counting(QuietSession):
    """A `Session` that changes nothing and counts."""

    def __init__(self) -> None:
        self.size = 0

    def stream(self, units: Iterable[Unit], *, prose: bool = True) -> Iterator[Redacted]:
        for unit in units:
            self.size += len(unit.text) + 1
            yield Redacted(unit.text)

    def text(self, parts: Callable[[], Iterable[Part]], where: str) -> Iterator[str]:
        for part in parts():
            text = part()
            self.size += len(text)
            yield text

    def value(self, unit: Unit, entity: str, record: Memory | None = None) -> Redacted:
        self.size += len(unit.text)
        return Redacted(unit.text)
