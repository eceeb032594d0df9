"""Where the recogniser and the rules speak of the same place: what both say counts for more, what one cuts off is looked at."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from redactor.model import Finding

_CONFIRMED: Final = 59
"""Priority of a person whom both find: over places by their class word, which take 家属段 for a stretch of road."""
_WHOLE: Final = 64
"""Priority of an organisation with a class word (分公司) that takes in all that rules found inside it."""
_SURE: Final = 0.8
_FOUND: Final = 0.5
_REST: Final = 20
"""Priority of what is left of a find when rules have taken a part: it yields to everything."""
_REACH: Final = 40
_LEAST: Final = 2


def agreed(text: str, findings: Sequence[Finding], tagger: str, surnames: frozenset[str]) -> Iterator[Finding]:
    """The findings, those of the rule `tagger` ranked by what others say of the same place; `surnames`: compound ones among them."""
    others = sorted((f for f in findings if f.rule != tagger and f.score >= _FOUND), key=lambda f: f.start)
    starts = [f.start for f in others]
    for finding in findings:
        if finding.rule == tagger and finding.score >= _SURE:
            low = bisect_left(starts, finding.start - _REACH)
            high = bisect_left(starts, finding.end)
            finding = _ranked(text, finding, [f for f in others[low:high] if f.end > finding.start], surnames)
        yield finding


def _ranked(text: str, finding: Finding, others: Sequence[Finding], surnames: frozenset[str]) -> Finding:
    span = finding.start, finding.end
    if finding.entity == "PERSON":
        persons = [f for f in others if f.entity == "PERSON"]
        longer = [f for f in persons if f.start <= span[0] and span[1] <= f.end and (f.start, f.end) != span]
        if any(text[f.start : f.start + 2] in surnames for f in longer):
            return replace(finding, priority=0)
        if not longer and any((f.start, f.end) == span for f in persons):
            return replace(finding, priority=max(finding.priority, _CONFIRMED))
    elif finding.entity == "ORGANIZATION" and finding.values:
        names = [f for f in others if f.entity in ("ORGANIZATION", "LOCATION", "PERSON")]
        if names and all(span[0] <= f.start and f.end <= span[1] for f in names):
            return replace(finding, priority=max(finding.priority, _WHOLE))
    return finding


def remainders(text: str, findings: Iterable[Finding], accepted: Sequence[Finding], tagger: str) -> Iterator[Finding]:
    """What is left of the recogniser's finds where stronger ones took a part: the village at the end of an address."""
    taken = bytearray(len(text))
    for f in accepted:
        taken[f.start : f.end] = b"\1" * (f.end - f.start)
    for finding in findings:
        if finding.rule != tagger or finding.entity == "PERSON" or finding.score < _FOUND:
            continue
        if taken.find(1, finding.start, finding.end) < 0:
            continue
        value_end = finding.parts[-1][1]
        at = finding.start
        while at < finding.end:
            end = taken.find(1, at, finding.end)
            end = finding.end if end < 0 else end
            piece = text[at:end]
            if end - at >= _LEAST and all("\u3400" <= char <= "\u9fff" for char in piece):
                values = ((at, value_end),) if at + 1 < value_end < end else ()
                yield replace(finding, start=at, end=end, values=values, priority=_REST)
            at = end + 1
            while at < finding.end and taken[at]:
                at += 1
