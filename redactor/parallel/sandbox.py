"""Work on a document of unknown origin, done in a process that may take only so much and can't reach the network.

Formats are read by large libraries, some in C: a document may make one crash, loop or ask for all memory there is. That ends the
process, not the run. (The idea is that of dangerzone: what reads a document is not what stands beside the other documents.)
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar, cast

from redactor.parallel.worker import START, Worker, end_all, may_start, sent

try:
    import resource
except ImportError:  # Windows: it has no such limits, and can't fork
    resource = None  # type: ignore[assignment]

T = TypeVar("T")
Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take: bytes of memory beyond what the program has, seconds of processor time, bytes of a file."""

    memory: int
    seconds: int
    written: int


@dataclass(frozen=True, slots=True)
class _Told:
    """What a process tells before its answer."""

    what: Any


def confined(
    work: Callable[[], T], limits: Limits, starting: contextlib.AbstractContextManager[object] | None = None
) -> T:
    """What `work` returns or raises, done in a process of its own, or in this one when that is a worker already and may have none.

    `starting`: entered while the process begins. Where several threads use the engine it is a lock that those hold which do: what a
    thread holds at that moment (before Python 3.12 `functools.cached_property` has a lock) nobody would give back in the new process.

    LimitError when the process is ended by a limit or a crash. Where processes can't be forked the work is done without limits.
    """
    nobody: Callable[[None], object] = lambda _: None  # noqa: E731
    return confined_telling(lambda _: work(), limits, nobody, starting)


def confined_telling(
    work: Callable[[Callable[[Said], object]], T],
    limits: Limits,
    told: Callable[[Said], object],
    starting: contextlib.AbstractContextManager[object] | None = None,
) -> T:
    """The same for work that tells how far it is: `told` is called, here, with each thing that `work` gives to what it is called with."""
    if resource is None or START != "fork":
        return work(told)
    if not may_start():
        with _limited(limits):
            return work(told)
    with starting or contextlib.nullcontext():
        worker = Worker(partial(_do_limited, work, limits), daemon=False)
    try:
        while isinstance(answer := worker.answer(), _Told):
            told(answer.what)
        return cast(T, answer)
    finally:
        end_all([worker])


def _do_limited(work: Callable[[Callable[[Said], object]], T], limits: Limits, pipe: Connection) -> Iterator[T]:
    with _limited(limits):
        done = work(lambda what: sent(pipe, (True, _Told(what))))
    yield done


@contextlib.contextmanager
def _limited(limits: Limits) -> Iterator[None]:
    """Lower this process's limits for the time of the block."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    wanted = {
        resource.RLIMIT_AS: _address_space() + limits.memory,
        resource.RLIMIT_CPU: int(used.ru_utime + used.ru_stime) + 1 + limits.seconds,
        resource.RLIMIT_FSIZE: limits.written,
        resource.RLIMIT_CORE: 0,
    }
    before = {kind: resource.getrlimit(kind) for kind in wanted}
    try:
        for kind, value in wanted.items():
            _lower(kind, value)
        yield
    finally:
        for kind, both in before.items():
            resource.setrlimit(kind, both)


def _lower(kind: int, value: int) -> None:
    soft, hard = resource.getrlimit(kind)
    if soft == resource.RLIM_INFINITY or value < soft:
        with contextlib.suppress(OSError, ValueError):  # macOS knows no limit of address space
            resource.setrlimit(kind, (value, hard))


def _address_space() -> int:
    """Bytes of address space in use; a large figure, so that the limit is harmless, where the system doesn't tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return 1 << 46
    return pages * resource.getpagesize()
