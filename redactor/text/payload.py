"""Bytes that may be text: told from keys, digests and pictures by one measure, and packed again as they were.

The measure is how many bits a simple model of text saves on the bytes against chance. Of bytes that are chance, fewer than one run in
2**BITS is taken for text (Markov's inequality on the ratio of likelihoods), for each encoding that is tried.
"""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from math import inf, log2
from typing import Final

from redactor.text.plausible import COMMON

BITS: Final = 20
"""Bits that must be saved for bytes to be text."""
MOST: Final = 4 << 20
"""Bytes that packed data may hold, unpacked."""
_LEAST: Final = 8
"""Bytes of what deflate has packed, at least: of fewer, too many are packed text by chance."""
_ONE_BLOCK: Final = 4_000
"""Bytes of a single block at most, about: programs write sixteen thousand codes in each."""
_HEAD: Final = 160
"""Characters at the head of a text that are measured."""
_FIRST: Final = 12
"""Bytes that a first, cheap look is taken at."""
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_NEXT: Final = {
    "start": {"digit": 0.25, "lower": 0.25, "upper": 0.2, "han": 0.2, "sign": 0.08},
    "space": {"digit": 0.15, "lower": 0.3, "upper": 0.15, "han": 0.2, "sign": 0.1, "space": 0.05},
    "digit": {"digit": 0.7, "sign": 0.13, "space": 0.05, "han": 0.06, "lower": 0.02},
    "lower": {"lower": 0.75, "space": 0.08, "sign": 0.1, "digit": 0.02, "upper": 0.02},
    "upper": {"upper": 0.4, "lower": 0.4, "sign": 0.06, "space": 0.05, "digit": 0.05},
    "sign": {"lower": 0.25, "upper": 0.13, "digit": 0.2, "han": 0.14, "sign": 0.2, "space": 0.05},
    "han": {"han": 0.75, "wide": 0.12, "sign": 0.05, "digit": 0.04, "space": 0.02},
    "wide": {"han": 0.7, "digit": 0.08, "wide": 0.1, "sign": 0.04, "space": 0.04},
    "letter": {"letter": 0.8, "space": 0.1, "sign": 0.05},
    "other": {"other": 0.4, "han": 0.2, "lower": 0.2},
    "control": {"control": 0.2, "digit": 0.15, "lower": 0.25, "upper": 0.15, "han": 0.15},
}
"""How likely a class of characters follows another; each that is not named, one time in 200."""
_RARE: Final = 0.005
_MOST_BROKEN: Final = 0.02
"""Which part of a text may be control characters and bytes that are none of its encoding."""
_BROKEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_WIDE: Final = re.compile("[\u0800-\uffff]")
"""Characters of three bytes in UTF-8."""
_HIGH: Final = bytes([0, *range(0x4E, 0xA0), 0x30, 0xFF])
"""First halves of UTF-16 units of Chinese and ASCII text."""
_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"RIFF", "picture"),
    (b"II*\0", "picture"),
    (b"MM\0*", "picture"),
    (b"wOFF", "font"),
    (b"wOF2", "font"),
    (b"OTTO", "font"),
    (b"\0\1\0\0", "font"),
    (b"%PDF-", "document"),
    (b"PK\3\4", "document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "document"),
    (b"BZh", "packed"),
    (b"\xfd7zXZ\0", "packed"),
    (b"7z\xbc\xaf\x27\x1c", "packed"),
    (b"(\xb5/\xfd", "packed"),
    (b"Rar!\x1a\x07", "packed"),
)
_MAGICS: Final = tuple(magic for magic, _ in _MAGIC)
_FOLLOWING: Final = bytes(range(0x80, 0xC0))
_CONTROLS: Final = bytes([*range(9), 11, *range(14, 32), 127])


@dataclass(frozen=True, slots=True)
class Payload:
    """What bytes say. `pack`: the bytes of another text, in the same encoding, with the same mark, packed by the same program.

    `saved`: the bits of evidence that they are this text; without end where something says so.
    """

    text: str
    pack: Callable[[str], bytes]
    saved: float = inf


class TooLargeError(Exception):
    """Packed data that holds more than `MOST` bytes."""


