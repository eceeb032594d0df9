"""What content streams draw: glyphs with their places, the operators that show them, and matrices (ISO 32000-1, 8.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pikepdf import Object

from redactor.formats.pdf.fonts import Char, Font
from redactor.model import FormatError

Matrix = tuple[float, float, float, float, float, float]
_INVISIBLE: Final = 3
_CLIPPING: Final = 4


def times(a: Matrix, b: Matrix) -> Matrix:
    """`a` applied first, then `b`."""
    return (
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    )


def inverse(a: Matrix) -> Matrix:
    """The matrix that undoes `a`. FormatError when there is none."""
    area = a[0] * a[3] - a[1] * a[2]
    if abs(area) < 1e-12:
        raise FormatError("text that is drawn without an extent")
    x, y = a[4], a[5]
    return (
        a[3] / area,
        -a[1] / area,
        -a[2] / area,
        a[0] / area,
        (a[2] * y - a[3] * x) / area,
        (a[1] * x - a[0] * y) / area,
    )


@dataclass(slots=True, eq=False)
class Glyph:
    """One code that a show operator draws. `x`, `y`, `dx`, `dy`: its origin on the page and where its natural width ends.

    `spread`: the spacing between characters after it. `text`: the text matrix at its origin; `page`: the matrix from there to the page; `em`: the font's size on the page.
    """

    font: Font
    char: Char
    content: Content
    step: int
    text: Matrix
    page: Matrix
    size: float
    em: float
    x: float
    y: float
    dx: float
    dy: float
    spread: float
    mode: int


@dataclass(slots=True, eq=False)
class Show:
    """A show operator: where it begins, and its glyphs."""

    text: Matrix
    glyphs: list[Glyph] = field(default_factory=list)
    font: tuple[Any, float] = (None, 0.0)
    spacing: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 0.0)


@dataclass(slots=True, eq=False)
class Drawing:
    """A path: the operators that make it, and the box that it fills on the page."""

    first: int
    last: int
    box: tuple[float, float, float, float]


@dataclass(slots=True, eq=False)
class Content:
    """One use of a content stream, by the page itself or as a form within another.

    `forms`: the contents that its operators draw, by their place among them. `hidden`: what is drawn in a layer that is not shown.
    """

    owner: Object
    resources: Object | None
    steps: list[Any]
    shows: dict[int, Show] = field(default_factory=dict)
    drawings: list[Drawing] = field(default_factory=list)
    forms: dict[int, Content] = field(default_factory=dict)
    alternatives: list[tuple[int, str]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)


def numbers_of(values: Sequence[Any], count: int) -> list[float]:
    numbers = [float(value) for value in values]
    if len(numbers) != count:
        raise FormatError("an operator of its content has too few or too many values")
    return numbers


def matrix_of(values: Any) -> Matrix:
    a, b, c, d, e, f = numbers_of(list(values), 6)
    return a, b, c, d, e, f


def is_clipping(glyph: Glyph) -> bool:
    """Whether the glyph's shape is also a clipping path."""
    return glyph.mode >= _CLIPPING


def is_invisible(glyph: Glyph) -> bool:
    """Whether the glyph is there to be found and copied only, as recognised text over a scan is."""
    return glyph.mode == _INVISIBLE
