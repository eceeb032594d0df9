"""What `learn` finds on made collections, in figures: `python -m tests.learning.figures KIND…` prints them."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from redactor.files.walk import sources
from redactor.learning.documents import FOLDER, Collection
from redactor.learning.learn import learn
from redactor.ruleset.known_lines import key, known_of
from redactor.text.lines import Line
from tests.learning.sites import UNSEEN, made

LEAST = 0.02


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of lines (tokens): promotion that repeats and that a line of the file covers, in force or not, and honest repeats in force."""

    promotion: int
    found: float
    in_force: float
    honest: int
    honest_in_force: float
    text_in_force: int
    missed: tuple[str, ...] = ()


def figures(sites: Sequence[str], count: int, seed: int) -> Figures:
    documents = list(made(sites, count, seed))
    with tempfile.TemporaryDirectory() as folder:
        for number, document in enumerate(documents):
            path = Path(folder, document.site, f"{number:05}.txt")
            path.parent.mkdir(exist_ok=True)
            path.write_text(document.text, "utf-8")
        learned = learn(Collection(sources([Path(folder)]).sources, group_by=FOLDER), LEAST)
    everything = known_of((each.key,) for each in learned.proposals)
    acting = known_of((each.key,) for each in learned.proposals if not each.doubts)
    repeats = Counter(
        (document.site, name)
        for document in documents
        for name in {n for line, _ in document.lines for n in _names(line)}
    )
    counts: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for document in documents:
        for line, label in document.lines:
            if label != "text" and max(repeats[document.site, name] for name in _names(line)) < LEAST * count:
                continue
            counts[label] += 1
            counts[label, "found"] += _covers(everything, line)  # type: ignore[index]
            counts[label, "acting"] += _covers(acting, line)  # type: ignore[index]
            if label == "promotion" and not _covers(acting, line):
                missed[key(line)[:30]] += 1
            if label == "honest" and _covers(acting, line):
                missed["! " + key(line)[:30]] += 1
    c = counts
    return Figures(
        c["promotion"], c["promotion", "found"] / c["promotion"], c["promotion", "acting"] / c["promotion"],  # type: ignore[index]
        c["honest"], c["honest", "acting"] / max(1, c["honest"]), c["text", "acting"],  # type: ignore[index]
        tuple(f"{n} {line}" for line, n in missed.most_common(12)),
    )  # fmt: skip


def _names(line: str) -> tuple[str, ...]:
    """What a line is counted as: itself, and its beginning."""
    folded = key(line)
    return (folded, folded.partition(":")[0] + ":") if ":" in folded[:14] else (folded,)


def _covers(known: object, line: str) -> bool:
    return any(known.spans([Line(0, len(line), line)]))  # type: ignore[attr-defined]


if __name__ == "__main__":
    kinds = sys.argv[1:] or list(UNSEEN)
    for sites in [kinds, *([kind] for kind in kinds)]:
        print(*sites, figures(sites, 400, 7), sep="  ")
