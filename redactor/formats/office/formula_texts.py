"""Names of sheets and tables, and the formulas that refer to them, redacted together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import regex
from lxml import etree

from redactor.formats.office.book import SHEETS, TABLE, Book, but_rows
from redactor.formats.office.formulas import LOST, look_at, redact_formulas
from redactor.formats.office.markup import elements, local
from redactor.formats.office.shared_parts import APP
from redactor.formats.office.sheets import unique_name
from redactor.formats.unit import Session

CHAIN: Final = f"{SHEETS}calcChain+xml"
EXTERNAL: Final = f"{SHEETS}externalLink+xml"
FORMULAS: Final = frozenset(
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


def rename_all(book: Book, session: Session) -> None:
    """Give sheets, ranges, tables and their columns new names where something was found in the old ones."""
    main = book.trees[book.package.main]
    sheets = [(sheet.element, "name") for sheet in book.sheets]
    ranges = [e for e in elements(main) if local(e) == "definedName" and not e.get("name", "").startswith("_xlnm.")]
    tables = [root for _, root in book.of_type(TABLE)]
    others = [e for _, root in book.of_type(EXTERNAL) for e in elements(root)]
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
    for part, table in book.of_type(TABLE):
        for attribute in ("name", "displayName"):
            if table.get(attribute) in new:
                table.set(attribute, book.renamed.names[table.get(attribute, "").casefold()])
                book.changed.add(part)
    for sheet in book.sheets:
        for table in sheet.tables:
            if sheet.rename_columns(table, book.renamed.columns, book.copies, session):
                book.changed |= {sheet.part, *(part for part, root in book.of_type(TABLE) if root is table)}


def _rename_sheets(book: Book, new: dict[str, str]) -> bool:
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
    for part, root in book.of_type(EXTERNAL):
        for element in elements(root):
            old = element.get("val", "")
            if local(element) == "sheetName" and old in new:
                name = book.renamed.sheets.setdefault(old.casefold(), unique_name(new[old][:26] or "sheet", taken))
                element.set("val", name)
                book.changed.add(part)
    return renamed


def redact_texts_of_formulas(book: Book, session: Session) -> None:
    """Formulas of cells, and all others: names, conditions, lists of choices, sources of charts, links within the workbook."""
    held = [(sheet, cell) for sheet in book.sheets for cell in sheet.grid.cells() if cell.formula is not None]
    places: list[tuple[str, etree._Element, str]] = []
    for part, root in book.trees.items():
        for element in but_rows(root):
            if local(element) in FORMULAS and (element.text or "").strip():
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
    for part in book.package.of_type(CHAIN) if gone else ():
        book.package.drop(part)


@contextmanager
def without_formulas(book: Book) -> Iterator[None]:
    """Take attributes that are formulas out for a while: they have been seen to."""
    places = [
        (element, str(name), str(value))
        for root in book.trees.values()
        for element in but_rows(root)
        for name, value in element.items()
        if name in _FORMULA_ATTRIBUTES
    ]
    for element, name, _ in places:
        del element.attrib[name]
    yield
    for element, name, value in places:
        element.set(name, value)
