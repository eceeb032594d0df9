"""Findings and edits against annotated spans, by entity and by rule: precision, recall, F1, cover; what edits take of the body. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Final, TypeVar

from redactor.model import Edit, Finding, Span
from redactor.text.marks import marked

NAMES: Final = ("LOCATION", "ORGANIZATION", "PERSON")
"""The entities whose edits are held against the body text."""

Mention = tuple[int, int, str]
"""start, end, entity."""


@dataclass(frozen=True, slots=True)
class Annotated:
    """A text and the entities that are in it; `name` says where it comes from."""

    name: str
    text: str
    mentions: tuple[Mention, ...]


@dataclass(slots=True)
class Count:
    """Spans: annotated, found, found exactly; and characters: annotated, of these found."""

    gold: int = 0
    found: int = 0
    right: int = 0
    gold_chars: int = 0
    covered_chars: int = 0

    @property
    def precision(self) -> float | None:
        """Share of the found spans that are right; None when nothing was found."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of the annotated spans that were found exactly; None when there is none."""
        return self.right / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of the two; None when there is nothing to score."""
        both = self.gold + self.found
        return 2 * self.right / both if both else None

    @property
    def cover(self) -> float | None:
        """Share of the annotated characters that some finding of any entity takes in."""
        return self.covered_chars / self.gold_chars if self.gold_chars else None


@dataclass(frozen=True, slots=True)
class Miss:
    """An annotated span that was not found exactly, or a found or edited one that is not annotated (`rule` names its rule)."""

    name: str
    start: int
    end: int
    entity: str
    rule: str
    context: str


@dataclass(slots=True)
class Scores:
    """Counts by entity, counts of found and right by rule, and what went wrong."""

    entities: dict[str, Count] = field(default_factory=dict)
    rules: dict[str, Count] = field(default_factory=dict)
    missed: list[Miss] = field(default_factory=list)
    false: list[Miss] = field(default_factory=list)

    @property
    def total(self) -> Count:
        """All entities together."""
        return _sum(Count, self.entities.values())

    def add(self, document: Annotated, findings: Sequence[Finding], entities: frozenset[str]) -> None:
        """Score one text; findings of entities that the annotation does not know are passed over."""
        relevant = [f for f in findings if f.entity in entities]
        found = {(f.start, f.end, f.entity): f for f in relevant}
        gold = set(document.mentions)
        covered = marked(len(document.text), ((each.start, each.end) for each in relevant))
        for mention in document.mentions:
            start, end, entity = mention
            count = self.entities.setdefault(entity, Count())
            count.gold += 1
            count.gold_chars += end - start
            count.covered_chars += covered.count(1, start, end)
            if mention not in found:
                self.missed.append(Miss(document.name, start, end, entity, "", context(document.text, (start, end))))
        for mention, finding in found.items():
            right = mention in gold
            for count in (
                self.entities.setdefault(finding.entity, Count()),
                self.rules.setdefault(finding.rule, Count()),
            ):
                count.found += 1
                count.right += right
            if not right:
                where = context(document.text, mention[:2])
                self.false.append(Miss(document.name, *mention, finding.rule, where))


@dataclass(slots=True)
class Loss:
    """Edits; those of them that touch nothing annotated; and the characters that all of them take outside of what is annotated."""

    edits: int = 0
    false_edits: int = 0
    lost_chars: int = 0


Counts = TypeVar("Counts", Count, Loss)


@dataclass(slots=True)
class Losses:
    """What edits of names take of the body text, by entity and by rule; `false` tells of the edits that touch nothing annotated.

    What is annotated counts whatever its entity: a date that was edited as a name is no loss of body text.
    """

    chars: int = 0
    entities: dict[str, Loss] = field(default_factory=lambda: {name: Loss() for name in NAMES})
    rules: dict[str, Loss] = field(default_factory=dict)
    false: list[Miss] = field(default_factory=list)

    @property
    def total(self) -> Loss:
        """All names together."""
        return _sum(Loss, self.entities.values())

    def per_10000(self, count: int) -> float | None:
        """So many in ten thousand characters of text, annotated ones included; None when there was no text."""
        return 10_000 * count / self.chars if self.chars else None

    def add(self, document: Annotated, edits: Iterable[Edit]) -> None:
        """Count the edits of names in one text; those of other entities are passed over."""
        self.chars += len(document.text)
        annotated = marked(len(document.text), ((start, end) for start, end, _ in document.mentions))
        for edit in edits:
            if edit.entity not in NAMES:
                continue
            lost = annotated.count(0, edit.start, edit.end)
            false = lost == edit.end - edit.start
            for loss in (self.entities[edit.entity], self.rules.setdefault(edit.rule, Loss())):
                loss.edits += 1
                loss.false_edits += false
                loss.lost_chars += lost
            if false:
                where = context(document.text, (edit.start, edit.end))
                self.false.append(Miss(document.name, edit.start, edit.end, edit.entity, edit.rule, where))


def _sum(kind: type[Counts], counts: Iterable[Counts]) -> Counts:
    """All counts of one kind as one, field by field."""
    rows = [[getattr(count, each.name) for each in fields(kind)] for count in (kind(), *counts)]
    return kind(*map(sum, zip(*rows, strict=True)))


def entities_of(documents: Iterable[Annotated]) -> frozenset[str]:
    """The entities that the annotation knows."""
    return frozenset(entity for document in documents for _, _, entity in document.mentions)


def context(text: str, span: Span, reach: int = 10) -> str:
    """The span in brackets with what stands around it, on one line."""
    start, end = span
    before, after = text[max(0, start - reach) : start], text[end : end + reach]
    return " ".join(f"{before}[{text[start:end]}]{after}".split())
