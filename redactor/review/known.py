"""Everything that was ever found in a document under review: what is kept is found no more, and is still to be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from redactor.review.history import History, Place
from redactor.review.items import Found
from redactor.review.paragraphs import Index
from redactor.review.values import Value, keyed


@dataclass(frozen=True, slots=True)
class Item:
    """Something to decide, as the page knows it: where it was found first, and under which id. `group`: the id of all items of its value."""

    id: str
    found: Found
    text: str
    value: Value
    group: str

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.found.flow, self.found.start, self.found.end


class Known:
    """The items of a document, looked up by id, by value and by paragraph. `texts`: those of its flows."""

    def __init__(self, texts: Sequence[str], index: Index, found: Iterable[Found]) -> None:
        self.items: dict[str, Item] = {}
        self.now: set[str] = set()
        """Ids of what is found under what is decided now."""
        self._texts, self._index = texts, index
        self._groups: dict[Value, str] = {}
        self._of_group: dict[str, list[Item]] = {}
        self._of_text: dict[str, list[str]] = defaultdict(list)
        self._in: dict[int, list[Item]] = defaultdict(list)
        self.notice(found)
        self._first = frozenset(self.items)
        self.now.update(self._first)

    def notice(self, found: Iterable[Found]) -> list[Item]:
        """Take down what was found; what of it was not known is given."""
        fresh = []
        for each in found:
            id_ = id_of((each.flow, each.start, each.end))
            if id_ not in self.items:
                text = self._texts[each.flow][each.start : each.end]
                item = Item(id_, each, text, keyed(each.entity, text), self._group(each.entity, text))
                fresh.append(item)
                self.items[id_] = item
                self._of_group[item.group].append(item)
                for paragraph in self._index.over(each.flow, each.start, each.end):
                    self._in[paragraph.number].append(item)
        return fresh

    def found_now(self, found: Iterable[Found], *, unsettled: bool) -> list[Item]:
        """Take down what is found now, in the place of what was; the items of which only one is so are given.

        `unsettled`: more was decided since: what was added stays, for it may have been added only then.
        """
        found = list(found)
        self.notice(found)
        now = {id_of((each.flow, each.start, each.end)) for each in found}
        if unsettled:
            now.update(id_ for id_ in self.now if self.items[id_].found.kind == "added")
        before, self.now = self.now, now
        return [self.items[id_] for id_ in before ^ now]

    def lives(self, item: Item, history: History) -> bool:
        """Whether an item is to be seen: it was found at first, or is found now, or something is decided of it.

        Of one that was added for its value only where it is found: rules may have taken its place elsewhere.
        """
        if item.id in self._first or item.id in self.now:
            return True
        held = history.holds(item.place, item.value)
        return held is not None and (held[1] == "place" or item.found.kind != "added")

    def at(self, key: Place | Value) -> Sequence[Item]:
        """The items that a decision on a place or on a value is about."""
        if isinstance(key, str):
            return self._of_group.get(self._groups.get(key, ""), ())
        item = self.items.get(id_of(key))
        return (item,) if item else ()

    def text_at(self, place: Place) -> str:
        """What stands at a place."""
        flow, start, end = place
        return self._texts[flow][start:end]

    def of_group(self, group: str) -> Sequence[Item]:
        """All items of a group."""
        return self._of_group.get(group, ())

    def of_text(self, value: str) -> Iterator[Item]:
        """An item of each group whose items say something, whatever they are taken for. `value`: what they say, as `value_of` has it."""
        return (self._of_group[group][0] for group in self._of_text.get(value, ()))

    def in_paragraph(self, number: int) -> Sequence[Item]:
        """All items that touch a paragraph."""
        return self._in.get(number, ())

    def over(self, place: Place) -> list[Item]:
        """All items that touch a place."""
        flow, start, end = place
        near = (item for each in self._index.over(flow, start, end) for item in self.in_paragraph(each.number))
        return [item for item in near if item.found.start < end and start < item.found.end]

    def _group(self, entity: str, text: str) -> str:
        value = keyed(entity, text)
        if value not in self._groups:
            group = self._groups[value] = f"g{len(self._groups)}"
            self._of_group[group] = []
            self._of_text[value.partition(" ")[2]].append(group)
        return self._groups[value]


def id_of(place: Place) -> str:
    """The id of what stands at a place."""
    return "-".join(map(str, place))
