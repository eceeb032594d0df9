"""The JSON report: counts, offsets, rules and keyed fingerprints; the text itself only when asked for."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from redactor.model import Edit, Finding
from redactor.residue import Residue
from redactor.text.decode import Encoding

SCHEMA = 1


@dataclass
class FileReport:
    """What was done to one file; offsets are code points of the whole input."""

    name: str
    output: str | None
    encoding: Encoding | None = None
    edits: list[dict[str, Any]] = field(default_factory=list)
    entities: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    residue: list[dict[str, Any]] = field(default_factory=list)
    characters: int = 0
    removed: int = 0
    error: str | None = None


class Report:
    """Collects file reports under one random key, so that equal values show as equal within this report and nowhere else.

    `collect`: whether edits are recorded at all; a large run without a report need not hold them.
    """

    def __init__(self, *, include_text: bool = False, collect: bool = True) -> None:
        self._key = secrets.token_bytes(32)
        self._include_text = include_text
        self._collect = collect
        self.files: list[FileReport] = []

    def add_part(
        self, file: FileReport, offset: int, text: str, edits: Sequence[Edit], findings: Iterable[Finding]
    ) -> None:
        """Record one part of a file that begins `offset` code points into it."""
        if not self._collect:
            return
        file.characters += len(text)
        for edit in edits:
            original = text[edit.start : edit.end]
            entry: dict[str, Any] = {
                "start": offset + edit.start,
                "end": offset + edit.end,
                "entity": edit.entity,
                "rule": edit.rule,
                "replacement": edit.replacement,
                "length": _length_class(len(original)),
                "fingerprint": self.fingerprint(edit.entity, original),
            }
            if self._include_text:
                entry["text"] = original
            file.edits.append(entry)
            file.removed += len(original)
        for finding in findings:
            file.entities[finding.entity] += 1
            file.rules[finding.rule] += 1

    def add_residue(self, file: FileReport, offset: int, text: str, residue: Iterable[Residue]) -> None:
        """Record the residue of one part; offsets are those of the output."""
        for item in residue:
            entry: dict[str, Any] = {
                "start": offset + item.start,
                "end": offset + item.end,
                "kind": item.kind,
                "entity": item.entity,
                "rule": item.rule,
            }
            if self._include_text:
                entry["text"] = text[item.start : item.end]
            file.residue.append(entry)

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
            "rule_files": [{"name": name, "sha256": digest} for name, digest in rule_files],
            "disabled_rules": list(disabled),
            "files": [_file(f) for f in self.files],
        }


def _file(file: FileReport) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": file.name, "output": file.output}
    if file.error is not None:
        return entry | {"error": file.error}
    if file.encoding is not None:
        entry["encoding"] = {
            "name": file.encoding.name,
            "bom": bool(file.encoding.bom),
            "confidence": file.encoding.confidence,
            "evidence": file.encoding.how,
        }
    warnings = []
    if file.characters and file.removed > 0.3 * file.characters:
        warnings.append("more than 30 % of the text was replaced or removed")
    return entry | {
        "characters": file.characters,
        "entities": dict(sorted(file.entities.items())),
        "rules": dict(sorted(file.rules.items())),
        "edits": file.edits,
        "residue": file.residue,
        "warnings": warnings,
    }


def _length_class(length: int) -> str:
    return next((name for most, name in ((1, "1"), (4, "2-4"), (16, "5-16"), (64, "17-64")) if length <= most), "65+")
