"""PDF to redacted text, or to a PDF from whose content what was found is gone."""

from __future__ import annotations

import io
import logging
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Final

import pikepdf
from fontTools.ttLib import TTLibError

from redactor.formats import limits
from redactor.formats.options import Options
from redactor.formats.pdf.content import PageContent, Reader, contents_of
from redactor.formats.pdf.edit import edited
from redactor.formats.pdf.fonts import UNKNOWN
from redactor.formats.pdf.glyphs import is_invisible
from redactor.formats.pdf.layout import Line, lines
from redactor.formats.pdf.places import document_places, hidden_layers, is_hidden, page_places, text_elsewhere
from redactor.formats.pdf.streams import check_bombs
from redactor.formats.unit import Session, Sink, Unit, whole
from redactor.language import later, say
from redactor.model import ENCRYPTED, FormatError
from redactor.text.places import at, said_place

_MAX_FILE: Final = 512 << 20
_MAX_OBJECTS: Final = 2_000_000
_FAULTS: Final = (
    pikepdf.PdfError,
    TTLibError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What the libraries raise about what is not as it should be in a file."""

_PICTURE: Final = later("picture without text")
_UNTOLD: Final = later("glyphs that stand for no known character")
_INVISIBLE: Final = later("drawn invisibly, as text that was recognised on a scan is")
_ELSEWHERE: Final = later("text in a pattern, a mask or a drawn font")

for _library in ("fontTools", "pdfminer", "pikepdf"):
    logging.getLogger(_library).addHandler(logging.NullHandler())  # or they would write to the terminal


@dataclass(slots=True)
class PageText:
    """A page as it was read."""

    drawn: PageContent
    lines: list[Line]
    unseen: tuple[str, ...]


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """A PDF where the output is one (`.pdf`); else the text of its pages, UTF-8, a form feed between two of them."""
    data = whole(source, _MAX_FILE, "a PDF")
    with faults(say("a broken PDF")):
        check_bombs(data)
        pdf = _opened(data)
    with pdf:
        if options.output == ".pdf":
            _write_pdf(pdf, data, out, session)
        else:
            _write_text(pdf, data, out, session)


@contextmanager
def faults(what: str) -> Iterator[None]:
    """Turn what libraries raise about a bad file into one FormatError, which tells nothing of what the file says."""
    try:
        yield
    except FormatError as error:
        raise error.reworded(at(said_place(what), error) if what.startswith("page") else str(error)) from None
    except _FAULTS as error:
        raise FormatError("{what} ({error})", what=said_place(what), error=type(error).__name__) from None


def _opened(data: bytes) -> pikepdf.Pdf:
    try:
        pdf = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError:
        raise FormatError("is encrypted; take the password off first", reason=ENCRYPTED) from None
    if (
        _is_cut_off(data) and pdf.get_warnings()
    ):  # in this order: to ask for the warnings takes them away, and _read tells of them
        raise FormatError("is cut off: its end is missing")
    if len(pdf.objects) > _MAX_OBJECTS:
        raise FormatError("holds more than {max_objects} objects", max_objects=_MAX_OBJECTS)
    if not len(pdf.pages):
        raise FormatError("holds no pages")
    if len(pdf.pages) > limits.MAX_MEMBERS:
        raise FormatError("holds more than {max_members} pages", max_members=limits.MAX_MEMBERS)
    return pdf


def _is_cut_off(data: bytes) -> bool:
    """Whether objects stand behind the last mark of an end (ISO 32000-2, 7.5.5), or there is none."""
    return b" obj" in data[max(0, data.rfind(b"%%EOF")) :]


def _read(pdf: pikepdf.Pdf, data: bytes, session: Session) -> Iterator[PageText]:
    """The pages, one by one; what they do not show is told to the session."""
    with faults(say("a broken PDF")):
        hidden = hidden_layers(pdf)
        places = list(document_places(pdf, data))
    for where, what in places:
        session.removed(where, what)
    reader = Reader(pdf, lambda layer: is_hidden(layer, hidden))
    seen: set[tuple[int, int]] = set()
    for number, page in enumerate(pdf.pages, start=1):
        with faults(f"page {number}"):
            drawn = reader.page(page)
            text = lines(drawn.glyphs, [box.box for content in contents_of(drawn) for box in content.drawings])
            places = list(page_places(page.obj, number))
            elsewhere = text_elsewhere(pdf, page.obj.get("/Resources"), seen)
        for where, what in places:
            session.removed(where, what)
        invisible = sum(map(_is_invisible, text))
        if invisible:
            session.hidden(f"page {number}", _INVISIBLE, invisible)
        unseen = tuple(_unseen(drawn, text, elsewhere))
        for what in unseen:
            session.unchecked(f"page {number}", what)
        yield PageText(drawn, text, unseen)
    damaged = bool(pdf.get_warnings())
    if damaged:
        _refuse_lost_pages(pdf)
    # An update that was cut off before its table of objects leaves no other trace than that: older pages are read.
    if damaged or _is_cut_off(data):
        session.unchecked("document", say("what of it is damaged"))


def _refuse_lost_pages(pdf: pikepdf.Pdf) -> None:
    """Of a damaged PDF, no page may come out empty because what it shows was lost (a reference to nothing reads as no entry)."""
    for number, page in enumerate(pdf.pages, start=1):
        if "/Contents" not in page.obj:
            raise FormatError("is damaged: page {number} has lost its contents", number=number)


def _write_pdf(pdf: pikepdf.Pdf, data: bytes, out: Sink, session: Session) -> None:
    pages = []
    for number, page in enumerate(_read(pdf, data, session), start=1):
        pages.append(page)
        _refuse_unsure(page, number)
        if page.drawn.pictures and _PICTURE not in page.unseen:
            session.unchecked(f"page {number}", say("a picture"))
        if any(content.hidden for content in contents_of(page.drawn)):
            session.removed(f"page {number}", say("what is drawn in layers that are not shown"))
    units = [Unit(line.text, f"page {number}") for number, page in enumerate(pages, start=1) for line in page.lines]
    others = [
        (content, step, Unit(text, f"page {number}"))
        for number, page in enumerate(pages, start=1)
        for content in contents_of(page.drawn)
        for step, text in content.alternatives
    ]
    done = session.flow(units)
    told = session.flow([unit for _, _, unit in others], prose=False)
    untold = {(content, step) for (content, step, _), each in zip(others, told, strict=True) if each.edits}
    with faults(say("a PDF that can't be written anew")):
        written = edited(pdf, [(page.drawn, page.lines) for page in pages], done, untold)
    if not written.pruned:
        session.unchecked("document", say("outlines of removed characters in an embedded font"))
    for number in written.scrubbed:
        session.removed(f"page {number}", say("what stands in its content and is not drawn"))
    out.write(written.data)


def _refuse_unsure(page: PageText, number: int) -> None:
    """FormatError for a page of which it can't be said for sure what it shows."""
    if _ELSEWHERE in page.unseen:
        raise FormatError(
            "page {number}: no PDF is written: {elsewhere}; text output (.txt) is possible",
            number=number,
            elsewhere=say(_ELSEWHERE),
        )
    if any(UNKNOWN * 2 in line.text for line in page.lines):
        raise FormatError(
            "page {number}: no PDF is written: {untold}; text output (.txt) is possible",
            number=number,
            untold=say(_UNTOLD),
        )


def _is_invisible(line: Line) -> bool:
    """Whether a line holds a character that is drawn, and drawn again, invisibly only."""
    return any(
        all(map(is_invisible, (placed.glyph, *placed.shadows))) and bool(placed.glyph.char.text.strip())
        for segment in line.segments
        for placed in segment.glyphs
    )


def _unseen(drawn: PageContent, text: list[Line], elsewhere: bool) -> Iterator[str]:
    if not any(line.text.strip() for line in text):
        if drawn.pictures:
            yield _PICTURE
        elif drawn.drawings:
            yield say("drawing without text")
    if any(UNKNOWN in line.text for line in text):
        yield _UNTOLD
    if elsewhere:
        yield _ELSEWHERE


def _write_text(pdf: pikepdf.Pdf, data: bytes, out: Sink, session: Session) -> None:
    pages: list[list[Unit]] = []
    for number, page in enumerate(_read(pdf, data, session), start=1):
        pages.append([Unit(text, f"page {number}") for line in page.lines if (text := line.text.rstrip())])
    done = iter(session.flow([unit for page in pages for unit in page]))
    for number, units in enumerate(pages):
        kept = [each.text + "\n" for each in islice(done, len(units)) if not each.gone]
        out.write((("\f" if number else "") + "".join(kept)).encode("utf-8", "replace"))
