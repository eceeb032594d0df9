"""How options go together: groups of them that several commands take, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from redactor.files.tasks import Task
from redactor.model import RedactorError
from redactor.text.show import show

F = TypeVar("F", bound=Callable[..., Any])


def together(*options: Callable[[Any], Any]) -> Callable[[F], F]:
    """Options as one decorator; help shows them in this order."""

    def add(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def refuse(*given: tuple[object, str]) -> None:
    """UsageError with the reason of the first that holds, of what is not to be given in this way."""
    for holds, reason in given:
        if holds:
            raise click.UsageError(reason)


def refuse_existing(target: Path, force: object) -> None:
    """RedactorError for an output that exists, without --force."""
    if target.exists() and not force:
        raise RedactorError("{target}: exists; use --force to write over it", target=show(target))


def is_taken(path: Path, tasks: Sequence[Task], others: Iterable[Path | None] = ()) -> bool:
    """Whether a file that is to be written is an input or an output of the tasks, or one of the others."""
    places = [*(place for task in tasks for place in (task.source, task.target)), *others]
    return path.resolve() in {place.resolve() for place in places if place}
