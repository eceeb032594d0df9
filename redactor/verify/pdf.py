"""PDF by PDFium, and by a search of its bytes for streams, without believing its tables: what pages show, strings, older versions.

The writer and its own check (`formats.pdf.verify`) know which glyphs of which page must be gone; this one knows only the file.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Final

import regex

from redactor.verify.model import BYTES, METADATA, NAME, OLDER, TEXT, Blob, Budget, Found, Hint, Inner, Piece

_STREAM: Final = regex.compile(rb"stream\r?\n")
_END: Final = b"%%EOF"
_MOST_VERSIONS: Final = 8
_MOST_STREAM: Final = 64 << 20
_PICTURE: Final = regex.compile(rb"/Subtype\s*/Image|/Length1\b|/FontFile|/CIDFontType0C|/Type1C|/OpenType|/ICCBased")
_TOKEN: Final = regex.compile(
    rb"\\(?:([0-7]{1,3})|(\r\n|.))|([()])|<<|<([0-9a-fA-F\s]*+)>|(?<=\s)(ET|Tf|Td|TD|Tm|T\*)(?=\s)", regex.S
)
_LETTERS: Final = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\f",
    b"\n": b"",
    b"\r\n": b"",
    b"\r": b"",
}
_PAIR: Final = regex.compile(rb"<([0-9a-fA-F\s]+)>\s*<([0-9a-fA-F\s]*)>")
_TRIPLE: Final = regex.compile(rb"<([0-9a-fA-F\s]+)>\s*<([0-9a-fA-F\s]+)>\s*(?:<([0-9a-fA-F\s]*)>|\[([^\]]*)\])")
_NAME: Final = regex.compile(rb"/([^\s/<>\[\](){}%#]*+(?:#[0-9a-fA-F]{2}|[\x80-\xff])[^\s/<>\[\](){}%]*+)")
_CODED: Final = regex.compile(rb"#([0-9a-fA-F]{2})")
_HEX: Final = regex.compile(rb"<([0-9a-fA-F\s]*)>")
_MOST_CODES: Final = 1 << 16
"""Of one font."""
_MOST_MAPS: Final = 40
_MOST_READ: Final = 20_000_000
"""Codes that are looked up in maps; the writer's own check knows which font a string is in, and looks up all."""

Map = dict[bytes, str]
"""What the codes of a font stand for."""


def pdf(data: bytes, where: str, inner: Inner, budget: Budget) -> Found:
    """The pieces of a PDF."""
    yield from _shown(data, where, TEXT)
    ends = [match.end() for match in regex.finditer(_END, data)][:-1][:_MOST_VERSIONS]
    for end in ends:
        for piece in _shown(data[:end], where, OLDER):
            yield Piece(where, OLDER, piece.text, again=True, views=piece.views)
    content: list[bytes] = []
    maps: list[Map] = []
    yield from _streams(data, where, inner, budget, content, maps)
    read = 0
    for number, blob in enumerate(content):
        strings = [text for text in _strings(blob) if text]
        # The first is what lies between streams: objects, whose strings are never shown in a font.
        fonts = maps[:_MOST_MAPS] if number and read < _MOST_READ else []
        read += len(fonts) * sum(map(len, strings))
        yield Piece(where, METADATA if not number else BYTES, "\n".join(_read(strings, fonts)), prose=False, again=True)
        yield Piece(where, NAME, "\n".join(_names(blob)), prose=False, again=True)


def _shown(data: bytes, where: str, what: str) -> Iterator[Piece]:
    """What the pages show, by PDFium; nothing where it is not installed or can't read them."""
    try:
        import pypdfium2
    except ImportError:
        return
    with suppress(pypdfium2.PdfiumError), closing(pypdfium2.PdfDocument(data)) as document:
        for number, page in enumerate(document, start=1):
            text = page.get_textpage().get_text_range().replace("\ufffe", "")
            joined = text.replace("\r", "").replace("\n", "")
            place = f"{where} > page {number}" if where else f"page {number}"
            yield Piece(place, what, text, views=(joined,))


def _streams(data: bytes, where: str, inner: Inner, budget: Budget, content: list[bytes], maps: list[Map]) -> Found:
    """The streams of a file, unpacked: files and metadata are read, content and maps of fonts are added to the lists."""
    between: list[bytes] = []
    streams: list[bytes] = []
    at = 0
    for match in _STREAM.finditer(data):
        if match.start() < at or data[match.start() - 3 : match.start()] == b"end":
            continue
        start = match.end()
        end = data.find(b"endstream", start) % (len(data) + 1)
        between.append(data[at:start])
        head = data[max(at, data.rfind(b" obj", at, start)) : start]
        at = end
        body = _inflated(data[start:end], budget)
        if b"begincmap" in body:
            maps.append(_map(body))
        yield Blob(where, body)
        if body.lstrip()[:1] == b"<" or b"/EmbeddedFile" in head:
            yield from (_again(each) for each in inner(body, Hint(), where))
        elif not _PICTURE.search(head):
            streams.append(body)
    between.append(data[at:])
    content += [b"".join(between), *streams]
    yield Blob(where, content[0])


