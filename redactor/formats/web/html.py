"""HTML: everything a page says or hides is read; edits are spliced into the source by offsets, which stays as it is elsewhere."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO, Final

from redactor.formats.options import Options
from redactor.formats.unit import Redacted, Session, Sink, Unit, unshown
from redactor.formats.web.charset import markup_encoding
from redactor.formats.web.markup import Page
from redactor.formats.web.splice import CODE, OF_ADDRESSES, Edits, Reading, reading, write_spliced
from redactor.model import FormatError, RedactorError
from redactor.text.decode import Encoding, read_parts
from redactor.text.encoded import ADDRESS, charset_of
from redactor.text.spelling import base64_spelling

_MAX_NESTED: Final = 3
"""Documents in addresses in documents in addresses."""
_SHOWN: Final = frozenset(
    ["title", "alt", "placeholder", "label", "content", "value", "summary", "abbr", "srcdoc", "caption", "download"]
)
"""Attributes that a reader sees as text."""
_SPACES = re.compile(r"\s+|%0[AaDd]|%20")


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact a page: its lines in one flow of prose, then all that is not running text, then documents inside its addresses."""
    _redact(source, out, session, options.encoding, "", 0)


def _redact(source: BinaryIO, out: Sink, session: Session, wanted: str | None, kind: str, depth: int) -> None:
    encoding = markup_encoding(source, wanted)
    session.writes_in((encoding.name,))
    edits = Edits(encoding.name)
    asides = Page(prose=False)
    if "json" in kind or "script" in kind:
        edit_values(session, asides.literals(_whole(source, encoding)), edits)
    elif kind == "text/css":
        edit_values(session, asides.styles(_whole(source, encoding)), edits)
    else:
        page = Page(prose=True)
        for read, redacted in edit_prose(session, page.read(read_parts(source, encoding)), edits):
            page.settled(read, redacted.gone, edits)
        page.finish(edits)
        for (where, what), places in page.hidden.items():
            session.hidden(where, what, places)
        edit_values(session, asides.read(read_parts(source, encoding)), edits)
    edit_addresses(session, asides, edits, depth)
    write_spliced(read_parts(source, encoding), edits, out, encoding.bom)


def _whole(source: BinaryIO, encoding: Encoding) -> Reading:
    return reading("".join(read_parts(source, encoding)), 0, CODE, "data: address")


def edit_prose(session: Session, readings: Iterable[Reading], edits: Edits) -> Iterator[tuple[Reading, Redacted]]:
    """Pass lines through the session, and on to the edits; each with what has become of it."""
    return _edited(session, readings, edits, prose=True)


def edit_values(session: Session, readings: Iterable[Reading], edits: Edits) -> None:
    """Pass what is not running text through the session, and on to the edits."""
    for _ in _edited(session, readings, edits, prose=False):
        pass


def _edited(
    session: Session, readings: Iterable[Reading], edits: Edits, *, prose: bool
) -> Iterator[tuple[Reading, Redacted]]:
    waiting: deque[Reading | None] = deque()

    def units() -> Iterator[Unit]:
        for read in readings:
            unit = (Unit if _is_shown(read.where) else unshown)(read.text, read.where)
            if read.address:
                unit = replace(unshown(read.text, read.where), stands=OF_ADDRESSES)
            if read.entity:
                edits.take(read, session.value(unit, read.entity).edits)
                continue
            waiting.append(read)
            yield unit
            if not prose:
                # Values that only happen to follow one another are no text that was wrapped.
                waiting.append(None)
                yield Unit("", "")
        if prose:
            # The last line ends like the others: when it is taken out, its line break shows that.
            waiting.append(None)
            yield Unit("", "")

    for redacted in session.stream(units(), prose=prose):
        if read := waiting.popleft():
            edits.take(read, redacted.edits)
            yield read, redacted


def _is_shown(where: str) -> bool:
    """Whether a reader sees what stands there as text: not so a class, an id, a style, an address."""
    name, _, kind = where.rpartition(" ")
    return where != "style" and (kind != "attribute" or name in _SHOWN or name.startswith(("aria-", "data-")))


def edit_addresses(session: Session, page: Page, edits: Edits, depth: int = 0) -> None:
    """Redact the documents in `data:` addresses that a page has come by; tell of what can't be read."""
    for where, what in page.pictures:
        session.unchecked(where, what)
    for uri in page.uris:
        content = _SPACES.sub("", uri.content.text)
        spelling = base64_spelling(content, 0, "")
        if not content:
            continue
        try:
            if depth >= _MAX_NESTED or spelling is None or spelling.size < len(content):
                raise FormatError
            out = BytesIO()
            source = BytesIO(spelling.data)
            _redact(source, out, session, charset_of(uri.parameters), uri.kind, depth + 1)
        except RedactorError:
            session.unchecked(uri.content.where, ADDRESS)
            continue
        if out.getvalue() != spelling.data:
            edits.rewrite(uri.content, "".join(spelling.encode(out.getvalue())))
