"""Pictures without what they say beside their pixels: PNG (ISO 15948), JPEG (ITU T.81, Exif 2.3), GIF89a. No pixel is decoded."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final

import regex

from redactor.model import FormatError

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT bKGD pHYs hIST cICP mDCV cLLI acTL fcTL fdAT".split()
)
"""Chunks that say how pixels look; every other chunk may hold text, a profile's name, or anything."""
_ORIENTATION: Final = 0x0112
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""JPEG markers without a length: TEM, RST0 to RST7."""
_FRAMES: Final = frozenset({*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF})
"""JPEG markers of frames, tables and scans."""
_NEXT_MARKER: Final = regex.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
_EOI: Final = 0xD9
_SOS: Final = 0xDA
_LOOPS: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
BLANK: Final = (
    _PNG
    + b"\0\0\0\x0dIHDR\0\0\0\1\0\0\0\1\x08\4\0\0\0\xb5\x1c\x0c\2"
    + b"\0\0\0\x0bIDATx\x9cc``\0\0\0\3\0\1\xb8\xad:c"
    + b"\0\0\0\0IEND\xaeB`\x82"
)
"""A picture of one transparent pixel, for what may not stay."""


def stripped(data: bytes) -> bytes | None:
    """The picture with its pixels, colours and orientation alone; None when it is of another kind than PNG, JPEG and GIF.

    FormatError when it is broken: what can't be read can't be cleaned.
    """
    try:
        if data.startswith(_PNG):
            return b"".join(_png(data))
        if data.startswith(b"\xff\xd8"):
            return b"".join(_jpeg(data))
        if data.startswith((b"GIF87a", b"GIF89a")):
            return b"".join(_gif(data))
    except (IndexError, struct.error):
        raise FormatError("a picture that is cut short") from None
    return None


def _png(data: bytes) -> Iterator[bytes]:
    yield _PNG
    at, kind, pixels = len(_PNG), b"", False
    while kind != b"IEND":
        length, kind = struct.unpack_from(">L4s", data, at)
        end = at + 12 + length
        (check,) = struct.unpack_from(">L", data, end - 4)
        if (at == len(_PNG)) != (kind == b"IHDR") or check != zlib.crc32(data[at + 4 : end - 4]):
            raise FormatError("a picture that is broken")
        pixels = pixels or kind == b"IDAT"
        if kind in _PNG_KEPT and (kind != b"IEND" or not length):
            yield data[at:end]
        at = end
    if not pixels:
        raise FormatError("a picture without pixels")


def _jpeg(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    at, marker, scans = 2, 0, False
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:
            at += 1
        if data[at] != 0xFF:
            raise FormatError("a picture that is broken")
        marker = data[at + 1]
        if marker == _EOI:
            break
        if marker in _ALONE:
            yield data[at : at + 2]
            at += 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(data):
            raise FormatError("a picture that is cut short")
        segment = data[at:end]
        if marker in _FRAMES:
            yield segment
        else:
            yield _application(marker, segment[4:])
        at = end
        if marker == _SOS:
            scans = True
            stop = _end_of_scan(data, at)
            yield data[at:stop]
            at = stop
    if not scans:
        raise FormatError("a picture without pixels")
    yield data[at : at + 2]


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker begins that is no part of the coded pixels (a stuffed zero, a restart)."""
    found = _NEXT_MARKER.search(data, at)
    if not found:
        raise FormatError("a picture that is cut short")
    return found.start()


def _application(marker: int, body: bytes) -> bytes:
    """What is kept of an application's segment: how the pixels are to be read, and which way is up."""
    if marker == 0xE0 and body.startswith(b"JFIF\0") and len(body) >= 14:
        return b"\xff\xe0\0\x10" + body[:12] + b"\0\0"
    if marker == 0xEE and body.startswith(b"Adobe") and len(body) >= 12:
        return b"\xff\xee\0\x0e" + body[:12]
    if marker == 0xE1 and body.startswith(b"Exif\0\0"):
        orientation = _orientation(body[6:])
        if orientation:
            exif = b"Exif\0\0MM\0*\0\0\0\x08\0\1" + struct.pack(">HHLHHL", _ORIENTATION, 3, 1, orientation, 0, 0)
            return b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    return b""


def _orientation(tiff: bytes) -> int:
    """The orientation that the first directory of an Exif block tells, 0 when it tells none but the usual one."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if not order or len(tiff) < 8:
        return 0
    (at,) = struct.unpack_from(f"{order}L", tiff, 4)
    if at + 2 > len(tiff):
        return 0
    (count,) = struct.unpack_from(f"{order}H", tiff, at)
    for place in range(at + 2, min(at + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, _, value = struct.unpack_from(f"{order}HHLH", tiff, place)
        if tag == _ORIENTATION and kind == 3 and 2 <= value <= 8:
            return int(value)
    return 0


def _gif(data: bytes) -> Iterator[bytes]:
    at = 13 + _colours(data[10])
    yield data[:at]
    pixels = False
    while data[at] != 0x3B:
        start = at
        if data[at] == 0x2C:
            pixels = True
            at += 11 + _colours(data[at + 9])
        elif data[at] == 0x21:
            at += 2
        else:
            raise FormatError("a picture that is broken")
        blocks = at
        while data[at]:
            at += 1 + data[at]
        at += 1
        if data[start] == 0x2C:
            yield data[start:at]
        elif data[start + 1] == 0xF9 and data[blocks] == 4:
            yield data[start : blocks + 5] + b"\0"
        elif data[start + 1] == 0xFF and data[blocks + 1 : blocks + 12] in _LOOPS and data[blocks + 12] == 3:
            yield data[start : blocks + 16] + b"\0"
    if not pixels:
        raise FormatError("a picture without pixels")
    yield b"\x3b"


def _colours(flags: int) -> int:
    """Bytes of the table of colours that follows."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0
