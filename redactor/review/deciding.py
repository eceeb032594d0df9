"""What was decided of a document, as the engine takes it: by flow, stretches that stay and stretches that go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from redactor.model import Decided, Span
from redactor.review.drawing import Marks
from redactor.review.history import History, Place
from redactor.review.known import Item, Known
from redactor.review.values import Searched, Value


def decided(known: Known, history: History, flows: Sequence[Searched]) -> dict[int, Decided]:
    """The decisions that hold. What is decided of a place alone goes before what is decided of a value that touches it."""
    kept: dict[int, set[Span]] = defaultdict(set)
    masked: dict[int, dict[Span, str]] = defaultdict(dict)
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
    for (flow, start, end), choice in history.places.items():
        if choice.action == "mask" and choice.added:
            masked[flow].setdefault((start, end), choice.entity)
    for name, choice in history.values.items():
        if choice.action == "mask" and choice.added:
            entity, _, value = name.partition(" ")
            for flow, span in standing(value, flows):
                if not alone[flow].touches(*span):
                    masked[flow].setdefault(span, choice.entity or entity)
    return {flow: _as_told(kept.get(flow, ()), masked.get(flow, {})) for flow in {*kept, *masked}}


def _held(known: Known, history: History) -> Iterator[Item]:
    """The items that something is decided of, and that are to be seen."""
    keys: list[Place | Value] = [*history.places, *history.values]
    return (item for key in keys for item in known.at(key) if known.lives(item, history))


def _as_told(kept: Iterable[Span], masked: dict[Span, str]) -> Decided:
    return Decided(tuple(sorted(kept)), tuple((*span, entity) for span, entity in sorted(masked.items())))


def standing(value: Value, flows: Sequence[Searched]) -> Iterator[tuple[int, Span]]:
    """Where a value stands in the whole document, inside longer words too."""
    for number, flow in enumerate(flows):
        for span in flow.places(value):
            yield number, span
