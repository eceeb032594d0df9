"""One document under review: what was found, what was decided, and what of the page a decision changes.

A decision is taken at once. What the engine makes of the document under it takes as long as the document is large: where somebody
sees to that (`Session.wake`), it comes later, by `asked`, `answered` and `settle`; else before the answer is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from redactor.document.decided import DECISION
from redactor.files.failures import failure
from redactor.formats.decided import DecidedTexts
from redactor.language import current
from redactor.model import ENTITIES, Decided, RedactorError
from redactor.review.columns import around, of_column, told
from redactor.review.deciding import choice_of, decided, effect_of, standing
from redactor.review.drawing import Drawing
from redactor.review.fingerprints import value_of
from redactor.review.history import Change, Choice, History, Place, Step
from redactor.review.items import Examined, Found
from redactor.review.known import Item, Known, id_of
from redactor.review.paragraphs import Index, hit_of, paragraphs_of, trimmed
from redactor.review.steps import Event, Note, Wanted, nowhere, recorded, replayed
from redactor.review.values import Searched, Value, keyed
from redactor.ruleset.schema import RuleSet

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
    """How many steps were taken, undone ones and paragraphs read included: who decides must have seen the last one."""
    wake: Callable[[Session], object] | None = None
    """Told that the engine is to look again, by `look` or in its own time; None: it looks at once."""
    unseen: bool = False
    """Whether something was decided for which the engine was not asked, for it changes nothing of the result."""
    trouble: str = ""
    """Why there is no result under what is decided now."""
    first: Examined | None = None
    """What the engine makes of the document when nothing is decided, if it was asked already."""
    share: float = 1.0
    """How much of the document was looked at: 1 when all of it was; of less, there are only the texts at its beginning."""
    began: int = 0
    """The number of the drawing with which this took over: who knows an earlier one is to load all of it anew."""

    def __post_init__(self) -> None:
        self.examined = self.first or self.refresh({})
        flows = self.examined.flows
        self._texts = [flow.text for flow in flows]
        self._searched = [Searched(text) for text in self._texts]
        self._paragraphs = paragraphs_of([(flow.text, flow.placed) for flow in flows])
        self._index = Index(self._paragraphs)
        self._wanted = self._made = 0
        self.known = Known(self._texts, self._index, self.examined.found)
        self.page = Drawing(self.known, self.history, flows, self._paragraphs)
        self.say_again()

    def taking_over(self, before: Session) -> Session:
        """This review, with all that was decided and read in an earlier one of the same texts, or of those at the beginning."""
        self.history, self.version, self.note, self.wake = before.history, before.version, before.note, before.wake
        self.page.by(self.history)
        self.known.notice(each.found for each in before.items.values())
        self.page.serial, self.page.read = before.page.serial, before.page.read
        if before.share < 1:
            self.page.serial = self.began = self.page.serial + 1
        elif self.history.done:
            self.look()
        self.say_again()
        return self

    # What the page asks for.

    @property
    def items(self) -> Mapping[str, Item]:
        """Everything that was ever found, by id."""
        return self.known.items

    @property
    def read(self) -> set[int]:
        """Numbers of the paragraphs that were read."""
        return self.page.read

    @property
    def parts(self) -> int:
        """How many parts the page shows the document in."""
        return self._paragraphs[-1].part + 1 if self._paragraphs else 1

    def part(self, number: int) -> list[dict[str, Any]]:
        """The paragraphs of a part."""
        return self.page.part(number)

    @property
    def counts(self) -> dict[str, Any]:
        """How far the review is."""
        return self.page.counts

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The columns of tables, and the fields of JSON."""
        return told(self.examined.flows, self.page.items)

    @property
    def behind(self) -> bool:
        """Whether the result is not yet what comes of what is decided."""
        return self._made < self._wanted

    def news(self, since: int) -> dict[str, Any]:
        """What of the page has changed after a number of its drawing. `anew`: all of it."""
        if since < self.began:
            return {"anew": True, "doc": self.state}
        return {**self.page.changes(since), "doc": self.state}

    @property
    def state(self) -> dict[str, Any]:
        """How the review stands, for the page."""
        told = {"version": self.version, "serial": self.page.serial, "behind": self.behind, "trouble": self.trouble}
        return {**told, "share": self.share, "counts": self.counts}

    # What the page does.

    def decide(
        self, ids: Iterable[str], action: str, scope: str, entity: str = "", reason: str = "", same: str = ""
    ) -> dict[str, Any]:
        """Decide of some items, each at its place, for its value or its column; `open` takes back what was decided.

        `same`: an item that says in another form what they say: all get its label.
        """
        if action not in ("mask", "keep", "later", "open") or scope not in ("place", "value", "column"):
            raise RedactorError("{what}: not a decision", what=f"{action} {scope}")
        if entity and entity not in ENTITIES:
            raise RedactorError("{what}: not an entity", what=entity)
        items = [self._item(id_) for id_ in ids]
        form = self._form(self._item(same)) if same else None
        given = partial(choice_of, action=action, entity=entity, reason=reason, by=self.by, same=form)
        wanted = [key for item in items for key in self._keys(item, scope, given(item))]
        places = wanted if scope == "column" else {id_ for item in items for id_ in self._targets(item, scope)}
        return self._take("decide", wanted, number=len(places))

    def decide_column(self, id_: str, action: str) -> dict[str, Any]:
        """Decide of all cells of a column."""
        wanted = of_column(self.examined.flows, self.items.values(), id_, action, self.by, self._guessed)
        return self._take("decide", wanted, number=len(wanted))

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
        for first, start, last, end in spans:
            place = trimmed(self._paragraphs, self._texts, first, start, last, end)
            text = self._text_at(place)
            guessed = entity or self._guess(place, text)
            alone = scope == "place" or len(text) == 1 or "\n" in text
            key: Place | Value = place if alone else keyed(guessed, text)
            wanted.append((key, Choice("mask", guessed, "", self.by, added=True)))
        wanted = list(dict(wanted).items())
        answer = self._take("add", wanted)
        own = [each.id for each in self.known.at(wanted[-1][0]) if each.id in self.page.items] if wanted else []
        chosen = own[0] if own else None
        return answer | {"value": text, "entity": guessed, "number": len(own), "chosen": chosen}

    def span(self, id_: str, left: int, right: int) -> dict[str, Any]:
        """Move the edges of an item by so many characters: the old place stays, the new one goes."""
        item = self._item(id_)
        flow, start, end = item.place
        moved = (flow, start + left, end + right)
        text = self._texts[flow]
        if not 0 <= moved[1] < moved[2] <= len(text) or "\n" in text[moved[1] : moved[2]]:
            raise RedactorError("it can't be moved further")
        entity = self._entity(item)
        keep, mask = Choice("keep", "", "", self.by), Choice("mask", entity, "", self.by, added=True)
        # What was added goes as if it had never been; what a rule has found is kept where the rule had it.
        before = None if item.found.kind == "added" else keep
        return self._take("span", [(item.place, before), (moved, mask)]) | {"chosen": id_of(moved)}

    def undo(self) -> dict[str, Any]:
        """Take back the last step."""
        if self.history.done:
            self.note("undo", {})
        return self._looked(self.history.undo())

    def redo(self) -> dict[str, Any]:
        """Take the step that was undone last once more."""
        if self.history.undone:
            self.note("redo", {})
        return self._looked(self.history.redo())

    def mark_read(self, numbers: Iterable[int]) -> dict[str, Any]:
        """Note that paragraphs of the result were read."""
        fresh = sorted({number for number in numbers if 0 <= number < len(self._paragraphs)} - self.read)
        if fresh:
            self.note("read", {"paragraphs": fresh})
        since = self.page.serial
        self.read.update(fresh)
        self.version += 1
        self.page.redraw((), fresh)
        return self.news(since)

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
                self.known.notice(Found(*each.place, each.entity or "PERSON", "", 0.0, "", "added") for each in told)
                self.history.take([(each.key, each.choice) for each in told])
        if self.history.done:
            self.look()
        self.page.redraw_all()

    def find(self, text: str) -> list[dict[str, Any]]:
        """All places of a text, as it is compared: width and invisible signs are nothing to it."""
        return [hit_of(self._index, flow, *span) for flow, span in standing(value_of(text), self._searched)]

    def say_again(self) -> None:
        """Say everything in the language that is in use now."""
        self.page.titles = {id_: str(rule.description.get(current(), "")) for id_, rule in self.rules.by_id.items()}
        self.page.redraw_all()

    def check_version(self, version: object) -> None:
        """StaleError when the page was not up to date."""
        if version != self.version:
            raise StaleError("something was decided in another window: the page is brought up to date")

    def decisions(self) -> DecidedTexts:
        """What is decided, by flow, as the engine takes it."""
        return DecidedTexts(decided(self.known, self.history, self._searched, self._texts), self._texts)

    # What the engine makes of it.

    def ask(self) -> None:
        """Have the engine look again."""
        self._wanted += 1
        (self.wake or Session.look)(self)

    def asked(self) -> tuple[int, DecidedTexts]:
        """What the engine is to look at the document under, and the number of that question."""
        self.unseen = False
        return self._wanted, self.decisions()

    def answered(self, decisions: DecidedTexts) -> Examined | str:
        """What the engine makes of it; why it can't, when it can't. Takes its time; others may decide meanwhile."""
        try:
            return self.refresh(decisions)
        except Exception as error:
            known = failure(error, self.name)
            if known is None:
                raise
            return str(known)

    def settle(self, number: int, answer: Examined | str) -> None:
        """Show what the engine has answered to a question."""
        self._made = number
        self.trouble = answer if isinstance(answer, str) else ""
        if isinstance(answer, str):
            self.page.redraw(())
            return
        self.examined = answer
        self.page.follow(answer, unsettled=self.behind)

    def look(self) -> None:
        """Have the engine look now."""
        number, decisions = self.asked()
        self.settle(number, self.answered(decisions))

    # How it is done.

    def _take(self, event: Event, wanted: Wanted, **more: Any) -> dict[str, Any]:
        """Take a step, once it is noted."""
        self.note(event, recorded(wanted, self._place_of, self._entity_at))
        return self._looked(self.history.take(wanted), **more)

    def _looked(self, step: Step, **more: Any) -> dict[str, Any]:
        """What of the page a step has changed."""
        since = self.page.serial
        self.version += 1
        items = [item for change in step for item in self.known.at(change.key)]
        before = [effect_of(item, self.page.items.get(item.id)) for item in items]
        added = [each for change in step if change.after and change.after.added for each in self._added(change)]
        self.page.redraw([*items, *added])
        if added or before != [effect_of(item, self.page.items.get(item.id)) for item in items]:
            self.ask()
        elif step:
            self.unseen = True
        return {**self.news(since), "number": len(step), "chosen": self._of(step), **more}

    def _added(self, change: Change) -> list[Item]:
        """The items that stand where something was added: they are shown before the engine has looked."""
        choice, key = change.after, change.key
        places = self._standing(key) if isinstance(key, str) else [key]
        entity = key.partition(" ")[0] if isinstance(key, str) else choice.entity if choice else ""
        self.known.notice(Found(*place, entity, DECISION, 1.0, "", "added") for place in places)
        added = [self.items[id_of(place)] for place in places]
        self.known.now.update(each.id for each in added)
        return added

    def _standing(self, value: Value) -> list[Place]:
        return [(flow, *span) for flow, span in standing(value.partition(" ")[2], self._searched)]

    def _text_at(self, place: Place) -> str:
        flow, start, end = place
        text = self._texts[flow]
        if not start <= end <= len(text):
            raise IndexError
        return text[start:end]

    def _entity_at(self, place: Place) -> str:
        item = self.items.get(id_of(place))
        return item.found.entity if item else ""

    def _place_of(self, value: Value) -> Place:
        """A place at which a value stands."""
        return next((item.place for item in self.known.at(value)), None) or self._standing(value)[0]

    def _entity(self, item: Item) -> str:
        held = self.history.holds(item.place, item.value)
        return held[0].entity or item.found.entity if held else item.found.entity

    def _item(self, id_: str) -> Item:
        try:
            return self.items[id_]
        except KeyError:
            raise RedactorError("there is no such place") from None

    def _targets(self, item: Item, scope: str) -> list[str]:
        if scope == "place" or item.group not in self.page.groups:
            return [item.id]
        return list(self.page.groups[item.group]["items"])

    def _form(self, item: Item) -> Place:
        """The place of the form whose label an item gets."""
        held = self.history.holds(item.place, item.value)
        return (held[0].same if held else None) or item.place

    def _keys(self, item: Item, scope: str, choice: Choice | None) -> list[tuple[Place | Value, Choice | None]]:
        """What a decision is kept under. To undecide a value is to undecide its places too."""
        if scope == "place":
            return [(item.place, choice)]
        if scope == "column":
            return around(self.examined.flows, self.items.values(), item, choice)
        if choice is None:
            return [(item.value, None), *((self.items[id_].place, None) for id_ in self._targets(item, "value"))]
        return [(item.value, choice)]

    def _of(self, step: Step) -> str | None:
        """An item that a step is about."""
        for change in step:
            for item in self.known.at(change.key):
                if item.group in self.page.groups:
                    return item.id if not isinstance(change.key, str) else str(self.page.groups[item.group]["items"][0])
        return None

    def _guessed(self, place: Place) -> str:
        return self._guess(place, self._text_at(place))

    def _guess(self, place: Place, text: str) -> str:
        """The entity that the rules would give a text: of the same text elsewhere, or of what was found there."""
        for item in (*self.known.of_text(value_of(text)), *self.known.over(place)):
            if item.found.entity in ENTITIES:
                return item.found.entity
        return self.guess(text)
