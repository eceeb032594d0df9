"""Where the time of a run goes: a `Redactor` whose stages and detectors are timed, each without what it calls of the others.

The run is the real one. Every moment of it belongs to one row, that of the innermost stage then open, so the rows add up to the
whole; what is computed once for many rules (views, the screen, words, the network) has rows of its own and is not laid to the
rule that happens to ask first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import cached_property, wraps
from time import perf_counter
from typing import Any, Concatenate, Final, Literal, ParamSpec, TypeVar

from redactor.chinese.lattice import Words
from redactor.detect.plan import Plan
from redactor.detect.registry import Detector
from redactor.detect.suffixes import SuffixDetector
from redactor.detect.terms import Gazetteer
from redactor.document.pipeline import Pipeline
from redactor.document.state import Looked
from redactor.language import say
from redactor.matching.screen import Screen
from redactor.model import KEEP, Finding
from redactor.redactor import Redactor
from redactor.text.document import Document, Seen
from redactor.text.fold import View
from redactor.text.show import columns

Item = TypeVar("Item")
P = ParamSpec("P")
T = TypeVar("T")
Kind = Literal["stage", "rule", "rules"]
"""A stage of the work, one rule, or several rules that are looked for together."""
Name = tuple[Kind, str]

DECODE: Final[Name] = ("stage", "decode")
"""All that is outside the core: opening, unpacking, decoding."""
NORMALISE: Final[Name] = ("stage", "normalise")
SCREEN: Final[Name] = ("stage", "screen")
WORDS: Final[Name] = ("stage", "words")
NETWORK: Final[Name] = ("stage", "network")
JUDGE: Final[Name] = ("stage", "judge")
BOILERPLATE: Final[Name] = ("stage", "boilerplate")
RESOLVE: Final[Name] = ("stage", "resolve")
SECOND_LOOK: Final[Name] = ("stage", "second look")
EDITS: Final[Name] = ("stage", "edits")
STAGES: Final = (DECODE, NORMALISE, SCREEN, WORDS, NETWORK, JUDGE, BOILERPLATE, RESOLVE, SECOND_LOOK, EDITS)
_SHARED: Final[dict[type, Name]] = {Screen: SCREEN, Words: WORDS}
_END: Final = object()


@dataclass(frozen=True, slots=True)
class Row:
    """What one stage or detector took and found. `rules`: the rules that a detector of several looks for."""

    kind: Kind
    name: str
    seconds: float
    findings: int | None
    """Candidates, before it is decided which of them stand; None: this stage finds nothing."""
    rules: tuple[str, ...] = ()


@dataclass(slots=True)
class Clock:
    """Seconds by stage. What no stage claims is `DECODE`'s."""

    seconds: dict[Name, float] = field(default_factory=lambda: defaultdict(float))
    findings: dict[Name, int] = field(default_factory=dict)
    rules: dict[Name, tuple[str, ...]] = field(default_factory=dict)
    _open: list[Name] = field(default_factory=lambda: [DECODE])
    _since: float = field(default_factory=perf_counter)

    @contextmanager
    def stage(self, name: Name) -> Iterator[None]:
        """What is done within the block is laid to this stage, but for the stages inside it."""
        self._enter(name)
        try:
            yield
        finally:
            self._leave()

    def each(self, name: Name, make: Callable[[], Iterable[Item]]) -> Iterator[Item]:
        """The items, which are findings: the making of each is laid to the stage, not what is done with it."""
        self._enter(name)
        try:
            items = iter(make())
        finally:
            self._leave()
        while True:
            self._enter(name)
            try:
                item: Any = next(items, _END)
            finally:
                self._leave()
            if item is _END:
                return
            self.findings[name] = self.findings.get(name, 0) + 1
            yield item

    def rows(self) -> list[Row]:
        """All there is so far, slowest first."""
        self._charge()
        # What never ran is listed with 0 seconds: that too is an answer.
        names = dict.fromkeys((*STAGES, *self.rules, *self.seconds))
        rows = [
            Row(kind, name, self.seconds.get((kind, name), 0.0), self._found((kind, name)), self._members((kind, name)))
            for kind, name in names
        ]
        return sorted(rows, key=lambda row: -row.seconds)

    def _found(self, name: Name) -> int | None:
        finds = name[0] != "stage" or name == BOILERPLATE
        return self.findings.get(name, 0) if finds else None

    def _members(self, name: Name) -> tuple[str, ...]:
        return self.rules.get(name, ()) if name[0] == "rules" else ()

    def _charge(self) -> None:
        now = perf_counter()
        self.seconds[self._open[-1]] += now - self._since
        self._since = now

    def _enter(self, name: Name) -> None:
        self._charge()
        self._open.append(name)

    def _leave(self) -> None:
        self._charge()
        self._open.pop()


class ProfiledRedactor(Redactor):
    """Does what the redactor does that it is made of, and tells its clock, which starts when it is made."""

    def __init__(self, redactor: Redactor) -> None:
        self.__dict__.update(redactor.__dict__)
        # Compiling is no part of what a rule takes, though a first use would be charged with it.
        redactor.prepare()
        self.clock = Clock()
        pipeline = redactor.pipeline
        self.pipeline = TimedPipeline(
            pipeline.policy,
            timed_plan(pipeline.plan, self.clock),
            pipeline.only,
            pipeline.key,
            pipeline.terms,
            clock=self.clock,
        )


