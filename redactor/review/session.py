"""One document under review: what was found, what was decided of it, and what of the page a decision changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from redactor.formats.decided import DecidedTexts
from redactor.language import current
from redactor.model import ENTITIES, Decided, RedactorError
from redactor.review.deciding import decided, standing
from redactor.review.drawing import Draft, Drawing, Item
from redactor.review.history import Action, Change, Choice, History, Place, Step
from redactor.review.items import Examined, Flow, Found
from redactor.review.paragraphs import Index, paragraphs_of, trimmed
from redactor.review.steps import Event, Note, Wanted, nowhere, recorded, replayed
from redactor.review.values import Value, keyed, occurrences, value_of
from redactor.ruleset.schema import RuleSet

PAGE: Final = 500
"""Groups that are given at a time."""

Refresh = Callable[[Mapping[int, Decided]], Examined]
"""What the engine makes of the document under what is decided, by flow."""


class StaleError(RedactorError):
    """Somebody else has decided something since the page was brought up to date."""


@dataclass
class Session:
    """The review of one document. `refresh`: asks the engine; `rules`: for what rules say of themselves; `guess`: the entity of a text; `by`: who decides; `note`: is told of each step before it is taken."""

    name: str
    refresh: Refresh
    rules: RuleSet
    guess: Callable[[str], str]
    by: str = ""
    note: Note = nowhere
    history: History = field(default_factory=History)
    version: int = 0
    read: set[int] = field(default_factory=set)
    """Numbers of the paragraphs that were read."""
    items: dict[str, Item] = field(default_factory=dict)
    """Everything that was ever found, by id: what is kept is found no more, and is still to be seen."""
    groups: dict[str, str] = field(default_factory=dict)
    """Group ids by what makes a group."""

    def __post_init__(self) -> None:
        self.examined = self.refresh({})
        self._texts = [flow.text for flow in self.examined.flows]
        self._paragraphs = paragraphs_of([(flow.text, _stretches(flow)) for flow in self.examined.flows])
        self._index = Index(self._paragraphs)
        self._titles = {id_: str(rule.description.get(current(), "")) for id_, rule in self.rules.by_id.items()}
        self._notice(self.examined.found)
        self._first = frozenset(self.items)
        self._page = self._drawn()

    def taking_over(self, before: Session) -> Session:
        """This review, with all that was decided and read in an earlier one of the same texts."""
        self.history, self.version, self.read, self.note = before.history, before.version, before.read, before.note
        self._notice(each.found for each in before.items.values() if each.id not in self.items)
        self._look()
        self._page = self._drawn()
        return self

    # What the page asks for.

    @property
    def parts(self) -> int:
        """How many parts the page shows the document in."""
        return self._paragraphs[-1].part + 1 if self._paragraphs else 1

    def part(self, number: int) -> list[dict[str, Any]]:
        """The paragraphs of a part."""
        own = {str(each.number) for each in self._paragraphs if each.part == number}
        return [paragraph for id_, paragraph in self._page.paragraphs.items() if id_ in own]

    def values(self, page: int) -> dict[str, Any]:
        """Groups of one value each, and their items: so many at a time."""
        groups = [*self._page.groups.values()]
        some = groups[page * PAGE : (page + 1) * PAGE]
        ids = [id_ for group in some for id_ in group["items"]]
        return {
            "groups": some,
            "items": [self._page.items[id_] for id_ in ids],
            "more": len(groups) > (page + 1) * PAGE,
        }

    @property
    def counts(self) -> dict[str, Any]:
        """How far the review is."""
        items = self._page.items.values()
        size = sum(len(flow.text) for flow in self.examined.flows) or 1
        changed = sum(edit.end - edit.start for flow in self.examined.flows for edit in flow.edits)
        share = self._read_share()
        return {
            "items": sum(each["kind"] != "protected" for each in items),
            "open": sum(each["open"] for each in items),
            "doubtful": sum(each["open"] and each["kind"] == "doubtful" for each in items),
            "left": sum(each["open"] and each["kind"] == "left" for each in items),
            "later": sum(each["state"] == "later" for each in items),
            "masked": sum(each["masked"] for each in items),
            "kept": sum(each["state"] == "keep" for each in items),
            "changed": round(100 * changed / size),
            "read": share,
            "share": round(100 * share),
        }

    @property
    def page(self) -> Drawing:
        """All that the page shows."""
        return self._page

    # What the page does.

    def decide(self, ids: Iterable[str], action: str, scope: str, entity: str = "", reason: str = "") -> dict[str, Any]:
        """Decide of some items, each at its place or for its value; `open` takes back what was decided."""
        if action not in ("mask", "keep", "later", "open") or scope not in ("place", "value"):
            raise RedactorError("{what}: not a decision", what=f"{action} {scope}")
        if entity and entity not in ENTITIES:
            raise RedactorError("{what}: not an entity", what=entity)
        items = [self._item(id_) for id_ in ids]
        wanted: list[tuple[Place | Value, Choice | None]] = []
        for item in items:
            choice = self._choice(item, action, entity, reason)
            wanted += self._keys(item, scope, choice)
        number = len({id_ for item in items for id_ in self._targets(item, scope)})
        return self._take("decide", wanted, number=number)

    def reason(self, id_: str, reason: str) -> dict[str, Any]:
        """Give the decision that holds for an item a reason."""
        item = self._item(id_)
        if (held := self.history.holds(item.place, item.value)) is None:
            raise RedactorError("nothing is decided of it yet")
        choice, scope = held
        key: Place | Value = item.place if scope == "place" else item.value
        return self._take("decide", [(key, replace(choice, reason=reason[:200], by=self.by))])

    def add(self, spans: Sequence[tuple[int, int, int, int]], entity: str = "", scope: str = "") -> dict[str, Any]:
        """Mask what no rule has found: ranges from a place in one paragraph to a place in another, in code points.

        A value of one character is masked at its place alone.
        """
        wanted: list[tuple[Place | Value, Choice | None]] = []
        text, place = "", (0, 0, 0)
        guessed = entity
        texts = [flow.text for flow in self.examined.flows]
        for first, start, last, end in spans:
            place = trimmed(self._paragraphs, texts, first, start, last, end)
            text = self._text_at(place)
            guessed = entity or self._guess(place, text)
            alone = scope == "place" or len(text) == 1 or "\n" in text
            key: Place | Value = place if alone else keyed(guessed, text)
            wanted.append((key, Choice("mask", guessed, "", self.by, added=True)))
        answer = self._take("add", list(dict(wanted).items()))
        group = self.groups.get(keyed(guessed, text), "")
        own = self._page.groups.get(group, {"items": []})["items"]
        return answer | {"value": text, "entity": guessed, "number": len(own), "chosen": own[0] if own else None}

    def span(self, id_: str, left: int, right: int) -> dict[str, Any]:
        """Move the edges of an item by so many characters: the old place stays, the new one goes."""
        item = self._item(id_)
        flow, start, end = item.place
        moved = (flow, start + left, end + right)
        text = self.examined.flows[flow].text
        if not 0 <= moved[1] < moved[2] <= len(text) or "\n" in text[moved[1] : moved[2]]:
            raise RedactorError("it can't be moved further")
        entity = self._entity(item)
        keep = Choice("keep", "", "", self.by)
        mask = Choice("mask", entity, "", self.by, added=True)
        # What was added goes as if it had never been; what a rule has found is kept where the rule had it.
        before = None if item.found.kind == "added" else keep
        answer = self._take("span", [(item.place, before), (moved, mask)])
        return answer | {"chosen": _id(moved)}

    def undo(self) -> dict[str, Any]:
        """Take back the last step."""
        if self.history.done:
            self.note("undo", {})
        return self._looked(self.history.undo(), self.history.redo)

    def redo(self) -> dict[str, Any]:
        """Take the step that was undone last once more."""
        if self.history.undone:
            self.note("redo", {})
        return self._looked(self.history.redo(), self.history.undo)

    def mark_read(self, numbers: Iterable[int]) -> dict[str, Any]:
        """Note that paragraphs of the result were read."""
        fresh = sorted({number for number in numbers if 0 <= number < len(self._paragraphs)} - self.read)
        if fresh:
            self.note("read", {"paragraphs": fresh})
        self.read.update(fresh)
        return self._after()

    def replay(self, records: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Take the steps of a journal of this document once more, without noting them. FormatError for what is none."""
        for event, record in records:
            if event == "undo":
                self.history.undo()
            elif event == "redo":
                self.history.redo()
            elif event == "read":
                self.read.update(number for number in record.get("paragraphs", []) if type(number) is int)
            elif event in ("decide", "add", "span"):
                told = replayed(record, self._text_at)
                # What was found only under some decision is to be known again, though nobody looks meanwhile.
                self._notice(Found(*each.place, each.entity or "PERSON", "", 0.0, "", "added") for each in told)
                self.history.take([(each.key, each.choice) for each in told])
        if self.history.done:
            self._look()
        self._page = self._drawn()

    def find(self, text: str) -> list[dict[str, Any]]:
        """All places of a text, as it is compared: width and invisible signs are nothing to it."""
        wanted = value_of(text)
        hits = []
        for each in self._paragraphs:
            own = str(each.number)
            for start, end in occurrences(self._text_at((each.flow, each.start, each.end)), wanted):
                hits.append({"paragraph": own, "start": start, "end_paragraph": own, "end": end, "part": each.part})
        return hits

    def say_again(self) -> None:
        """Say everything in the language that is in use now."""
        self._titles = {id_: str(rule.description.get(current(), "")) for id_, rule in self.rules.by_id.items()}
        self._page = self._drawn()

    def check_version(self, version: object) -> None:
        """StaleError when the page was not up to date."""
        if version != self.version:
            raise StaleError("something was decided in another window: the page is brought up to date")

    def decisions(self) -> DecidedTexts:
        """What is decided, by flow, as the engine takes it."""
        return DecidedTexts(decided(self._live(), self.history, self.examined.flows), self._texts)

    # How it is done.

    def _take(self, event: Event, wanted: Wanted, **more: Any) -> dict[str, Any]:
        """Take a step, once it is noted."""
        self.note(event, recorded(wanted, self._place_of, self._entity_at))
        step = self.history.take(wanted)
        return self._looked(step, self.history.undo, **more)

    def _looked(self, step: Step, back: Callable[[], object], **more: Any) -> dict[str, Any]:
        """What of the page a step has changed; where the engine can't go along with it, it is not taken."""
        if any(self._matters(change) for change in step):
            try:
                self._look()
            except Exception:
                back()
                raise
        answer = self._after(number=len(step), chosen=None)
        return {**answer, "chosen": self._of(step), **more}

    def _matters(self, change: Change) -> bool:
        """Whether a change of what is decided may change what the engine writes: to confirm what it masks anyhow does not."""
        weighed = [change.before, change.after]
        if not isinstance(change.key, str):  # a decision on a place hides, or bares, one on a value that touches it
            weighed += self.history.values.values()
        if any(choice and (choice.action == "keep" or choice.added or choice.entity) for choice in weighed):
            return True
        id_ = self.groups.get(change.key, "") if isinstance(change.key, str) else _id(change.key)
        group = self._page.groups.get(id_)
        items = [self._page.items.get(each) for each in (group["items"] if group else [id_])]
        return not all(item and item["masked"] and item["kind"] in ("finding", "block") for item in items)

    def _look(self) -> None:
        self.examined = self.refresh(self.decisions())
        self._notice(self.examined.found)

    def _after(self, **more: Any) -> dict[str, Any]:
        """What of the page has changed since it was drawn last."""
        before, self._page = self._page, self._drawn()
        self.version += 1
        told = {"version": self.version, "counts": self.counts}
        return {**self._page.changes(before), "doc": told, **more}

    def _text_at(self, place: Place) -> str:
        flow, start, end = place
        text = self.examined.flows[flow].text
        if not start <= end <= len(text):
            raise IndexError
        return text[start:end]

    def _entity_at(self, place: Place) -> str:
        item = self.items.get(_id(place))
        return item.found.entity if item else ""

    def _place_of(self, value: Value) -> Place:
        """A place at which a value stands."""
        for item in self.items.values():
            if item.value == value:
                return item.place
        return next((flow, *span) for flow, span in standing(value.partition(" ")[2], self.examined.flows))

    def _notice(self, found: Iterable[Found]) -> None:
        for each in found:
            id_ = _id((each.flow, each.start, each.end))
            if id_ not in self.items:
                text = self.examined.flows[each.flow].text[each.start : each.end]
                value = keyed(each.entity, text)
                group = self.groups.setdefault(value, f"g{len(self.groups)}")
                self.items[id_] = Item(id_, each, text, value, group)

    def _live(self) -> list[Item]:
        """What is to be seen: what was found at first, what is found now, and all that something is decided of."""
        now = {_id((each.flow, each.start, each.end)) for each in self.examined.found} | self._first
        return [item for item in self.items.values() if item.id in now or self._holds_alone(item)]

    def _holds_alone(self, item: Item) -> bool:
        """Whether something is decided of an item that is found no more: of one that was added for its value, only where it still stands."""
        held = self.history.holds(item.place, item.value)
        return held is not None and (held[1] == "place" or item.found.kind != "added")

    def _drawn(self) -> Drawing:
        live = sorted(self._live(), key=lambda each: each.place)
        read = frozenset(self.read)
        return Draft(live, self.history, self.examined, self._paragraphs, self._index, self._titles, read).drawn()

    def _entity(self, item: Item) -> str:
        held = self.history.holds(item.place, item.value)
        return held[0].entity or item.found.entity if held else item.found.entity

    def _item(self, id_: str) -> Item:
        try:
            return self.items[id_]
        except KeyError:
            raise RedactorError("there is no such place") from None

    def _targets(self, item: Item, scope: str) -> list[str]:
        own = self._page.groups.get(item.group, {"items": [item.id]})["items"]
        return [item.id] if scope == "place" else list(own)

    def _choice(self, item: Item, action: str, entity: str, reason: str) -> Choice | None:
        if action == "open":
            return None
        added = item.found.kind == "added"
        act: Action = "mask" if action == "mask" else "keep" if action == "keep" else "later"
        return Choice(
            act, entity if entity != item.found.entity else "", reason[:200], self.by, added and act == "mask"
        )

    def _keys(self, item: Item, scope: str, choice: Choice | None) -> list[tuple[Place | Value, Choice | None]]:
        """What a decision is kept under. To undecide a value is to undecide its places too."""
        if scope == "place":
            return [(item.place, choice)]
        if choice is None:
            return [(item.value, None), *((self.items[id_].place, None) for id_ in self._targets(item, "value"))]
        return [(item.value, choice)]

    def _of(self, step: Step) -> str | None:
        """An item that a step is about."""
        for change in step:
            if not isinstance(change.key, str):
                return _id(change.key)
            group = self.groups.get(change.key)
            if group in self._page.groups:
                return str(self._page.groups[group]["items"][0])
        return None

    def _guess(self, place: Place, text: str) -> str:
        """The entity that the rules would give a text: of what was found there, or of the same text elsewhere."""
        flow, start, end = place
        over = [
            item
            for item in self.items.values()
            if item.found.flow == flow and item.found.start < end and start < item.found.end
        ]
        same = [item for item in self.items.values() if value_of(item.text) == value_of(text)]
        for item in (*same, *over):
            if item.found.entity in ENTITIES:
                return item.found.entity
        return self.guess(text)

    def _read_share(self) -> float:
        flows = self.examined.flows
        texts = [(flows[each.flow].text[each.start : each.end], each.number in self.read) for each in self._paragraphs]
        sizes = [(len(text), read) for text, read in texts if text.strip()]
        total = sum(size for size, _ in sizes)
        return round(sum(size for size, read in sizes if read) / total, 4) if total else 1.0


def _id(place: Place) -> str:
    return "-".join(map(str, place))


def _stretches(flow: Flow) -> Sequence[tuple[int, int, str]]:
    return flow.stretches or ((0, len(flow.text), ""),)
