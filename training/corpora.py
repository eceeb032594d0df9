"""Annotated corpora as sentences with spans: each corpus keeps its own convention, the labels have one name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import regex

from redactor.chinese.names import BEFORE_SURNAMES
from redactor.packaged import read_words
from redactor.policy.operators import compound_surnames

Span = tuple[int, int, str]
Hands = tuple[str, ...]
KINDS: Final = ("PERSON", "LOCATION", "ORGANIZATION")
_BIO: Final = {"PER": "PERSON", "NAME": "PERSON", "LOC": "LOCATION", "GPE": "LOCATION", "ORG": "ORGANIZATION"}
_CLUENER: Final = {
    "name": "PERSON",
    "address": "LOCATION",
    "scene": "LOCATION",
    "company": "ORGANIZATION",
    "government": "ORGANIZATION",
    "organization": "ORGANIZATION",
}
_BOSON: Final = {
    "person_name": "PERSON",
    "location": "LOCATION",
    "org_name": "ORGANIZATION",
    "company_name": "ORGANIZATION",
}
_TAGGED: Final = {"nr": "PERSON", "ns": "LOCATION", "nt": "ORGANIZATION"}
_NAME: Final = regex.compile(r"\{([PLO])\|([^{}|\n]+)\}")
_KIND_OF: Final = {kind[0]: kind for kind in KINDS}
_MARK: Final = regex.compile(r"\{\{(\w+):\s*(.*?)\s*\}\}")


def made_words(name: str) -> tuple[str, ...]:
    """Words of `training/words/NAME.txt`; what stands there twice is drawn twice as often."""
    return read_words((Path(__file__).parent / "words" / f"{name}.txt").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text and its entities, in order, half-open, not overlapping; `corpus` names the convention they follow."""

    text: str
    spans: tuple[Span, ...]
    corpus: str


def read_bio(path: Path, corpus: str) -> Iterator[Sentence]:
    """Lines `character tag`, a blank line after each sentence; tags B-X and I-X, or B-X, M-X, E-X and S-X; of Weibo only named entities (X.NAM)."""
    for block in regex.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        rows = [regex.split(r"[ \t]", line) for line in block.splitlines() if line.strip()]
        if rows:
            # Weibo numbers its characters inside words.
            yield Sentence("".join(row[0][0] for row in rows), tuple(_spans([row[-1] for row in rows])), corpus)


def _spans(tags: list[str]) -> Iterator[Span]:
    start, kind = 0, ""
    for at, tag in enumerate([*tags, "O"]):
        head, _, name = tag.partition("-")
        if head not in ("I", "M", "E"):
            if kind:
                yield start, at, kind
            name, _, how = name.partition(".")
            start, kind = at, _BIO.get(name, "") if head in ("B", "S") and how in ("", "NAM") else ""


