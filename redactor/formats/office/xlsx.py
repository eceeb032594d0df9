"""Workbooks (ECMA-376 part 1, SpreadsheetML): cells by columns, every other text of every part, names and what refers to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO, Final

import regex
from lxml import etree

from redactor.detect.headers import entity_of
from redactor.formats.office.cells import Grid, Held, plain, read_grid, rich_text, shown, unescape, write_rich
from redactor.formats.office.drawing import CHARTS, DIAGRAMS, LABELS, LOOKS, flow_paragraphs, is_text, mend_numbers
from redactor.formats.office.formulas import LOST, Renamed, look_at, redact_formulas
from redactor.formats.office.hidden_cells import hidden_cells, read_formats
from redactor.formats.office.markup import elements, local, named, remove
from redactor.formats.office.package import Package, check_active, keep_known, opened
from redactor.formats.office.paragraphs import Leaf, Paragraph, read_paragraphs
from redactor.formats.office.parts import Trees, is_reference, parsed, take_out
from redactor.formats.office.pivots import redact_cache
from redactor.formats.office.shared_parts import APP, SHARED, redact_links, redact_shared
from redactor.formats.office.sheets import Sheet, redact_cells, unique_name
from redactor.formats.office.values import Names, redact_values
from redactor.formats.options import Options
from redactor.formats.unit import Redacted, Session, Sink, Unit
from redactor.model import Edit, FormatError

_SHEETS: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_EXCEL: Final = "application/vnd.ms-excel."
_MAIN: Final = (f"{_SHEETS}sheet.main+xml", f"{_SHEETS}template.main+xml")
_STRINGS: Final = f"{_SHEETS}sharedStrings+xml"
_TABLE: Final = f"{_SHEETS}table+xml"
_STYLES: Final = f"{_SHEETS}styles+xml"
_THEME: Final = "application/vnd.openxmlformats-officedocument.theme+xml"
_COMMENTS: Final = (f"{_SHEETS}comments+xml", f"{_EXCEL}threadedcomments+xml")
_CACHE: Final = f"{_SHEETS}pivotCacheDefinition+xml"
_RECORDS: Final = f"{_SHEETS}pivotCacheRecords+xml"
_CHAIN: Final = f"{_SHEETS}calcChain+xml"
_EXTERNAL: Final = f"{_SHEETS}externalLink+xml"
_DRAWING: Final = "application/vnd.openxmlformats-officedocument.drawing+xml"
_KNOWN: Final = frozenset(
    (
        *_MAIN,
        *(f"{_SHEETS}{kind}+xml" for kind in ("worksheet", "chartsheet", "dialogsheet", "pivotTable")),
        *(f"{_SHEETS}{kind}+xml" for kind in ("sheetMetadata", "volatileDependencies")),
        *(
            f"{_EXCEL}{kind}+xml"
            for kind in ("person", "slicer", "slicerCache", "controlproperties", "namedsheetviews")
        ),
        *(
            f"{_EXCEL}{kind}+xml"
            for kind in ("rdrichvalue", "rdrichvaluestructure", "rdrichvaluetypes", "richvaluerel")
        ),
        *(f"{_EXCEL}{kind}+xml" for kind in ("rdarray", "richstyles", "rdsupportingpropertybag", "timeline")),
        *(
            f"{_EXCEL}{kind}+xml"
            for kind in ("rdsupportingpropertybagstructure", "timelineCache", "rdrichvaluewebimage")
        ),
        *(
            _STRINGS,
            _TABLE,
            _STYLES,
            *_COMMENTS,
            _CACHE,
            _RECORDS,
            _CHAIN,
            _EXTERNAL,
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
_FORMULAS: Final = frozenset(
    [
        *("f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula", "totalsRowFormula"),
        *("oldFormula", "sqref"),
    ]
)
"""Elements whose text is a formula or a reference."""
_FORMULA_ATTRIBUTES: Final = frozenset(
    ["fmlaLink", "fmlaRange", "fmlaGroup", "fmlaTxbx", "fmlaPict", "textlink", "refersTo", "location", "formula"]
)
_SHEET_NAMES: Final = frozenset(("worksheetSource", "dataRef", "rangePr", "inputCells"))
_TEXTS: Final = frozenset(
    [
        *("text", "prompt", "promptTitle", "error", "errorTitle", "formatCode", "comment", "description", "help"),
        *("statusBar", "customMenu", "codeName", "sourceName", "uniqueName", "totalsRowLabel", "rowHeaderCaption"),
        *("colHeaderCaption", "grandTotalCaption", "errorCaption", "missingCaption", "dataCaption", "url", "author"),
        *(
            "stringValue1",
            "stringValue2",
            "filterVal",
            "displayFolder",
            "pageName",
            "location",
            "v",
            "refersTo",
            "macro",
        ),
        *("sourceFile", "destinationFile", "ddeTopic", "altTextSummary"),
    ]
)
_HEADERS: Final = frozenset(("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"))
_SWITCHES: Final = frozenset(("True", "False", "true", "false"))
_CODE: Final = regex.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|\d{1,3}|[A-JL-Za-z]|(&))|(.)', regex.S)
"""Codes in headers and footers, `&&` for the sign itself, and characters that are shown (18.3.1.39)."""


@dataclass(slots=True)
class _Book:
    """A workbook while it is redacted. `copies`: what has become of the texts of whole cells, wherever else they stand."""

    package: Package
    trees: Trees
    strings: list[Paragraph]
    sheets: list[Sheet]
    changed: set[str] = field(default_factory=set)
    copies: dict[str, str] = field(default_factory=dict)
    renamed: Renamed = field(default_factory=Renamed)

    def of_type(self, *kinds: str) -> Iterator[tuple[str, etree._Element]]:
        """The parts of these content types, with their trees."""
        for part in self.package.of_type(*kinds):
            yield part, self.trees[part]


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact a workbook."""
    with opened(source) as package:
        check_active(package, session, options)
        if package.types[package.main] not in _MAIN:
            raise FormatError("a package whose main part is no workbook")
        _drop_parts(package, session)
        keep_known(package, _KNOWN, session, options)
        redact_shared(package, session, options)
        book = _read(package, session, options)
        _tell_hidden(book, session)
        redact_cells(book.sheets, book.copies, session, options.columns, complete=not package.nested)
        _write_strings(book, session)
        _paragraphs(book, session)
        _rename(book, session)
        _formulas(book, session)
        _pivots(book, session, options)
        with _without_formulas(book):
            _values(book, session)
        for part in book.changed & set(package.types):
            package.put_tree(part, book.trees[part])
        package.write(out)


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