def _again(each: Piece | Blob) -> Piece | Blob:
    if isinstance(each, Blob):
        return each
    return Piece(each.where, each.what, each.text, each.prose, again=True, views=each.views)


def _inflated(body: bytes, budget: Budget) -> bytes:
    """A stream unpacked as far as it goes, or as it is where it is not deflated."""
    unpacker = zlib.decompressobj()
    try:
        out = unpacker.decompress(body, _MOST_STREAM)
    except zlib.error:
        return body
    budget.take(len(out))
    return out


def _strings(data: bytes) -> Iterator[bytes]:
    """The strings of a content stream or of objects, joined where nothing but numbers is between them."""
    joined: list[bytes] = []
    depth, at = 0, 0
    for match in _TOKEN.finditer(data):
        octal, letter, bracket, digits, other = match.groups()
        if depth:
            joined.append(data[at : match.start()])
            at = match.end()
            if octal is not None:
                joined.append(bytes((int(octal, 8) & 0xFF,)))
            elif letter is not None:
                joined.append(_LETTERS.get(letter, letter))
            elif bracket is not None:
                depth += 1 if bracket == b"(" else -1
                joined.append(bracket if depth else b"")
            else:
                joined.append(match[0])
        elif bracket == b"(":
            depth, at = 1, match.end()
        elif digits is not None:
            joined.append(_bytes(digits))
        elif other is not None or match[0] == b"<<":
            yield b"".join(joined)
            joined = []
    yield b"".join(joined)


def _names(data: bytes) -> Iterator[str]:
    """Names that are more than ASCII, as they are meant: in UTF-8, with bytes as two digits behind # (ISO 32000-2, 7.3.5)."""
    for match in _NAME.finditer(data):
        yield _CODED.sub(lambda byte: bytes.fromhex(byte[1].decode("ascii")), match[1]).decode("utf-8", "ignore")


def _read(strings: list[bytes], maps: list[Map]) -> Iterator[str]:
    """What strings say: in the encodings that strings of objects have, and by the maps of fonts."""
    for each in strings:
        if b"\xfe\xff" in each:
            yield from (part.decode("utf-16-be", "ignore") for part in each.split(b"\xfe\xff"))
        yield each.decode("utf-16-be", "ignore")
        if not each.isascii():
            yield each.decode("utf-8", "ignore")
            yield each.decode("gb18030", "ignore")
        else:
            yield each.decode("ascii")
        for known in maps:
            size = len(next(iter(known), b"\0"))
            codes = (each[at : at + size] for at in range(0, len(each), size))
            text = "".join(known.get(code, "") for code in codes)
            if len(text) > 1:
                yield text


def _map(data: bytes) -> Map:
    """What a ToUnicode map says (ISO 32000-2, 9.10.3)."""
    found: Map = {}
    for block in _blocks(data, b"bfchar"):
        found.update((_bytes(code), _text(_bytes(text))) for code, text in _PAIR.findall(block))
    for block in _blocks(data, b"bfrange"):
        for low, high, first, listed in _TRIPLE.findall(block):
            size = len(_bytes(low))
            start, stop = int(_bytes(low).hex(), 16), int(_bytes(high).hex(), 16)
            room = _MOST_CODES - len(found)
            codes = [code.to_bytes(size, "big") for code in range(start, min(stop + 1, start + room))]
            texts = [_text(_bytes(each)) for each in _HEX.findall(listed)] if listed else _counted(_bytes(first))
            found.update(zip(codes, texts, strict=False))
    return found


def _blocks(data: bytes, name: bytes) -> Iterator[bytes]:
    """What stands between the words that begin and end a part of a map."""
    for part in data.split(b"begin" + name)[1:]:
        yield part.partition(b"end" + name)[0]


def _counted(first: bytes) -> Iterator[str]:
    """The texts of a range of codes, the last byte pair counted up."""
    last = int.from_bytes(first[-2:], "big")
    for number in range(last, 1 << 16):
        yield _text(first[:-2] + number.to_bytes(2, "big"))


def _text(data: bytes) -> str:
    return data.decode("utf-16-be", "ignore")


def _bytes(digits: bytes) -> bytes:
    plain = b"".join(digits.split()).decode("ascii")
    return bytes.fromhex(plain + "0" * (len(plain) % 2))
