"""Bodies of mail parts: transfer encodings and charsets (RFC 2045)."""

from __future__ import annotations

import binascii
import io
from base64 import encodebytes
from typing import Final

from redactor.formats.mail.header import text_codec
from redactor.formats.mail.mime import IDENTITY, Part
from redactor.model import DecodeError, FormatError
from redactor.text.decode import Encoding, check_alone, detect_encoding

_LINE: Final = 76
_SURE: Final = 0.75


def decoded(raw: bytes, transfer: str) -> bytes:
    """What a body holds. FormatError when its encoding is unknown or broken: readers would show different things."""
    if transfer in IDENTITY:
        return raw
    if transfer == "quoted-printable":
        return binascii.a2b_qp(raw)
    if transfer != "base64":
        raise FormatError("a transfer encoding that is not supported")
    try:
        return binascii.a2b_base64(b"".join(raw.split()), strict_mode=True)
    except binascii.Error:
        raise FormatError("Base64 that is broken") from None


def encoded(content: bytes, transfer: str, eol: bytes, *, ended: bool) -> bytes:
    """A body in its transfer encoding. `ended`: whether it ends with a line break of its own."""
    if transfer == "quoted-printable":
        return quoted_printable(content, eol)
    if transfer != "base64":
        return content
    return encodebytes(content).rstrip(b"\n").replace(b"\n", eol) + (eol if ended else b"")


def encoding_of(part: Part, content: bytes) -> Encoding:
    """The encoding of a text: what is said, unless the bytes say otherwise: much Chinese mail is called Latin."""
    said = text_codec(part.info.get_content_charset())
    if said and not content.isascii() and not said.startswith(("iso8859", "cp125", "ascii", "latin")):
        try:
            content.decode(said)
        except UnicodeDecodeError:
            pass
        else:
            if not said.startswith(("utf-16", "utf-32", "utf-8")):
                found = Encoding(said, b"", 1.0, "as the mail says")
                check_alone(io.BytesIO(content), found)
                return found
    if said and content.isascii() and not said.startswith(("utf-16", "utf-32")):
        return Encoding(said, b"", 1.0, "as the mail says")
    try:
        found = detect_encoding(io.BytesIO(content))
    except DecodeError:
        if said is None or said == "ascii":
            raise
        found = Encoding(said, b"", 0.0, "")
    if said and said.startswith(("iso8859", "cp125", "latin")) and found.confidence < _SURE:
        return Encoding(said, b"", 1.0, "as the mail says")
    return found


def quoted_printable(data: bytes, eol: bytes) -> bytes:
    """Quoted-printable (RFC 2045, 6.7) in which only the line breaks of the mail itself stand for themselves."""
    return eol.join(_quoted_line(line, eol) for line in data.split(eol))


def _quoted_line(line: bytes, eol: bytes) -> bytes:
    out: list[bytes] = []
    width = 0
    for number, byte in enumerate(line):
        plain = (33 <= byte <= 126 and byte != 61) or (byte in b" \t" and number + 1 < len(line))
        piece = bytes((byte,)) if plain else b"=%02X" % byte
        if width + len(piece) > _LINE - 1:
            out.append(b"=" + eol)
            width = 0
        out.append(piece)
        width += len(piece)
    return b"".join(out)
