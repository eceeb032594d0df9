"""The parts of one large text spread over processes, with the same results as one process gives.

Most of the work on a part needs nothing of the others and is done ahead; what the document has shown before goes from each part
to the next, as bytes that this process need not read.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import TypeVar

from redactor.engine import Memory, Redactor, documents
from redactor.model import RedactorError, Result
from redactor.text.document import Document

Outcome = TypeVar("Outcome")
Finish = Callable[[str, Result], Outcome]


def redact_parts(
    redactor: Redactor, parts: Iterable[str], jobs: int, finish: Finish[Outcome]
) -> Iterator[tuple[Result, Outcome]]:
    """The results of the parts in order, each with what `finish` makes of its text and result.

    With more than one job the work is done in forked processes, `jobs` parts at a time. Raises what a process raises, and
    RedactorError when one dies: then nothing more comes.
    """
    waiting = documents(parts)
    first = deque(islice(waiting, 2))
    parallel = jobs > 1 and len(first) == 2
    every = _all_of(first, waiting)
    if parallel:
        yield from _spread(redactor, every, jobs, finish)
        return
    memory = Memory()
    for document in every:
        result = redactor.finish(redactor.look(document), memory)
        yield result, finish(document.text, result)


def _all_of(first: deque[Document], rest: Iterator[Document]) -> Iterator[Document]:
    while first:
        yield first.popleft()
    yield from rest


def _spread(
    redactor: Redactor, waiting: Iterator[Document], jobs: int, finish: Finish[Outcome]
) -> Iterator[tuple[Result, Outcome]]:
    context = multiprocessing.get_context("fork")
    busy: deque[tuple[Connection, ForkProcess]] = deque()
    processes: list[tuple[Connection, ForkProcess]] = []
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    memory = pickle.dumps(Memory())
    done: tuple[Result, Outcome]
    try:
        for document in waiting:
            if len(processes) < jobs:
                ours, theirs = context.Pipe()
                others = [connection for connection, _ in processes] + [ours]
                process = context.Process(target=_serve, args=(redactor, finish, theirs, others), daemon=True)
                process.start()
                theirs.close()
                processes.append((ours, process))
                worker = processes[-1]
            else:
                worker = busy.popleft()
                done, memory = _finished(*worker, memory)
                yield done
            _ask(*worker, (document.text, document.head, document.tail))
            busy.append(worker)
        while busy:
            done, memory = _finished(*busy.popleft(), memory)
            yield done
    finally:
        signal.signal(signal.SIGPIPE, before)
        for connection, process in processes:
            connection.close()
            process.terminate()
        for _, process in processes:
            process.join()


def _ask(connection: Connection, process: ForkProcess, part: tuple[str, bool, bool]) -> None:
    try:
        connection.send(part)
    except OSError:
        raise _died(process) from None


def _finished(connection: Connection, process: ForkProcess, memory: bytes) -> tuple[tuple[Result, Outcome], bytes]:
    """What a process has made of its part, given what the parts before have shown."""
    try:
        with suppress(ConnectionError):  # what ended it is still to be read
            connection.send_bytes(memory)
        answer = connection.recv()
        if isinstance(answer, BaseException):
            raise answer
        return answer, connection.recv_bytes()
    except (EOFError, ConnectionError):
        raise _died(process) from None


def _died(process: ForkProcess) -> RedactorError:
    process.join()
    return RedactorError(f"a process that redacted a part ended with {process.exitcode}; nothing was written")


def _serve(redactor: Redactor, finish: Finish[Outcome], pipe: Connection, others: list[Connection]) -> None:
    for other in others:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal interrupts all; the parent ends its processes
    try:
        while True:
            text, head, tail = pipe.recv()
            try:
                looked = redactor.look(Document(text, head=head, tail=tail))
                memory = pickle.loads(pipe.recv_bytes())  # from our own parent, over a pipe nobody else has
                result = redactor.finish(looked, memory)
                answer = result, finish(text, result)
            except (RedactorError, RecursionError, MemoryError, AssertionError) as error:
                pipe.send(error)
                return
            pipe.send(answer)
            pipe.send_bytes(pickle.dumps(memory))
    except (EOFError, OSError):
        pass
