"""The views that rules see: the input folded (NFKC where it is one to one, invisible characters dropped, escapes decoded).

A view carries a map back to the input, so that an edit lands on what the reader of the file sees. Folding follows
Unicode NFKC (UAX #15) for single characters and UTS #39's idea of confusables for the `contact` view.
"""

from __future__ import annotations

import html
import unicodedata
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex

from redactor.model import Span

_KEPT_PUNCTUATION = "，：；？！（）｜＂＇　　“”‘’·・…—。、〔〕【】《》「」『』￥"
_PLAIN_RANGES = ((0xA0, 0x3400), (0xF900, 0x10000), (0x1D400, 0x1D800), (0x1F100, 0x1F200), (0x2F800, 0x2FA20))
_DASHES = "‐‑‒–−﹣－ー"
_CHINESE_DIGITS = {
    "〇○零洞": "0", "一壹幺弌": "1", "二贰貳两弍": "2", "三叁參叄弎": "3", "四肆": "4", "五伍": "5",
    "六陆陸": "6", "七柒拐": "7", "八捌": "8", "九玖勾": "9",
}  # fmt: skip
_LATIN_LOOKALIKES = {
    "аɑα": "a", "в": "b", "сϲ": "c", "ԁ": "d", "еє": "e", "һ": "h", "іιӏ": "i", "ј": "j", "к": "k", "м": "m", "ո": "n",
    "оοօ": "o", "рρ": "p", "ѕ": "s", "т": "t", "υս": "u", "ν": "v", "ԝ": "w", "хχ": "x", "уγ": "y",
    "АΑ": "A", "ВΒ": "B", "С": "C", "ЕΕ": "E", "НΗ": "H", "ІΙ": "I", "КΚ": "K", "МΜ": "M", "Ν": "N", "ОΟ": "O",
    "РΡ": "P", "Ѕ": "S", "ТΤ": "T", "Ζ": "Z", "ХΧ": "X", "У": "Y",
}  # fmt: skip

# Format, variation, tag and control characters, combining marks, and the letters that show as blanks.
_INVISIBLE = (
    r"[\p{Cf}\p{Mn}\p{Me}\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u2800\u3164\uffa0]"
)
_ESCAPE = r"&\#(?:[0-9]{2,7}|[xX][0-9a-fA-F]{2,6});|(?:%[0-9A-Fa-f]{2}){3,}|\\u[0-9a-fA-F]{4}"
_REWRITE = regex.compile(rf"(?P<drop>{_INVISIBLE}+)|(?P<escape>{_ESCAPE})")
_NEEDS_FOLD = regex.compile(
    rf"[^\t\n\r\x20-\x7e\u3400-\u9fff{_KEPT_PUNCTUATION}〈〉×]|&\#[0-9xX]|%[0-9A-Fa-f]{{2}}%|\\u[0-9a-fA-F]{{4}}"
)
_SURROGATE = regex.compile(r"[\ud800-\udfff]")
INVISIBLE = regex.compile(_INVISIBLE)


@dataclass(frozen=True, slots=True)
class View:
    """A folded text; `starts[i]`/`ends[i]` delimit the input characters behind view character i (None: the identity)."""

    text: str
    starts: array[int] | None = None
    ends: array[int] | None = None

    def span(self, start: int, end: int) -> Span:
        """The input span behind the view's `[start, end)`, which must not be empty."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]

    def select(self, ranges: list[Span], glue: str) -> View:
        """A view of some ranges of this one, with `glue` between them; what is glued maps to no input of its own."""
        pieces: list[str] = []
        starts, ends = array("q"), array("q")
        for number, (start, end) in enumerate(ranges):
            if number and glue:
                pieces.append(glue)
                starts.extend([ends[-1] if ends else 0] * len(glue))
                ends.extend([starts[-1]] * len(glue))
            pieces.append(self.text[start:end])
            starts.extend(range(start, end) if self.starts is None else self.starts[start:end])
            ends.extend(range(start + 1, end + 1) if self.ends is None else self.ends[start:end])
        return View("".join(pieces), starts, ends)


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
    return table


@lru_cache(maxsize=1)
def _contact_table() -> dict[int, str]:
    table: dict[int, str] = {}
    for point in (*range(0xB2, 0xBA), *range(0x2070, 0x208A), *range(0x2460, 0x2500), *range(0x2776, 0x2794)):
        digit = unicodedata.digit(chr(point), None)
        if digit is not None:
            table[point] = str(digit)
    table[0x24FF] = "0"
    for chars, digit_char in (*_CHINESE_DIGITS.items(), *_LATIN_LOOKALIKES.items()):
        table.update({ord(c): digit_char for c in chars})
    table.update({ord(c): "-" for c in _DASHES})
    return table


def plain_view(text: str) -> View:
    """The view for most rules: width and compatibility forms folded, invisible characters gone, escapes decoded."""
    if not _NEEDS_FOLD.search(text):
        return View(text)
    return _rewrite(text.translate(_plain_table()))


def contact_view(plain: View) -> View:
    """The view for numbers and accounts: Chinese, circled and spoken digits as ASCII, look-alike letters as Latin."""
    return View(plain.text.translate(_contact_table()), plain.starts, plain.ends)


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
            for char, low, high in _unescape(match["escape"], start):
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


def _unescape(escape: str, offset: int) -> Iterator[tuple[str, int, int]]:
    decode: Callable[[str, int], Iterator[tuple[str, int, int]]] = {
        "&": _unescape_entity,
        "%": _unescape_percent,
        "\\": _unescape_json,
    }[escape[0]]
    return decode(escape, offset)


def _unescape_entity(escape: str, offset: int) -> Iterator[tuple[str, int, int]]:
    yield from ((c, offset, offset + len(escape)) for c in html.unescape(escape)[:1])


def _unescape_json(escape: str, offset: int) -> Iterator[tuple[str, int, int]]:
    yield chr(int(escape[2:], 16)), offset, offset + len(escape)


def _unescape_percent(escape: str, offset: int) -> Iterator[tuple[str, int, int]]:
    data = bytes.fromhex(escape.replace("%", ""))
    try:
        decoded = data.decode("utf-8")
    except UnicodeDecodeError:
        yield from ((c, offset + i, offset + i + 1) for i, c in enumerate(escape))
        return
    for char in decoded:
        width = 3 * len(char.encode("utf-8"))
        yield char, offset, offset + width
        offset += width


def scalars(text: str) -> str:
    """The text with lone surrogates as U+FFFD, length kept: for libraries that take well-formed Unicode only."""
    return _SURROGATE.sub("\ufffd", text) if _SURROGATE.search(text) else text


def widen(text: str, start: int, end: int, low: int, high: int) -> Span:
    """`[start, end)` grown over neighbouring invisible characters, within `[low, high)`."""
    while start > low and INVISIBLE.match(text, start - 1):
        start -= 1
    while end < high and INVISIBLE.match(text, end):
        end += 1
    return start, end
