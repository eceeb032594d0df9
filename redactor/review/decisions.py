"""The decisions file: what was decided of a document, kept without its text, bound to the document, the rules and the output.

A place is told by its flow and code points, a value and what stands around it by keyed fingerprints. The file says where to look, so it is
as sensitive as the document, and stays with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args

from redactor import __version__
from redactor.files.atomic import write_whole
from redactor.model import ENTITIES, FormatError
from redactor.review.fingerprints import CONTEXTS, FINGERPRINT, Fingerprints
from redactor.review.line_file import canonical
from redactor.text.show import show
from redactor.text.whole_file import LARGEST_LIST, read_whole

SUFFIX: Final = ".decisions.json"
_SCHEMA: Final = 1
Action = Literal["mask", "keep", "later", "open", "seen"]
"""`open`: the rules have found it and nobody has decided; `later`: somebody else is to; `seen`: a note that was read."""
Scope = Literal["place", "value", "queue", "always"]
Place = tuple[int, int, int]
"""A flow of the document, and the half-open range of its code points."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision, on some places of one value.

    `contexts`: of each place, the fingerprints of what stands around it. `value`: that of the value, or of the note that was seen.
    `by`, `at`, `reason`: who, when (UTC), and why in the person's own words. `same`: the fingerprint of the value whose label it gets,
    being another form of it; empty: its own.
    """

    action: Action
    scope: Scope = "place"
    entity: str = ""
    rule: str = ""
    value: str = ""
    places: tuple[Place, ...] = ()
    contexts: tuple[tuple[str, ...], ...] = ()
    by: str = ""
    at: str = ""
    reason: str = ""
    same: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """What decisions were made on: a document, and what it was read and redacted by. Digests are SHA-256 in hex.

    `reading`: what the texts of a document hang on besides its bytes; `settings`: what findings hang on; `writing`: what else of an output does.
    """

    input: str
    bytes: int
    format: str
    policy: str
    reading: str
    settings: str
    ner: str
    writing: str


@dataclass(frozen=True, slots=True)
class Finish:
    """How a review ended. `output`: SHA-256 of what was written; `open`, `left`: places that nobody has decided on, and residue."""

    output: str
    open: int = 0
    left: int = 0
    read: float = 0.0
    verify: str = ""
    by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """A second person's word on these decisions and this output: that they may stand (`approve`), or not, and why (`return`).

    `signature`: of both hashes, by `ssh-keygen -Y`, if there is one.
    """

    by: str
    at: str
    decisions: str
    output: str
    role: str = "approve"
    signature: str = ""
    reason: str = ""

    @property
    def message(self) -> str:
        """What is signed of it."""
        return f"redactor {self.role} {self.decisions} {self.output}\n"


@dataclass(frozen=True, slots=True)
class DecisionsFile:
    """All that such a file holds. `key_id`: tells the review key. `audit`: number and hash of the audit log's last line."""

    bound: Bound
    key_id: str
    entries: tuple[Entry, ...] = ()
    finish: Finish | None = None
    approvals: tuple[Approval, ...] = ()
    audit: tuple[int, str] | None = None
    redactor: str = field(default=__version__)

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of the decisions and what they were made on: what an approval names."""
        told = {"bound": asdict(self.bound), "decisions": [_told(entry) for entry in self.entries]}
        return hashlib.sha256(canonical(told)).hexdigest()

    @property
    def deciders(self) -> frozenset[str]:
        """Who has decided something, or finished it: none of them can approve it."""
        finish = {self.finish.by} if self.finish else set()
        return frozenset(finish | {entry.by for entry in self.entries if entry.action in ("mask", "keep")})

    @property
    def approved(self) -> bool:
        """Whether somebody else than those who decided and finished it has approved these very decisions and this very output."""
        return bool(self.standing)

    @property
    def standing(self) -> tuple[Approval, ...]:
        """The approvals that hold."""
        return tuple(
            each
            for each in self.approvals
            if each.role == "approve" and each.by not in self.deciders and self.is_of_now(each)
        )

    def is_of_now(self, approval: Approval) -> bool:
        """Whether an approval is of these decisions and this output."""
        finish = self.finish
        return finish is not None and (approval.decisions, approval.output) == (self.digest, finish.output)

    def with_approval(self, approval: Approval) -> DecisionsFile:
        """The same with a word more: the last one that a person gives holds, and one that is sent back is approved by nobody.

        Those on other decisions or outputs are void and go.
        """
        kept = [
            each
            for each in self.approvals
            if self.is_of_now(each)
            and each.by != approval.by
            and not (approval.role == "return" and each.role == "approve")
        ]
        return replace(self, approvals=(*kept, approval))

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all, for its owner alone."""
        lists = {"decisions": [_told(entry) for entry in self.entries], "approvals": [*map(asdict, self.approvals)]}
        table: dict[str, Any] = {
            "schema": _SCHEMA,
            "redactor": self.redactor,
            "bound": asdict(self.bound),
            "key_id": self.key_id,
            "finish": asdict(self.finish) if self.finish else None,
            "audit": {"seq": self.audit[0], "head": self.audit[1]} if self.audit else None,
            **lists,
        }
        lines = ",\n".join(f'"{name}":{_lines(value)}' for name, value in sorted(table.items()))
        write_whole(path, f"{{\n{lines}\n}}\n".encode("ascii"), 0o600)

    @classmethod
    def read(cls, path: Path) -> DecisionsFile:
        """What a file holds. FormatError for one that is no decisions file, or of a later schema."""
        data = read_whole(path, LARGEST_LIST)
        try:
            table = json.loads(data)
            if not isinstance(table, dict) or "decisions" not in table:
                raise ValueError
            if table["schema"] != _SCHEMA:
                raise FormatError("{path}: was written by a newer redactor", path=show(path))
            return _from_table(table)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise FormatError("{path}: not a file of decisions of redactor", path=show(path)) from None


