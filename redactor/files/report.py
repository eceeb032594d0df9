"""What is recorded of the files of a run: counts, places, rules and keyed fingerprints; the text itself only when
asked for."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from redactor.document.decided import DECISION
from redactor.document.residue import Residue
from redactor.files.diff import Row
from redactor.files.walk import Skipped
from redactor.language import say, several
from redactor.model import Edit, Finding
from redactor.text.decode import Encoding
from redactor.text.masked import partly_masked_spans
from redactor.text.offsets import Offsets, Unit
from redactor.text.places import at, said_place

_SHOWN_PLACES: Final = 10
_AROUND = 10
"""Characters that are shown on each side of a piece of residue."""
Kind = tuple[str, str]
"""Entity and rule of a finding."""
Place = Callable[[int], dict[str, Any]]
"""Where an offset stands: the part of a document (`where`), or `line` and `column` of a text."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of a file. `start`, `end`: offsets in its texts, one after the other, in the report's unit.

    `where`: line and column of a text, or the part of a document (`in_part`) that holds it.
    """

    finding: Finding
    matched: str
    start: int
    end: int
    where: str
    in_part: bool
    edits: tuple[Kind, ...] = ()
    """The kinds of the edits that are made of it."""


@dataclass
class FileReport:
    """What was done to one file; offsets are those of the whole input, and of the whole output for residue.

    In formats other than text they are those of the texts that were found in it, one after the other, and each edit says where.
    """

    name: str
    output: str | None
    before: Offsets
    after: Offsets
    size: int = 0
    """Bytes of the input."""
    encoding: Encoding | None = None
    edits: list[dict[str, Any]] = field(default_factory=list)
    findings: Counter[Kind] = field(default_factory=Counter)
    edited: Counter[Kind] = field(default_factory=Counter)
    """How many edits there are of each kind."""
    residue: list[dict[str, Any]] = field(default_factory=list)
    kept_digits: Counter[str] = field(default_factory=Counter)
    """Figures of the output that KEEP rules protect, by rule."""
    left_digits: int = 0
    """Those that none protects: each is in the residue."""
    lines: int = 1
    """The line of the output that comes next."""
    characters: int = 0
    removed: int = 0
    """Of them those that were removed as boilerplate."""
    format: str = ""
    """The format of the file; "" as long as that isn't known."""
    not_checked: list[dict[str, str]] = field(default_factory=list)
    taken_out: list[dict[str, str]] = field(default_factory=list)
    hidden: list[dict[str, Any]] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    """Places of records that could not be read and went, as they are, into a file beside the output."""
    aside: str = "-"
    """What that file is called."""
    aside_because: list[str] = field(default_factory=list)
    """Why, for each of them."""
    error: str | None = None
    reason: str = ""
    """What the failure is counted under."""
    skipped: str = ""
    """Why nothing was done to the file, which is no failure."""
    entry: dict[str, Any] | None = None
    """The entry that an earlier run has made, which has done the file."""
    changed: bool = False
    terms: frozenset[str] | None = None
    """The user's terms that occur in it; None when nobody has looked."""
    text_changed: bool = False
    """Whether text was edited; else what has `changed` is parts without text."""
    remarks: list[str] = field(default_factory=list)
    """What else is to be said of the file."""
    unread: bool = False
    """Whether bytes were passed over, as --errors allows, that are no text in their encoding."""
    left_over: bool = False
    """Whether there is residue."""
    records: int | None = None
    """How many records (lines of JSONL, rows of a table) it holds; None where its format has none."""
    seconds: float = 0.0
    """How long it took, or took an earlier run that has done it."""
    read: tuple[str, int] | None = None
    """SHA-256 and size of the input, where they are wanted and it could be read; `wrote`: of the output."""
    wrote: tuple[str, int] | None = None
    spooled: Path | None = None
    """Where its edits wait for their table."""
    found: list[Found] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    """Rows of a diff that nobody has shown yet."""
    lined: bool = True
    """Whether these are lines of the file itself, and not of texts in it."""
    codec: str = ""
    """What they are in, where they were compared as bytes; else it's the encoding."""

    def take_up(self, entry: dict[str, Any]) -> None:
        """Record that an earlier run has done the file, and what it made of it."""
        self.entry = entry
        self.format, self.changed, self.residue = entry["format"], entry["changed"], entry["residue"]
        self.left_over = bool(self.residue)
        self.unread = bool(entry.get("unread"))
        self.set_aside = entry["set_aside"]
        self.records, self.seconds = entry.get("rows"), entry.pop("seconds", 0.0)

    def failed(self, error: str, reason: str) -> None:
        """Record that nothing came of the file."""
        self.error, self.reason = error, reason

    def notes(self) -> Iterator[str]:
        """Lines for people on what could not be looked into, on text that a reader can't see, and on what else is to be said."""
        for item in self.not_checked:
            yield say("{name}: {where}: {what} was not checked", name=self.name, **_for_people(item))
        if self.set_aside:
            shown = [*map(said_place, self.set_aside[:_SHOWN_PLACES])]
            shown += ["…"] if len(self.set_aside) > _SHOWN_PLACES else []
            yield several(
                "{name}: {number} record that can't be read set aside, not redacted, into {output}: {places}",
                "{name}: {number} records that can't be read set aside, not redacted, into {output}: {places}",
                len(self.set_aside),
                name=self.name,
                output=self.aside,
                places=say(", ").join(shown),
            )
        for told in self.hidden:
            yield several(
                "{name}: {where}: hidden text ({what}), {number} place",
                "{name}: {where}: hidden text ({what}), {number} places",
                told["count"],
                name=self.name,
                where=said_place(told["where"]),
                what=told["what"],
            )
        for remark in self.remarks:
            yield at(self.name, remark)


