"""The judge of names: weighs the evidence for each candidate by learned weights, and picks the best-supported set of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Final

from redactor.detect.echo import ELSEWHERE, MOST, echoes
from redactor.detect.evidence import UNPROVEN, Company, Context, Pieces, company, pieces_of_all
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
Weighed = tuple[Finding, float, Sums]
"""A finding, its score, and what makes it."""
Listed = dict[tuple[str, float], Evidence]


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
        chosen = set(best_supported([(finding.start, finding.end, score) for finding, score, _ in weighed]))
        listed: Listed = {}
        for number, (finding, score, sums) in enumerate(weighed):
            if number in chosen:
                yield _told(finding, score, sums, listed)
            else:
                yield _with(finding, score, min(finding.priority, Tier.OUTDONE), finding.evidence)

    def weighed(self, context: Context, known: Sequence[Finding], findings: Sequence[Finding]) -> list[Weighed]:
        """Those that it knows and what echoes them, each with its score and with what each piece of evidence adds."""
        others = company(findings)
        sums = self._all_sums(context, known, others)
        echo = echoes(context, known, [sum(each.values()) for each in sums])
        further = list(echo.further())
        sums += self._all_sums(context, further, others)
        weighed = []
        for finding, each in zip((*known, *further), sums, strict=True):
            elsewhere = echo.pieces(finding)
            if elsewhere:
                for name in UNPROVEN:
                    each.pop(name, None)
            each |= self._sums(finding.entity, elsewhere)
            weighed.append((finding, _likely(finding, each), each))
        return weighed

    def repeated(self, context: Context, findings: Sequence[Finding]) -> Iterator[Finding]:
        """Findings of what is proven elsewhere, those that it knows with the score that all evidence together gives them."""
        known = [finding for finding in findings if self.knows(context, finding)]
        evidence = iter(pieces_of_all(context, known, company(())))
        listed: Listed = {}
        for finding in findings:
            if self.knows(context, finding):
                sums = self._sums(finding.entity, {**next(evidence), **dict.fromkeys(UNPROVEN, 0.0), ELSEWHERE: MOST})
                yield _told(finding, _likely(finding, sums), sums, listed)
            else:
                yield finding

    def _all_sums(self, context: Context, findings: Sequence[Finding], others: Company) -> list[Sums]:
        evidence = pieces_of_all(context, findings, others)
        return [self._sums(finding.entity, each) for finding, each in zip(findings, evidence, strict=True)]

    def _sums(self, entity: str, evidence: Pieces) -> Sums:
        weights = self.weights[entity]
        return {name: weights.get(name, 0.0) * amount for name, amount in evidence.items()}


def _likely(finding: Finding, sums: Sums) -> float:
    """How likely all evidence makes it; what a rule only tells of is not made more than that."""
    score = 1 / (1 + exp(-sum(sums.values())))
    only_told = finding.score < _HALF and not any(each.kind == "recognizer" for each in finding.evidence)
    return min(score, finding.score) if only_told else score


def _told(finding: Finding, score: float, sums: Sums, listed: Listed) -> Finding:
    """The finding with each piece of evidence and its weight; `listed`: the pieces made so far, which many findings share."""
    told = [*finding.evidence]
    for each in sums.items():
        if abs(each[1]) >= _TELLING:
            evidence = listed.get(each)
            if evidence is None:
                evidence = listed[each] = Evidence("judge", *each)
            told.append(evidence)
    return _with(finding, score, finding.priority, tuple(told))


def _with(finding: Finding, score: float, priority: int, evidence: tuple[Evidence, ...]) -> Finding:
    # By hand: dataclasses.replace takes several times as long.
    return Finding(
        finding.start,
        finding.end,
        finding.entity,
        finding.rule,
        min(_MOST, score),
        finding.values,
        priority,
        evidence,
    )


def best_supported(stretches: Sequence[tuple[int, int, float]]) -> list[int]:
    """Of stretches, each with how likely it is (start, end, score), the numbers of those that do not overlap and together have most support.

    Support is characters, by how likely each stretch is.
    """
    order = sorted(range(len(stretches)), key=lambda number: (stretches[number][1], stretches[number][0]))
    ends = [stretches[number][1] for number in order]
    best: list[tuple[float, int, int | None]] = [(0.0, 0, None)]
    for rank, number in enumerate(order, 1):
        start, end, score = stretches[number]
        before = bisect_right(ends, start, 0, rank - 1)
        support = best[before][0] + (end - start) * (score - _DOUBT) - _EACH
        best.append((support, before, number) if support > best[-1][0] else (best[-1][0], rank - 1, None))
    chosen: list[int] = []
    at = len(order)
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
