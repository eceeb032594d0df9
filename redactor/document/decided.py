"""What a person has decided of places of a text: it holds whatever rules say, and all else is as it would be without.

What is masked by hand is added to what rules have found, which is cut where both touch. What is kept is spared at the very end, like the
terms that a user keeps: until then it is edited like all else, so that nothing is found for what is left beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from redactor.document.edits import CUT
from redactor.model import KEEP, Decided, Edit, Evidence, Finding, Span, Tier
from redactor.text.document import Document
from redactor.text.marks import marked, unmarked
from redactor.text.masked import masked_spans

DECISION: Final = "user.decision"
"""The rule of a finding that only a person has made."""
Trusted: TypeAlias = Callable[[Finding], bool]
"""Whether what is found in a text may prove anything for the whole document."""
_ALIKE: Final = (
    {"LOCATION", "ORGANIZATION"},
    {"MONEY", "PERCENT", "QUANTITY", "DATE_TIME"},
)
"""Entities that say the same parts of a value: 云岭 of 云岭县, whether it is a place or an office."""
_BY_HAND: Final = (Evidence("user", "decision", 1.0),)


@dataclass(frozen=True, slots=True)
class Settled:
    """What is done about a text: findings in order of place, not overlapping, and those that nothing is done about."""

    accepted: list[Finding]
    doubtful: list[Finding]


def settled(
    text: str,
    accepted: list[Finding],
    doubtful: list[Finding],
    candidates: Callable[[], Iterable[Finding]],
    decided: Decided,
) -> Settled:
    """What rules have led to, and what a person has decided, which is never undone.

    `candidates`: all that rules have proposed; of one that is confirmed, or given an entity like its own, the parts that
    carry the secret stay known.
    """
    if not decided:
        return Settled(accepted, doubtful)
    masked = _masked(text, decided)
    known = {(each.start, each.end): each for each in (*(candidates() if masked else ()), *doubtful, *accepted)}
    added = [_confirmed(known.get((start, end)), start, end, entity) for start, end, entity in masked]
    marks = marked(len(text), ((start, end) for start, end, _ in masked))
    cut = [piece for each in accepted for piece in _left_of(each, marks)]
    rest = marked(len(text), (*((each.start, each.end) for each in (*added, *cut)), *decided.kept))
    return Settled(
        sorted((*cut, *added), key=lambda each: each.start),
        [each for each in doubtful if rest.find(1, each.start, each.end) < 0],
    )


def may_prove(text: str, kept: Iterable[Span]) -> Callable[[int, int], bool]:
    """Whether what stands somewhere may prove anything of other places of its document: what is kept may not."""
    marks = marked(len(text), kept)
    return lambda start, end: marks.find(1, start, end) < 0


def standing_in(document: Document, standing: Sequence[Finding]) -> list[Finding]:
    """What stands whatever rules find, and what a person keeps; what a person masks is none of it. In order of place."""
    if not any(member.decided for _, member in document.members):
        return list(standing)
    kept = [
        Finding(start + at, end + at, KEEP, DECISION, 1.0, priority=Tier.DECIDED, evidence=_BY_HAND)
        for at, member in document.members
        for start, end in kept_in(member.text, member.decided)
    ]
    masked = ((start + at, end + at) for at, member in document.members for start, end, _ in member.decided.masked)
    marks = marked(len(document.text), masked)
    rest = [
        replace(each, start=low, end=high, values=())
        for each in standing
        for low, high in unmarked(marks, each.start, each.end)
    ]
    return sorted([*rest, *kept], key=lambda each: (each.start, each.end))


def kept_in(text: str, decided: Decided) -> list[Span]:
    """What stays by a person's word, without what goes by it."""
    if not decided.kept:
        return []
    marks = marked(len(text), ((start, end) for start, end, _ in decided.masked))
    return [span for start, end in decided.kept for span in unmarked(marks, start, min(end, len(text)))]


def in_output(spans: Iterable[Span], edits: Sequence[Edit]) -> list[Span]:
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


def _masked(text: str, decided: Decided) -> list[tuple[int, int, str]]:
    """What is to be masked, in order of place and not overlapping: of two that overlap, the first and what is left of the second.

    What consists of signs of a mask stays as it is: there is nothing to hide.
    """
    if not decided.masked:
        return []
    hidden, taken = marked(len(text), masked_spans(text)), bytearray(len(text))
    found: list[tuple[int, int, str]] = []
    for start, end, entity in sorted(decided.masked):
        for low, high in list(unmarked(taken, start, min(end, len(text)))):
            taken[low:high] = b"\1" * (high - low)
            if hidden.find(0, low, high) >= 0:
                found.append((low, high, entity))
    return found


def _confirmed(known: Finding | None, start: int, end: int, entity: str) -> Finding:
    """A finding by hand; one that rules had made, of that place and entity, stays theirs."""
    if known is None or known.entity != entity:
        alike = known is not None and any({known.entity, entity} <= kinds for kinds in _ALIKE)
        values = known.values if known and alike else ()
        return Finding(start, end, entity, DECISION, 1.0, values, Tier.DECIDED, _BY_HAND)
    return replace(known, score=1.0, priority=Tier.DECIDED, evidence=(*known.evidence, *_BY_HAND))


def _left_of(finding: Finding, marks: bytearray) -> Iterator[Finding]:
    """What is left of a finding beside what is marked."""
    if marks.find(1, finding.start, finding.end) < 0:
        yield finding
        return
    for low, high in unmarked(marks, finding.start, finding.end):
        piece = finding.within(low, high)
        if piece and (piece.values or not finding.values):
            yield replace(piece.moved(low), evidence=(*finding.evidence, CUT))


def proving(document: Document) -> Trusted:
    """What of a document may prove anything for the rest of it."""
    if not document.decided.kept:
        return bool
    may = may_prove(document.text, document.decided.kept)
    return lambda finding: may(finding.start, finding.end)
