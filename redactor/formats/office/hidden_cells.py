"""Cells of a workbook that hold text nobody sees: in hidden sheets, rows and columns, without a format, white on white."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import regex
from lxml import etree

from redactor.formats.office.cells import corners, number
from redactor.formats.office.markup import elements, local, named
from redactor.formats.office.sheets import Sheet
from redactor.language import later
from redactor.text.marks import marked

_ON: Final = frozenset(("1", "true"))
_NO_FORMAT: Final = regex.compile(r"\s*(?:;\s*){3}")
"""A format whose four sections, for numbers above, below and at zero and for texts, are empty."""
_WHITE_INDEXES: Final = frozenset(("1", "9"))
_MAX_COLUMNS: Final = 16_384
_ALL_ROWS: Final = 1 << 30
_MAX_RANGES: Final = 1_000
"""Ranges of colours that are looked through for a cell; where there are more, none is said to be white on white."""
Corners = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Format:
    """What a cell format does to what the cell says."""

    empty: bool = False
    white: bool = False


def hidden_cells(sheet: Sheet, root: etree._Element, formats: Sequence[_Format]) -> Counter[str]:
    """How many cells of a sheet hold text that is hidden, by how it is."""
    cells = (held for held in sheet.grid.cells() if held.text.strip())
    if sheet.element.get("state") in ("hidden", "veryHidden"):
        return Counter({later("in a hidden sheet"): many} if (many := sum(1 for _ in cells)) else {})
    columns = _hidden_columns(root)
    coloured: list[Corners] | None = None
    found: Counter[str] = Counter()
    for held in cells:
        row = held.element.getparent()
        place = number(held.element.get("s"))
        kind = formats[place] if place < len(formats) else _Format()
        if row is not None and row.get("hidden") in _ON:
            found[later("in hidden rows")] += 1
        elif held.column < len(columns) and columns[held.column]:
            found[later("in hidden columns")] += 1
        elif kind.empty:
            found[later("number format ;;;")] += 1
        elif kind.white:
            coloured = _coloured(sheet, root) if coloured is None else coloured
            if not any(top <= held.row <= end and left <= held.column <= right for top, left, end, right in coloured):
                found[later("white on white")] += 1
    return found


def read_formats(styles: Iterable[etree._Element], themes: Iterable[etree._Element]) -> list[_Format]:
    """The cell formats of `xl/styles.xml`, of which there should be one, by their numbers."""
    white_theme = any(map(_has_white_paper, themes))
    for root in styles:
        texts = {e.get("numFmtId"): e.get("formatCode", "") for e in named(root, "numFmt")}
        fonts = [_is_white(next(iter(named(font, "color")), None), white_theme) for font in _items(root, "fonts")]
        fills = [_is_paper(fill, white_theme) for fill in _items(root, "fills")]
        return [
            _Format(
                bool(_NO_FORMAT.fullmatch(texts.get(each.get("numFmtId"), ""))),
                _at(fonts, each.get("fontId"), missing=False) and _at(fills, each.get("fillId"), missing=True),
            )
            for each in _items(root, "cellXfs")
        ]
    return []


def _items(root: etree._Element, name: str) -> list[etree._Element]:
    return [e for holder in root.iterchildren(f"{{*}}{name}") for e in holder.iterchildren(etree.Element)]


def _at(found: Sequence[bool], given: str | None, *, missing: bool) -> bool:
    place = number(given)
    return found[place] if place < len(found) else missing


def _has_white_paper(theme: etree._Element) -> bool:
    """Whether the first colour of a theme, which workbooks take for the paper's, is white."""
    return any(
        colour.get("lastClr", colour.get("val", "")).upper() in ("FFFFFF", "WINDOW")
        for light in named(theme, "lt1")
        for colour in light.iterchildren(etree.Element)
    )


def _is_white(colour: etree._Element | None, white_theme: bool) -> bool:
    if colour is None or colour.get("tint", "0") not in ("0", "0.0"):
        return False
    if rgb := colour.get("rgb"):
        return rgb.upper().endswith("FFFFFF")
    if index := colour.get("indexed"):
        return index in _WHITE_INDEXES
    return white_theme and colour.get("theme") == "0"


def _is_paper(fill: etree._Element, white_theme: bool) -> bool:
    """Whether a fill leaves a cell white."""
    pattern = next((e for e in elements(fill) if local(e) == "patternFill"), None)
    if pattern is None:
        return len(fill) == 0
    kind = pattern.get("patternType", "none")
    front = next((e for e in elements(pattern) if local(e) == "fgColor"), None)
    return kind == "none" or (kind == "solid" and _is_white(front, white_theme))


def _hidden_columns(root: etree._Element) -> bytearray:
    """For each column that a sheet can have, whether it is hidden."""
    hidden = (column for column in _items(root, "cols") if column.get("hidden") in _ON)
    return marked(_MAX_COLUMNS + 1, ((number(each.get("min")), number(each.get("max")) + 1) for each in hidden))


def _coloured(sheet: Sheet, root: etree._Element) -> list[Corners]:
    """Ranges that have colours beside those of their cells' formats: tables, and where conditions format."""
    ranges = [table.get("ref", "") for table in sheet.tables]
    for condition in named(root, "conditionalFormatting"):
        ranges += condition.get("sqref", "").split()
        ranges += [each for e in named(condition, "sqref") for each in (e.text or "").split()]
    if len(ranges) > _MAX_RANGES:
        return [(0, 0, _ALL_ROWS, _MAX_COLUMNS)]
    return [found for each in ranges if (found := corners(each))]
