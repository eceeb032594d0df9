"""Names of sheets and tables, and the formulas that refer to them, redacted together."""

from __future__ import annotations

from typing import Final

import regex

from redactor.formats.office.book import SHEETS, TABLE, Book, but_rows
from redactor.formats.office.formulas import LOST, look_at, redact_formulas
from redactor.formats.office.markup import elements, local, named
from redactor.formats.office.shared_parts import APP
from redactor.formats.office.sheets import unique_name
from redactor.formats.office.values import Place
from redactor.formats.unit import Session
from redactor.language import say

CHAIN: Final = f"{SHEETS}calcChain+xml"
EXTERNAL: Final = f"{SHEETS}externalLink+xml"
FORMULAS: Final = frozenset(
    [
        *("f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula", "totalsRowFormula"),
        *("oldFormula", "sqref"),
    ]
)
"""Elements whose text is a formula or a reference."""
FORMULA_ATTRIBUTES: Final = frozenset(
    ["fmlaLink", "fmlaRange", "fmlaGroup", "fmlaTxbx", "fmlaPict", "textlink", "refersTo", "location", "formula"]
)
_SHEET_NAMES: Final = frozenset(("worksheetSource", "dataRef", "rangePr", "inputCells"))


def rename_all(book: Book, session: Session) -> None:
    """Give sheets, ranges, tables and their columns new names where something was found in the old ones."""
    package = book.package
    ranges = [
        e for e in named(package.trees[package.main], "definedName") if not e.get("name", "").startswith("_xlnm.")
    ]
    tables = [root for _, root in package.roots(TABLE)]
    others = [e for _, root in package.roots(EXTERNAL) for e in named(root, "sheetName", "definedName")]
    texts = {sheet.element.get("name", ""): "workbook" for sheet in book.sheets}
    texts |= {e.get("name", ""): "workbook" for e in ranges}
    texts |= {t.get(a, ""): "tables" for t in tables for a in ("name", "displayName")}
    texts |= {e.get("val" if local(e) == "sheetName" else "name", ""): "other workbooks" for e in others}
    found = look_at({text: where for text, where in texts.items() if text}, session)
    new = {text: answer.text for text, answer in found.items() if answer.edits}
    new |= {text: book.copies[text] for text in texts if text in book.copies}
    _rename_sheets(book, new)
    taken = {e.get("name", "").casefold() for e in ranges} | {t.get("displayName", "").casefold() for t in tables}
    ours = {e.get(a) for e in (*ranges, *tables) for a in ("name", "displayName")}
    for old in new:
        if old in ours or old.casefold() not in book.renamed.sheets:  # a range may have the name of a sheet
            book.renamed.names[old.casefold()] = unique_name("name", taken)
    for element in (*ranges, *tables):
        for attribute in ("name", "displayName"):
            if element.get(attribute) in new:
                element.set(attribute, book.renamed.names[element.get(attribute, "").casefold()])
    for sheet in book.sheets:
        for table in sheet.tables:
            sheet.rename_columns(table, book.renamed.columns, book.copies, session)


def _rename_sheets(book: Book, new: dict[str, str]) -> None:
    taken = {sheet.element.get("name", "").casefold() for sheet in book.sheets}
    for sheet in book.sheets:
        old = sheet.element.get("name", "")
        if old in new:
            text = regex.sub(r"[\[\]:*?/\\]", "", new[old]).strip("' ")[:31] or "sheet"
            name = text if text.casefold() not in taken else unique_name(text[:26], taken)
            taken.add(name.casefold())
            sheet.element.set("name", name)
            book.renamed.sheets[old.casefold()] = name
    for element in [e for _, root in book.package.roots(EXTERNAL) for e in named(root, "sheetName")]:
        old = element.get("val", "")
        if old in new:
            name = book.renamed.sheets.setdefault(old.casefold(), unique_name(new[old][:26] or "sheet", taken))
            element.set("val", name)


def redact_texts_of_formulas(book: Book, session: Session) -> None:
    """Formulas of cells, and all others: names, conditions, lists of choices, sources of charts, links within the workbook."""
    held = [(sheet, cell) for sheet in book.sheets for cell in sheet.grid.cells() if cell.formula is not None]
    places: list[tuple[str, Place]] = []
    for part, root in book.package.trees.items():
        for element in but_rows(root):
            if local(element) in FORMULAS and (element.text or "").strip():
                places.append((part, Place(element)))
            places += [(part, Place(element, str(a))) for a in element.attrib if a in FORMULA_ATTRIBUTES]
            if local(element) in _SHEET_NAMES:
                for attribute, new in (("sheet", book.renamed.sheets), ("name", book.renamed.names)):
                    if attribute in element.attrib:
                        old = element.get(attribute, "")
                        element.set(attribute, new.get(old.casefold(), old))
    texts = {(f.text or ""): sheet.place for sheet, cell in held if (f := cell.formula) is not None and f.text}
    texts |= {place.get(): part for part, place in places}
    became = redact_formulas(texts, book.renamed, session)
    for _, place in places:
        place.put(became[place.get()] or LOST)
    for element in [e for _, root in book.package.roots(APP) for e in elements(root) if (e.text or "").strip()]:
        old = element.text or ""
        element.text = book.renamed.sheets.get(old.casefold()) or book.renamed.in_formula(old)
    gone = 0
    for sheet in book.sheets:
        lost = sheet.write_formulas(became)
        if lost:
            session.removed(
                sheet.place,
                say("{lost} formulas that hold, or come to, what was redacted; their values stay", lost=lost),
            )
        gone += lost
    for part in book.package.of_type(CHAIN) if gone else ():
        book.package.drop(part)
