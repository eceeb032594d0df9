"""HTML: everything a page says or hides is read; edits are spliced into the source by offsets, which stays as it is elsewhere."""

from __future__ import annotations

import base64
import binascii
from collections import deque
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import BinaryIO, Final

import regex

from redactor.formats.charset import markup_encoding
from redactor.formats.markup import DataUri, Page
from redactor.formats.options import Options
from redactor.formats.splice import CODE, Edits, Reading, reading, write_spliced
from redactor.formats.unit import Session, Sink, Unit
from redactor.model import RedactorError
from redactor.text.decode import Encoding, read_parts

_MAX_NESTED: Final = 3
"""Documents in addresses in documents in addresses."""
_CHARSET = regex.compile(r";\s*charset=\s*\"?([\w\-]{2,30})")
_SPACES = regex.compile(r"[\s%]")


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact a page: its lines in one flow of prose, then all that is not running text, then documents inside its addresses."""
    _redact(source, out, session, options.encoding, "", 0)


def _redact(source: BinaryIO, out: Sink, session: Session, wanted: str | None, kind: str, depth: int) -> None:
    encoding = markup_encoding(source, wanted)
    edits = Edits(encoding.name)
    asides = Page(prose=False)
    if "json" in kind or "script" in kind:
        _edit(session, asides, asides.literals(_whole(source, encoding)), edits)
    elif kind == "text/css":
        _edit(session, asides, asides.styles(_whole(source, encoding)), edits)
    else:
        page = Page(prose=True)
        _edit(session, page, page.read(read_parts(source, encoding)), edits)
        _edit(session, asides, asides.read(read_parts(source, encoding)), edits)
    for where, what in asides.pictures:
        session.unchecked(where, what)
    for uri in asides.uris:
        _edit_uri(uri, session, edits, depth)
    write_spliced(read_parts(source, encoding), edits, out, encoding.bom)


def _whole(source: BinaryIO, encoding: Encoding) -> Reading:
    return reading("".join(read_parts(source, encoding)), 0, CODE, "data: address")


def _edit(session: Session, page: Page, readings: Iterable[Reading], edits: Edits) -> None:
    """Pass readings through the session, and what has become of them on to the edits and, of prose, to the page."""
    waiting: deque[Reading | None] = deque()
    for redacted in session.stream(_units(session, readings, waiting, edits, page.prose), prose=page.prose):
        read = waiting.popleft()
        if read is None:
            continue
        edits.take(read, redacted.edits)
        if page.prose:
            page.settled(read, redacted.gone, edits)
    page.finish(edits)


def _units(
    session: Session, readings: Iterable[Reading], waiting: deque[Reading | None], edits: Edits, prose: bool
) -> Iterator[Unit]:
    for read in readings:
        unit = Unit(read.text, read.where)
        if read.entity:
            edits.take(read, session.value(unit, read.entity).edits)
            continue
        waiting.append(read)
        yield unit
        if not prose:
            # Values that only happen to follow one another are no text that was wrapped.
            waiting.append(None)
            yield Unit("", read.where)
    if prose:
        # The last line ends like the others: when it is taken out, its line break shows that.
        waiting.append(None)
        yield Unit("", "")


def _edit_uri(uri: DataUri, session: Session, edits: Edits, depth: int) -> None:
    """Redact a document in a `data:` address; what can't be read is told."""
    charset = _CHARSET.search(uri.parameters)
    try:
        if depth >= _MAX_NESTED:
            raise binascii.Error
        payload = base64.b64decode(_SPACES.sub("", uri.content.text), validate=True)
        out = BytesIO()
        _redact(BytesIO(payload), out, session, charset[1] if charset else None, uri.kind, depth + 1)
    except (binascii.Error, RedactorError):
        session.unchecked(uri.content.where, "a data: address")
        return
    if out.getvalue() != payload:
        edits.rewrite(uri.content, base64.b64encode(out.getvalue()).decode("ascii"))
