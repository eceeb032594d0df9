"""OFD documents (GB/T 33190-2016): the texts of pages, then all other texts and attributes; what is derived or signed goes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO, Final

import regex
from lxml import etree

from redactor.formats.archives.nested import inside, redact_member
from redactor.formats.ofd.lines import Line, lines_of
from redactor.formats.ofd.package import MAIN, Package, opened
from redactor.formats.office.markup import declared, drop_comments, elements, local, named, remove, remove_all
from redactor.formats.options import Options
from redactor.formats.pictures import BLANK, stripped
from redactor.formats.sniff import PICTURE, what_is
from redactor.formats.unit import Session, Sink, Unit, apart, unshown
from redactor.language import later, say
from redactor.model import FormatError

_ALWAYS: Final = {
    "Signatures": later("a digital signature"),
    "Versions": later("earlier versions of the document"),
    "Cover": later("a thumbnail"),
    "Thumbnail": later("a thumbnail"),
    "Extensions": later("data of programs"),
}
"""Elements that go with all that only they lead to."""
_METADATA: Final = frozenset(["Author", "Creator", "CreatorVersion", "CreationDate", "ModDate", "CustomDatas"])
_DATED: Final = ("Creator", "CreationDate", "ModDate", "LastModDate")
"""Attributes of notes and attachments that say who made them, and when."""
_SHOWN: Final = frozenset(["Title", "Subject", "Abstract", "Keyword", "Remark"])
_NUMBER: Final = r"(?:[-+]?\d{0,7}(?:\.\d{0,10})?(?:[eE][-+]?\d{1,2})?|#[0-9A-Fa-f]{1,2}|g|[SMLQBCA])"
_NUMERIC: Final = regex.compile(rf"{_NUMBER}(?:\s+{_NUMBER})*+")
"""Numbers of coordinates, matrices, distances, paths, colours; seven digits before the point, as no page is that large."""
_IDENTIFIER: Final = regex.compile(r"\d{1,10}")
_WORDS: Final = regex.compile(r"true|false|[A-Z][A-Za-z]{1,14}|[A-Z]{2,5}")
_TYPED: Final = frozenset(
    ["Type", "Format", "Visible", "Stroke", "Fill", "Rule", "Cap", "Join", "MapType", "Charset", "Italic", "Bold", "Serif",
     "FixedWidth", "Subtype", "Print", "NoZoom", "NoRotate", "ReadOnly", "Event", "HScale", "ZOrder", "DocType", "DocUsage", "Current"]
)  # fmt: skip
"""Attributes whose values are words of the standard."""
_IDS: Final = frozenset(
    ["ID", "Font", "ResourceID", "ImageMask", "Substitution", "DrawParam", "ColorSpace", "DefaultCS", "PageRef", "PageID",
     "TemplateID", "ObjectRef", "MaxUnitID", "Relative", "AttachID", "Index"]
)  # fmt: skip
_SCHEMA: Final = regex.compile(r"http://www\.(?:ofdspec\.org(?:/2016)?|w3\.org/[\w./-]+)")
_OF_ADDRESSES: Final = frozenset(["URL", "DATE_TIME", "PERCENT", "QUANTITY", "MONEY"])
"""What the name of a vocabulary may look like, which is no secret."""
_TAIL: Final = "\0tail"
_URI: Final = "\0uri"
"""In the place of an attribute: the text after an element, a namespace that is declared."""
_UUID: Final = regex.compile(r"[0-9A-Fa-f]{32}|[0-9A-Fa-f-]{36}")
_DATE: Final = regex.compile(r"\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[-+]\d\d:\d\d)?)?")
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8", b"GIF8")


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact an OFD document. FormatError when a part of it can't be."""
    package = opened(source, session)
    package.read(lambda part, root: _prune(part, root, session, options))
    lost = len(package.data) - len(package.trees) - len(package.kinds)
    if lost:
        session.removed("package", say("{lost} parts that nothing refers to", lost=lost))
    _keep_known(package, session, options)
    package.settle()
    done = _texts(package, session)
    _fonts(package, done, session, options)
    _values(package, session)
    _files(package, session, options)
    package.write(out, session)


def _prune(part: str, root: etree._Element, session: Session, options: Options) -> None:
    """Take out of a part what is derived, signed or of programs, and metadata where that is wanted."""
    if drop_comments(root):
        session.removed(part, say("comments or instructions of the markup"))
    thumbnails = {(each.text or "").strip() for each in named(root, "Thumbnail")}
    for name, what in _ALWAYS.items():
        if remove_all(named(root, name)):
            session.removed(part, say(what))
    used = {str(each.get("ResourceID")) for each in named(root, "ImageObject")}
    remove_all(each for each in named(root, "MultiMedia") if str(each.get("ID")) in thumbnails - used)
    if options.scrub_metadata:
        gone = part == MAIN and remove_all(named(root, *_METADATA))
        dated = [(e, name) for e in named(root, "Annot", "Attachment") for name in _DATED if name in e.attrib]
        for element, attribute in dated:
            del element.attrib[attribute]
        if gone or dated:
            session.removed(part, say("author and dates"))


def _keep_known(package: Package, session: Session, options: Options) -> None:
    for part in [name for name, kind in package.kinds.items() if not kind]:
        if options.unknown != "drop":
            raise FormatError(
                "{name}: a part of a kind that is not known; --unknown drop takes such parts out", name=part
            )
        package.drop(part)
        session.removed(part, say("a part of a kind that is not known"))


