"""Where a text may be cut without cutting what is spelt in letters of Base64, hexadecimal or uuencode."""

from __future__ import annotations

import re
from typing import Final

WRAPPED: Final = 56
"""Letters of a line from which on it is one of several that belong together."""
_LETTERS: Final = re.compile(r"[A-Za-z0-9+/_-]*+")
_OPEN: Final = re.compile(r"[ \t>]*+(?:M[ -`]{60}|begin [0-7]{3,4} [^\n]*|-----BEGIN [^\n]*)\r?\n")
"""A line of uuencode that another one follows; one that begins a passage."""


def before_letters(text: str, end: int) -> int:
    """The end of a line, or where the lines begin that end there in letters from side to side and belong with what follows."""
    while end:
        line = text[max(0, end - WRAPPED - 2) : end].rstrip("\r\n")[-WRAPPED:]
        start = text.rfind("\n", 0, end - 1) + 1
        if (len(line) < WRAPPED or not _LETTERS.fullmatch(line)) and not _OPEN.fullmatch(text, start, end):
            break
        end = start
    return end


def whole_groups(text: str, end: int, most: int) -> int:
    """Where a text that must be cut at `end` is cut so that groups of four letters stay whole; `most`: how far back a run is followed."""
    begin = end
    low = max(0, end - most)
    step = 1 << 12
    while begin > low:
        at = max(low, begin - step)
        back = text[at:begin][::-1]
        run = _LETTERS.match(back)
        begin -= run.end() if run else 0
        if not run or run.end() < len(back):
            break
    return end - (end - begin) % 4 or end
