"""What a person has decided of places of a text, as findings: they go the way of all others, above every rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from redactor.model import KEEP, Edit, Evidence, Finding, Span, Tier
from redactor.text.document import Document

DECISION: Final = "user.decision"
"""The rule of a finding that only a person has made: it proves nothing of other places."""
_BY_HAND: Final = (Evidence("user", "decision", 1.0),)


def with_decisions(document: Document, candidates: list[Finding], threshold: float) -> list[Finding]:
    """The candidates, those that a person has confirmed above all others, and what the person has added or protected.

    A rule's finding that is confirmed stays that rule's: what it proves of other places, it still proves.
    """
    if not any(member.decided for _, member in document.members):
        return candidates
    found = {(each.start, each.end, each.entity): each for each in candidates if each.score >= threshold}
    added: list[Finding] = []
    for start, end, entity in _masked(document):
        known = found.get((start, end, entity))
        if known:
            added.append(replace(known, score=1.0, priority=Tier.DECIDED, evidence=(*known.evidence, *_BY_HAND)))
        else:
            values = next((c.values for c in candidates if (c.start, c.end, c.entity) == (start, end, entity)), ())
            added.append(Finding(start, end, entity, DECISION, 1.0, values, Tier.DECIDED, _BY_HAND))
    return [*candidates, *added, *kept_in(document)]


def kept_in(document: Document) -> list[Finding]:
    """What a person has decided to keep, without what they have decided to mask."""
    masked = [(start, end) for start, end, _ in _masked(document)]
    return [
        Finding(low, high, KEEP, DECISION, 1.0, priority=Tier.DECIDED, evidence=_BY_HAND)
        for at, member in document.members
        for start, end in member.decided.kept
        for low, high in beside((start + at, end + at), masked)
    ]


def standing_in(document: Document, standing: Sequence[Finding]) -> list[Finding]:
    """What stands whatever rules find: the terms that the user keeps, but where a place was decided otherwise."""
    masked = [(start, end) for start, end, _ in _masked(document)]
    rest = [
        replace(each, start=low, end=high, values=())
        for each in standing
        for low, high in beside((each.start, each.end), masked)
    ]
    return sorted([*rest, *kept_in(document)], key=lambda each: (each.start, each.end))


def beside(span: Span, taken: Sequence[Span]) -> Iterator[Span]:
    """What of a span lies beside others, which are in order of place."""
    at, end = span
    for low, high in taken:
        if high <= at or low >= end:
            continue
        if at < low:
            yield at, low
        at = max(at, high)
    if at < end:
        yield at, end


def in_output(spans: Sequence[Span], edits: Sequence[Edit]) -> list[Span]:
    """Where stretches of the input that no edit touches lie in the output; edits are in order of place."""
    found: list[Span] = []
    moved, number = 0, 0
    for start, end in sorted(spans):
        while number < len(edits) and edits[number].end <= start:
            edit = edits[number]
            moved += len(edit.replacement) - (edit.end - edit.start)
            number += 1
        found.append((start + moved, end + moved))
    return found


def _masked(document: Document) -> list[tuple[int, int, str]]:
    return sorted(
        (start + at, end + at, entity)
        for at, member in document.members
        for start, end, entity in member.decided.masked
    )
