"""What a report says of one file, in one form whatever became of it, and the totals over files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from redactor.files.report import FileReport, Kind, Report
from redactor.language import say
from redactor.text.places import said_place
from redactor.text.show import show

SCHEMA = 2
_LARGE_PART = 0.3
"""The share of a text that may go before a warning says so."""
_BRACKET = re.compile(r" \(|（")
"""How a remark begins, in any language."""
_TEXTS = frozenset(["text", "context"])
"""What of an entry is text of the document."""

Entry = dict[str, Any]
"""What a report says of a file; every one has the same keys."""


def entry_of(file: FileReport) -> Entry:
    """The entry of a file; one that an earlier run has made stands as it is."""
    named = {"name": file.name, "output": file.output}
    if file.entry is not None:
        return file.entry | named
    encoding = file.encoding
    return named | {
        "format": file.format or None,
        "bytes": file.size,
        "error": file.error,
        "reason": file.reason or None,
        "skipped": file.skipped or None,
        "changed": file.changed,
        "encoding": None
        if encoding is None
        else {
            "name": encoding.name,
            "bom": bool(encoding.bom),
            "confidence": encoding.confidence,
            "evidence": encoding.how,
        },
        "rows": file.records,
        "characters": file.characters,
        "entities": _by(file.findings, 0),
        "rules": _by(file.findings, 1),
        "edited": nested(file.edited),
        "edits": file.edits,
        "residue": file.residue,
        "digits": {"kept": dict(sorted(file.kept_digits.items())), "left": file.left_digits},
        "not_checked": file.not_checked,
        "unread": file.unread,
        "taken_out": file.taken_out,
        "hidden": file.hidden,
        "set_aside": file.set_aside,
        "warnings": _warnings(file),
    }


def _warnings(file: FileReport) -> list[str]:
    warnings = [
        say("{where}: {what} was not checked", where=said_place(item["where"]), what=item["what"])
        for item in file.not_checked
    ]
    if file.removed > _LARGE_PART * file.characters:
        warnings.append(say("more than 30 % of the text was removed as boilerplate"))
    return [*warnings, *file.remarks]


def _by(counts: Mapping[Kind, int], part: int) -> dict[str, int]:
    """Numbers by entity (0) or by rule (1)."""
    summed: Counter[str] = Counter()
    for kind, number in counts.items():
        summed[kind[part]] += number
    return dict(sorted(summed.items()))


def nested(counts: Mapping[Kind, int]) -> dict[str, dict[str, int]]:
    """Numbers by entity, and by rule within it."""
    found: dict[str, dict[str, int]] = {}
    for (entity, rule), number in sorted(counts.items()):
        found.setdefault(entity, {})[rule] = number
    return found


@dataclass(slots=True)
class Totals:
    """What became of all files of a run. `earlier`: how many of them earlier runs had done."""

    files: int = 0
    changed: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    """By reason."""
    skipped: Counter[str] = field(default_factory=Counter)
    """What of the folders was not read, by reason."""
    size: int = 0
    characters: int = 0
    findings: Counter[Kind] = field(default_factory=Counter)
    edited: Counter[Kind] = field(default_factory=Counter)
    files_edited: int = 0
    residue: Counter[str] = field(default_factory=Counter)
    """By kind."""
    files_with_residue: int = 0
    not_checked: Counter[str] = field(default_factory=Counter)
    """By what it is."""
    hidden: int = 0
    earlier: int = 0

    def add(self, entry: Entry) -> None:
        """Count one more file."""
        if entry["skipped"]:
            self.skipped[entry["skipped"]] += 1
            return
        self.files += 1
        self.size += entry["bytes"]
        if entry["error"] is not None:
            self.failed[entry["reason"]] += 1
            return
        self.changed += entry["changed"]
        self.characters += entry["characters"]
        edited = {(entity, rule): n for entity, rules in entry["edited"].items() for rule, n in rules.items()}
        self.edited.update(edited)
        self.files_edited += bool(edited)
        self.residue.update(item["kind"] for item in entry["residue"])
        self.files_with_residue += bool(entry["residue"])
        # What stands in brackets (how many bytes) is of the one place.
        self.not_checked.update(_BRACKET.split(item["what"], 1)[0] for item in entry["not_checked"])
        self.hidden += sum(item["count"] for item in entry["hidden"])

    @property
    def done(self) -> int:
        """Files that did not fail."""
        return self.files - self.failed.total()

    def as_dict(self) -> dict[str, Any]:
        """As they stand in a report."""
        return {
            "files": self.files,
            "changed": self.changed,
            "unchanged": self.done - self.changed,
            "failed": self.failed.total(),
            "failed_by_reason": dict(sorted(self.failed.items())),
            "skipped_by_reason": dict(sorted(self.skipped.items())),
            "bytes": self.size,
            "characters": self.characters,
            "edits": self.edited.total(),
            "entities": _by(self.edited, 0),
            "rules": _by(self.edited, 1),
            "residue": self.residue.total(),
            "residue_by_kind": dict(sorted(self.residue.items())),
            "not_checked": self.not_checked.total(),
            "not_checked_by_kind": dict(sorted(self.not_checked.items())),
            "hidden": self.hidden,
        }


def totals_of(files: Iterable[FileReport], skipped: Mapping[str, int] | None = None) -> Totals:
    """The totals over some files."""
    totals = Totals(skipped=Counter(skipped or {}))
    for file in files:
        totals.add(entry_of(file))
        totals.findings.update(file.findings)
        totals.earlier += file.entry is not None
    return totals


def report_of(
    report: Report,
    totals: Totals,
    *,
    version: str,
    policy: str,
    legal: str,
    rule_files: Iterable[tuple[str, str]],
    disabled: Iterable[str],
    complete: bool,
) -> dict[str, Any]:
    """The whole report, ready for JSON. `legal`: what outputs are called by law, see `Policy`. `complete`: whether the run has come to its end."""
    entries = [entry_of(file) for file in report.files]
    return {
        "schema": SCHEMA,
        "redactor": version,
        "policy": policy,
        "legal": legal,
        "offsets": report.unit,
        "complete": complete,
        "rule_files": [{"name": name, "sha256": digest} for name, digest in rule_files],
        "disabled_rules": list(disabled),
        "totals": totals.as_dict(),
        "left_out": [{"name": show(each.path), "reason": each.reason} for each in report.left_out],
        "files": entries if report.include_text else [_without_text(entry) for entry in entries],
    }


def _without_text(entry: Entry) -> Entry:
    bare = {name: [_bare(item) for item in entry[name]] for name in ("edits", "residue")}
    return entry | bare


def _bare(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in _TEXTS}
