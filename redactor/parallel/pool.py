"""Tasks spread over processes, with the results in the tasks' order; a process that dies takes no other task with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from redactor.model import RedactorError
from redactor.parallel.sandbox import how_ended, without_network

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")


def in_order(
    work: Callable[[Task], Outcome], tasks: Sequence[Task], jobs: int, lost: Callable[[Task, str], Outcome]
) -> Iterator[Outcome]:
    """`work` of every task, in order.

    A task whose process dies (killed for want of memory, say) is tried once more, alone, unless it was its own limit of time that
    it ran into; then `lost` makes its outcome.
    """
    can_fork = "fork" in multiprocessing.get_all_start_methods()
    if len(tasks) < 2 or (jobs == 1 and not can_fork):
        yield from map(work, tasks)
        return
    if not can_fork:
        raise RedactorError("--jobs: this system can't fork processes; leave the option out")
    pool = _Pool(work, tasks, min(jobs, len(tasks)), lost)
    # A process that has died must be found out by a failed write, not end this one as a closed pipe would.
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        yield from pool.outcomes()
    finally:
        pool.end()
        signal.signal(signal.SIGPIPE, before)


def processors() -> int:
    """How many processes are worth starting here."""
    if "fork" not in multiprocessing.get_all_start_methods():
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Pool(Generic[Task, Outcome]):
    """Some processes that each do one task at a time."""

    def __init__(
        self,
        work: Callable[[Task], Outcome],
        tasks: Sequence[Task],
        jobs: int,
        lost: Callable[[Task, str], Outcome],
    ) -> None:
        self._work, self._tasks, self._jobs, self._lost = work, tasks, jobs, lost
        self._waiting = deque(range(len(tasks)))
        self._again: deque[int] = deque()
        self._doing: dict[Connection, int] = {}
        self._processes: dict[Connection, BaseProcess] = {}

    def outcomes(self) -> Iterator[Outcome]:
        """The outcomes in the tasks' order; what is ready before its turn waits."""
        ready: dict[int, Outcome] = {}
        for number in range(len(self._tasks)):
            while number not in ready:
                self._hand_out()
                for connection in wait(list(self._doing)):
                    assert isinstance(connection, Connection)
                    ready.update(self._answer(connection))
            yield ready.pop(number)

    def _answer(self, connection: Connection) -> dict[int, Outcome]:
        """The outcome that a process has to give; none when it died at its task's first try."""
        number = self._doing.pop(connection)
        second = number in self._again
        if second:
            self._again.remove(number)
        try:
            return {number: connection.recv()}
        except (EOFError, OSError):
            code = self._buried(connection)
        if second or code == -signal.SIGXCPU:
            return {number: self._lost(self._tasks[number], how_ended(code) + (", twice" if second else ""))}
        self._again.append(number)
        return {}

    def _hand_out(self) -> None:
        """Give every idle process a task; those to be tried again come last, one at a time, each to a new process."""
        while self._waiting and len(self._doing) < self._jobs:
            idle = next((c for c in self._processes if c not in self._doing), None)
            if self._sent(idle or self._hire(), self._waiting[0]):
                self._waiting.popleft()
        if self._again and not self._doing:
            self._sent(self._hire(), self._again[0])

    def _sent(self, connection: Connection, number: int) -> bool:
        try:
            connection.send(number)
        except OSError:  # it died while it was idle
            self._buried(connection)
            return False
        self._doing[connection] = number
        return True

    def _hire(self) -> Connection:
        sys.stdout.flush()
        sys.stderr.flush()
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        others = (*self._processes, ours)
        process = context.Process(target=_serve, args=(self._work, self._tasks, theirs, others), daemon=True)
        process.start()
        theirs.close()
        self._processes[ours] = process
        return ours

    def _buried(self, connection: Connection) -> int | None:
        """The exit code of a process that has died."""
        process = self._processes.pop(connection)
        connection.close()
        process.join()
        return process.exitcode

    def end(self) -> None:
        """End the processes; one that is in the middle of a file leaves no trace of it."""
        for connection, process in self._processes.items():
            if connection in self._doing:
                process.terminate()
            connection.close()
        for process in self._processes.values():
            process.join()


def _serve(work: Callable[[Any], Any], tasks: Sequence[Any], pipe: Connection, others: Sequence[Connection]) -> None:
    """Do tasks by number until the parent closes its end; other processes' pipes are closed, or they would never see theirs end."""
    for other in others:
        other.close()
    # A terminal interrupts all; the parent ends its processes, once, so that each can clear away what it was writing.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    without_network()
    try:
        while True:
            outcome = work(tasks[pipe.recv()])
            sys.stdout.flush()
            pipe.send(outcome)
    except (EOFError, OSError):
        pass
