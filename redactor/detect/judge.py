"""The judge of names: weighs what rules, the recogniser, the lexicon and the document say of each candidate, by learned weights."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log
from typing import Final

from redactor.detect.lattice import Lattice
from redactor.detect.ner.decode import KINDS, Tagged
from redactor.detect.ner.engine import Tags
from redactor.model import Evidence, Finding, RuleError
from redactor.text.fold import View

FILE: Final = "judge.tsv"
_MOST: Final = 0.89
"""Score of whatever is judged, at most: against protected words it stands, against what rules are certain of (doctrine) it does not."""
_PROOF: Final = 0.9
"""Score of a rule that is proof by itself (a label, a title behind a name), where the recogniser finds nothing else; of places and
organisations, none is."""
_HALF: Final = 0.5
"""Score under which a rule only tells of what it finds: no evidence makes it an edit."""
_DOUBT: Final = 0.4
"""Score under which a finding has no support."""
_EACH: Final = 0.2
"""What each finding costs: one name is likelier than two in its place."""
_OUTDONE: Final = 30
"""Priority of what overlaps something with more support."""
_RARE: Final = -16.0
"""Log probability of a word that is hardly one."""
_TELLING: Final = 0.1
"""What adds less than this is not listed as evidence."""
Pieces = Mapping[str, float]
"""Evidence for a candidate by name, each with its amount."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a text before any candidate of it is judged; offsets are those of `view`."""

    view: View
    lattice: Lattice
    tags: Tags
    starts: Sequence[int]
    """Where the recogniser's finds begin."""
    members: Sequence[int]
    """Where each of the documents that are looked at together begins, in the input's coordinates: they tell nothing of one another."""
    frequency: Callable[[str], float]
    """Log probability of a word."""
    common: frozenset[str]
    """Words that look like names and are none."""
    ordinary: Callable[[int, int, str], bool]
    """Whether nothing but words of the language stands there."""


def logit(probability: float) -> float:
    """Log odds, within ±5, so coarse that a text gives the same by itself and within a longer one."""
    probability = min(max(probability, 0.0067), 0.9933)
    return round(log(probability / (1 - probability)), 1)


def pieces(
    context: Context, finding: Finding, proposed: Mapping[tuple[int, int], int], seen: Mapping[tuple[int, str], int]
) -> Pieces:
    """The evidence for and against a candidate. `proposed`: how many rules have proposed a span; `seen`: how many spans a text."""
    view = context.view
    start, end = view.place(finding.start), view.place(finding.end)
    text = _said(context, finding)
    found = {f"rule {finding.rule}": 1.0, "rule's score": logit(finding.score), "any": 1.0}
    if start >= end:
        return found
    outside = float(context.tags.outside[start:end].mean())
    found["recogniser finds nothing"] = logit(outside)
    found["recogniser is unsure of a character"] = logit(float(context.tags.outside[start:end].max()))
    for other in _overlapping(context, start, end):
        if other[:2] == (start, end):
            found["recogniser, same bounds" if other[2] == finding.entity else "recogniser, other entity"] = logit(
                other[3]
            )
        elif other[2] == finding.entity:
            found["recogniser, other bounds"] = 1.0
        else:
            found["recogniser, other entity and bounds"] = 1.0
    if proposed[finding.start, finding.end] > 1:
        found["found by several"] = 1.0
    if seen.get((_member(context, finding), text), 0) > 1:
        found["found elsewhere in the text"] = 1.0
    if end - start == 1:
        found["one character"] = 1.0
    elif end - start == 2:
        found["two characters"] = 1.0
    elif end - start > 6:
        found["long"] = 1.0
    if not all("\u3400" <= char <= "\u9fff" for char in text):
        found["not all Han"] = 1.0
    if context.lattice.covers(start, end):
        found["cuts a word"] = 1.0
    value = finding.parts[0]
    if len(text) == end - start and context.ordinary(view.place(value[0]), view.place(value[1]), finding.entity):
        found["ordinary words"] = 1.0
    found["frequent as a word"] = round(max(0.0, context.frequency(text) - _RARE), 1)
    if text in context.common:
        found["a common word"] = 1.0
    before, after = view.text[max(0, start - 1) : start], view.text[end : end + 1]
    if before in ("：", ":"):
        found["after a colon"] = 1.0
    if not before.isalnum():
        found["begins a clause"] = 1.0
    if not after.isalnum():
        found["ends a clause"] = 1.0
    return found


def _member(context: Context, finding: Finding) -> int:
    return bisect_right(context.members, finding.start)


def _said(context: Context, finding: Finding) -> str:
    """What stands there, without line breaks and the like."""
    return "".join(context.view.text[context.view.place(finding.start) : context.view.place(finding.end)].split())


def _overlapping(context: Context, start: int, end: int) -> Iterator[Tagged]:
    at = bisect_left(context.starts, start)
    entities = context.tags.entities
    if at and entities[at - 1][1] > start:
        at -= 1
    while at < len(entities) and entities[at][0] < end:
        yield entities[at]
        at += 1


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
        evidence = evidence_in(context, findings)
        known: list[Finding] = []
        for finding in findings:
            if self.knows(context, finding):
                known.append(self._scored(finding, evidence(finding)))
            else:
                yield finding
        chosen = {id(finding) for finding in best_supported(known)}
        for finding in known:
            yield finding if id(finding) in chosen else replace(finding, priority=min(finding.priority, _OUTDONE))

    def _scored(self, finding: Finding, evidence: Pieces) -> Finding:
        weights = self.weights[finding.entity]
        sums = {name: weights.get(name, 0.0) * amount for name, amount in evidence.items()}
        score = min(_MOST, 1 / (1 + exp(-sum(sums.values()))))
        alone = not any(name.startswith("recogniser, ") for name in evidence)
        if finding.entity == "PERSON" and finding.score >= _PROOF and alone:
            score = max(score, finding.score)
        if finding.score < _HALF:
            score = min(score, finding.score)
        told = tuple(Evidence("judge", name, value) for name, value in sums.items() if abs(value) >= _TELLING)
        return replace(finding, score=score, evidence=(*finding.evidence, *told))


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


def evidence_in(context: Context, findings: Sequence[Finding]) -> Callable[[Finding], Pieces]:
    """What tells the evidence for and against each of the findings, those of names, beside all the others."""
    # What a rule itself hardly believes supports nothing.
    names = [f for f in findings if f.entity in KINDS and f.score >= _DOUBT]
    proposed = Counter((f.start, f.end) for f in names)
    places: dict[tuple[int, str], set[int]] = {}
    for f in names:
        places.setdefault((_member(context, f), _said(context, f)), set()).add(f.start)
    seen = {key: len(starts) for key, starts in places.items()}
    return lambda finding: pieces(context, finding, proposed, seen)


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
                    f"{FILE}:{number}: want entity, piece of evidence and weight, with tabs between"
                ) from None
    return Judge(weights)


def written(weights: Iterable[tuple[str, str, float]]) -> str:
    """The lines that `read_judge` reads."""
    return "".join(f"{entity}\t{name}\t{weight:.3f}\n" for entity, name, weight in weights)
