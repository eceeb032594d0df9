"""What is looked at before the end: what must be settled, and what an editor is to have seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import regex

from redactor.document.edits import apply
from redactor.language import say, several
from redactor.model import Finding
from redactor.packaged import packaged_words
from redactor.redactor import Redactor
from redactor.review.drawing import DOUBT
from redactor.review.fingerprints import value_of
from redactor.review.items import Found
from redactor.text.document import Document
from redactor.text.places import at, said_place

if TYPE_CHECKING:
    from redactor.review.session import Session

MUCH: Final = 30
"""Per cent of a text that are changed, over which it is told."""
NAMES: Final = frozenset({"PERSON", "LOCATION", "ORGANIZATION"})
"""Entities whose values may be words that name nobody."""
_CLASSES: Final = "|".join(map(regex.escape, packaged_words("review-classified")))
_INTERNAL: Final = "|".join(map(regex.escape, packaged_words("review-internal")))
CLASSIFIED: Final = regex.compile(rf"(?m)^[\s]*(?:{_CLASSES})(?=\s*[★☆]|\s*$)|(?:{_CLASSES})(?=[★☆])|{_INTERNAL}")
"""Marks of classification, as GB/T 9704-2012 (7.2.2) has them, and of internal papers."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to look at. `must`: it is to be settled; else it is enough that it was seen. `items`: the places that it is about."""

    id: str
    text: str
    must: bool = False
    items: Sequence[str] = field(default=())


def points_of(review: Session, redactor: Redactor, output: Path) -> list[Point]:
    """Everything to look at in a document, what must be settled first."""
    points = [
        *_open(review),
        *_split(review),
        *_names(review),
        *_elsewhere(review),
        *_protected(review, redactor),
        *_whole(review, redactor, output),
    ]
    return sorted(points, key=lambda point: not point.must)


def _open(review: Session) -> Iterator[Point]:
    for kind in DOUBT:
        ids = [id_ for id_, each in review.page.items.items() if each["kind"] == kind and each["open"]]
        if ids and kind == "doubtful":
            yield Point(
                kind,
                several("{number} doubtful place is not decided", "{number} doubtful places are not decided", len(ids)),
                True,
                ids,
            )
        elif ids:
            yield Point(
                kind,
                several(
                    "{number} place that is left over is not decided",
                    "{number} places that are left over are not decided",
                    len(ids),
                ),
                True,
                ids,
            )
    ids = [id_ for id_, each in review.page.items.items() if each["state"] == "later"]
    if ids:
        yield Point(
            "later",
            several("{number} place is left for somebody else", "{number} places are left for somebody else", len(ids)),
            False,
            ids,
        )


def _split(review: Session) -> Iterator[Point]:
    for group in review.page.groups.values():
        if group["split"]:
            text = say("{value}: masked in one place and kept in another", value=brief(group["value"]))
            yield Point(f"split-{group['id']}", text, False, group["items"])


def _names(review: Session) -> Iterator[Point]:
    """What is kept for its value, and begins a name of another kind that is masked (高峰 is kept, 高峰镇 goes)."""
    items = review.page.items
    named = [group for group in review.page.groups.values() if group["entity"] in NAMES]
    begins: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for group in named:
        value = value_of(group["value"])
        for length in range(2, len(value) + 1):
            begins[value[:length]].append(group)
    for group in named:
        if any(items[id_]["state"] == "keep" and items[id_]["scope"] == "value" for id_ in group["items"]):
            others = [each for each in begins[value_of(group["value"])] if each["entity"] != group["entity"]]
            if found := [id_ for each in others for id_ in each["items"] if items[id_]["masked"]]:
                text = several(
                    "{value} is kept, but is a name in {number} place",
                    "{value} is kept, but is a name in {number} places",
                    len(found),
                    value=brief(group["value"]),
                )
                yield Point(f"name-{group['id']}", text, False, found)


def _elsewhere(review: Session) -> Iterator[Point]:
    """What was added by hand and still stands in the result, inside other words perhaps."""
    items = review.page.items
    result = value_of("\n".join(apply(flow.text, flow.edits) for flow in review.examined.flows))
    for group in review.page.groups.values():
        own = [items[id_] for id_ in group["items"]]
        if len(group["value"]) > 1 and any(each["added"] for each in own) and all(each["masked"] for each in own):
            number = result.count(value_of(group["value"]))
            if number:
                text = several(
                    "{value} was added, and stands in {number} more place of the result",
                    "{value} was added, and stands in {number} more places of the result",
                    number,
                    value=brief(group["value"]),
                )
                yield Point(f"still-{group['id']}", text, False, group["items"])


def _protected(review: Session, redactor: Redactor) -> Iterator[Point]:
    """What the rules protect and somebody masks, added by hand too: too much redaction harms too."""
    items = review.page.items
    added: dict[int, list[Found]] = {}
    for id_, each in items.items():
        if each["kind"] == "added" and each["state"] == "mask":
            found = review.items[id_].found
            added.setdefault(found.flow, []).append(found)
    ids = [id_ for id_, each in items.items() if each["kind"] == "protected" and each["state"] == "mask"]
    for flow, places in added.items():
        document = Document(review.examined.flows[flow].text)
        candidates = [Finding(place.start, place.end, place.entity, place.rule, 1.0) for place in places]
        kept = [*redactor.pipeline.plan.kept(document, candidates), *redactor.pipeline.plan.standing(document)]
        for place in places:
            if any(keep.start <= place.start and place.end <= keep.end for keep in kept):
                ids.append(f"{flow}-{place.start}-{place.end}")
    if ids:
        text = several(
            "{number} place that the rules protect is masked",
            "{number} places that the rules protect are masked",
            len(ids),
        )
        yield Point("protected", text, False, ids)


def _whole(review: Session, redactor: Redactor, output: Path) -> Iterator[Point]:
    counts = review.counts
    if counts["changed"] > MUCH:
        text = say("{share}% of the text is changed: is all of that needed?", share=counts["changed"])
        yield Point("much", text)
    marks = {match.group().strip() for flow in review.examined.flows for match in CLASSIFIED.finditer(flow.text)}
    if marks:
        text = say(
            "the text bears marks of classification ({marks}): may it be published at all?",
            marks=say(", ").join(sorted(marks)),
        )
        yield Point("classified", text)
    for number, (kind, where, what) in enumerate(review.examined.notes):
        if kind != "removed":
            yield Point(f"note-{number}", at(said_place(where), what))
    if redactor.redact(output.stem).edits:
        text = say(
            "the name of the result holds what would be masked in a text: {name}; give it another name afterwards, or begin with -o",
            name=output.name,
        )
        yield Point("name", text)
    if counts["read"] < 1:
        yield Point("read", say("{share}% of the result was read", share=counts["share"]))


def brief(text: str, most: int = 24) -> str:
    """The beginning of a long text."""
    return text if len(text) <= most else text[:most] + "…"
