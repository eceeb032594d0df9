"""Offsets in the units that other programs count by: code points, UTF-8 bytes, UTF-16 code units (Java, JavaScript, Windows)."""

from __future__ import annotations

from typing import Final, Literal, get_args

import regex

Unit = Literal["code-points", "utf-8", "utf-16"]
UNITS: Final[tuple[str, ...]] = get_args(Unit)

_SURROGATE = regex.compile(r"[\ud800-\udfff]")


def width(text: str, unit: Unit) -> int:
    """How many units a text takes; a lone surrogate counts as the replacement character that stands for it elsewhere."""
    if unit == "code-points":
        return len(text)
    if unit == "utf-16":
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    return len(_SURROGATE.sub("\ufffd", text).encode())


class Offsets:
    """Code point offsets of one text after another, in another unit; quick when asked for from left to right."""

    def __init__(self, unit: Unit) -> None:
        self.unit: Unit = unit
        self._base = 0
        self._text = ""
        self._at = self._width = 0

    def enter(self, text: str) -> None:
        """Go on to the next part of the document."""
        self._base += self._width + width(self._text[self._at :], self.unit)
        self._text, self._at, self._width = text, 0, 0

    @property
    def end(self) -> int:
        """The offset at which the present part ends."""
        return self._base + self._width + width(self._text[self._at :], self.unit)

    def of(self, point: int) -> int:
        """The offset, from the beginning of the document, of a code point of the present part."""
        if point < self._at:
            self._width -= width(self._text[point : self._at], self.unit)
        else:
            self._width += width(self._text[self._at : point], self.unit)
        self._at = point
        return self._base + self._width
