"""The JSON report: counts, offsets, rules and keyed fingerprints; the text itself only when asked for."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import regex

from redactor.document.residue import Residue
from redactor.files.walk import Skipped
from redactor.model import Edit, Finding
from redactor.text.decode import Encoding
from redactor.text.offsets import Offsets, Unit
from redactor.text.show import show

SCHEMA = 1
BAD: Final = ".bad"
"""What is added to an output's name for the file of records that could not be read."""
_SHOWN_PLACES: Final = 10
# Signs between digits, or many digits beside a sign; one × between short figures is a multiplication.
_PARTLY_MASKED = regex.compile(
    r"(?<![0-9])(?:[0-9]{3,}+[*＊×xXＸ●•]{2,}+[0-9]{2,}+[Xx]?|1[3-9][0-9]×[0-9]{4}|[0-9]{6}×[0-9]{3}[0-9Xx])(?![0-9])"
    r"|×[0-9]{7,}+|(?<![0-9])[0-9]{7,}+×(?![0-9])"
)


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


@dataclass
class FileReport:
    """What was done to one file; offsets are those of the whole input, and of the whole output for residue.

    In formats other than text they are those of the texts that were found in it, one after the other, and each edit says where.
    """

    name: str
    output: str | None
    before: Offsets
    after: Offsets
    encoding: Encoding | None = None
    edits: list[dict[str, Any]] = field(default_factory=list)
    entities: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    residue: list[dict[str, Any]] = field(default_factory=list)
    kept_digits: Counter[str] = field(default_factory=Counter)
    """Figures of the output that KEEP rules protect, by rule."""
    left_digits: int = 0
    """Those that none protects: each is in the residue."""
    lines: int = 1
    """The line of the output that comes next."""
    characters: int = 0
    removed: int = 0
    format: str = "text"
    not_checked: list[dict[str, str]] = field(default_factory=list)
    taken_out: list[dict[str, str]] = field(default_factory=list)
    hidden: list[dict[str, Any]] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    """Places of records that could not be read and went, as they are, into a file beside the output."""
    error: str | None = None
    skipped: bool = False
    skip_reason: str = "done by an earlier run"
    """Why, when it is skipped."""
    changed: bool = False
    left_over: bool = False
    """Whether there is residue."""
    found: list[Found] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    """What was listed, and lines of difference, that nobody has shown yet."""

    def notes(self) -> Iterator[str]:
        """Lines for people on what could not be looked into, and on text that a reader can't see."""
        for item in self.not_checked:
            yield f"{self.name}: {item['where']}: {item['what']} was not checked"
        if self.set_aside:
            places = ", ".join(self.set_aside[:_SHOWN_PLACES]) + (", …" if len(self.set_aside) > _SHOWN_PLACES else "")
            where = f"into {self.output}{BAD}" if self.output else "when it is written"
            yield f"{self.name}: {len(self.set_aside)} records that can't be read set aside, not redacted, {where}: {places}"
        for told in self.hidden:
            places = f"{told['count']} {'place' if told['count'] == 1 else 'places'}"
            yield f"{self.name}: {told['where']}: hidden text ({told['what']}), {places}"


