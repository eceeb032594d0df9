"""Traces of work on a Word document: tracked changes, their authors and dates, revision identifiers."""

from __future__ import annotations

from typing import Final

from lxml import etree

from redactor.formats.office.markup import elements, local, local_name, named, namespace, remove
from redactor.formats.office.paragraphs import WORD

_DELETED: Final = frozenset({"del", "moveFrom"})
_MOVED: Final = frozenset({"moveFromRangeStart", "moveFromRangeEnd"})
_ADDED: Final = frozenset({"ins", "moveTo"})
_RANGES: Final = frozenset({"moveToRangeStart", "moveToRangeEnd"})
_MARKERS: Final = frozenset(
    [
        "rsids",
        "rsidRoot",
        "rsid",
        "nsid",
        "tmpl",
        "docId",
        "numberingChange",
        "cellIns",
        "cellMerge",
        "customXmlInsRangeStart",
        "customXmlInsRangeEnd",
        "customXmlMoveToRangeStart",
        "customXmlMoveToRangeEnd",
        "removePersonalInformation",
        "removeDateAndTime",
    ]
)
_WHEN: Final = frozenset({"date", "dateUtc", "initials", "userId", "providerId"})
_PROPERTIES: Final = frozenset({"rPr", "trPr", "tcPr", "numPr", "ctrlPr"})


def accept_deletions(root: etree._Element) -> int:
    """Take out what was deleted or moved away under tracking, with the rows, cells and paragraphs it leaves empty; how many."""
    found = [e for e in named(root, *_DELETED, *_MOVED, "cellDel") if namespace(e) in WORD]
    count = 0
    paragraphs: list[etree._Element] = []
    for element in found:
        parent = element.getparent()
        if parent is None:
            continue
        count += local(element) not in _MOVED
        kind, owner = local(parent), parent.getparent()
        if kind == "trPr" and owner is not None:
            _remove_row(owner)
        elif local(element) == "cellDel":
            _empty_cell(owner)
            remove(element)
        else:
            if kind == "rPr" and owner is not None and local(owner) == "pPr":
                paragraphs.extend(p for p in [owner.getparent()] if p is not None)
            remove(element)
    for paragraph in paragraphs:
        if all(local(e) in ("pPr", "bookmarkStart", "bookmarkEnd", "proofErr") for e in paragraph if _is_element(e)):
            _remove_empty(paragraph)
    return count


def _remove_row(row: etree._Element) -> None:
    """Take a row out, with its table when it was the last."""
    table = row.getparent()
    remove(row)
    if table is not None and local(table) == "tbl" and not any(_is_element(e) and local(e) == "tr" for e in table):
        remove(table)


def _empty_cell(cell: etree._Element | None) -> None:
    if cell is None:
        return
    for child in list(cell):
        if _is_element(child) and local(child) != "tcPr":
            remove(child)
    etree.SubElement(cell, f"{{{namespace(cell)}}}p")


def _remove_empty(paragraph: etree._Element) -> None:
    parent = paragraph.getparent()
    if parent is None or any(local(e) == "sectPr" for e in elements(paragraph)):
        return
    following = paragraph.getnext()
    if following is not None and _is_element(following) and local(following) == "p":
        remove(paragraph)


def scrub(root: etree._Element) -> bool:
    """Take out who changed what and when, insertions being accepted; whether there was anything."""
    changed = False
    for element in list(elements(root)):
        name = local(element)
        word = namespace(element) in WORD
        parent = element.getparent()
        if parent is not None and (
            name in _MARKERS
            or (word and (name.endswith("PrChange") or name in _RANGES or name == "tblGridChange"))
            or (word and name in _ADDED and local(parent) in _PROPERTIES)
        ):
            remove(element)
            changed = True
            continue
        if parent is not None and word and name in _ADDED:
            _unwrap(element)
            changed = True
            continue
        for attribute in map(str, element.keys()):
            called = local_name(attribute)
            if called.startswith("rsid") or called in ("paraId", "textId", "paraIdParent") or called in _WHEN:
                del element.attrib[attribute]
                changed = True
            elif called == "author" and element.get(attribute):
                element.set(attribute, "")
                changed = True
    return changed


def _unwrap(element: etree._Element) -> None:
    """Put the children of an element in its place."""
    parent = element.getparent()
    if parent is None:
        return
    at = parent.index(element)
    for offset, child in enumerate(list(element)):
        parent.insert(at + offset, child)
    remove(element)


def _is_element(node: etree._Element) -> bool:
    return isinstance(node.tag, str)
