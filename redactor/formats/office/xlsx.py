"""Workbooks (ECMA-376 part 1, SpreadsheetML): cells by columns, every other text of every part, names and what refers to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import BinaryIO, Final

import regex
from lxml import etree

from redactor.detect.headers import entity_of
from redactor.formats.office.book import EXCEL, SHEETS, STRINGS, TABLE, Book, but_rows, holds_text, read_book
from redactor.formats.office.cells import Held, plain, rich_text, shown, write_rich
from redactor.formats.office.drawing import CHARTS, DIAGRAMS, LOOKS, flow_paragraphs, mend_numbers, take_out
from redactor.formats.office.formula_texts import (
    CHAIN,
    EXTERNAL,
    FORMULA_ATTRIBUTES,
    FORMULAS,
    redact_texts_of_formulas,
    rename_all,
)
from redactor.formats.office.formulas import look_at
from redactor.formats.office.hidden_cells import hidden_cells, read_formats
from redactor.formats.office.markup import elements, local, named
from redactor.formats.office.package import Package, opened
from redactor.formats.office.paragraphs import Leaf, Paragraph, read_paragraphs
from redactor.formats.office.parts import Kind, is_reference, prepared, read_trees
from redactor.formats.office.pivots import redact_cache
from redactor.formats.office.shared_parts import SHARED, redact_links
from redactor.formats.office.sheets import Sheet, redact_cells
from redactor.formats.office.values import Names, redact_values
from redactor.formats.options import Options
from redactor.formats.unit import Redacted, Session, Sink, Unit, replaced
from redactor.language import later, say

_MAIN: Final = (f"{SHEETS}sheet.main+xml", f"{SHEETS}template.main+xml")
_STYLES: Final = f"{SHEETS}styles+xml"
_THEME: Final = "application/vnd.openxmlformats-officedocument.theme+xml"
_COMMENTS: Final = (f"{SHEETS}comments+xml", f"{EXCEL}threadedcomments+xml")
_CACHE: Final = f"{SHEETS}pivotCacheDefinition+xml"
_RECORDS: Final = f"{SHEETS}pivotCacheRecords+xml"
_DRAWING: Final = "application/vnd.openxmlformats-officedocument.drawing+xml"
_KNOWN: Final = frozenset(
    (
        *_MAIN,
        *(f"{SHEETS}{kind}+xml" for kind in ("worksheet", "chartsheet", "dialogsheet", "pivotTable")),
        *(f"{SHEETS}{kind}+xml" for kind in ("sheetMetadata", "volatileDependencies")),
        *(f"{EXCEL}{kind}+xml" for kind in ("person", "slicer", "slicerCache", "controlproperties", "namedsheetviews")),
        *(f"{EXCEL}{kind}+xml" for kind in ("rdrichvalue", "rdrichvaluestructure", "rdrichvaluetypes", "richvaluerel")),
        *(f"{EXCEL}{kind}+xml" for kind in ("rdarray", "richstyles", "rdsupportingpropertybag", "timeline")),
        f"{EXCEL}featurepropertybag+xml",
        *(
            f"{EXCEL}{kind}+xml"
            for kind in ("rdsupportingpropertybagstructure", "timelineCache", "rdrichvaluewebimage")
        ),
        *(
            STRINGS,
            TABLE,
            _STYLES,
            *_COMMENTS,
            _CACHE,
            _RECORDS,
            CHAIN,
            EXTERNAL,
            _DRAWING,
            *CHARTS,
            *DIAGRAMS,
            *LOOKS,
        ),
        *SHARED,
    )
)
_DROPPED: Final = {
    "connections": later("connections to sources of data"),
    "queryTable": later("a query"),
    "xmlMaps": later("custom XML"),
    "tableSingleCells": later("custom XML"),
    "revisionHeaders": later("a history of changes"),
    "usernames": later("who had the workbook open"),
    "powerPivotData": later("a model of data"),
}
"""Relationships, by the last word of their type, whose parts go, and what they hold."""
_HOLDERS: Final = frozenset(
    [
        "pivotCaches",
        "externalReferences",
        "customProperties",
        "oleObjects",
        "controls",
        "tableParts",
        "customSheetViews",
    ]
)
"""Elements that may not be empty."""
_HEADERS: Final = frozenset(("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"))
_SWITCHES: Final = frozenset(("True", "False", "true", "false"))
_CODE: Final = regex.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|\d{1,3}|[A-JL-Za-z]|(&))|(.)', regex.S)
"""Codes in headers and footers, `&&` for the sign itself, and characters that are shown (18.3.1.39)."""


def _drop_parts(package: Package, options: Options) -> dict[str, str]:
    """Pivot tables of what is not in the workbook."""
    lost: dict[str, str] = {}
    for part in package.of_type(_CACHE):
        if any(e.get("connectionId") for e in elements(package.tree(part))):
            users = [source for source, found in package.relationships.items() if any(r.part == part for r in found)]
            lost |= dict.fromkeys((part, *users), "a pivot table of another source's data")
    lost.pop(package.main, "")
    return lost


_KIND: Final = Kind("workbook", _MAIN, _KNOWN, _DROPPED, _drop_parts, _HOLDERS)


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact a workbook."""
    package = prepared(source, _KIND, session, options)
    book = read_book(package, session, options)
    _tell_hidden(book, session)
    redact_cells(book.sheets, book.copies, session, options.columns, complete=not options.embedded)
    _write_strings(book, session)
    _paragraphs(book, session)
    rename_all(book, session)
    redact_texts_of_formulas(book, session)
    _pivots(book, session, options)
    _values(book, session)
    package.write(out)


