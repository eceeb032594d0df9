"""Archives by zipfile, tarfile, gzip, bz2 and lzma: members unpacked, and all that is said of them."""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from zipfile import ZipFile

import regex

from redactor.verify.model import METADATA, NAME, Blob, Budget, Found, Hint, Inner, Piece

_PLAIN_NAME: Final = regex.compile(r"[\w./\[\]-]{1,80}", regex.ASCII)
_PIECE: Final = 1 << 20


def zipped(data: bytes, where: str, inner: Inner, budget: Budget) -> Found:
    """What is in a zip file. zipfile.BadZipFile when it is none."""
    with ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        names = [each.filename for each in members]
        yield Piece(where, NAME, "\n".join(names), prose=False)
        said = [archive.comment, *(part for each in members for part in (each.comment, each.extra))]
        yield Piece(where, METADATA, "\n".join(each.decode("utf-8", "replace") for each in said if each), prose=False)
        office = "[Content_Types].xml" in names or "OFD.xml" in names
        for number, member in enumerate(members, start=1):
            if not member.is_dir():
                budget.take(member.file_size)
                yield from inner(
                    archive.read(member), Hint(member.filename), place_of(where, member.filename, number, office)
                )
        # Between and before members there may be bytes that nothing leads to.
        yield Blob(where, data)


def tarred(data: bytes, where: str, inner: Inner, budget: Budget) -> Found:
    """What is in a tar file. tarfile.TarError when it is none."""
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        members = archive.getmembers()
        yield Piece(where, NAME, "\n".join(each.name for each in members), prose=False)
        said = [text for each in members for text in (each.uname, each.gname, each.linkname, *_pax(each.pax_headers))]
        said += _pax(archive.pax_headers)
        yield Piece(where, METADATA, "\n".join(filter(None, said)), prose=False)
        for number, member in enumerate(members, start=1):
            file = archive.extractfile(member)
            if file is not None:
                budget.take(member.size)
                yield from inner(file.read(), Hint(member.name), place_of(where, member.name, number))


def _pax(headers: Mapping[str, str]) -> list[str]:
    return [str(text) for key, value in headers.items() if key != "path" for text in (key, value)]


def place_of(where: str, name: str, number: int, office: bool = False) -> str:
    """How a member is told of: by its name only where programs give those, for a name may be a secret."""
    own = name if office and _PLAIN_NAME.fullmatch(name) else f"member {number}"
    return f"{where} > {own}" if where else own


_STREAMS: Final[dict[bytes, Callable[[], Any]]] = {
    b"\x1f\x8b": lambda: zlib.decompressobj(31),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ": lzma.LZMADecompressor,
}


def is_compressed(data: bytes) -> bool:
    """Whether bytes are a compressed stream."""
    return data.startswith(tuple(_STREAMS))


def unpacked(data: bytes, where: str, inner: Inner, budget: Budget) -> Found:
    """What a compressed file holds. zlib.error, OSError or lzma.LZMAError when it is broken."""
    yield Blob(where, data[:_PIECE])  # its header may hold a name and a comment
    yield from inner(b"".join(_stream(data, budget)), Hint(), where)


def _stream(data: bytes, budget: Budget) -> Iterator[bytes]:
    kind = next(start for magic, start in _STREAMS.items() if data.startswith(magic))
    rest = data
    while rest:
        unpacker = kind()
        at = 0
        while not unpacker.eof and at < len(rest):
            out = unpacker.decompress(rest[at : at + _PIECE])
            budget.take(len(out))
            yield out
            at += _PIECE
        rest = unpacker.unused_data + rest[at:]
        if not unpacker.eof or not rest.startswith(data[:2]):
            break
    yield rest if rest is not data else b""
