"""What a reader does not see: invisible characters, marks on characters, inline markup. Edits grow over it, in pairs.

Sources: Unicode general categories Cf, Mn, Me, Cc and Default_Ignorable_Code_Point (UAX #44), bidi controls (UAX #9).
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Final

import numpy as np
import regex
from numpy.typing import NDArray

from redactor.model import Span
from redactor.text.points import characters, code_points
from redactor.text.separator import WALL

# Format, variation, tag and control characters, combining marks, and the letters that show as blanks.
INVISIBLE_CLASS: Final = (
    r"[\p{Cf}\p{Mn}\p{Me}\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u2800\u3164\uffa0]"
)
INVISIBLE: Final = regex.compile(INVISIBLE_CLASS)

_PLAIN = frozenset(
    (*map(chr, range(0x4E00, 0xA000)), *map(chr, range(0x20, 0x7F)), *"，。、：；（）“”×\n")
).__contains__

# Markup that changes how a word looks but not what it says; no attribute that could hold a value of its own.
_ATTRIBUTE = rf"""\s+(?:style|class|color|size|face|lang|dir)\s*=\s*(?:"[^"<>{WALL}]{{0,120}}"|'[^'<>{WALL}]{{0,120}}'|[^\s<>"']{{1,40}})"""
_NAMES = r"(?:b|i|u|c(?:\.[A-Za-z0-9_-]{1,20}){0,3}|s|em|strong|span|font|small|big|sub|sup|mark|del|ins|code|tt|wbr|nobr|bdo|bdi)"
_HIDING = r"(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0)"
_HIDDEN = rf"<span\s[^<>{WALL}]{{0,120}}{_HIDING}[^<>{WALL}]{{0,80}}>[^<>\p{{Han}}]{{0,7}}</span>"
_TAG = rf"</?{_NAMES}(?:{_ATTRIBUTE}){{0,3}}\s*/?>"
_COMMENT = rf"<!--[^<>{WALL}]{{0,200}}-->"
_INSIDE = r"[\p{L}\p{N}@._\-]"
INLINE_MARKUP: Final = rf"(?<={_INSIDE})(?:(?i:{_HIDDEN}|{_TAG})|{_COMMENT})++(?={_INSIDE})"
"""Inline tags, short hidden spans and comments that stand inside a word or a number."""

_ANY_TAG = regex.compile(rf"(?i)<(?P<close>/?)(?P<name>{_NAMES})(?=[\s/>])[^<>]{{0,300}}>")
_VOID = frozenset(("wbr",))
_BIDI_OPEN = {"\u202a": "\u202c", "\u202b": "\u202c", "\u202d": "\u202c", "\u202e": "\u202c"} | dict.fromkeys(
    "\u2066\u2067\u2068", "\u2069"
)
_BIDI_CLOSE = frozenset("\u202c\u2069")


def has_invisible(text: str) -> bool:
    """Whether `widen` could grow any span of the text."""
    if "<" in text:
        return True
    points = code_points(text)
    return INVISIBLE.search(characters(points[~_common().take(points)])) is not None


@lru_cache(maxsize=1)
def _common() -> NDArray[np.bool_]:
    """By code point: whether it is one of those that nearly all Chinese text is made of, and that show."""
    table = np.zeros(sys.maxunicode + 1, np.bool_)
    for low, high in ((0x20, 0x7F), (0x3001, 0x302A), (0x4E00, 0xA000), (0xFF01, 0xFF5F)):
        table[low:high] = True
    table[[ord(char) for char in "\n\r\t“”‘’…—·×"]] = True
    return table


def widen(text: str, start: int, end: int, low: int, high: int) -> Span:
    """`[start, end)` grown over neighbouring invisible characters, within `[low, high)`.

    It takes whole pairs of bidi controls and of inline tags where the other half stands next to it.
    """
    left, right = start, end
    while left > low and not _PLAIN(text[left - 1]) and INVISIBLE.match(text, left - 1):
        left -= 1
    while right < high and not _PLAIN(text[right]) and INVISIBLE.match(text, right):
        right += 1
    if right - left > end - start:
        left, right = _whole_pairs(text, left, right, start, end)
    if text.find("<", start, end) >= 0:
        left, right = _whole_elements(text, left, right, low, high)
    return left, right


def _whole_pairs(text: str, left: int, right: int, start: int, end: int) -> Span:
    """Give back a bidi control at the edges whose partner stays in the line outside."""
    opened: list[int] = []
    alone: list[int] = []
    for at in range(left, right):
        char = text[at]
        if char in _BIDI_OPEN:
            opened.append(at)
        elif char in _BIDI_CLOSE:
            if opened and _BIDI_OPEN[text[opened[-1]]] == char:
                opened.pop()
            else:
                alone.append(at)
    line_start = max(text.rfind("\n", 0, left), text.rfind("\r", 0, left)) + 1
    before, after = text[line_start:left], text[right:].split("\n", 1)[0] if opened else ""
    for at in alone:
        if any(close == text[at] and mark in before for mark, close in _BIDI_OPEN.items()):
            left, right = (max(left, at + 1), right) if at < start else (left, min(right, at) if at >= end else right)
    for at in reversed(opened):
        if _BIDI_OPEN[text[at]] in after:
            left, right = (max(left, at + 1), right) if at < start else (left, min(right, at) if at >= end else right)
    return left, right


def _whole_elements(text: str, left: int, right: int, low: int, high: int) -> Span:
    """Take in the other half of an inline element that the span cuts, when it stands right beside the span."""
    opened: list[str] = []
    closed: list[str] = []
    for tag in _ANY_TAG.finditer(text, left, right):
        name = tag["name"].lower()
        if not tag["close"]:
            if name not in _VOID:
                opened.append(name)
        elif opened and opened[-1] == name:
            opened.pop()
        else:
            closed.append(name)
    for name in closed:
        at = text.rfind("<", low, left)
        tag_before = _ANY_TAG.match(text, at, left) if at >= 0 else None
        if not tag_before or tag_before.end() != left or tag_before["close"] or tag_before["name"].lower() != name:
            break
        left = at
    for name in reversed(opened):
        tag_after = _ANY_TAG.match(text, right, high)
        if not tag_after or not tag_after["close"] or tag_after["name"].lower() != name:
            break
        right = tag_after.end()
    return left, right
