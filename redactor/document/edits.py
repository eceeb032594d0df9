"""Edits of a text: where they are made, how they are made, and the proof that nothing else was touched."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import regex

from redactor.model import Edit, Evidence, Finding, PolicyError, Span, Tier
from redactor.policy.load import Policy
from redactor.policy.operators import SHORTEST_KEY, Labels, Operator, parted, replacement, stays
from redactor.text.invisible import widen

CUT: Final = Evidence("user", "cut by a decision")
"""Of a finding that is what a person's decision has left of another one."""
_BY_HAND: Final = Operator("mask")
"""What is done where a person masks what the policy leaves."""
_LINE_END: Final = regex.compile(r"\r\n?|\n")


def check_key(policy: Policy, key: bytes | None) -> None:
    """PolicyError when the policy works with a key, and there is none or one that can be guessed."""
    if policy.needs_key and not key:
        raise PolicyError(
            "policy {name!r} hashes values and needs a key (--key-file or REDACTOR_KEY)", name=policy.name
        )
    if policy.uses_key and key is not None and len(key) < SHORTEST_KEY:
        raise PolicyError(
            "the key of policy {name!r} has {size} bytes and needs at least {least}, or what it has written can be undone by trying keys; "
            "`openssl rand -hex 32` makes one (--key-file or REDACTOR_KEY)",
            name=policy.name,
            size=len(key),
            least=SHORTEST_KEY,
        )


def edits_of(
    text: str, findings: Iterable[Finding], policy: Policy, labels: Labels, key: bytes | None, standing: Sequence[Span]
) -> list[Edit]:
    """What the policy's operators write in place of accepted findings, in their order; line breaks inside them stay.

    What lies whole in a stretch that is `standing` is hidden by its sign for the time being, and takes no label.
    """
    edits: list[Edit] = []
    for finding in findings:
        operator = policy.operator(finding.entity)
        if operator.kind == "keep":
            if finding.priority < Tier.DECIDED:
                continue
            operator = _BY_HAND
        if operator.kind == "partial" and CUT in finding.evidence:
            operator = replace(operator, kind="mask")  # what a part would show of itself, the whole does not
        parts = ((finding.start, finding.end),) if operator.whole else finding.parts
        for start, end in parts:
            if stays(text, start, end, operator):
                continue
            own = labels if not standing or any(_beside(text, start, end, finding.entity, standing)) else Labels()
            written = replacement(operator, finding.entity, text[start:end], own, key)
            if written == text[start:end]:
                continue
            written = parted(written, text, end, operator)
            for number, (low, high) in enumerate(pieces(text, start, end, finding.entity)):
                edits.append(Edit(low, high, written if number == 0 else "", finding.entity, finding.rule))
    return edits


def around(text: str, edits: Sequence[Edit], standing: Sequence[Span], policy: Policy) -> tuple[Edit, ...]:
    """The edits without what they touch of stretches that stand, which are `disjoint`; on either side of one, each part is a value."""
    found: list[Edit] = []
    for edit in edits:
        operator = policy.operator(edit.entity)
        for start, end in _beside(text, edit.start, edit.end, edit.entity, standing):
            written = edit.replacement
            if operator.kind == "partial" and written and (start, end) != (edit.start, edit.end):
                # What a part would show of itself, the whole does not.
                written = replacement(replace(operator, kind="mask"), edit.entity, text[start:end], Labels(), None)
            found.append(Edit(start, end, written, edit.entity, edit.rule))
    return tuple(found)


def touched(finding: Finding, edits: Sequence[Edit]) -> bool:
    """Whether an edit, of some in order of place, is made in a finding."""
    number = bisect_right(edits, finding.start, key=lambda edit: edit.end)
    return number < len(edits) and edits[number].start < finding.end


