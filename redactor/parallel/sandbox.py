"""Work on a document of unknown origin, done in a process that may take only so much and can't reach the network.

Formats are read by large libraries, some in C: a document may make one crash, loop or ask for all memory there is. That ends the
process, not the run. (The idea is that of dangerzone: what reads a document is not what stands beside the other documents.)
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, TypeVar

from redactor.model import LimitError, RedactorError

try:
    import resource
except ImportError:  # Windows: it has no such limits, and can't fork
    resource = None  # type: ignore[assignment]

T = TypeVar("T")

_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
"""Flags of unshare(2)."""
_NETWORK: Final = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take: bytes of memory beyond what the program has, seconds of processor time, bytes of a file."""

    memory: int
    seconds: int
    written: int


def confined(work: Callable[[], T], limits: Limits) -> T:
    """What `work` returns or raises, done in a process of its own, or in this one when that is a worker already.

    LimitError when the process is ended by a limit or a crash. Where processes can't be forked the work is done without limits.
    """
    if resource is None or "fork" not in multiprocessing.get_all_start_methods():
        return work()
    if multiprocessing.parent_process() is not None:
        with _limited(limits):
            return work()
    sys.stdout.flush()
    sys.stderr.flush()
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    # No daemon: those may have no processes of their own.
    process = context.Process(target=_answer, args=(work, limits, theirs))
    process.start()
    theirs.close()
    try:
        done, value = ours.recv()
    except EOFError:
        process.join()
        raise LimitError(f"{how_ended(process.exitcode)}; nothing was written") from None
    finally:
        ours.close()
        process.terminate()
        process.join()
    if done:
        return value  # type: ignore[no-any-return]
    raise value


def how_ended(code: int | None) -> str:
    """Words for the exit code of a process that has given no answer."""
    if code is None or code >= 0:
        return f"its process ended with {code}"
    if -code == signal.SIGXCPU:
        return "took more processor time than a document may"
    if -code == signal.SIGABRT:
        return "needs more memory than it may take"  # code in C or Rust that gets none gives up
    return f"its process was ended by signal {-code}"


def without_network() -> None:
    """Keep this process from the network for good: Python code everywhere, code in C where the system lets us."""
    sys.addaudithook(_refuse_network)
    with contextlib.suppress(OSError, AttributeError):
        user, group = os.geteuid(), os.getegid()
        if ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
            # Without these lines files would seem to belong to nobody.
            Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
            Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
            Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _NETWORK:
        raise PermissionError("a document may not reach the network")


def _answer(work: Callable[[], object], limits: Limits, pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal interrupts all; the parent ends this process
    without_network()
    try:
        with _limited(limits):
            answer = True, work()
    except Exception as error:
        if "--debug" in sys.argv and not isinstance(error, RedactorError):
            traceback.print_exc()
        answer = False, _portable(error)
    pipe.send(answer)


def _portable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))  # our own, of this moment
    except Exception:
        return RuntimeError(type(error).__name__)
    return error


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
