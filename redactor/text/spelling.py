"""How bytes are spelt in letters: alphabet, padding, case, width of lines; read from a text, and written again the same way."""

from __future__ import annotations

import binascii
import re
import string
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import zip_longest
from typing import Final

from redactor.text.letters import WRAPPED

_ALPHABET: Final = f"{string.ascii_uppercase}{string.ascii_lowercase}{string.digits}+/"
BASE64: Final = str.maketrans("-_", "+/")
"""From the alphabet for addresses to the usual one."""
_ADDRESS: Final = str.maketrans("+/", "-_")
_LETTERS: Final = re.compile(r"(?:[A-Za-z0-9+/_-]++|%(?:2[BbFf]|3[Dd])|\\/|\\u00(?:2[BbFf]|3[Dd]))++={0,2}")
_ESCAPED: Final = re.compile(r"%[0-9A-Fa-f]{2}|\\/|\\u00[0-9A-Fa-f]{2}")
_ESCAPED_END: Final = re.compile(r"%(?:2[BbFf]|3[Dd])|\\u00(?:2[BbFf]|3[Dd])")
_BREAK: Final = re.compile(r"(?:\r\n?|\n|\\r\\n|\\n)[ \t>]*+")
"""Between two lines; within a string of a program, spelt out."""
_UU_BYTES: Final = 45
_USUAL_WIDTHS: Final = frozenset((60, 64, 70, 72, 76))


