"""What office documents hold that no reader sees as text: data in a program's own form, copies, helps for programs. One table.

Sources: the schemas of ECMA-376 (every element and attribute of type base64Binary, and of hexBinary without a fixed length),
[MS-OE376], [MS-DOCX], [MS-XLSX], [MS-PPTX] and [MS-ODRAWXML] for what was added later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from redactor.formats.office.markup import elements, local, local_name, namespace, remove
from redactor.formats.unit import Session
from redactor.language import later

_FIELD: Final = later("data that a program keeps in a field")
_BINARY: Final = later("binary data in the markup")
_PROPERTY: Final = later("binary data in a property")
_DRAWING: Final = later("a copy of a drawing in a program's own form")
_PASSWORD: Final = later("the password of a protection, in scrambled form")
_TASKS: Final = later("tasks of those who worked on it")
_REMARKS: Final = later("what a program has noted of the text")
_ADD_IN: Final = later("an add-in's data")
_CONTROL: Final = later("a control")

ELEMENTS: Final[Mapping[str, str]] = {
    "fldData": _FIELD,  # base64, most often of XML: citation managers keep authors and titles there (17.16.17)
    "binData": _BINARY,  # of WordprocessingML of 2003
    "docOleData": _BINARY,
    "docSuppData": _BINARY,
    "binaryData": _BINARY,
    "geoCache": later("what a chart keeps of a map"),  # base64 of a zip file
    "DigSig": _PROPERTY,
    "modifyVerifier": _PASSWORD,  # is nothing without it
}
"""Elements that go with all that they hold, by their names without namespaces."""
_VARIANTS: Final = frozenset(("blob", "oblob", "stream", "ostream", "storage", "ostorage", "vstream", "cf"))
"""Kinds of properties that are base64 (22.4); their namespace ends in the following."""
_VARIANT_TYPES: Final = "docPropsVTypes"
ATTRIBUTES: Final[Mapping[str, str]] = {
    "gfxdata": _DRAWING,  # base64 of a zip file: the drawing once more, with its texts (VML)
    "argValue": later("settings of the keyboard"),
}
"""Attributes that go, of any element."""
_INK: Final = ("ink", "i")
"""Handwriting in old drawings: base64 in an attribute with a short name."""
_PROTECTED: Final = frozenset(
    ("documentProtection", "writeProtection", "sheetProtection", "protectedRange", "workbookProtection", "fileSharing")
)
_SCRAMBLED: Final = ("hash", "salt", "crypt", "algorithmname", "spincount", "algid")
"""What a password is kept by, in attributes of the elements above: the ends (or, of Word's, the beginnings) of their names."""

RELATIONSHIPS: Final[Mapping[str, str]] = {
    "customXml": later("custom XML"),
    "customXmlProps": later("custom XML"),
    "printerSettings": later("settings of a printer"),
    "webextension": _ADD_IN,
    "webextensiontaskpanes": _ADD_IN,
    "extensibility": later("an add-in's buttons"),
    "userCustomization": later("an add-in's buttons"),
    "keyMapCustomizations": later("settings of the keyboard"),
    "attachedToolbars": later("tool bars"),
    "customProperty": later("a property of an add-in"),
    "control": _CONTROL,
    "activeXControlBinary": _CONTROL,
    "mailMergeRecipientData": later("a template or source of data"),
    "recipientData": later("a template or source of data"),
    "documenttask": _TASKS,
    "documenttasks": _TASKS,
    "tasks": _TASKS,
    "intelligence": _REMARKS,
    "intelligence2": _REMARKS,
}
"""Relationships, by the last word of their type, whose parts go from any office document, and what they hold."""
TYPES: Final[Mapping[str, str]] = {
    "application/vnd.ms-office.classificationlabels+xml": later("a label or an add-in's data"),
    "application/vnd.ms-office.webextension+xml": later("a label or an add-in's data"),
    "application/vnd.ms-office.webextensiontaskpanes+xml": later("a label or an add-in's data"),
    "application/vnd.ms-office.documenttasks+xml": _TASKS,
    "application/vnd.ms-office.intelligence+xml": _REMARKS,
    "application/vnd.ms-office.intelligence2+xml": _REMARKS,
    "application/vnd.ms-office.activeX": _CONTROL,
    "application/vnd.ms-office.activeX+xml": _CONTROL,
    "application/vnd.ms-word.keyMapCustomizations+xml": later("settings of the keyboard"),
}
"""Parts that go from any office document by their content type: they serve an organisation or a program, not the reader."""
OPAQUE: Final[Mapping[str, str]] = {
    "audio/": later("what is to be seen or heard in a film or sound"),
    "video/": later("what is to be seen or heard in a film or sound"),
    "model/": later("a model in three dimensions"),
    "application/inkml+xml": later("handwriting"),
    "application/vnd.openxmlformats-officedocument.obfuscatedFont": later("an embedded font"),
    "application/x-fontdata": later("an embedded font"),
}
"""Parts that stay and can't be looked into, or not as far as they can be read, by how their content type begins: told of."""


def drop_derived(root: etree._Element) -> Iterator[str]:
    """Take out of an XML part what is derived or in a program's own form; what that was, each once."""
    told: dict[str, None] = {}
    for element in list(elements(root)):
        name = local(element)
        what = ELEMENTS.get(name, "")
        if not what and name in _VARIANTS and namespace(element).endswith(_VARIANT_TYPES):
            what = _PROPERTY
            element = _holder(element)
        if what:
            told[what] = None
            remove(element)
            continue
        for attribute in map(str, element.keys()):
            what = _of_attribute(name, local_name(attribute))
            if what:
                told[what] = None
                del element.attrib[attribute]
    yield from told


def _holder(value: etree._Element) -> etree._Element:
    """The property that is nothing without its value."""
    parent = value.getparent()
    return value if parent is None or local(parent) != "property" else parent


def _of_attribute(element: str, attribute: str) -> str:
    if attribute in ATTRIBUTES:
        return ATTRIBUTES[attribute]
    if (element, attribute) == _INK:
        return _DRAWING
    folded = attribute.lower()
    return _PASSWORD if element in _PROTECTED and any(word in folded for word in _SCRAMBLED) else ""


def tell_opaque(types: Mapping[str, str], session: Session) -> None:
    """Tell of the parts that stay and can't be looked into. `types`: the content types of parts."""
    for part, kind in sorted(types.items()):
        for beginning, what in OPAQUE.items():
            if kind.startswith(beginning):
                session.unchecked(part, what)
