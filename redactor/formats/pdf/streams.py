"""Streams of a PDF, decoded within bounds: what a filter would unpack is measured before a library unpacks it."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterator
from typing import Final

import regex
from pikepdf import Array, Dictionary, Object, PdfError

from redactor.formats import limits
from redactor.model import FormatError

_PIECE: Final = 1 << 20
STREAM = regex.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
_MAX_FILTERS: Final = 4
_LZW_RATIO: Final = 2800
"""The most that a byte of LZW can stand for: 4 kB by 12 bits."""
_RUN_RATIO: Final = 64
_PICTURES: Final = ("/DCTDecode", "/DCT", "/JPXDecode", "/CCITTFaxDecode", "/CCF", "/JBIG2Decode")


def decoded(stream: Object) -> bytes:
    """The bytes of a stream without its filters. FormatError when they are too many or broken."""
    _measure(stream)
    try:
        return bytes(stream.read_bytes())
    except (PdfError, RuntimeError):
        raise FormatError("a stream that can't be unpacked") from None


def named(resources: Object | None, kind: str, name: object) -> Object | None:
    """What resources hold under a name (`/Font`, `/F1`)."""
    known = resources.get(kind) if resources is not None else None
    return known.get(str(name)) if isinstance(known, Dictionary) else None


def filters(stream: Object) -> list[str]:
    """The names of a stream's filters, in the order of unpacking."""
    given = stream.get("/Filter")
    if given is None:
        return []
    return [str(name) for name in given] if isinstance(given, Array) else [str(given)]


def check_bombs(data: bytes) -> None:
    """FormatError when a deflated stream of the file, told by its bytes alone, unpacks to more than is allowed."""
    total = 0
    for at in packed_streams(data):
        for piece in inflated(data, at, len(data) - at):
            total += len(piece)
        if total > limits.MAX_TOTAL:
            raise FormatError(f"its streams unpack to more than {limits.MAX_TOTAL >> 20} MiB")


def packed_streams(data: bytes) -> Iterator[int]:
    """Where the data of each stream begins that looks deflated (RFC 1950)."""
    for match in STREAM.finditer(data):
        at = match.end()
        if at + 2 <= len(data) and data[at] & 0x0F == 8 and int.from_bytes(data[at : at + 2], "big") % 31 == 0:
            yield at


def inflated(data: bytes, at: int, size: int) -> Iterator[bytes]:
    """What deflated data unpack to, as far as they are sound, piece by piece. FormatError when that is too much."""
    machine = zlib.decompressobj()
    view = memoryview(data)[at : at + size]
    done = fed = 0
    waiting: bytes | memoryview = b""
    while not machine.eof:
        if not waiting:
            waiting = view[fed : fed + _PIECE]
            fed += len(waiting)
        try:
            piece = machine.decompress(waiting, _PIECE)
        except zlib.error:
            return
        if not piece and not waiting:
            return
        waiting = machine.unconsumed_tail
        done += len(piece)
        if done > limits.MAX_MEMBER or (done > limits.RATIO_FROM and done > limits.MAX_RATIO * (fed - len(waiting))):
            raise FormatError("a stream unpacks to far more than it should")
        yield piece


def _measure(stream: Object) -> None:
    names = filters(stream)
    if len(names) > _MAX_FILTERS:
        raise FormatError("a stream is packed too many times over")
    data = bytes(stream.read_raw_bytes())
    for number, name in enumerate(names):
        if name in _PICTURES:
            return
        data = _unpacked(name, data, last=number + 1 == len(names))
        if len(data) > limits.MAX_MEMBER:
            raise FormatError("a stream unpacks to far more than it should")


def _unpacked(name: str, data: bytes, *, last: bool) -> bytes:
    """The data without one filter, or a lesser stand-in where only their size matters."""
    if name in ("/FlateDecode", "/Fl"):
        pieces = inflated(data, 0, len(data))
        if last:
            for _ in pieces:
                pass
            return b""
        return b"".join(pieces)
    if name in ("/ASCIIHexDecode", "/AHx"):
        digits = regex.sub(rb"[^0-9a-fA-F]", b"", data.partition(b">")[0])
        return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
    if name in ("/ASCII85Decode", "/A85"):
        try:
            return base64.a85decode(regex.sub(rb"\s", b"", data.partition(b"~>")[0]))
        except ValueError:
            raise FormatError("a stream that can't be unpacked") from None
    ratio = {"/LZWDecode": _LZW_RATIO, "/LZW": _LZW_RATIO, "/RunLengthDecode": _RUN_RATIO, "/RL": _RUN_RATIO}.get(name)
    if ratio is None or not last:
        raise FormatError("a stream is packed in a way that is not supported")
    if len(data) * ratio > limits.MAX_MEMBER:
        raise FormatError("a stream might unpack to far more than it should")
    return b""