def alike(one: DecisionsFile, other: DecisionsFile) -> bool:
    """Whether two say the same of the same document under the same rules, whoever has decided it, and when."""

    def said(file: DecisionsFile) -> object:
        words = {
            (entry.action, entry.entity if entry.action == "mask" else "", entry.reason, entry.same, place)
            for entry in file.entries
            for place in entry.places
        }
        return replace(file.bound, writing=""), words

    return said(one) == said(other)


def entry(
    marks: Fingerprints, flows: Sequence[str], places: Iterable[Place], action: Action, entity: str, **more: Any
) -> Entry:
    """A decision on places of a document's flows, all of one value; `more`: the other fields of an `Entry`."""
    places = tuple(sorted(places))
    flow, start, end = places[0]
    contexts = tuple(marks.contexts(flows[flow], start, end) for flow, start, end in places)
    value = marks.value(flows[flow][start:end])
    return Entry(action, entity=entity, value=value, places=places, contexts=contexts, **more)


def undecided(marks: Fingerprints, flows: Sequence[str], places: Iterable[tuple[Place, str, str]]) -> list[Entry]:
    """What rules have found and nobody has decided on: kept, so that it is known later what is new. `places`: each with entity and rule."""
    return [entry(marks, flows, [place], "open", entity, rule=rule) for place, entity, rule in places]


def seen(marks: Fingerprints, where: str, what: str, by: str = "", at: str = "") -> Entry:
    """That a note on a place of the document was read."""
    return Entry("seen", value=marks.of("note", f"{where}\0{what}"), by=by, at=at)


def _told(each: Entry) -> dict[str, Any]:
    """An entry as the file has it: without what is empty."""
    return {name: value for name, value in asdict(each).items() if value}


def _lines(value: Any) -> str:
    """A value as JSON in one line, but each part of a list in one of its own, so that a difference can be read."""
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f" {_json(each)}" for each in value) + "\n]"
    return _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _from_table(table: Mapping[str, Any]) -> DecisionsFile:
    finish, audit = table["finish"], table["audit"]
    return DecisionsFile(
        bound=_record(Bound, table["bound"]),
        key_id=text(table["key_id"]),
        entries=tuple(_entry(each) for each in table["decisions"]),
        finish=_record(Finish, finish) if finish else None,
        approvals=tuple(_record(Approval, each) for each in table["approvals"]),
        audit=(whole(audit["seq"]), text(audit["head"])) if audit else None,
        redactor=text(table["redactor"]),
    )


def _record(kind: Any, table: Mapping[str, Any]) -> Any:
    """A dataclass of plain values, each of the type that it says."""
    types: dict[str, Any] = {"str": str, "int": int, "float": (int, float)}
    for name, value in table.items():
        if not isinstance(value, types[str(kind.__annotations__[name])]) or isinstance(value, bool):
            raise ValueError
    return kind(**table)


def _entry(table: Mapping[str, Any]) -> Entry:
    texts = {name: text(table.get(name, "")) for name in ("entity", "rule", "value", "by", "at", "reason", "same")}
    places = tuple(_place(each) for each in table.get("places", ()))
    contexts = tuple(tuple(map(_fingerprint, each)) for each in table.get("contexts", ()))
    action, scope = table["action"], table.get("scope", "place")
    if action not in get_args(Action) or scope not in get_args(Scope) or (texts["entity"] not in ("", *ENTITIES)):
        raise ValueError
    if len(places) != len(contexts) or any(len(each) != CONTEXTS for each in contexts) or len({*places}) != len(places):
        raise ValueError
    if (action == "seen") == bool(places) or (action == "mask" and not texts["entity"]):
        raise ValueError
    for fingerprint in (texts["value"], texts["same"]) if texts["same"] else (texts["value"],):
        _fingerprint(fingerprint)
    return Entry(action, scope, places=places, contexts=contexts, **texts)


def _place(value: Sequence[Any]) -> Place:
    flow, start, end = map(whole, value)
    if not 0 <= start < end:
        raise ValueError
    return flow, start, end


def whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError
    return value


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _fingerprint(value: Any) -> str:
    if not FINGERPRINT.fullmatch(text(value)):
        raise ValueError
    return str(value)
