"""Parts that documents, workbooks and presentations share: properties, pictures, embedded files, targets of links."""

from __future__ import annotations

import dataclasses
import io
from pathlib import PurePath
from typing import Final
from urllib.parse import unquote

from redactor.formats.office.markup import drop_comments, elements, local, remove_all
from redactor.formats.office.package import MAIN_PART, Package
from redactor.formats.office.relationships import Relationship
from redactor.formats.office.values import Names, is_shaped, words
from redactor.formats.options import Options
from redactor.formats.pictures import BLANK, stripped
from redactor.formats.registry import TEXT, becomes, load_format
from redactor.formats.sniff import kind_of
from redactor.formats.unit import Session, apart, unshown
from redactor.language import say
from redactor.model import FormatError, RedactorError
from redactor.text.places import at

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
CORE: Final = "application/vnd.openxmlformats-package.core-properties+xml"
APP: Final = f"{_OFFICE}extended-properties+xml"
CUSTOM: Final = f"{_OFFICE}custom-properties+xml"
PICTURES: Final = frozenset(
    f"image/{kind}"
    for kind in (
        [
            "png",
            "jpeg",
            "jpg",
            "pjpeg",
            "gif",
            "bmp",
            "tiff",
            "tif",
            "x-emf",
            "x-wmf",
            "emf",
            "wmf",
            "webp",
            "vnd.ms-photo",
            "x-ms-bmp",
            "x-icon",
            "pict",
            "x-pcx",
        ]
    )
)
EMBEDDED: Final = {
    f"{_OFFICE}wordprocessingml.document": "docx",
    f"{_OFFICE}spreadsheetml.sheet": "xlsx",
    f"{_OFFICE}presentationml.presentation": "pptx",
    f"{_OFFICE}presentationml.slideshow": "pptx",
    f"{_OFFICE}presentationml.slide": "pptx",
    f"{_OFFICE}wordprocessingml.document.main+xml": "docx",
    f"{_OFFICE}wordprocessingml.template": "docx",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": TEXT,
    "text/vtt": TEXT,
    "image/svg+xml": "xml",
    "message/rfc822": "eml",
    "application/rtf": "",
    "text/rtf": "",
    f"{_OFFICE}oleObject": "",
    f"{_OFFICE}package": "",
    "application/vnd.ms-excel": "",
    "application/msword": "",
    "application/vnd.ms-powerpoint": "",
    "application/vnd.ms-excel.sheet.binary.macroEnabled.12": "",
}
"""Content types of files within a document, with the format that reads them, "" when none does."""
PRINTERS: Final = frozenset(
    f"{_OFFICE}{kind}.printerSettings" for kind in ("spreadsheetml", "wordprocessingml", "presentationml")
)
SHARED: Final = frozenset({CORE, APP, CUSTOM, *PICTURES, *EMBEDDED, *PRINTERS})
"""Content types that `redact_shared` sees to."""
_KEPT_CORE: Final = frozenset({"coreProperties", "title", "subject", "description", "keywords", "category", "language"})
_NOWHERE: Final = "about:blank"
_KINDS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def redact_shared(package: Package, session: Session, options: Options) -> None:
    """See to all shared parts but the texts of properties, which are values like others of the package."""
    _drop_useless(package, session)
    if options.scrub_metadata:
        _scrub_properties(package, session)
    for part in sorted(package.types):
        kind = package.types.get(part, "")
        if kind in PICTURES:
            _picture(package, part, session, options)
        elif kind in EMBEDDED and part != package.main:
            _embedded(package, part, session, options)


def redact_links(package: Package, session: Session, names: Names) -> None:
    """Targets of links that lead out of the package, kinds and names of links; one with a finding in it leads nowhere."""
    found = {
        text: source
        for source, each in package.relationships.items()
        for relationship in each
        for text in (relationship.id, *words(relationship.type), *_readings(relationship))
        if not is_shaped(text)
    }
    names.take(found)
    answers = apart(session, [unshown(text, source or "package") for text, source in found.items()])
    hit = {text for text, answer in zip(found, answers, strict=True) if answer.text != text}
    for source, each in package.relationships.items():
        package.relink(
            source,
            [
                (
                    names.fresh(r.id) if r.id in hit else names[r.id],
                    _new_type(r, names) if hit.intersection(words(r.type)) else r.type,
                    _NOWHERE if hit.intersection(_readings(r)) else r.target,
                )
                for r in each
            ],
        )


