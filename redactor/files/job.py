"""One run of `redactor clean`: what it was asked for, and the way of one file through it."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import BinaryIO, Final, Literal

import click

from redactor.document.residue import Residue
from redactor.files.atomic import AtomicWriter, sync_folder
from redactor.files.diff import diff_lines
from redactor.files.inputs import HeldInput, Input, SteadyInput
from redactor.files.positions import places_in, places_of, shown_in
from redactor.files.report import FileReport, Report
from redactor.files.state import State, digest
from redactor.files.walk import check_output
from redactor.formats.limits import MAX_TOTAL
from redactor.formats.options import Options
from redactor.formats.registry import TEXT, load_format
from redactor.formats.session import DocumentSession
from redactor.formats.sniff import kind_of
from redactor.formats.unit import Redact, Sink, Unit
from redactor.model import DecodeError, LimitError, RedactorError, Result
from redactor.parallel.parts import redact_parts
from redactor.parallel.pool import in_order
from redactor.parallel.records import Spread
from redactor.parallel.sandbox import Limits, confined
from redactor.redactor import Redactor
from redactor.text.decode import (
    Encoding,
    Errors,
    Part,
    check_round_trip,
    detect_encoding,
    encode,
    likely_utf8,
    output_codec,
    parts_of,
    read_parts,
)
from redactor.text.show import escape, show

STDIN = Path("-")
_SHORT: Final = 60_000
"""Bytes up to which a text is worth looking at together with others."""
_DOCUMENT_SECONDS = 300
"""Processor time of a document that is small, and of each megabyte of one that is not; packed text is ten times as much."""


@dataclass(frozen=True, slots=True)
class Task:
    """One input and where its output goes: None is standard output, or nowhere when nothing is written."""

    source: Path
    target: Path | None


@dataclass(slots=True)
class Outcome:
    """What has come of one task."""

    file: FileReport
    changed: bool = False
    left_over: bool = False


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is known of whole texts before their files are done."""

    results: Mapping[str, Result] = field(default_factory=dict)
    residues: Mapping[str, tuple[Residue, ...]] = field(default_factory=dict)


NOTHING: Final = Ahead()


@dataclass(frozen=True, slots=True)
class _Part:
    """What has come of one part of a text: output, whether anything was edited, and text and result where they are told of."""

    written: bytes | int
    """The output, or how much it is when it is where it belongs already."""
    changed: bool
    told: tuple[str, Result, tuple[Residue, ...]] | None