def _beside(text: str, start: int, end: int, entity: str, standing: Sequence[Span]) -> Iterator[Span]:
    """What of a stretch lies beside what stands; where lines go, what stands in one keeps the end of its line."""
    at = start
    for low, high in (*standing[bisect_right(standing, start, key=_end) :], (end, end)):
        stop = min(low, end)
        if entity == "BOILERPLATE" and at > start and (line_end := _LINE_END.search(text, at, max(at, stop))):
            if at < line_end.start():
                yield at, line_end.start()
            at = line_end.end()
        if at < stop:
            yield at, stop
        at = max(at, high)
        if at >= end:
            break


def _end(span: Span) -> int:
    return span[1]


def disjoint(spans: Iterable[Span]) -> tuple[Span, ...]:
    """What stretches, in order of place, cover, each place once."""
    found: list[Span] = []
    for start, end in spans:
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return tuple(found)


def pieces(text: str, start: int, end: int, entity: str) -> list[Span]:
    """The span without the line breaks inside it, the blanks before each and the indent or sign of a quotation after it: breaks survive an edit."""
    if entity == "BOILERPLATE":
        return [(start, end)]
    found: list[Span] = []
    at = start
    while at < end:
        stop = min((i for i in (text.find("\n", at, end), text.find("\r", at, end)) if i >= 0), default=end)
        said = at + len(text[at:stop].rstrip(" ")) if stop < end else stop
        if at < said:
            found.append((at, said))
        at = stop
        while at < end and text[at] in "\r\n \t　>":
            at += 1
    return found


def widened(text: str, edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Edits grown over the invisible characters around them, never into one another."""
    out: list[Edit] = []
    for number, edit in enumerate(edits):
        low = out[-1].end if out else 0
        high = edits[number + 1].start if number + 1 < len(edits) else len(text)
        start, end = widen(text, edit.start, edit.end, low, high)
        out.append(Edit(start, end, edit.replacement, edit.entity, edit.rule))
    return tuple(out)


def unchanged(text: str, edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """The edits, of a text in which all can be seen."""
    return tuple(edits)


def apply(text: str, edits: Sequence[Edit]) -> str:
    """The text with sorted, non-overlapping edits made."""
    out: list[str] = []
    at = 0
    for edit in edits:
        out.append(text[at : edit.start])
        out.append(edit.replacement)
        at = edit.end
    out.append(text[at:])
    return "".join(out)


def merge(first: Sequence[Edit], second: Sequence[Edit]) -> tuple[Edit, ...]:
    """Both sets of edits in order of place. What lies in another one goes with it: a label stands for all that its value spans."""
    found: list[Edit] = []
    for edit in sorted((*first, *second), key=lambda each: (each.start, -each.end)):
        if not found or edit.start >= found[-1].end or edit.end > found[-1].end:
            found.append(edit)
    return tuple(found)


def uncovered(edits: Sequence[Edit], findings: Sequence[Finding]) -> tuple[Edit, ...]:
    """The edits that are in none of some findings."""
    return tuple(
        edit for edit in edits if not any(each.start <= edit.start and edit.end <= each.end for each in findings)
    )


def assert_intact(text: str, output: str, edits: Sequence[Edit]) -> None:
    """Without the edited spans, input and output are the same text: nothing but the edits was touched."""
    at = out_at = 0
    for edit in edits:
        if edit.start < at:
            raise AssertionError("edits overlap")
        length = edit.start - at
        if text[at : edit.start] != output[out_at : out_at + length]:
            raise AssertionError("text outside the edits was changed")
        at, out_at = edit.end, out_at + length + len(edit.replacement)
    if text[at:] != output[out_at:]:
        raise AssertionError("text outside the edits was changed")


def ends_in(finding: Finding, spans: Sequence[Span]) -> bool:
    """Whether a value of more than one character ends in one of some spans, or with it."""
    for start, end in finding.parts:
        number = bisect_left(spans, end, key=lambda span: span[0]) - 1
        if end - start > 1 and number >= 0 and spans[number][0] < end <= spans[number][1]:
            return True
    return False