def read_payload(data: bytes, charset: str | None = None, *, declared: bool = False) -> Payload | None:
    """The text of bytes, maybe packed by gzip, zlib or deflate alone; None when they are none.

    `declared`: whether something says that they are text, in `charset` if that is known: then they need not look like text, only be one.
    Raises TooLargeError.
    """
    packed = _unpacked(data)
    if packed:
        inner, pack = packed
        # What deflate has packed alone has neither a mark nor a sum: it must look like text.
        sure = not _is_deflate(data)
        found = read_payload(inner, charset, declared=sure) if not _unpacked(inner) else None
        if found is None:
            return None
        unpacked = found
        return Payload(unpacked.text, lambda text: pack(unpacked.pack(text)))
    for mark, name in _MARKS:
        if data.startswith(mark) and len(data) > len(mark):
            return _plain(data[len(mark) :], name, mark)
    if declared:
        for name in (_known(charset),) if charset else ("utf-8", "gb18030"):
            found = _plain(data, name, b"") if name else None
            if found and not any("\udc80" <= char <= "\udcff" for char in found.text):
                return found
    if kind_of(data) and not declared:
        return None
    saved = {name: _bits_saved(data, name) for name in _likely(data)}
    if "utf-8" in saved:
        saved["utf-8"] = max(saved["utf-8"], _bits_of_form(data))
    best = max(saved, key=lambda name: saved[name], default="")
    found = _plain(data, best, b"") if best and saved[best] >= BITS else None
    return replace(found, saved=saved[best]) if found else None


def kind_of(data: bytes) -> str:
    """What bytes are by the signs at their head: picture, font, document, packed; empty for what is not known."""
    if not data.startswith(_MAGICS):
        return ""
    return next(kind for magic, kind in _MAGIC if data.startswith(magic))


