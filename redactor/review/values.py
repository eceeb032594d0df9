"""Values as decisions know them: what a text is compared by, where it stands, what it is taken for."""

from __future__ import annotations

from array import array
from typing import Final

from redactor.model import Span
from redactor.review.fingerprints import value_of

Value = str
"""What a text is compared by: see `value_of` and `keyed`."""
_HEADERS: Final = ("header", "footer")
_METADATA: Final = ("docprops", "metadata", "properties", "core.xml", "name of")
_TABLES: Final = ("!", "table", "column", "row")


def keyed(entity: str, text: str) -> Value:
    """What the decisions on a value are kept under: of the same text another entity is another value."""
    return f"{entity} {value_of(text)}"


class Searched:
    """A text that values are looked for in: width and invisible signs are nothing to it. It is folded once."""

    def __init__(self, text: str) -> None:
        self._folded = value_of(text)
        self._places: array[int] | None = None
        """Where each sign of the folded text stands in the text; None: where it does in itself."""
        if self._folded != text:
            folded = [(value_of(sign), at) for at, sign in enumerate(text)]
            self._folded = "".join(signs for signs, _ in folded)
            self._places = array("L", (at for signs, at in folded for _ in signs))

    def places(self, wanted: Value) -> list[Span]:
        """Where a value stands; none over another."""
        found: list[Span] = []
        start = 0
        while wanted and (at := self._folded.find(wanted, start)) >= 0:
            start = at + len(wanted)
            found.append((at, start) if self._places is None else (self._places[at], self._places[start - 1] + 1))
        return found


def zone_of(where: str) -> str:
    """What of a document a place belongs to, by its name: body, table, header or metadata."""
    low = where.lower()
    for zone, words in (("header", _HEADERS), ("metadata", _METADATA), ("table", _TABLES)):
        if any(word in low for word in words):
            return zone
    return "body"
