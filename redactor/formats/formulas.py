"""Formulas of spreadsheets (ECMA-376 part 1, 18.17): names in them follow what they name, their texts are redacted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import regex

from redactor.formats.unit import Redacted, Session, Unit
from redactor.model import Edit

LOST: Final = "#REF!"
"""What spreadsheets write where a reference leads nowhere."""
_TOKEN: Final = regex.compile(
    r"""(?P<text>"(?:[^"]|"")*+")
    |'(?P<quoted>(?:[^']|'')*+)'(?=!)
    |(?P<bracket>\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*+\])*+\])
    |(?P<sheet>[\p{L}_\\][\p{L}\p{N}_.\\?]*+)(?=!|:[\p{L}_\\][\p{L}\p{N}_.\\?]*+!)
    |(?P<name>[\p{L}_\\][\p{L}\p{N}_.\\?]*+)""",
    regex.X | regex.S,
)
_COLUMN: Final = regex.compile(r"(?:[^\[\]#@,:']|'.)++", regex.S)
_SAYS: Final = regex.compile(r'"|[^\x00-\x7f]|[0-9]{5}')
"""What a formula has in it that could be found; others are made of references, functions and small numbers."""
_GAP: Final = Unit("", "")
"""An empty line between values, so that none is read on into the next."""


@dataclass(slots=True)
class Renamed:
    """What has become of names, by the old ones in small letters: of sheets, of tables and ranges, of columns of tables."""

    sheets: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)

    def in_formula(self, formula: str) -> str:
        """The formula with the new names."""
        if not (self.sheets or self.names or self.columns):
            return formula
        return _TOKEN.sub(self._new, formula)

    def _new(self, match: regex.Match[str]) -> str:
        old = match[0]
        if match["quoted"] is not None:
            book, bracket, sheets = match["quoted"].replace("''", "'").rpartition("]")
            new = ":".join(self.sheets.get(each.casefold(), each) for each in sheets.split(":"))
            return _quoted(book + bracket + new) if new != sheets else old
        if match["sheet"] is not None:
            new = self.sheets.get(old.casefold(), old)
            return _quoted(new) if new != old else old
        if match["bracket"] is not None:
            return _COLUMN.sub(self._column, old)
        return old if match["name"] is None else self.names.get(old.casefold(), old)

    def _column(self, match: regex.Match[str]) -> str:
        new = self.columns.get(regex.sub("'(.)", r"\1", match[0]).casefold())
        return match[0] if new is None else regex.sub(r"['\[\]#@]", r"'\g<0>", new)


def _quoted(sheet: str) -> str:
    return "'" + sheet.replace("'", "''") + "'"


def look_at(texts: Mapping[str, str], session: Session) -> dict[str, Redacted]:
    """What becomes of texts that stand each for itself; given with the place of each."""
    units = [unit for text, where in texts.items() for unit in (Unit(text, where), _GAP)]
    return dict(zip(texts, session.flow(units, prose=False)[::2], strict=True)) if units else {}


def redact_formulas(formulas: Mapping[str, str], renamed: Renamed, session: Session) -> dict[str, str | None]:
    """What becomes of formulas, given with the place of each; None for those that can't stay.

    What is found within the quotes of a text is redacted there; a formula with anything else in it can't stay.
    """
    new = {formula: renamed.in_formula(formula) for formula in formulas}
    found = look_at({new[f]: where for f, where in formulas.items() if _SAYS.search(new[f])}, session)
    done: dict[str, str | None] = {}
    for formula, text in new.items():
        redacted = found.get(text)
        done[formula] = _within_texts(text, redacted.edits) if redacted and redacted.edits else text
    return done


def _within_texts(formula: str, edits: Sequence[Edit]) -> str | None:
    """The formula with the edits made, if all of them lie within its texts and leave them texts."""
    texts = _texts(formula)
    written: list[str] = []
    at = 0
    for edit in edits:
        if not any(low < edit.start and edit.end < high for low, high in texts):
            return None
        written += formula[at : edit.start], edit.replacement.replace('"', '""')
        at = edit.end
    result = "".join((*written, formula[at:]))
    return result if len(_texts(result)) == len(texts) else None


def _texts(formula: str) -> list[tuple[int, int]]:
    return [match.span() for match in _TOKEN.finditer(formula) if match["text"] is not None]
