"""Speed against accuracy of this program and others, as a picture: `python benchmarks/chart.py GOLD… --to docs/peers.png`.

Accuracy is F1 of exact spans of persons, places and organisations on the annotated files (BIO or span JSON lines), speed is MB of UTF-8
a second of one processor on generated pages, each program as it comes out of the box, all in one run. The programs are those of peers.py,
and this one also without its statistical recogniser; its speed is that of the whole of `publish`, edits included, that of the others is
finding alone. `--also NAME=MODULE:FUNCTION` adds another one: a function without arguments that gives a function from a text to
(start, end, entity). Needs `pip install -e ".[bench]"`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

import matplotlib
from peers import KINDS, PEERS, TAGS, Recognize, pages

from redactor import Redactor
from redactor.cli.eval import read_annotated
from redactor.model import Finding
from redactor.testing.scores import Annotated, Scores

OWN = {"redactor": "builtin", "redactor, no recogniser": "none"}
REPEAT = 3


def main() -> None:
    """Measure, print the figures and draw them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--to", type=Path, required=True, metavar="PNG")
    parser.add_argument(
        "--speed", type=float, default=0.5, metavar="MB", help="how much text speed is measured on (0.5)"
    )
    parser.add_argument("--also", action="append", default=[], metavar="NAME=MODULE:FUNCTION", help="another program")
    arguments = parser.parse_args()
    documents = [document for path in arguments.gold for document in read_annotated(path)]
    peers = {name: make for name, make in PEERS.items() if name not in OWN}
    for name, _, place in (each.partition("=") for each in arguments.also):
        module, _, function = place.partition(":")
        peers[name] = getattr(import_module(module), function)
    texts = pages(arguments.speed)
    figures = {name: measured_own(ner, documents, texts) for name, ner in OWN.items()}
    figures |= {name: measured(make(), documents, texts) for name, make in peers.items()}
    print(f"{'':24} " + " ".join(f"{kind:>12}" for kind in TAGS.values()) + f" {'all F1':>7} {'MB/s':>8}")
    for name, (scores, speed) in figures.items():
        kinds = (scores.entities[kind].f1 if kind in scores.entities else None for kind in TAGS.values())
        row = " ".join(f"{value or 0:12.3f}" for value in kinds)
        print(f"{name:24} {row} {scores.total.f1 or 0:7.3f} {speed:8.3f}")
    draw({name: (speed, scores.total.f1 or 0.0) for name, (scores, speed) in figures.items()}, arguments.to)


def measured(recognize: Recognize, documents: Sequence[Annotated], texts: Sequence[str]) -> tuple[Scores, float]:
    """Scores and MB/s of a function from a text to what it finds."""
    speed = megabytes_a_second(lambda: [list(recognize(text)) for text in texts], texts)
    return scored(recognize, documents), speed


def measured_own(ner: str, documents: Sequence[Annotated], texts: Sequence[str]) -> tuple[Scores, float]:
    """The same of this program: what it finds is scored, the whole of `publish` is timed."""
    finder, publish = Redactor("scan-only", ner=ner), Redactor(ner=ner)
    speed = megabytes_a_second(lambda: list(publish.redact_many(texts)), texts)
    return scored(
        lambda text: [(f.start, f.end, f.entity) for f in finder.scan(text) if f.entity in KINDS], documents
    ), speed


def scored(recognize: Recognize, documents: Sequence[Annotated]) -> Scores:
    """What is found in annotated documents, scored."""
    scores = Scores()
    for document in documents:
        found = [Finding(*mention, rule="peer", score=1.0) for mention in recognize(document.text)]
        scores.add(document, found, KINDS)
    return scores


def megabytes_a_second(act: Callable[[], object], texts: Sequence[str]) -> float:
    """Of processor time, at best."""
    act()  # what is made when it is first needed is no part of it
    seconds = []
    for _ in range(REPEAT):
        began = time.process_time()
        act()
        seconds.append(time.process_time() - began)
    return sum(len(text.encode()) for text in texts) / 1e6 / min(seconds)


def draw(points: dict[str, tuple[float, float]], to: Path) -> None:
    """A point for each program: MB/s to the right, F1 upwards."""
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7.2, 4.2), dpi=120)
    for name, (speed, f1) in points.items():
        own = name in OWN
        axes.scatter(speed, f1, s=60 if own else 36, color="#c0392b" if own else "#34495e", zorder=3)
        axes.annotate(name, (speed, f1), xytext=(0, 7), textcoords="offset points", ha="center", fontsize=9)
    axes.set_xscale("log")
    axes.set_ylim(-0.03, 1)
    axes.margins(x=0.15)
    axes.set_xlabel("MB of UTF-8 a second on one core (log scale)")
    axes.set_ylabel("F1, exact spans of names, places, organisations")
    axes.grid(which="major", color="#dddddd")
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(to, metadata={"Software": ""})


if __name__ == "__main__":
    main()
