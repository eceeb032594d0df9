"""Mutations of packages: the trees of their parts, their names, relationships and types; packed again with right checksums."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random
from typing import Any, Final

from lxml import etree

from tests.fuzz.texts import MOST, SHORT, blind, by_words, changed_text
from tests.fuzz.words import COMMON

Parts = list[tuple[str, bytes]]
"""Names and contents; a name may stand there twice."""
_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_S: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_A: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P: Final = "http://schemas.openxmlformats.org/presentationml/2006/main"
_R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TAGS: Final = (
    *(
        f"{{{_W}}}{name}"
        for name in [
            "p",
            "r",
            "t",
            "tab",
            "br",
            "ins",
            "del",
            "delText",
            "moveFrom",
            "moveTo",
            "fldChar",
            "instrText",
            "fldSimple",
            "hyperlink",
            "sdt",
            "sdtContent",
        ]
    ),
    *(
        f"{{{_W}}}{name}"
        for name in [
            "tbl",
            "tr",
            "tc",
            "vanish",
            "pPr",
            "rPr",
            "sectPr",
            "comment",
            "footnote",
            "bookmarkStart",
            "ruby",
            "rt",
            "rubyBase",
            "object",
            "pict",
            "txbxContent",
        ]
    ),
    *(
        f"{{{_W}}}{name}"
        for name in [
            "fldData",
            "docVar",
            "style",
            "name",
            "altChunk",
            "smartTag",
            "customXml",
            "numPr",
            "lvlText",
            "sym",
            "ffData",
            "default",
        ]
    ),
    *(
        f"{{{_S}}}{name}"
        for name in [
            "row",
            "c",
            "v",
            "is",
            "t",
            "f",
            "r",
            "rPh",
            "si",
            "sheet",
            "definedName",
            "comment",
            "dataValidation",
            "formula1",
            "hyperlink",
            "mergeCell",
            "tableColumn",
        ]
    ),
    *(
        f"{{{_S}}}{name}"
        for name in [
            "sharedItems",
            "s",
            "n",
            "d",
            "cacheField",
            "conditionalFormatting",
            "cfRule",
            "oddHeader",
            "sheetView",
            "filter",
        ]
    ),
    *(
        f"{{{_A}}}{name}"
        for name in ["p", "r", "t", "fld", "br", "hlinkClick", "tbl", "tr", "tc", "txBody", "bodyPr", "blip", "ext"]
    ),
    *(f"{{{_P}}}{name}" for name in ["sp", "nvSpPr", "cNvPr", "txBody", "cm", "text", "sldId", "extLst"]),
)
_VALUES: Final = (
    *COMMON,
    "1",
    "A1",
    "A1:XFD1048576",
    "rId1",
    "../../x",
    "http://a.cn/张三",
    "true",
    "begin",
    "separate",
    "end",
    "inlineStr",
    "s",
    "str",
    "e",
    "shared",
    "array",
)
_TYPES: Final = (
    *(
        "application/xml",
        "text/plain",
        "image/png",
        "text/html",
        "application/vnd.openxmlformats-officedocument.oleObject",
        "x/y",
    ),
    *(
        f"application/vnd.openxmlformats-officedocument.{name}+xml"
        for name in (
            "wordprocessingml.comments",
            "wordprocessingml.header",
            "spreadsheetml.comments",
            "spreadsheetml.sharedStrings",
            "drawing",
            "drawingml.chart",
            "theme",
            "spreadsheetml.worksheet",
            "presentationml.slide",
            "presentationml.notesSlide",
        )
    ),
)
_RELATIONS: Final = (
    "comments",
    "header",
    "footnotes",
    "image",
    "hyperlink",
    "oleObject",
    "chart",
    "theme",
    "customXml",
    "package",
    "slide",
    "attachedTemplate",
    "aFChunk",
    "sharedStrings",
    "drawing",
    "x",
)
_PART: Final = 40_000
"""Bytes of a part that are read: a theme takes ten thousand."""
_KEPT: Final = 4_000
"""Bytes of a part that are left once its tree is changed."""
_PARSER: Final = etree.XMLParser(resolve_entities=False, huge_tree=False)


def office(data: bytes, rng: Random) -> bytes:
    """A package of Office Open XML, changed in one to four places."""
    parts = members(data)
    if not parts:
        return blind(data, rng)
    for _ in range(rng.choice((1, 1, 2, 4))):
        number = rng.randrange(len(parts))
        name, body = parts[number]
        xml = name.endswith((".xml", ".rels"))
        match rng.randrange(20):
            case 0:
                change_package(parts, rng)
            case 1:
                parts[number] = (name, blind(body, rng) if not xml else by_words("xml", MOST)(body, rng))
            case 2 | 3 if not xml:
                parts[number] = (name, blind(body, rng))
            case 4 if len(parts) < 40:
                _add_part(parts, rng)
            case _:
                # What is said stands in few of the parts: those that a reader reads are chosen more often than what joins them.
                said = [n for n, (each, _) in enumerate(parts) if each.endswith(".xml") and not each.startswith("[")]
                if said and rng.random() < 0.9:
                    number = rng.choice(said)
                name, body = parts[number]
                parts[number] = (name, _tree(body, rng))
    return packed(parts, rng)


def members(data: bytes) -> Parts:
    """The members of a package, as far as it can be read; none when it can't."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            return [(info.filename, opened.read(info)[:_PART]) for info in opened.infolist()[:60]]
    except Exception:  # whatever is wrong with it, it's mutated as bytes
        return []