def _ordered(package: Package) -> Iterator[tuple[str, str]]:
    """All parts that may draw text, with their places for people: pages in their order, then all others."""
    seen: set[str] = set()
    pages = {id(each.element): each.part for each in package.references if local(each.element) == "Page"}
    numbered = [pages[id(e)] for root in package.trees.values() for e in named(root, "Page") if id(e) in pages]
    for number, part in enumerate(numbered, 1):
        if part not in seen:
            seen.add(part)
            yield part, f"page {number}"
    yield from ((part, part) for part in package.trees if part not in seen)


def _texts(package: Package, session: Session) -> set[str]:
    """Redact the lines of all pages as one text; the fonts of objects that have changed."""
    found: list[tuple[Line, str]] = []
    for part, where in _ordered(package):
        root = package.trees[part]
        found += [(line, where) for line in lines_of(root)]
        hidden = [e for e in elements(root) if e.get("Visible") == "false" and named(e, "TextCode")]
        if hidden:
            session.hidden(where, say("drawn in an object that is not shown"), len(hidden))
        if where != part and not named(root, "TextCode") and named(root, "PathObject"):
            session.unchecked(where, say("drawings without text, which may show some"))
    fonts: set[str] = set()
    for (line, _), done in zip(found, session.flow([Unit(line.text, where) for line, where in found]), strict=True):
        for holder in line.write(done):
            fonts.add(str(holder.get("Font")))
            remove_all(named(holder, "CGTransform"))  # the glyphs that were drawn, by their numbers in the font
            if not named(holder, "TextCode"):
                remove(holder)
    return fonts


def _fonts(package: Package, edited: set[str], session: Session, options: Options) -> None:
    """An embedded font holds the shapes of what was written with it: that of an edited text goes, and numbers of its glyphs."""
    every = options.scrub_metadata or options.unknown == "drop"
    gone: set[str] = set()
    for reference in [each for each in package.references if package.kinds.get(each.part) == "font"]:
        font = reference.element.getparent()
        name = str(font.get("ID")) if font is not None else ""
        if every or name in edited:
            gone.add(name)
            session.removed(reference.part, say("an embedded font"))
            remove(reference.element)
            package.drop(reference.part)
        elif reference.part in package.kinds:
            session.unchecked(reference.part, say("an embedded font"))
    for root in package.trees.values():
        for holder in named(root, "TextObject"):
            if str(holder.get("Font")) in gone:
                remove_all(named(holder, "CGTransform"))


def _values(package: Package, session: Session) -> None:
    """Redact all texts and attributes that are no text of a page, no number and no name of a part."""
    found: list[tuple[etree._Element, str, Unit]] = []
    for part, root in package.trees.items():
        for element in elements(root):
            name = local(element)
            texts = [] if name == "TextCode" else [("", element.text or "")]
            texts += [(str(key), str(value)) for key, value in element.items()]
            if element.tail and element.tail.strip() and element is not root:
                texts.append((_TAIL, element.tail))
            for attribute, text in texts:
                said = etree.QName(attribute).localname if attribute and attribute != _TAIL else name
                if text.strip() and not package.is_reference(element, attribute) and not _is_plain(said, text.strip()):
                    shown = said in _SHOWN
                    found.append((element, attribute, (Unit if shown else unshown)(text, f"{part}, {said}")))
        for uri in declared(package.data[part]):
            if not _SCHEMA.fullmatch(uri):
                found.append((root, _URI, unshown(uri, f"{part}, namespace")))
    answers = apart(session, [unit for *_, unit in found])
    for (element, attribute, _), done in zip(found, answers, strict=True):
        if not done.edits:
            continue
        if attribute == _URI:
            if all(edit.entity in _OF_ADDRESSES for edit in done.edits):
                continue
            raise FormatError("a namespace that holds a value that is to be redacted")
        if attribute == _TAIL:
            element.tail = done.text
        elif attribute:
            element.set(attribute, done.text)
        else:
            element.text = done.text


def _is_plain(name: str, text: str) -> bool:
    """Whether a value is what the standard has there: an identifier, numbers, a word of its own, a date."""
    if name in _IDS:
        return bool(_IDENTIFIER.fullmatch(text))
    if name in _TYPED and _WORDS.fullmatch(text):
        return True
    if name == "DocID":
        return bool(_UUID.fullmatch(text))
    return bool(_NUMERIC.fullmatch(text) or (name.endswith("Date") and _DATE.fullmatch(text)))


def _files(package: Package, session: Session, options: Options) -> None:
    """Redact what is no XML: attachments by their own formats, pictures by what they say beside their pixels."""
    for part, kind in sorted(package.kinds.items()):
        data = package.data[part]
        if kind == "file":
            out = io.BytesIO()
            with inside(session, part):
                kept = redact_member(io.BytesIO(data), out, session, options, part)
            package.data[part] = out.getvalue()
            if not kept:
                for holder in [each.element.getparent() for each in package.references if each.part == part]:
                    if holder is not None:
                        remove(holder)
                package.drop(part)
        elif kind == "media":
            _medium(package, part, data, session, options)


def _medium(package: Package, part: str, data: bytes, session: Session, options: Options) -> None:
    clean = stripped(data) if data.startswith(_PICTURES) else None
    if clean is not None:
        if clean != data:
            package.data[part] = clean
            session.removed(part, say("what a picture says beside its pixels"))
        session.unchecked(part, say("what is to be seen in a picture"))
    elif options.unknown == "drop":
        package.data[part] = BLANK
        session.removed(part, say("a picture of a kind that can't be looked into"))
    else:
        picture = what_is(io.BytesIO(data), "") == PICTURE
        session.unchecked(part, say("a picture of a kind that may hold text") if picture else say("a binary file"))
