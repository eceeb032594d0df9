"""The parts of workbooks and presentations: what is of no use to a reader taken out, the rest parsed and tidied."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lxml import etree

from redactor.formats.office.markup import (
    RELATIONSHIPS,
    declared,
    drop_comments,
    drop_strangers,
    elements,
    local,
    remove,
)
from redactor.formats.office.package import Package
from redactor.formats.unit import Session

Trees = dict[str, etree._Element]


def parsed(package: Package, session: Session) -> tuple[Trees, set[str]]:
    """The XML parts without comments and what no office program writes; and which of them had any."""
    trees: Trees = {}
    changed: set[str] = set()
    for part, kind in sorted(package.types.items()):
        if not kind.endswith(("+xml", "vmlDrawing", "/xml")):
            continue
        root = trees[part] = package.tree(part)
        if drop_comments(root):
            changed.add(part)
            session.removed(part, "comments or instructions of the markup")
        # Old drawings hold elements of HTML, which have no namespace.
        if not kind.endswith("vmlDrawing") and drop_strangers(root, declared(package.data(part))):
            changed.add(part)
            session.removed(part, "elements of a namespace that is not known")
    return trees, changed


def take_out(package: Package, lost: Mapping[str, str], holders: Collection[str], session: Session) -> None:
    """Take parts out, given with what they are, and what refers to them. `holders`: elements that may not be empty."""
    for source, found in list(package.relationships.items()):
        gone = frozenset(each.id for each in found if each.part in lost)
        if gone and source in package.types and source not in lost:
            root = package.tree(source)
            if _unreferenced(root, gone, holders):
                package.put_tree(source, root)
    for part, what in sorted(lost.items()):
        if part in package.types:
            package.drop(part)
            session.removed(part, what)


def _unreferenced(root: etree._Element, gone: frozenset[str], holders: Collection[str]) -> bool:
    found = [(element, name) for element in elements(root) for name, value in element.items() if value in gone]
    found = [(element, name) for element, name in found if is_reference(str(name))]
    for element, name in found:
        if local(element) == "pageSetup":
            del element.attrib[name]
            continue
        parent = element.getparent()
        remove(element)
        while parent is not None and len(parent) == 0 and local(parent) in holders:
            above = parent.getparent()
            remove(parent)
            parent = above
    return bool(found)


def is_reference(attribute: str) -> bool:
    """Whether an attribute names a relationship."""
    return etree.QName(attribute).namespace in RELATIONSHIPS
