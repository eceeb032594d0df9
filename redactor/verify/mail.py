"""Mail by the standard library's email: headers decoded, bodies and attachments with their transfer encodings taken off."""

from __future__ import annotations

from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from typing import Final

import regex

from redactor.verify.model import HEADER, TEXT, Found, Hint, Inner, Piece

_WRITTEN: Final = frozenset({"subject", "from", "to", "cc", "bcc", "reply-to", "sender", "comments", "keywords"})

_MOST_SAID: Final = 20_000
_STRETCH: Final = regex.compile(r".{1,2000}(?:\s+|$)|.{1,2000}", regex.S)


def mail(data: bytes, where: str, inner: Inner) -> Found:
    """The pieces of a mail and of all that is in it."""
    for number, part in enumerate(message_from_bytes(data).walk(), start=1):
        place = f"{where} > part {number}" if where else f"part {number}"
        written, technical = _headers(part)
        yield Piece(place, HEADER, "\n".join(written))
        yield Piece(place, HEADER, "\n".join(technical), prose=False)
        between = [_plain(text) for text in (part.preamble, part.epilogue) if text]
        yield Piece(place, TEXT, "\n".join(between))
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            yield from inner(payload, _hint(part), place)


def _headers(part: Message) -> tuple[list[str], list[str]]:
    """The texts of headers that people write, and those of others: names, dates, numbers, ways."""
    written: list[str] = []
    technical: list[str] = []
    for name, value in part.raw_items():
        text = _decoded(_plain(str(value)).replace("\r", "").replace("\n", ""))
        (written if name.lower() in _WRITTEN else technical).append(text)
        technical.append(_plain(name))
    for told in (part.get_boundary(), _hint(part).name) if _is_short(part) else ():
        if told and not any(told in text for text in technical):
            technical.append(_decoded(_plain(told)))
    return written, technical


def _hint(part: Message) -> Hint:
    if not _is_short(part):
        return Hint()
    return Hint(part.get_filename() or "", part.get_content_type(), part.get_content_charset() or "")


def _is_short(part: Message) -> bool:
    """Whether what is said of a part is short enough for the library, which takes n² for n parameters."""
    said = (*part.get_all("Content-Type", ()), *part.get_all("Content-Disposition", ()))
    return sum(len(str(each)) for each in said) < _MOST_SAID


def _plain(text: str) -> str:
    """A text in which email has kept bytes that are not ASCII, as they are meant."""
    data = text.encode("utf-8", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def _decoded(value: str) -> str:
    """A header's value with its encoded words decoded (RFC 2047), stretch by stretch: the library takes n² for n words."""
    if "=?" not in value:
        return value
    return "".join(map(_stretch, _STRETCH.findall(value)))


def _stretch(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (MessageError, LookupError, UnicodeError, ValueError):
        return value
