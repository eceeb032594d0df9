"""Fit the judge of names: `python training/judge.py office.jsonl --hands w3,w6`, on documents that the network has not learned from."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from redactor import Redactor
from redactor.detect.judge import FILE, Pieces, weighed, written
from redactor.detect.ner.decode import KINDS
from redactor.ruleset.load import packaged_rules
from redactor.text.document import Document

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
    parser.add_argument("--ridge", type=float, default=1.0)
    arguments = parser.parse_args()
    redactor = Redactor()
    rows: dict[str, list[tuple[Pieces, bool, str]]] = {kind: [] for kind in KINDS}
    for line in arguments.documents.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if not row["id"].startswith(tuple(arguments.hands.split(","))):
            continue
        gold = {at for s in row["spans"] if s["type"] in KINDS for at in range(s["start"], s["end"])}
        document = Document(row["text"])
        plan = redactor._plan
        assert plan.tagger is not None
        findings = [f for detector in plan.detectors for f in detector.find(document)]
        for finding, evidence in weighed(plan.tagger.context(document), findings):
            if finding.entity in KINDS:
                inside = sum(at in gold for part in finding.parts for at in range(*part))
                length = sum(end - start for start, end in finding.parts)
                rows[finding.entity].append((evidence, inside == length, finding.rule))
    weights = []
    for kind in KINDS:
        names = sorted({name for evidence, _, _ in rows[kind] for name in evidence})
        inputs = np.array([[evidence.get(name, 0.0) for name in names] for evidence, _, _ in rows[kind]])
        right = np.array([good for _, good, _ in rows[kind]], float)
        # What a rule says of itself counts as it stands, as far as the documents do not tell otherwise.
        first = np.array([float(name == "rule's score") for name in names])
        found = fitted(inputs, right, first, arguments.ridge)
        guessed = inputs @ found > 0
        print(
            f"{kind}: {len(right)} candidates, {right.mean():.3f} right, {np.mean(guessed == right):.3f} judged right"
        )
        weights += [(kind, name, float(weight)) for name, weight in zip(names, found, strict=True)]
    arguments.out.write_text(_HEAD + written(weights), encoding="utf-8")


def fitted(inputs: NDArray[Any], right: NDArray[Any], first: NDArray[Any], ridge: float) -> NDArray[Any]:
    """Logistic regression by Newton's method, with a quadratic penalty on what differs from the `first` weights."""
    weights = first.copy()
    for _ in range(25):
        chances = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        gradient = inputs.T @ (chances - right) + ridge * (weights - first)
        curve = (inputs * (chances * (1 - chances))[:, None]).T @ inputs + ridge * np.eye(len(weights))
        weights -= np.linalg.solve(curve, gradient)
    return weights


if __name__ == "__main__":
    main()
