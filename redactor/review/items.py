"""What there is to decide in a document: its texts, what the engine makes of them, and every place that a person may want to settle."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from redactor.detect.explained import explained
from redactor.document.decided import DECISION
from redactor.document.residue import Residue
from redactor.files.inputs import HeldInput
from redactor.files.names import said_by_names
from redactor.files.positions import before_edits, shown_in
from redactor.files.report import with_partly_masked
from redactor.formats.decided import DecidedTexts
from redactor.formats.joined import starts_of
from redactor.formats.limits import MAX_TOTAL
from redactor.formats.options import Options
from redactor.formats.registry import TEXT, load_format
from redactor.formats.session import DocumentSession, OneProcess
from redactor.formats.sniff import kind_of
from redactor.formats.unit import Unit
from redactor.language import say
from redactor.model import Decided, Edit, Finding, Result, Span
from redactor.parallel.sandbox import Limits, confined_telling
from redactor.redactor import Redactor
from redactor.review.progress import EnoughError, Progress, Shares, size_of
from redactor.text.whole_file import open_regular

Kind = Literal["finding", "doubtful", "left", "protected", "block", "added"]
MASKED: Final = ("finding", "block", "added")
"""Kinds of what is masked, if nobody decides otherwise."""
NoteKind = Literal["unchecked", "hidden", "removed", "name"]
_SECONDS: Final = 600
"""Processor time that a document may take to be read once."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something to decide: `[start, end)` of a flow, in code points.

    `kind`: `finding` (masked as long as nobody decides), `block` (promotion, likewise), `doubtful` (a finding under the policy's threshold:
    stays), `left` (residue: stays), `protected` (a finding that a keep rule, named in `why`, has taken: stays), `added` (only a person masks it).
    """

    flow: int
    start: int
    end: int
    entity: str
    rule: str
    score: float
    why: str
    kind: Kind
    parts: tuple[Span, ...] = ()
    """What of it is edited; empty: the whole."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A text of the document, what has become of it, and the stretches of it that have a place of their own.

    `columns`: of each stretch, what its column is called, or the keys that lead to it in JSON; none: where there are no tables.
    `unshown`: stretches that no reader of the document sees as text (the name of a style).
    """

    text: str
    edits: tuple[Edit, ...]
    stretches: tuple[tuple[int, int, str], ...]
    columns: tuple[str, ...] = ()
    unshown: tuple[Span, ...] = ()

    @property
    def placed(self) -> Sequence[tuple[int, int, str]]:
        """The stretches; where there are none, the whole is one."""
        return self.stretches or ((0, len(self.text), ""),)

    def where(self, offset: int) -> str:
        """The place of an offset, as formats name it in English; "" where the flow has none."""
        return next((where for start, end, where in reversed(self.stretches) if start <= offset), "")


@dataclass(frozen=True)
class Examined:
    """What the engine makes of a document. `sha256`: of its bytes, in hex; `notes`: kind, place and what is to be told of it.

    `whole`: whether it was looked at to its end.
    """

    sha256: str
    format: str
    flows: tuple[Flow, ...]
    found: tuple[Found, ...]
    notes: tuple[tuple[NoteKind, str, str], ...] = ()
    whole: bool = True


def examine(
    source: bytes,
    name: str,
    redactor: Redactor,
    options: Options,
    *,
    decisions: Mapping[int, Decided] | None = None,
    kind: str | None = None,
    memory: int = 4096,
    protected: bool = True,
    apart: AbstractContextManager[object] | None = None,
    most: int | None = None,
    told: Shares | None = None,
) -> Examined:
    """What the engine makes of a document under what is decided of its flows; what is no text is read in a process of its own, within limits.

    Where decisions know the texts (`DecidedTexts`), the flows are those that come when nothing is decided, whatever is.

    `name`: that of its file. `kind`: its format; None: what its content says. `memory`: MiB that it may take. `protected`: whether to look
    for what keep rules have taken, which nothing decided changes. `apart`: a text is read in such a process too, and this is
    entered while one begins (see `confined`). `most`: how many code points are enough for now; None: all of it is looked at. `told`: is
    told how far that is. RedactorError when the document can't be read.
    """
    kind = kind or kind_of(io.BytesIO(source), name)
    load_format(kind)  # here, so that it is loaded once
    looking = _Looking(source, name, redactor, options, kind, decisions or {}, protected, most, told is not None)
    tell: Shares = told or (lambda _: None)
    if kind == TEXT and apart is None:
        return looking(tell)
    limits = Limits(memory << 20, _SECONDS, 2 * MAX_TOTAL + 4 * len(source))
    return confined_telling(looking, limits, tell, apart)


def content_of(source: Path) -> bytes:
    """The bytes of a document. OSError or FormatError where it can't be read."""
    with open_regular(source) as stream:
        return stream.read()


