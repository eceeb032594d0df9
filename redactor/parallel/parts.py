"""The parts of one large text spread over processes, with the same results as one process gives.

Each process reads the text for itself and decodes and does every so-many-th part. Most of the work on a part needs nothing of the others and is
done ahead; what the document has shown before goes from each part to the next, as bytes that this process need not read.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import count, islice
from multiprocessing.connection import Connection
from typing import Final, TypeVar

from redactor.document.batches import placed
from redactor.document.state import Looked, Memory
from redactor.formats.session import Parts
from redactor.model import RedactorError, Result
from redactor.parallel.worker import DiedError, Worker, end_all
from redactor.redactor import Redactor
from redactor.text.document import Document

_AHEAD: Final = 1
"""Parts that a process looks at while it is not yet the turn of the one before."""
_TOLD: Final = (RedactorError, RecursionError, MemoryError, AssertionError)
"""What ends a part, and is raised where the parts are wanted."""
Outcome = TypeVar("Outcome")
Finish = Callable[[str, Result], Outcome]


def spread_parts(
    redactor: Redactor, parts: Parts, jobs: int, finish: Finish[Outcome], memory: Memory
) -> Iterator[Outcome]:
    """What `finish` makes of the text and the result of each part, in order, in the process that has redacted it.

    `parts`: gives the text from its beginning, in each process that calls it. Raises what a process raises, and DiedError when one
    dies: then nothing more comes.
    """
    workers: list[Worker] = []
    try:
        for number in range(jobs):
            workers.append(Worker(partial(_in_turn, redactor, parts, finish, number, jobs)))
        known = pickle.dumps(memory)
        for number in count():
            worker = workers[number % jobs]
            with suppress(DiedError):  # what ended it is still to be read
                worker.ask(known)
            answer: tuple[Outcome, bytes] | None = worker.answer()
            if answer is None:
                return
            outcome, known = answer
            yield outcome
    finally:
        end_all(workers)


def _in_turn(
    redactor: Redactor, parts: Parts, finish: Finish[Outcome], number: int, jobs: int, pipe: Connection
) -> Iterator[tuple[Outcome, bytes] | None]:
    """Do part `number` and every `jobs`-th after it, each when what the parts before have shown is told."""
    waiting: deque[Looked | BaseException] = deque()

    def look() -> Iterator[Looked | BaseException]:
        """What is seen of each part, and at last what ended that, if anything did: it is told when its turn comes."""
        try:
            for part, head, tail in islice(placed(parts()), number, None, jobs):
                yield redactor.pipeline.look(Document(part(), head=head, tail=tail))
        except _TOLD as error:
            yield error

    def answer() -> tuple[Outcome, bytes]:
        memory = pickle.loads(pipe.recv())  # from our own parent, over a pipe nobody else has
        looked = waiting.popleft()
        if isinstance(looked, BaseException):
            raise looked
        result = redactor.pipeline.finish(looked, memory)
        return finish(looked.document.text, result), pickle.dumps(memory)

    for looked in look():
        waiting.append(looked)
        while waiting and (len(waiting) > _AHEAD or pipe.poll()):
            yield answer()
    while waiting:
        yield answer()
    yield None
