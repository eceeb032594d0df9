"""What a text is made of beside sentences: what stands right below one of several numbered headings, the rows of a table, a signature."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from redactor.packaged import any_word_of
from redactor.text.lines import Line, speaks

_HEADINGS: Final = (
    re.compile(r"\s*[一二三四五六七八九十]{1,3}[、.．]\s*[\u4e00-\u9fff]"),
    re.compile(r"\s*[（(][一二三四五六七八九十]{1,3}[）)]\s*[\u4e00-\u9fff]"),
    re.compile(r"\s*\d{1,2}[、.．　]\s*[\u4e00-\u9fff]"),
)
"""How headings are numbered; by the first two, in Chinese."""
_LONGEST: Final = 24
_REACH: Final = 40
"""So many lines away the next heading may stand."""
_BETWEEN_FIELDS: Final = re.compile(r"\s*[|｜]\s*|　+|\t+|\s{2,}")
_LEAST_FIELDS: Final = 3
_WISHES: Final = re.compile(
    rf"{any_word_of('boilerplate-closing-words')}[!！,，。]?$".replace("…", r"\S{0,6}").replace(r"\ ", r"\s?"),
    re.IGNORECASE,
)
"""With what letters close."""
_LONGEST_SIGNATURE, _LONGEST_CARD = 8, 40
_STOPS: Final = "。；;：:！!，,"


def is_under_heading(lines: Sequence[Line], index: int) -> bool:
    """Whether a line is the sentence right below a heading that has another one of its kind above or below it."""
    if not speaks(lines[index]):
        return False
    above = index - 1
    while above >= 0 and lines[above].blank:
        above -= 1
    if above < 0:
        return False
    form = _form(lines[above])
    if form is None:
        return False
    near = (*lines[max(0, above - _REACH) : above], *lines[index + 1 : index + _REACH])
    return any(_form(line) is form for line in near)


def is_row(lines: Sequence[Line], index: int) -> bool:
    """Whether a line is one of several that are parted alike, as the rows of a table."""
    fields = _fields(lines[index].text)
    if abs(fields) < _LEAST_FIELDS:
        return False
    near = (lines[at].text for at in (index - 1, index + 1) if 0 <= at < len(lines))
    return any(_fields(text) == fields for text in near)


def _fields(text: str) -> int:
    """How many fields a line has between wide spaces; below 0, between bars."""
    count = len(_BETWEEN_FIELDS.split(text.strip()))
    return -count if "|" in text or "｜" in text else count


def is_signed(lines: Sequence[Line], index: int) -> bool:
    """Whether a short line is of the signature below the wishes that a letter ends with."""
    passed = 0
    for line in reversed(lines[max(0, index - 2 * _LONGEST_SIGNATURE) : index + 1]):
        text = line.text.strip()
        if not text:
            continue
        if _WISHES.match(text):
            return True
        passed += 1
        if passed > _LONGEST_SIGNATURE or len(text) > _LONGEST_CARD:
            return False
    return False


def is_section(text: str) -> bool:
    """Whether a line begins as the heading of a section does: a text that has any has begun above it."""
    return any(form.match(text) for form in _HEADINGS[:2])


def _form(line: Line) -> re.Pattern[str] | None:
    """How a heading is numbered; None for a line that is none."""
    text = line.text.strip()
    if not text or len(text) > _LONGEST or text[-1] in _STOPS:
        return None
    return next((form for form in _HEADINGS if form.match(text)), None)