def _read(package: Package, session: Session, options: Options) -> _Book:
    trees, changed = parsed(package, session)
    for part, root in trees.items():
        if options.scrub_metadata and _scrubbed(root):
            changed.add(part)
            session.removed(part, "who worked on it")
        spreadsheet = package.types[part].startswith((_SHEETS, _EXCEL))
        if _tidied(root) | (spreadsheet and unescape(root)):
            changed.add(part)
    strings: list[Paragraph] = []
    for part in package.of_type(_STRINGS):
        strings += [rich_text(item) for item in trees[part].iterchildren(etree.Element) if local(item) == "si"]
    texts = [string.text for string in strings]
    by_id = {each.id: each.part for each in package.relationships.get(package.main, ())}
    sheets: list[Sheet] = []
    for number, element in enumerate(e for e in elements(trees[package.main]) if local(e) == "sheet"):
        part = next((by_id.get(str(v), "") for a, v in element.attrib.items() if is_reference(str(a))), "")
        seen = part not in trees or any(part == sheet.part for sheet in sheets)
        data = None if seen else next((e for e in trees[part] if local(e) == "sheetData"), None)
        grid = read_grid(data, texts) if data is not None else Grid()
        if grid.tidied:
            changed.add(part)
            session.removed(part, "what does not belong in cells")
        tables = [trees[each.part] for each in package.relationships.get(part, ()) if _is_table(package, each.part)]
        sheets.append(Sheet(part, f"sheet{number + 1}", element, data, grid, tables))
    for part in [part for part, root in trees.items() if local(root) == "worksheet"]:
        if all(part != sheet.part for sheet in sheets):
            package.drop(part)
            del trees[part]
            session.removed(part, "a sheet that the workbook does not name")
        elif len(named(trees[part], "sheetData")) > 1:
            raise FormatError(f"{part}: a sheet with more than one block of rows")
    return _Book(package, trees, strings, sheets, changed)


