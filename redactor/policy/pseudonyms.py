"""Codes of persons, places and numbers (甲, A县, 〔电话1〕): how they are written, and where they stand already.

With a key a code is made of the key and the value alone (HMAC-SHA-256, RFC 2104 and FIPS 180-4), so that it is the same in every document.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from functools import cache
from typing import Final, Literal, TypeAlias

import regex

from redactor.model import Span
from redactor.packaged import packaged_words
from redactor.policy.reserved import widest

Series: TypeAlias = Literal["stems", "letters", "numbers"]
"""What codes count with: 甲, 乙 … 癸, then numbers; A, B … Z, then numbers in brackets; numbers in brackets."""
STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SIGNS: Final = "34679ABCDEFGHJKLMNPRSTUYZ"
"""What codes that come of a key are written with: signs of which no two look alike, and none that say chat (Q, V, W, X)."""
KEYED_SIGNS: Final = 13
"""Signs of such a code: 60 bits, so that among a million values two alike are a chance of one in three million."""
_NUMBERS: Final = frozenset(
    {"PHONE_NUMBER", "CN_ID_CARD", "CREDIT_CARD", "CN_USCC", "CN_LICENSE_PLATE", "CN_PASSPORT", "QQ_NUMBER"}
)
"""Entities of which spaces, hyphens and case say nothing."""
_SPACES: Final = regex.compile(r"[\s\p{Cf}\p{Mn}\p{Me}]+")
_SEPARATORS: Final = regex.compile(r"[-‐‑–—.·]+")
_LETTER: Final = regex.compile(r"(?<![A-Za-z0-9])[A-Z](?![A-Za-z0-9])")
_INSTEAD: Final = regex.compile(r"[〔【]\p{Han}{1,8}([1-9][0-9]?)[〕】]")
_OVERFLOW: Final = regex.compile(r"(?:1[1-9]|[2-9][0-9]|[1-9][0-9]{2,6})(?![0-9])")


def identity(entity: str, value: str) -> str:
    """What tells a value from others: its text without spaces, invisible signs and width; of numbers, also without hyphens and case.

    Other forms of a name (老王, 王局长) are other values: nothing in a text proves whom they stand for.
    """
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", value))
    return _SEPARATORS.sub("", plain).upper() or plain if entity in _NUMBERS else plain


def digest(key: bytes, purpose: str, kind: str, value: str) -> int:
    """The number, of 256 bits, that a key makes of a value of some kind."""
    said = f"{purpose}\0{kind}\0{value}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hmac.new(key, said, hashlib.sha256).digest())


def code(series: Series, name: str, number: int, brackets: str) -> str:
    """The code of a number, from 1."""
    if series == "stems":
        return STEMS[number - 1] if number <= len(STEMS) else f"{name}{number}"
    if series == "letters" and number <= len(LETTERS):
        return LETTERS[number - 1]
    return f"{brackets[0]}{name}{number}{brackets[1]}"


def keyed_code(key: bytes, name: str, value: str, brackets: str) -> str:
    """The code that a key makes of a value."""
    rest, signs = digest(key, "code", name, value), ""
    for _ in range(KEYED_SIGNS):
        rest, each = divmod(rest, len(SIGNS))
        signs += SIGNS[each]
    return f"{brackets[0]}{name}{signs}{brackets[1]}"


def keyed_surrogate(key: bytes, entity: str, value: str) -> str:
    """The surrogate that a key makes of a value."""
    chosen = widest(entity)
    return chosen.at(digest(key, "fake", entity, value) % chosen.size)


def is_code(series: Series, name: str, value: str) -> bool:
    """Whether a value is a bare code already, as an earlier run has written it."""
    if series == "stems":
        return value in tuple(STEMS) or (value.startswith(name) and bool(_OVERFLOW.fullmatch(value, len(name))))
    return series == "letters" and value in tuple(LETTERS)


def codes_in(text: str, series: Series, name: str) -> set[str]:
    """The codes of a series that stand in a text, whoever has written them: no value is to get one of them."""
    spans = bracketed_spans(text, name)
    if series == "letters":
        spans += _letters(text)
    if series == "stems":
        spans += [*_stems(text), *_overflow(text, name)]
    return {text[start:end] for start, end in spans}


def code_spans(text: str, series: Series, name: str) -> list[Span]:
    """Where codes of a series stand that an earlier run seems to have written, so that nothing else is found there.

    A bare one is taken for a code only where those before it stand as well: 丁小明 is a name unless 甲, 乙 and 丙 are people too.
    """
    found = bracketed_spans(text, name)
    if series == "numbers":
        return found
    bare, signs = (_stems(text), STEMS) if series == "stems" else (_letters(text), LETTERS)
    seen = {text[start] for start, _ in bare}
    if series == "letters":  # of those that would have touched something, the number stands in brackets
        seen |= {LETTERS[int(number) - 1] for number in _INSTEAD.findall(text) if int(number) <= len(LETTERS)}
    known = {sign for place, sign in enumerate(signs) if _follows(place, signs, seen)}
    found += [(start, end) for start, end in bare if text[start] in known]
    return [*found, *_overflow(text, name)] if series == "stems" and _follows(len(signs), signs, seen) else found


def bracketed_spans(text: str, name: str) -> list[Span]:
    """Where codes in brackets stand, with numbers or signs of a key."""
    return [match.span() for match in _bracketed(name).finditer(text)]


def _follows(place: int, signs: str, seen: set[str]) -> bool:
    """Whether the codes before one stand too, but for some of many: a code may have come to stand in a word (己任)."""
    return len(seen.intersection(signs[:place])) >= place - max(0, place - 1) // 3


def _letters(text: str) -> list[Span]:
    return [match.span() for match in _LETTER.finditer(text)]


def _stems(text: str) -> list[Span]:
    """Where stems stand that are no part of a word (甲方, 自己)."""
    return [match.span(1) for match in _stem().finditer(text) if match[1]]


def _overflow(text: str, name: str) -> list[Span]:
    """Where codes stand that follow on the stems: 人员11."""
    pattern = regex.compile(regex.escape(name) + _OVERFLOW.pattern)
    return [match.span() for match in pattern.finditer(text)]


@cache
def _bracketed(name: str) -> regex.Pattern[str]:
    return regex.compile(rf"[〔【]{regex.escape(name)}(?:[1-9][0-9]{{0,6}}|[{SIGNS}]{{{KEYED_SIGNS}}})[〕】]")


@cache
def _stem() -> regex.Pattern[str]:
    words = sorted(packaged_words("text-stem-words"), key=len, reverse=True)
    return regex.compile(f"(?:{'|'.join(map(regex.escape, words))})|([{STEMS}])")
