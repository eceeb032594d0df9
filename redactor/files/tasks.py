"""What a run is to do: each input, and where its output goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TOGETHER: Final = 180_000
"""Bytes of files that are handed out together."""


@dataclass(frozen=True, slots=True)
class Task:
    """One input and where its output goes: None is standard output, or nowhere when nothing is written.

    `closed`: why it can't be read, if that is known beforehand. `aside`: where it is copied to if it fails, and beside which its
    records go that can't be read; None: it isn't, and they go beside the output.
    """

    source: Path
    target: Path | None
    closed: str = ""
    aside: Path | None = None


def groups(tasks: Sequence[Task], jobs: int, most: int = _TOGETHER) -> list[list[Task]]:
    """The tasks in their order, files that are small next to one another together, and never all of them.

    `most`: bytes of files that are handed out together.
    """
    sizes = [size_of(task) + 1 for task in tasks]
    most = min(most, sum(sizes) // (4 * jobs))
    groups: list[list[Task]] = []
    room = 0
    for task, size in zip(tasks, sizes, strict=True):
        if size > room:
            groups.append([])
            room = most
        groups[-1].append(task)
        room -= size
    return groups


def size_of(task: Task) -> int:
    """Bytes of an input, as far as that can be told beforehand; about as many are written."""
    try:
        return task.source.stat().st_size if task.source.is_file() else 0
    except OSError:  # what can't be read is told of when its turn comes
        return 0
