"""The views that rules see: the input folded (NFKC where it is one to one, invisible characters dropped, escapes decoded).

A view carries a map back to the input, so that an edit lands on what the reader of the file sees. Folding follows
Unicode NFKC (UAX #15) for single characters and UTS #39's idea of confusables for the `contact` view.
"""

from __future__ import annotations

import sys
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import regex
from numpy.typing import NDArray

from redactor.model import Span
from redactor.packaged import packaged_words
from redactor.text.escapes import ESCAPE, MAY_ESCAPE, decode
from redactor.text.invisible import INLINE_MARKUP, INVISIBLE, INVISIBLE_CLASS
from redactor.text.points import characters, code_points
from redactor.text.separator import WALL

__all__ = ["INVISIBLE", "View", "contact_view", "plain_view", "scalars"]

_KEPT_PUNCTUATION = "，：；？！（）｜＂＇　　“”‘’·・…—。、〔〕【】《》「」『』￥"
_PLAIN_RANGES = ((0xA0, 0x3400), (0xF900, 0x10000), (0x1D400, 0x1D800), (0x1F100, 0x1F200), (0x2F800, 0x2FA20))
_DASHES = "‐‑‒–−﹣－ー"
_CHINESE_DIGITS = {signs: str(digit) for digit, signs in enumerate(packaged_words("text-digit-signs"))}
_LATIN_LOOKALIKES = {
    "аɑα": "a", "в": "b", "сϲ": "c", "ԁ": "d", "еє": "e", "һ": "h", "іιӏ": "i", "ј": "j", "к": "k", "м": "m", "ո": "n",
    "оοօ": "o", "рρ": "p", "ѕ": "s", "т": "t", "υս": "u", "ν": "v", "ԝ": "w", "хχ": "x", "уγ": "y",
    "АΑ": "A", "ВΒ": "B", "С": "C", "ЕΕ": "E", "НΗ": "H", "ІΙ": "I", "КΚ": "K", "МΜ": "M", "Ν": "N", "ОΟ": "O",
    "РΡ": "P", "Ѕ": "S", "ТΤ": "T", "Ζ": "Z", "ХΧ": "X", "У": "Y",
}  # fmt: skip
_LONG_NUMBER = regex.compile("[0-9]{7,}+")
_WHOLE = frozenset((7, 8, 11, 12, 15, 16, 18, 19))
"""Digits of what is a whole number by itself: telephones, cards, identity numbers."""
_BESIDE = 4
RADICALS = str.maketrans({pair[0]: pair[1] for pair in packaged_words("text-radicals")})
"""Radicals that look like whole characters and have no compatibility form (Unicode EquivalentUnifiedIdeograph), for `str.translate`."""
# Superscripts, subscripts, circled, bracketed, dotted and segmented digits.
_SIGNS = (
    (0xB2, 0xBA),
    (0x2070, 0x208A),
    (0x2460, 0x2500),
    (0x2776, 0x2794),
    (0x3220, 0x3229),
    (0x3280, 0x3289),
    (0x1F100, 0x1F10D),
    (0x1FBF0, 0x1FBFA),
)

_REWRITE = regex.compile(rf"(?P<drop>{INVISIBLE_CLASS}+)|(?P<escape>{ESCAPE})|(?P<markup>{INLINE_MARKUP})")
_OF_SIGNS = rf"{MAY_ESCAPE}|</?[A-Za-z!][^<>]{{0,300}}>"
_NEEDS_FOLD = regex.compile(rf"[^\t\n\r\x20-\x7e\u3400-\u9fff{_KEPT_PUNCTUATION}〈〉×{WALL}]|{_OF_SIGNS}")
_SIGN = regex.compile(_OF_SIGNS)
_LONG = 1_000
"""Longer texts are looked through many times faster on arrays."""
_SURROGATE = regex.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class View:
    """A folded text; `starts[i]`/`ends[i]` delimit the input characters behind view character i (None: the identity)."""

    text: str
    starts: array[int] | None = None
    ends: array[int] | None = None
    joins: tuple[int, ...] = ()
    """Where, in the view, a line break of the input was left out."""

    def span(self, start: int, end: int) -> Span:
        """The input span behind the view's `[start, end)`, which must not be empty."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]

    def place(self, at: int) -> int:
        """The view's first character that stands for input from `at` on."""
        return at if self.starts is None else bisect_left(self.starts, at)

    def select(self, ranges: list[Span]) -> tuple[str, array[int], array[int]]:
        """Some ranges of this view, one after the other: their text, and the input characters behind each of it."""
        starts, ends = array("q"), array("q")
        for start, end in ranges:
            starts.extend(range(start, end) if self.starts is None else self.starts[start:end])
            ends.extend(range(start + 1, end + 1) if self.ends is None else self.ends[start:end])
        return "".join(self.text[start:end] for start, end in ranges), starts, ends


