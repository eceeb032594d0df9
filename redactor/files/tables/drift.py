"""How two runs differ: edits by rule and by entity, how many files have them, and how many there are in 10,000 characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from math import inf
from pathlib import Path
from typing import Final, Literal

from redactor.files.tables.model import EditRow
from redactor.files.tables.reading import kind_of_record, read_content, read_edits
from redactor.files.tables.sampling import Drawn, only_in

By = Literal["rule", "entity"]
BY: Final[tuple[By, ...]] = ("rule", "entity")
_DRAWN: Final = 1_000
"""Edits of each rule of which the places that two runs don't share are looked for."""


@dataclass(slots=True)
class RunCounts:
    """What one run has come to. `characters`, `files`: None where the record of the run doesn't tell."""

    characters: int | None = None
    files: int | None = None
    edits: Counter[tuple[By, str]] = field(default_factory=Counter)
    files_with: Counter[tuple[By, str]] = field(default_factory=Counter)
    drawn: dict[str, Drawn] = field(default_factory=dict)
    """By rule, some edits with their places; none where the record has only numbers."""


@dataclass(frozen=True, slots=True)
class Side:
    """One run's figures for a rule or an entity. `share`: of its files; `rate`: in 10,000 characters; None where that isn't known."""

    edits: int
    share: float | None
    rate: float | None


@dataclass(frozen=True, slots=True)
class Drift:
    """How a rule or an entity has changed. `change`: relative, of the rate if both runs tell it and else of the number; infinite for
    what is new, -1 for what is gone. `new_places`, `gone_places`: some edits that only the one run has."""

    by: By
    name: str
    old: Side
    new: Side
    change: float
    new_places: tuple[EditRow, ...] = ()
    gone_places: tuple[EditRow, ...] = ()

    @property
    def state(self) -> str:
        """`new`, `gone`, `changed` or `same`."""
        if not self.old.edits or not self.new.edits:
            return "gone" if self.old.edits else "new"
        return "changed" if self.change or self.new_places or self.gone_places else "same"


def counts_of(path: Path, *, seed: int = 0) -> RunCounts:
    """What a table of edits, a file of numbers or a report says of its run. FormatError for anything else."""
    kind = kind_of_record(path)
    if kind == "edits":
        return count_edits(read_edits(path), seed)
    content = read_content(path)
    if kind == "stats":
        files = [each["edited"] for each in content["files"] if each["state"] not in ("failed", "skipped")]
        done = [{(item["entity"], item["rule"]): int(item["edits"]) for item in edited} for edited in files]
    else:
        files = [each["edited"] for each in content["files"] if each["error"] is None and not each["skipped"]]
        done = [{(name, rule): n for name, rules in edited.items() for rule, n in rules.items()} for edited in files]
    run = RunCounts(int(content["totals"]["characters"]), len(done))
    for edited in done:
        _enter(run, edited)
    if kind == "report":
        run.drawn = count_edits(read_edits(path), seed).drawn
    return run


def count_edits(rows: Iterable[EditRow], seed: int = 0) -> RunCounts:
    """The counts of a table of edits; the edits of a file stand together in it."""
    run = RunCounts()
    for _, own in groupby(rows, key=lambda row: row.file):
        edited = Counter[tuple[str, str]]()
        for row in own:
            edited[row.entity, row.rule] += 1
            if row.rule not in run.drawn:
                run.drawn[row.rule] = Drawn(_DRAWN, seed)
            run.drawn[row.rule].add(row)
        _enter(run, edited)
    return run


def _enter(run: RunCounts, edited: Mapping[tuple[str, str], int]) -> None:
    met: set[tuple[By, str]] = set()
    for (entity, rule), number in edited.items():
        kinds: tuple[tuple[By, str], ...] = (("rule", rule), ("entity", entity))
        for kind in kinds:
            run.edits[kind] += number
        met.update(kinds)
    run.files_with.update(met)


def drift(old: RunCounts, new: RunCounts, samples: int = 0) -> list[Drift]:
    """What has changed, rules before entities, the largest change first and of equal ones the most edits; with some places of each rule."""
    found = [_drift(old, new, by, name, samples) for by, name in old.edits.keys() | new.edits.keys()]
    return sorted(
        found,
        key=lambda each: (
            BY.index(each.by),
            -abs(each.change),
            -abs(each.new.edits - each.old.edits),
            -each.new.edits,
            each.name,
        ),
    )


def _drift(old: RunCounts, new: RunCounts, by: By, name: str, samples: int) -> Drift:
    before, after = (_side(run, (by, name)) for run in (old, new))
    first, second = (
        (before.rate, after.rate) if before.rate is not None and after.rate is not None else (before.edits, after.edits)
    )
    change = (second - first) / first if first else inf
    places: dict[str, tuple[EditRow, ...]] = {}
    if by == "rule" and samples:
        for key, one, other in (("new_places", new, old), ("gone_places", old, new)):
            if name in one.drawn and (other.drawn or not other.edits):
                places[key] = tuple(only_in(one.drawn[name], other.drawn.get(name))[:samples])
    return Drift(by, name, before, after, change, **places)


def _side(run: RunCounts, kind: tuple[By, str]) -> Side:
    edits = run.edits[kind]
    share = run.files_with[kind] / run.files if run.files else None
    return Side(edits, share, 10_000 * edits / run.characters if run.characters else None)


def beyond(found: Iterable[Drift], most: float, least: int) -> list[Drift]:
    """What has changed by more than a share, where one of the runs has at least so many edits of it."""
    return [each for each in found if abs(each.change) > most and max(each.old.edits, each.new.edits) >= least]
