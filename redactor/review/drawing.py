"""What the page is shown of a document under review: items, groups of one value each, paragraphs; all of it ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from redactor.language import say
from redactor.model import Edit
from redactor.review.history import History, Place
from redactor.review.items import Examined, Flow, Found
from redactor.review.paragraphs import Index, Mark, Paragraph, shown, without_overlap
from redactor.review.values import Value, zone_of
from redactor.text.places import said_place

CONTEXT: Final = 16
"""Code points that are shown on either side of an item."""
DOUBT: Final = ("doubtful", "left")
"""Kinds that must be settled before the end: the rules do nothing about them."""
_ORDER: Final = {kind: rank for rank, kind in enumerate(("added", "finding", "block", "doubtful", "left", "protected"))}
"""Which of two items that overlap is marked: that of the kind that stands first."""
Shown = dict[str, dict[str, Any]]
"""Things that the page shows, by id."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something to decide, as the page knows it: where it was found first, and under which id."""

    id: str
    found: Found
    text: str
    value: Value
    group: str

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.found.flow, self.found.start, self.found.end


@dataclass(frozen=True)
class Drawing:
    """All that the page shows of a document."""

    items: Shown = field(default_factory=dict)
    groups: Shown = field(default_factory=dict)
    paragraphs: Shown = field(default_factory=dict)

    def changes(self, before: Drawing) -> dict[str, Any]:
        """What is not as it was in an earlier drawing, and the ids of what is gone."""
        pairs = {name: (getattr(self, name), getattr(before, name)) for name in ("items", "groups", "paragraphs")}
        changed = {
            name: [value for id_, value in now.items() if old.get(id_) != value] for name, (now, old) in pairs.items()
        }
        gone = {name: [id_ for id_ in old if id_ not in now] for name, (now, old) in pairs.items()}
        return {**changed, "gone": gone}


@dataclass(frozen=True)
class Draft:
    """What a drawing is made from. `items`: in order of place; `titles`: what rules say of themselves; `read`: paragraphs that were read."""

    items: Sequence[Item]
    history: History
    examined: Examined
    paragraphs: Sequence[Paragraph]
    index: Index
    titles: Mapping[str, str]
    read: frozenset[int]

    def drawn(self) -> Drawing:
        """The drawing."""
        edited = [Marks.of(flow) for flow in self.examined.flows]
        items = {item.id: self._item(item, edited[item.found.flow]) for item in self.items}
        return Drawing(items, self._groups(items), self._paragraphs())

    def _groups(self, items: Shown) -> Shown:
        groups: Shown = {}
        for number, item in enumerate(self.items):
            fresh = {"id": item.group, "entity": items[item.id]["entity"], "value": item.text, "items": []}
            group = groups.setdefault(item.group, {**fresh, "first": number, "score": 1.0})
            group["items"].append(item.id)
            group["score"] = min(group["score"], item.found.score)
        for group in groups.values():
            own = [items[id_] for id_ in group["items"]]
            decided = any(each["state"] != "open" for each in own)
            group["split"] = decided and len({each["masked"] for each in own}) > 1
        return groups

    def _item(self, item: Item, edited: Marks) -> dict[str, Any]:
        found = item.found
        choice, scope = self.history.holds(item.place, item.value) or (None, "")
        text = self.examined.flows[found.flow].text
        paragraph = self.index.at(found.flow, found.start)
        masked = edited.touches(found.start, found.end)
        # What is doubtful and gone all the same, with something larger, needs nobody.
        idle = found.kind == "protected" or (masked and found.kind in DOUBT)
        return {
            "id": item.id,
            "group": item.group,
            "paragraph": str(paragraph.number),
            "part": paragraph.part,
            "where": said(paragraph),
            "zone": zone_of(paragraph.where),
            "kind": found.kind,
            "entity": (choice.entity if choice else "") or found.entity,
            "rule": found.rule,
            "title": self.titles.get(found.rule, ""),
            "score": round(found.score, 4),
            "why": found.why,
            "state": choice.action if choice else "open",
            "open": choice is None and not idle,
            "scope": scope,
            "by": choice.by if choice else "",
            "reason": choice.reason if choice else "",
            "added": bool(choice and choice.added),
            "masked": masked,
            "text": item.text,
            "before": text[max(paragraph.start, found.start - CONTEXT) : found.start],
            "after": text[found.end : min(max(paragraph.end, found.end), found.end + CONTEXT)],
        }

    def _paragraphs(self) -> Shown:
        marks, edits = self._marks(), self._edits()
        return {
            str(each.number): {
                **shown(
                    each, self.examined.flows[each.flow].text, edits.get(each.number, []), marks.get(each.number, [])
                ),
                "where": said(each),
                "read": each.number in self.read,
            }
            for each in self.paragraphs
        }

    def _marks(self) -> dict[int, list[Mark]]:
        """What is marked in each paragraph; of what rules protect, only what was decided."""
        flows: dict[int, list[Item]] = {}
        for item in self.items:
            if item.found.kind != "protected" or self.history.holds(item.place, item.value):
                flows.setdefault(item.found.flow, []).append(item)
        marks: dict[int, list[Mark]] = {}
        for flow, own in flows.items():
            own.sort(key=lambda each: _ORDER[each.found.kind])
            for mark in without_overlap(Mark(item.found.start, item.found.end, item.id) for item in own):
                for paragraph in self.index.over(flow, mark.start, mark.end):
                    marks.setdefault(paragraph.number, []).append(mark)
        return marks

    def _edits(self) -> dict[int, list[Edit]]:
        edits: dict[int, list[Edit]] = {}
        for number, flow in enumerate(self.examined.flows):
            for edit in flow.edits:
                for paragraph in self.index.over(number, edit.start, edit.end):
                    edits.setdefault(paragraph.number, []).append(edit)
        return edits


class Marks:
    """Marked stretches of a text, looked up by place."""

    def __init__(self, length: int) -> None:
        self._marks = bytearray(length)

    @classmethod
    def of(cls, flow: Flow) -> Marks:
        """What was edited in a flow."""
        marks = cls(len(flow.text))
        for edit in flow.edits:
            marks.add(edit.start, edit.end)
        return marks

    def add(self, start: int, end: int) -> None:
        """Mark `[start, end)`."""
        self._marks[start:end] = b"\1" * (end - start)

    def touches(self, start: int, end: int) -> bool:
        """Whether something in `[start, end)` is marked."""
        return self._marks.find(1, start, end) >= 0

    def covers(self, start: int, end: int) -> bool:
        """Whether all of `[start, end)` is marked."""
        return self._marks.find(0, start, end) < 0


def said(paragraph: Paragraph) -> str:
    """Where a paragraph stands, for people."""
    return said_place(paragraph.where) if paragraph.where else say("line {number}", number=paragraph.number + 1)