def rows(source: BinaryIO, session: Session, options: Options) -> Iterator[Sequence[str]]:
    """The rows of a workbook's sheets as texts, cell by cell from the first column to the last that says something."""
    package = opened(source, session)
    read_trees(package, session)
    for sheet in read_book(package, session, options).sheets:
        grid = sheet.grid
        cells = grid.constants | {(held.row, held.column): held.text for held in grid.cells() if held.text.strip()}
        for _, row in groupby(sorted(cells), key=lambda place: place[0]):
            places = list(row)
            yield [cells.get((places[0][0], column), "") for column in range(1, places[-1][1] + 1)]


def _tell_hidden(book: Book, session: Session) -> None:
    """Tell of cells with text that nobody sees, while they still say it."""
    styles, themes = book.package.roots(_STYLES), book.package.roots(_THEME)
    formats = read_formats((root for _, root in styles), (root for _, root in themes))
    for sheet in book.sheets:
        if sheet.part in book.package.trees:
            for what, cells in hidden_cells(sheet, book.package.trees[sheet.part], formats).items():
                session.hidden(sheet.place, what, cells)


def _write_strings(book: Book, session: Session) -> None:
    """Write the strings that cells share, once it is known what has become of each."""
    cells = [held for sheet in book.sheets for held in sheet.grid.cells() if held.became is not None]
    became: dict[int, Redacted] = {}
    for held in cells:
        if held.shared >= 0 and held.became is not None:
            became.setdefault(held.shared, held.became)
    lone = {s.text: "shared strings" for n, s in enumerate(book.strings) if n not in became and s.text.strip()}
    found = look_at({text: where for text, where in lone.items() if text not in book.copies}, session)
    for number, string in enumerate(book.strings):
        write_rich(
            string,
            became.get(number)
            or found.get(string.text)
            or replaced(string.text, book.copies.get(string.text, string.text), "copy"),
        )
    for held in cells:
        if (
            held.became is not None
            and held.shared >= 0
            and (held.became.number or held.became.text != became[held.shared].text)
        ):
            held.take(held.became)
        elif held.shared < 0 and held.edited and held.formula is None:
            _write_own(held)


def _write_own(held: Held) -> None:
    """Write the text of a cell that shares it with no other; a rich one keeps its runs, unless it is a number again."""
    assert held.became is not None
    inline = next(held.element.iterchildren("{*}is"), None)
    if held.element.get("t") == "inlineStr" and inline is not None and not held.became.number:
        write_rich(rich_text(inline), held.became)
    else:
        held.take(held.became)


