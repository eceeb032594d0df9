"""Texts of XML parts that are no paragraphs: attributes, properties, cached values, names that things are referred to by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

import regex
from lxml import etree

from redactor.formats.office.markup import SCHEMAS, elements, local, local_name
from redactor.formats.unit import Session, Unit, apart, unshown
from redactor.packaged import any_word_of

_SHAPED: Final = regex.compile(
    r"[-+.,:;%#{}()\[\] \dA-Fa-f]*"  # numbers, colours, identifiers
    r"|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[-+]\d\d:\d\d)?"
    r"|[-+]?[\d.]+(?:pt|in|cm|mm|px|em|emu|ex|pc|deg|fd)"
    r"|rId\d{1,6}|_x0000_[a-z]{1,2}\d{1,6}|_(?:Toc|Ref|Hlk|Hlt|GoBack)\d*|true|false|auto|none|left|right|center|both"
)
_FONT: Final = regex.compile(
    rf"[\w .@-]{{0,14}}{any_word_of('office-font-words')}(?:[ _-]?{any_word_of('office-font-styles')})*"
)
_FORMULAS: Final = frozenset(
    [
        "style",
        "path",
        "eqn",
        "adj",
        "coordsize",
        "coordorigin",
        "points",
        "from",
        "to",
        "control1",
        "control2",
        "connectlocs",
        "textboxrect",
        "dashstyle",
        "fmla",
        "d",
        "ptsTypes",
        "pathEditMode",
    ]
)
"""Attributes that hold many words and numbers in a grammar of their own (VML, geometry): they go when one was found, as does
the address of a schema."""
_DATES: Final = frozenset({"fullDate"})
"""Attributes that hold a value that is shown as a text elsewhere, in a form that no replacement has: they go too."""
_COUNTED: Final = frozenset(
    [
        "created",
        "modified",
        "lastPrinted",
        "filetime",
        "date",
        "posOffset",
        "align",
        "pctWidth",
        "pctHeight",
        "pctPosHOffset",
        "pctPosVOffset",
        "AppVersion",
        "TotalTime",
        "Pages",
        "Words",
        "Characters",
        "Lines",
        "Paragraphs",
        "CharactersWithSpaces",
        "Slides",
        "Notes",
        "DocSecurity",
        "revision",
        "tableStyleId",
    ]
)
"""Elements whose text is a number or date in a form that readers depend on."""
_CELLS: Final = regex.compile(r"!\$?[A-Z]{1,3}\$?\d{1,7}(?::\$?[A-Z]{1,3}\$?\d{1,7})?\Z")
"""The cells in a formula that refers to cells of a sheet: the sheet's name may say something, they don't."""
_WORD: Final = regex.compile(r"[^\s:;,()'\"@/#]+")
_LOOKS: Final = regex.compile(
    r"(?:.*/)?(?:styles|stylesWithEffects|tableStyles|numbering|theme\d*|themeOverride\d*|settings|webSettings|fontTable"
    r"|presProps|viewProps|colors\d*|quickStyle\d*|layout\d+|app)\.xml"
)
"""Parts that say how a document looks: names of styles, of fonts, of colours."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: in an element, after it, or in one of its attributes; `rest`: its end that is no part of it."""

    element: etree._Element
    attribute: str = ""
    after: bool = False
    rest: str = ""

    def get(self) -> str:
        """The text."""
        if self.attribute:
            return str(self.element.get(self.attribute, ""))
        return ((self.element.tail if self.after else self.element.text) or "").removesuffix(self.rest)

    def put(self, text: str) -> None:
        """Change the text."""
        text += self.rest
        if self.attribute:
            self.element.set(self.attribute, text)
        elif self.after:
            self.element.tail = text
        else:
            self.element.text = text


_SHORT: Final = 2

IsText = Callable[[etree._Element, str], bool]
"""Whether an attribute (by its name without namespace) of an element holds what a person has written."""


class Names:
    """New names for things whose old names may not stay, the same for every reference."""

    def __init__(self) -> None:
        self._new: dict[str, str] = {}
        self._taken: set[str] = set()
        self._number = 0

    def take(self, names: Iterable[str]) -> None:
        """Names that are in use already: no new one will be like them."""
        self._taken.update(names)

    def fresh(self, old: str) -> str:
        """The new name."""
        while old not in self._new:
            self._number += 1
            if f"name{self._number}" not in self._taken:
                self._new[old] = f"name{self._number}"
        return self._new[old]

    def __getitem__(self, old: str) -> str:
        return self._new.get(old, old)

    def in_code(self, code: str) -> str:
        """A field's code with the names in it that have new ones."""
        for old in sorted(self._new, key=len, reverse=True):
            code = regex.sub(rf"(?<!\w){regex.escape(old)}(?!\w)", self._new[old], code)
        return code


