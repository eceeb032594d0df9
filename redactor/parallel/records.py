"""The work that a session asks for, spread over processes: batches of documents, and the parts of a large text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from redactor.document.state import Memory
from redactor.formats.session import NOTHING, Ahead, Batch, Decide, Done, OneProcess, PartDone, Parts
from redactor.parallel.parts import spread_parts
from redactor.parallel.pool import Pool
from redactor.parallel.worker import may_start
from redactor.redactor import Redactor


class Spread(OneProcess):
    """Does what `OneProcess` does in up to `jobs` processes, which begin when they are first needed.

    As a context, it ends them. What a process raises is raised here; DiedError when one dies.
    """

    def __init__(
        self, redactor: Redactor, jobs: int, *, residue: bool = False, tells: bool = True, ahead: Ahead = NOTHING
    ) -> None:
        super().__init__(redactor, residue=residue, tells=tells, ahead=ahead)
        self.jobs = jobs if may_start() else 1
        self._one = OneProcess(redactor, residue=residue, tells=tells)
        self._pool = Pool(partial(_grown, self._one), self.jobs)

    def __enter__(self) -> Spread:
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.__exit__(*error)

    def batches(self, work: Sequence[Batch]) -> list[list[Done]]:
        """The results of each batch, in order; memories are added to."""
        if self.jobs == 1 or len(work) == 1:
            return super().batches(work)
        found = []
        for (_, memories), (done, grown) in zip(work, self._pool.outcomes(work), strict=True):
            for memory, other in zip(memories, grown, strict=True):
                memory.labels, memory.known = other.labels, other.known
            found.append(done)
        return found

    def parts(self, parts: Parts, memory: Memory, decided: Decide | None = None) -> Iterator[PartDone]:
        """What becomes of each part of a text, in order; one process does it where something was decided."""
        jobs = sum(1 for _ in islice(parts(), self.jobs)) if self.jobs > 1 and decided is None else 1
        if jobs > 1:
            return spread_parts(self.redactor, parts, jobs, self._one.told, memory)
        return super().parts(parts, memory, decided)


def _grown(work: OneProcess, batch: Batch) -> tuple[list[Done], Sequence[Memory]]:
    return work.done(*batch), batch[1]
