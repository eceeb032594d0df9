"""Names, places and organisations by other programs, scored as `redactor eval` scores: `python benchmarks/peers.py GOLD…`.

    python benchmarks/peers.py --speed [MB]

gives the speed of each alone, on generated text in documents of a page or two, and how many times as fast this program is.

Needs `pip install -e ".[bench]"`. Each program is given every document of the gold files (BIO or span JSON lines) and takes what it
has out of the box: dictionaries with their tags for jieba and rjieba, rules for helan, and for presidio eight recognisers by pattern
(mail, web and other numbers, none of what is scored here) without a language model. The naive loop is that of run.py: every pattern of
our rules over the whole text. Speed is the whole of its work on one core.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from command import FILE_MB
from run import best, naive_patterns
from text import paragraphs

from redactor import Redactor
from redactor.cli.eval import read_annotated
from redactor.model import Finding
from redactor.testing.scores import Mention, Scores

TAGS = {"nr": "PERSON", "ns": "LOCATION", "nt": "ORGANIZATION"}
KINDS = frozenset(TAGS.values())
Recognize = Callable[[str], Iterable[Mention]]


def main() -> None:
    """Read the command line and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="*", type=Path)
    parser.add_argument("--speed", type=float, nargs="?", const=1.0, metavar="MB", help="speeds, on so much text (1)")
    arguments = parser.parse_args()
    if arguments.speed:
        show_speeds(pages(arguments.speed))
        return
    if not arguments.gold:
        parser.error("give annotated files, or --speed")
    documents = [document for path in arguments.gold for document in read_annotated(path)]
    size = sum(len(document.text) for document in documents)
    print(f"{'':16} {'PERSON':>7} {'LOC':>7} {'ORG':>7} {'all F1':>7} {'cover':>7} {'chars/s':>10}")
    for name, make in PEERS.items():
        recognize = make()
        list(recognize("预热一下"))
        scores = Scores()
        seconds = 0.0
        for document in documents:
            began = time.perf_counter()
            found = list(recognize(document.text))
            seconds += time.perf_counter() - began
            scores.add(document, [Finding(*mention, rule=name, score=1.0) for mention in found], KINDS)
        by_kind = [scores.entities[kind].f1 if kind in scores.entities else None for kind in TAGS.values()]
        row = [*by_kind, scores.total.f1, scores.total.cover]
        print(f"{name:16} " + " ".join(f"{value or 0:7.3f}" for value in row) + f" {size / seconds:>10,.0f}")


def pages(megabytes: float) -> list[str]:
    """Generated text in documents of FILE_MB."""
    documents: list[str] = []
    held, size = [], 0
    for paragraph in paragraphs(megabytes):
        held.append(paragraph)
        size += len(paragraph.encode())
        if size >= FILE_MB * 1e6:
            documents.append("".join(held))
            held, size = [], 0
    return [*documents, "".join(held)]


def show_speeds(documents: list[str]) -> None:
    """Print MB of UTF-8 a second of each program, and of this one under three settings over that."""
    size = sum(len(document.encode()) for document in documents) / 1e6
    own = {}
    for name, redactor in {
        "clean": Redactor("clean"),
        "no ner": Redactor(ner="none"),
        "publish": Redactor(),
    }.items():
        list(redactor.redact_many(documents[:2]))
        seconds, _ = best(lambda redactor=redactor: list(redactor.redact_many(documents)))
        own[name] = size / seconds
    print(f"{'':16} {'MB/s':>8} " + " ".join(f"{name + ' ×':>10}" for name in own))
    for name, speed in own.items():
        print(f"{name:16} {speed:8.3f}")
    for name, make in PEERS.items():
        if name != "redactor":
            recognize = make()
            list(recognize("预热一下"))
            seconds, _ = best(lambda recognize=recognize: [list(recognize(document)) for document in documents])
            speed = size / seconds
            print(f"{name:16} {speed:8.3f} " + " ".join(f"{mine / speed:10.1f}" for mine in own.values()))


def ours() -> Recognize:
    """This project, detecting everything."""
    redactor = Redactor(policy="scan-only")
    return lambda text: [(f.start, f.end, f.entity) for f in redactor.scan(text) if f.entity in KINDS]


def jieba() -> Recognize:
    """Its part-of-speech tags nr, ns, nt."""
    import jieba.posseg

    return lambda text: tagged((pair.word, pair.flag) for pair in jieba.posseg.cut(text))


def rjieba() -> Recognize:
    """The same in Rust."""
    import rjieba

    return lambda text: tagged(rjieba.tag(text))


def helan() -> Recognize:
    """Rules with triggers; it knows persons and addresses."""
    import helan

    kinds = {helan.PERSON_NAME: "PERSON", helan.ADDRESS: "LOCATION"}
    return lambda text: [(e.start, e.end, kinds[e.type]) for e in helan.recognize(text) if e.type in kinds]


def presidio() -> Recognize:
    """Eight of its recognisers by pattern, through its analyzer, over the tokens that it looks for context in: none."""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers
    from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

    class NoModel(NlpEngine):
        """Knows the language and finds no words."""

        def load(self) -> None: ...

        def is_loaded(self) -> bool:
            return True

        def process_text(self, text: str, language: str) -> NlpArtifacts:
            return NlpArtifacts([], [], [], [], self, language)

        def process_batch(self, texts: Iterable[str], language: str, **options: object) -> Iterator[object]:
            return ((text, self.process_text(text, language)) for text in texts)

        def is_stopword(self, word: str, language: str) -> bool:
            return False

        def is_punct(self, word: str, language: str) -> bool:
            return False

        def get_supported_entities(self) -> list[str]:
            return []

        def get_supported_languages(self) -> list[str]:
            return ["zh"]

    names = ("CreditCard", "Crypto", "Date", "Email", "Iban", "Ip", "MacAddress", "Url")
    recognizers = [getattr(predefined_recognizers, f"{name}Recognizer")(supported_language="zh") for name in names]
    registry = RecognizerRegistry(recognizers, supported_languages=["zh"])
    analyzer = AnalyzerEngine(registry, NoModel(), supported_languages=["zh"])
    return lambda text: [
        (r.start, r.end, r.entity_type) for r in analyzer.analyze(text, "zh") if r.entity_type in KINDS
    ]


def naive() -> Recognize:
    """What the patterns of our rules find of names, places and organisations, all over the text and nothing weighed."""
    patterns = naive_patterns()
    return lambda text: [
        (*match.span(), entity) for entity, pattern in patterns for match in pattern.finditer(text) if entity in KINDS
    ]


def tagged(words: Iterable[tuple[str, str]]) -> Iterator[Mention]:
    """The words with a tag that names an entity."""
    at = 0
    for word, tag in words:
        entity = TAGS.get(tag[:2])
        if entity:
            yield at, at + len(word), entity
        at += len(word)


PEERS: dict[str, Callable[[], Recognize]] = {
    "jieba.posseg": jieba,
    "rjieba": rjieba,
    "helan": helan,
    "presidio": presidio,
    "naive loop": naive,
    "redactor": ours,
}


if __name__ == "__main__":
    main()
