"""A run on an engine: planned here, done by workers, noted here; given again, it does what is still missing and nothing twice.

What is finished stands in a state file (`redactor.files.state`), to which this process alone writes: a worker is told with each item what is
known of it, and looks for itself whether that still holds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from redactor.engines.cut import WHOLE, Cut
from redactor.engines.work import Item, Outcome, Sent, do, look
from redactor.files.atomic import remove_stale
from redactor.files.beside import BAD
from redactor.files.entries import entry_of
from redactor.files.job import Job
from redactor.files.joined import joined, kept
from redactor.files.manifest import Listed
from redactor.files.names import said_by_names
from redactor.files.report import FileReport
from redactor.files.tasks import Task, groups, size_of
from redactor.language import say
from redactor.model import OUTPUT, FormatError
from redactor.text.places import at
from redactor.text.show import show

T = TypeVar("T")
R = TypeVar("R")
STATE: Final = "_state.jsonl"
MANIFEST: Final = "_manifest.json"
QUARANTINE: Final = "_quarantine"
"""Names in the output folder that are not outputs: what reads a folder of parts passes over what begins with `_`."""
_TOGETHER: Final = 2_000_000
"""Bytes of small files that are one task."""
_PACKED: Final = 4
"""How many times as much a table may hold as its file has bytes: from a part's size over this on a file is looked at."""


class Engine(Protocol):
    """What spreads work over workers. `slots`: how many there are."""

    slots: int

    def each(
        self,
        work: Callable[[Any, Sequence[T]], R],
        sent: object,
        units: Iterable[Sequence[T]],
        lost: Callable[[T, str], R],
        /,
    ) -> Iterator[tuple[Sequence[T], R]]:
        """`work` of what is sent once and of each unit, as they end, each once; `lost` for what no worker lived to do."""