@lru_cache(maxsize=1)
def _plain_table() -> dict[int, str]:
    table: dict[int, str] = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
    for low, high in _PLAIN_RANGES:
        for point in range(low, high):
            char = chr(point)
            digit = unicodedata.digit(char, None)
            category = unicodedata.category(char)
            if category == "Nd" and digit is not None:
                table[point] = str(digit)
            elif category not in ("No", "Lm") and char not in _KEPT_PUNCTUATION:
                folded = unicodedata.normalize("NFKC", char)
                # é and the like are left composed: only compatibility forms change what a rule would look for
                if len(folded) == 1 and folded != char:
                    table[point] = folded
    return table | RADICALS


@lru_cache(maxsize=1)
def _contact_table() -> dict[int, str]:
    table: dict[int, str] = {}
    for low, high in _SIGNS:
        for point in range(low, high):
            value = unicodedata.numeric(chr(point), -1)
            if value in range(10):
                table[point] = str(int(value))
    for chars, digit_char in (*_CHINESE_DIGITS.items(), *_LATIN_LOOKALIKES.items()):
        table.update({ord(c): digit_char for c in chars})
    table.update({ord(c): "-" for c in _DASHES})
    return table


@lru_cache(maxsize=1)
def _plain_codes() -> NDArray[np.uint32]:
    return _codes(_plain_table())


@lru_cache(maxsize=1)
def _contact_codes() -> NDArray[np.uint32]:
    return _codes(_contact_table())


def _codes(table: dict[int, str]) -> NDArray[np.uint32]:
    codes = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    for point, char in table.items():
        codes[point] = ord(char)
    return codes


def _mapped(text: str, codes: NDArray[np.uint32]) -> str:
    """The text with each character exchanged for another."""
    return characters(codes[code_points(text)])


@lru_cache(maxsize=1)
def _digit_signs() -> frozenset[str]:
    """Signs and Chinese characters that could be digits."""
    return frozenset(chr(point) for point, to in _contact_table().items() if to.isdigit())


def _beside_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Where such signs, four at most, stand on either side of a number that is whole without them; in order, maybe empty."""
    signs = _digit_signs()
    for number in _LONG_NUMBER.finditer(text):
        start, end = low, high = number.span()
        if end - start not in _WHOLE:
            continue
        while low and start - low < _BESIDE and text[low - 1] in signs:
            low -= 1
        yield low, start
        while high < len(text) and high - end < _BESIDE and text[high] in signs:
            high += 1
        yield end, high


def plain_view(text: str) -> View:
    """The view for most rules: width and compatibility forms folded, invisible characters gone, escapes decoded."""
    if not _needs_fold(text):
        return View(text)
    return _rewrite(_mapped(text, _plain_codes()))


def _needs_fold(text: str) -> bool:
    """Whether anything in a text may be folded, dropped or decoded."""
    if len(text) <= _LONG:
        return _NEEDS_FOLD.search(text) is not None
    kinds = _kinds_of_signs().take(code_points(text))
    return kinds.min() == 0 or any(_SIGN.match(text, at) for at in np.flatnonzero(kinds == 2).tolist())


@lru_cache(maxsize=1)
def _kinds_of_signs() -> NDArray[np.uint8]:
    """By code point: 0 where it is folded or dropped, 2 where something may begin with it that is, 1 where it stays."""
    kinds = np.zeros(sys.maxunicode + 1, np.uint8)
    for low, high in ((0x20, 0x7F), (0x3400, 0xA000)):
        kinds[low:high] = 1
    kinds[[ord(char) for char in f"\t\n\r{_KEPT_PUNCTUATION}〈〉×{WALL}"]] = 1
    kinds[[ord(char) for char in "&%=\\_<"]] = 2
    return kinds


def contact_view(plain: View) -> View:
    """The view for numbers and accounts: Chinese, circled and spoken digits as ASCII, look-alike letters as Latin.

    A sign or a Chinese digit that stands beside a whole number of its own (`①13900001111`, `8823316三天`) stays.
    """
    folded = _mapped(plain.text, _contact_codes())
    pieces: list[str] = []
    at = 0
    for start, end in _beside_numbers(plain.text):
        start = max(at, start)
        if start < end:
            pieces += (folded[at:start], plain.text[start:end])
            at = end
    if pieces:
        folded = "".join(pieces) + folded[at:]
    return View(folded, plain.starts, plain.ends, plain.joins)


def _rewrite(text: str) -> View:
    pieces: list[str] = []
    starts, ends = array("q"), array("q")
    at = 0
    for match in _REWRITE.finditer(text):
        start, end = match.span()
        pieces.append(text[at:start])
        starts.extend(range(at, start))
        ends.extend(range(at + 1, start + 1))
        if match["escape"]:
            for char, low, high in decode(match["escape"], start):
                char = char.translate(_plain_table())
                if not INVISIBLE.match(char):
                    pieces.append(char)
                    starts.append(low)
                    ends.append(high)
        at = end
    if not pieces:
        return View(text)
    pieces.append(text[at:])
    starts.extend(range(at, len(text)))
    ends.extend(range(at + 1, len(text) + 1))
    return View("".join(pieces), starts, ends)


def scalars(text: str) -> str:
    """The text with lone surrogates as U+FFFD, length kept: for libraries that take well-formed Unicode only."""
    return _SURROGATE.sub("\ufffd", text) if _SURROGATE.search(text) else text
