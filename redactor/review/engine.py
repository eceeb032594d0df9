"""What the engine makes of a document under the decisions that hold: its texts, edits, and all that is to be decided."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Final, Literal

from redactor.document.decided import DECISION
from redactor.document.residue import Residue
from redactor.files.inputs import HeldInput
from redactor.files.positions import before_edits, shown_in
from redactor.formats.limits import MAX_TOTAL
from redactor.formats.options import Options
from redactor.formats.registry import TEXT, load_format
from redactor.formats.session import DocumentSession, OneProcess
from redactor.formats.sniff import kind_of
from redactor.formats.unit import Unit
from redactor.model import Decided, Edit, Finding, Result
from redactor.parallel.sandbox import Limits, confined
from redactor.redactor import Redactor

Kind = Literal["finding", "doubtful", "left", "protected", "block", "added"]
_SECONDS: Final = 600
"""Processor time that a document may take to be read once."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something to decide: `[start, end)` of a flow, in code points."""

    flow: int
    start: int
    end: int
    entity: str
    rule: str
    score: float
    why: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Flow:
    """A text of the document, what has become of it, and the stretches of it that have a place of their own."""

    text: str
    edits: tuple[Edit, ...]
    stretches: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True)
class Examined:
    """What the engine makes of a document. `notes`: kind, place and what is to be told of it."""

    format: str
    flows: tuple[Flow, ...]
    found: tuple[Found, ...]
    notes: tuple[tuple[str, str, str], ...] = ()


@dataclass
class _Reading:
    """Takes down what is told of the texts of a document: the account of its session."""

    flows: list[Flow] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)

    def __call__(
        self, text: str, result: Result, units: Sequence[Unit], residue: tuple[Residue, ...] | None = None
    ) -> None:
        number = len(self.flows)
        starts = list(accumulate((len(unit.text) + 1 for unit in units[:-1]), initial=0))
        stretches = tuple((at, at + len(unit.text), unit.where) for at, unit in zip(starts, units, strict=True))
        self.flows.append(Flow(text, result.edits, stretches))
        self.found += (partial(_found, number))(result.findings, "finding")
        self.found += (partial(_found, number))(result.doubtful, "doubtful")
        self.found += _left(number, text, result, shown_in(units, result.edits, residue or ()))


def _found(flow: int, findings: Sequence[Finding], kind: Kind) -> Iterator[Found]:
    for each in findings:
        own: Kind = "added" if each.rule == DECISION else "block" if each.entity == "BOILERPLATE" else kind
        yield Found(flow, each.start, each.end, each.entity, each.rule, each.score, each.why(), own)


def _left(flow: int, text: str, result: Result, residue: Sequence[Residue]) -> Iterator[Found]:
    before = before_edits(result.edits)
    for each in residue:
        if each.kind not in ("doubtful", "kept-digits"):
            start = before(each.start)
            yield Found(
                flow,
                start,
                start + each.end - each.start,
                each.entity,
                each.rule or f"residue.{each.kind}",
                0.0,
                each.kind,
                "left",
            )


def examine(
    source: bytes,
    name: str,
    redactor: Redactor,
    options: Options,
    *,
    decisions: Mapping[int, Decided] | None = None,
    kind: str | None = None,
    memory: int = 4096,
) -> Examined:
    """What the engine makes of a document under decisions on its flows, by number; one that is no text is read in a process of its own.

    `name`: of its file; `memory`: MiB that the process may take. Raises what reading a document raises.
    """
    opened = HeldInput(source)
    kind = kind or kind_of(opened.stream, name)
    opened.stream.seek(0)
    load_format(kind)
    work = partial(_examine, opened, name, redactor, options, kind, decisions or {})
    if kind == TEXT:
        return work()
    return confined(work, Limits(memory << 20, _SECONDS, 2 * MAX_TOTAL + 4 * len(source)))


def _examine(
    opened: HeldInput, name: str, redactor: Redactor, options: Options, kind: str, decisions: Mapping[int, Decided]
) -> Examined:
    reading = _Reading()
    work = OneProcess(redactor, residue=True)
    session = DocumentSession(redactor, reading, False, work, opened.again, decisions)
    scrub = redactor.policy.scrub_metadata if options.scrub_metadata is None else options.scrub_metadata
    options = replace(options, scrub_metadata=scrub, output=Path(name).suffix.lower())
    load_format(kind)(opened.stream, io.BytesIO(), session, options)
    notes = [("unchecked", where, what) for where, what in session.not_checked]
    notes += [("hidden", where, what) for where, what in session.hidden_texts]
    notes += [("removed", where, what) for where, what in session.taken_out]
    return Examined(kind, tuple(reading.flows), tuple(reading.found), tuple(notes))