@dataclass
class Run:
    """A run of a job whose state is in `folder`, the output folder. `size`: bytes of a part.

    Once it is over, `inputs` and `outputs` are what the manifest lists.
    """

    job: Job
    sent: Sent
    engine: Engine
    folder: Path
    size: int
    inputs: list[Listed] = field(default_factory=list)
    outputs: list[Listed] = field(default_factory=list)
    _since: int = 0

    def __post_init__(self) -> None:
        assert self.job.state is not None
        self._state = self.job.state

    def reports(self, tasks: Sequence[Task]) -> Iterator[FileReport]:
        """The reports of some files in their order. RedactorError for what ends the run."""
        self._since = self._state.touched()
        cuts = self._cuts(tasks)
        plan = [self._items(task, cuts.get(number, WHOLE)) for number, task in enumerate(tasks)]
        for task, items, number in zip(tasks, plan, range(len(tasks)), strict=True):
            if number not in cuts or isinstance(cuts[number], Cut):
                self._clear(task, {item.task.target for item in items})
        done: dict[Path, Outcome] = {}
        outcomes = self._outcomes(self._units([item for items in plan for item in items]))
        for number, (task, items) in enumerate(zip(tasks, plan, strict=True)):
            closed = cuts.get(number, WHOLE)
            if isinstance(closed, tuple):
                file = self.job.blank(task)
                file.failed(*closed)
                yield file
                continue
            while any(_target(item) not in done for item in items):
                done |= next(outcomes)
            yield self._told(task, items, [done.pop(_target(item)) for item in items])

    def _cuts(self, tasks: Sequence[Task]) -> dict[int, Cut | tuple[str, str]]:
        """By number, how the large files among the tasks are cut, or why they can't be read."""
        large = [n for n, task in enumerate(tasks) if not task.closed and size_of(task) * _PACKED > self.size]
        units = [(n, tasks[n].source) for n in large]
        found: dict[int, Cut | tuple[str, str]] = {}
        work = partial(_look, self.size)
        for (unit,), cut in self.engine.each(work, self.sent, ([each] for each in units), lambda _, why: ("", why)):
            number, source = unit
            found[number] = (at(show(source), cut[1]), OUTPUT) if isinstance(cut, tuple) and not cut[0] else cut
        return found

    def _items(self, task: Task, cut: Cut | tuple[str, str]) -> list[Item]:
        """What is to be done of a task: itself, or its parts, each of which is a file in a folder of its name."""
        assert task.target is not None
        if isinstance(cut, tuple):
            return []
        if not cut.parts:
            return [self._item(task)]
        names = (f"part-{number:05}{task.source.suffix}" for number in range(len(cut.parts)))
        tasks = [Task(task.source, task.target / name) for name in names]
        return [self._item(each, part=part, whole=cut) for each, part in zip(tasks, cut.parts, strict=True)]

    def _item(self, task: Task, **more: Any) -> Item:
        target = task.target or Path()
        aside = self.folder / QUARANTINE / target.relative_to(self.folder)
        known = self._state.known(target, self.job.detail)
        known = replace(known, entry={"rows": known.entry.get("rows")})  # the rest is large, and needed here only
        return Item(task, aside.with_name(aside.name + BAD), self.job.force, self._since, known, **more)

    def _clear(self, task: Task, wanted: set[Path | None]) -> None:
        """Take away what earlier runs have made of an input that was cut in another way, so that no row is there twice."""
        place = task.target
        assert place is not None
        folder = place.is_dir() and not place.is_symlink()
        remove_stale(place)
        for path in sorted(place.iterdir()) if folder else [place] if os.path.lexists(place) else []:
            if path in wanted:
                continue
            if path.is_dir() or not self._state.may_overwrite(path):
                raise FormatError(
                    "{path}: is in the way, and no run with this state has made it: move it away",
                    path=show(path),
                    reason=OUTPUT,
                )
            path.unlink()
        if folder and place in wanted:
            place.rmdir()

    def _units(self, items: Sequence[Item]) -> Iterator[Sequence[Item]]:
        """What a worker does at a time: a part, or some small files."""
        by_task = {id(item.task): item for item in items}
        for group in groups([item.task for item in items], self.engine.slots, min(self.size, _TOGETHER)):
            unit: list[Item] = []
            for item in (by_task[id(task)] for task in group):
                self._state.begin(_target(item))
                if item.part:
                    yield [item]
                else:
                    unit.append(item)
            if unit:
                yield unit

    def _outcomes(self, units: Iterable[Sequence[Item]]) -> Iterator[dict[Path, Outcome]]:
        """The outcomes of units as they end, noted."""
        for unit, outcomes in self.engine.each(do, self.sent, units, self._lost):
            for item, outcome in zip(unit, outcomes, strict=True):
                if outcome.after and not outcome.earlier:
                    entry = {"kept": kept(outcome.file)} if item.part else entry_of(outcome.file)
                    entry = entry | {"rows": outcome.rows}
                    self._state.finish(_target(item), outcome.before, entry, self.job.detail, outcome.after)
            yield {_target(item): outcome for item, outcome in zip(unit, outcomes, strict=True)}

    def _lost(self, item: Item, why: str) -> list[Outcome]:
        return [Outcome(self.job.lost(item.task, why))]

    def _told(self, task: Task, items: Sequence[Item], outcomes: Sequence[Outcome]) -> FileReport:
        """The report of an input, of all its parts."""
        for item, outcome in zip(items, outcomes, strict=True):
            if outcome.after:
                name = _target(item).relative_to(self.folder).as_posix()
                self.outputs.append(Listed(name, outcome.after, outcome.size, outcome.rows))
        if not items[0].part:
            file = outcomes[0].file
            if outcomes[0].earlier:
                entry = self._entry(items[0])
                file.take_up(entry if self.job.report.collects else entry | {"edits": []})
                file.aside = show(items[0].aside)
            rows, before, size = outcomes[0].rows, outcomes[0].before, file.size
        else:
            file = self._joined(task, items, outcomes)
            rows, before, size = sum(outcome.rows or 0 for outcome in outcomes), items[0].whole.digest, file.size
        if rows is not None:
            rows += len(file.set_aside)
        self.inputs.append(Listed(show(task.source), before or None, size, rows if file.error is None else None))
        return file

    def _joined(self, task: Task, items: Sequence[Item], outcomes: Sequence[Outcome]) -> FileReport:
        whole = self.job.blank(task)
        failed = [outcome.file for outcome in outcomes if outcome.file.error is not None]
        whole.format = items[0].whole.kind
        if failed:
            told = say("{failed} of {parts} parts", failed=len(failed), parts=len(items))
            whole.failed(f"{failed[0].error} ({told})", failed[0].reason)
            return whole
        parts = [
            self._entry(item)["kept"] if outcome.earlier else kept(outcome.file)
            for item, outcome in zip(items, outcomes, strict=True)
        ]
        joined(whole, parts)
        assert task.target is not None
        whole.aside = show(self.folder / QUARANTINE / task.target.relative_to(self.folder))
        by_name = said_by_names(self.job.redactor, whole.format, task.source, task.target)
        whole.remarks = list(dict.fromkeys((*whole.remarks, *by_name)))
        if all(outcome.earlier for outcome in outcomes):
            again = self.job.blank(task)
            again.take_up(entry_of(whole))
            return again
        return whole

    def _entry(self, item: Item) -> dict[str, Any]:
        """What an earlier run has noted of an item."""
        entry = self._state.entry(_target(item))
        return {name: value for name, value in entry.items() if name != "rows"}

    def close(self) -> None:
        """Take away what workers that died have left half written."""
        for folder in {(self.folder / each.name).parent for each in self.outputs}:
            remove_stale(folder)


def _look(size: int, sent: Sent, unit: Sequence[tuple[int, Path]]) -> Cut | tuple[str, str]:
    return look(sent, unit[0][1], size)


def _target(item: Item) -> Path:
    assert item.task.target is not None
    return item.task.target