def _paragraphs(book: Book, session: Session) -> None:
    """Comments, drawings, charts and diagrams, headers and footers: each part is read as one text."""
    for part, root in book.package.roots(*_COMMENTS):
        threaded = local(root) == "ThreadedComments"
        texts = [Paragraph(e, [Leaf(e, e.text or "")]) if threaded else rich_text(e) for e in named(root, "text")]
        for text, answer in zip(texts, session.flow([Unit(text.text, part) for text in texts]), strict=True):
            write_rich(text, answer)
    for part, root in book.package.roots(_DRAWING, *CHARTS, *DIAGRAMS):
        read = [paragraph for paragraph in read_paragraphs(root).paragraphs if paragraph.text.strip()]
        flow_paragraphs([(paragraph, Unit(paragraph.text, part)) for paragraph in read], session, take_out)
    for sheet in book.sheets:
        if sheet.part in book.package.trees:
            found = but_rows(book.package.trees[sheet.part])
            _headers([e for e in found if local(e) in _HEADERS], sheet, session)


def _headers(found: Sequence[etree._Element], sheet: Sheet, session: Session) -> None:
    """Headers and footers, read without the codes in them."""
    tokens = [[(m[0], m[2] or m[1] or "") for m in _CODE.finditer(plain(e.text or ""))] for e in found]
    units = [Unit("".join(shown for _, shown in each), sheet.place) for each in tokens]
    for element, each, answer in zip(found, tokens, session.flow(units), strict=True):
        raw = [code for code, _ in each]
        places = [n for n, (_, shown) in enumerate(each) if shown]
        for edit in answer.edits:
            for at in range(edit.start, edit.end):
                raw[places[at]] = edit.replacement.replace("&", "&&") if at == edit.start else ""
        if answer.edits:
            element.text = "".join(raw)


def _pivots(book: Book, session: Session, options: Options) -> None:
    package = book.package
    for part, root in package.roots(_CACHE):
        names = {e.get("name", "") for e in named(root, "cacheField")}
        entities = {name: options.columns.get(name) or entity_of(name) for name in names}
        records = [r for r in package.relationships.get(part, ()) if package.types.get(r.part) == _RECORDS]
        rows = package.trees[records[0].part] if records else None
        if redact_cache(part, root, rows, entities, book.copies, session):
            gone = frozenset(r.id for r in records)
            for name in [a for a, value in root.attrib.items() if is_reference(str(a)) and value in gone]:
                del root.attrib[name]
            for each in records:
                package.drop(each.part)
                session.removed(
                    each.part, say("rows that a pivot table keeps; it fills itself again when it is opened")
                )


def _values(book: Book, session: Session) -> None:
    """Everything else: attributes, properties, cached values, texts of old drawings, and where links lead."""
    package = book.package
    trees = {p: root for p, root in package.trees.items() if package.types[p] not in (CHAIN, _RECORDS)}
    done = {leaf.element for string in book.strings for leaf in string.leaves}
    done |= {
        leaf.element
        for sheet in book.sheets
        for held in sheet.grid.cells()
        for text in named(held.element, "is")
        for leaf in rich_text(text).leaves
    }
    done |= {e for root in trees.values() for e in but_rows(root) if e.text in _SWITCHES or local(e) in FORMULAS}
    for root in trees.values():
        _put_copies(root, book.copies, done)
    names = Names()
    redact_links(package, session, names)
    redact_values(trees, session, holds_text, done, names, but_rows, FORMULA_ATTRIBUTES)
    for _, root in package.roots(*CHARTS):
        mend_numbers(root)
    for _, root in package.roots(EXTERNAL):
        _mend_cells(root)


def _put_copies(root: etree._Element, copies: dict[str, str], done: set[etree._Element]) -> None:
    for element in but_rows(root):
        if element.text in copies and element not in done:
            element.text = copies[element.text]
        for name, value in element.items():
            if value in copies and name not in FORMULA_ATTRIBUTES and holds_text(element, etree.QName(name).localname):
                element.set(name, copies[value])


def _mend_cells(root: etree._Element) -> None:
    """Let cells that are kept of other workbooks be texts where they are numbers no more."""
    for cell in named(root, "cell"):
        if cell.get("t", "n") == "n":
            values = [e.text or "" for e in named(cell, "v")]
            if any(not regex.fullmatch(r"[-+0-9.eE]*", shown(value)) for value in values):
                cell.set("t", "str")
