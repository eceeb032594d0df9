"""A collection read twice: what repeats is counted, then some documents that have it are looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from redactor.learning.counts import SMALL, Counts, Repeated
from redactor.learning.documents import Collection, Document
from redactor.learning.judge import Proposal, Seen, judged
from redactor.learning.lines import BEGINNING, EDGE, folded_lines, hashed, one_line_end, rows
from redactor.learning.marks import is_of_site
from redactor.model import FormatError
from redactor.redactor import Redactor

MOST: Final = 4_000
"""Lines of one file: more nobody reviews."""
_FENCE: Final = "```"


@dataclass(frozen=True, slots=True)
class Learned:
    """What repeats over a collection. `documents`: how many there are, copies of others not counted; `copies`: how many are such.

    `groups`: how many documents there are of each group that was compared. `left_out`: how many lines, those that take least out, would
    have been too many.
    """

    proposals: tuple[Proposal, ...]
    documents: int
    copies: int
    groups: dict[str, int]
    left_out: int = 0


def learn(collection: Collection, least: float, cache: Path | None = None) -> Learned:
    """The lines that at least that share of the documents of a group have. FormatError when there is no document.

    `cache`: a folder where what was worked out from the built-in rules is kept, as for a `Redactor`.
    """
    numbers: dict[str, int] = {}
    total = 0
    with Counts() as counts:
        for document in collection.documents():
            counts.add(numbers.setdefault(document.group, len(numbers)), rows(folded_lines(document.text)))
            total += 1
        if not total:
            raise FormatError("no document was found that can be read")
        found = counts.repeated(least)
        sizes = counts.sizes
    names = {number: name for name, number in numbers.items()} | {SMALL: ""}
    proposals = judged(list(_seen(collection, found, _voice(cache))), sizes, names, least)
    return Learned(
        tuple(proposals[:MOST]),
        sum(sizes.values()),
        total - sum(sizes.values()),
        {names[number]: size for number, size in sorted(sizes.items())},
        max(0, len(proposals) - MOST),
    )


@lru_cache(maxsize=1)
def _voice(cache: Path | None) -> Redactor:
    """What the built-in rules say of lines; made once, for it takes longer than a small collection."""
    return Redactor("clean", only=["BOILERPLATE"], ner="none", cache=cache)


def _seen(collection: Collection, found: Iterable[Repeated], voice: Redactor) -> Iterator[Seen]:
    """What repeats with how it is written, in some documents that have it."""
    found = list(found)
    wanted: dict[int, list[Repeated]] = {}
    for each in found:
        for number in each.examples:
            wanted.setdefault(number, []).append(each)
    shown: dict[tuple[int, int, int], list[_Line]] = {}
    for number, document in collection.some(wanted):
        look = _look(document, voice)
        for each in wanted[number]:
            if (line := look.get((each.hashed, each.kind == BEGINNING))) is not None:
                shown.setdefault((each.hashed, each.kind, each.group), []).append(line)
    for each in found:
        lines = shown.get((each.hashed, each.kind, each.group))
        if not lines:
            raise FormatError("the collection changed while it was read")
        yield Seen(
            each,
            tuple((line.place, line.text) for line in lines),
            any(line.in_code for line in lines),
            sum(line.gone for line in lines),
            all(line.of_site for line in lines),
        )


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a document, or its beginning: whether it stands in code, whether built-in rules take it out, whether only a site says so."""

    place: str
    text: str
    in_code: bool
    gone: bool
    of_site: bool


def _look(document: Document, voice: Redactor) -> dict[tuple[int, bool], _Line]:
    """By hash, and whether it is a beginning, the lines of a document."""
    lines = one_line_end(document.text).split("\n")
    folded = folded_lines(document.text)
    shown = [number for number, line in enumerate(folded) if line]
    edges = shown if len(shown) <= 2 * EDGE else shown[:EDGE] + shown[-EDGE:]
    gone = _taken_out([lines[number] for number in edges], voice)
    coded, in_code = set(), False
    for number, line in enumerate(lines):
        if line.lstrip().startswith(_FENCE):
            in_code = not in_code
            coded.add(number)
        elif in_code:
            coded.add(number)
    found: dict[tuple[int, bool], _Line] = {}
    for at, number in enumerate(edges):
        text = lines[number].strip()
        told = _Line(document.place(number + 1), text, number in coded, at in gone, is_of_site(text))
        found.setdefault((hashed(folded[number]), False), told)
        head, colon, _ = folded[number].partition(":")
        if colon:
            end = min(place for sign in ":：" if (place := text.find(sign)) >= 0) if set(text) & set(":：") else -1
            if end > 0:
                found.setdefault((hashed(head + colon), True), replace(told, text=text[: end + 1]))
    return found


def _taken_out(lines: list[str], voice: Redactor) -> set[int]:
    """The numbers of the lines that the built-in rules take out of a text made of them."""
    starts, text = [], ""
    for line in lines:
        starts.append(len(text))
        text += line + "\n"
    spans = [(each.start, each.end) for each in voice.scan(text)]
    return {
        number
        for number, (start, line) in enumerate(zip(starts, lines, strict=True))
        if any(low <= start and start + len(line) <= high for low, high in spans)
    }
