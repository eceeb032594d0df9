"""The judge of names: weighs the evidence for each candidate by learned weights, and picks the best-supported set of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp
from typing import Final

from redactor.detect.echo import ELSEWHERE, MOST, echoes
from redactor.detect.evidence import UNPROVEN, Context, Pieces, company, pieces
from redactor.model import Evidence, Finding, RuleError, Tier

FILE: Final = "judge.tsv"
_MOST: Final = 0.89
"""Score of whatever is judged, at most: against protected words it stands, against what rules are certain of (doctrine) it does not."""
_HALF: Final = 0.5
"""Score under which a rule only tells of what it finds."""
_DOUBT: Final = 0.4
"""Score under which a finding has no support."""
_EACH: Final = 0.2
"""What each finding costs: one name is likelier than two in its place."""
_TELLING: Final = 0.1
"""What adds less than this is not listed as evidence."""
Sums = dict[str, float]
"""What each piece of evidence adds to the log odds."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Weights by entity and piece of evidence; a rule that has none (the user's own) is not judged and keeps its score."""

    weights: Mapping[str, Mapping[str, float]]

    def knows(self, context: Context, finding: Finding) -> bool:
        """Whether the rule of the finding took part in the training; what a line break cuts did not."""
        if "\n" in context.view.text[context.view.place(finding.start) : context.view.place(finding.end)]:
            return False
        return f"rule {finding.rule}" in self.weights.get(finding.entity, {})

    def without(self, rule: str) -> Judge:
        """The judge that does not know the rule."""
        return Judge(
            {entity: {n: w for n, w in known.items() if n != f"rule {rule}"} for entity, known in self.weights.items()}
        )

    def judged(self, context: Context, findings: Sequence[Finding]) -> Iterator[Finding]:
        """The findings, those that it knows with the score that all evidence together gives them.

        Where some overlap, the set of them that has most support ranks before the others.
        """
        known: list[Finding] = []
        for finding in findings:
            if self.knows(context, finding):
                known.append(finding)
            else:
                yield finding
        weighed = self.weighed(context, known, findings)
        chosen = {id(finding) for finding in best_supported(finding for finding, _ in weighed)}
        for finding, sums in weighed:
            if id(finding) in chosen:
                yield _told(finding, sums)
            else:
                yield replace(finding, score=min(_MOST, finding.score), priority=min(finding.priority, Tier.OUTDONE))

    def weighed(
        self, context: Context, known: Sequence[Finding], findings: Sequence[Finding]
    ) -> list[tuple[Finding, Sums]]:
        """Those that it knows and what echoes them, scored, with what each piece of evidence adds."""
        others = company(findings)
        sums = [self._sums(finding.entity, pieces(context, finding, others)) for finding in known]
        echo = echoes(context, known, [sum(each.values()) for each in sums])
        further = list(echo.further())
        sums += [self._sums(finding.entity, pieces(context, finding, others)) for finding in further]
        weighed = []
        for finding, each in zip((*known, *further), sums, strict=True):
            elsewhere = echo.pieces(finding)
            if elsewhere:
                each.pop(UNPROVEN, None)
            each |= self._sums(finding.entity, elsewhere)
            weighed.append((replace(finding, score=_likely(finding, each)), each))
        return weighed

    def repeated(self, context: Context, findings: Sequence[Finding]) -> Iterator[Finding]:
        """Findings of what is proven elsewhere, those that it knows with the score that all evidence together gives them."""
        none = company(())
        for finding in findings:
            if self.knows(context, finding):
                sums = self._sums(finding.entity, {**pieces(context, finding, none), UNPROVEN: 0.0, ELSEWHERE: MOST})
                yield _told(replace(finding, score=_likely(finding, sums)), sums)
            else:
                yield finding

    def _sums(self, entity: str, evidence: Pieces) -> Sums:
        weights = self.weights[entity]
        return {name: weights.get(name, 0.0) * amount for name, amount in evidence.items()}


def _likely(finding: Finding, sums: Sums) -> float:
    """How likely all evidence makes it; what a rule only tells of is not made more than that."""
    score = 1 / (1 + exp(-sum(sums.values())))
    only_told = finding.score < _HALF and not any(each.kind == "recognizer" for each in finding.evidence)
    return min(score, finding.score) if only_told else score


def _told(finding: Finding, sums: Sums) -> Finding:
    """The finding with each piece of evidence and its weight."""
    told = tuple(Evidence("judge", name, value) for name, value in sums.items() if abs(value) >= _TELLING)
    return replace(finding, score=min(_MOST, finding.score), evidence=(*finding.evidence, *told))


def best_supported(findings: Iterable[Finding]) -> list[Finding]:
    """Of the findings those that do not overlap and together have most support: characters, by how likely each finding is."""
    ordered = sorted(findings, key=lambda f: (f.end, f.start))
    ends = [f.end for f in ordered]
    best: list[tuple[float, int, Finding | None]] = [(0.0, 0, None)]
    for number, finding in enumerate(ordered, 1):
        before = bisect_right(ends, finding.start, 0, number - 1)
        support = best[before][0] + (finding.end - finding.start) * (finding.score - _DOUBT) - _EACH
        best.append((support, before, finding) if support > best[-1][0] else (best[-1][0], number - 1, None))
    chosen: list[Finding] = []
    at = len(ordered)
    while at:
        _, at, taken = best[at]
        if taken is not None:
            chosen.append(taken)
    return chosen


def read_judge(text: str) -> Judge:
    """From lines `entity<TAB>piece of evidence<TAB>weight`; RuleError when one is not."""
    weights: dict[str, dict[str, float]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line and line[0] != "#":
            try:
                entity, name, weight = line.split("\t")
                weights.setdefault(entity, {})[name] = float(weight)
            except ValueError:
                raise RuleError(
                    "{file}:{number}: want entity, piece of evidence and weight, with tabs between",
                    file=FILE,
                    number=number,
                ) from None
    return Judge(weights)


def written(weights: Iterable[tuple[str, str, float]]) -> str:
    """The lines that `read_judge` reads."""
    return "".join(f"{entity}\t{name}\t{weight:.3f}\n" for entity, name, weight in weights)
