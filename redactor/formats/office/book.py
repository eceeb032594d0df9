"""A workbook as it is read: its parts, sheets and shared strings, freed of what nobody reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from redactor.formats.office.cells import Grid, read_grid, rich_text, unescape
from redactor.formats.office.drawing import is_text
from redactor.formats.office.formulas import Renamed
from redactor.formats.office.markup import blank, elements, local, named, remove_all
from redactor.formats.office.package import Package
from redactor.formats.office.paragraphs import Paragraph
from redactor.formats.office.parts import is_reference
from redactor.formats.office.sheets import Sheet
from redactor.formats.options import Options
from redactor.formats.unit import Session
from redactor.language import say
from redactor.model import FormatError

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
    strings: list[Paragraph]
    sheets: list[Sheet]
    copies: dict[str, str] = field(default_factory=dict)
    renamed: Renamed = field(default_factory=Renamed)


def read_book(package: Package, session: Session, options: Options) -> Book:
    trees = package.trees
    for part, root in trees.items():
        if options.scrub_metadata and _scrub(root):
            session.removed(part, say("who worked on it"))
        _unbind(root)
        if package.types[part].startswith((SHEETS, EXCEL)):
            unescape(root)
    items = [item for _, root in package.roots(STRINGS) for item in root.iterchildren("{*}si")]
    strings = [rich_text(item) for item in items]
    texts = [string.text for string in strings]
    by_id = {each.id: each.part for each in package.relationships.get(package.main, ())}
    sheets: list[Sheet] = []
    for number, element in enumerate(named(trees[package.main], "sheet")):
        part = next((by_id.get(str(v), "") for a, v in element.attrib.items() if is_reference(str(a))), "")
        seen = part not in trees or any(part == sheet.part for sheet in sheets)
        data = None if seen else next(trees[part].iterchildren("{*}sheetData"), None)
        if data is not None and local(trees[part]) != "worksheet":
            raise FormatError("{part}: rows of a sheet in a part that is no sheet", part=part)
        grid = read_grid(data, texts) if data is not None else Grid()
        if grid.tidied:
            session.removed(part, say("what does not belong in cells"))
        linked = [each.part for each in package.relationships.get(part, ())]
        tables = [trees[each] for each in linked if package.types.get(each) == TABLE]
        sheets.append(Sheet(part, f"sheet{number + 1}", element, data, grid, tables))
    for part in [part for part, root in trees.items() if local(root) == "worksheet"]:
        if all(part != sheet.part for sheet in sheets):
            package.drop(part)
            session.removed(part, say("a sheet that the workbook does not name"))
        elif len(named(trees[part], "sheetData")) > 1:
            raise FormatError("{part}: a sheet with more than one block of rows", part=part)
    return Book(package, strings, sheets)


def _scrub(root: etree._Element) -> bool:
    """Take out who worked on a part, and where and when; whether that was said."""
    gone = remove_all(named(root, "absPath", "fileSharing"))
    authors = [element for element in named(root, "author") if element.text]
    for element in authors:
        element.text = ""
    return (
        bool(gone or authors)
        | blank(root, "person", ("displayName", "userId"))
        | blank(root, "threadedComment", ("dT",), None)
    )


def _unbind(root: etree._Element) -> None:
    """Let tables be no longer bound to queries and custom XML, which are gone."""
    if local(root) == "table":
        remove_all(named(root, "xmlColumnPr"))
        blank(root, "*", ("tableType", "queryTableFieldId", "connectionId"), None)


def but_rows(root: etree._Element) -> Iterator[etree._Element]:
    """The elements of a part but the rows of a sheet, which are seen to by themselves; what rich texts in them hold."""
    if local(root) != "worksheet":
        yield from elements(root)
        return
    yield root
    for child in root.iterchildren(etree.Element):
        if local(child) == "sheetData":
            yield child
            passed: set[etree._Element] = set()
            for text in named(child, "is"):
                if text not in passed:  # one that lies in another has come with it
                    passed.update(named(text, "is"))
                    yield from elements(text)
        else:
            yield from elements(child)


def holds_text(element: etree._Element, attribute: str) -> bool:
    if attribute == "name" and "builtinId" in element.attrib:
        return False
    return attribute in _TEXTS or is_text(element, attribute)
