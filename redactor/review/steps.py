"""Steps of a review as records of a journal: replayed on the same document they give the same decisions, and hold nothing of its text.

A value is told by one place at which it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from redactor.model import ENTITIES, FormatError
from redactor.review.decisions import text, whole
from redactor.review.history import Choice, Place
from redactor.review.values import Value, keyed

Event = Literal["decide", "add", "span", "undo", "redo", "read", "policy"]
"""What a step is; `read`: paragraphs that were read."""
Note = Callable[[Event, Mapping[str, Any]], object]
"""Notes a step before it is taken; what it raises, the step must not be taken for."""
Wanted = Sequence[tuple[Place | Value, Choice | None]]
"""Decisions that a step makes; None takes back what was decided."""
ACTIONS: Final = ("mask", "keep", "later")


def nowhere(_: Event, __: Mapping[str, Any]) -> None:
    """Notes nothing."""


@dataclass(frozen=True, slots=True)
class Told:
    """A decision of a journal: what it is kept under, the place that it names, and the entity of what stands there."""

    key: Place | Value
    choice: Choice | None
    place: Place
    entity: str


def recorded(wanted: Wanted, place_of: Callable[[Value], Place], entity_of: Callable[[Place], str]) -> dict[str, Any]:
    """Decisions as a record. `place_of`: a place at which a value stands; `entity_of`: of what stands at a place."""
    changes = []
    for key, choice in wanted:
        place = place_of(key) if isinstance(key, str) else key
        of = key.partition(" ")[0] if isinstance(key, str) else entity_of(key) or (choice.entity if choice else "")
        scope = "value" if isinstance(key, str) else "place"
        changes.append({"scope": scope, "place": list(place), "of": of, "to": asdict(choice) if choice else None})
    return {"changes": changes}


def replayed(record: Mapping[str, Any], text_of: Callable[[Place], str]) -> list[Told]:
    """The decisions of a record. `text_of`: what stands at a place; FormatError for a record that says no decisions."""
    try:
        return [_replayed(change, text_of) for change in record["changes"]]
    except (KeyError, TypeError, ValueError, IndexError):
        raise FormatError("the journal holds a step that can't be taken") from None


def _replayed(change: Mapping[str, Any], text_of: Callable[[Place], str]) -> Told:
    place = _place(change["place"])
    said, of, to = text_of(place), text(change["of"]), change["to"]
    key: Place | Value = keyed(of, said) if change["scope"] == "value" else place
    if of not in ("", *ENTITIES):
        raise ValueError
    if to is None:
        return Told(key, None, place, of)
    same = _place(to["same"]) if to.get("same") else None
    choice = Choice(to["action"], text(to["entity"]), text(to["reason"]), text(to["by"]), to["added"] is True, same)
    if choice.action not in ACTIONS or choice.entity not in ("", *ENTITIES):
        raise ValueError
    if same:
        text_of(same)  # IndexError where nothing stands there
    return Told(key, choice, place, of)


def _place(value: Any) -> Place:
    flow, start, end = (whole(each) for each in value)
    return flow, start, end
