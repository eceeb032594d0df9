"""Texts that are looked at together, batches of them spread over processes: for files that hold many documents."""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Any

from redactor.document.state import Memory
from redactor.formats.session import Batch, Done
from redactor.model import LimitError, RedactorError
from redactor.parallel.sandbox import how_ended
from redactor.redactor import Redactor
from redactor.text.document import Document


class Spread:
    """Does what `Pipeline.redact_all` does for several batches at once, in processes that are forked when they are first needed.

    As a context, it ends them. What a process raises is raised here; LimitError when one dies. `residue`: whether that is wanted too.
    """

    def __init__(self, redactor: Redactor, jobs: int, *, residue: bool = False) -> None:
        self.jobs = jobs
        self._residue = residue
        self._redactor = redactor
        self._processes: list[tuple[Connection, ForkProcess]] = []

    def __enter__(self) -> Spread:
        return self

    def __exit__(self, *_: object) -> None:
        for connection, process in self._processes:
            connection.close()
            process.terminate()
        for worker in self._processes:
            worker[1].join()

    def redact(self, batches: Sequence[Batch]) -> list[list[Done]]:
        """The results of each batch, in order; memories are added to."""
        if self.jobs == 1 or len(batches) == 1:
            return [_done(self._redactor, *batch, residue=self._residue) for batch in batches]
        while len(self._processes) < self.jobs:
            self._processes.append(self._hired())
        found: list[list[Done]] = [[] for _ in batches]
        waiting = deque(enumerate(batches))
        doing: dict[Connection, int] = {}
        idle = deque(self._processes)
        processes = dict(self._processes)
        while waiting or doing:
            while waiting and idle:
                number, batch = waiting.popleft()
                worker = idle.popleft()
                _ask(worker, batch)
                doing[worker[0]] = number
            for connection in wait(list(doing)):
                assert isinstance(connection, Connection)
                number = doing.pop(connection)
                worker = connection, processes[connection]
                found[number], grown = _answer(worker)
                for memory, other in zip(batches[number][1], grown, strict=True):
                    memory.labels, memory.known = other.labels, other.known
                idle.append(worker)
        return found

    def _hired(self) -> tuple[Connection, ForkProcess]:
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        others = [connection for connection, _ in self._processes] + [ours]
        process = context.Process(target=_serve, args=(self._redactor, self._residue, theirs, others), daemon=True)
        process.start()
        theirs.close()
        return ours, process


def _ask(worker: tuple[Connection, ForkProcess], batch: Batch) -> None:
    connection, process = worker
    documents, memories = batch
    try:
        connection.send(([(d.text, d.head, d.tail, d.middle) for d in documents], memories))
    except ConnectionError:
        raise _died(process) from None


def _answer(worker: tuple[Connection, ForkProcess]) -> tuple[list[Done], list[Memory]]:
    connection, process = worker
    try:
        answer: Any = connection.recv()
    except (EOFError, ConnectionError):
        raise _died(process) from None
    if isinstance(answer, Exception):
        raise answer
    results, memories = answer
    return results, memories


def _died(process: ForkProcess) -> LimitError:
    process.join()
    return LimitError(f"{how_ended(process.exitcode)}; nothing was written")


def _done(
    redactor: Redactor, documents: Sequence[Document], memories: Sequence[Memory], *, residue: bool
) -> list[Done]:
    results = redactor.pipeline.redact_all(documents, memories)
    if not residue:
        return [(result, None) for result in results]
    texts = [document.text for document in documents]
    return list(zip(results, redactor.pipeline.account_all(list(zip(texts, results, strict=True))), strict=True))


def _serve(redactor: Redactor, residue: bool, pipe: Connection, others: Sequence[Connection]) -> None:
    for other in others:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal interrupts all; the parent ends its processes
    try:
        while True:
            texts, memories = pipe.recv()
            documents = [Document(text, head=head, tail=tail, middle=middle) for text, head, tail, middle in texts]
            try:
                pipe.send((_done(redactor, documents, memories, residue=residue), memories))
            except (RedactorError, RecursionError, MemoryError, AssertionError) as error:
                pipe.send(error)
    except (EOFError, OSError):
        pass