def as_clean(options: Options, redactor: Redactor, name: str) -> Options:
    """The options that a document is read by under a Redactor's policy, as `clean` has them; its output is named like its input, if nothing else is said."""
    scrub = redactor.policy.scrub_metadata if options.scrub_metadata is None else options.scrub_metadata
    return replace(options, scrub_metadata=scrub, output=options.output or Path(name).suffix.lower())


@dataclass
class _Reading:
    """Takes down what is told of the texts of a document: the account of its session.

    `texts`: those that come when nothing is decided, if they are known; `number`: that of the text that is told of among them.
    """

    redactor: Redactor
    protected: bool
    texts: Sequence[str]
    number: Callable[[], int | None]
    progress: Progress
    flows: dict[int, Flow] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)

    def __call__(
        self, text: str, result: Result, units: Sequence[Unit], residue: tuple[Residue, ...] | None = None
    ) -> None:
        number = self.number() if self.texts else len(self.flows)
        if number is not None:
            self._take(number, text, result, units, residue)
        self.progress.add(len(text))

    def _take(
        self, number: int, text: str, result: Result, units: Sequence[Unit], residue: tuple[Residue, ...] | None
    ) -> None:
        starts = starts_of(units)
        stretches = tuple((at, at + len(unit.text), unit.where) for at, unit in zip(starts, units, strict=True))
        if self.texts and self.texts[number] != text:
            # It says something else since other texts are edited: nothing in it can be decided on.
            before = self.texts[number]
            self.flows[number] = Flow(before, (Edit(0, len(before), result.text, "", DECISION),), ())
            return
        columns = tuple(unit.column for unit in units) if any(unit.column for unit in units) else ()
        unshown = tuple(
            (start, end)
            for (start, end, _), unit in zip(stretches, units, strict=True)
            if 0 < len(unit.text) <= unit.quiet
        )
        self.flows[number] = Flow(text, result.edits, stretches, columns, unshown)
        self.found += _found(number, result.findings, "finding")
        self.found += _found(number, result.doubtful, "doubtful")
        account = self.redactor.account(text, result) if residue is None else residue
        self.found += _left(number, result, shown_in(units, result.edits, account))
        if self.protected:
            for finding, keep in self.redactor.pipeline.protected(text, result.findings):
                why = say("{why}; kept by {rule}", why=explained(finding), rule=keep.rule)
                found = next(_found(number, [finding], "protected"))
                self.found.append(replace(found, why=why))


def _found(flow: int, findings: Sequence[Finding], kind: Kind) -> Iterator[Found]:
    for each in findings:
        own: Kind = "added" if each.rule == DECISION else kind
        if each.entity == "BOILERPLATE" and own == "finding":
            own = "block"
        yield Found(flow, each.start, each.end, each.entity, each.rule, each.score, explained(each), own, each.values)


def _left(flow: int, result: Result, account: Sequence[Residue]) -> Iterator[Found]:
    before = before_edits(result.edits)
    for each in with_partly_masked(result.text, account):
        # What is doubtful is told of as such, where it stands in the input.
        if each.kind not in ("doubtful", "kept-digits"):
            start, end = before(each.start), before(each.end - 1) + 1
            rule = each.rule or f"residue.{each.kind}"
            yield Found(flow, start, max(end, start + 1), each.entity, rule, 0.0, each.kind, "left")


@dataclass(frozen=True)
class _Looking:
    """The work of `examine`, for a process of its own."""

    source: bytes
    name: str
    redactor: Redactor
    options: Options
    kind: str
    decisions: Mapping[int, Decided]
    protected: bool
    most: int | None
    counts: bool
    """Whether somebody wants to know how far it is."""

    def __call__(self, told: Shares) -> Examined:
        decisions, redactor, name = self.decisions, self.redactor, self.name
        texts = decisions.texts if decisions and isinstance(decisions, DecidedTexts) else ()
        options = as_clean(self.options, redactor, name)
        progress = Progress(size_of(self.source, self.kind, options) if self.counts else 0, self.most, told)
        reading = _Reading(redactor, self.protected, texts, lambda: session.number, progress)
        opened, work = HeldInput(self.source), OneProcess(redactor, residue=True)
        session = DocumentSession(redactor, reading, False, work, opened.again, decisions)
        whole = False
        with suppress(EnoughError):
            load_format(self.kind)(opened.stream, io.BytesIO(), session, options)
            whole = True
        notes: list[tuple[NoteKind, str, str]] = [("unchecked", *each) for each in session.not_checked]
        notes += [("hidden", *each) for each in session.hidden_texts]
        notes += [("removed", *each) for each in session.taken_out]
        notes += [("name", "", each) for each in said_by_names(redactor, self.kind, Path(name), None)]
        # A text that does not come any more, for what was decided elsewhere, is not in the result.
        flows = [reading.flows.get(number) or Flow(text, (), ()) for number, text in enumerate(texts)]
        return Examined(
            hashlib.sha256(self.source).hexdigest(),
            self.kind,
            tuple(flows or reading.flows.values()),
            tuple(reading.found),
            tuple(notes),
            whole,
        )
