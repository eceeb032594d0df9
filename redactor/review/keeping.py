"""What is kept of a review while it goes on: each step in the journal of its document, and in the audit log, before it is taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from redactor.review.audit import Audit
from redactor.review.journal import SUFFIX, Journal
from redactor.review.steps import Event


class Keeping:
    """The journal of one document. `base`: what the names of the files that are kept of it begin with; `sha256`: of the document, in hex.

    `audit`: the log of all documents; None: none is kept. `anew`: whether a journal of another state of the document is begun anew.
    FormatError when the journal can't be had, or is one of another state.
    """

    def __init__(self, base: Path, sha256: str, audit: Audit | None, *, anew: bool = False) -> None:
        base.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._audit, self._doc = audit, sha256
        self._journal = Journal(base.with_name(base.name + SUFFIX), sha256, anew=anew)
        if audit:
            audit.add("open", sha256)

    @property
    def records(self) -> list[tuple[str, Mapping[str, Any]]]:
        """The steps that the journal held when it was opened."""
        return steps_of(self._journal.records)

    @property
    def policy(self) -> str:
        """The policy that was chosen last; empty when none was."""
        return policy_of(self.records)

    def note(self, event: Event, record: Mapping[str, Any]) -> None:
        """Note a step, which then may be taken; FormatError when it can't be noted."""
        if self._audit and event != "read":
            self._audit.add(event, self._doc, **_told(record))
        self._journal.add({"event": event, **record})

    def finished(self, output: str, seen: int, *, context: bool) -> None:
        """Log that the result was written. `output`: its SHA-256 in hex; `seen`: how many things were to be looked at, and were.

        `context`: whether somebody has considered that people may be told from the context.
        """
        if self._audit:
            what = "context-considered" if context else "context-not-considered"
            self._audit.add("finish", self._doc, output=output[:16], seen=seen, what=what)

    def close(self) -> None:
        """Let others have the journal."""
        self._journal.close()


def steps_of(records: Iterable[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    """The records of a journal, each with the event that it tells of."""
    return [(str(record.get("event", "")), record) for record in records]


def policy_of(steps: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """The policy that was chosen last; empty when none was."""
    chosen = [record.get("policy") for event, record in steps if event == "policy"]
    return chosen[-1] if chosen and isinstance(chosen[-1], str) else ""


def _told(record: Mapping[str, Any]) -> dict[str, str | int]:
    """What the audit log says of a step: what was decided, of how much; no place and no text."""
    if "policy" in record:
        return {"policy": str(record["policy"]).rpartition("/")[2]}
    changes = record.get("changes", [])
    if not changes:
        return {}
    first = changes[0]
    choice = first["to"] or {}
    told: dict[str, str | int] = {"count": len(changes), "to": choice.get("action", "open")}
    told["scope"] = first["scope"]
    if entity := choice.get("entity") or first["of"]:
        told["entity"] = entity
    return told