def _tell_hidden(book: _Book, session: Session) -> None:
    """Tell of cells with text that nobody sees, while they still say it."""
    formats = read_formats((root for _, root in book.of_type(_STYLES)), (root for _, root in book.of_type(_THEME)))
    for sheet in book.sheets:
        if sheet.part in book.trees:
            for what, cells in hidden_cells(sheet, book.trees[sheet.part], formats).items():
                session.hidden(sheet.place, what, cells)


def _is_table(package: Package, part: str) -> bool:
    return package.types.get(part) == _TABLE


def _scrubbed(root: etree._Element) -> bool:
    """Take out who worked on a part, and where and when."""
    changed = False
    for element in list(elements(root)):
        name = local(element)
        if name == "absPath" or name == "fileSharing":
            remove(element)
            changed = True
        elif name == "author" and element.text:
            element.text = ""
            changed = True
        elif name == "person":
            for attribute in ("displayName", "userId"):
                if element.get(attribute):
                    element.set(attribute, "")
                    changed = True
        elif name == "threadedComment" and "dT" in element.attrib:
            del element.attrib["dT"]
            changed = True
    return changed


def _tidied(root: etree._Element) -> bool:
    """Let tables be no longer bound to queries and custom XML, which are gone."""
    changed = False
    if local(root) == "table":
        for element in list(elements(root)):
            if local(element) == "xmlColumnPr":
                remove(element)
                changed = True
            for name in ("tableType", "queryTableFieldId", "connectionId"):
                if name in element.attrib:
                    del element.attrib[name]
                    changed = True
    return changed


def _write_strings(book: _Book, session: Session) -> None:
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
    part = next(iter(book.package.of_type(_STRINGS)), "")
    for number, string in enumerate(book.strings):
        redacted = became.get(number) or found.get(string.text) or _copied(string.text, book)
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


def _copied(text: str, book: _Book) -> Redacted:
    new = book.copies.get(text, text)
    return Redacted(new, (Edit(0, len(text), new, "", "copy"),)) if new != text else Redacted(text)


def _paragraphs(book: _Book, session: Session) -> None:
    """Comments, drawings, charts and diagrams, headers and footers: each part is read as one text."""
    for part, root in book.of_type(*_COMMENTS):
        threaded = local(root) == "ThreadedComments"
        texts = [e for e in elements(root) if local(e) == "text"]
        if _flowed([Paragraph(e, [Leaf(e, e.text or "")]) if threaded else rich_text(e) for e in texts], part, session):
            book.changed.add(part)
    for part, root in book.of_type(_DRAWING, *CHARTS, *DIAGRAMS):
        book.changed |= flow_paragraphs([(part, p) for p in read_paragraphs(root).paragraphs], session)
    for sheet in book.sheets:
        found = _but_rows(book.trees[sheet.part]) if sheet.part in book.trees else ()
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


def _but_rows(root: etree._Element) -> Iterator[etree._Element]:
    """The elements of a part but the rows of a sheet, which are seen to by themselves; what rich texts in them hold."""
    if local(root) != "worksheet":
        yield from elements(root)
        return
    yield root
    for child in root.iterchildren(etree.Element):
        if local(child) == "sheetData":
            yield child
            for text in named(child, "is"):
                yield from elements(text)
        else:
            yield from elements(child)


