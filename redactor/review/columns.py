"""One decision for a column of a table: every cell of it goes, or what was found in it stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import regex

from redactor.model import RedactorError
from redactor.review.history import Choice, Place
from redactor.review.items import Flow
from redactor.review.known import Item

_IN_TABLE: Final = regex.compile(r"(?P<before>.*?)\brow \d+(?P<after>, column .+)")
_IN_SHEET: Final = regex.compile(r"(?P<before>.*!)\$?(?P<after>[A-Z]{1,3})\$?\d+")
_LABELLED: Final = regex.compile(r"(?P<label>[^：\n]{1,60})：(?=.)")
"""How a record is laid out as a text: its fields with their names."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """A stretch of a document that is a cell: the column that it is in, what its column is called in the text, and where its value stands."""

    column: str
    label: str
    place: Place


def in_column(
    flows: Sequence[Flow], items: Iterable[Item], item: Item, choice: Choice | None
) -> list[tuple[Place, Choice | None]]:
    """What a decision on an item comes to for all of its column. RedactorError where it is in none.

    To mask a column is to mask every cell, whatever was found in it; to decide else is to decide of what was found there.
    """
    cells = [*_cells(flows)]
    own = next((cell for cell in cells if _holds(cell, item.place)), None)
    if own is None:
        raise RedactorError("it is in no column of a table")
    column = [cell for cell in cells if cell.column == own.column]
    if choice is None or choice.action != "mask":
        places = sorted(each.place for each in items if any(_holds(cell, each.place) for cell in column))
        return [(place, choice and replace(choice, added=False)) for place in places]
    known = {each.place for each in items if each.found.kind != "added"}
    entity = choice.entity or item.found.entity
    labels = {cell.label for cell in column}
    texts = ((cell.place, flows[cell.place[0]].text[cell.place[1] : cell.place[2]]) for cell in column)
    # The name of the column stays.
    wanted = [place for place, text in texts if text.strip() and text not in labels]
    return [(place, replace(choice, entity=entity, added=place not in known)) for place in wanted]


def _holds(cell: _Cell, place: Place) -> bool:
    flow, start, end = cell.place
    return place[0] == flow and start <= place[1] and place[2] <= end


def _cells(flows: Sequence[Flow]) -> Iterator[_Cell]:
    for number, flow in enumerate(flows):
        for start, end, where in flow.stretches:
            text = flow.text[start:end]
            # In records that are laid out as a text the name of a field stands before each value.
            found = _LABELLED.match(text) if len(flow.stretches) > 1 else None
            label, size = (found["label"], found.end()) if found else ("", 0)
            place = _IN_TABLE.fullmatch(where) or _IN_SHEET.fullmatch(where)
            if place:
                yield _Cell(f"{place['before']}{place['after']}", label, (number, start + size, end))
