"""Fit the judge of names: `python training/judge.py --documents documents:office.jsonl --hands w3,w6`, on documents that the
network has not learned from."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from corpora import READERS, Sentence, Span
from numpy.typing import NDArray

from redactor import Redactor
from redactor.detect.echo import echoes
from redactor.detect.evidence import UNPROVEN, Pieces, company, pieces_of_all
from redactor.detect.judge import FILE, read_judge, written
from redactor.detect.ner.decode import KINDS
from redactor.detect.plan import Plan
from redactor.model import Finding
from redactor.packaged import packaged_rules
from redactor.text.document import Document

_PARTIAL: Final = 0.3
"""What a part of a name counts as an example of what is wrong: it hides something, but not all."""
UNJUDGED: Final = frozenset({"organizations.national-bank-branch", "names.with-mou"})
"""What these rules say is a ruling: the state's own bank keeps its name, and before 某 stands a surname, though the recogniser says more."""
_STATED: Final = {
    "rule's score": 0.4,
    "a surname beside nothing": -4.0,
    "a word, no noun, and no surname": -2.0,
    "a word beside nothing": -1.2,
    "a word of three characters": -2.0,
    "before an aspect mark": -2.0,
    "cuts a title": -3.0,
    "ends as a body does": -3.0,
    "ordinary words": 0.0,
    "rule organizations.company-common: no words": 3.0,
    "rule organizations.legal-company: no words": 3.0,
}
"""What these are worth to begin with: the documents are harder than those that rules are written for, with more names that are words than
life has, and hold few words of one character that the recogniser takes for a name."""
_FIRMLY: Final = 50.0
"""How many times as firmly as other weights that is held."""
_FEW: Final = 5
"""A rule that found less than this in the documents is not judged: nothing is known of it."""
_SMALL: Final = 1e-6
"""A step that is not worth taking."""
_ROUNDS: Final = 3
"""How often the weights are fitted: what is found elsewhere rests on how that was judged."""
_HEAD: Final = (
    "# weights of the judge of names, by training/judge.py: entity, piece of evidence, what it adds to the log odds\n"
)


def main() -> None:
    """Read the command line, fit, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--documents", action="append", default=[], metavar="FORMAT:PATH", help="formats `documents` and `marked`"
    )
    parser.add_argument(
        "--hands", required=True, help="beginnings of the ids of the documents to fit on, commas between"
    )
    parser.add_argument("--out", type=Path, default=Path(str(packaged_rules() / "data" / FILE)))
    parser.add_argument(
        "--leak", type=float, default=2.0, help="what a missed name costs, a word masked wrongly being 1"
    )
    parser.add_argument("--ridge", type=float, default=1.0, help="how firmly weights are held to what they begin with")
    parser.add_argument("--start", type=Path, help="weights of other documents, which those of these are held to")
    parser.add_argument("--kinds", default=",".join(KINDS), help="entities that are fitted; others are as they begin")
    arguments = parser.parse_args()
    redactor = Redactor()
    hands = tuple(arguments.hands.split(","))
    texts = [
        sentence
        for form, _, path in (item.partition(":") for item in arguments.documents)
        for sentence in READERS[form](Path(path), "", only=hands)
    ]
    earlier = read_judge(arguments.start.read_text(encoding="utf-8")).weights if arguments.start else {}
    plan = redactor.pipeline.plan
    assert plan.tagger is not None
    examples = [Example(plan, sentence) for sentence in texts]
    weights: dict[str, dict[str, float]] = {kind: dict(known) for kind, known in earlier.items()}
    for _ in range(_ROUNDS):
        rows = [row for example in examples for row in example.rows(weights) if row.rule not in UNJUDGED]
        for kind in arguments.kinds.split(","):
            own = [row for row in rows if row.entity == kind]
            often = Counter(row.rule for row in own)
            first = _STATED | dict(earlier.get(kind, {}))
            known = {f"rule {rule}" for rule, count in often.items() if count >= _FEW}
            seen = {name for row in own for name in row.evidence if not name.startswith("rule ") or name in known}
            names = sorted(seen | earlier.get(kind, {}).keys())
            inputs = np.array([[row.evidence.get(name, 0.0) for name in names] for row in own])
            right = np.array([row.right for row in own], float)
            counts = np.array([row.count for row in own]) * (1 + (arguments.leak - 1) * right)
            # What a rule says of itself counts as it stands, as far as the documents do not tell otherwise.
            stated = np.array([first.get(name, 0.0) for name in names])
            ridge = arguments.ridge * np.array([_FIRMLY if name in _STATED else 1.0 for name in names])
            found = fitted(inputs, right, stated, counts, ridge)
            guessed = inputs @ found > 0
            print(
                f"{kind}: {len(own)} candidates, {right.mean():.3f} right, {np.mean(guessed == right):.3f} judged right"
            )
            weights[kind] = {name: float(weight) for name, weight in zip(names, found, strict=True)}
    lines = written((kind, name, weight) for kind in KINDS for name, weight in weights[kind].items())
    arguments.out.write_text(_HEAD + lines, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate: its kind, the evidence, whether it is right, and how much that counts."""

    entity: str
    rule: str
    evidence: Pieces
    right: bool
    count: float