def _rename(book: _Book, session: Session) -> None:
    """Give sheets, ranges, tables and their columns new names where something was found in the old ones."""
    main = book.trees[book.package.main]
    sheets = [(sheet.element, "name") for sheet in book.sheets]
    ranges = [e for e in elements(main) if local(e) == "definedName" and not e.get("name", "").startswith("_xlnm.")]
    tables = [root for _, root in book.of_type(_TABLE)]
    others = [e for _, root in book.of_type(_EXTERNAL) for e in elements(root)]
    texts = {e.get(a, ""): "workbook" for e, a in sheets}
    texts |= {e.get("name", ""): "workbook" for e in ranges}
    texts |= {t.get(a, ""): "tables" for t in tables for a in ("name", "displayName")}
    texts |= {e.get("val", ""): "other workbooks" for e in others if local(e) == "sheetName"}
    texts |= {e.get("name", ""): "other workbooks" for e in others if local(e) == "definedName"}
    found = look_at({text: where for text, where in texts.items() if text}, session)
    new = {text: answer.text for text, answer in found.items() if answer.edits}
    new |= {text: book.copies[text] for text in texts if text in book.copies}
    if _rename_sheets(book, new):
        book.changed.add(book.package.main)
    taken = {e.get("name", "").casefold() for e in ranges} | {t.get("displayName", "").casefold() for t in tables}
    for old in new:
        if old.casefold() not in book.renamed.sheets:
            book.renamed.names[old.casefold()] = unique_name("name", taken)
    for element in ranges:
        if element.get("name") in new:
            element.set("name", book.renamed.names[element.get("name", "").casefold()])
            book.changed.add(book.package.main)
    for part, table in book.of_type(_TABLE):
        for attribute in ("name", "displayName"):
            if table.get(attribute) in new:
                table.set(attribute, book.renamed.names[table.get(attribute, "").casefold()])
                book.changed.add(part)
    for sheet in book.sheets:
        for table in sheet.tables:
            if sheet.rename_columns(table, book.renamed.columns, book.copies, session):
                book.changed |= {sheet.part, *(part for part, root in book.of_type(_TABLE) if root is table)}


def _rename_sheets(book: _Book, new: dict[str, str]) -> bool:
    taken = {sheet.element.get("name", "").casefold() for sheet in book.sheets}
    renamed = False
    for sheet in book.sheets:
        old = sheet.element.get("name", "")
        if old in new:
            text = regex.sub(r"[\[\]:*?/\\]", "", new[old]).strip("' ")[:31] or "sheet"
            name = text if text.casefold() not in taken else unique_name(text[:26], taken)
            taken.add(name.casefold())
            sheet.element.set("name", name)
            book.renamed.sheets[old.casefold()] = name
            renamed = True
    for part, root in book.of_type(_EXTERNAL):
        for element in elements(root):
            old = element.get("val", "")
            if local(element) == "sheetName" and old in new:
                name = book.renamed.sheets.setdefault(old.casefold(), unique_name(new[old][:26] or "sheet", taken))
                element.set("val", name)
                book.changed.add(part)
    return renamed