@dataclass(frozen=True, slots=True)
class Job:
    """The settings that all tasks of a run share."""

    redactor: Redactor
    report: Report
    state: State | None
    encoding: str | None
    output_encoding: str | None
    errors: Errors
    mode: Literal["write", "check", "diff"]
    residue: bool
    force: bool
    in_place: bool
    seconds: float | None
    memory: int
    """MiB that a document in a format other than text may take."""
    jobs: int
    """How many processes the parts of one file are spread over."""
    kind: str | None
    """The format of all files; None: what the content of each says."""
    options: Options
    strict: bool
    advance: Callable[[int], object] = lambda written: None
    """Is told of bytes written, for a progress bar over one large file."""

    def do_all(self, tasks: Sequence[Task]) -> list[Outcome]:
        """Redact some files, the texts of short ones looked at together."""
        ahead = self._ahead(tasks) if len(tasks) > 1 and self.seconds is None else NOTHING
        return self._settled(tasks, [self.do(task, ahead) for task in tasks])

    def lost_all(self, tasks: Sequence[Task], reason: str) -> list[Outcome]:
        """The outcomes of tasks whose process has died; when there are several, each is tried by itself."""
        if len(tasks) == 1:
            return [self.lost(tasks[0], reason)]
        return self._settled(tasks, list(in_order(self.do, tasks, 1, self.lost)))

    def _settled(self, tasks: Sequence[Task], outcomes: list[Outcome]) -> list[Outcome]:
        """The outcomes of tasks, once their outputs are sure to last."""
        if self.mode == "write":
            for folder in {task.target.parent for task in tasks if task.target is not None}:
                sync_folder(folder)
        return outcomes

    def do(self, task: Task, ahead: Ahead = NOTHING) -> Outcome:
        """Redact one file; an error is part of the outcome, so that the other files are done all the same.

        `ahead`: what is known already of whole texts.
        """
        name = show(task.source)
        outcome = Outcome(self.report.new_file(name, show(task.target) if task.target else None))
        try:
            self._do(task, outcome, ahead)
        except Exception as error:
            if isinstance(error, BrokenPipeError) and task.target is None:
                raise
            outcome.file.error = failure(error, name)
        return outcome

    def lost(self, task: Task, reason: str) -> Outcome:
        """The outcome of a task whose process has died."""
        outcome = Outcome(self.report.new_file(show(task.source), show(task.target) if task.target else None))
        outcome.file.error = escape(f"{show(task.source)}: {reason}; nothing was written")
        return outcome

    def _ahead(self, tasks: Sequence[Task]) -> Ahead:
        """What comes of the short texts among the files; nothing when one of them can't be had."""
        texts: list[str] = []
        # What goes wrong here goes wrong again when the file is done by itself, and is told of then.
        for task in tasks:
            with suppress(Exception):
                texts += self._short_text(task)
        if len(texts) > 1:
            with suppress(Exception):
                results = list(self.redactor.redact_many(texts))
                residues = self.redactor.account_all(list(zip(texts, results, strict=True))) if self.residue else ()
                return Ahead(dict(zip(texts, results, strict=True)), dict(zip(texts, residues, strict=False)))
        return NOTHING

    def _short_text(self, task: Task) -> list[str]:
        """The text of a file that is still to be done, when it is a text and short."""
        if task.source.stat().st_size > _SHORT or self._is_done(task):
            return []
        with open_input(task.source) as opened:
            if (self.kind or kind_of(opened.stream, task.source.name)) != TEXT:
                return []
            encoding = detect_encoding(opened.stream, wanted=self.encoding, errors=self.errors)
            return ["".join(read_parts(opened.stream, encoding, self.errors))]

    def _is_done(self, task: Task) -> bool:
        """Whether an earlier run has done the task. FormatError when its output may not be written."""
        source, target = task.source, task.target
        if self.mode != "write" or target is None:
            return False
        if self.state and self.state.has(source, target):
            return True
        overwrite = self.force or bool(self.state and self.state.may_overwrite(target))
        if source != STDIN:
            check_output(source, target, force=overwrite, in_place=self.in_place)
        elif target.exists() and not overwrite:
            raise RedactorError(f"{show(target)}: exists; use --force to write over it")
        return False

    def _do(self, task: Task, outcome: Outcome, ahead: Ahead) -> None:
        source, target = task.source, task.target
        if self._is_done(task):
            outcome.file.skipped = True
            return
        before = ""
        if self.state and target is not None:
            before = digest(source)
            self.state.begin(target)
        with open_input(source) as opened:
            stream = opened.stream
            kind = self.kind or kind_of(stream, source.name)
            outcome.file.format = kind
            if kind == TEXT:
                self._stream(opened, outcome, target, ahead)
            else:
                redact = load_format(kind)  # here, so that it's loaded once for all documents
                limits = document_limits(stream, self.memory, self.seconds)
                done, printed = confined(lambda: self._document(redact, opened, outcome, target), limits)
                outcome.file, outcome.changed, outcome.left_over = done.file, done.changed, done.left_over
                sys.stdout.buffer.write(printed)
                sys.stdout.buffer.flush()
        if self.state and target is not None:
            self.state.finish(target, before)

    def _stream(self, source: Input, outcome: Outcome, target: Path | None, ahead: Ahead) -> None:
        # Nearly every text is UTF-8, and is found to be while it is redacted; only where lines are shown at once must that come first.
        likely = self.mode == "write" and not self.encoding and self.errors == "strict" and likely_utf8(source.stream)
        if not likely:
            encoding = detect_encoding(source.stream, wanted=self.encoding, errors=self.errors)
            self._text(source, encoding, outcome, target, ahead)
            return
        try:
            self._text(source, likely, outcome, target, ahead)
        except DecodeError:
            encoding = detect_encoding(source.stream)
            if encoding == likely:
                raise
            outcome.file = self.report.new_file(outcome.file.name, outcome.file.output)
            outcome.changed = outcome.left_over = False
            self._text(source, encoding, outcome, target, ahead)

    def _text(self, source: Input, encoding: Encoding, outcome: Outcome, target: Path | None, ahead: Ahead) -> None:
        file = outcome.file
        file.encoding = encoding
        codec, bom = output_codec(self.output_encoding) if self.output_encoding else (encoding.name, encoding.bom)
        check_round_trip(source.stream, encoding, self.errors)
        in_time = self._timer()

        def parts() -> Iterator[Part]:
            with source.again() as own:
                yield from parts_of(own, encoding, self.errors)

        def finish(out: _Watched, text: str, result: Result) -> _Part:
            # In the process that has redacted it, and in its turn.
            written = out.put(encode(result.text, codec, self.errors)) if self.mode == "write" else b""
            if not self._tells:
                return _Part(written, bool(result.edits), None)
            known = ahead.residues.get(text) if result is ahead.results.get(text) else None
            return _Part(
                written, bool(result.edits), (text, result, self._residue(text, result) if known is None else known)
            )

        def run(out: _Watched) -> None:
            out.take(out.put(bom))
            heading: str | None = file.name
            line = 1
            for part in redact_parts(self.redactor, parts, self.jobs, partial(finish, out), ahead.results):
                in_time()
                out.take(part.written)
                outcome.changed = outcome.changed or part.changed
                if part.told:
                    text, result, residue = part.told
                    self._account(outcome, text, result, residue)
                    if self.mode == "diff":
                        for row in diff_lines(text, result.edits, heading, line):
                            click.echo(row)
                        heading = None if result.edits else heading
                        line += text.count("\n")
            source.check()

        # Held back until the whole input has been read and proven sound: half a document is not passed off as one.
        held = io.BytesIO()
        self._write(target, run, held)
        sys.stdout.buffer.write(held.getbuffer())
        sys.stdout.buffer.flush()

    @property
    def _tells(self) -> bool:
        """Whether more is wanted of a text than its redacted form."""
        return self.mode == "diff" or self.residue or self.report.collects

    def _document(self, redact: Redact, source: Input, outcome: Outcome, target: Path | None) -> tuple[Outcome, bytes]:
        """A file in a format other than text: what has come of it, and what is to go to standard output."""
        file = outcome.file
        in_time = self._timer()
        printed = io.BytesIO()

        def account(
            text: str, result: Result, units: Sequence[Unit], residue: tuple[Residue, ...] | None = None
        ) -> None:
            in_time()
            self._account(outcome, text, result, self._residue(text, result) if residue is None else residue, units)
            if self.mode == "diff":
                for row in diff_lines(text, result.edits, f"{file.name} {escape(units[0].where)}", 1):
                    printed.write(row.encode("utf-8", "backslashreplace") + b"\n")

        options = replace(self.options, output=target.suffix.lower() if target else "")

        def run(out: Sink) -> None:
            redact(source.stream, out, session, options)
            source.check()

        with Spread(self.redactor, self.jobs, residue=self.residue) as spread:
            session = DocumentSession(self.redactor, account, self.strict, spread.redact, spread.jobs)
            self._write(target, run, printed)
        file.not_checked = [{"where": escape(where), "what": what} for where, what in session.not_checked]
        file.taken_out = [{"where": escape(where), "what": what} for where, what in session.taken_out]
        file.hidden = [{"where": escape(w), "what": what, "count": n} for (w, what), n in session.hidden_texts.items()]
        outcome.changed = outcome.changed or bool(session.taken_out)
        return outcome, printed.getvalue()

    def _write(self, target: Path | None, run: Callable[[_Watched], object], held: io.BytesIO) -> None:
        """Let `run` write the output to where it belongs: `held` is what goes to standard output once all is well."""
        if self.mode != "write":
            run(_Watched(NOWHERE, self.advance))
        elif target is None:
            run(_Watched(held, self.advance))
        else:
            with AtomicWriter(target, sync=False) as writer:  # see `_settled`
                run(_Watched(writer, self.advance))

    def _timer(self) -> Callable[[], None]:
        """Raises LimitError when it is called after the time of a file that begins now."""
        began = monotonic()

        def in_time() -> None:
            if self.seconds is not None and monotonic() - began > self.seconds:
                raise LimitError(f"took longer than {self.seconds:g} seconds; nothing was written")

        return in_time

    def _residue(self, text: str, result: Result) -> tuple[Residue, ...]:
        return self.redactor.account(text, result) if self.residue else ()

    def _account(
        self,
        outcome: Outcome,
        text: str,
        result: Result,
        residue: tuple[Residue, ...],
        units: Sequence[Unit] = (),
    ) -> None:
        self.report.add_part(outcome.file, text, result.edits, result.findings, places_of(units) if units else None)
        outcome.changed = outcome.changed or bool(result.edits)
        if self.residue:
            if units:
                residue = shown_in(units, result.edits, residue)
            outcome.left_over = outcome.left_over or any(each.kind != "kept-digits" for each in residue)
            self.report.add_residue(
                outcome.file, result.text, residue, places_in(units, result.edits) if units else None
            )


