"""Edits on their way into a table: those of each file go to a file of their own, in whichever process they are made, and are taken up in order.

So a run holds no more of them in memory than a few, and what a failed file had brought is dropped. The folder lies beside the table and goes
with the run; with --state it lies beside the state, so that a run that is taken up has the edits of what was done before.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from redactor.files.tables.model import EditRow
from redactor.formats.joined import starts_of
from redactor.formats.unit import Unit
from redactor.model import Edit, Finding, Result
from redactor.text.offsets import Unit as OffsetUnit
from redactor.text.offsets import width
from redactor.text.show import escape

try:
    import fcntl
except ImportError:  # Windows: nobody's folders are taken for stale
    fcntl = None  # type: ignore[assignment]

_PREFIX: Final = ".redactor-tmp-edits-"
KEPT: Final = ".edits"
"""What is added to the name of a state file for the folder that holds the edits of what is done."""


@dataclass(frozen=True, slots=True)
class Spool:
    """A folder for the edits of each file of a run. `unit`: what offsets count. `kept`: it outlives the run."""

    folder: Path
    include_text: bool = False
    unit: OffsetUnit = "code-points"
    kept: bool = False

    def place(self, target: Path | None) -> Path:
        """Where the edits of a file go: a place that is known by its output, if they are kept, else a new one."""
        if self.kept and target is not None:
            return self.folder / hashlib.sha256(os.fsencode(target.absolute())).hexdigest()[:32]
        return self.folder / secrets.token_hex(8)


@contextmanager
def new_spool(table: Path, *, include_text: bool, unit: OffsetUnit) -> Iterator[Spool]:
    """A folder beside the table, for this run alone; what killed runs have left there goes."""
    table.parent.mkdir(parents=True, exist_ok=True)
    _remove_stale(table.parent)
    folder = table.parent / f"{_PREFIX}{secrets.token_hex(8)}"
    folder.mkdir(mode=0o700)
    descriptor = _locked(folder)
    try:
        yield Spool(folder, include_text, unit)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if descriptor is not None:
            os.close(descriptor)


def kept_spool(state: Path, *, include_text: bool, unit: OffsetUnit) -> Spool:
    """The folder beside a state file, for its owner's eyes only."""
    folder = state.with_name(state.name + KEPT)
    folder.mkdir(mode=0o700, exist_ok=True)
    return Spool(folder, include_text, unit, kept=True)


def _locked(folder: Path) -> int | None:
    """The folder open and locked by this process; None where it can't be, or another run has it."""
    if fcntl is None:
        return None
    try:
        descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _remove_stale(parent: Path) -> None:
    for folder in parent.glob(f"{_PREFIX}*"):
        descriptor = _locked(folder)
        if descriptor is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(descriptor)


class Spooled:
    """Is told of the texts of one file, and writes their edits to a place, which is there only once there are some."""

    def __init__(self, place: Path, *, include_text: bool, unit: OffsetUnit) -> None:
        self.place = place
        self._include_text, self._unit = include_text, unit
        self._stream: IO[str] | None = None
        place.unlink(missing_ok=True)  # of an attempt before, or a run before

    def enter(
        self,
        text: str,
        result: Result,
        units: Sequence[Unit],
        of: Callable[[int], int],
        line_of: Callable[[int], tuple[int, int]] | None,
    ) -> None:
        """Take a text and what has become of it. `of`: where an offset of it stands in the file; `line_of`: line and column, of plain text."""
        if not result.edits:
            return
        starts = starts_of(units)
        score_of = _scores(result.findings)
        for edit in result.edits:
            row: tuple[Any, ...]
            if units:
                unit, base = _unit_of(edit, units, starts)
                low, high = (width(text[base : max(base, at)], self._unit) for at in (edit.start, edit.end))
                row = (unit.row or None, unit.field or None, escape(unit.where), low, high)
            else:
                where = "" if line_of is None else ":".join(map(str, line_of(edit.start)))
                row = (None, None, where, of(edit.start), of(edit.end))
            row += (edit.entity, edit.rule, score_of(edit))
            if self._include_text:
                row += (text[edit.start : edit.end], edit.replacement)
            self._write(row)

    def _write(self, row: tuple[Any, ...]) -> None:
        if self._stream is None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            self._stream = os.fdopen(os.open(self.place, flags, 0o600), "w", encoding="ascii")
        self._stream.write(json.dumps(row) + "\n")

    def close(self) -> Path | None:
        """End it; where the edits are, if there are any."""
        if self._stream is None:
            return None
        self._stream.close()
        return self.place


def spooled(place: Path, file: str) -> Iterator[EditRow]:
    """The edits that were written to a place, of the file of that name."""
    with place.open(encoding="ascii") as lines:
        for line in lines:
            yield EditRow(file, *json.loads(line))


def drop(place: Path) -> None:
    """Let go of what has been taken up."""
    with suppress(OSError):
        place.unlink()


def _unit_of(edit: Edit, units: Sequence[Unit], starts: Sequence[int]) -> tuple[Unit, int]:
    """The first unit of which an edit takes something, and where its own text begins in the joined one."""
    number = bisect_right(starts, edit.start) - 1
    while (
        number + 1 < len(units)
        and edit.start >= starts[number] + len(units[number].text)
        and edit.end > starts[number + 1]
    ):
        number += 1
    return units[number], starts[number] + units[number].lent


def _scores(findings: Iterable[Finding]) -> Callable[[Edit], float | None]:
    """Tells the score of the finding that an edit is made of."""
    ordered = sorted(findings, key=lambda finding: finding.start)
    starts = [finding.start for finding in ordered]

    def score_of(edit: Edit) -> float | None:
        for finding in reversed(
            ordered[max(0, bisect_right(starts, edit.start) - 8) : bisect_right(starts, edit.start)]
        ):
            if edit.start < finding.end and (finding.entity, finding.rule) == (edit.entity, edit.rule):
                return round(finding.score, 3)
        return None

    return score_of