@dataclass(frozen=True, slots=True)
class Spelling:
    """Bytes as a text spells them: `size` characters; `letters`, those of the usual alphabet without breaks.

    `lines`: where each line begins and ends, from the first character on. `encode`: other bytes in lines of the same kind. `between`: what
    stands between two lines.
    """

    size: int
    letters: str
    data: bytes
    lines: tuple[tuple[int, int], ...]
    encode: Callable[[bytes], list[str]]
    raw: str
    between: str = ""

    @property
    def widths(self) -> list[int]:
        """How long the first line and the second one are; empty for one line."""
        return _widths(self.lines)

    def edits(self, start: int, data: bytes) -> list[tuple[int, int, str]]:
        """The lines that are written anew where other bytes are spelt from `start` on: start, end and text of each."""
        found: list[tuple[int, int, str]] = []
        written = self.encode(data) or [""]
        stop = 0
        for number, (old, new) in enumerate(zip_longest(self.lines, written)):
            if old is None:
                found.append((start + stop, start + stop, "".join(self.between + line for line in written[number:])))
                break
            low, high = old
            if new is None:
                found.append((start + stop, start + self.size, ""))
                break
            if self.raw[low:high] != new:
                found.append((start + low, start + high, new))
            stop = high
        return found

    def moved(self, by: int) -> Spelling:
        """The same letters in other groups: the first ones stay as they are."""
        if not by:
            return self
        head, rest = self.letters[:by], self.letters[by:]
        whole = rest[: len(rest) // 4 * 4]
        padding = self.raw[len(self.raw.rstrip("=")) :]
        widths = self.widths

        def encode(data: bytes) -> list[str]:
            new = b64encode(data).decode("ascii").rstrip("=") if len(data) % 3 == 0 else b64encode(data).decode("ascii")
            line = head + new + rest[len(whole) :] + padding
            return _wrapped(line.translate(_ADDRESS) if "-" in self.raw or "_" in self.raw else line, widths)

        return replace(self, data=binascii.a2b_base64(whole), encode=encode)


def base64_spelling(text: str, start: int, run: str) -> Spelling | None:
    """What is spelt in Base64 from a place of a text on: `run`, or when that is empty all that goes on there, over lines too."""
    match = None if run else _LETTERS.match(text, start)
    first = run or (match.group() if match else "")
    if not first:
        return None
    if _ESCAPED.search(first):
        return _escaped(first)
    lines = [(0, len(first))] if run or first.endswith("=") else _lines(text, start, first, _alphabet(first), "={0,2}+")
    return _base64(text[start : start + lines[-1][1]], lines)


def spelt_from(text: str, at: int, low: int) -> int:
    """Where letters begin, some of them escaped, that go on at a place; nothing before `low` is looked at."""
    if not _ESCAPED_END.match(text, at - 1) and text[at - 2 : at] != "\\/":
        return at
    for match in _LETTERS.finditer(text, low):
        if match.end() > at:
            return min(match.start(), at)
    return at


def read_spelling(text: str, start: int, end: int) -> Spelling | None:
    """What a stretch of a text spells in Base64."""
    return _base64(text[start:end], [(0, end - start)])


def _base64(raw: str, lines: list[tuple[int, int]]) -> Spelling | None:
    spelt = "".join(raw[low:high] for low, high in lines) if len(lines) > 1 else raw
    data = _decoded(spelt)
    if data is None:
        return None
    between = raw[lines[0][1] : lines[1][0]] if len(lines) > 1 else ""
    widths = _widths(lines)
    letters = spelt.rstrip("=").translate(BASE64)
    tail = letters[len(letters) - 1 :] if len(letters) % 4 == 1 else ""
    encode = partial(_in_base64, _manner(spelt), tail, _cut_off(letters, data), widths)
    return Spelling(len(raw), letters, data, tuple(lines), encode, raw, between)


def _widths(lines: Sequence[tuple[int, int]]) -> list[int]:
    """How long the first line and the second one are; empty for one line."""
    return [high - low for low, high in lines[:2]] if len(lines) > 1 else []


def _decoded(spelt: str) -> bytes | None:
    """The bytes of Base64, with or without its padding; None for what is in two alphabets at once."""
    letters = spelt.rstrip("=")
    if ("-" in letters or "_" in letters) and ("+" in letters or "/" in letters):
        return None
    whole = letters if len(letters) % 4 != 1 else letters[:-1]
    try:
        return binascii.a2b_base64(whole.translate(BASE64) + "=" * (-len(whole) % 4))
    except (binascii.Error, ValueError):
        return None


def _manner(spelt: str) -> tuple[bool, bool]:
    """Whether letters are of the alphabet for addresses, and whether they are padded."""
    letters = spelt.rstrip("=")
    usual = "+" in letters or "/" in letters
    address = "-" in letters or "_" in letters
    if len(letters) < len(spelt):
        return address, True
    return address, len(letters) % 4 == 0 and (usual or not address)


def _cut_off(letters: str, data: bytes) -> tuple[int, int]:
    """The bits that a last letter spells of a byte that is cut off, and how many bytes are in the last group."""
    left = len(data) % 3
    if not left:
        return 0, 0
    whole = b64encode(data[-left:]).decode("ascii").rstrip("=")
    return _ALPHABET.index(letters[len(data) // 3 * 4 + left]) - _ALPHABET.index(whole[-1]), left


def _in_base64(
    manner: tuple[bool, bool], tail: str, cut_off: tuple[int, int], widths: list[int], data: bytes
) -> list[str]:
    address, padded = manner
    spelt = b64encode(data).decode("ascii")
    bits, left = cut_off
    if bits and len(data) % 3 == left:
        at = len(spelt.rstrip("=")) - 1
        spelt = spelt[:at] + _ALPHABET[_ALPHABET.index(spelt[at]) + bits] + spelt[at + 1 :]
    if not padded or tail:
        spelt = spelt.rstrip("=")
    spelt = (spelt.translate(_ADDRESS) if address else spelt) + tail
    return _wrapped(spelt, widths)


def _wrapped(spelt: str, widths: list[int]) -> list[str]:
    """Letters in lines: of the first width, then of the second one."""
    if not widths:
        return [spelt]
    first, width = widths[0], max(widths)
    return [spelt[:first], *(spelt[at : at + width] for at in range(first, len(spelt), width))]


def _escaped(raw: str) -> Spelling | None:
    """Base64 with some of its signs escaped, as in an address or in JSON."""
    written: dict[str, str] = {}

    def plain(match: re.Match[str]) -> str:
        char = "/" if match.group() == "\\/" else chr(int(match.group()[-2:], 16))
        written[char] = match.group()
        return char

    spelt = _ESCAPED.sub(plain, raw)
    if "%" in raw or "\\u" in raw:
        form = "%{:02X}" if "%" in raw else "\\u{:04x}"
        for char in "+/=":
            if char not in raw:
                written.setdefault(char, form.format(ord(char)))
    plainly = _base64(spelt, [(0, len(spelt))])
    if plainly is None:
        return None
    inner = plainly.encode
    table = str.maketrans(written)
    return replace(
        plainly,
        size=len(raw),
        raw=raw,
        lines=((0, len(raw)),),
        encode=lambda data: [line.translate(table) for line in inner(data)],
    )


def hex_spelling(text: str, start: int, run: str, between: str = "") -> Spelling | None:
    """What a run of hexadecimal digits spells, over lines too; `between`: what stands between each two."""
    lines = [(0, len(run))] if between else _lines(text, start, run, "[0-9A-Fa-f]", "")
    raw = text[start : start + lines[-1][1]]
    digits = "".join(raw[low:high] for low, high in lines).replace(between, "") if between or len(lines) > 1 else raw
    if len(digits) % 2:
        return None
    upper = digits.upper() == digits and digits.lower() != digits
    widths = _widths(lines)

    def encode(data: bytes) -> list[str]:
        spelt = data.hex(between) if between else data.hex()
        return _wrapped(spelt.upper() if upper else spelt, widths)

    breaks = raw[lines[0][1] : lines[1][0]] if len(lines) > 1 else ""
    return Spelling(len(raw), digits.lower(), bytes.fromhex(digits), tuple(lines), encode, raw, breaks)


def uu_spelling(block: str) -> Spelling | None:
    """What lines of uuencode spell."""
    lines = [match.span() for match in re.finditer(r"[^\r\n]+", block)]
    try:
        data = b"".join(binascii.a2b_uu(block[low:high]) for low, high in lines)
    except (binascii.Error, ValueError):
        return None
    grave = "`" in block

    def encode(new: bytes) -> list[str]:
        pieces = (new[at : at + _UU_BYTES] for at in range(0, len(new), _UU_BYTES))
        return [binascii.b2a_uu(piece, backtick=grave).decode("ascii").rstrip("\n") for piece in pieces]

    end = lines[-1][1]
    between = block[lines[0][1] : lines[1][0]] if len(lines) > 1 else block[end:]
    return Spelling(end, "", data, tuple(lines), encode, block[:end], between)


def _lines(text: str, start: int, first: str, letter: str, padding: str) -> list[tuple[int, int]]:
    """Where the lines of letters begin and end that go on from a first one, counted from there: all as long as the second, but for the last."""
    lines = [(0, len(first))]
    if len(first) < WRAPPED and not padding:
        return lines
    gap = _BREAK.match(text, start + len(first))
    if not gap:
        return lines
    line = _line(letter)
    following = line.match(text, gap.end())
    second = len(following.group()) if following else 0
    width = max(len(first), second)
    if width < WRAPPED or (second > len(first) and start and text[start - 1] in "\r\n"):
        return lines
    at = start + len(first)
    for low, high in _more(text, at, gap.group(), letter, padding, width):
        if high - low < width and (sum(e - s for s, e in lines) + high - low) % (4 if padding else 2):
            break
        if high - low < width and len(lines) == 1 and width not in _USUAL_WIDTHS and text[high - 1] != "=":
            break  # a word, as likely as not
        lines.append((low - start, high - start))
    return lines


def _alphabet(first: str) -> str:
    """The letters that may stand in the lines after a first one."""
    return "[A-Za-z0-9_-]" if "-" in first or "_" in first else "[A-Za-z0-9+/]"


def _more(text: str, at: int, gap: str, letter: str, padding: str, width: int) -> Iterator[tuple[int, int]]:
    """Lines of a width from the end of one on, and a shorter last one."""
    whole = _of_width(letter, width)
    while text.startswith(gap, at) and (match := whole.match(text, at + len(gap))):
        yield match.span()
        at = match.end()
    last = _last(letter, padding, width).match(text, at + len(gap)) if text.startswith(gap, at) else None
    if last:
        yield last.span()


@lru_cache(maxsize=4)
def _line(letter: str) -> re.Pattern[str]:
    return re.compile(f"{letter}+")


@lru_cache(maxsize=64)
def _of_width(letter: str, width: int) -> re.Pattern[str]:
    return re.compile(f"{letter}{{{width}}}(?!{letter}|=)")


@lru_cache(maxsize=64)
def _last(letter: str, padding: str, width: int) -> re.Pattern[str]:
    return re.compile(rf"(?={letter}{{1,{width}}}(?!{letter})){letter}++{padding}(?=[ \t]*+(?:[\r\n\"'`<\\\])]|\Z))")
