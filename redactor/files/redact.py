"""`redact_file`: what the command does with a file, as one call."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from redactor.files.failures import blaming
from redactor.files.inputs import STDIN
from redactor.files.job import Job
from redactor.files.report import FileReport, Found, Report
from redactor.files.tasks import Task
from redactor.formats.options import Options
from redactor.formats.registry import check_format
from redactor.model import FormatError
from redactor.redactor import Redactor
from redactor.text.show import show


@dataclass(frozen=True, slots=True)
class FileFinding:
    """A finding in a file, without its text.

    `where`: line and column (`3:7`) in a text, the part, sheet and cell or page of a document. `start`, `end`: a half-open range of
    code points in the texts of the file, taken one after the other. `score`: 0 to 1.
    """

    entity: str
    rule: str
    score: float
    where: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FileResult:
    """What was found in a file, and what became of it.

    `output`: what was written; None when nothing was. `encoding`: that of a text, None for other formats. `changed`: whether the
    output differs from the input, or would. `not_checked`: what could not be looked into (a picture of text), as place and
    kind. `taken_out`: parts without text that are left out (an author's name, a thumbnail), likewise. `hidden`: text that a
    reader of the document can't see, as place, kind and number; it is redacted like any other. `set_aside`: places of records that
    could not be read and went, as they are, into a file beside the output (`Options(bad_lines="quarantine")`).
    """

    source: Path
    output: Path | None
    format: str
    encoding: str | None
    changed: bool
    findings: tuple[FileFinding, ...]
    not_checked: tuple[tuple[str, str], ...]
    taken_out: tuple[tuple[str, str], ...]
    hidden: tuple[tuple[str, str, int], ...]
    set_aside: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each entity."""
        return dict(sorted(Counter(finding.entity for finding in self.findings).items()))


def redact_file(
    source: str | Path,
    output: str | Path | None = None,
    *,
    redactor: Redactor | None = None,
    format: str | None = None,
    options: Options | None = None,
    strict: bool = False,
    overwrite: bool = False,
    jobs: int = 1,
    max_seconds: float | None = None,
    max_memory: int = 4096,
) -> FileResult:
    """Redact a file in any format that is supported (`redactor formats` lists them), and tell what was found.

    `output`: written whole or not at all; None: nothing is written, and the result says what would be acted on. It may be the
    source itself, if `overwrite` says that what stands there may go. `redactor`: None stands for `Redactor()`. `format`: of the
    file (`text`, `docx`); None: what its content says. `strict`: refuse a document that holds something that can't be
    checked. `jobs`: processes for a large text or a file of many documents. A document is read in a process of its own, which may
    take `max_memory` MiB, and a file `max_seconds`.

    RedactorError, in one line, for all that can go wrong with a file: FormatError for one that can't be read or written safely,
    DecodeError for bytes that are no text, LimitError for one that takes too much. Then nothing was written, unless the message says so.
    """
    source, target = Path(source), None if output is None else Path(output)
    check_format(format)
    if STDIN in (source, target):
        raise FormatError("-: not a file")
    if target and not overwrite and target.exists():
        raise FormatError("{target}: exists; overwrite=True writes over it", target=show(target))
    job = Job(
        redactor=redactor or _default(),
        report=Report(collect=False),
        options=options or Options(),
        mode="write" if target else "check",
        listing="findings",
        force=overwrite,
        in_place=overwrite,
        seconds=max_seconds,
        memory=max_memory,
        jobs=jobs,
        kind=format,
        strict=strict,
    )
    task = Task(source, target)
    with blaming(source):
        (file,) = job.settled([task], [job.redact(task, job.blank(task))])
    return _result(source, target, file)


@cache
def _default() -> Redactor:
    return Redactor()


def _result(source: Path, output: Path | None, file: FileReport) -> FileResult:
    return FileResult(
        source,
        output,
        file.format,
        file.encoding.label if file.encoding else None,
        file.changed,
        tuple(_finding(found) for found in file.found),
        tuple((each["where"], each["what"]) for each in file.not_checked),
        tuple((each["where"], each["what"]) for each in file.taken_out),
        tuple((each["where"], each["what"], each["count"]) for each in file.hidden),
        tuple(file.set_aside),
    )


def _finding(found: Found) -> FileFinding:
    each = found.finding
    return FileFinding(each.entity, each.rule, each.score, found.where, found.start, found.end)
