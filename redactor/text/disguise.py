"""Addresses of sites written so that a plain search passes them by: wide letters among narrow ones, blanks, slashes or 。 for dots."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from redactor.packaged import any_word_of

_WIDE: Final = re.compile(r"[Ａ-Ｚａ-ｚ]")
_NARROW: Final = re.compile(r"[A-Za-z]")
_HEAD: Final = "A-Za-zＡ-Ｚａ-ｚ0-9０-９:：/／"
_ADDRESS: Final = rf"[{_HEAD}]*(?:[A-Za-zＡ-Ｚａ-ｚ0-9０-９_－-]{{1,63}}[ 　]?[.．。·][ 　]?){{1,20}}[A-Za-zＡ-Ｚａ-ｚ]{{2,}}[）)\]】〕》>]?"
"""An address or a part of one, in whatever width."""
# From where its signs begin: from each of them on, a long run of letters would be looked through once more.
_MIXED: Final = re.compile(rf"[（(\[【〔《<]?(?<![{_HEAD}]){_ADDRESS}")
_MORE: Final = re.compile(_ADDRESS)
"""What follows another one at once."""
_F: Final = r"[ 　\t.．·*_\-－]{0,2}"
"""What may part the letters."""
_DOT: Final = r"[ 　\t.．。·•▪点/／_\-－,，]{1,3}"
_SPELT: Final = re.compile(
    r"(?<![A-Za-z0-9Ａ-Ｚａ-ｚ０-９/@.])"
    + "(?:"
    + _F.join(("[hｈ]", "[tｔ]", "[tｔ]", "[pｐ]"))
    + rf"(?:{_F}[sｓ])?{_F}[:：]{_F}[/／]{_F}[/／]{_F})?"
    + f"(?:{_F.join(['[wｗ]'] * 3)}|{_F.join(('[wｗ]', '[aａ]', '[pｐ]'))}|[3３]{_F}[wｗ])"
    + rf"{_DOT}(?:[A-Za-z0-9Ａ-Ｚａ-ｚ０-９]{_F}){{2,40}}{_DOT}"
    + "(?:"
    + "|".join(
        _F.join(f"[{c}{chr(ord(c) + 0xFEE0)}]" for c in end) for end in ("com", "net", "org", "cn", "cc", "info")
    )
    + ")(?![A-Za-z0-9Ａ-Ｚａ-ｚ０-９/@])",
    re.IGNORECASE,
)
"""An address from its www on, its letters apart or not, whatever stands for its dots."""
_AS_USUAL: Final = re.compile(r"(?:https?://)?(?:www|wap|3w)[./][a-z0-9./-]+", re.IGNORECASE)
_ALL_WIDE: Final = re.compile(r"[Ａ-Ｚａ-ｚ０-９．／：－＿]+")
"""So newspapers print one."""
_OFFICIAL: Final = re.compile(r"\.(?:gov|edu)\b")
_LABELLED: Final = re.compile(rf"(?:[:：]|{any_word_of('text-before-addresses')})[ 　“\"《(（<]{{0,2}}$")
"""What says that an address is told, not hidden: no more is made of it there than that it was typed wide."""
_BRACKETS: Final = ("（）", "()", "【】", "[]", "〔〕", "〖〗", "［］", "《》", "<>", "「」")
_LONGEST_BRACKETED: Final = 60
_FIRST: Final = "wWｗＷ"
"""Letters of which one stands in each that is spelt."""
_SINGLE: Final = re.compile(r"(?<=\b[a-z0-9])\.(?=[a-z0-9]\b)")
_DOTS: Final = str.maketrans(dict.fromkeys("。·•▪点/,，", "."))


def disguised_addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """Start and end of each disguised address of a line with the brackets about it and what else they hold, and how it reads undisguised."""
    low = 0
    spans = []
    if _WIDE.search(text):
        spans += [(match.start(), match.end(), False) for match in _addresses(text) if _is_mixed(match.group())]
    if any(letter in text for letter in _FIRST):
        spans += [(match.start(), match.end(), True) for match in _SPELT.finditer(text) if _is_hidden(text, match)]
    for start, end, spelt in sorted(spans, key=lambda span: (span[0], not span[2])):
        if start < low:
            continue
        plain = unicodedata.normalize("NFKC", text[start:end])
        if spelt:
            plain = re.sub(r"\.+", ".", re.sub(r"[\s*_-]", "", plain).translate(_DOTS)).lower()
            plain = _SINGLE.sub("", plain)
        start, low = _bracketed(text, start, end)
        yield start, low, plain


def _addresses(text: str) -> Iterator[re.Match[str]]:
    match = _MIXED.search(text)
    while match:
        yield match
        match = _MORE.match(text, match.end()) or _MIXED.search(text, match.end())


def _is_mixed(text: str) -> bool:
    """Whether letters are narrow and wide by turns: nobody writes so who wants to be found by rules."""
    return bool(_WIDE.search(text) and _NARROW.search(text))


def _is_hidden(text: str, match: re.Match[str]) -> bool:
    """Whether an address is written as nobody writes one who tells it."""
    address = match.group()
    if _AS_USUAL.fullmatch(address) or _ALL_WIDE.fullmatch(address):
        return False
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", address)).translate(_DOTS).lower()
    if _OFFICIAL.search(plain):
        return False
    return _is_mixed(address) or not _LABELLED.search(text[max(0, match.start() - 8) : match.start()])


def _bracketed(text: str, start: int, end: int) -> tuple[int, int]:
    """The bounds of the brackets that hold a span, if that is not much: what stands there beside a hidden address is of the site."""
    for opening, closing in _BRACKETS:
        low = text.rfind(opening, max(0, start - _LONGEST_BRACKETED), start)
        high = text.find(closing, end, end + _LONGEST_BRACKETED)
        if low >= 0 and high >= 0 and not {opening, closing} & set(text[low + 1 : start] + text[end:high]):
            return low, high + 1
    return start, end
