"""Values over all documents of a desk: where else one stands, and one decision for all of them, where somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from redactor.model import RedactorError
from redactor.review.desk import Desk
from redactor.review.sheet import Sheet
from redactor.review.values import Value

MOST: Final = 300
"""Values that are told at a time, those of most documents first."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where else a value stands: documents, places in them, and how many documents nobody has read yet."""

    files: int
    places: int
    unread: int

    def told(self) -> dict[str, int]:
        """As the page wants it."""
        return {"files": self.files, "places": self.places, "unread": self.unread}


def elsewhere(desk: Desk, number: int, id_: str) -> Elsewhere:
    """Where else the value of an item of a document stands; finished documents are left out."""
    return _told([*_others(desk, desk.review(number).known.items[id_].value, number)], _unread(desk))


def decide_elsewhere(desk: Desk, number: int, id_: str) -> Elsewhere:
    """Decide in all other documents as was decided of an item of one, for its whole value there. Each can be undone in its document."""
    review = desk.review(number)
    item = review.known.items.get(id_)
    held = review.history.holds(item.place, item.value) if item else None
    if item is None or held is None:
        raise RedactorError("nothing is decided of it yet")
    return _decided(desk, item.value, number, held[0].action, held[0].entity, held[0].reason)


def decide_everywhere(desk: Desk, value: Value, action: str) -> Elsewhere:
    """Decide of a value in all documents that hold it, but in finished ones."""
    return _decided(desk, value, -1, action)


def _decided(desk: Desk, value: Value, number: int, action: str, entity: str = "", reason: str = "") -> Elsewhere:
    """Decide of a value in all documents but one."""
    others = [*_others(desk, value, number)]
    for sheet, ids in others:
        desk.review(sheet.number).decide(ids[:1], action, "value", entity, reason)
    return _told(others, 0)


def _told(others: Sequence[tuple[Sheet, list[str]]], unread: int) -> Elsewhere:
    return Elsewhere(len(others), sum(len(ids) for _, ids in others), unread)


def _unread(desk: Desk) -> int:
    return sum(sheet.session is None and not sheet.error for sheet in desk.sheets)


def values(desk: Desk) -> dict[str, Any]:
    """The values that stand in more than one document, those of most documents first."""
    told: dict[Value, dict[str, Any]] = {}
    for sheet in desk.sheets:
        if sheet.session is None:
            continue
        page = sheet.session.page
        for group in page.groups.values():
            items = [page.items[id_] for id_ in group["items"]]
            if all(each["kind"] == "protected" for each in items):
                continue
            key = sheet.session.known.items[group["items"][0]].value
            fresh = {"key": key, "value": group["value"], "entity": group["entity"], "files": 0, "places": 0, "open": 0}
            each = told.setdefault(key, fresh)
            each["files"] += 1
            each["places"] += len(items)
            each["open"] += sum(item["open"] for item in items)
    many = [each for each in told.values() if each["files"] > 1]
    many.sort(key=lambda each: (-each["files"], -each["places"], each["key"]))
    return {"values": many[:MOST], "more": max(0, len(many) - MOST), "unread": _unread(desk)}


def _others(desk: Desk, value: Value, number: int) -> Iterator[tuple[Sheet, list[str]]]:
    """The other documents in which a value stands and that are not finished, and its items there."""
    for sheet in desk.sheets:
        if sheet.number == number or sheet.session is None or sheet.finished:
            continue
        ids = [item.id for item in sheet.session.known.at(value) if item.id in sheet.session.page.items]
        if ids:
            yield sheet, ids
