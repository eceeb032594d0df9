"""Workbooks (ECMA-376 part 1, SpreadsheetML): cells by columns, every other text of every part, names and what refers to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

import regex
from lxml import etree

from redactor.detect.headers import entity_of
from redactor.formats.office.book import EXCEL, SHEETS, STRINGS, TABLE, Book, but_rows, copy_of, holds_text, read_book
from redactor.formats.office.cells import Held, plain, rich_text, shown, write_rich
from redactor.formats.office.drawing import CHARTS, DIAGRAMS, LABELS, LOOKS, flow_paragraphs, mend_numbers
from redactor.formats.office.formula_texts import (
    CHAIN,
    EXTERNAL,
    FORMULAS,
    redact_texts_of_formulas,
    rename_all,
    without_formulas,
)
from redactor.formats.office.formulas import look_at
from redactor.formats.office.hidden_cells import hidden_cells, read_formats
from redactor.formats.office.markup import elements, local, named
from redactor.formats.office.package import Package, check_active, keep_known, opened
from redactor.formats.office.paragraphs import Leaf, Paragraph, read_paragraphs
from redactor.formats.office.parts import is_reference, take_out
from redactor.formats.office.pivots import redact_cache
from redactor.formats.office.shared_parts import SHARED, redact_links, redact_shared
from redactor.formats.office.sheets import Sheet, redact_cells
from redactor.formats.office.values import Names, redact_values
from redactor.formats.options import Options
from redactor.formats.unit import Redacted, Session, Sink, Unit
from redactor.model import FormatError

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
    "connections": "connections to sources of data",
    "queryTable": "a query",
    "customXml": "custom XML",
    "customXmlProps": "custom XML",
    "xmlMaps": "custom XML",
    "tableSingleCells": "custom XML",
    "revisionHeaders": "a history of changes",
    "usernames": "who had the workbook open",
    "powerPivotData": "a model of data",
    "printerSettings": "settings of a printer",
    "customProperty": "a property of an add-in",
    "attachedToolbars": "tool bars",
    "webextension": "an add-in's data",
    "webextensiontaskpanes": "an add-in's data",
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


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact a workbook."""
    with opened(source) as package:
        check_active(package, session, options)
        if package.types[package.main] not in _MAIN:
            raise FormatError("a package whose main part is no workbook")
        _drop_parts(package, session)
        keep_known(package, _KNOWN, session, options)
        redact_shared(package, session, options)
        book = read_book(package, session, options)
        _tell_hidden(book, session)
        redact_cells(book.sheets, book.copies, session, options.columns, complete=not package.nested)
        _write_strings(book, session)
        _paragraphs(book, session)
        rename_all(book, session)
        redact_texts_of_formulas(book, session)
        _pivots(book, session, options)
        with without_formulas(book):
            _values(book, session)
        for part in book.changed & set(package.types):
            package.put_tree(part, book.trees[part])
        package.write(out)


def rows(source: BinaryIO, session: Session, options: Options) -> Iterator[Sequence[str]]:
    """The rows of a workbook's sheets as texts, cell by cell from the first column to the last that says something."""
    with opened(source) as package:
        for sheet in read_book(package, session, options).sheets:
            for row in sheet.grid.rows:
                texts = {held.column: held.text for held in row if held.text.strip()}
                if texts:
                    yield [texts.get(column, "") for column in range(1, max(texts) + 1)]


def _drop_parts(package: Package, session: Session) -> None:
    """Take out what a workbook was made from, and who worked on it, with the elements that refer to it."""
    lost: dict[str, str] = {}
    for found in package.relationships.values():
        for each in found:
            if each.kind in _DROPPED and each.part in package.types:
                lost[each.part] = _DROPPED[each.kind]
    for part in package.of_type(*LABELS):
        lost[part] = "a label or an add-in's data"
    for part in package.of_type(_CACHE):
        if any(e.get("connectionId") for e in elements(package.tree(part))):
            lost[part] = "a pivot table of another source's data"
            lost |= {
                source: lost[part]
                for source, found in package.relationships.items()
                if any(each.part == part for each in found) and source != package.main
            }
    take_out(package, lost, _HOLDERS, session)
    package.prune()


def _tell_hidden(book: Book, session: Session) -> None:
    """Tell of cells with text that nobody sees, while they still say it."""
    formats = read_formats((root for _, root in book.of_type(_STYLES)), (root for _, root in book.of_type(_THEME)))
    for sheet in book.sheets:
        if sheet.part in book.trees:
            for what, cells in hidden_cells(sheet, book.trees[sheet.part], formats).items():
                session.hidden(sheet.place, what, cells)


def _write_strings(book: Book, session: Session) -> None:
    """Write the strings that cells share, once it is known what has become of each."""
    for sheet in book.sheets:
        if any(held.edited and held.shared < 0 for held in sheet.grid.cells()):
            book.changed.add(sheet.part)
    became: dict[int, Redacted] = {}
    for sheet in book.sheets:
        for held in sheet.grid.cells():
            if held.shared >= 0 and held.became is not None:
                became.setdefault(held.shared, held.became)
    lone = {s.text: "shared strings" for n, s in enumerate(book.strings) if n not in became and s.text.strip()}
    found = look_at({text: where for text, where in lone.items() if text not in book.copies}, session)
    part = next(iter(book.package.of_type(STRINGS)), "")
    for number, string in enumerate(book.strings):
        redacted = became.get(number) or found.get(string.text) or copy_of(string.text, book)
        if write_rich(string, redacted):
            book.changed.add(part)
    for sheet in book.sheets:
        for held in sheet.grid.cells():
            if held.shared >= 0 and held.became is not None and held.became.text != became[held.shared].text:
                held.put(held.became.text)
                book.changed.add(sheet.part)
            elif held.shared < 0 and held.edited and held.formula is None:
                _write_own(held)


