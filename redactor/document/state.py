"""What a document has shown so far, and what becomes of a text on its way to a result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from redactor.document.decide import Decisions
from redactor.document.edits import apply, around, assert_intact, merge, touched, unchanged, uncovered, widened
from redactor.document.empty_labels import empty_labels
from redactor.document.propagate import Known
from redactor.model import Edit, Finding, Result, Span
from redactor.policy.load import Policy
from redactor.policy.operators import Labels
from redactor.text.document import Document
from redactor.text.invisible import has_invisible


@dataclass(slots=True)
class Memory:
    """What one document has shown so far, carried from part to part."""

    labels: Labels = field(default_factory=Labels)
    known: Known = field(default_factory=Known)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a text shows by itself, before what other parts of its document have shown is brought in."""

    document: Document
    candidates: list[Finding]
    decisions: Decisions
    standing: Sequence[Finding] = ()
    """What stands in every case, in order of place."""


@dataclass(slots=True)
class Draft:
    """One text on its way to its result, to which the looks at what was edited may still add."""

    text: str
    memory: Memory
    findings: tuple[Finding, ...]
    doubtful: tuple[Finding, ...]
    standing: tuple[Span, ...] = ()
    """Stretches that no edit is to touch in the end, `disjoint`."""
    kept: tuple[Span, ...] = ()
    """Those of them that a person has decided to keep."""
    edits: tuple[Edit, ...] = ()
    fresh: frozenset[Edit] = frozenset()
    """The edits that the last look has brought."""

    def add(self, edits: Sequence[Edit]) -> None:
        """Make edits besides those that are made."""
        if not edits:
            self.fresh = frozenset()
            return
        grown = widened if has_invisible(self.text) else unchanged
        before = frozenset(self.edits)
        self.edits = grown(self.text, merge(self.edits, edits))
        self.fresh = frozenset(self.edits) - before

    def replace(self, found: Sequence[Finding], edits: Sequence[Edit]) -> None:
        """Take findings, with their edits, in place of all that lies in them."""
        self.edits = uncovered(self.edits, found)
        self.findings = tuple(
            sorted(
                (*(f for f in self.findings if not any(e.start <= f.start and f.end <= e.end for e in found)), *found),
                key=lambda finding: finding.start,
            )
        )
        self.add(edits)

    def drop_labels(self, policy: Policy) -> bool:
        """Delete the labels of which all values are deleted; whether there were any."""
        self.add(
            empty_labels(self.text, self.edits, self.standing, lambda entity: policy.operator(entity).kind == "strip")
        )
        return bool(self.fresh)

    def spare(self, policy: Policy) -> None:
        """Leave what stands. Only now: as long as edits are looked for, all are made, so that none comes of what is left."""
        if self.standing and self.edits:
            self.edits = around(self.text, self.edits, self.standing, policy)
            self.findings = tuple(
                finding
                for finding in self.findings
                if policy.operator(finding.entity).kind == "keep" or touched(finding, self.edits)
            )

    def result(self) -> Result:
        """What has come of it; AssertionError when it is not the text with the edits made and nothing else."""
        output = apply(self.text, self.edits)
        assert_intact(self.text, output, self.edits)
        return Result(output, self.edits, self.findings, self.doubtful, kept=self.kept)
