"""Hard-wrapped text: a view in which line breaks inside a sentence are gone, so that a broken entity is found whole."""

from __future__ import annotations

from array import array
from itertools import accumulate
from unicodedata import east_asian_width

import regex

from redactor.model import Span
from redactor.text.fold import View
from redactor.text.separator import FENCE, WALL

_WALL = "\n\x00\n"
_FENCE_START, _FENCE_END = f"\n{FENCE}", f"{FENCE}\n"
"""Edges of what stands between texts that are looked at together: to what lies behind them, nothing is joined."""
_REACH = 60
"""Characters of context kept before and after a joined break; no entity is longer."""

# A break after a character that does not end a sentence or a heading, before one that can go on with it.
# Mail that flows has a blank at the end of each line that goes on (RFC 3676), and mail that is answered a sign at its beginning.
_SOFT_BREAK = regex.compile(
    r"(?:(?<=\p{Han}) (?=[\r\n]+[> \t　]*\p{Han})|(?<=[\p{Han}0-9A-Za-z.．,，、(（〔“《@_][ \t]{0,4}|[0-9A-Za-z]-))(?:\r\n|\n|\r)"
    r"(?:[ \t　]{0,8}|>[> ]{0,8})"
    r"(?=[\p{Han}0-9A-Za-z%％.)）〕”》@_]|-[0-9])"
)
# What begins an item of a list, and what stands alone in a line: no break beside these goes through a number.
_ITEM = regex.compile(
    r"\d{1,3}(?:[.．、)）](?!\d)|[ \u3000]*\t| {2,}\S|\u3000|[,，;](?!\d{3}(?!\d)))|[（(]\d{1,3}[)）]|[①-⑳]"
)
_MARKER_LINE = regex.compile(r"[ \t\u3000]*\d{1,3}[.．、)）]")
_NUMBER_LINE = regex.compile(r"[ \t\u3000]*[\d.,]+")
_TEXT_AFTER_NUMBER = regex.compile(r"\d+[\p{Han}%％]")
_BORDERS = ("\t", "|", "｜")
_LONG, _LEAST, _RAGGED = 32, 20, 2
"""In columns: a line as long as no entry of a list, as short as no line of a paragraph, shorter by so much than the next one."""


def _ends_what_stands(text: str, start: int, end: int) -> bool:
    """Whether the break `[start, end)` ends a row of a table or an item of a list, so that nothing goes on over it."""
    if _ITEM.match(text, end):
        return True
    low = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    if text[end - 1] in "> " and text.find(">", start, end) >= 0 and text[low : low + 1] != ">":
        return True  # what is quoted begins here
    if _MARKER_LINE.fullmatch(text, low, start):
        return True
    if _TEXT_AFTER_NUMBER.match(text, end) and _NUMBER_LINE.fullmatch(text, low, start):
        return True
    high = text.find("\n", end)
    high = len(text) if high < 0 else high
    return any(text.find(sign, low, start) >= 0 or text.find(sign, end, high) >= 0 for sign in _BORDERS)


def is_full(text: str, at: int) -> bool:
    """Whether the line that ends at `at` is full, as one of a wrapped paragraph is: a number may go on in the next."""
    line = text[max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1 : at]
    columns = _columns(line)
    if columns < _LEAST or columns >= _LONG:
        return columns >= _LONG
    following = text[at : at + 2 * _LONG].lstrip("\r\n").partition("\n")[0]
    return WALL in following or _columns(following) <= columns + _RAGGED


def _columns(line: str) -> int:
    """How many columns of a page it takes, up to a few more than anybody asks for."""
    return sum(1 + (east_asian_width(char) in "WF") for char in line[: 2 * _LONG].rstrip("\r"))


def unwrapped_view(plain: View) -> View | None:
    """The neighbourhoods of soft line breaks with the breaks taken out, or None when there is none."""
    text = plain.text
    ranges: list[list[Span]] = []
    last_break = -1
    for match in _SOFT_BREAK.finditer(text):
        start, end = match.span()
        if _ends_what_stands(text, start, end):
            continue
        if ranges and start - last_break <= _REACH:
            ranges[-1][-1] = (ranges[-1][-1][0], start)
        else:
            low = max(last_break, start - _REACH, 0)
            fence = text.rfind(_FENCE_END, max(0, low - 2), start)
            ranges.append([(low if fence < 0 else fence + len(_FENCE_END), start)])
        high = min(len(text), end + _REACH)
        fence = text.find(_FENCE_START, end, high + 2)
        ranges[-1].append((end, high if fence < 0 else fence))
        last_break = end
    if not ranges:
        return None
    return _concatenate(plain, ranges)


def _concatenate(plain: View, groups: list[list[Span]]) -> View:
    # Between groups stands what no rule reads across: neither white space alone nor without a line break.
    pieces: list[str] = []
    starts, ends = array("q"), array("q")
    joins: list[int] = []
    for group, following in zip(groups, [*groups[1:], None], strict=True):
        joins += accumulate((len(starts) + group[0][1] - group[0][0], *(end - start for start, end in group[1:-1])))
        text, own_starts, own_ends = plain.select(group)
        wall = _WALL + _fence(plain.text, group[-1][1], following[0][0] if following else 0)
        edge = array("q", own_ends[-1:] or (0,)) * len(wall)
        pieces += (text, wall)
        starts += own_starts + edge
        ends += own_ends + edge
    return View("".join(pieces), starts, ends, tuple(joins))


def _fence(text: str, start: int, end: int) -> str:
    """The fence that lies between two groups, if one does."""
    at = text.find(_FENCE_START, start, end)
    return text[at : text.index("\n", at + 1) + 1] if at >= 0 else ""
