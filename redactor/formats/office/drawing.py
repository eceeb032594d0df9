"""Drawings, charts and diagrams (ECMA-376 part 1, 20 and 21): their paragraphs, and numbers that charts keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from lxml import etree

from redactor.formats.office.markup import elements, local, remove, remove_all
from redactor.formats.office.paragraphs import Paragraph, copies
from redactor.formats.unit import Session, Unit

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
CHARTS: Final = (
    f"{_OFFICE}drawingml.chart+xml",
    f"{_OFFICE}drawingml.chartshapes+xml",
    "application/vnd.ms-office.chartex+xml",
)
DIAGRAMS: Final = (
    f"{_OFFICE}drawingml.diagramData+xml",
    "application/vnd.ms-office.drawingml.diagramDrawing+xml",
)
LOOKS: Final = (
    f"{_OFFICE}theme+xml",
    f"{_OFFICE}themeOverride+xml",
    f"{_OFFICE}drawingml.diagramLayout+xml",
    f"{_OFFICE}drawingml.diagramStyle+xml",
    f"{_OFFICE}drawingml.diagramColors+xml",
    "application/vnd.ms-office.chartstyle+xml",
    "application/vnd.ms-office.chartcolorstyle+xml",
    f"{_OFFICE}vmlDrawing",
)
"""Parts without paragraphs of their own, or with those of old drawings, whose texts are values."""
TEXT_ATTRIBUTES: Final = frozenset(
    [
        *("alt", "author", "caption", "descr", "display", "displayName", "displayText", "href", "initials", "label"),
        *("name", "prompt", "string", "title", "tooltip", "userId", "userName", "value"),
    ]
)
"""Attributes that a person has written, or that hold a copy of what one has, in any element."""
_VALUED: Final = frozenset(["cfvo", "customFilter", "filter", "listItem", "sheetName", "tag"])
"""Elements whose `val` a person has written."""
_NUMBERS: Final = frozenset(["numCache", "numLit", "numDim"])


def flow_paragraphs(
    given: Sequence[tuple[Paragraph, Unit]], session: Session, let_go: Callable[[Paragraph], None]
) -> None:
    """Redact paragraphs, given with their units, as one text; one whose line went is taken out in the way that is given."""
    units = {id(paragraph): unit for paragraph, unit in given}
    pairs = list(copies([paragraph for paragraph, _ in given]))
    asked = [id(paragraph) for paragraph, original in pairs if original is None]
    answers = dict(zip(asked, session.flow([units[each] for each in asked]), strict=True))
    for paragraph, original in pairs:
        paragraph.write(answers[id(original or paragraph)])
    for paragraph, original in pairs:
        if answers[id(original or paragraph)].gone:
            let_go(paragraph)


def take_out(paragraph: Paragraph) -> None:
    """Remove a paragraph of a drawing, where its text keeps another."""
    element = paragraph.element
    parent = element.getparent()
    if parent is not None and any(e is not element and e.tag == element.tag for e in parent):
        remove(element)


def is_text(element: etree._Element, attribute: str) -> bool:
    """Whether an attribute of a drawing holds what a person has written."""
    return attribute in TEXT_ATTRIBUTES or (attribute == "val" and local(element) in _VALUED)


def mend_numbers(root: etree._Element) -> None:
    """Take out numbers of charts that are numbers no more."""
    remove_all(
        element
        for element in elements(root)
        if local(element) == "pt"
        and any(local(above) in _NUMBERS for above in element.iterancestors())
        and not all(map(_is_number, _said(element)))
    )


def _said(point: etree._Element) -> Sequence[str]:
    values = [e.text or "" for e in elements(point) if local(e) == "v"]
    return values or [point.text or ""]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