class Example:
    """A text with its candidates and the evidence for them."""

    def __init__(self, plan: Plan, sentence: Sentence) -> None:
        assert plan.tagger is not None
        document = Document(sentence.text)
        self.context = plan.tagger.context(document)
        findings = [f for detector in plan.detectors for f in detector.find(document)]
        self.others = company(findings)
        self.findings = [f for f in findings if f.entity in KINDS]
        self.evidence = pieces_of_all(self.context, self.findings, self.others)
        self.gold = [span for span in sentence.spans if span[2] in KINDS]

    def rows(self, weights: Mapping[str, Mapping[str, float]]) -> Iterator[Row]:
        """The candidates, with what weights of an earlier round make of the same words elsewhere."""
        odds = [
            sum(weights[f.entity].get(name, 0.0) * amount for name, amount in evidence.items()) if weights else 0.0
            for f, evidence in zip(self.findings, self.evidence, strict=True)
        ]
        echo = echoes(self.context, self.findings, odds)
        further = list(echo.further())
        evidence = [*self.evidence, *pieces_of_all(self.context, further, self.others)]
        for f, each in zip((*self.findings, *further), evidence, strict=True):
            elsewhere = echo.pieces(f)
            alone = {name: 0.0 for name in UNPROVEN if elsewhere and name in each}
            yield Row(f.entity, f.rule, {**each, **alone, **elsewhere}, *verdict(f, self.gold))


def verdict(finding: Finding, gold: Sequence[Span]) -> tuple[bool, float]:
    """Whether a finding hides just a name, and how much it counts as an example."""
    inside = {at for start, end, _ in gold for at in range(start, end)}
    if not all(at in inside for part in finding.parts for at in range(*part)):
        return False, 1.0
    first, last = finding.parts[0][0], finding.parts[-1][1]
    for start, end, kind in gold:
        # Of a place or a body, what is left may be its class word.
        if start == first and (
            end in (last, finding.end) or (kind != "PERSON" and first < last < end <= 2 * last - first)
        ):
            return True, 1.0
    return False, _PARTIAL


def fitted(
    inputs: NDArray[Any], right: NDArray[Any], first: NDArray[Any], counts: NDArray[Any], ridge: NDArray[Any]
) -> NDArray[Any]:
    """Logistic regression by Newton's method, with a quadratic penalty on what differs from the `first` weights; each row `counts`."""

    def loss(weights: NDArray[Any]) -> float:
        signed = (2 * right - 1) * (inputs @ weights)
        return float(counts @ np.logaddexp(0, -signed) + np.sum(ridge * (weights - first) ** 2) / 2)

    weights = first.copy()
    for _ in range(25):
        chances = 1 / (1 + np.exp(-(inputs @ weights)))
        gradient = inputs.T @ (counts * (chances - right)) + ridge * (weights - first)
        curve = (inputs * (counts * chances * (1 - chances))[:, None]).T @ inputs + np.diag(ridge)
        step, now = np.linalg.solve(curve, gradient), loss(weights)
        while loss(weights - step) > now and np.abs(step).max() > _SMALL:
            step /= 2
        weights -= step
    return weights


if __name__ == "__main__":
    main()