def _write_own(held: Held) -> None:
    """Write the text of a cell that shares it with no other; a rich one keeps its runs."""
    assert held.became is not None
    inline = [e for e in held.element.iterchildren(etree.Element) if local(e) == "is"]
    if held.element.get("t") == "inlineStr" and inline:
        write_rich(rich_text(inline[0]), held.became)
    else:
        held.put(held.became.text)


def _paragraphs(book: Book, session: Session) -> None:
    """Comments, drawings, charts and diagrams, headers and footers: each part is read as one text."""
    for part, root in book.of_type(*_COMMENTS):
        threaded = local(root) == "ThreadedComments"
        texts = [e for e in elements(root) if local(e) == "text"]
        if _flowed([Paragraph(e, [Leaf(e, e.text or "")]) if threaded else rich_text(e) for e in texts], part, session):
            book.changed.add(part)
    for part, root in book.of_type(_DRAWING, *CHARTS, *DIAGRAMS):
        book.changed |= flow_paragraphs([(part, p) for p in read_paragraphs(root).paragraphs], session)
    for sheet in book.sheets:
        found = but_rows(book.trees[sheet.part]) if sheet.part in book.trees else ()
        if _headers([e for e in found if local(e) in _HEADERS], sheet, session):
            book.changed.add(sheet.part)


def _flowed(texts: Sequence[Paragraph], part: str, session: Session) -> bool:
    answers = session.flow([Unit(text.text, part) for text in texts]) if texts else []
    written = [write_rich(text, answer) for text, answer in zip(texts, answers, strict=True)]
    return any(written)


def _headers(found: Sequence[etree._Element], sheet: Sheet, session: Session) -> bool:
    """Headers and footers, read without the codes in them."""
    changed = False
    tokens = [[(m[0], m[2] or m[1] or "") for m in _CODE.finditer(plain(e.text or ""))] for e in found]
    units = [Unit("".join(shown for _, shown in each), sheet.place) for each in tokens]
    for element, each, answer in zip(found, tokens, session.flow(units) if units else (), strict=True):
        if answer.edits:
            raw = [code for code, _ in each]
            places = [n for n, (_, shown) in enumerate(each) if shown]
            for edit in answer.edits:
                for at in range(edit.start, edit.end):
                    raw[places[at]] = edit.replacement.replace("&", "&&") if at == edit.start else ""
            element.text = "".join(raw)
            changed = True
    return changed


def _pivots(book: Book, session: Session, options: Options) -> None:
    for part, root in list(book.of_type(_CACHE)):
        names = {e.get("name", "") for e in elements(root) if local(e) == "cacheField"}
        entities = {name: options.columns.get(name) or entity_of(name) for name in names}
        records = [
            r.part for r in book.package.relationships.get(part, ()) if book.package.types.get(r.part) == _RECORDS
        ]
        rows = book.trees[records[0]] if records else None
        if redact_cache(part, root, rows, entities, book.copies, session):
            book.changed.add(part)
            gone = frozenset(r.id for r in book.package.relationships.get(part, ()) if r.part in records)
            for name in [a for a, value in root.attrib.items() if is_reference(str(a)) and value in gone]:
                del root.attrib[name]
            for each in records:
                book.package.drop(each)
                book.trees.pop(each, None)
                session.removed(each, "rows that a pivot table keeps; it fills itself again when it is opened")


def _values(book: Book, session: Session) -> None:
    """Everything else: attributes, properties, cached values, texts of old drawings, and where links lead."""
    trees = {p: r for p, r in book.trees.items() if book.package.types.get(p) not in (None, CHAIN, _RECORDS)}
    done = {leaf.element for string in book.strings for leaf in string.leaves}
    done |= {
        leaf.element
        for sheet in book.sheets
        for held in sheet.grid.cells()
        for text in named(held.element, "is")
        for leaf in rich_text(text).leaves
    }
    done |= {e for root in trees.values() for e in but_rows(root) if e.text in _SWITCHES or local(e) in FORMULAS}
    for part, root in trees.items():
        if _put_copies(root, book.copies, done):
            book.changed.add(part)
    charts = frozenset(book.package.of_type(*CHARTS))
    names = Names()
    redact_links(book.package, session, names)
    book.changed |= redact_values(trees, session, holds_text, done, names, but_rows)
    for part, root in trees.items():
        if (part in charts and mend_numbers(root)) | (book.package.types[part] == EXTERNAL and _mend_cells(root)):
            book.changed.add(part)


def _put_copies(root: etree._Element, copies: dict[str, str], done: set[etree._Element]) -> bool:
    changed = False
    for element in but_rows(root):
        if element.text in copies and element not in done:
            element.text = copies[element.text]
            changed = True
        for name, value in element.attrib.items():
            if value in copies and holds_text(element, etree.QName(name).localname):
                element.set(name, copies[str(value)])
                changed = True
    return changed


def _mend_cells(root: etree._Element) -> bool:
    """Let cells that are kept of other workbooks be texts where they are numbers no more."""
    changed = False
    for cell in but_rows(root):
        if local(cell) == "cell" and cell.get("t", "n") == "n":
            values = [e.text or "" for e in elements(cell) if local(e) == "v"]
            if any(not regex.fullmatch(r"[-+0-9.eE]*", shown(value)) for value in values):
                cell.set("t", "str")
                changed = True
    return changed
