"""Where a PDF holds text besides its pages' content: none of it is carried over, all of it is told of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from redactor.formats.pdf.content import SHOWS, parsed
from redactor.formats.pdf.streams import decoded, named
from redactor.language import later
from redactor.model import FormatError

_ROOT: Final = (
    ("/Outlines", later("bookmarks")),
    ("/PageLabels", later("page labels")),
    ("/StructTreeRoot", later("the structure tree with its alternative texts")),
    ("/OCProperties", later("names of layers")),
    ("/Dests", later("names of places")),
    ("/OpenAction", later("an action on opening")),
    ("/AA", later("actions")),
    ("/URI", later("the base of its links")),
    ("/Threads", later("article threads")),
    ("/PieceInfo", later("private data of programs")),
    ("/Collection", later("a portfolio")),
    ("/AF", later("associated files")),
    ("/DSS", later("data on signatures")),
    ("/Perms", later("permissions and their signatures")),
    ("/Legal", later("legal attestations")),
)
_NAMES: Final = (
    ("/EmbeddedFiles", later("attached files")),
    ("/JavaScript", later("scripts")),
    ("/Dests", later("names of places")),
    ("/AP", later("named appearances")),
    ("/Pages", later("named pages")),
    ("/Templates", later("page templates")),
    ("/AlternatePresentations", later("presentations")),
    ("/Renditions", later("renditions")),
    ("/URLS", later("links")),
    ("/IDS", later("links")),
)
_PAGE: Final = (
    ("/Thumb", later("a thumbnail")),
    ("/AA", later("actions")),
    ("/PieceInfo", later("private data of programs")),
    ("/AF", later("associated files")),
    ("/Metadata", later("properties")),
)
_ANNOTATIONS: Final = {
    "/Link": later("links"),
    "/Widget": later("form fields with their values"),
    "/FileAttachment": later("attached files"),
    "/Redact": later("redaction marks that were never applied"),
    "/Popup": later("comments"),
    "/Text": later("comments"),
    "/FreeText": later("comments"),
    "/Highlight": later("comments"),
    "/Stamp": later("stamps"),
}
_MAX_FIELDS: Final = 100_000
Place = tuple[str, str]
"""Where something is, and what it is."""


def document_places(pdf: pikepdf.Pdf, data: bytes) -> Iterator[Place]:
    """What the document as a whole holds. FormatError for forms of a kind that can't be read (XFA)."""
    root = pdf.Root
    if "/Info" in pdf.trailer or "/Metadata" in root:
        yield "document", later("properties (title, author, dates, programs)")
    names = root.get("/Names")
    for holder, known in ((root, _ROOT), (names if isinstance(names, Dictionary) else {}, _NAMES)):
        yield from (("document", what) for key, what in known if key in holder)
    form = root.get("/AcroForm")
    if isinstance(form, Dictionary):
        if "/XFA" in form:
            raise FormatError("holds an XFA form, which is not supported")
        if "/Fields" in form:
            yield "document", later("form fields with their values")
        if int(form.get("/SigFlags", 0)) & 1 or _is_signed(form):
            yield "document", later("its digital signature, which no longer holds")
    if pdf.is_encrypted:
        yield "document", later("its encryption, which took no password to open")
    if data.count(b"startxref") > 1 and not pdf.is_linearized:
        yield "document", later("earlier versions of it, and what they deleted")


def _is_signed(form: Object) -> bool:
    fields = form.get("/Fields")
    return any(
        isinstance(each, Dictionary) and each.get("/FT") == Name.Sig
        for each in (list(fields)[:_MAX_FIELDS] if isinstance(fields, Array) else ())
    )


def page_places(page: Object, number: int) -> Iterator[Place]:
    """What a page holds besides its content."""
    where = f"page {number}"
    yield from ((where, what) for key, what in _PAGE if key in page)
    annotations = page.get("/Annots")
    kinds: dict[str, None] = {}
    for each in list(annotations) if isinstance(annotations, Array) else []:
        kind = str(each.get("/Subtype", "")) if isinstance(each, Dictionary) else ""
        kinds[_ANNOTATIONS.get(kind, later("annotations"))] = None
    yield from ((where, what) for what in kinds)


