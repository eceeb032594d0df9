"""XML parts of packages: parsed without any DTD or network, bounded in depth by the parser, written back."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import regex
from lxml import etree

from redactor.model import FormatError

_MC: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_IGNORABLE: Final = f"{{{_MC}}}Ignorable"
_PROCESS: Final = f"{{{_MC}}}ProcessContent"
RELATIONSHIPS: Final = frozenset(
    {
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    }
)
"""Namespaces of attributes that name a relationship (`r:id`, `r:embed`): transitional and strict (ECMA-376, ISO 29500)."""

SCHEMAS: Final = regex.compile(
    r"(?:http://(?:schemas\.openxmlformats\.org|descriptions\.openxmlformats\.org|schemas\.microsoft\.com|purl\.oclc\.org/ooxml"
    r"|purl\.org/dc|www\.w3\.org|www\.wps\.cn/officeDocument|schemas\.apple\.com|www\.libreoffice\.org)"
    r"|urn:schemas-microsoft-com)(?P<path>[/:A-Za-z0-9.#_-]*)"
)
"""Names of namespaces and kinds, which office programs write."""
_DECLARED: Final = regex.compile(r"""\sxmlns(?::[^\s=]{1,80})?\s{0,9}=\s{0,9}(["'])(.*?)\1""", regex.S)
_REFERENCES: Final = frozenset(
    [
        "headerReference",
        "footerReference",
        "altChunk",
        "OLEObject",
        "oleObject",
        "control",
        "subDoc",
        "externalData",
        "hlinkClick",
        "hlinkHover",
        "hlinkMouseOver",
        "embedRegular",
        "embedBold",
        "embedItalic",
        "embedBoldItalic",
        "legacyDrawing",
        "legacyDrawingHF",
        "drawing",
        "picture",
        "tablePart",
    ]
)
"""Elements that mean nothing once the part that they refer to is gone."""


def parse(data: bytes, where: str) -> etree._Element:
    """The root of an XML part. FormatError for what is no XML, has a DTD, is too deep or has a text that is too long."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise FormatError(
            "{where}: not well-formed XML, or beyond what an XML parser may be asked to read", where=where
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise FormatError("{where}: has a DTD, which has no place in an office document", where=where)
    return root


def serialise(root: etree._Element) -> bytes:
    """An XML part as office programs write it: UTF-8, standalone. What stands before or after the root is not written."""
    body: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False, with_tail=False)
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + body


def elements(root: etree._Element) -> Iterator[etree._Element]:
    """The root and all elements in it, in the document's order; no comments or instructions."""
    yield from root.iter(etree.Element)


def local(element: etree._Element) -> str:
    """An element's name without its namespace."""
    return local_name(str(element.tag))


def local_name(name: str) -> str:
    """A name of an element or attribute without its namespace."""
    return name[name.rfind("}") + 1 :]


def namespace(element: etree._Element) -> str:
    """An element's namespace, "" when it has none."""
    tag = str(element.tag)
    return tag[1 : tag.rfind("}")] if tag.startswith("{") else ""


def remove(element: etree._Element) -> None:
    """Take an element (or comment, or instruction) out; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
        element.tail = None
    parent.remove(element)


def remove_all(found: Iterable[etree._Element]) -> bool:
    """Remove elements, each as `remove` does; whether there were any."""
    gone = list(found)
    for element in gone:
        remove(element)
    return bool(gone)


def blank(root: etree._Element, name: str, attributes: Sequence[str], put: str | None = "") -> bool:
    """Put something else into attributes that say something of elements of a name, or take them out (None); whether any did."""
    found = [(element, each) for element in named(root, name) for each in attributes if element.get(each)]
    for element, attribute in found:
        if put is None:
            del element.attrib[attribute]
        else:
            element.set(attribute, put)
    return bool(found)


def drop_comments(root: etree._Element) -> bool:
    """Take XML comments and processing instructions out; whether there were any, about the root too."""
    found = remove_all(root.iter(etree.Comment, etree.ProcessingInstruction))
    return found or root.getprevious() is not None or root.getnext() is not None


def named(root: etree._Element, *names: str) -> list[etree._Element]:
    """The elements of these names in any namespace, in the document's order."""
    return list(root.iter(*(f"{{*}}{name}" for name in names)))


def declared(data: bytes) -> frozenset[str]:
    """The namespaces that an XML part declares anywhere, used or not."""
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    return frozenset(html.unescape(uri) for _, uri in _DECLARED.findall(text))


def drop_strangers(root: etree._Element, namespaces: frozenset[str]) -> bool:
    """Take out elements, attributes and declarations of namespaces that no office program writes; whether there were any.

    `namespaces`: those that the part declares.
    """
    strange = {uri for uri in namespaces if not SCHEMAS.fullmatch(uri)}
    if not strange and all(tag.startswith("{") for tag in {str(element.tag) for element in elements(root)}):
        return False
    changed = bool(strange)
    for element in list(elements(root)):
        if element is not root and (namespace(element) in strange or not namespace(element)):
            remove(element)
            changed = True
        for name in [str(n) for n in element.attrib if (etree.QName(n).namespace or "") in strange]:
            del element.attrib[name]
    if strange:
        etree.cleanup_namespaces(
            root, keep_ns_prefixes=[p for p, uri in root.nsmap.items() if p and uri not in strange]
        )
        for name in (_IGNORABLE, _PROCESS):
            if name in root.attrib:
                root.set(name, " ".join(p for p in str(root.get(name)).split() if p.partition(":")[0] in root.nsmap))
    return changed


def drop_references(root: etree._Element, ids: frozenset[str]) -> None:
    """Take out what refers to relationships that are no more: the attribute, or the element that is nothing without it."""
    for element in list(elements(root)):
        names = [
            name
            for name, value in element.items()
            if value in ids and (etree.QName(name).namespace or "") in RELATIONSHIPS
        ]
        for name in names:
            del element.attrib[name]
        if names and (local(element) in _REFERENCES or not (element.attrib or len(element) or element.text)):
            remove(element)
