"""What decisions teach the lists of a project: values that were decided against the rules, wherever they stand, as terms to keep or to mask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from redactor.review.decisions import Entry, Place
from redactor.review.drawing import Marks
from redactor.review.fingerprints import value_of
from redactor.review.items import MASKED
from redactor.review.taken import Taken

Way = Literal["keep", "mask"]
_LEAST: Final = 2
"""Characters of a term: one alone stands in too many words."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms, in order.

    How many values were left out: `split`, because they were decided otherwise elsewhere; `unfit`, because they can't stand in a list
    (of one character, over several lines, or like a note).
    """

    terms: tuple[str, ...]
    split: int = 0
    unfit: int = 0


@dataclass(frozen=True, slots=True)
class Against:
    """A decision that does what the rules would not do by themselves. `places`: those of its places at which that is so."""

    entry: Entry
    places: tuple[Place, ...]
    text: str
    document: Taken


def against_rules(documents: Iterable[Taken]) -> Iterator[Against]:
    """Decisions to keep what the rules mask, and to mask what they leave."""
    for document in documents:
        found = ((each.flow, each.start, each.end) for each in document.plain.found if each.kind in MASKED)
        masked = Marks.at(found, document.texts)
        for entry in document.file.entries:
            if entry.action == "keep":
                places = tuple(place for place in entry.places if masked[place[0]].touches(*place[1:]))
            elif entry.action == "mask":
                places = tuple(place for place in entry.places if not masked[place[0]].covers(*place[1:]))
            else:
                continue
            if places:
                yield Against(entry, places, document.text(places[0]), document)


def decided_values(documents: Iterable[Taken], way: Way) -> frozenset[str]:
    """What is kept, or masked, somewhere by decision: as values are compared."""
    return frozenset(
        value_of(document.text(entry.places[0]))
        for document in documents
        for entry in document.file.entries
        if entry.action == way
    )


def terms_of(documents: Iterable[Taken], way: Way) -> Terms:
    """The terms that decisions on values come to. What is decided of a place alone is none."""
    documents = tuple(documents)
    others = decided_values(documents, "mask" if way == "keep" else "keep")
    found: dict[str, str] = {}
    for each in against_rules(documents):
        if each.entry.action == way and each.entry.scope != "place":
            found.setdefault(value_of(each.text), each.text)
    fit = {value: text for value, text in found.items() if is_term(text)}
    terms = sorted(text for value, text in fit.items() if value not in others)
    return Terms(tuple(terms), len(fit) - len(terms), len(found) - len(fit))


def is_term(text: str) -> bool:
    """Whether a text can be a term of a list: it is then read as it was written."""
    return len(text) >= _LEAST and text.isprintable() and text.strip() == text and not text.startswith("#")


def merged(old: str, terms: Iterable[str]) -> str:
    """A list with terms more: its lines as they are, and behind them what it lacks."""
    known = {line.partition("\t")[0].strip() for line in old.splitlines()}
    lines = [*old.splitlines(), *(term for term in terms if term not in known)]
    return "".join(f"{line}\n" for line in lines)
