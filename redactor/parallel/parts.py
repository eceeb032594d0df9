"""The parts of one large text spread over processes, with the same results as one process gives.

Each process reads the text for itself and decodes and does every so-many-th part. Most of the work on a part needs nothing of the others and is
done ahead; what the document has shown before goes from each part to the next, as bytes that this process need not read.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import count, islice
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import Final, TypeVar

from redactor.document.batches import placed
from redactor.document.state import Looked, Memory
from redactor.model import RedactorError, Result
from redactor.redactor import Redactor
from redactor.text.decode import Part
from redactor.text.document import Document

NOTHING: Final[Mapping[str, Result]] = {}
_AHEAD: Final = 1
"""Parts that a process looks at while it is not yet the turn of the one before."""
_TOLD: Final = (RedactorError, RecursionError, MemoryError, AssertionError)
"""What ends a part, and is raised where the parts are wanted."""
Outcome = TypeVar("Outcome")
Parts = Callable[[], Iterable[Part]]
Finish = Callable[[str, Result], Outcome]


def redact_parts(
    redactor: Redactor, parts: Parts, jobs: int, finish: Finish[Outcome], ahead: Mapping[str, Result] = NOTHING
) -> Iterator[Outcome]:
    """What `finish` makes of the text and the result of each part, in order.

    `parts`: gives the text from its beginning, in each process that calls it. With more than one job the work is done in forked
    processes. Raises what a process raises, and RedactorError when one dies: then nothing more comes. `ahead`: what is known
    already of whole texts.
    """
    jobs = sum(1 for _ in islice(parts(), jobs)) if jobs > 1 else 1
    if jobs > 1:
        yield from _spread(redactor, parts, jobs, finish)
        return
    memory = Memory()
    for part, head, tail in placed(parts()):
        document = Document(part(), head=head, tail=tail)
        known = ahead.get(document.text) if document.head and document.tail else None
        yield finish(document.text, known or redactor.pipeline.redact(document, memory))


def _spread(redactor: Redactor, parts: Parts, jobs: int, finish: Finish[Outcome]) -> Iterator[Outcome]:
    context = multiprocessing.get_context("fork")
    processes: list[tuple[Connection, ForkProcess]] = []
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        for number in range(jobs):
            ours, theirs = context.Pipe()
            others = [connection for connection, _ in processes] + [ours]
            process = context.Process(
                target=_serve, args=(redactor, parts, finish, range(number, jobs), theirs, others), daemon=True
            )
            process.start()
            theirs.close()
            processes.append((ours, process))
        memory = pickle.dumps(Memory())
        for number in count():
            done: tuple[Outcome, bytes] | None = _finished(*processes[number % jobs], memory)
            if done is None:
                return
            outcome, memory = done
            yield outcome
    finally:
        signal.signal(signal.SIGPIPE, before)
        for connection, process in processes:
            connection.close()
            process.terminate()
        for _, process in processes:
            process.join()


def _finished(connection: Connection, process: ForkProcess, memory: bytes) -> tuple[Outcome, bytes] | None:
    """What a process has made of its next part, given what the parts before have shown; None when there is no such part."""
    try:
        with suppress(ConnectionError):  # what ended it is still to be read
            connection.send_bytes(memory)
        answer = connection.recv()
        if isinstance(answer, BaseException):
            raise answer
        return None if answer is None else (answer[0], connection.recv_bytes())
    except (EOFError, ConnectionError):
        process.join()
        raise RedactorError(
            f"a process that redacted a part ended with {process.exitcode}; nothing was written"
        ) from None


def _serve(
    redactor: Redactor, parts: Parts, finish: Finish[Outcome], turn: range, pipe: Connection, others: list[Connection]
) -> None:
    """Do part `turn.start` and every `turn.stop`-th after it."""
    for other in others:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal interrupts all; the parent ends its processes
    waiting: deque[Looked | BaseException] = deque()

    def look() -> Iterator[Looked | BaseException]:
        """What is seen of each part, and at last what ended that, if anything did: it is told when its turn comes."""
        try:
            for part, head, tail in islice(placed(parts()), turn.start, None, turn.stop):
                yield redactor.pipeline.look(Document(part(), head=head, tail=tail))
        except _TOLD as error:
            yield error

    def answer() -> None:
        memory = pickle.loads(pipe.recv_bytes())  # from our own parent, over a pipe nobody else has
        looked = waiting.popleft()
        if isinstance(looked, BaseException):
            raise looked
        result = redactor.pipeline.finish(looked, memory)
        pipe.send((finish(looked.document.text, result),))
        pipe.send_bytes(pickle.dumps(memory))

    try:
        try:
            for looked in look():
                waiting.append(looked)
                while waiting and (len(waiting) > _AHEAD or pipe.poll()):
                    answer()
            while waiting:
                answer()
            pipe.send(None)
        except _TOLD as error:
            pipe.send(error)
    except (EOFError, OSError):
        pass