class _Nowhere:
    """Takes an output that is not wanted."""

    def write(self, data: bytes, /) -> None:
        pass


NOWHERE = _Nowhere()


@dataclass(frozen=True, slots=True)
class _Watched:
    """A sink that tells how much goes into it."""

    sink: Sink
    advance: Callable[[int], object]

    def write(self, data: bytes, /) -> None:
        self.sink.write(data)
        self.advance(len(data))

    def put(self, data: bytes) -> bytes | int:
        """Write from whichever process this is, if that can be: what the first process is then to take."""
        if not isinstance(self.sink, AtomicWriter):
            return data
        self.sink.write_through(data)
        return len(data)

    def take(self, written: bytes | int) -> None:
        """In the first process, what has been put."""
        if isinstance(written, bytes):
            self.write(written)
        else:
            self.advance(written)


def failure(error: Exception, name: str) -> str:
    """One line on what went wrong with a file; a fault of the program itself is raised under --debug."""
    match error:
        case RedactorError():
            return escape(str(error) if name in str(error) else f"{name}: {error}")
        case OSError():
            return escape(f"{name}: {error.strerror or type(error).__name__}")
        case MemoryError():
            return f"{name}: needs more memory than it may take; nothing was written"
        case RecursionError():
            return f"{name}: is nested too deep; nothing was written"
    if "--debug" in sys.argv:
        raise error
    # Its message may hold text.
    return f"{name}: unexpected {type(error).__name__}; run with --debug for where it happened"


def document_limits(stream: BinaryIO, memory: int, seconds: float | None) -> Limits:
    """What a document may take: `memory` in MiB, and processor time by its size, or by the `seconds` that a file may take."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    allowed = _DOCUMENT_SECONDS * (1 + size / 1e6) if seconds is None else 2 * seconds + 10
    return Limits(memory << 20, int(allowed), 2 * MAX_TOTAL + 4 * size)


def open_input(path: Path) -> Input:
    """A file or standard input, as a context that closes it."""
    return HeldInput(sys.stdin.buffer.read()) if path == STDIN else SteadyInput(path)
