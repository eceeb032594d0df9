"""Presentations (ECMA-376 part 1, PresentationML): slides in their order with their notes, then every other text of every part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from lxml import etree

from redactor.formats.office.drawing import (
    CHARTS,
    DIAGRAMS,
    LOOKS,
    flow_paragraphs,
    is_text,
    mend_numbers,
    take_out,
)
from redactor.formats.office.markup import blank, local, named
from redactor.formats.office.package import Package
from redactor.formats.office.paragraphs import Leaf, Paragraph, read_paragraphs
from redactor.formats.office.parts import Kind, is_reference, prepared
from redactor.formats.office.shared_parts import SHARED, redact_links
from redactor.formats.office.values import Names, redact_values
from redactor.formats.options import Options
from redactor.formats.unit import Session, Sink, Unit, unshown
from redactor.language import later, say

_SLIDES: Final = "application/vnd.openxmlformats-officedocument.presentationml."
_POWERPOINT: Final = "application/vnd.ms-powerpoint."
_MAIN: Final = tuple(f"{_SLIDES}{kind}.main+xml" for kind in ("presentation", "slideshow", "template"))
_SLIDE: Final = f"{_SLIDES}slide+xml"
_NOTES: Final = f"{_SLIDES}notesSlide+xml"
_LAYOUTS: Final = tuple(
    f"{_SLIDES}{kind}+xml" for kind in ("slideMaster", "slideLayout", "notesMaster", "handoutMaster")
)
_COMMENTS: Final = (f"{_SLIDES}comments+xml", f"{_POWERPOINT}comments+xml")
_AUTHORS: Final = (f"{_SLIDES}commentAuthors+xml", f"{_POWERPOINT}authors+xml")
_TAGS: Final = f"{_SLIDES}tags+xml"
_SOUNDS: Final = ("audio/", "video/")
_FONT: Final = "application/x-fontdata"
_KNOWN: Final = frozenset(
    (
        *_MAIN,
        *(_SLIDE, _NOTES, *_LAYOUTS, *_COMMENTS, *_AUTHORS, _TAGS, _FONT),
        *(f"{_SLIDES}{kind}+xml" for kind in ("presProps", "viewProps", "tableStyles")),
        *("application/inkml+xml", *CHARTS, *DIAGRAMS, *LOOKS),
        *SHARED,
    )
)
_DROPPED: Final = {
    "customXml": later("custom XML"),
    "customXmlProps": later("custom XML"),
    "printerSettings": later("settings of a printer"),
    "changesInfo": later("a history of changes"),
    "revisionInfo": later("a history of changes"),
    "slideUpdateInfo": later("where a slide came from"),
    "smartTags": later("marks of an add-in"),
    "webextension": later("an add-in's data"),
    "webextensiontaskpanes": later("an add-in's data"),
    "tasks": later("tasks of those who worked on it"),
    "control": later("a control"),
}
"""Relationships, by the last word of their type, whose parts go, and what they hold."""
_AUTHOR: Final = ("name", "initials", "userId", "providerId")
_DATE: Final = ("dt", "created")
_LONG_AGO: Final = "2000-01-01T00:00:00"
_HOLDERS: Final = frozenset(("custDataLst", "controls", "smartTags", "embeddedFontLst", "embeddedFont"))
"""Elements that may not be empty."""
_ON: Final = frozenset(("1", "true"))
_OFF: Final = frozenset(("0", "false"))


def _drop_parts(package: Package, options: Options) -> dict[str, str]:
    """What programs have noted for themselves."""
    return dict.fromkeys(package.of_type(_TAGS) if options.scrub_metadata else (), "marks of programs")


_KIND: Final = Kind("presentation", _MAIN, _KNOWN, _DROPPED, _drop_parts, _HOLDERS, _SOUNDS)


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact a presentation."""
    package = prepared(source, _KIND, session, options)
    _tell_media(package, session)
    if options.scrub_metadata:
        _scrub(package, session)
    done: set[etree._Element] = set()
    shown, layouts = _shown(package), frozenset(package.of_type(*_LAYOUTS))

    def unit(part: str, paragraph: Paragraph) -> Unit:
        # What a layout's placeholders say is shown to who writes, never to who reads.
        prompt = part in layouts and _is_placeholder(paragraph)
        return (unshown if prompt else Unit)(paragraph.text, shown.get(part, part))

    for parts in _texts(package):
        read = [(part, paragraph) for part in parts for paragraph in _paragraphs(package.trees[part])]
        done.update(leaf.element for _, paragraph in read for leaf in paragraph.leaves)
        filled = [(part, paragraph) for part, paragraph in read if paragraph.text.strip()]
        _tell_hidden(filled, session)
        flow_paragraphs([(paragraph, unit(part, paragraph)) for part, paragraph in filled], session, take_out)
    names = Names()
    redact_links(package, session, names)
    redact_values(package.trees, session, is_text, done, names)
    for root in package.trees.values():
        mend_numbers(root)
    package.write(out)