def _formulas(book: _Book, session: Session) -> None:
    """Formulas of cells, and all others: names, conditions, lists of choices, sources of charts, links within the workbook."""
    held = [(sheet, cell) for sheet in book.sheets for cell in sheet.grid.cells() if cell.formula is not None]
    places: list[tuple[str, etree._Element, str]] = []
    for part, root in book.trees.items():
        for element in _but_rows(root):
            if local(element) in _FORMULAS and (element.text or "").strip():
                places.append((part, element, ""))
            places += [(part, element, str(a)) for a in element.attrib if a in _FORMULA_ATTRIBUTES]
            if local(element) in _SHEET_NAMES:
                new = book.renamed.sheets.get(element.get("sheet", "").casefold())
                name = book.renamed.names.get(element.get("name", "").casefold())
                for attribute, text in (("sheet", new), ("name", name)):
                    if text is not None:
                        element.set(attribute, text)
                        book.changed.add(part)
    texts = {(f.text or ""): sheet.place for sheet, cell in held if (f := cell.formula) is not None and f.text}
    texts |= {(e.get(a) if a else e.text) or "": part for part, e, a in places}
    became = redact_formulas(texts, book.renamed, session)
    for part, element, attribute in places:
        old = (element.get(attribute) if attribute else element.text) or ""
        new = became[old] or LOST
        if new != old:
            book.changed.add(part)
            if attribute:
                element.set(attribute, new)
            else:
                element.text = new
    for part, root in book.of_type(APP):
        for element in elements(root):
            old = element.text or ""
            new = book.renamed.sheets.get(old.casefold()) or book.renamed.in_formula(old) if old.strip() else old
            if new != old:
                element.text = new
                book.changed.add(part)
    gone = 0
    for sheet in book.sheets:
        if any(became[old] != old for old in sheet.formulas()):
            book.changed.add(sheet.part)
        lost = sheet.write_formulas(became)
        if lost:
            session.removed(sheet.place, f"{lost} formulas that hold, or come to, what was redacted; their values stay")
            book.changed.add(sheet.part)
        gone += lost
    for part in book.package.of_type(_CHAIN) if gone else ():
        book.package.drop(part)


def _pivots(book: _Book, session: Session, options: Options) -> None:
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


@contextmanager
def _without_formulas(book: _Book) -> Iterator[None]:
    """Take attributes that are formulas out for a while: they have been seen to."""
    places = [
        (element, str(name), str(value))
        for root in book.trees.values()
        for element in _but_rows(root)
        for name, value in element.items()
        if name in _FORMULA_ATTRIBUTES
    ]
    for element, name, _ in places:
        del element.attrib[name]
    yield
    for element, name, value in places:
        element.set(name, value)


def _values(book: _Book, session: Session) -> None:
    """Everything else: attributes, properties, cached values, texts of old drawings, and where links lead."""
    trees = {p: r for p, r in book.trees.items() if book.package.types.get(p) not in (None, _CHAIN, _RECORDS)}
    done = {leaf.element for string in book.strings for leaf in string.leaves}
    done |= {
        leaf.element
        for sheet in book.sheets
        for held in sheet.grid.cells()
        for text in named(held.element, "is")
        for leaf in rich_text(text).leaves
    }
    done |= {e for root in trees.values() for e in _but_rows(root) if e.text in _SWITCHES or local(e) in _FORMULAS}
    for part, root in trees.items():
        if _put_copies(root, book.copies, done):
            book.changed.add(part)
    charts = frozenset(book.package.of_type(*CHARTS))
    names = Names()
    redact_links(book.package, session, names)
    book.changed |= redact_values(trees, session, _is_text, done, names, _but_rows)
    for part, root in trees.items():
        if (part in charts and mend_numbers(root)) | (book.package.types[part] == _EXTERNAL and _mend_cells(root)):
            book.changed.add(part)


def _put_copies(root: etree._Element, copies: dict[str, str], done: set[etree._Element]) -> bool:
    changed = False
    for element in _but_rows(root):
        if element.text in copies and element not in done:
            element.text = copies[element.text]
            changed = True
        for name, value in element.attrib.items():
            if value in copies and _is_text(element, etree.QName(name).localname):
                element.set(name, copies[str(value)])
                changed = True
    return changed


def _mend_cells(root: etree._Element) -> bool:
    """Let cells that are kept of other workbooks be texts where they are numbers no more."""
    changed = False
    for cell in _but_rows(root):
        if local(cell) == "cell" and cell.get("t", "n") == "n":
            values = [e.text or "" for e in elements(cell) if local(e) == "v"]
            if any(not regex.fullmatch(r"[-+0-9.eE]*", shown(value)) for value in values):
                cell.set("t", "str")
                changed = True
    return changed


def _is_text(element: etree._Element, attribute: str) -> bool:
    if attribute == "name" and "builtinId" in element.attrib:
        return False
    return attribute in _TEXTS or is_text(element, attribute)