def _new_type(relationship: Relationship, names: Names) -> str:
    """A new name for a kind of link; one that leads to a part that programs must find goes on to do so."""
    return f"{_KINDS}/{MAIN_PART}" if relationship.kind == MAIN_PART else names.fresh(relationship.type)


def _readings(relationship: Relationship) -> tuple[str, ...]:
    """What the target of a link says, as it is written and with its escapes decoded; a part's place says nothing."""
    target, plain = relationship.target, unquote(relationship.target)
    return () if relationship.part else (target,) if plain == target else (target, plain)


def _drop_useless(package: Package, session: Session) -> None:
    """Thumbnails show the first page as it was; settings of printers name them."""
    for relationship in package.relationships.get("", ()):
        if relationship.kind == "thumbnail" and relationship.part in package.types:
            package.drop(relationship.part)
            session.removed(relationship.part, say("a thumbnail"))
    for part in package.of_type(*PRINTERS):
        package.drop(part)
        session.removed(part, say("settings of a printer"))


def _scrub_properties(package: Package, session: Session) -> None:
    for part in package.of_type(APP, CUSTOM):
        package.drop(part)
        session.removed(part, say("properties of the document"))
    for part in package.of_type(CORE):
        root = package.tree(part)
        if remove_all(e for e in elements(root) if local(e) not in _KEPT_CORE) or drop_comments(root):
            session.removed(part, say("author and dates"))


def _picture(package: Package, part: str, session: Session, options: Options) -> None:
    data = package.data(part)
    if data.lstrip().startswith((b"<svg", b"<?xml")):
        _embedded(package, part, session, options)  # SVG under the type of another picture
        return
    try:
        clean = stripped(data)
    except FormatError as error:
        raise error.reworded(at(part, error)) from None
    if clean is not None:
        if clean != data:
            package.put(part, clean)
            session.removed(part, say("what a picture says beside its pixels"))
    elif package.types[part] in ("image/png", "image/jpeg", "image/gif"):
        raise FormatError("{part}: a picture that is broken", part=part)
    elif options.unknown == "drop":
        package.replace(part, BLANK, "image/png", "png")
        session.removed(part, say("a picture of a kind that can't be looked into"))
    else:
        session.unchecked(part, say("a picture of a kind that may hold text"))
        return
    if clean is not None:
        session.unchecked(part, say("what is to be seen in a picture"))


def _embedded(package: Package, part: str, session: Session, options: Options) -> None:
    """Redact a file within the document by the format that its content shows; what can't be read goes or closes the document."""
    data = package.data(part)
    try:
        kind = _kind(data)
        if not kind and options.unknown != "drop":
            session.unchecked(part, say("a file within the document"))
            return
        if not kind:
            raise FormatError("a file within the document that can't be looked into")
        out = io.BytesIO()
        inner = dataclasses.replace(
            options,
            encoding=None,
            output_encoding=None,
            errors="strict",
            output=PurePath(part).suffix,
            alone=False,
            embedded=True,
        )
        with session.inside(part):
            load_format(kind)(io.BytesIO(data), out, session, inner)
    except RedactorError as error:
        if options.unknown != "drop":
            raise error.reworded(f"{part}: {error}; --unknown drop takes such files out") from None
        package.drop(part)
        session.removed(part, say("a file within the document"))
        return
    if out.getvalue() != data:
        package.put(part, out.getvalue())


def _kind(data: bytes) -> str:
    """The format of an embedded file, "" for one that can't be redacted where it is (old binary ones, RTF)."""
    kind = kind_of(io.BytesIO(data), "")
    return "" if becomes(kind) else kind
