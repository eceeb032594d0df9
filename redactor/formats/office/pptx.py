"""Presentations (ECMA-376 part 1, PresentationML): slides in their order with their notes, then every other text of every part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from lxml import etree

from redactor.formats.office.drawing import CHARTS, DIAGRAMS, LABELS, LOOKS, flow_paragraphs, is_text, mend_numbers
from redactor.formats.office.markup import elements, local
from redactor.formats.office.package import Package, check_active, keep_known, opened
from redactor.formats.office.paragraphs import Leaf, Paragraph, read_paragraphs
from redactor.formats.office.parts import Trees, is_reference, parsed, take_out
from redactor.formats.office.shared_parts import SHARED, redact_links, redact_shared
from redactor.formats.office.values import Names, redact_values
from redactor.formats.options import Options
from redactor.formats.unit import Session, Sink, Unit, unshown
from redactor.model import FormatError

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
    "customXml": "custom XML",
    "customXmlProps": "custom XML",
    "printerSettings": "settings of a printer",
    "changesInfo": "a history of changes",
    "revisionInfo": "a history of changes",
    "slideUpdateInfo": "where a slide came from",
    "smartTags": "marks of an add-in",
    "webextension": "an add-in's data",
    "webextensiontaskpanes": "an add-in's data",
    "tasks": "tasks of those who worked on it",
    "control": "a control",
}
"""Relationships, by the last word of their type, whose parts go, and what they hold."""
_HOLDERS: Final = frozenset(("custDataLst", "controls", "smartTags", "embeddedFontLst", "embeddedFont"))
"""Elements that may not be empty."""
_ON: Final = frozenset(("1", "true"))
_OFF: Final = frozenset(("0", "false"))


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact a presentation."""
    with opened(source) as package:
        check_active(package, session, options)
        if package.types[package.main] not in _MAIN:
            raise FormatError("a package whose main part is no presentation")
        _drop_parts(package, session, options)
        known = _KNOWN | {kind for kind in package.types.values() if kind.startswith(_SOUNDS)}
        keep_known(package, known, session, options)
        _media(package, session)
        redact_shared(package, session, options)
        trees, changed = parsed(package, session)
        if options.scrub_metadata:
            changed |= _scrubbed(trees, session)
        done: set[etree._Element] = set()
        shown, layouts = _shown(package, trees), frozenset(package.of_type(*_LAYOUTS))

        def unit(part: str, paragraph: Paragraph) -> Unit:
            # What a layout's placeholders say is shown to who writes, never to who reads.
            prompt = part in layouts and _is_placeholder(paragraph)
            return (unshown if prompt else Unit)(paragraph.text, shown.get(part, part))

        for parts in _texts(package, trees):
            read = [(part, paragraph) for part in parts for paragraph in _paragraphs(trees[part])]
            done.update(leaf.element for _, paragraph in read for leaf in paragraph.leaves)
            _tell_hidden(read, session)
            changed |= flow_paragraphs(read, session, unit)
        names = Names()
        redact_links(package, session, names)
        changed |= redact_values(trees, session, is_text, done, names)
        changed |= {part for part, root in trees.items() if mend_numbers(root)}
        for part in changed:
            package.put_tree(part, trees[part])
        package.write(out)


def _drop_parts(package: Package, session: Session, options: Options) -> None:
    """Take out what a presentation was made from, and who worked on it, with the elements that refer to it."""
    lost: dict[str, str] = {}
    for found in package.relationships.values():
        for each in found:
            if each.kind in _DROPPED and each.part in package.types:
                lost[each.part] = _DROPPED[each.kind]
    for part in package.of_type(*LABELS):
        lost[part] = "a label or an add-in's data"
    if options.scrub_metadata:
        lost |= dict.fromkeys(package.of_type(_TAGS), "marks of programs")
    take_out(package, lost, _HOLDERS, session)
    package.prune()


