"""Fit the judge of names: `python training/judge.py office.jsonl --hands w3,w6`, on documents that the network has not learned from."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from corpora import READERS, Sentence
from numpy.typing import NDArray

from redactor import Redactor
from redactor.detect.judge import FILE, Pieces, evidence_in, written
from redactor.detect.ner.decode import KINDS
from redactor.ruleset.load import packaged_rules
from redactor.text.document import Document

OFFICE: Final = "office"
UNJUDGED: Final = frozenset({"places.nature", "places.short-in-frame", "organizations.legal-company"})
"""Rules whose class words (湖, 有限公司) or frames (促进…各项工作) make a name of ordinary words too (如意湖, 长寿): they keep
the strength that they state."""
_HEAD: Final = (
    "# weights of the judge of names, by training/judge.py: entity, piece of evidence, what it adds to the log odds\n"
)


def main() -> None:
    """Read the command line, fit, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", type=Path)
    parser.add_argument(
        "--hands", required=True, help="beginnings of the ids of the documents to fit on, commas between"
    )
    parser.add_argument("--out", type=Path, default=Path(str(packaged_rules() / "data" / FILE)))
    parser.add_argument("--news", type=Path, action="append", default=[], help="BIO files of news, to fit on as well")
    parser.add_argument("--sentences", type=int, default=4000, help="about so many of them, from all over")
    parser.add_argument(
        "--leak", type=float, default=2.0, help="what a missed name costs, a word masked wrongly being 1"
    )
    parser.add_argument("--ridge", type=float, default=1.0)
    arguments = parser.parse_args()
    redactor = Redactor()
    hands = tuple(arguments.hands.split(","))
    documents = [json.loads(line) for line in arguments.documents.read_text(encoding="utf-8").splitlines()]
    texts = [
        Sentence(d["text"], tuple((s["start"], s["end"], s["type"]) for s in d["spans"]), OFFICE)
        for d in documents
        if d["id"].startswith(hands)
    ]
    news = [sentence for path in arguments.news for sentence in READERS["bio"](path, "news")]
    every = max(1, len(news) // arguments.sentences)
    texts += news[::every]
    rows: dict[str, list[tuple[Pieces, bool]]] = {kind: [] for kind in KINDS}
    plan = redactor._plan
    assert plan.tagger is not None
    for sentence in texts:
        gold = {at for start, end, kind in sentence.spans if kind in KINDS for at in range(start, end)}
        document = Document(sentence.text)
        findings = [f for detector in plan.detectors for f in detector.find(document)]
        evidence = evidence_in(plan.tagger.context(document), findings)
        for finding in findings:
            # What an organisation is, conventions see too differently (县财政局): of those, news tells nothing.
            if (
                finding.rule not in UNJUDGED
                and finding.entity in KINDS
                and (sentence.corpus == OFFICE or finding.entity != "ORGANIZATION")
            ):
                right = all(at in gold for part in finding.parts for at in range(*part))
                rows[finding.entity].append((evidence(finding), right))
    weights = []
    for kind in KINDS:
        names = sorted({name for evidence, _ in rows[kind] for name in evidence})
        inputs = np.array([[evidence.get(name, 0.0) for name in names] for evidence, _ in rows[kind]])
        right = np.array([good for _, good in rows[kind]], float)
        # What a rule says of itself counts as it stands, as far as the documents do not tell otherwise.
        first = np.array([float(name == "rule's score") for name in names])
        found = fitted(inputs, right, first, 1 + (arguments.leak - 1) * right, arguments.ridge)
        guessed = inputs @ found > 0
        print(
            f"{kind}: {len(right)} candidates, {right.mean():.3f} right, {np.mean(guessed == right):.3f} judged right"
        )
        weights += [(kind, name, float(weight)) for name, weight in zip(names, found, strict=True)]
    arguments.out.write_text(_HEAD + written(weights), encoding="utf-8")


def fitted(
    inputs: NDArray[Any], right: NDArray[Any], first: NDArray[Any], counts: NDArray[Any], ridge: float
) -> NDArray[Any]:
    """Logistic regression by Newton's method, with a quadratic penalty on what differs from the `first` weights; each row `counts`."""
    weights = first.copy()
    for _ in range(25):
        chances = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        gradient = inputs.T @ (counts * (chances - right)) + ridge * (weights - first)
        curve = (inputs * (counts * chances * (1 - chances))[:, None]).T @ inputs + ridge * np.eye(len(weights))
        weights -= np.linalg.solve(curve, gradient)
    return weights


if __name__ == "__main__":
    main()
