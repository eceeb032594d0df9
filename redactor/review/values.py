"""Values as decisions know them: what a text is compared by, where it stands, what it is taken for."""

from __future__ import annotations

import unicodedata
from typing import Final

from redactor.text.invisible import INVISIBLE

Value = str
"""What a text is compared by: see `value_of` and `keyed`."""
_HEADERS: Final = ("header", "footer")
_METADATA: Final = ("docprops", "metadata", "properties", "core.xml", "name of")
_TABLES: Final = ("!", "table", "column", "row")


def value_of(text: str) -> Value:
    """What a text is compared by: its compatibility form (NFKC) without invisible signs, so that full width and half width are one."""
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def keyed(entity: str, text: str) -> Value:
    """What the decisions on a value are kept under: of the same text another entity is another value."""
    return f"{entity} {value_of(text)}"


def occurrences(text: str, wanted: Value) -> list[tuple[int, int]]:
    """Where a value stands in a text, width and invisible signs being nothing to it; none over another."""
    folded: list[str] = []
    places: list[int] = []
    for at, sign in enumerate(text):
        for each in value_of(sign):
            folded.append(each)
            places.append(at)
    found: list[tuple[int, int]] = []
    line, start = "".join(folded), 0
    while wanted and (at := line.find(wanted, start)) >= 0:
        found.append((places[at], places[at + len(wanted) - 1] + 1))
        start = at + len(wanted)
    return found


def zone_of(where: str) -> str:
    """What of a document a place belongs to, by its name: body, table, header or metadata."""
    low = where.lower()
    for zone, words in (("header", _HEADERS), ("metadata", _METADATA), ("table", _TABLES)):
        if any(word in low for word in words):
            return zone
    return "body"
