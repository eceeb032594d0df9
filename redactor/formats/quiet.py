"""What two sessions that make no report have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any, BinaryIO, Final

from redactor.document.state import Memory
from redactor.formats.unit import Redacted, Unit
from redactor.model import FormatError
from redactor.text.decode import Encoding


class QuietSession:
    """A `Session` that goes through texts one by one, and keeps no books of what formats tell."""

    room: Final = 1 << 20

    def stream(self, units: Iterable[Unit], *, prose: bool = True) -> Iterator[Redacted]:
        """What becomes of texts, one by one."""
        raise NotImplementedError

    def flow(self, units: Sequence[Unit], *, prose: bool = True, record: Memory | None = None) -> list[Redacted]:
        return list(self.stream(units, prose=prose))

    def flows(self, flows: Sequence[tuple[Memory, Sequence[Unit]]]) -> list[list[Redacted]]:
        return [self.flow(units) for _, units in flows]

    def opened(self, source: BinaryIO) -> Callable[[], AbstractContextManager[Any]]:
        return partial(nullcontext, source)

    def read_as(self, encoding: Encoding) -> None:
        pass

    def writes_in(self, codecs: Sequence[str]) -> None:
        pass

    def record(self) -> Memory:
        return Memory()

    def counted(self, rows: int) -> None:
        pass

    def removed(self, where: str, what: str) -> None:
        pass

    def unchecked(self, where: str, what: str) -> None:
        pass

    def undecoded(self, where: str, what: str) -> None:
        pass

    def hidden(self, where: str, what: str, places: int = 1) -> None:
        pass

    def told_before(self) -> AbstractContextManager[None]:
        return nullcontext()

    def set_aside(self, where: str, record: bytes, why: str = "") -> None:
        raise FormatError("{where}: can't be read", where=where)

    @contextmanager
    def inside(self, name: str) -> Iterator[None]:
        yield

    def unpacked(self, size: int) -> None:
        pass
