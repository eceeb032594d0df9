"""What was decided of a document, as the engine takes it: by flow, stretches that stay and stretches that go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from redactor.model import Decided, Span
from redactor.review.drawing import Marks
from redactor.review.history import Action, Choice, History, Place
from redactor.review.known import Item, Known
from redactor.review.values import Searched, Value


def decided(known: Known, history: History, flows: Sequence[Searched], texts: Sequence[str]) -> dict[int, Decided]:
    """The decisions that hold, of flows that say `texts`. What is decided of a place alone goes before what is decided of a value that touches it."""
    kept: dict[int, set[Span]] = defaultdict(set)
    masked: dict[int, dict[Span, str]] = defaultdict(dict)
    same: dict[int, dict[Span, Place]] = defaultdict(dict)
    alone: dict[int, Marks] = defaultdict(Marks)
    for flow, start, end in history.places:
        alone[flow].add(start, end)
    for item in _held(known, history):
        held = history.holds(item.place, item.value)
        flow, start, end = item.place
        if held is None or (held[1] == "value" and alone[flow].touches(start, end)):
            continue
        if held[0].action == "keep":
            kept[flow].add((start, end))
        elif held[0].action == "mask":
            masked[flow][start, end] = held[0].entity or item.found.entity
            if held[0].same:
                same[flow][start, end] = held[0].same
    for (flow, start, end), choice in history.places.items():
        if choice.action == "mask" and choice.added:
            masked[flow].setdefault((start, end), choice.entity)
    for name, choice in history.values.items():
        if choice.action == "mask" and choice.added:
            entity, _, value = name.partition(" ")
            for flow, span in standing(value, flows):
                if not alone[flow].touches(*span):
                    masked[flow].setdefault(span, choice.entity or entity)
    forms = {
        flow: tuple((*span, texts[form][start:end]) for span, (form, start, end) in sorted(own.items()))
        for flow, own in same.items()
    }
    return {flow: _as_told(kept.get(flow, ()), masked.get(flow, {}), forms.get(flow, ())) for flow in {*kept, *masked}}


def choice_of(item: Item, action: str, entity: str, reason: str, by: str, same: Place | None = None) -> Choice | None:
    """What is decided of an item; None for `open`, which takes back what was. `same`: the place of the form whose label it gets."""
    if action == "open":
        return None
    act: Action = "mask" if action == "mask" else "keep" if action == "keep" else "later"
    other = entity if entity != item.found.entity else ""
    added = item.found.kind == "added" and act == "mask"
    return Choice(act, other, reason[:200], by, added, same if act == "mask" else None)


def effect_of(item: Item, shown: Mapping[str, Any] | None) -> object:
    """What is decided of an item, as far as it may change the result: to confirm what is masked anyhow does not. `shown`: the item as the page has it."""
    if shown is None:
        return None
    state = "open" if shown["state"] == "later" else shown["state"]
    anyhow = shown["masked"] and item.found.kind in ("finding", "block")
    plain = state == "mask" and anyhow and shown["entity"] == item.found.entity
    return "open" if plain else state, shown["entity"], shown["same"]


def _held(known: Known, history: History) -> Iterator[Item]:
    """The items that something is decided of, and that are to be seen."""
    keys: list[Place | Value] = [*history.places, *history.values]
    return (item for key in keys for item in known.at(key) if known.lives(item, history))


def _as_told(kept: Iterable[Span], masked: dict[Span, str], same: tuple[tuple[int, int, str], ...]) -> Decided:
    return Decided(tuple(sorted(kept)), tuple((*span, entity) for span, entity in sorted(masked.items())), same)


def standing(value: Value, flows: Sequence[Searched]) -> Iterator[tuple[int, Span]]:
    """Where a value stands in the whole document, inside longer words too."""
    for number, flow in enumerate(flows):
        for span in flow.places(value):
            yield number, span