def hidden_layers(pdf: pikepdf.Pdf) -> frozenset[tuple[int, int]]:
    """The layers that are not shown when the document is opened. FormatError where that is left to conditions."""
    layers = pdf.Root.get("/OCProperties")
    if not isinstance(layers, Dictionary):
        return frozenset()
    default = layers.get("/D", Dictionary())
    hidden = {each.objgen for each in list(default.get("/OFF", []))}
    if str(default.get("/BaseState", "/ON")) != "/ON":
        shown = {each.objgen for each in list(default.get("/ON", []))}
        hidden |= {each.objgen for each in list(layers.get("/OCGs", []))} - shown
    return frozenset(hidden)


def is_hidden(layer: Object, hidden: frozenset[tuple[int, int]]) -> bool:
    """Whether what belongs to a layer, or to a group of layers, is not shown on opening."""
    if layer.get("/Type") == Name.OCMD:
        members = layer.get("/OCGs")
        groups = list(members) if isinstance(members, Array) else [members]
        states = [each.objgen in hidden for each in groups if isinstance(each, Dictionary)]
        policy = str(layer.get("/P", "/AnyOn"))
        if "/VE" in layer or policy not in ("/AnyOn", "/AllOn"):
            return any(states)
        return bool(states) and (all(states) if policy == "/AnyOn" else any(states))
    return layer.objgen in hidden


def text_elsewhere(pdf: pikepdf.Pdf, resources: object, seen: set[tuple[int, int]], depth: int = 0) -> bool:
    """Whether text is drawn by what is no page and no form: patterns, soft masks, glyphs of Type 3 fonts."""
    if not isinstance(resources, Dictionary) or depth > 16:
        return depth > 16
    if resources.objgen != (0, 0):
        if resources.objgen in seen:
            return False
        seen.add(resources.objgen)
    return any(
        _draws_text(pdf, stream, resources, seen, depth)
        if drawn
        else text_elsewhere(pdf, stream.get("/Resources"), seen, depth + 1)
        for stream, drawn in _streams(resources)
        if stream.objgen == (0, 0) or stream.objgen not in seen
    )


def _streams(resources: Object) -> Iterator[tuple[Object, bool]]:
    """The content streams that resources name, and whether each is drawn by other means than as a form."""
    for pattern in _values(resources.get("/Pattern")):
        if isinstance(pattern, Stream):
            yield pattern, True
    for state in _values(resources.get("/ExtGState")):
        mask = state.get("/SMask") if isinstance(state, Dictionary) else None
        if isinstance(mask, Dictionary) and isinstance(mask.get("/G"), Stream):
            yield mask.G, True
    for font in _values(resources.get("/Font")):
        if isinstance(font, Dictionary) and font.get("/Subtype") == Name.Type3:
            for glyph in _values(font.get("/CharProcs")):
                if isinstance(glyph, Stream):
                    yield glyph, True
    for form in _values(resources.get("/XObject")):
        if isinstance(form, Stream) and form.get("/Subtype") == Name.Form:
            yield form, False


def _draws_text(pdf: pikepdf.Pdf, stream: Object, resources: Object, seen: set[tuple[int, int]], depth: int) -> bool:
    if stream.objgen != (0, 0):
        seen.add(stream.objgen)
    own = stream.get("/Resources", resources)
    for instruction in parsed(pdf, decoded(stream)):
        name = str(instruction.operator)
        if name in SHOWS or (name == "Do" and _is_form(own, str(instruction.operands[0]))):
            return True
    return text_elsewhere(pdf, stream.get("/Resources"), seen, depth + 1)


def _is_form(resources: Object, name: str) -> bool:
    form = named(resources, "/XObject", name)
    return isinstance(form, Stream) and form.get("/Subtype") == Name.Form


def _values(holder: object) -> list[Object]:
    return list(holder.values()) if isinstance(holder, Dictionary) else []