def may_be_text(data: bytes) -> bool:
    """A cheap look at the head of bytes: whether it is worth measuring them."""
    return data[:2] in (b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff") or _begins_block(data) or bool(_likely(data))


def _likely(data: bytes) -> list[str]:
    """The encodings that the head of bytes could be text in."""
    head = data[:_FIRST]
    found = []
    if len(head.translate(None, _CONTROLS)) == len(head):
        found = [name for name in ("utf-8", "gb18030") if _starts(head, name)]
    if len(head) > 3:
        found += [
            name
            for name, at in (("utf-16-le", 1), ("utf-16-be", 0))
            if head[at] in _HIGH and not head[at::2].translate(None, _HIGH)
        ]
    return found


def _starts(head: bytes, name: str) -> bool:
    """Whether bytes begin a text in an encoding; what is cut off at their end counts for it."""
    if name == "utf-8":
        head = (
            head.lstrip(_FOLLOWING) if len(head) - len(head.lstrip(_FOLLOWING)) < 4 else head
        )  # cut within a character
    try:
        text = head.decode(name)
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3 or error.start < 3:
            return False
        text = head[: error.start].decode(name)
    if name == "gb18030":
        if head.isascii():
            return False
        wide = [char for char in text if char > "\x7f"]
        return bool(wide) and 2 * sum(char in _usual() for char in wide) >= len(wide)
    return not _BROKEN.search(text)


@cache
def _usual() -> frozenset[str]:
    """The 3,755 Chinese characters that GB 2312 puts first, and signs."""
    rows = (bytes((high, low)) for high in (*range(0xB0, 0xD8), 0xA1, 0xA3) for low in range(0xA1, 0xFF))
    return frozenset(row.decode("gb2312", "ignore") for row in rows) - {""}


def _plain(data: bytes, name: str, mark: bytes) -> Payload | None:
    """The text of bytes in an encoding; None when too much of it is broken."""
    wide = name.startswith("utf-16")
    errors = "surrogatepass" if wide else "surrogateescape"
    try:
        text = data.decode(name, errors)
        if text.encode(name, errors) != data:
            return None
    except (UnicodeError, LookupError):
        return None
    if len(_BROKEN.findall(text)) > len(text) * _MOST_BROKEN + 1:
        return None

    def pack(new: str) -> bytes:
        try:
            return mark + new.encode(name, errors)
        except UnicodeEncodeError:
            return mark + new.encode(name, "replace")

    return Payload(text, pack)


def _known(charset: str) -> str:
    try:
        return {"gb2312": "gb18030", "gbk": "gb18030", "ascii": "utf-8"}.get(name := codecs.lookup(charset).name, name)
    except (LookupError, ValueError):
        return ""


def _is_zlib(data: bytes) -> bool:
    return data[:1] == b"\x78" and len(data) > 1 and (data[0] << 8 | data[1]) % 31 == 0


def _begins_block(data: bytes) -> bool:
    """Whether bytes may begin with a block of deflate, with codes of its own or the fixed ones (RFC 1951, 3.2.3), or with zlib's head."""
    return (len(data) > _LEAST and data[0] & 6 in (2, 4)) or _is_zlib(data)


def _is_deflate(data: bytes) -> bool:
    """Whether bytes may be what deflate alone has packed: one block, or so much that there are several."""
    return _begins_block(data) and not _is_zlib(data) and (data[0] & 1 == 1 or len(data) > _ONE_BLOCK)


def _unpacked(data: bytes) -> tuple[bytes, Callable[[bytes], bytes]] | None:
    """What packed bytes hold, and how other bytes are packed so; None for what is not packed, or not whole."""
    if data.startswith(b"\x1f\x8b\x08"):
        inner = _inflated(data, 31)
        return None if inner is None else (inner, lambda new: gzip.compress(new, mtime=0))
    if _is_zlib(data):
        inner = _inflated(data, 15)
        return None if inner is None else (inner, zlib.compress)
    if _is_deflate(data):
        inner = _inflated(data, -15)
        return None if not inner else (inner, _deflated)
    return None


def _deflated(data: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(data) + machine.flush()


def _inflated(data: bytes, bits: int) -> bytes | None:
    machine = zlib.decompressobj(bits)
    try:
        inner = machine.decompress(data, MOST)
    except zlib.error:
        return None
    if machine.unconsumed_tail:
        raise TooLargeError
    return inner if machine.eof and not machine.unused_data else None


def _bits_saved(data: bytes, name: str) -> float:
    """How many bits the model of text saves on the head of bytes against chance, read in an encoding."""
    text = data[: 4 * _HEAD].decode(name, "replace" if name.startswith("utf-16") else "surrogateescape")[:_HEAD]
    saved, before = 0.0, "start"
    for char in text:
        kind, cost = _cost(char)
        saved += 8 * _size(char, name) - cost + log2(_NEXT[before].get(kind, _RARE))
        before = kind
    return saved


def _bits_of_form(data: bytes) -> float:
    """How many bits of evidence it is that bytes are UTF-8 from end to end, whatever they say.

    Of three bytes that are chance, one in 2**8 is a character; bits are left for where in the bytes such characters may stand.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return 0
    if _BROKEN.search(text):
        return 0
    return 8 * len(_WIDE.findall(text)) - 4


def _size(char: str, name: str) -> int:
    """The bytes of a character in an encoding."""
    if name.startswith("utf-16"):
        return 2 if char < "\U00010000" else 4
    if char < "\x80" or "\udc80" <= char <= "\udcff":
        return 1
    return len(char.encode(name, "replace"))


@cache
def _cost(char: str) -> tuple[str, float]:
    """The class of a character, and the bits that it takes when its class is known."""
    if char.isascii():
        if char in "\n\r\t\f ":
            return "space", 1.0 if char == " " else 3.0
        if char.isdigit():
            return "digit", log2(10)
        if char.isalpha():
            return "lower" if char.islower() else "upper", log2(26)
        return ("sign", 5.0) if char.isprintable() else ("control", 11.0)
    if "\ud800" <= char <= "\udfff":
        return "control", 11.0
    if "\u4e00" <= char <= "\u9fff":
        if char in COMMON:
            return "han", 1 + log2(len(COMMON))
        return "han", 1.1 + log2(3_755) if char in _usual() else 5 + log2(21_000)
    if char in _usual() or char == "·":
        return "wide", 8.0
    return ("letter", 16.0) if char.isalnum() else ("other", 20.0)
