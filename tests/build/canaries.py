"""One term for each place of a file where something can be said, and readers of their own that look for them afterwards."""

from __future__ import annotations

import base64
import binascii
import html
import io
import itertools
import re
import zipfile
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

import pikepdf

_RARE = "蘷焱灪霻鑫焜飝骉羴犇淼垚"
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{8,}={0,2}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){6,}")
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")


class Canaries(dict[str, str]):
    """The terms by their places, made when they are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._terms = map("".join, itertools.permutations(_RARE, 5))

    def __call__(self, place: str) -> str:
        """The term of a place, as text."""
        return self.setdefault(place, next(self._terms)) if place not in self else self[place]

    def base64(self, place: str, encoding: str = "utf-8") -> str:
        """A piece of XML with the term in it, as programs keep it in the markup of others."""
        return base64.b64encode(f"<a><b>{self(place)}</b></a>".encode(encoding)).decode()


def readings(data: bytes, depth: int = 0) -> Iterator[str]:
    """All that can be made of bytes: members of archives, streams of PDFs, and what is base64 or hex in them."""
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                yield from (info.filename, info.comment.decode("utf-8", "replace"))
                yield from readings(archive.read(info), depth)
        return
    if data[:5] == b"%PDF-":
        plain = io.BytesIO()
        with pikepdf.open(io.BytesIO(data)) as pdf:
            level = pikepdf.StreamDecodeLevel.generalized
            pdf.save(plain, compress_streams=False, stream_decode_level=level, normalize_content=False)
        data = plain.getvalue()
        yield re.sub(rb"#([0-9a-fA-F]{2})", lambda m: bytes.fromhex(m[1].decode()), data).decode("utf-8", "replace")
        octal = re.sub(rb"\\([0-7]{3})", lambda m: bytes((int(m[1], 8) & 255,)), data)
        yield from (octal.decode(encoding, "ignore") for encoding in _ENCODINGS)
    for encoding in _ENCODINGS:
        text = data.decode(encoding, "ignore")
        yield from (text, html.unescape(text), unquote(text))
    if depth < 2:
        for match in _BASE64.finditer(data):
            try:
                yield from readings(base64.b64decode(match[0] + b"=" * (-len(match[0]) % 4)), depth + 1)
            except binascii.Error:
                continue
        for match in _HEX.finditer(data):
            yield from readings(bytes.fromhex(match[0].decode()), depth + 2)


def left(data: bytes, canaries: Mapping[str, str]) -> list[str]:
    """The places whose term can still be read."""
    text = "\0".join(readings(data))
    return [place for place, term in canaries.items() if term in text]


def count(kind: str, before: bytes, after: bytes, canaries: Mapping[str, str]) -> list[str]:
    """The places whose term is left; the figures go to standard output, which `pytest -s` shows."""
    readable, still = left(before, canaries), left(after, canaries)
    print(f"{kind}: {len(canaries)} places tried, {len(readable)} readable before, {len(still)} after")
    assert len(readable) == len(canaries), f"not put in: {sorted(set(canaries) - set(readable))}"
    return still