def redact_values(
    trees: Mapping[str, etree._Element],
    session: Session,
    is_text: IsText,
    done: Set[etree._Element],
    names: Names,
    within: Callable[[etree._Element], Iterable[etree._Element]] = elements,
    passed: Set[str] = frozenset(),
) -> None:
    """Redact every text and attribute of the trees but the texts of elements in `done`.

    What a person has written is edited in place. What things are called by, or is a word of the format, gets a new name
    where something in it was found, the same everywhere: references go on to lead where they led. `within`: the elements
    of a tree that are looked at; `passed`: attributes that have been seen to.
    """
    texts: dict[str, list[tuple[str, Place]]] = {}
    called: dict[str, list[tuple[str, Place]]] = {}
    formulas: dict[str, list[tuple[str, Place]]] = {}
    empty: set[str] = set()
    for where, root in trees.items():
        for element in within(root):
            for place in _texts(element, done):
                texts.setdefault(place.get(), []).append((where, place))
            for key, text in element.items():
                attribute, value = str(key), str(text)
                # Most attributes are a number or a switch, too short to say anything of anybody.
                if (len(value) <= _SHORT and value.isascii()) or not value.strip() or attribute in passed:
                    continue
                name = local_name(attribute)
                place = Place(element, attribute)
                if is_text(element, name):
                    texts.setdefault(value, []).append((where, place))
                elif name in _DATES:
                    formulas.setdefault(value.partition("T")[0], []).append((where, place))
                elif name in _FORMULAS or SCHEMAS.fullmatch(value):
                    for word in words(value):
                        formulas.setdefault(word, []).append((where, place))
                elif value not in empty and value not in called and is_shaped(value):
                    empty.add(value)
                elif value not in empty:
                    called.setdefault(value, []).append((where, place))
    names.take(called)
    for old, new in _redacted(texts, session, _said).items():
        for _, place in texts[old]:
            place.put(new)
    for old in {**_redacted(called, session, _unseen), **{each: each for each in called if names[each] != each}}:
        for _, place in called[old]:
            place.put(names.fresh(old))
    for old in _redacted(formulas, session, _unseen):
        for _, place in formulas[old]:
            place.element.attrib.pop(place.attribute, "")


def _texts(element: etree._Element, done: Set[etree._Element]) -> Iterable[Place]:
    text = element.text or ""
    if element not in done and text.strip() and not (local(element) in _COUNTED and is_shaped(text)):
        cells = _CELLS.search(text) if local(element) == "f" else None
        yield Place(element, rest=cells[0] if cells else "")
    if (element.tail or "").strip():
        yield Place(element, after=True)


def _said(text: str, places: Sequence[tuple[str, Place]]) -> Unit:
    seen = next((where for where, place in places if not (_LOOKS.fullmatch(where) or _is_name(place))), None)
    return unshown(text, places[0][0]) if seen is None else Unit(text, seen)


def _unseen(text: str, places: Sequence[tuple[str, Place]]) -> Unit:
    return unshown(text, places[0][0])


def _is_name(place: Place) -> bool:
    """Whether a text is what a program calls a shape or a picture: "TextBox 1"."""
    return place.attribute == "name" and local(place.element) in ("cNvPr", "docPr")


def _redacted(
    found: Mapping[str, list[tuple[str, Place]]],
    session: Session,
    unit: Callable[[str, Sequence[tuple[str, Place]]], Unit],
) -> dict[str, str]:
    """The texts that have changed, with what they have become; each is asked for once."""
    answers = apart(session, [unit(value, places) for value, places in found.items()])
    return {value: answer.text for value, answer in zip(found, answers, strict=True) if answer.text != value}


def is_shaped(value: str) -> bool:
    """Whether a value has a shape that holds nothing: a number, a colour, an identifier, a font."""
    return bool(_SHAPED.fullmatch(value) or _FONT.fullmatch(value))


def words(value: str) -> list[str]:
    """The words of an address or a formula that may say something."""
    schema = SCHEMAS.fullmatch(value)
    return [word for word in _WORD.findall(schema["path"] if schema else value) if not is_shaped(word)]