def _for_people(item: Mapping[str, str]) -> dict[str, str]:
    """Where something stands, as people read it, and what it is."""
    return {**item, "where": said_place(item["where"])}


class Report:
    """Collects file reports under one key, so that equal values show as equal within this report and nowhere else.

    `collect`: whether each edit is recorded (`collects` tells); a large run without a report need not hold them.
    `counts`: whether at least their numbers are. `unit`: what offsets count. `context`: whether the text of residue is
    recorded, with some characters around it, for people to read. `key`: a random one when not given.
    `left_out`: what of the folders was never opened.
    """

    def __init__(
        self,
        *,
        include_text: bool = False,
        collect: bool = True,
        counts: bool = True,
        unit: Unit = "code-points",
        context: bool = False,
        key: bytes | None = None,
        left_out: Sequence[Skipped] = (),
    ) -> None:
        self.unit: Unit = unit
        self._key = key or secrets.token_bytes(32)
        self.include_text = include_text
        self.context = context or include_text
        self.collects = collect
        self.counts = counts or collect
        self.files: list[FileReport] = []
        self.left_out = left_out

    @property
    def skipped(self) -> Counter[str]:
        """How much of the folders was never opened, by reason."""
        return Counter(each.reason for each in self.left_out)

    def new_file(self, name: str, output: str | None) -> FileReport:
        """An empty report of one file, to be filled part by part."""
        return FileReport(name, output, Offsets(self.unit), Offsets(self.unit))

    def add_part(
        self,
        file: FileReport,
        text: str,
        edits: Sequence[Edit],
        findings: Iterable[Finding],
        place: Place | None = None,
    ) -> None:
        """Record the next part of a file. `place`: tells where an offset of `text` stands."""
        file.before.enter(text)
        if self.counts:
            file.characters += len(text)
            file.findings.update((finding.entity, finding.rule) for finding in findings)
            file.edited.update((edit.entity, edit.rule) for edit in edits)
            file.removed += sum(edit.end - edit.start for edit in edits if edit.entity == "BOILERPLATE")
        if not self.collects:
            return
        for edit in edits:
            original = text[edit.start : edit.end]
            entry: dict[str, Any] = {
                "start": file.before.of(edit.start),
                "end": file.before.of(edit.end),
                "entity": edit.entity,
                "rule": edit.rule,
                "replacement": edit.replacement,
                "length": _length_class(len(original)),
                "fingerprint": self.fingerprint(edit.entity, original),
            }
            if place:
                entry |= place(edit.start)
            if self.include_text:
                entry["text"] = original
            file.edits.append(entry)

    def add_residue(
        self,
        file: FileReport,
        text: str,
        account: Iterable[Residue],
        place: Place | None = None,
        before: Callable[[int], int] | None = None,
    ) -> None:
        """Record the residue of the next part of the output, the numbers in it that are masked in part only, and count its digits.

        `before`: where in the part of the input a character of the output stood. `place`: tells where an offset of
        that part stands.
        """
        file.after.enter(text)
        account = tuple(account)
        file.kept_digits.update(each.rule for each in account if each.kind == "kept-digits")
        residue = [each for each in account if each.kind != "kept-digits"]
        file.left_digits += sum(any(c.isdigit() for c in text[each.start : each.end]) for each in residue)
        line = file.lines
        at = 0
        for item in with_partly_masked(text, account):
            line += text.count("\n", at, item.start)
            at = item.start
            entry: dict[str, Any] = {
                "start": file.after.of(item.start),
                "end": file.after.of(item.end),
                "kind": item.kind,
                "entity": item.entity,
                "rule": item.rule,
            }
            found = place(before(item.start)) if place and before else {}
            if "where" in found:
                entry |= found
            else:
                entry |= {"line": line, "column": item.start - text.rfind("\n", 0, item.start)}
                entry |= {f"input_{name}": value for name, value in found.items()}
            if self.context:
                entry |= {"text": text[item.start : item.end], "context": _context(text, item)}
            file.residue.append(entry)
        file.lines += text.count("\n")

    def fingerprint(self, entity: str, value: str) -> str:
        """HMAC-SHA-256 under the report's own key, 128 bits of it in hex."""
        message = f"{entity}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()[:32]


def _context(text: str, item: Residue) -> str:
    """What stands around a piece of residue, on its line."""
    start = max(text.rfind("\n", 0, item.start) + 1, item.start - _AROUND)
    stop = text.find("\n", item.end)
    return text[start : min(len(text) if stop < 0 else stop, item.end + _AROUND)].strip()


def with_partly_masked(text: str, account: Iterable[Residue]) -> list[Residue]:
    """The residue of an account, its bare digits taken together where they are what a mask left of one number, unless a person keeps it."""
    account = tuple(account)
    kept = [each for each in account if each.kind == "kept-digits" and each.rule == DECISION]
    partly = [
        Residue(*span, "partial-mask", "", "QUANTITY")
        for span in partly_masked_spans(text)
        if not any(span[0] <= each.start < span[1] for each in kept)
    ]
    residue = [each for each in account if each.kind != "kept-digits"]
    others = [r for r in residue if not any(p.start <= r.start and r.end <= p.end for p in partly)]
    return sorted((*others, *partly), key=lambda item: item.start)


def _length_class(length: int) -> str:
    return next((name for most, name in ((1, "1"), (4, "2-4"), (16, "5-16"), (64, "17-64")) if length <= most), "65+")
