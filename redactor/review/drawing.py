"""What the page is shown of a document under review: items, groups of one value each, paragraphs; all of it ready for JSON.

It is kept in step with what is found and decided. Only what may have changed is drawn anew, so that a decision costs what it changes, not
what there is; the page is told what has changed since it was told last.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, islice
from typing import Any, Final

from redactor.language import say
from redactor.model import Edit, Span
from redactor.review.history import History, Place
from redactor.review.items import Examined, Flow
from redactor.review.known import Item, Known
from redactor.review.paragraphs import Index, Mark, Paragraph, shown, without_overlap
from redactor.review.values import zone_of
from redactor.text.places import said_place

CONTEXT: Final = 16
"""Code points that are shown on either side of an item."""
DOUBT: Final = ("doubtful", "left")
"""Kinds that must be settled before the end: the rules do nothing about them."""
PAGE: Final = 500
"""Groups that are given at a time."""
_ORDER: Final = {kind: rank for rank, kind in enumerate(("added", "finding", "block", "doubtful", "left", "protected"))}
"""Which of two items that overlap is marked: that of the kind that stands first."""
_PARAGRAPH: Final = re.compile(r"paragraph \d+$")
_CELL: Final = re.compile(r"(?P<before>(?:.* > )?)table (?P<table>\d+), row (?P<row>\d+), cell (?P<cell>\d+)")
_TABLE_COLUMN: Final = re.compile(r"(?P<before>(?:.* > )?)table (?P<table>\d+), cell (?P<cell>\d+)")
_SHEET: Final = re.compile(r"(?P<sheet>.*!)(?P<column>[A-Z]{1,3})(?P<row>\d+)")
_ROW: Final = re.compile(r"(?P<sheet>.*?)\brow (?P<row>\d+), column (?P<column>\d+)")
Shown = dict[str, dict[str, Any]]
"""Things that the page shows, by id."""


class Drawing:
    """All that the page shows of a document. `serial`: the number of the last change; 0: all was drawn for the first time.

    `titles`: what rules say of themselves; `read`: numbers of the paragraphs that were read.
    """

    def __init__(self, known: Known, history: History, flows: Sequence[Flow], paragraphs: Sequence[Paragraph]) -> None:
        self.items: Shown = {}
        self.groups: Shown = {}
        self.tally: Counter[str] = Counter()
        """How many items are in which state: see `_flags`."""
        self.serial = -1
        self.titles: Mapping[str, str] = {}
        self.read: set[int] = set()
        self._known, self._history, self._flows = known, history, flows
        self._paragraphs, self._index = paragraphs, Index(paragraphs)
        self._changed: dict[tuple[str, str], int] = {}
        """Under which number each thing has changed last, in that order."""
        self._before = [0, *accumulate(len(flow.text) for flow in flows)]
        """How many code points stand before each flow."""
        self._walls = set(_walls(flows, paragraphs))
        """What a format has put between the cells of a table, and what no reader sees: nothing to be read, but where something is found in it."""
        texts = (flows[each.flow].text[each.start : each.end] for each in paragraphs)
        self._sizes = [
            len(text) if text.strip() and not self._is_wall(number) else 0 for number, text in enumerate(texts)
        ]
        """Code points to read in each paragraph."""

    @property
    def size(self) -> int:
        """Code points of the document."""
        return self._before[-1]

    @property
    def changed(self) -> int:
        """Per cent of the text that the engine changes."""
        size = sum(edit.end - edit.start for flow in self._flows for edit in flow.edits)
        return round(100 * size / (self.size or 1))

    @property
    def share(self) -> float:
        """How much of the text was read: 0 to 1."""
        total = sum(self._sizes)
        return round(sum(self._sizes[number] for number in self.read) / total, 4) if total else 1.0

    @property
    def counts(self) -> dict[str, Any]:
        """How far the review is."""
        counted = {name: self.tally[name] for name in ("items", "open", "doubtful", "left", "later", "masked")}
        share = self.share
        return {
            **counted,
            "kept": self.tally["keep"],
            "changed": self.changed,
            "read": share,
            "share": round(100 * share),
        }

    def by(self, history: History) -> None:
        """Draw by other decisions from now on."""
        self._history = history

    def follow(self, answer: Examined, *, unsettled: bool = False) -> None:
        """Show what the engine makes of the document now. `unsettled`: more was decided since it was asked."""
        before, self._flows = self._flows, answer.flows
        items = {each.id: each for each in self._known.found_now(answer.found, unsettled=unsettled)}
        paragraphs: set[int] = set()
        for flow, (old, new) in enumerate(zip(before, answer.flows, strict=True)):
            if old.edits != new.edits:
                other = {*old.edits} ^ {*new.edits}
                paragraphs.update(
                    each.number for edit in other for each in self._index.over(flow, edit.start, edit.end)
                )
        items |= {each.id: each for number in paragraphs for each in self._known.in_paragraph(number)}
        self.redraw(items.values(), paragraphs)

    def changes(self, since: int) -> dict[str, Any]:
        """What has changed after a number, as it is now, and the ids of what is gone."""
        changed: dict[str, list[dict[str, Any]]] = {"items": [], "groups": [], "paragraphs": []}
        gone: dict[str, list[str]] = {"items": [], "groups": []}
        for (name, id_), serial in reversed(self._changed.items()):
            if serial <= since:
                break
            now = self.paragraph(int(id_)) if name == "paragraphs" else getattr(self, name).get(id_)
            if now is None:
                gone[name].append(id_)
            else:
                changed[name].append(now)
        return {**changed, "gone": gone}

    def redraw(self, items: Iterable[Item], paragraphs: Iterable[int] = ()) -> None:
        """Draw some items anew, their groups, the paragraphs that mark them differently now, and these paragraphs."""
        self.serial += 1
        groups, touched = set(), set(paragraphs)
        for item in items:
            before, now = self.items.get(item.id), self._drawn(item)
            if before != now:
                self._set("items", item.id, now)
                self._count(before, -1)
                self._count(now, 1)
                groups.add(item.group)
                if before is None or now is None or item.found.kind == "protected":
                    touched.update(each.number for each in self._index.over(*item.place))
        for group in groups:
            self._set("groups", group, self._group(group))
        for number in touched:
            self._touch("paragraphs", str(number))

    def redraw_all(self) -> None:
        """Draw everything anew."""
        self.redraw(self._known.items.values(), range(len(self._paragraphs)))

    def values(self, page: int) -> dict[str, Any]:
        """Groups of one value each, and their items: so many at a time."""
        some = [*islice(self.groups.values(), page * PAGE, (page + 1) * PAGE)]
        items = [self.items[id_] for group in some for id_ in group["items"]]
        return {"groups": some, "items": items, "more": len(self.groups) > (page + 1) * PAGE}

    def part(self, number: int) -> list[dict[str, Any]]:
        """The paragraphs of a part."""
        low, high = (bisect_left(self._paragraphs, each, key=lambda one: one.part) for each in (number, number + 1))
        # Cells of a table are read column by column; they are shown in their rows.
        cells = {each: key for each in range(low, high) if (key := _cell_key(self._paragraphs[each].where))}
        in_order = iter(sorted(cells, key=lambda each: cells[each]))
        return [self.paragraph(next(in_order) if each in cells else each) for each in range(low, high)]

    def paragraph(self, number: int) -> dict[str, Any]:
        """A paragraph, drawn now."""
        own = self._paragraphs[number]
        text = self._flows[own.flow].text
        return {
            **shown(own, text, self._edits_in(number), self._marks_in(number)),
            "where": said(own),
            "read": number in self.read,
            "wall": self._is_wall(number),
        }

    def _is_wall(self, number: int) -> bool:
        return number in self._walls and not self._known.in_paragraph(number)

    def _set(self, name: str, id_: str, now: dict[str, Any] | None) -> None:
        things = getattr(self, name)
        if now is None:
            things.pop(id_, None)
        else:
            things[id_] = now
        self._touch(name, id_)

    def _touch(self, name: str, id_: str) -> None:
        self._changed.pop((name, id_), None)
        self._changed[name, id_] = self.serial

    def _count(self, item: dict[str, Any] | None, by: int) -> None:
        if item:
            for flag in _flags(item):
                self.tally[flag] += by

    def _group(self, group: str) -> dict[str, Any] | None:
        own = sorted(
            (each for each in self._known.of_group(group) if each.id in self.items), key=lambda each: each.place
        )
        if not own:
            return None
        items = [self.items[each.id] for each in own]
        decided = any(each["state"] != "open" for each in items)
        return {
            "id": group,
            "entity": items[0]["entity"],
            "value": own[0].text,
            "items": [each.id for each in own],
            "first": self._before[own[0].found.flow] + own[0].found.start,
            "score": min(each.found.score for each in own),
            "split": decided and len({each["masked"] for each in items}) > 1,
        }

    def _drawn(self, item: Item) -> dict[str, Any] | None:
        """An item as the page wants it; None: it is not to be seen any more."""
        if not self._known.lives(item, self._history):
            return None
        found = item.found
        choice, scope = self._history.holds(item.place, item.value) or (None, "")
        flow = self._flows[found.flow]
        paragraph = self._index.at(found.flow, found.start)
        masked = touches(flow.edits, found.start, found.end)
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
            "same": self._known.text_at(choice.same) if choice and choice.same else "",
            "masked": masked,
            "text": item.text,
            "before": flow.text[max(paragraph.start, found.start - CONTEXT) : found.start],
            "after": flow.text[found.end : min(max(paragraph.end, found.end), found.end + CONTEXT)],
        }

    def _marks_in(self, number: int) -> list[Mark]:
        """What is marked in a paragraph; of what rules protect, only what was decided."""
        items = [
            each
            for each in self._known.in_paragraph(number)
            if (drawn := self.items.get(each.id)) and (each.found.kind != "protected" or drawn["state"] != "open")
        ]
        items.sort(key=lambda each: (_ORDER[each.found.kind], each.place))
        return without_overlap(Mark(each.found.start, each.found.end, each.id) for each in items)

    def _edits_in(self, number: int) -> Sequence[Edit]:
        """The edits that touch a paragraph."""
        own = self._paragraphs[number]
        edits = self._flows[own.flow].edits
        after = self._paragraphs[number + 1] if number + 1 < len(self._paragraphs) else None
        low = bisect_right(edits, own.start, key=lambda edit: max(edit.end, edit.start + 1))
        if after is None or after.flow != own.flow:
            return edits[low:]
        return edits[low : bisect_left(edits, after.start, key=lambda edit: edit.start)]


def _walls(flows: Sequence[Flow], paragraphs: Sequence[Paragraph]) -> Iterator[int]:
    """Numbers of paragraphs that are no text of the document."""
    placed = {each.flow for each in paragraphs if each.where}
    unshown = {number: Marks.over(flow.unshown, len(flow.text)) for number, flow in enumerate(flows) if flow.unshown}
    for each in paragraphs:
        empty = each.start == each.end
        # An empty one that is no paragraph of its own stands between values that have nothing to do with each other.
        gap = empty and not _PARAGRAPH.search(each.where) if each.where else each.flow in placed
        if gap or (not empty and each.flow in unshown and unshown[each.flow].covers(each.start, each.end)):
            yield each.number


def _flags(item: Mapping[str, Any]) -> Iterator[str]:
    """The states that an item counts to."""
    if item["kind"] != "protected":
        yield "items"
    if item["open"]:
        yield "open"
        if item["kind"] in DOUBT:
            yield str(item["kind"])
    if item["state"] in ("later", "keep"):
        yield str(item["state"])
    if item["masked"]:
        yield "masked"


def touches(edits: Sequence[Edit], start: int, end: int) -> bool:
    """Whether one of some edits, in order and none over another, changes something in `[start, end)`."""
    at = bisect_right(edits, start, key=lambda edit: edit.end)
    return any(edit.start < edit.end for edit in _before(edits, at, end))


def _before(edits: Sequence[Edit], at: int, end: int) -> Iterator[Edit]:
    """The edits from a number on that begin before a place."""
    while at < len(edits) and edits[at].start < end:
        yield edits[at]
        at += 1


class Marks:
    """Marked stretches of a text, looked up by place."""

    def __init__(self, length: int = 0) -> None:
        self._marks = bytearray(length)

    @classmethod
    def of(cls, flow: Flow) -> Marks:
        """What was edited in a flow."""
        return cls.over(((edit.start, edit.end) for edit in flow.edits), len(flow.text))

    @classmethod
    def over(cls, spans: Iterable[Span], length: int) -> Marks:
        """Some stretches of a text of that length."""
        marks = cls(length)
        for start, end in spans:
            marks.add(start, end)
        return marks

    @classmethod
    def at(cls, places: Iterable[Place], texts: Iterable[str]) -> list[Marks]:
        """Some places, those of each of the texts."""
        found = [cls(len(text)) for text in texts]
        for flow, start, end in places:
            found[flow].add(start, end)
        return found

    def add(self, start: int, end: int) -> None:
        """Mark `[start, end)`."""
        self._marks.extend(bytes(max(0, end - len(self._marks))))
        self._marks[start:end] = b"\1" * (end - start)

    def touches(self, start: int, end: int) -> bool:
        """Whether something in `[start, end)` is marked."""
        return self._marks.find(1, start, end) >= 0

    def covers(self, start: int, end: int) -> bool:
        """Whether all of `[start, end)` is marked."""
        return self._marks.find(0, start, end) < 0


def _cell_key(where: str) -> tuple[str, int, int, str] | None:
    """What a cell of a sheet, or of a table in a text file, is sorted by; None for what is none."""
    if cell := _SHEET.fullmatch(where):
        return cell["sheet"], int(cell["row"]), len(cell["column"]), cell["column"]
    if cell := _ROW.fullmatch(where):
        return cell["sheet"], int(cell["row"]), int(cell["column"]), ""
    return None


def _column(number: int) -> str:
    """What spreadsheets call a column: A, B … Z, AA."""
    rest, last = divmod(number - 1, 26)
    return (_column(rest) if rest else "") + chr(ord("A") + last)


def said_column(id_: str) -> str:
    """Where a column stands, for people. `id_`: a cell's place without its row."""
    if column := _TABLE_COLUMN.fullmatch(id_):
        told = say("table {number}, column {column}", number=column["table"], column=_column(int(column["cell"])))
        return said_place(column["before"]) + told
    return said_place(id_)


def said(paragraph: Paragraph) -> str:
    """Where a paragraph stands, for people: a cell of a table as B2."""
    if cell := _CELL.fullmatch(paragraph.where):
        name = f"{_column(int(cell['cell']))}{cell['row']}"
        return said_place(cell["before"]) + say("table {number} {cell}", number=cell["table"], cell=name)
    return said_place(paragraph.where) if paragraph.where else say("line {number}", number=paragraph.number + 1)
