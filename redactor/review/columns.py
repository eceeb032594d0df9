"""One decision for a column of a table, or for a field of JSON: every cell of it goes, or what was found in it stays."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import regex

from redactor.model import RedactorError
from redactor.review.drawing import said_column, touches
from redactor.review.history import Choice, Place
from redactor.review.items import Flow
from redactor.review.known import Item
from redactor.review.values import Value

_IN_TABLE: Final = regex.compile(r"(?P<before>.*?)\brow \d+, (?P<after>(?:column|cell) .+)")
_FIRST: Final = regex.compile(r".*\brow 1, cell .+")
"""The first row of a table in Word, which names the columns as a rule."""
_IN_SHEET: Final = regex.compile(r"(?P<before>.*!)\$?(?P<after>[A-Z]{1,3})\$?\d+")
_LABELLED: Final = regex.compile(r"(?P<label>[^：\n]{1,60})：(?=.)")
"""How a record is laid out as a text: its fields with their names."""
_NUMBERED: Final = regex.compile(r"(?:.*, )?(?:column|cell) \d+.*|.*![A-Z]{1,3}")
_EXAMPLES: Final = 2
_LONGEST: Final = 24
"""Characters of an example, and of a name that is shown."""
Wanted = list[tuple[Place | Value, Choice | None]]


@dataclass(frozen=True, slots=True)
class _Cell:
    """A stretch of a document that is a cell: the column that it is in, what that is called, and where its value stands."""

    column: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Column:
    """The cells of a column that hold something. `id`: tells it in its document; `name`: what it is called, as far as that is known."""

    id: str
    name: str
    cells: Sequence[_Cell]


def columns_of(flows: Sequence[Flow]) -> dict[str, Column]:
    """The columns of all tables of a document, by what tells them, in reading order. The names of columns are none of their cells."""
    cells: dict[str, list[_Cell]] = defaultdict(list)
    names: dict[str, str] = {}
    for cell in _cells(flows):
        cells[cell.column].append(cell)
        names[cell.column] = names.get(cell.column) or cell.name
    found = {}
    for id_, own in cells.items():
        texts = ((cell, flows[cell.place[0]].text[cell.place[1] : cell.place[2]].strip()) for cell in own)
        filled = [cell for cell, text in texts if text and text != names[id_]]
        if filled:
            found[id_] = Column(id_, names[id_], filled)
    return dict(sorted(found.items(), key=lambda each: _order(each[0])))  # stable: fields of JSON stay in reading order


def has_columns(flows: Sequence[Flow]) -> bool:
    """Whether there are tables in a document."""
    return next(_cells(flows), None) is not None


def told(flows: Sequence[Flow], items: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The columns as the page wants them. `items`: as the page has them."""
    columns = columns_of(flows)
    inside = _by_column(columns.values())
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for id_, item in items.items():
        place = _place(id_)
        for id_of_column in inside(place):
            found[id_of_column].append(item)
    return [
        {
            "id": column.id,
            "name": column.name[:_LONGEST],
            "where": said_column(column.id),
            "cells": len(column.cells),
            "masked": sum(touches(flows[cell.place[0]].edits, *cell.place[1:]) for cell in column.cells),
            "found": len(found[column.id]),
            "kept": sum(item["state"] == "keep" for item in found[column.id]),
            "examples": [
                flows[cell.place[0]].text[cell.place[1] : cell.place[2]][:_LONGEST] for cell in column.cells[:_EXAMPLES]
            ],
        }
        for column in columns.values()
    ]


def of_column(
    flows: Sequence[Flow], items: Iterable[Item], id_: str, action: str, by: str, guess: Callable[[Place], str]
) -> Wanted:
    """What a decision by somebody on a column comes to. `guess`: the entity of what stands at a place, where nothing was found in it.

    RedactorError where there is no such column.
    """
    column, items = columns_of(flows).get(id_), list(items)
    if column is None or action not in ("mask", "keep", "open"):
        raise RedactorError("it is in no column of a table")
    if action != "mask":
        return _in_column(column, items, None if action == "open" else Choice("keep", by=by))
    inside = _by_column([column])
    counted = Counter(each.found.entity for each in items if any(inside(each.place)))
    entity = counted.most_common(1)[0][0] if counted else guess(column.cells[0].place)
    return _in_column(column, items, Choice("mask", entity, by=by))


def around(flows: Sequence[Flow], items: Iterable[Item], item: Item, choice: Choice | None) -> Wanted:
    """What a decision on an item comes to for all of its column. RedactorError where it is in none."""
    for column in columns_of(flows).values():
        if any(_holds(cell, item.place) for cell in column.cells):
            chosen = choice and replace(choice, entity=choice.entity or item.found.entity)
            return _in_column(column, list(items), chosen)
    raise RedactorError("it is in no column of a table")


def _in_column(column: Column, items: Sequence[Item], choice: Choice | None) -> Wanted:
    """To mask a column is to mask every cell, whatever was found in it; to decide else is to decide of what was found there."""
    if choice is None or choice.action != "mask":
        inside = _by_column([column])
        places = sorted(each.place for each in items if any(inside(each.place)))
        entity = "" if choice and choice.action == "keep" else choice.entity if choice else ""
        return [(place, choice and replace(choice, entity=entity, added=False)) for place in places]
    known = {each.place for each in items if each.found.kind != "added"}
    return [(cell.place, replace(choice, added=cell.place not in known)) for cell in column.cells]


def _by_column(columns: Iterable[Column]) -> Any:
    """Looks up the columns that a place lies in, by the ids of them."""
    cells: dict[int, list[_Cell]] = defaultdict(list)
    for column in columns:
        for cell in column.cells:
            cells[cell.place[0]].append(cell)
    return lambda place: (cell.column for cell in cells.get(place[0], ()) if _holds(cell, place))


def _holds(cell: _Cell, place: Place) -> bool:
    flow, start, end = cell.place
    return place[0] == flow and start <= place[1] and place[2] <= end


def _place(id_: str) -> Place:
    flow, start, end = map(int, id_.split("-"))
    return flow, start, end


def _order(id_: str) -> tuple[object, ...]:
    """Columns in their order: B before AA, the tenth behind the second."""
    if not _NUMBERED.fullmatch(id_):
        return [], 0, ""
    sheet, _, letters = id_.rpartition("!")
    return [int(each) for each in regex.findall(r"\d+", id_)], len(letters) if sheet else 0, letters


def _cells(flows: Sequence[Flow]) -> Iterator[_Cell]:
    for number, flow in enumerate(flows):
        for which, (start, end, where) in enumerate(flow.stretches):
            name = flow.columns[which] if flow.columns else ""
            text = flow.text[start:end]
            # In records that are laid out as a text the name of a field stands before each value.
            label = _LABELLED.match(text) if len(flow.stretches) > 1 else None
            size = label.end() if label else 0
            place = _IN_TABLE.fullmatch(where) or _IN_SHEET.fullmatch(where)
            if _FIRST.fullmatch(where) and not touches(flow.edits, start, end):
                name = text.strip()
            column = f"{place['before']}{place['after']}" if place else name
            if column and where:
                yield _Cell(column, name or (label["label"] if label else ""), (number, start + size, end))
