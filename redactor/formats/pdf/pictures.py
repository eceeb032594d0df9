"""Pictures of a PDF that are files of their own, JPEG (ITU-T T.81) and JPEG 2000 (ITU-T T.800), without what they say beside their pixels.

No pixel is decoded, and what is broken stays as far as it can't be read: pages are drawn by programs that mind little.
"""

from __future__ import annotations

from typing import Final

import regex
from pikepdf import Array, Dictionary, Name, Object

from redactor.formats.pdf.streams import filters, inflated

_JPEG: Final = frozenset(("/DCTDecode", "/DCT"))
_JPEG_2000: Final = "/JPXDecode"
_DEFLATED: Final = frozenset(("/FlateDecode", "/Fl"))
_DROPPED_SEGMENTS: Final = frozenset((0xE1, 0xED, 0xFE))
"""Of JPEG: EXIF and XMP, Photoshop's, comments (B.1)."""
_ALONE: Final = frozenset((0x01, *range(0xD0, 0xD8)))
"""Markers without a length."""
_SCAN, _END = 0xDA, 0xD9
_NEXT_MARKER: Final = regex.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_KEPT_BOXES: Final = frozenset((b"jP  ", b"ftyp", b"jp2h", b"jp2c", b"rreq", b"jpch", b"jplh", b"cgrp", b"drep"))
"""Of JPEG 2000: what says how pixels look (I.5; ITU-T T.801, M.11); all others may say anything."""
_SIGNATURE: Final = b"\0\0\0\x0cjP  "


def strip_picture(stream: Object) -> None:
    """Take out of a stream, where it is such a picture, what the picture says."""
    names = filters(stream)
    if not names or (names[-1] not in _JPEG and names[-1] != _JPEG_2000) or not _DEFLATED.issuperset(names[:-1]):
        return
    data = bytes(stream.read_raw_bytes())
    for _ in names[:-1]:
        data = b"".join(inflated(data, 0, len(data)))
    written = without_boxes(data) if names[-1] == _JPEG_2000 else without_segments(data)
    if written != data:
        how = stream.get("/DecodeParms")
        how = how[len(names) - 1] if isinstance(how, Array) and len(how) == len(names) else how
        stream.write(written, filter=Name(names[-1]), decode_parms=how if isinstance(how, Dictionary) else None)


def without_segments(data: bytes) -> bytes:
    """A JPEG file without the segments that say where it comes from, and what follows its end."""
    if not data.startswith(b"\xff\xd8"):
        return data
    out, at = [data[:2]], 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == _END:
            return b"".join((*out, data[at : at + 2]))
        if marker in _ALONE:
            out.append(data[at : at + 2])
            at += 2
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _SCAN:
            following = _NEXT_MARKER.search(data, end)
            end = following.start() if following else len(data)
        if marker not in _DROPPED_SEGMENTS:
            out.append(data[at:end])
        at = end
    return b"".join((*out, data[at:]))


def without_boxes(data: bytes) -> bytes:
    """A JPEG 2000 file without boxes that hold texts, XML or data of programs."""
    if not data.startswith(_SIGNATURE):
        return data
    out, at = [], 0
    while at + 8 <= len(data):
        size, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        end = at + size if size else len(data)
        if (size and size < head) or end > len(data):
            return data
        if kind in _KEPT_BOXES:
            out.append(data[at:end])
        at = end
    return b"".join(out)
