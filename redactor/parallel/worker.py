"""A process of our own that answers questions over a pipe: the one protocol of all work that is done elsewhere.

Not `concurrent.futures` nor `loky`: there a process that dies breaks the whole pool and is not named, and no process can be given
limits of its own, or keep what the next question is about.
"""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from typing import Any, Final

from redactor.language import say
from redactor.model import LimitError, RedactorError
from redactor.parallel.network import without_network

START: Final = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
"""How processes begin: forked ones have all that their parent has, rules compiled; spawned ones are sent it and build it anew."""

_ENDING: Final = (signal.SIGINT, signal.SIGTERM)
OUT_OF_TIME: Final = getattr(signal, "SIGXCPU", None)
"""The signal that ends a process at its limit of processor time; None where there is none (Windows)."""

Talk = Callable[[Connection], Iterable[Any]]
"""What a process does: receives questions from its pipe as it wants them, and yields one answer to each."""

_starting = threading.RLock()
"""Held while a process begins: it must not inherit an end of the pipe of one that another thread begins."""
_ours: set[Connection] = set()
"""Our ends of the pipes to all processes: a forked one closes its copies, or the others would never see theirs end."""
_living: set[Worker] = set()
"""Processes that have not been ended yet."""
_LOOK: Final = 1.0
"""Seconds after which one who waits for a process looks whether it still lives: a pipe may fail to tell of its end."""
_PATIENCE: Final = 20.0
"""Seconds that a process has to end after it was told to: what it was writing is to be cleared away. Then it is killed."""


def may_start() -> bool:
    """Whether this process may have processes of its own: a daemon, such as a worker of most pools, may not."""
    return not multiprocessing.current_process().daemon


class DiedError(LimitError):
    """A process has ended without an answer. `code`: its exit code."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class Worker:
    """One process. It can't reach the network, and it ends by `end_all`, or when this process does.

    `daemon`: it may have no processes of its own.
    """

    def __init__(self, talk: Talk, *, daemon: bool = True) -> None:
        context: Any = multiprocessing.get_context(START)
        self.code: int | None = None
        with _starting:
            self.pipe, theirs = context.Pipe()
            _ours.add(self.pipe)
            self._process = context.Process(target=_serve, args=(talk, theirs), daemon=daemon)
            try:
                with undisturbed():
                    self._process.start()
            except BaseException:
                self.close()
                raise
            finally:
                with contextlib.suppress(OSError):
                    theirs.close()
            _living.add(self)

    def ask(self, question: object) -> None:
        """Send a question. DiedError when nobody is there to take it."""
        try:
            with failing_writes():
                self.pipe.send(question)
        except OSError:
            raise self._died() from None

    def answer(self) -> Any:
        """The next answer; what the process has raised instead is raised here. DiedError when it ended without."""
        try:
            while not self.pipe.poll(_LOOK):
                if not self.lives() and not self.pipe.poll(0):
                    raise EOFError
            done, value = self.pipe.recv()
        except (EOFError, OSError):
            raise self._died() from None
        if done:
            return value
        raise value

    def lives(self) -> bool:
        """Whether the process has not ended."""
        return self in _living and bool(self._process.is_alive())

    def close(self) -> None:
        """Close the pipe: a process that waits for a question ends."""
        _ours.discard(self.pipe)
        with contextlib.suppress(OSError):
            self.pipe.close()

    def terminate(self) -> None:
        """Have the process end now: one that is in the middle of a file leaves no trace of it."""
        if self in _living:
            with contextlib.suppress(OSError):
                self._process.terminate()

    def join(self) -> int | None:
        """Wait for the end of a process that has been told to end, and kill one that does not; its exit code."""
        if self in _living:
            self._process.join(_PATIENCE)
            if self._process.is_alive():
                self._process.kill()
                self._process.join(_PATIENCE)
            self.code = self._process.exitcode
            _living.discard(self)
            # Here, not whenever it is collected, when nobody could take the error.
            with contextlib.suppress(OSError, ValueError):
                self._process.close()
        return self.code

    def _died(self) -> DiedError:
        """What is to be said of a process that ends by itself, or that can't be talked to and is ended."""
        if self in _living:
            self._process.join(_LOOK)
        self.terminate()
        code = self.join()
        return DiedError(how_ended(code), code)


def end_all(workers: Iterable[Worker]) -> None:
    """End processes now, all at once."""
    workers = list(workers)
    for worker in workers:
        worker.terminate()
        worker.close()
    for worker in workers:
        worker.join()


@atexit.register
def _end_living() -> None:
    """End what an error has left; `multiprocessing` would wait for it without a bound."""
    with contextlib.suppress(Exception):
        end_all(_living)


def answering(workers: Iterable[Worker]) -> list[Worker]:
    """Those of some processes that have something to say, or have ended; it waits for one."""
    pipes: dict[Any, Worker] = {worker.pipe: worker for worker in workers}
    while True:
        found = [pipes[pipe] for pipe in wait(list(pipes), _LOOK)] or [
            each for each in pipes.values() if not each.lives()
        ]
        if found or not pipes:
            return found


def how_ended(code: int | None) -> str:
    """Words for the exit code of a process that has given no answer."""
    if code is None or code >= 0:
        return say("its process ended with {code}", code=code)
    if -code == OUT_OF_TIME:
        return say("took more processor time than a document may")
    if -code == signal.SIGABRT:
        return say("needs more memory than it may take")  # code in C or Rust that gets none gives up
    return say("its process was ended by signal {number}", number=-code)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Signals that end a run wait for the end of the block: what they raise in the midst of a fork, say, would be lost."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def failing_writes() -> Iterator[None]:
    """Who is not there any more (a process that has died, a browser) is found out by a failed write: it does not end this process, as a closed pipe of the command does."""
    if not hasattr(signal, "SIGPIPE") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGPIPE, before)


def _serve(talk: Talk, pipe: Connection) -> None:
    """Answer until the parent closes its end."""
    # A terminal interrupts all; the parent ends its processes, once, so that each can clear away what it was writing.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)  # as `undisturbed` left them
    try:
        without_network()
        for answer in talk(pipe):
            if not sent(pipe, (True, answer)):
                return
    except Exception as error:
        sent(pipe, (False, _portable(error)))


def sent(pipe: Connection, answer: tuple[bool, Any]) -> bool:
    """Send an answer, and whether it is one; False where it can't be: the parent has closed its end, or sees that this process ends in the midst of it."""
    data = ForkingPickler.dumps(answer)
    try:
        pipe.send_bytes(data)
    except OSError:
        return False
    return True


def _let_go() -> None:
    """In a process that was forked, by us or by anybody: close the copies of our ends."""
    for pipe in _ours:
        with contextlib.suppress(OSError):
            pipe.close()
    _ours.clear()
    _living.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


def _end(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)


def _portable(error: Exception) -> Exception:
    """The error as it can be sent, with a note on where it happened when it is none of the user's."""
    if isinstance(error, DiedError):
        return LimitError(str(error))  # not the end of this process, but of one that it had
    if not isinstance(error, RedactorError):
        error.add_note("".join(traceback.format_tb(error.__traceback__)))
    try:
        ForkingPickler.loads(ForkingPickler.dumps(error))  # our own, of this moment
    except Exception:
        return RuntimeError(type(error).__name__)
    return error