def _media(package: Package, session: Session) -> None:
    """Tell of what stays and can't be looked into."""
    for part, kind in sorted(package.types.items()):
        if kind.startswith(_SOUNDS):
            session.unchecked(part, "what is to be seen or heard in a film or sound")
        elif kind == _FONT:
            session.unchecked(part, "an embedded font")


def _scrubbed(trees: Trees, session: Session) -> set[str]:
    """Take out who commented, and when; the parts that have changed."""
    changed: set[str] = set()
    for part, root in trees.items():
        for element in elements(root):
            if local(element) in ("cmAuthor", "author"):
                told = [a for a in ("name", "initials", "userId", "providerId") if element.get(a)]
                for attribute in told:
                    element.set(attribute, "")
            else:
                told = [a for a in ("dt", "created") if local(element) in ("cm", "reply") and a in element.attrib]
                for attribute in told:
                    element.set(attribute, "2000-01-01T00:00:00")
            if told and part not in changed:
                changed.add(part)
                session.removed(part, "who wrote comments, and when")
    return changed


def _texts(package: Package, trees: Trees) -> Iterator[list[str]]:
    """The parts that are read as one text each: all slides with their notes, comments, charts and diagrams, masters."""
    slides = list(dict.fromkeys(_in_order(package, trees)))
    yield slides
    yield [part for part in package.of_type(_SLIDE, _NOTES) if part not in slides]
    for kind in (*_COMMENTS, *CHARTS, *DIAGRAMS, *_LAYOUTS):
        for part in package.of_type(kind):
            yield [part]


def _tell_hidden(read: Iterable[tuple[str, Paragraph]], session: Session) -> None:
    """Tell of paragraphs that are not shown."""
    found = Counter((part, _hides(p.element)) for part, p in read if p.text.strip() and not p.fallback)
    for (part, what), paragraphs in found.items():
        if what:
            session.hidden(part, what, paragraphs)


def _hides(paragraph: etree._Element) -> str:
    shape = False
    for element in paragraph.iterancestors(etree.Element):
        if local(element) == "sld" and element.get("show") in _OFF:
            return "on a hidden slide"
        properties = next(element.iterchildren(etree.Element))
        if local(properties).startswith("nv"):
            shape = shape or any(e.get("hidden") in _ON for e in properties if local(e) == "cNvPr")
    return "in a hidden shape" if shape else ""


def _in_order(package: Package, trees: Trees) -> Iterator[str]:
    """Slides as they are shown, each followed by its notes."""
    by_id = {each.id: each.part for each in package.relationships.get(package.main, ())}
    for element in elements(trees[package.main]):
        if local(element) != "sldId":
            continue
        for attribute, value in element.attrib.items():
            part = by_id.get(str(value), "") if is_reference(str(attribute)) else ""
            if package.types.get(part) == _SLIDE:
                yield part
                yield from (r.part for r in package.relationships.get(part, ()) if package.types.get(r.part) == _NOTES)


def _shown(package: Package, trees: Trees) -> dict[str, str]:
    """What readers call slides and their notes: by their number in the show."""
    names: dict[str, str] = {}
    number = 0
    for part in dict.fromkeys(_in_order(package, trees)):
        is_slide = package.types[part] == _SLIDE
        number += is_slide
        names[part] = f"slide {number}" if is_slide else f"slide {number}, notes"
    return names


def _is_placeholder(paragraph: Paragraph) -> bool:
    shapes = (e for e in paragraph.element.iterancestors(etree.Element) if local(e) == "sp")
    return any(local(element) == "ph" for shape in shapes for element in elements(shape))


def _paragraphs(root: etree._Element) -> Iterator[Paragraph]:
    """Paragraphs of text; comments of the older kind are texts without any."""
    yield from read_paragraphs(root).paragraphs
    for element in elements(root):
        if local(element) == "text" and len(element) == 0 and element.text:
            yield Paragraph(element, [Leaf(element, element.text)])
