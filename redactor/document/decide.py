"""From candidates to decisions: the keep list, masked text and overlaps are settled here, in one place."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from redactor.model import KEEP, Finding, Span, Tier
from redactor.text.marks import marked, unmarked
from redactor.text.masked import LONGEST_LABEL

DOUBT = 0.3
"""Below the policy's threshold but at least this: listed as doubtful."""

_HARD = 0.9
"""A KEEP of this score protects its words even as the whole value of a longer finding (中国 in 中国公司)."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """Accepted findings in order of place, not overlapping; and those that fell short of the threshold."""

    accepted: tuple[Finding, ...]
    doubtful: tuple[Finding, ...]


def decide(
    candidates: Iterable[Finding],
    *,
    length: int,
    masked: Callable[[], Iterable[Span]],
    labels: Callable[[], Iterable[Span]],
    threshold: float,
    keep_list: bool,
) -> Decisions:
    """Choose among candidates for a text of `length` code points.

    A candidate is void where a value of it touches masked text, where a KEEP finding of no lower score covers it or cuts
    into it (a candidate that contains the kept words and goes beyond them stays), and where a stronger one stands:
    higher priority, then higher score, then longer, then first. Masked text voids no BOILERPLATE; a
    vault's label voids what lies within it.
    """
    findings: list[Finding] = []
    kept: list[Finding] = []
    for candidate in candidates:
        if candidate.entity == KEEP:
            kept.append(candidate)
        elif candidate.score >= DOUBT:
            findings.append(candidate)
    shield = _Shield(length, kept if keep_list else ())
    # Boilerplate goes whatever is masked in it: where nothing else was found, masks need not be looked for. But a label's own signs
    # are none (VX in 〔人001·VX〕).
    looked_for = any(finding.entity != "BOILERPLATE" for finding in findings)
    short = any(f.entity == "BOILERPLATE" and f.end - f.start <= LONGEST_LABEL for f in findings)
    label_marks = marked(length, labels() if short else ())
    masked_marks = marked(length, masked() if looked_for else ())
    taken = bytearray(length)
    accepted: list[Finding] = []
    doubtful: list[Finding] = []
    findings.sort(key=lambda f: (f.score < threshold, -f.priority, -f.score, f.start - f.end, f.start, f.rule))
    for finding in _in_turn(findings, taken):
        start, end = finding.start, finding.end
        if taken.find(1, start, end) >= 0 or (shield.marks.find(1, start, end) >= 0 and shield.vetoes(finding)):
            continue
        if finding.entity == "BOILERPLATE":
            if label_marks.find(0, start, end) < 0:
                continue
        # Most stand nowhere near a mask: their parts need not be looked at.
        elif masked_marks.find(1, start, end) >= 0 and any(masked_marks.find(1, *part) >= 0 for part in finding.parts):
            continue
        taken[start:end] = b"\1" * (end - start)
        (accepted if finding.score >= threshold else doubtful).append(finding)
    accepted.sort(key=lambda f: f.start)
    doubtful.sort(key=lambda f: f.start)
    return Decisions(tuple(accepted), tuple(doubtful))


def _in_turn(findings: Iterable[Finding], taken: bytearray) -> Iterator[Finding]:
    """The findings; in place of those that take what is left, the stretches that the ones before have left."""
    for finding in findings:
        if finding.priority != Tier.LEFT:
            yield finding
            continue
        for start, end in unmarked(taken, finding.start, finding.end):
            if end - start > 1:
                yield replace(finding, start=start, end=end)


class _Shield:
    """Protected stretches of the text, looked up by place."""

    def __init__(self, length: int, kept: Iterable[Finding]) -> None:
        self.kept = sorted(kept, key=lambda k: k.start)
        self.marks = marked(length, ((k.start, k.end) for k in self.kept))
        self.longest = max((k.end - k.start for k in self.kept), default=0)
        self.starts = [k.start for k in self.kept]

    def vetoes(self, finding: Finding) -> bool:
        """Whether one of the kept words that a finding touches wins."""
        start, end = finding.start, finding.end
        at = bisect_left(self.starts, start - self.longest)
        while at < len(self.kept) and self.starts[at] < end:
            k = self.kept[at]
            at += 1
            if k.end <= start or k.score < finding.score or k.priority < finding.priority >= Tier.USER:
                continue
            contains = start <= k.start and k.end <= end and end - start > k.end - k.start
            if not contains or (k.score >= _HARD and any(k.start <= s and e <= k.end for s, e in finding.values)):
                return True
        return False
