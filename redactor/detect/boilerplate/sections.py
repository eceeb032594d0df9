"""Sections of a text: what stands right below one of several numbered headings is of the text, whatever it speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from redactor.text.lines import Line, speaks

_HEADINGS: Final = (
    re.compile(r"\s*[一二三四五六七八九十]{1,3}[、.．]\s*[\u4e00-\u9fff]"),
    re.compile(r"\s*[（(][一二三四五六七八九十]{1,3}[）)]\s*[\u4e00-\u9fff]"),
    re.compile(r"\s*\d{1,2}[、.．　]\s*[\u4e00-\u9fff]"),
)
"""How headings are numbered."""
_LONGEST: Final = 24
_REACH: Final = 40
"""So many lines away the next heading may stand."""
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


def _form(line: Line) -> re.Pattern[str] | None:
    """How a heading is numbered; None for a line that is none."""
    text = line.text.strip()
    if not text or len(text) > _LONGEST or text[-1] in _STOPS:
        return None
    return next((form for form in _HEADINGS if form.match(text)), None)
