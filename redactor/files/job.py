"""One way of a file: opened, told by its content, redacted by its format, its texts entered in the books, written or not."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from time import monotonic
from typing import Any, Final, Literal

from redactor.document.batches import batches
from redactor.document.state import Memory
from redactor.files.ahead import short_text
from redactor.files.atomic import NOWHERE, AtomicWriter, sync_folder
from redactor.files.beside import RECORDS, keep_original, left_beside, place_aside, put_aside
from redactor.files.books import Books, Listing, Show, take_over
from redactor.files.bounds import limits, timer
from redactor.files.diff import AS_LINES
from redactor.files.earlier import is_done, take_up
from redactor.files.entries import entry_of
from redactor.files.failures import Standing, failure, unexpected
from redactor.files.inputs import STDIN, Input, open_input, print_bytes
from redactor.files.last_check import LastCheck, prepare
from redactor.files.manifest import digest_of
from redactor.files.names import check_fields, check_place, said_by_names, suffix_for
from redactor.files.report import FileReport, Report
from redactor.files.reviewed import UNKNOWN, Reviewed
from redactor.files.state import State, digest
from redactor.files.tables.spool import Spool, Spooled
from redactor.files.tasks import Task, groups, size_of
from redactor.files.terms import Terms
from redactor.files.vaults import NO_VAULT, KeptVault, Outcome, check_kept
from redactor.files.walk import check_output
from redactor.files.watched import Watched
from redactor.formats.options import Options
from redactor.formats.plain import write_text
from redactor.formats.registry import TEXT, load_format
from redactor.formats.session import NOTHING, Account, Ahead, DocumentSession, OneProcess
from redactor.formats.sniff import kind_of
from redactor.formats.unit import Sink
from redactor.language import later, say
from redactor.model import (
    FAULT,
    NO_TEXT,
    OUTPUT,
    Decided,
    DecodeError,
    FormatError,
    LimitError,
    PolicyError,
    RedactorError,
    UnsupportedError,
)
from redactor.parallel.pool import in_order
from redactor.parallel.records import Spread
from redactor.parallel.sandbox import confined
from redactor.parallel.worker import DiedError
from redactor.redactor import Redactor
from redactor.text.document import Document
from redactor.text.places import at
from redactor.text.show import show
from redactor.text.whole_file import open_regular
from redactor.vault.vault import Vault

LARGE: Final = 10_000_000
"""Bytes from which on a single file takes so long that what takes a moment is worth it."""
UNSUPPORTED: Final = later("unsupported")
"""Why a file is skipped, beside its kind."""
_SHORT: Final = 60_000
"""Bytes up to which a text is worth looking at together with others."""


@dataclass(frozen=True, slots=True)
class Job:
    """The settings that all files of a run share, and the way of one file through the program."""

    redactor: Redactor
    report: Report
    options: Options
    mode: Literal["write", "check", "diff"] = "check"
    """Write outputs; write nothing; write nothing and show the lines that would change."""
    listing: Listing = ""
    residue: bool = False
    state: State | None = None
    force: bool = False
    in_place: bool = False
    seconds: float | None = None
    memory: int = 4096
    """MiB that a document in a format other than text may take."""
    jobs: int = 1
    """How many processes files are spread over, or the parts of a single one."""
    kind: str | None = None
    """The format of all files; None: what the content of each says."""
    strict: bool = False
    fielded: bool = False
    """Whether a file that has no fields or columns is refused: they were named for this one."""
    skip_unsupported: bool = False
    """Whether files of kinds that hold no text (pictures, sounds) are skipped, not failures."""
    backup: str = ""
    """In place: what the name of a copy of the original ends in; none is kept when empty."""
    confine: bool = True
    """Whether documents are read in processes of their own, with limits."""
    debug: bool = False
    spool: Spool | None = None
    """Where edits wait for a table of them; None: none is wanted."""
    digests: bool = False
    """Whether those of inputs and outputs are wanted."""
    decisions: Mapping[int, Decided] = field(default_factory=dict)
    """What a person has decided of the texts of a single file, by their number in it (see `DocumentSession`)."""
    reviewed: Reviewed = UNKNOWN
    """What the file must be, and what must come of it, where that was reviewed."""
    advance: Callable[[int], object] | None = None
    """Is told of bytes written, for a progress bar over one large file."""
    kept: KeptVault | None = None
    """Takes what is replaced, so that it can be put back; then files are done one after the other."""
    register: Path | None = None
    """Where the pseudonyms of all files of the run are entered; None: each file is by itself."""
    show: Show | None = None
    """Shows what a file has brought while it is still read; None: that is kept in its report."""

    def run(self, tasks: Sequence[Task]) -> Iterator[FileReport]:
        """The reports of some files in their order, spread over `jobs` processes."""
        alone = len(tasks) == 1
        job = self if alone else replace(self, jobs=1, show=None)
        if not alone or size_of(tasks[0]) >= LARGE:
            self.redactor.prepare()
        if not self.confine or self.kept:
            return map(job.do, tasks)
        return chain.from_iterable(in_order(job.do_all, groups(tasks, self.jobs), self.jobs, job.lost_all))

    def do_all(self, tasks: Sequence[Task]) -> list[FileReport]:
        """Redact some files, the texts of short ones looked at together."""
        ahead = self._ahead(tasks) if len(tasks) > 1 and self.seconds is None else NOTHING
        return self.settled(tasks, [self.do(task, ahead) for task in tasks])

    def lost_all(self, tasks: Sequence[Task], reason: str) -> list[FileReport]:
        """The reports of tasks whose process has died; when there are several, each is tried by itself."""
        if len(tasks) == 1:
            return [self.lost(tasks[0], reason)]
        return self.settled(tasks, list(in_order(self.do, tasks, 1, self.lost)))

    def settled(self, tasks: Sequence[Task], reports: list[FileReport]) -> list[FileReport]:
        """The reports of tasks, once their outputs are sure to last."""
        if self.mode == "write":
            for folder in {task.target.parent for task in tasks if task.target is not None}:
                sync_folder(folder)
        return reports

    def do(self, task: Task, ahead: Ahead = NOTHING) -> FileReport:
        """Redact one file; an error is part of the report, so that the other files are done all the same.

        `ahead`: what is known already of whole texts.
        """
        file, standing, began = self.blank(task), Standing.at(self._target(task)), monotonic()
        try:
            return self.redact(task, file, ahead)
        except Exception as error:
            file.seconds = monotonic() - began
            known = failure(error, name := file.name)
            if self.skip_unsupported and known and (isinstance(known, UnsupportedError) or known.reason == NO_TEXT):
                file.skipped = f"{UNSUPPORTED}: {known.reason}"
                return file
            if (isinstance(error, BrokenPipeError) and task.target is None) or (self.debug and known is None):
                raise
            # Its message may hold text.
            message = str(known or at(name, unexpected(error)))
            if standing.written or isinstance(error, DiedError | MemoryError | RecursionError):
                message = say("{message}; {said}", message=message, said=standing.said())
            file.failed(message, known.reason if known else FAULT)
        return file

    def lost(self, task: Task, reason: str) -> FileReport:
        """The report of a task whose process has died."""
        file = self.blank(task)
        said = Standing.at(self._target(task)).said(unsure=True)
        file.failed(at(show(task.source), say("{message}; {said}", message=reason, said=said)), LimitError.reason)
        return file

    def redact(self, task: Task, file: FileReport, ahead: Ahead = NOTHING) -> FileReport:
        """Redact one file. Raises what goes wrong; `file`, a blank report, then tells the format if that was found out."""
        source, target, began = task.source, task.target, monotonic()
        if task.closed:
            raise FormatError("{path}: can't be read: {strerror}", path=show(source), strerror=task.closed)
        if self.mode == "write" and self.redactor.policy.needs_vault and not self.kept:
            raise PolicyError(NO_VAULT, name=self.redactor.policy.name)
        if self._is_done(task):
            assert self.state is not None
            assert target is not None
            with_edits = self.report.collects
            take_up(file, self.state, target, with_edits=with_edits, spool=self.spool, digests=self.digests)
            return file
        before = ""
        if self.state and target is not None:
            before = digest(source)
            self.state.begin(target)
        with open_input(source, self.options.bytes_of(self.kind)) as opened:
            self.reviewed.check_input(opened.stream)
            if self.digests:
                file.read = digest_of(opened.stream)
            read = file.read
            file.format = kind = self.kind or kind_of(opened.stream, source.name)
            if self.fielded:
                check_fields(kind)
            if self.mode == "write" and not self.options.to:
                check_place(kind, source, target)
            if self.kept:
                check_kept(kind, suffix_for(kind, source, target), as_text=bool(self.options.to))
            load_format(kind)  # here, so that it's loaded once for all documents
            prepare(kind)
            way = partial(self._formatted, opened, task, kind)
            if kind == TEXT:
                file, printed, vault = self._text(way, ahead)
            elif self.confine:
                file, printed, vault = confined(
                    partial(way, self.options), limits(opened.stream, self.memory, self.seconds)
                )
            else:
                file, printed, vault = way(self.options)
            if self.mode == "write" and self.kept and vault:
                self.kept.keep(vault, opened, target, printed)
        # Held back until the whole input has been read and proven sound: half a document is not passed off as one.
        if self.mode == "write" and target is None:
            print_bytes(printed.getbuffer())
        file.seconds, file.read = monotonic() - began, read
        if self.state and target is not None:
            self.state.finish(target, before, entry_of(file) | {"seconds": file.seconds}, self.detail)
        if self.digests and self.mode == "write":
            with open_regular(target) if target is not None else io.BytesIO(printed.getbuffer()) as written:
                file.wrote = digest_of(written)
        return file

    def _text(self, way: Callable[[Options, Ahead, Show | None], Outcome], ahead: Ahead) -> Outcome:
        # Nearly every text is UTF-8, and is found to be while it is redacted; only where something is shown at once must that come first.
        options = self.options
        show = self.show if self.mode == "diff" or self.listing else None
        if not show and not options.encoding and options.errors == "strict":
            with suppress(DecodeError):
                return way(replace(options, likely_utf8=True), ahead, None)
        return way(options, ahead, show)

    def _formatted(
        self,
        opened: Input,
        task: Task,
        kind: str,
        options: Options,
        ahead: Ahead = NOTHING,
        show: Show | None = None,
    ) -> Outcome:
        """A file redacted by its format: what has come of it, what is to be written elsewhere than to its output, the vault if there is one."""
        file, printed = self.blank(task), io.BytesIO()
        file.format, file.remarks = kind, said_by_names(self.redactor, kind, task.source, self._target(task))
        file.size = opened.stream.seek(0, io.SEEK_END)
        opened.stream.seek(0)
        residue = self.residue or self.listing == "digits"
        terms = Terms(self.redactor.settings.keep, self.redactor.settings.mask)
        last = LastCheck(self.redactor, kind, options, writes=self.mode == "write", register=self.register)
        vault = self.kept.vault.copy() if self.kept else None
        tells = bool(
            vault or self.mode == "diff" or self.listing or residue or self.report.counts or terms or last.wanted
        )
        compares = self.mode == "diff" and kind in AS_LINES and not options.to and file.size <= LARGE
        books = self._books(file, task, show, shows=self.mode == "diff" and not compares)
        options = self._settled_options(options, kind, task)
        in_time = timer(self.seconds)

        def account(*told: Any) -> None:
            in_time()
            file.encoding = session.encoding
            terms.look(told[0], told[1].edits)
            last.enter(told[0], told[1])
            books(*told)

        def run(out: Sink) -> None:
            _write(kind, opened, Watched(out, in_time, self.advance), session, options, file.name)
            last.look(out, session)
            self.reviewed.check_output(out)
            take_over(file, session)

        with Spread(self.redactor, self.jobs, residue=residue and not vault, tells=tells, ahead=ahead) as work:
            session = self._session(account, work, opened, vault)
            if compares:
                run(after := io.BytesIO())
                with opened.again() as before:
                    books.compare(before.read(), after.getvalue())
            elif self.mode != "write":
                run(NOWHERE)
            elif task.target is None or vault:
                run(printed)
                put_aside(None, session.aside, force=False, in_place=False)
            else:
                with AtomicWriter(task.target, sync=False) as writer:  # see `settled`
                    run(writer)
                    self._put_beside(task, task.target, file, session)
        books.close()
        file.terms, file.remarks = terms.found, [*file.remarks, *terms.remarks()]
        return file, printed, vault

    def _books(self, file: FileReport, task: Task, show: Show | None, *, shows: bool) -> Books:
        books = Books(self.redactor, self.report, file, self.residue, os.fspath(task.source), shows, self.listing, show)
        if self.spool:
            place = self.spool.place(self._target(task))
            books.spooled = Spooled(place, include_text=self.spool.include_text, unit=self.spool.unit)
        return books

    def _settled_options(self, options: Options, kind: str, task: Task) -> Options:
        """The options with what they leave to the output's name and to the policy."""
        scrub = self.redactor.policy.scrub_metadata if options.scrub_metadata is None else options.scrub_metadata
        return replace(options, output=suffix_for(kind, task.source, task.target), scrub_metadata=scrub)

    def _session(self, account: Account, work: Spread, opened: Input, vault: Vault | None) -> DocumentSession:
        return DocumentSession(self.redactor, account, self.strict, work, opened.again, self.decisions, vault=vault)

    def _put_beside(self, task: Task, target: Path, file: FileReport, session: DocumentSession) -> None:
        """Keep beside an output what of the input is not in it, or is about to be written over."""
        records, place = file.format in RECORDS, place_aside(target, task.aside)
        if session.aside or (records and self.options.bad_lines == "quarantine"):
            force = self.force or bool(task.aside) or bool(self.state and self.state.has_set_aside(target))
            put_aside(place, session.aside, force=force, in_place=self.in_place)
        if self.backup and file.changed:
            keep_original(target, self.backup)
        if records and not session.aside:
            file.remarks += left_beside(place)

    def _target(self, task: Task) -> Path | None:
        """Where the output goes, if one is written."""
        return task.target if self.mode == "write" else None

    def blank(self, task: Task) -> FileReport:
        file = self.report.new_file(show(task.source), show(task.target) if task.target else None)
        file.size = size_of(task)
        if task.target:
            file.aside = show(place_aside(task.target, task.aside))
        return file

    @property
    def detail(self) -> list[str]:
        """What is recorded of each file: an earlier run that has recorded less has not done what this one is to do."""
        report = self.report
        wanted = {
            "edits": report.collects,
            "text": report.include_text,
            "residue": self.residue,
            "context": self.residue and report.context,
            report.unit: report.collects or self.residue or self.spool is not None,
            "table": self.spool is not None,
            "table with text": self.spool is not None and self.spool.include_text,
        }
        return [name for name, asked in wanted.items() if asked]

    def _ahead(self, tasks: Sequence[Task]) -> Ahead:
        """What comes of the short texts among the files; nothing when one of them can't be had."""
        texts: list[str] = []
        # What goes wrong here goes wrong again when the file is done by itself, and is told of then.
        for task in tasks:
            with suppress(Exception):
                texts += self._short_text(task)
        work = OneProcess(self.redactor, residue=self.residue or self.listing == "digits")
        if len(texts) > 1:
            with suppress(Exception):
                parts = batches(map(Document, texts))
                done = [each for batch in parts for each in work.done(batch, [Memory() for _ in batch])]
                return dict(zip(texts, done, strict=True))
        return NOTHING

    def _short_text(self, task: Task) -> list[str]:
        """The text of a file that is still to be done, when it is a text and short."""
        if task.source.stat().st_size > _SHORT or self._is_done(task):
            return []
        return short_text(task.source, self.kind, self.options)

    def _is_done(self, task: Task) -> bool:
        """Whether an earlier run has done the task. FormatError when its output may not be written."""
        source, target = task.source, task.target
        if self.mode != "write" or target is None:
            return False
        if is_done(self.state, source, target, self.detail, self.spool):
            return True
        overwrite = self.force or bool(self.state and self.state.may_overwrite(target))
        if source != STDIN:
            check_output(source, target, force=overwrite, in_place=self.in_place)
        elif target.exists() and not overwrite:
            raise RedactorError("{target}: exists; use --force to write over it", target=show(target), reason=OUTPUT)
        return False


def _write(kind: str, opened: Input, out: Sink, session: DocumentSession, options: Options, name: str) -> None:
    """A file, read to its end, in its own format or as the text that is asked for."""
    if options.to:
        write_text(kind, opened.stream, out, session, options, name)
    else:
        load_format(kind)(opened.stream, out, session, options)
    opened.check()
