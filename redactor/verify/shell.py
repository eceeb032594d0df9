"""What of an original is left around the text of an output: who wrote it, when and with what, marks of work, what is not shown.

By regular expressions on the parts of packages and on the bytes of PDFs, not by the libraries that wrote them. What a policy
keeps (`scrub_metadata = false`) is no fault; what goes under every policy (thumbnails, deletions) is.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from email import message_from_bytes
from typing import Final
from zipfile import BadZipFile, ZipFile

import regex

from redactor.language import later
from redactor.verify.model import MOST_BYTES, Leak
from redactor.verify.packed import place_of

_AUTHOR: Final = later("author, dates or program")
_MARKS: Final = later("marks of revisions")
_DELETED: Final = later("deleted text")
_THUMBNAIL: Final = later("a thumbnail")
_TEMPLATE: Final = later("a template")
_HIDDEN: Final = later("a sheet or slide that is hidden, and was not in the original")
_LAYERS: Final = later("layers")
_ATTACHED: Final = later("an attachment that the original does not have")
_OLDER: Final = later("an older version")
_FIELDS: Final = later("fields of the way of a mail")
_PROPERTY: Final = regex.compile(
    rb"<(?:\w+:)?(?:creator|lastModifiedBy|revision|created|modified|lastPrinted)\b[^>]*>[^<\s]", regex.I
)
_TRACKED: Final = regex.compile(
    rb"<w:(?:ins|moveTo|(?:r|p|tbl|tr|tc|sect)PrChange|rsid\w*)\b|\bw:(?:rsid\w*|author)=\"[^\"]"
)
_GONE: Final = regex.compile(
    rb"<w:(?:del|moveFrom)\b(?!\w)[^>]*>(?:(?!</w:(?:del|moveFrom)>).)*<w:(?:delText|t)\b", regex.S
)
_SHEET: Final = regex.compile(
    rb"<(?:\w+:)?sheet\b[^>]*\bstate=\"(?:veryH|h)idden\"|<p:sld\b[^>]*\bshow=\"(?:0|false)\""
)
_INFO: Final = regex.compile(rb"/(?:Author|Creator|Producer|CreationDate|ModDate)\s*(?:\((?!\))|<(?![<>]))")
_LAYER: Final = regex.compile(rb"/OCProperties\b")
_FILE: Final = regex.compile(rb"/EmbeddedFiles?\b|/Filespec\b")
_XMP: Final = regex.compile(rb"/Subtype\s*/XML\b|<x:xmpmeta\b")
_MAIL: Final = regex.compile(rb"(?im)^(?:x-[\w-]+|received|user-agent|return-path|delivered-to|message-id)[ \t]*:")
_WORD: Final = regex.compile(r"word/.*\.xml$")


def shell(original: bytes, output: bytes, kind: str, *, scrub: bool) -> list[Leak]:
    """What is left of it in an output. `scrub`: whether the policy takes metadata out."""
    match kind:
        case "docx" | "xlsx" | "pptx":
            return list(_package(original, output, scrub=scrub))
        case "pdf":
            return list(_pdf(original, output, scrub=scrub))
        case "eml":
            return list(_mail(original, output, scrub=scrub))
    return []


def _parts(data: bytes) -> dict[str, bytes]:
    try:
        with ZipFile(io.BytesIO(data)) as package:
            if sum(each.file_size for each in package.infolist()) > MOST_BYTES:
                return {}
            return {name: package.read(name) for name in package.namelist()}
    except (BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError):
        return {}


def _package(original: bytes, output: bytes, *, scrub: bool) -> Iterator[Leak]:
    before = sum(len(_SHEET.findall(part)) for part in _parts(original).values())
    hidden = 0
    for number, (name, data) in enumerate(_parts(output).items(), start=1):
        place = place_of("", name, number, office=True)
        hidden += len(_SHEET.findall(data))
        if "thumbnail" in name:
            yield Leak(place, _THUMBNAIL)
        if _WORD.match(name) and _GONE.search(data):
            yield Leak(place, _DELETED)
        if name.endswith("settings.xml.rels") and b"attachedTemplate" in data:
            yield Leak(place, _TEMPLATE)
        if not scrub:
            continue
        if name.startswith("docProps/") and (name != "docProps/core.xml" or _PROPERTY.search(data)):
            yield Leak(place, _AUTHOR)
        if _WORD.match(name) and _TRACKED.search(data):
            yield Leak(place, _MARKS)
        if name.startswith("word/people"):
            yield Leak(place, _AUTHOR)
    if hidden > before:
        yield Leak("", _HIDDEN)


def _pdf(original: bytes, output: bytes, *, scrub: bool) -> Iterator[Leak]:
    if output.count(b"%%EOF") > 1:
        yield Leak("", _OLDER)
    if _LAYER.search(output):
        yield Leak("", _LAYERS)
    if _FILE.search(output):
        yield Leak("", _ATTACHED)
    if _INFO.search(output) or _XMP.search(output):
        yield Leak("", _AUTHOR)


def _mail(original: bytes, output: bytes, *, scrub: bool) -> Iterator[Leak]:
    head = regex.split(rb"\r?\n\r?\n", output, maxsplit=1)[0]
    if scrub and _MAIL.search(head):
        yield Leak("part 1", _FIELDS)
    parts = [sum(not part.is_multipart() for part in message_from_bytes(data).walk()) for data in (original, output)]
    if parts[1] > parts[0]:
        yield Leak("", _ATTACHED)
