"""Compressed streams read within bounds: what comes out is counted, whatever a header says about it."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, Protocol

from redactor.formats.limits import MAX_RATIO, RATIO_FROM
from redactor.model import FormatError

CHUNK: Final = 1 << 16
_LZMA_MEMORY: Final = 128 << 20
_PRESET: Final = 3  # 32 MB of memory; the default takes 94
_GZIP: Final = 31


Count = Callable[[int], object]
"""Is told how many bytes came out; raises when they are too many."""


class Decoder(Protocol):
    """One compressed stream: as `bz2.BZ2Decompressor` and its like."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Deflate:
    """`zlib.decompressobj` in the manner of the other two."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP)

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def needs_input(self) -> bool:
        return not self._stream.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._stream.decompress(self._stream.unconsumed_tail + data, max(0, max_length))


STREAMS: Final[dict[str, Callable[[], Decoder]]] = {
    "gzip": _Deflate,
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_LZMA_MEMORY),
}


def inflate_all(source: BinaryIO, fresh: Callable[[], Decoder], count: Count) -> Iterator[bytes]:
    """What the streams of a file hold, in small pieces: they may be put one after the other (RFC 1952, 2.2), and padded with zeros.

    FormatError when one is broken, or grows as no honest one does.
    """
    data, taken = source.read(CHUNK), 0
    while True:
        decoder, size = fresh(), 0
        while not decoder.eof:
            asked = decoder.needs_input
            if asked and not data:
                data = source.read(CHUNK)
            taken += len(data)
            try:
                piece = decoder.decompress(data, CHUNK)
            except (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError, MemoryError):
                raise FormatError("compressed data that are broken") from None
            if asked and not data and not piece and not decoder.eof:
                raise FormatError("compressed data that end too early")
            data = b""
            size += len(piece)
            if size > RATIO_FROM and size > MAX_RATIO * taken:
                raise FormatError(f"unpacks to more than {MAX_RATIO} times its size")
            count(len(piece))
            if piece:
                yield piece
        taken -= len(decoder.unused_data)
        data = decoder.unused_data.lstrip(b"\0")
        while not data:
            rest = source.read(CHUNK)
            if not rest:
                return
            data = rest.lstrip(b"\0")


def deflater(kind: str) -> bz2.BZ2Compressor | lzma.LZMACompressor | zlib._Compress:
    """What writes a stream of that kind, with nothing in its header."""
    if kind == "gzip":
        return zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    return bz2.BZ2Compressor() if kind == "bzip2" else lzma.LZMACompressor(lzma.FORMAT_XZ, preset=_PRESET)
