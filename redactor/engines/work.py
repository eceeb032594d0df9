"""What a worker of an engine is sent, and what it does: the same as a process of `--jobs`, for some files or one part of one."""

from __future__ import annotations

import gc
import hashlib
import hmac
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any, Final

from redactor.engines.cut import WHOLE, Cut, Part, cut
from redactor.files.atomic import write_whole
from redactor.files.beside import BAD
from redactor.files.failures import failure
from redactor.files.job import Job
from redactor.files.key import read_key
from redactor.files.report import FileReport, Report
from redactor.files.state import UNKNOWN, Known, State, digest
from redactor.files.tasks import Task
from redactor.files.walk import check_output
from redactor.model import RedactorError
from redactor.redactor import Redactor
from redactor.ruleset.cache import cache_folder
from redactor.settings import Settings
from redactor.text.show import show

REASONS: Final = ".reasons"
"""What is added to the name of a file of records that were set aside, for the reasons."""
_ANY_TEXT: Final = "请王建国同志牵头，同比增长12.5%以上。"
_making: Final = Lock()
_made: Final[dict[tuple[str, str], Redactor]] = {}
"""By digest of settings and mark of the key, the redactors of this process."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a worker finds the key, which itself is never sent: in a file, or else in REDACTOR_KEY. `mark`: tells a wrong one."""

    file: Path | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a worker is sent once: all of a `Job` but what it makes for itself.

    `digest`: of the settings where the run begins. `job`, `report`: arguments of `Job` and `Report`. `state`: the file and the run that
    the key of fingerprints is in, when edits are recorded. `folder`: where paths begin that are not absolute.
    """

    settings: Settings
    digest: str
    secret: Secret
    job: Mapping[str, Any]
    report: Mapping[str, Any]
    state: tuple[Path, str] | None
    folder: Path


@dataclass(frozen=True, slots=True)
class Item:
    """A file, or a part of one (`part`, of the file that `whole` tells of), that is to be done.

    `aside`: where its records go that are set aside. `force`: whether what stands at the target may go, whoever made it.
    `since`: when the run began, by the clock of the output's file system, in nanoseconds: what is younger was written by a worker
    that died before it could tell.
    """

    task: Task
    aside: Path
    force: bool = False
    since: int = 0
    known: Known = UNKNOWN
    part: Part | None = None
    whole: Cut = WHOLE


@dataclass(slots=True)
class Outcome:
    """What has become of an item: its report; digests of what was read and written ("": nothing was), bytes and rows of the output."""

    file: FileReport
    before: str = ""
    after: str = ""
    size: int = 0
    rows: int | None = None
    earlier: bool = False
    """Whether an earlier run has done it."""


def sent_of(job: Job, secret: Path | None, state: tuple[Path, str]) -> Sent:
    """What workers are sent of a job."""
    redactor, report = job.redactor, job.report
    needs = redactor.policy.uses_key and redactor.pipeline.key
    return Sent(
        redactor.settings,
        redactor.settings.digest,
        Secret(secret, _mark(redactor.pipeline.key or b"") if needs else ""),
        {
            name: getattr(job, name)
            for name in (
                "options",
                "mode",
                "residue",
                "seconds",
                "memory",
                "kind",
                "strict",
                "fielded",
                "confine",
                "debug",
            )
        }
        | {"skip_unsupported": job.skip_unsupported, "force": True},
        {"include_text": report.include_text, "collect": report.collects, "counts": report.counts}
        | {"unit": report.unit, "context": report.context},
        state if report.collects else None,
        Path.cwd(),
    )


def look(sent: Sent, path: Path, size: int) -> Cut | tuple[str, str]:
    """How a file is cut; or why it can't be read at all: what is to be said, and the reason that it is counted under."""
    job = _job(sent)
    try:
        return cut(path, job.kind, job.redactor, job.options, size)
    except Exception as error:
        known = failure(error, show(path))
        if known is None:
            raise
        return str(known), known.reason


def do(sent: Sent, items: Sequence[Item]) -> list[Outcome]:
    """Do some files, or one part of one."""
    job = _job(sent)
    outcomes: dict[int, Outcome] = {}
    for number, item in enumerate(items):
        outcome = _ready(job, item)
        if outcome is not None:
            outcomes[number] = outcome
    waiting = [number for number in range(len(items)) if number not in outcomes]
    digests = {number: _digest(items[number]) for number in waiting}
    if waiting:
        own = _for_part(job, items[waiting[0]]) if items[waiting[0]].part else job
        files = own.do_all([items[number].task for number in waiting])
        for number, file in zip(waiting, files, strict=True):
            outcomes[number] = _outcome(items[number], file, digests[number])
    return [outcomes[number] for number in range(len(items))]


