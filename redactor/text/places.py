"""Places within a document as people read them: `page 3`, `table 1, row 2, cell 3`, said in the language in use.

Reports and programs get them in English; a line for people says them by `said_place`. Names of parts, sheets and members stay as they are.
"""

from __future__ import annotations

import re
from typing import Final

from redactor.language import later, say

_NUMBERED: Final = {
    "line": later("line {number}"),
    "lines": later("lines {number}"),
    "page": later("page {number}"),
    "slide": later("slide {number}"),
    "notes of slide": later("notes of slide {number}"),
    "paragraph": later("paragraph {number}"),
    "table": later("table {number}"),
    "row": later("row {number}"),
    "column": later("column {number}"),
    "cell": later("cell {number}"),
    "text box": later("text box {number}"),
    "comment": later("comment {number}"),
    "footnote": later("footnote {number}"),
    "endnote": later("endnote {number}"),
    "part": later("part {number}"),
}
_NAMED: Final = frozenset(
    (
        later("document"),
        later("headers"),
        later("header"),
        later("metadata"),
        later("package"),
        later("schema"),
        later("text"),
        later("name of a member"),
        later("name of the file"),
        later("text between parts"),
    )
)
_ATTRIBUTE: Final = " attribute"
_PIECES: Final = re.compile(r"( > |, (?!\d))")
_NUMBER: Final = re.compile(
    rf"(?P<name>{'|'.join(_NUMBERED)}) (?P<number>\d+(?:(?:-|, )\d+)*)(?: and (?P<more>\d+) more)?(?P<rest>: .*)?", re.S
)


def said_place(where: str) -> str:
    """A place in the language in use; `where`: as formats name it, in English."""
    return "".join(say(piece) if piece == ", " else _said(piece) for piece in _PIECES.split(where))


def _said(piece: str) -> str:
    found = _NUMBER.fullmatch(piece)
    if piece.endswith(_ATTRIBUTE):
        return say("{name} attribute", name=piece.removesuffix(_ATTRIBUTE))
    if not found:
        return say(piece) if piece in _NAMED else piece
    said = say(_NUMBERED[found["name"]], number=found["number"].replace(", ", say(", ")))
    if found["more"]:
        said = say("{place} and {number} more", place=said, number=found["more"])
    return at(said, found["rest"][2:]) if found["rest"] else said


def at(place: str, message: object) -> str:
    """A message, with the place or file that it is about before it."""
    return say("{place}: {message}", place=place, message=message) if place else str(message)