def packed(parts: Parts, rng: Random) -> bytes:
    """The parts as a package, now and then with what no producer writes.

    What is deflated is so without being made smaller: each zlib would write other bytes, so that each machine would draw other mutants.
    """
    out = io.BytesIO()
    method = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method, compresslevel=0) as out_file:
        warnings.simplefilter("ignore")  # of two members of one name
        for name, body in parts:
            info = zipfile.ZipInfo(name.replace("\0", "0") or "0", (1980, 1, 1, 0, 0, 0))
            info.compress_type = method
            if rng.random() < 0.01:
                info.comment, info.extra = (
                    rng.choice(COMMON).encode("utf-8", "replace"),
                    rng.choice((b"", b"\x07\0\x02\0ab")),
                )
                info.external_attr = rng.choice((0, 0o120777 << 16, 0o10644 << 16, 16))
            try:
                out_file.writestr(info, body, compresslevel=0)
            except (UnicodeError, ValueError):
                continue
        out_file.comment = rng.choice((b"",) * 20 + ("张三".encode(),))
    data = out.getvalue()
    return blind(data, rng) if rng.random() < 0.03 else data


def change_package(parts: Parts, rng: Random) -> None:
    """Take a part out, double or rename it, or put another's content in its place."""
    number = rng.randrange(len(parts))
    name, body = parts[number]
    match rng.randrange(8):
        case 0 if len(parts) > 1:
            del parts[number]
        case 1:
            parts.append((name, rng.choice(parts)[1]))
        case 2 | 5 | 6:
            parts[number] = (changed_text(name, rng)[:200].encode("utf-8", "replace").decode(), body)
        case 3:
            parts[number] = (
                rng.choice(("../a.txt", "/a", "a/../../b", "C:\\a", "a\\b", "con", "a/", name.upper(), name + "/x")),
                body,
            )
        case _:
            parts[number] = (name, rng.choice(parts)[1])


def _add_part(parts: Parts, rng: Random) -> None:
    """A part with its type and a relationship that leads to it."""
    name = f"{rng.choice(('word', 'xl', 'ppt', 'docProps', 'customXml'))}/new{len(parts)}.{rng.choice(('xml', 'bin', 'png', 'txt'))}"
    parts.append((name, rng.choice(parts)[1]))
    for number, (other, body) in enumerate(parts):
        if other == "[Content_Types].xml":
            kind = rng.choice(_TYPES)
            entry = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'
            parts[number] = (other, body.replace(b"</Types>", entry.encode()))
    rels = [number for number, (other, _) in enumerate(parts) if other.endswith(".rels")]
    if rels:
        number = rng.choice(rels)
        other, body = parts[number]
        link = f'<Relationship Id="rNew{len(parts)}" Type="{_R}/{rng.choice(_RELATIONS)}" Target="/{name}"/></Relationships>'
        parts[number] = (other, body.replace(b"</Relationships>", link.encode()))