def staged(name: Name, method: Callable[Concatenate[Any, P], T]) -> Callable[Concatenate[Any, P], T]:
    """A method of something that has a clock, laid to a stage."""

    @wraps(method)
    def run(self: Any, /, *arguments: P.args, **options: P.kwargs) -> T:
        with self.clock.stage(name):
            return method(self, *arguments, **options)

    return run


def _staged_view(name: str) -> cached_property[Any]:
    return cached_property(staged(NORMALISE, vars(Document)[name].func))


@dataclass(frozen=True, kw_only=True)
class TimedPipeline(Pipeline):
    """The pipeline, its steps timed."""

    clock: Clock

    redact_value = staged(EDITS, Pipeline.redact_value)
    finish_all = staged(EDITS, Pipeline.finish_all)
    _consider = staged(RESOLVE, Pipeline._consider)
    _settle = staged(SECOND_LOOK, Pipeline._settle)

    def look(self, document: Document) -> Looked:
        with self.clock.stage(RESOLVE):
            return super().look(TimedDocument(document, self.clock))


class TimedDocument(Document):
    """A document that lays its views, and what is seen once for many rules, to their own stages."""

    def __init__(self, document: Document, clock: Clock) -> None:
        own = None if document.members[0][1] is document else document.members
        super().__init__(document.text, head=document.head, tail=document.tail, middle=document.middle, members=own)
        self.clock = clock

    plain = _staged_view("plain")
    contact = _staged_view("contact")
    unwrapped = _staged_view("unwrapped")
    unwrapped_contact = _staged_view("unwrapped_contact")

    def seen(self, view: View, look: Callable[[str], Seen], name: str = "") -> Seen:
        stage = NETWORK if name == "tags" else _SHARED.get(type(getattr(look, "__self__", None)))
        if stage is None:
            return super().seen(view, look, name)
        with self.clock.stage(stage):
            return super().seen(view, look, name)


@dataclass(frozen=True)
class TimedPlan(Plan):
    """A plan whose boilerplate detector and whose judge are timed too."""

    clock: Clock

    def candidates(self, document: Document) -> Iterator[Finding]:
        return self.clock.each(JUDGE, lambda: super(TimedPlan, self).candidates(document))

    def boilerplate_findings(self, document: Document) -> list[Finding]:
        return list(self.clock.each(BOILERPLATE, lambda: super(TimedPlan, self).boilerplate_findings(document)))


@dataclass(frozen=True, slots=True)
class TimedDetector:
    """A detector of the plan, or its protected terms, timed."""

    detector: Any
    clock: Clock
    name: Name

    @property
    def entity(self) -> str:
        """What it finds."""
        entity: str = self.detector.entity
        return entity

    def find(self, document: Document, *marks: bytearray | None) -> Iterator[Finding]:
        """What it finds in the document; `marks`: as of protected terms."""
        return self.clock.each(self.name, lambda: self.detector.find(document, *marks))


def timed_plan(plan: Plan, clock: Clock) -> TimedPlan:
    """The plan with all its detectors timed."""

    def named(detector: Detector) -> Name:
        name, rules = name_of(detector)
        clock.rules[name] = rules
        return name

    parts = {part.name: getattr(plan, part.name) for part in fields(plan)}
    for part in ("detectors", "protectors", "protected_terms"):
        parts[part] = tuple(TimedDetector(detector, clock, named(detector)) for detector in parts[part])
    return TimedPlan(**parts, clock=clock)


def name_of(detector: Detector) -> tuple[Name, tuple[str, ...]]:
    """What a detector is called, and the ids of its rules."""
    if isinstance(detector, Gazetteer):
        kind = "protected terms" if detector.entity == KEEP else "terms"
        rules = {weigher.rule.id for owners in detector.owners for weigher in owners}
        return ("rules", f"{kind}, {detector.view_rule.view} view"), tuple(sorted(rules))
    if isinstance(detector, SuffixDetector):
        return ("rules", "class words"), tuple(sorted({owner.rule.id for owner in detector.owners}))
    rule = getattr(detector, "rule", None)
    name = rule.id if rule is not None else getattr(detector, "name", type(detector).__name__)
    return ("rule", name), (name,)


def as_dict(rows: Iterable[Row], findings: int) -> dict[str, Any]:
    """The rows and their total for JSON; `findings`: how many stand in the end."""
    rows = list(rows)
    total = sum(row.seconds for row in rows)
    listed = []
    for row in rows:
        entry = {"kind": row.kind, "name": row.name, "seconds": round(row.seconds, 6), "share": _share(row, total)}
        entry |= {"findings": row.findings} if row.findings is not None else {}
        entry |= {"rules": list(row.rules)} if row.rules else {}
        listed.append(entry)
    return {"rows": listed, "total": {"seconds": round(total, 6), "findings": findings}}


def as_table(rows: Iterable[Row], findings: int) -> Iterator[str]:
    """The same as lines of a table. Rules stand by their id, all else in brackets."""
    rows = list(rows)
    total = sum(row.seconds for row in rows)
    heads = (say("seconds"), 10), (say("share"), 6), (say("findings"), 8)
    yield "  ".join(" " * (width - columns(head)) + head for head, width in heads) + "  " + say("stage or rule")
    for row in rows:
        found = "" if row.findings is None else str(row.findings)
        name = row.name if row.kind == "rule" else f"({row.name})"
        yield f"{row.seconds:10.4f}  {100 * _share(row, total):5.1f}%  {found:>8}  {name}"
    yield f"{total:10.4f}  {'100.0%':>6}  {findings:>8}  ({say('total')})"


def _share(row: Row, total: float) -> float:
    return round(row.seconds / total, 4) if total else 0.0
