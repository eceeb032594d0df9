"""Where two reviews of one document differ: what goes by one and stays by the other, or goes as something else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from redactor.review.decisions import Place
from redactor.review.drawing import Marks
from redactor.review.items import MASKED
from redactor.review.taken import Taken


@dataclass(frozen=True, slots=True)
class Difference:
    """A place at which two reviews differ: the entity that it is masked as by each; "" where it stays."""

    place: Place
    one: str
    other: str


def differences(one: Taken, other: Taken) -> Iterator[Difference]:
    """In order of place. What is decided in one and left to the rules in the other is no difference where the same comes of it."""
    first, second = _Outcome(one), _Outcome(other)
    places = {*first.places, *second.places}
    for place in sorted(places):
        was, now = first.at(place), second.at(place)
        if was != now:
            yield Difference(place, was, now)


class _Outcome:
    """What comes of the places of a document under decisions."""

    def __init__(self, document: Taken) -> None:
        entries = document.file.entries
        kept = (place for entry in entries if entry.action == "keep" for place in entry.places)
        self._kept = Marks.at(kept, document.texts)
        self._masked = {
            (each.flow, each.start, each.end): each.entity for each in document.seen.found if each.kind in MASKED
        }
        self._marks = Marks.at(self._masked, document.texts)
        self.places = [
            *self._masked,
            *(place for entry in entries if entry.action in ("mask", "keep") for place in entry.places),
        ]

    def at(self, place: Place) -> str:
        """The entity that a place is masked as; "" where it stays, "?" where it goes with something that is not just it."""
        flow, start, end = place
        if self._kept[flow].covers(start, end) or not self._marks[flow].touches(start, end):
            return ""
        return self._masked.get(place, "?")
