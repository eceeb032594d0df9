"""Formulas of spreadsheets (ECMA-376 part 1, 18.17): names in them follow what they name, their texts are redacted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import regex

from redactor.formats.pieces import spliced
from redactor.formats.unit import Redacted, Session, Unit, apart

LOST: Final = "#REF!"
"""What spreadsheets write where a reference leads nowhere."""
_TOKEN: Final = regex.compile(
    r"""(?P<text>"(?:[^"]|"")*+")
    |'(?P<quoted>(?:[^']|'')*+)'(?=!)
    |(?P<bracket>\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*+\])*+\])
    |(?P<sheet>[\p{L}_\\][\p{L}\p{N}_.\\?]*+)(?=!|:[\p{L}_\\][\p{L}\p{N}_.\\?]*+!)
    |(?P<name>[\p{L}_\\][\p{L}\p{N}_.\\?]*+)
    |(?P<number>[0-9]{5,}+)""",
    regex.X | regex.S,
)
_PLAIN: Final = regex.compile(r"(?i)[a-z]{1,3}[0-9]{0,7}|true|false|\[[0-9]*\]|(?:_xlnm|_xlpm|_xlfn)\..*")
"""References to cells, and words of the language."""
_PIECE: Final = regex.compile(r'(?P<text>"(?:[^"]|"")*+")|(?i:UNICHAR)\(\s*+(?P<point>[0-9]{2,7})\s*+\)')
_JOINT: Final = regex.compile(r"\s*+&\s*+(?:_xlfn\.)?")
_JOINT_OR_COMMA: Final = regex.compile(r"\s*+[&,]\s*+(?:_xlfn\.)?")
_JOINING: Final = regex.compile("(?i)CONCAT|TEXTJOIN")
_COLUMN: Final = regex.compile(r"(?:[^\[\]#@,:']|'.)++", regex.S)


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
        match match.lastgroup:
            case "quoted":
                book, bracket, sheets = match["quoted"].replace("''", "'").rpartition("]")
                new = ":".join(self.sheets.get(each.casefold(), each) for each in sheets.split(":"))
                return _quoted(book + bracket + new) if new != sheets else old
            case "sheet":
                new = self.sheets.get(old.casefold(), old)
                return _quoted(new) if new != old else old
            case "bracket":
                return _COLUMN.sub(self._column, old)
            case "name":
                return self.names.get(old.casefold(), old)
        return old

    def _column(self, match: regex.Match[str]) -> str:
        new = self.columns.get(regex.sub("'(.)", r"\1", match[0]).casefold())
        return match[0] if new is None else regex.sub(r"['\[\]#@]", r"'\g<0>", new)


def _quoted(sheet: str) -> str:
    return "'" + sheet.replace("'", "''") + "'"


def look_at(texts: Mapping[str, str], session: Session) -> dict[str, Redacted]:
    """What becomes of texts that stand each for itself, given with the place of each."""
    return dict(zip(texts, apart(session, [Unit(text, where) for text, where in texts.items()]), strict=True))


def redact_formulas(formulas: Mapping[str, str], renamed: Renamed, session: Session) -> dict[str, str | None]:
    """What becomes of formulas, given with the place of each; None for those that can't stay.

    What is found within the quotes of a text is redacted there; a formula with anything else in it, or that puts it together of several texts,
    can't stay.
    """
    new = {formula: renamed.in_formula(formula) for formula in formulas}
    said = {text: list(_said(text)) for text in new.values()}
    together = {text: list(_put_together(text)) for text in new.values()}
    places = {word: where for formula, where in formulas.items() for _, word in said[new[formula]]}
    for formula, where in formulas.items():
        places |= {text: where for pieces in together[new[formula]] for text in ("".join(pieces), *pieces)}
    found = look_at(places, session)

    def whole(pieces: Sequence[str]) -> bool:
        return found["".join(pieces)].text == "".join(found[piece].text for piece in pieces)

    return {
        formula: _redacted(text, said[text], found) if all(map(whole, together[text])) else None
        for formula, text in new.items()
    }


def _put_together(formula: str) -> Iterator[list[str]]:
    """The texts and characters of which a formula puts one text together: those with nothing but `&` between them."""
    joint = _JOINT_OR_COMMA if _JOINING.search(formula) else _JOINT
    run: list[str] = []
    end = 0
    for match in _PIECE.finditer(formula):
        if run and not joint.fullmatch(formula, end, match.start()):
            if len(run) > 1:
                yield run
            run = []
        point = int(match["point"] or 0)
        run.append(match["text"][1:-1].replace('""', '"') if match["text"] else chr(point) if point < 0x110000 else "")
        end = match.end()
    if len(run) > 1:
        yield run


def _said(formula: str) -> Iterator[tuple[regex.Match[str], str]]:
    """What a formula says beside functions, references and small numbers; texts without their quotes."""
    for match in _TOKEN.finditer(formula):
        if match["text"] is not None:
            yield match, match[0][1:-1].replace('""', '"')
        elif not _PLAIN.fullmatch(match[0]) and not formula.startswith("(", match.end()):
            yield match, match[0].strip("[]'")


def _redacted(formula: str, said: Sequence[tuple[regex.Match[str], str]], found: Mapping[str, Redacted]) -> str | None:
    """The formula with its texts redacted; None when something else than a text was found."""
    edited = [(match, found[word].text) for match, word in said if found[word].edits]
    if any(match["text"] is None for match, _ in edited):
        return None
    return spliced(formula, [(*match.span(), '"' + text.replace('"', '""') + '"') for match, text in edited])
