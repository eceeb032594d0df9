"""Cells of worksheets (ECMA-376 part 1, 18.3): what each says to a reader, and how a cell comes to say something else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

import regex
from lxml import etree

from redactor.formats.office.markup import local, local_name, namespace, remove
from redactor.formats.office.paragraphs import SPACE, Leaf, Paragraph
from redactor.formats.unit import Redacted
from redactor.model import FormatError

_ESCAPE: Final = regex.compile(r"_x([0-9A-Fa-f]{4})_")
_CONTROL: Final = regex.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_NUMBER: Final = regex.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_ERRORS: Final = regex.compile(r"#[A-Z0-9/!?_]{1,20}")
_REFERENCE: Final = regex.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_PLAIN: Final = regex.compile(r"[A-Za-z0-9.: -]{0,40}")
_ROW: Final = frozenset(
    [
        *("r", "spans", "s", "customFormat", "ht", "hidden", "customHeight", "outlineLevel", "collapsed", "thickTop"),
        *("thickBot", "ph", "*dyDescent"),
    ]
)
_CELL: Final = frozenset(("r", "s", "t", "cm", "vm", "ph"))
_FORMULA: Final = frozenset(("t", "aca", "ref", "dt2D", "dtr", "del1", "del2", "r1", "r2", "ca", "si", "bx"))
_SWITCHES: Final = ("0", "1", "true", "false")
_CHILDREN: Final = frozenset(("f", "v", "is"))
_MAX_DIGITS: Final = 20


def plain(text: str) -> str:
    """A text as it is read: `_x000D_` stands for a character (ST_Xstring, 22.9.2.19)."""
    if "_x" not in text:
        return text
    joined = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    try:
        return joined.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return text


def escaped(text: str) -> str:
    """A text as it is written where `plain` reads it."""
    text = regex.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
    return _CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def unescape(root: etree._Element) -> None:
    """Write characters of a part that are escaped without need as they are, so that they can be read."""
    for element in root.iter(etree.Element):
        if "_x" in (element.text or ""):
            element.text = escaped(plain(str(element.text)))
        for name, value in element.items():
            if "_x" in value:
                element.set(name, escaped(plain(str(value))))


def rich_text(element: etree._Element) -> Paragraph:
    """The text of a string item or a comment over its runs, without what tells how it is pronounced."""
    texts = [t for t in element.iter("{*}t") if next(t.iterancestors("{*}rPh"), None) is None]
    return Paragraph(element, [Leaf(t, plain(t.text or "")) for t in texts])


def write_rich(paragraph: Paragraph, redacted: Redacted) -> None:
    """Put edits into a rich text; pronunciations go, as they count its characters."""
    if redacted.edits:
        for child in list(paragraph.element.iterchildren("{*}rPh", "{*}phoneticPr")):
            remove(child)
        paragraph.write(redacted, escaped)
        for leaf in paragraph.leaves:
            _write(leaf.element, leaf.text)


def _write(element: etree._Element, text: str) -> None:
    element.text = escaped(text)
    if text != text.strip():
        element.set(SPACE, "preserve")


def shown(number: str) -> str:
    """A number as one without a format is shown."""
    try:
        value = Decimal(number)
    except InvalidOperation:
        return number
    if value.is_finite() and value.adjusted() < _MAX_DIGITS and value == value.to_integral_value():
        return str(int(value))
    return number


@dataclass(slots=True, eq=False)
class Held:
    """A cell that says something. `shared`: the number of the shared string, -1 when the text is its own."""

    element: etree._Element
    row: int
    column: int
    text: str
    shared: int = -1
    became: Redacted | None = None

    @property
    def place(self) -> str:
        """Its column's letters and its row's number."""
        letters, number = "", self.column
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{letters}{self.row}"

    @property
    def formula(self) -> etree._Element | None:
        """The element of its formula."""
        return next(self.element.iterchildren("{*}f"), None)

    @property
    def group(self) -> str:
        """The number of the formula that it shares with other cells, "" when it shares none."""
        formula = self.formula
        return (formula.get("si") or "") if formula is not None and formula.get("t") == "shared" else ""

    @property
    def number(self) -> bool:
        """Whether it holds a number."""
        return self.element.get("t", "n") == "n"

    @property
    def edited(self) -> bool:
        """Whether something in its text was redacted."""
        return self.became is not None and bool(self.became.edits)

    def drop_formula(self) -> None:
        """Let the cell hold its value alone, as it is now."""
        formula = self.formula
        if formula is not None:
            remove(formula)
        if self.became is not None and self.became.edits:
            self.take(self.became)
        elif self.element.get("t") == "str":
            self.put(self.text)

    def take(self, became: Redacted) -> None:
        """Let the cell hold what has become of its text, and nothing else."""
        self.put(became.text, number=became.number and bool(_NUMBER.fullmatch(became.text)))

    def put(self, text: str, *, number: bool = False) -> None:
        """Let the cell hold a text or number of its own, and nothing else; or be empty."""
        for child in list(self.element):
            self.element.remove(child)
        self.element.attrib.pop("t", "")
        self.element.attrib.pop("vm", "")
        self.element.attrib.pop("cm", "")
        if number:
            etree.SubElement(self.element, f"{{{namespace(self.element)}}}v").text = text
        elif text:
            space = namespace(self.element)
            self.element.set("t", "inlineStr")
            holder = etree.SubElement(etree.SubElement(self.element, f"{{{space}}}is"), f"{{{space}}}t")
            _write(holder, text)


@dataclass(slots=True)
class Grid:
    """The filled cells of a sheet by rows. `tidied`: something was taken out that no office program writes there.

    `constants`: what cells show, by row and column, that hold a truth value or an error: nothing to redact.
    """

    rows: list[list[Held]] = field(default_factory=list)
    constants: dict[tuple[int, int], str] = field(default_factory=dict)
    tidied: bool = False

    def cells(self) -> Iterator[Held]:
        """All of them, row by row."""
        for row in self.rows:
            yield from row


def read_grid(data: etree._Element, shared: Sequence[str]) -> Grid:
    """The cells of `sheetData` that hold anything, empty texts with formulas too."""
    grid = Grid(tidied=_tidied(data, frozenset(), frozenset(("row",))))
    row_number = 0
    for row in data.iterchildren(etree.Element):
        grid.tidied |= _tidied(row, _ROW, frozenset(("c",)))
        row_number = number(row.get("r"), row_number + 1)
        held: list[Held] = []
        column = 0
        for cell in row.iterchildren(etree.Element):
            grid.tidied |= _tidied(cell, _CELL, _CHILDREN) | _bared(cell)
            column = _column(cell.get("r", ""), column + 1)
            found = _read(cell, shared)
            if (found is None or not found[0]) and (constant := _constant(cell)):
                grid.constants[row_number, column] = constant
            if found is not None:
                held.append(Held(cell, row_number, column, *found))
        if held:
            grid.rows.append(held)
    return grid


def _read(cell: etree._Element, shared: Sequence[str]) -> tuple[str, int] | None:
    kind = cell.get("t", "n")
    value: str | None = None
    text: str | None = None
    formula = False
    for child in cell.iterchildren(etree.Element):
        match local(child):
            case "v":
                value = child.text or ""
            case "is":
                text = rich_text(child).text
            case "f":
                formula = True
    if kind == "s" and value is not None:
        if not value.strip().isdecimal() or int(value) >= len(shared):
            raise FormatError("a cell refers to a text that is not there")
        return shared[int(value)], int(value)
    if text is not None and (kind == "inlineStr" or text):
        return text, -1
    empty = value is None or (kind == "b" and value in _SWITCHES) or (kind == "e" and _ERRORS.fullmatch(value))
    if value is None or empty:
        return ("", -1) if formula else None
    return (shown(value) if kind == "n" else plain(value)), -1


def _constant(cell: etree._Element) -> str:
    """The truth value or error that a cell shows; "" for any other."""
    value = next((child.text or "" for child in cell.iterchildren("{*}v")), "")
    match cell.get("t"):
        case "b" if value in _SWITCHES:
            return "TRUE" if value in ("1", "true") else "FALSE"
        case "e" if _ERRORS.fullmatch(value):
            return value
    return ""


def _tidied(element: etree._Element, attributes: frozenset[str], children: frozenset[str]) -> bool:
    """Take out what a row or cell holds beside its cells or values: extensions, attributes of others, stray text."""
    tidied = _strip(element, attributes)
    if element.text and not element.text.isspace():
        element.text, tidied = None, True
    seen: set[str] = set()
    for child in list(element):
        if child.tail and not child.tail.isspace():
            child.tail, tidied = None, True
        name = local(child) if isinstance(child.tag, str) else ""
        if name not in children or (name in seen and name in _CHILDREN):
            element.remove(child)
            tidied = True
        seen.add(name)
    spare = "v" if element.get("t") == "inlineStr" else "is"
    if {"v", "is"} <= seen:
        element.remove(next(child for child in element if local(child) == spare))
        tidied = True
    return tidied


def _bared(cell: etree._Element) -> bool:
    """Leave of a cell's value and formula their texts, and the attributes that tell how a formula is shared."""
    bared = False
    for child in cell.iterchildren(etree.Element):
        if local(child) in ("f", "v"):
            bared |= _strip(child, _FORMULA) or len(child) > 0
            for inner in list(child):
                child.remove(inner)
    return bared


def _strip(element: etree._Element, attributes: frozenset[str]) -> bool:
    """Take out attributes of other names (`*`: in a namespace), and those that hold more than a plain value; whether any did."""
    odd = [
        name
        for name, value in element.items()
        if not attributes.intersection((name, f"*{local_name(str(name))}")) or not _PLAIN.fullmatch(str(value))
    ]
    for name in odd:
        del element.attrib[name]
    return bool(odd)


def number(given: str | None, otherwise: int = 0) -> int:
    """A number that an attribute gives, where it is one of a size that can be."""
    return int(given) if given and given.isdecimal() and len(given) < 8 else otherwise


def _column(reference: str, following: int) -> int:
    match = _REFERENCE.fullmatch(reference)
    return column_number(match[1]) if match else following


def column_number(letters: str) -> int:
    """The number of a column from 1, by its letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def corners(reference: str) -> tuple[int, int, int, int] | None:
    """First row, first column, last row, last column of a range (`A1:C9`); None when it is none."""
    first, _, last = reference.replace("$", "").partition(":")
    low, high = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last or first)
    if not low or not high:
        return None
    return int(low[2]), column_number(low[1]), int(high[2]), column_number(high[1])
