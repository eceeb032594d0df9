"""Documents whose lines are marked as text or as site text, as the line voter learns from them."""

from __future__ import annotations

import csv
import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import regex
from corpora import read_documents, read_marked, without_marks
from numpy.typing import NDArray

_BREAK: Final = regex.compile(r"\r\n?|\n")
_MARKED: Final = regex.compile(r"(⟦)([^⟦⟧]*)⟧")
_PAIRED: Final = regex.compile(r"(?:[^⟦⟧]|⟦[^⟦⟧]*⟧)*+")
_MOST, _LEAST = 0.7, 0.3
"""A line of which so much is marked is no part of the text; one of which less is marked is; of what is between nothing is said."""
FOLDS: Final = 6
UNKNOWN: Final = -1


@dataclass(frozen=True, slots=True)
class Marked:
    """A document as lines; a label a line: 1 no part of the text, 0 a part of it, -1 nothing said."""

    source: str
    lines: tuple[str, ...]
    labels: tuple[int, ...]

    @property
    def clean(self) -> bool:
        return not any(self.labels)


def read_promo(path: Path) -> Iterator[Marked]:
    """Documents that follow one another, each after a line `=== id | kind | source`, what is no part of the text between ⟦ and ⟧."""
    parts = regex.split(r"(?m)^=== (?!=)(.*)\n", path.read_text(encoding="utf-8"))
    for head, body in zip(parts[1::2], parts[2::2], strict=True):
        fields = [field.strip() for field in head.split("|")]
        if not _PAIRED.fullmatch(body):
            raise SystemExit(f"{path.name}: {fields[0]}: a mark that nothing opens or closes")
        text, spans = without_marks(body.rstrip("\n"), _MARKED, {"⟦": "site text"})
        yield labelled(fields[-1], text, [(start, end) for start, end, _ in spans])


def read_annotated(path: Path, name: str) -> Iterator[Marked]:
    """JSON lines `{"text": …, "boilerplate": [{"start": …, "end": …}, …]}`, with or without `source_of`."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        spans = [(span["start"], span["end"]) for span in row["boilerplate"]]
        yield labelled(row.get("source_of", f"{name} {row['id']}"), row["text"], spans)


def read_body(form: str, path: Path, without: tuple[str, ...] = ()) -> Iterator[Marked]:
    """Texts without any promotion: `marked`, `documents` (see corpora.py) and `csv`, a table with a column Text.

    `without`: beginnings of the ids of documents that hold some all the same.
    """
    if form == "csv":
        with path.open(encoding="utf-8", newline="") as stream:
            texts = [regex.sub(r" *　　+", "\n　　", row["Text"]).strip() for row in csv.DictReader(stream)]
    else:
        reader: Callable[..., Any] = {"marked": read_marked, "documents": read_documents}[form]
        texts = [sentence.text for sentence in reader(path, "", without)]
    for number, text in enumerate(texts):
        yield labelled(f"{path.name} {number}", text, [])


def labelled(source: str, text: str, spans: Sequence[tuple[int, int]]) -> Marked:
    """The lines of a text with what the spans say of each."""
    inside = np.zeros(len(text), np.bool_)
    for start, end in spans:
        inside[start:end] = True
    lines, labels, at = [], [], 0
    for stop in [*(match.end() for match in _BREAK.finditer(text)), len(text)]:
        line = text[at:stop]
        shown = [inside[at + place] for place, char in enumerate(line) if not char.isspace()]
        if line:
            share = sum(shown) / max(1, len(shown))
            lines.append(line.rstrip("\r\n"))
            labels.append(1 if share >= _MOST else 0 if share <= _LEAST else UNKNOWN)
        at = stop
    return Marked(source, tuple(lines), tuple(labels))


def held_back(source: str) -> bool:
    """Whether a source is one of the third that is held back: by its name alone."""
    return hashlib.sha256(source.encode()).digest()[0] % 3 == 0


def fold_of(source: str) -> int:
    return hashlib.sha256(source.encode()).digest()[1] % FOLDS


def folding(traditional: Path | None) -> NDArray[np.uint16]:
    """What each character of the basic plane is taken for."""
    simple: dict[str, str] = {}
    if traditional:
        rows = (line.split("\t") for line in traditional.read_text(encoding="utf-8").splitlines() if "\t" in line)
        simple = {row[0]: row[1].split(" ")[0] for row in rows}
    table = np.zeros(0x10000, np.uint16)
    for point in range(0x10000):
        char = unicodedata.normalize("NFKC", chr(point))
        char = (char if len(char) == 1 else chr(point)).lower()
        char = simple.get(char, char)
        char = char if len(char) == 1 and ord(char) < 0x10000 else chr(point)
        kind = unicodedata.category(char)
        if char.isspace() or kind == "Zs":
            char = " "
        elif kind == "Nd":
            char = "0"
        elif kind in ("Cf", "Cc", "Cn"):
            char = "\0"
        table[point] = ord(char)
    table[10] = 10
    return table


def named(items: Sequence[str]) -> Iterator[tuple[str, Path]]:
    for item in items:
        name, _, path = item.partition("=" if "=" in item else ":")
        yield name, Path(path)