def xml(data: bytes, rng: Random) -> bytes:
    """An XML document, mostly changed by its tree."""
    return by_words("xml")(data, rng) if rng.random() < 0.15 else _tree(data, rng, 3 * SHORT)


def _tree(body: bytes, rng: Random, most: int = _KEPT) -> bytes:
    """An XML part with one to three changes of its tree, and less of it where it has more than so many bytes."""
    try:
        root = etree.fromstring(body, _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return by_words("xml", MOST)(body, rng)
    for _ in range(rng.choice((1, 1, 2, 3))):
        elements = [each for each in root.iter() if isinstance(each.tag, str)]
        try:
            rng.choice(_OPERATIONS)(rng.choice(elements), elements, rng)
        except (ValueError, TypeError):
            continue  # a character or a name that XML can't hold, an element within itself
    while len(etree.tostring(root)) > most and len(root):
        inner = rng.choice(list(root.iter())[1:])
        inner.getparent().remove(inner)
    encoding = "UTF-8" if rng.random() < 0.95 else rng.choice(("GB18030", "UTF-16"))
    return bytes(etree.tostring(root.getroottree(), encoding=encoding, xml_declaration=True, standalone=True))


def _text(element: Any, _: Sequence[Any], rng: Random) -> None:
    if rng.random() < 0.2:
        element.tail = changed_text(element.tail or "", rng)
    else:
        element.text = changed_text(element.text or "", rng)


def _attribute(element: Any, elements: Sequence[Any], rng: Random) -> None:
    other = rng.choice(elements)
    name = rng.choice(list(element.attrib) or list(other.attrib) or ["a"])
    element.set(name, rng.choice((rng.choice(_VALUES), changed_text(element.get(name, ""), rng))))


def _less(element: Any, _: Sequence[Any], rng: Random) -> None:
    parent = element.getparent()
    if element.attrib and rng.random() < 0.4:
        del element.attrib[rng.choice(list(element.attrib))]
    elif parent is not None:
        parent.remove(element)


def _copy(element: Any, elements: Sequence[Any], rng: Random) -> None:
    if sum(1 for _ in element.iter()) < 60 and len(elements) < 400:
        to = rng.choice(elements)
        to.insert(rng.randrange(len(to) + 1), deepcopy(element))


def _move(element: Any, elements: Sequence[Any], rng: Random) -> None:
    to = rng.choice(elements)
    if element not in to.iterancestors() and element is not to:
        to.insert(rng.randrange(len(to) + 1), element)


def _rename(element: Any, elements: Sequence[Any], rng: Random) -> None:
    element.tag = rng.choice((rng.choice(_TAGS), rng.choice(elements).tag))


def _new(element: Any, _: Sequence[Any], rng: Random) -> None:
    inner = etree.SubElement(element, rng.choice(_TAGS))
    inner.text = rng.choice(("", *COMMON))
    if rng.random() < 0.3:
        inner.append(etree.Comment("张三") if rng.random() < 0.5 else etree.ProcessingInstruction("p", "张三"))


def _deep(element: Any, _: Sequence[Any], rng: Random) -> None:
    tag = element.tag
    for _ in range(rng.choice((3, 30, 200))):
        element = etree.SubElement(element, tag)
    element.text = "张三"


def _split(element: Any, _: Sequence[Any], rng: Random) -> None:
    """The text of an element in two elements, as editors split runs."""
    parent, text = element.getparent(), element.text or ""
    if parent is not None and text:
        at = rng.randrange(len(text) + 1)
        twin = deepcopy(element)
        element.text, twin.text = text[:at], text[at:]
        parent.insert(parent.index(element) + 1, twin)


_OPERATIONS: Final[Sequence[Callable[[Any, Sequence[Any], Random], None]]] = (
    *(_text, _text, _text, _attribute, _attribute, _less, _copy, _move, _rename, _new, _new, _split, _split, _deep),
)