def _job(sent: Sent) -> Job:
    if sent.folder != Path.cwd():
        # A worker of a cluster begins elsewhere. One that has no such folder finds what has a whole path.
        with suppress(OSError):
            os.chdir(sent.folder)
    report = Report(**sent.report, key=State.key_in(*sent.state) if sent.state else None)
    return Job(redactor=_redactor(sent), report=report, **sent.job)


def _redactor(sent: Sent) -> Redactor:
    key = None
    if sent.secret.mark:
        key = read_key(sent.secret.file)
        if not hmac.compare_digest(_mark(key or b""), sent.secret.mark):
            raise RedactorError(
                "a worker has not the key that the run began with: give it REDACTOR_KEY, or a --key-file that is there"
            )
    with _making:
        name = sent.digest, sent.secret.mark
        if name not in _made:
            if sent.settings.digest != sent.digest:
                raise RedactorError("a worker has another version of redactor than the one that the run began with")
            redactor = sent.settings.redactor(key, cache=cache_folder(os.environ))
            # What is made ready when it is first needed is made ready here, or each process that reads a document would do so.
            redactor.prepare()
            redactor.redact(_ANY_TEXT)
            _made[name] = redactor
            # Rules live as long as the worker: the collector need not look through them again and again.
            gc.freeze()
        return _made[name]


def _mark(key: bytes) -> str:
    """By which two processes see whether they have one key."""
    return hmac.new(key, b"redactor: the same key", hashlib.sha256).hexdigest()[:32]


def _ready(job: Job, item: Item) -> Outcome | None:
    """What is known of an item without doing it: that it has been done, or that its output may not be written."""
    task, known = item.task, item.known
    assert task.target is not None
    file = job.blank(task)
    try:
        if item.part:
            item.whole.check(task.source)
        if not os.path.lexists(task.target) or (item.since and task.target.lstat().st_mtime_ns >= item.since):
            return None
        after = digest(task.target) if known.after and task.target.is_file() else ""
        if known.after and after == known.after:
            before = _digest(item)
            if not known.same or before != known.before:
                return None
            return Outcome(file, before, after, task.target.stat().st_size, known.entry.get("rows"), earlier=True)
        if not known.begun:
            check_output(task.source, task.target, force=item.force, in_place=False)
    except (RedactorError, OSError) as error:
        return _failed(file, error)
    return None


def _failed(file: FileReport, error: RedactorError | OSError) -> Outcome:
    told = failure(error, file.name)
    assert told is not None
    file.failed(str(told), told.reason)
    return Outcome(file)


def _digest(item: Item) -> str:
    """Of what an item is read from; "" when it can't be."""
    if item.part:
        return item.part.digest
    try:
        return digest(item.task.source)
    except (RedactorError, OSError):
        return ""  # told of when it is read


def _for_part(job: Job, item: Item) -> Job:
    assert item.part is not None
    options = replace(job.options, stretch=item.part.stretch)
    if item.whole.encoding:
        options = replace(options, encoding=item.whole.encoding.name)
    return replace(job, kind=item.whole.kind, options=options)


def _outcome(item: Item, file: FileReport, before: str) -> Outcome:
    """What has become of an item that was done just now."""
    target = item.task.target
    assert target is not None
    try:
        _put_aside(item, file)
        if file.error is not None or file.skipped:
            return Outcome(file)
        return Outcome(file, before, digest(target), target.stat().st_size, rows_of(target, file.format))
    except OSError as error:
        return _failed(file, error)


def _put_aside(item: Item, file: FileReport) -> None:
    """Move the records that were set aside to their place, and put the reasons beside them, a line each."""
    assert item.task.target is not None
    reasons = item.aside.with_name(item.aside.name + REASONS)
    if not file.set_aside or file.error is not None:
        if file.error is None:
            for old in (item.aside, reasons):
                old.unlink(missing_ok=True)
        return
    lines = (
        json.dumps({"where": where, "reason": why}, ensure_ascii=False) + "\n"
        for where, why in zip(file.set_aside, file.aside_because, strict=True)
    )
    write_whole(reasons, "".join(lines).encode("utf-8", "backslashreplace"), 0o600)
    item.task.target.with_name(item.task.target.name + BAD).replace(item.aside)
    file.aside = show(item.aside)


def rows_of(path: Path, kind: str) -> int | None:
    """How many records an output holds; None for a format that is not made of records."""
    if kind == "parquet":
        from pyarrow.parquet import read_metadata

        return int(read_metadata(path).num_rows)
    if kind != "jsonl":
        return None
    with path.open("rb") as lines:
        return sum(not line.isspace() for line in lines)