def _tell_media(package: Package, session: Session) -> None:
    """Tell of what stays and can't be looked into."""
    for part, kind in sorted(package.types.items()):
        if kind.startswith(_SOUNDS):
            session.unchecked(part, say("what is to be seen or heard in a film or sound"))
        elif kind == _FONT:
            session.unchecked(part, say("an embedded font"))


def _scrub(package: Package, session: Session) -> None:
    """Take out who commented, and when."""
    for part, root in package.trees.items():
        told = [
            blank(root, name, attributes, put)
            for name, attributes, put in (
                ("cmAuthor", _AUTHOR, ""),
                ("author", _AUTHOR, ""),
                ("cm", _DATE, _LONG_AGO),
                ("reply", _DATE, _LONG_AGO),
            )
        ]
        if any(told):
            session.removed(part, say("who wrote comments, and when"))


def _texts(package: Package) -> Iterator[list[str]]:
    """The parts that are read as one text each: all slides with their notes, comments, charts and diagrams, masters."""
    slides = list(dict.fromkeys(_in_order(package)))
    yield slides
    yield [part for part in package.of_type(_SLIDE, _NOTES) if part not in slides]
    for kind in (*_COMMENTS, *CHARTS, *DIAGRAMS, *_LAYOUTS):
        for part in package.of_type(kind):
            yield [part]


def _tell_hidden(read: Iterable[tuple[str, Paragraph]], session: Session) -> None:
    """Tell of paragraphs that are not shown."""
    found = Counter((part, _hides(p.element)) for part, p in read if not p.fallback)
    for (part, what), paragraphs in found.items():
        if what:
            session.hidden(part, what, paragraphs)


def _hides(paragraph: etree._Element) -> str:
    shape = False
    for element in paragraph.iterancestors(etree.Element):
        if local(element) == "sld" and element.get("show") in _OFF:
            return later("on a hidden slide")
        properties = next(element.iterchildren(etree.Element))
        if local(properties).startswith("nv"):
            shape = shape or any(e.get("hidden") in _ON for e in properties if local(e) == "cNvPr")
    return later("in a hidden shape") if shape else ""


def _in_order(package: Package) -> Iterator[str]:
    """Slides as they are shown, each followed by its notes."""
    by_id = {each.id: each.part for each in package.relationships.get(package.main, ())}
    for element in named(package.trees[package.main], "sldId"):
        for attribute, value in element.attrib.items():
            part = by_id.get(str(value), "") if is_reference(str(attribute)) else ""
            if package.types.get(part) == _SLIDE:
                yield part
                yield from (r.part for r in package.relationships.get(part, ()) if package.types.get(r.part) == _NOTES)


def _shown(package: Package) -> dict[str, str]:
    """What readers call slides and their notes: by their number in the show."""
    names: dict[str, str] = {}
    number = 0
    for part in dict.fromkeys(_in_order(package)):
        is_slide = package.types[part] == _SLIDE
        number += is_slide
        names[part] = f"slide {number}" if is_slide else f"slide {number}, notes"
    return names


def _is_placeholder(paragraph: Paragraph) -> bool:
    shapes = (e for e in paragraph.element.iterancestors(etree.Element) if local(e) == "sp")
    return any(named(shape, "ph") for shape in shapes)


def _paragraphs(root: etree._Element) -> Iterator[Paragraph]:
    """Paragraphs of text; comments of the older kind are texts without any."""
    yield from read_paragraphs(root).paragraphs
    for element in named(root, "text"):
        if len(element) == 0 and element.text:
            yield Paragraph(element, [Leaf(element, element.text)])