def read_cluener(path: Path, corpus: str = "cluener") -> Iterator[Sentence]:
    """JSON lines with `text` and `label[type][mention] = [[start, last]]`."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        spans = [
            (start, last + 1, _CLUENER[name])
            for name, mentions in row["label"].items()
            if name in _CLUENER
            for places in mentions.values()
            for start, last in places
        ]
        yield Sentence(row["text"], tuple(apart(spans)), corpus)


def read_boson(path: Path, corpus: str = "boson") -> Iterator[Sentence]:
    """Texts a line, entities as `{{type:mention}}`, line breaks as the two characters backslash and n."""
    for line in path.read_text(encoding="utf-8").splitlines():
        for part in line.split("\\n"):
            text, spans = without_marks(part, _MARK, _BOSON)
            if text.strip():
                yield Sentence(text, spans, corpus)


def without_marks(text: str, marks: regex.Pattern[str], kinds: Mapping[str, str]) -> tuple[str, tuple[Span, ...]]:
    """A text without its marks, of which group 1 is a kind and group 2 what is marked, and the spans of what is of a known kind."""
    plain, spans, at = "", [], 0
    for mark in marks.finditer(text):
        plain += text[at : mark.start()]
        if mark[1] in kinds:
            spans.append((len(plain), len(plain) + len(mark[2]), kinds[mark[1]]))
        plain += mark[2]
        at = mark.end()
    return plain + text[at:], tuple(spans)


def read_tagged(path: Path, corpus: str = "pd98") -> Iterator[Sentence]:
    """Segmented lines `word/tag  word/tag`; surname and given name, which are words of their own, make one person."""
    for line in path.read_text(encoding="utf-8").splitlines():
        text, spans, surname = "", [], False
        for token in line.split():
            word, _, tag = token.rpartition("/")
            start = len(text)
            text += word
            kind = _TAGGED.get(tag)
            if tag == "j" and all(char in _COUNTRIES for char in word):
                # 中美, 日俄: each character is a country.
                spans += [(at, at + 1, "LOCATION") for at in range(start, len(text))]
            if kind == "PERSON" and surname and spans and spans[-1][1] == start and len(word) <= 2:
                spans[-1] = (spans[-1][0], len(text), kind)
                surname = False
                continue
            surname = kind == "PERSON" and (len(word) == 1 or word in compound_surnames())
            if kind:
                spans.append((start, len(text), kind))
        if text:
            yield Sentence(text, tuple(spans), corpus)


_COUNTRIES: Final = frozenset(made_words("place-short"))


def read_documents(path: Path, corpus: str, without: Hands = (), only: Hands = ("",)) -> Iterator[Sentence]:
    """JSON lines `{"id": …, "text": …, "spans": [{"start": …, "end": …, "type": …}, …]}`: whole documents; other types are passed over.

    `without`, `only`: beginnings of ids of documents that are left out, and that are read.
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["id"].startswith(without) or not row["id"].startswith(only):
            continue
        spans = ((s["start"], s["end"], s["type"]) for s in row["spans"] if s["type"] in KINDS)
        yield Sentence(row["text"], tuple(apart(spans)), corpus)


def read_marked(path: Path, corpus: str, without: Hands = (), only: Hands = ("",)) -> Iterator[Sentence]:
    """Documents that follow one another, each after a line `=== id genre`, their names marked `{P|…}`, `{L|…}`, `{O|…}`.

    `without`, `only`: beginnings of ids of documents that are left out, and that are read.
    """
    for head, body in regex.findall(r"(?m)^=== *(.*)\n((?:(?!===).*(?:\n|\Z))*)", path.read_text(encoding="utf-8")):
        if head.startswith(without) or not head.startswith(only):
            continue
        yield Sentence(*without_marks(body.rstrip("\n"), _NAME, _KIND_OF), corpus)


READERS: Final[dict[str, Callable[..., Iterator[Sentence]]]] = {
    "bio": read_bio,
    "cluener": read_cluener,
    "boson": read_boson,
    "tagged": read_tagged,
    "documents": read_documents,
    "marked": read_marked,
    "bmes": read_bio,
}


def apart(spans: Iterable[Span]) -> list[Span]:
    """Spans in order; of those that overlap the longer stays."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s[0] - s[1], s[0])):
        if all(span[1] <= k[0] or k[1] <= span[0] for k in kept):
            kept.append(span)
    return sorted(kept)


def without_titles(sentence: Sentence) -> Sentence:
    """The sentence with persons cut down to their names: 周先生 is 周, 老于 is 于."""
    spans = []
    for start, end, kind in sentence.spans:
        if kind == "PERSON":
            value = sentence.text[start:end]
            title = next((t for t in _TITLES if value.endswith(t) and len(value) > len(t)), "")
            end -= len(title)
            if end - start == 2 and value[0] in BEFORE_SURNAMES:
                start += 1
        spans.append((start, end, kind))
    return Sentence(sentence.text, tuple(spans), sentence.corpus)


_TITLES: Final = made_words("titles-beside")
