"""Tasks spread over processes, with the results in the tasks' order; a process that dies takes no other task with it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, NamedTuple, TypeVar

from redactor.language import say
from redactor.parallel.worker import OUT_OF_TIME, START, DiedError, Worker, end_all, how_ended

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")


def in_order(
    work: Callable[[Task], Outcome], tasks: Sequence[Task], jobs: int, lost: Callable[[Task, str], Outcome]
) -> Iterator[Outcome]:
    """`work` of every task, in order.

    A task whose process dies (killed for want of memory, say) is tried once more, alone, unless it was its own limit of time that
    it ran into; then `lost` makes its outcome.
    """
    if len(tasks) < 2 or (jobs == 1 and START != "fork"):
        yield from map(work, tasks)
        return
    with Pool(work, min(jobs, len(tasks))) as pool:
        yield from pool.outcomes(tasks, lost)


def _told(code: int | None, *, again: bool) -> str:
    """How a process has ended, for the second time (`again`) if it was tried once more."""
    return say("{how_ended}, twice", how_ended=how_ended(code)) if again else how_ended(code)


def processors() -> int:
    """How many processes are worth starting here."""
    if START != "fork":
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Try(NamedTuple, Generic[Task]):
    """A task that is to be done. `last`: it is not tried again."""

    number: int
    task: Task
    last: bool


class Pool(Generic[Task, Outcome]):
    """Some processes that each do one task at a time, started when they are first needed; as a context, it ends them."""

    def __init__(self, work: Callable[[Task], Outcome], jobs: int) -> None:
        self._work, self._jobs = work, jobs
        self._idle: list[Worker] = []
        self._doing: dict[Worker, _Try[Task]] = {}

    def __enter__(self) -> Pool[Task, Outcome]:
        return self

    def __exit__(self, *_: object) -> None:
        end_all((*self._idle, *self._doing))

    def outcomes(self, tasks: Sequence[Task], lost: Callable[[Task, str], Outcome] | None = None) -> Iterator[Outcome]:
        """The outcomes in the tasks' order; what is ready before its turn waits. What `work` raises is raised.

        `lost`: as for `in_order`; None: no task is tried again, and DiedError is raised for one whose process dies.
        """
        waiting = deque(_Try(number, task, lost is None) for number, task in enumerate(tasks))
        again: deque[_Try[Task]] = deque()
        ready: dict[int, Outcome] = {}
        for number in range(len(tasks)):
            while number not in ready:
                self._hand_out(waiting, again)
                for worker in self._answering():
                    done = self._doing.pop(worker)
                    try:
                        ready[done.number] = worker.answer()
                        self._idle.append(worker)
                    except DiedError as died:
                        end_all([worker])
                        if lost is None:
                            raise
                        if done.last or -(died.code or 0) == OUT_OF_TIME:
                            ready[done.number] = lost(done.task, _told(died.code, again=done.last))
                        else:
                            again.append(done._replace(last=True))
            yield ready.pop(number)

    def _answering(self) -> list[Worker]:
        """The processes that have something to say; it waits for one."""
        pipes: dict[Any, Worker] = {worker.pipe: worker for worker in self._doing}
        return [pipes[pipe] for pipe in wait(list(pipes))]

    def _hand_out(self, waiting: deque[_Try[Task]], again: deque[_Try[Task]]) -> None:
        """Give every idle process a task; those to be tried again come last, one at a time, each to a new process."""
        while waiting and len(self._doing) < self._jobs:
            self._give(self._idle.pop() if self._idle else self._hired(), waiting)
        if again and not self._doing:
            self._give(self._hired(), again)

    def _hired(self) -> Worker:
        return Worker(partial(_do_tasks, self._work))

    def _give(self, worker: Worker, tasks: deque[_Try[Task]]) -> None:
        with suppress(DiedError):  # while it was idle: that costs the task no try
            worker.ask(tasks[0].task)
            self._doing[worker] = tasks.popleft()


def _do_tasks(work: Callable[[Any], Any], pipe: Connection) -> Iterator[Any]:
    while True:
        yield work(pipe.recv())
