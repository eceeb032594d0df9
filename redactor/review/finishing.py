"""The end of a review: the result is written by the way of `clean`, verified by readers of their own, and the decisions are kept beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from redactor.files.job import Job
from redactor.files.names import suffix_for
from redactor.files.report import Report
from redactor.files.reviewed import Reviewed
from redactor.files.tasks import Task
from redactor.files.verified import VerifyResult, verified
from redactor.files.verifying import Way
from redactor.formats.options import Options
from redactor.language import later, say
from redactor.model import Decided
from redactor.redactor import Redactor
from redactor.review.decisions import Action, DecisionsFile, Entry, Finish, entry, seen, undecided
from redactor.review.fingerprints import Fingerprints
from redactor.review.history import Place
from redactor.review.known import Item
from redactor.review.replay import bound_to
from redactor.review.session import Session
from redactor.review.values import keyed
from redactor.text.places import at, said_place

_MEMORY: Final = 4096
"""MiB that a document may take."""
_WRONG: Final = {
    "gone": later("what was masked is still there"),
    "short": later("what was masked is still there"),
    "intact": later("something else has changed"),
    "again": later("there is more to mask"),
    "shell": later("left of what goes with the text"),
    "back": later("can't be put back"),
    "bound": later("belongs to something else"),
}
"""What each check of a verification says that something is wrong of."""
Verdict = Literal["pass", "unchecked", "fail"]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a document is written and checked. `output`: where the result goes; `force`: over what may be there."""

    source: Path
    output: Path
    redactor: Redactor
    options: Options
    kind: str | None = None
    strict: bool = False
    force: bool = False

    @contextmanager
    def held(self, hold: bool) -> Iterator[Ending]:
        """The same, and, where `hold`, with its result in a folder that is gone afterwards: somebody else is to approve it first."""
        if not hold:
            yield self
            return
        with TemporaryDirectory(prefix="redactor-") as folder:
            yield replace(self, output=Path(folder, self.output.name))

    def written(self, review: Session) -> list[str]:
        """Write the result; what is to be said of it. Raises what `clean` raises: then nothing was written."""
        return self.put(review.decisions(), Reviewed(review.examined.sha256, ""))

    def put(self, decided: Mapping[int, Decided], reviewed: Reviewed) -> list[str]:
        """The same by decisions. `reviewed`: what the input and the output must be."""
        job = Job(
            redactor=self.redactor,
            report=Report(collect=False),
            options=self.options,
            mode="write",
            decisions=decided,
            reviewed=reviewed,
            force=self.force,
            kind=self.kind,
            strict=self.strict,
        )
        task = Task(self.source, self.output)
        [file] = job.settled([task], [job.redact(task, job.blank(task))])
        return file.remarks

    def verified(self, review: Session) -> VerifyResult:
        """What readers that have not written the result find in it."""
        way = Way(self.redactor, self.options, self.kind, decisions=review.decisions())
        return verified(self.source, self.output, way, None, _MEMORY)

    def told(self, content: bytes, review: Session, marks: Fingerprints) -> DecisionsFile:
        """What is decided, as a decisions file has it: of a review that is not finished."""
        kind = review.examined.format
        options = replace(self.options, output=suffix_for(kind, self.source, self.output))
        bound = bound_to(content, self.source.name, kind, self.redactor, options, marks)
        return DecisionsFile(bound, marks.key_id, tuple(_entries(review, marks, timestamp())))

    def kept(
        self,
        path: Path,
        content: bytes,
        review: Session,
        marks: Fingerprints,
        result: VerifyResult,
        audit: tuple[int, str] | None,
    ) -> None:
        """Write the decisions file, which `clean --decisions` replays."""
        counts = review.counts
        finish = Finish(
            result.sha256[1], counts["open"], counts["left"], counts["read"], verdict(result), review.by, timestamp()
        )
        replace(self.told(content, review, marks), finish=finish, audit=audit).write(path)


def timestamp() -> str:
    """The time, in UTC, as files that are kept have it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def verdict(result: VerifyResult) -> Verdict:
    """What a verification has come to, in a word."""
    return "fail" if result.faults else "unchecked" if result.not_checked else "pass"


def said(result: VerifyResult) -> list[str]:
    """What is wrong, and what could not be looked into, one a line."""
    faults = [at(say(_WRONG[each.check]), at(said_place(each.where), say(each.what))) for each in result.faults]
    return [*dict.fromkeys(faults), *(at(where, what) for where, what in result.not_checked)]


def _entries(review: Session, marks: Fingerprints, at: str) -> Iterator[Entry]:
    """Every decision that holds, by value; what nobody has decided on; the notes that were seen."""
    flows = [flow.text for flow in review.examined.flows]
    items = {item.place: item for item in review.items.values()}
    groups: dict[tuple[Action, str, str, str, str], list[Place]] = defaultdict(list)

    def group(action: Action, place: Place, entity: str, same: str = "") -> None:
        flow, start, end = place
        scope = review.page.items.get("-".join(map(str, place)), {}).get("scope") or "place"
        groups[action, entity, keyed(entity, flows[flow][start:end]), scope, same].append(place)

    for flow, decided in review.decisions().items():
        for start, end in decided.kept:
            place = (flow, start, end)
            group("keep", place, _entity(items.get(place)))
        forms = {(start, end): marks.value(form) for start, end, form in decided.same}
        for start, end, entity in decided.masked:
            group("mask", (flow, start, end), entity, forms.get((start, end), ""))
    for item in items.values():
        if (held := review.history.holds(item.place, item.value)) and held[0].action == "later":
            group("later", item.place, item.found.entity)
    for (action, entity, _, scope, same), places in groups.items():
        yield replace(_entry(review, marks, flows, places, action, entity, scope, at), same=same)
    waiting = [item for item in items.values() if review.page.items.get(item.id, {}).get("state") == "open"]
    rules = [
        (item.place, item.found.entity, item.found.rule) for item in waiting if item.found.kind in ("finding", "block")
    ]
    yield from undecided(marks, flows, rules)
    for kind, where, what in review.examined.notes:
        if kind != "removed":
            yield seen(marks, where, what, review.by, at)


def _entry(
    review: Session,
    marks: Fingerprints,
    flows: Sequence[str],
    places: Sequence[Place],
    action: Action,
    entity: str,
    scope: str,
    at: str,
) -> Entry:
    shown = review.page.items.get("-".join(map(str, places[0])), {})
    return entry(
        marks,
        flows,
        places,
        action,
        entity,
        scope="value" if scope == "value" else "place",
        rule=shown.get("rule", ""),
        by=shown.get("by") or review.by,
        at=at,
        reason=shown.get("reason", ""),
    )


def _entity(item: Item | None) -> str:
    return item.found.entity if item else ""
