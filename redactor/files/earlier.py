"""Files that an earlier run has done: what its state tells of them, and where their edits wait."""

from __future__ import annotations

from pathlib import Path

from redactor.files.report import FileReport
from redactor.files.state import State
from redactor.files.tables.spool import Spool
from redactor.language import say


def is_done(state: State | None, source: Path, target: Path, detail: list[str], spool: Spool | None) -> bool:
    """Whether an earlier run has done a file, and recorded all that `detail` names, and its edits if they are wanted."""
    if state is None or not state.has(source, target, detail):
        return False
    # In place no more can be learned of an input that is gone.
    return spool is None or source == target or spool.place(target).is_file() or not state.entry(target)["edited"]


def take_up(
    file: FileReport, state: State, target: Path, *, with_edits: bool, spool: Spool | None, digests: bool
) -> None:
    """Record in a blank report what an earlier run has made of a file. `with_edits`: each of them, for the report."""
    entry = state.entry(target)
    file.take_up(entry if with_edits else entry | {"edits": []})
    place = spool.place(target) if spool else None
    if place and place.is_file():
        file.spooled = place
    elif place and entry["edited"]:
        file.remarks.append(say("its edits were not recorded by the run that has made them, and are in no table"))
    if digests:
        before, after = state.digests(target)
        file.read, file.wrote = (before, file.size), (after, target.stat().st_size)
