"""A workbook as it is read: its parts, sheets and shared strings, freed of what nobody reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from redactor.formats.office.cells import Grid, read_grid, rich_text, unescape
from redactor.formats.office.drawing import is_text
from redactor.formats.office.formulas import Renamed
from redactor.formats.office.markup import elements, local, named, remove
from redactor.formats.office.package import Package
from redactor.formats.office.paragraphs import Paragraph
from redactor.formats.office.parts import Trees, is_reference, parsed
from redactor.formats.office.sheets import Sheet
from redactor.formats.options import Options
from redactor.formats.unit import Redacted, Session
from redactor.model import Edit, FormatError

SHEETS: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml."
EXCEL: Final = "application/vnd.ms-excel."
STRINGS: Final = f"{SHEETS}sharedStrings+xml"
TABLE: Final = f"{SHEETS}table+xml"
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


@dataclass(slots=True)
class Book:
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


def read_book(package: Package, session: Session, options: Options) -> Book:
    trees, changed = parsed(package, session)
    for part, root in trees.items():
        if options.scrub_metadata and _scrubbed(root):
            changed.add(part)
            session.removed(part, "who worked on it")
        spreadsheet = package.types[part].startswith((SHEETS, EXCEL))
        if _tidied(root) | (spreadsheet and unescape(root)):
            changed.add(part)
    strings: list[Paragraph] = []
    for part in package.of_type(STRINGS):
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
    return Book(package, trees, strings, sheets, changed)


def _is_table(package: Package, part: str) -> bool:
    return package.types.get(part) == TABLE


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


def copy_of(text: str, book: Book) -> Redacted:
    new = book.copies.get(text, text)
    return Redacted(new, (Edit(0, len(text), new, "", "copy"),)) if new != text else Redacted(text)


def but_rows(root: etree._Element) -> Iterator[etree._Element]:
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


def holds_text(element: etree._Element, attribute: str) -> bool:
    if attribute == "name" and "builtinId" in element.attrib:
        return False
    return attribute in _TEXTS or is_text(element, attribute)
