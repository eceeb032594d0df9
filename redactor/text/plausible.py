"""How likely a reading of bytes is: how many bits its characters take to write down. Of two readings the shorter is the likelier.

The bits are those of a plain model of Chinese documents: a few hundred characters make up half of a text (`rules/lists/text-common`), those of
the first levels of GB 2312 and Big5 nearly all the rest.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from redactor.packaged import packaged_words

COMMON: Final = frozenset(packaged_words("text-common"))
_MARKS: Final = frozenset("，。、；：？！“”‘’（）《》〈〉【】〔〕—…·×　①②③④⑤￥％")
_FRAMES: Final = range(0x2500, 0x256D)
"""Lines and corners (Unicode: Box Drawing, without arcs, which Big5 has for common characters): where a text has one, it has a line of them."""
_LATIN: Final = frozenset("°±§®©éèüöñāáǎàēéěèīíǐìōóǒòūúǔùǚ")
_LEVELS: Final = (("gb2312", b"\xb0\xa1", b"\xd7\xf9"), ("big5", b"\xa4\x40", b"\xc6\x7e"))
"""Codec, first and last character of the level that holds what is in daily use."""


class _Bits(dict[str, int]):
    def __missing__(self, char: str) -> int:
        self[char] = bits = _bits(char)
        return bits


_BITS: Final = _Bits()


def cost(text: str) -> int:
    """Bits that the characters of a text take."""
    return sum(map(_BITS.__getitem__, text))


def common_share(sample: bytes, name: str) -> float:
    """Which part of the wide characters are common ones, when bytes are read in an encoding."""
    wide = [char for char in sample.decode(name, "ignore") if char >= "\x80"]
    return sum(char in COMMON for char in wide) / max(1, len(wide))


def _bits(char: str) -> int:
    if char < "\x80":
        return 6
    if char in COMMON or char in _MARKS:
        return 9
    if ord(char) in _FRAMES:
        return 10
    if char in _LATIN:
        return 13
    if "\u4e00" <= char <= "\u9fff":
        return 13 if _in_daily_use(char) else 19
    if "\u3040" <= char <= "\u30ff":
        return 14
    if "\udc80" <= char <= "\udcff":  # a byte that is read as nothing
        return 16
    category = unicodedata.category(char)
    if category in ("Co", "Cn", "Cc", "Cs"):
        return 26
    if char < "\u0250":
        return 17
    return 19 if category[0] in "LNS" and char >= "\u0800" else 20


def _in_daily_use(char: str) -> bool:
    codes = ((char.encode(name, "ignore"), first, last) for name, first, last in _LEVELS)
    return any(first <= code <= last for code, first, last in codes)