class Report:
    """Collects file reports under one random key, so that equal values show as equal within this report and nowhere else.

    `collect`: whether edits and findings are recorded (`collects` tells); a large run without a report need not hold them. `unit`: what offsets count.
    """

    def __init__(self, *, include_text: bool = False, collect: bool = True, unit: Unit = "code-points") -> None:
        self._unit: Unit = unit
        self._key = secrets.token_bytes(32)
        self._include_text = include_text
        self.collects = collect
        self.files: list[FileReport] = []
        self.left_out: Sequence[Skipped] = ()
        """What of the folders was never opened."""

    def new_file(self, name: str, output: str | None) -> FileReport:
        """An empty report of one file, to be filled part by part."""
        return FileReport(name, output, Offsets(self._unit), Offsets(self._unit))

    def add_part(
        self,
        file: FileReport,
        text: str,
        edits: Sequence[Edit],
        findings: Iterable[Finding],
        where: Callable[[int], str] | None = None,
    ) -> None:
        """Record the next part of a file; `where`: names the place of an offset of `text`, in formats other than text."""
        file.before.enter(text)
        if not self.collects:
            return
        file.characters += len(text)
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
            if where:
                entry["where"] = where(edit.start)
            if self._include_text:
                entry["text"] = original
            file.edits.append(entry)
            file.removed += len(original)
        for finding in findings:
            file.entities[finding.entity] += 1
            file.rules[finding.rule] += 1

    def add_residue(
        self, file: FileReport, text: str, account: Iterable[Residue], where: Callable[[int], str] | None = None
    ) -> None:
        """Record the residue of the next part of the output, the numbers in it that are masked in part only, and count its digits.

        `where`: names the place of an offset of `text`, in formats other than text.
        """
        file.after.enter(text)
        account = tuple(account)
        file.kept_digits.update(each.rule for each in account if each.kind == "kept-digits")
        residue = [each for each in account if each.kind != "kept-digits"]
        file.left_digits += sum(any(c.isdigit() for c in text[each.start : each.end]) for each in residue)
        line = file.lines
        at = 0
        for item in _with_partly_masked(text, residue):
            line += text.count("\n", at, item.start)
            at = item.start
            entry: dict[str, Any] = {
                "start": file.after.of(item.start),
                "end": file.after.of(item.end),
                "kind": item.kind,
                "entity": item.entity,
                "rule": item.rule,
            }
            if where:
                entry["where"] = where(item.start)
            else:
                entry |= {"line": line, "column": item.start - text.rfind("\n", 0, item.start)}
            if self._include_text:
                entry["text"] = text[item.start : item.end]
            file.residue.append(entry)
        file.lines += text.count("\n")

    def fingerprint(self, entity: str, value: str) -> str:
        """HMAC-SHA-256 under the report's own key, 128 bits of it in hex."""
        message = f"{entity}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()[:32]

    def as_dict(
        self, *, version: str, policy: str, rule_files: Iterable[tuple[str, str]], disabled: Iterable[str]
    ) -> dict[str, Any]:
        """The whole report, ready for JSON."""
        return {
            "schema": SCHEMA,
            "redactor": version,
            "policy": policy,
            "offsets": self._unit,
            "rule_files": [{"name": name, "sha256": digest} for name, digest in rule_files],
            "disabled_rules": list(disabled),
            "files": [_file(f) for f in self.files],
            "left_out": [{"name": show(each.path), "reason": each.reason} for each in self.left_out],
        }


def _file(file: FileReport) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": file.name, "output": file.output, "format": file.format}
    if file.error is not None:
        return entry | {"error": file.error}
    if file.skipped:
        return entry | {"skipped": file.skip_reason}
    if file.encoding is not None:
        entry["encoding"] = {
            "name": file.encoding.name,
            "bom": bool(file.encoding.bom),
            "confidence": file.encoding.confidence,
            "evidence": file.encoding.how,
        }
    warnings = [f"{item['where']}: {item['what']} was not checked" for item in file.not_checked]
    if file.characters and file.removed > 0.3 * file.characters:
        warnings.append("more than 30 % of the text was replaced or removed")
    return entry | {
        "characters": file.characters,
        "entities": dict(sorted(file.entities.items())),
        "rules": dict(sorted(file.rules.items())),
        "edits": file.edits,
        "residue": file.residue,
        "digits": {"kept": dict(sorted(file.kept_digits.items())), "left": file.left_digits},
        "not_checked": file.not_checked,
        "taken_out": file.taken_out,
        "hidden": file.hidden,
        "set_aside": file.set_aside,
        "warnings": warnings,
    }


def _with_partly_masked(text: str, residue: Iterable[Residue]) -> list[Residue]:
    """Residue with its bare digits taken together where they are what a mask left of one number."""
    partly = [Residue(*match.span(), "partial-mask", "", "QUANTITY") for match in _PARTLY_MASKED.finditer(text)]
    others = [r for r in residue if not any(p.start <= r.start and r.end <= p.end for p in partly)]
    return sorted((*others, *partly), key=lambda item: item.start)


def _length_class(length: int) -> str:
    return next((name for most, name in ((1, "1"), (4, "2-4"), (16, "5-16"), (64, "17-64")) if length <= most), "65+")
