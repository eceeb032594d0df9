"""Where a text may be cut: where no value goes on, and nothing that is spelt in letters of Base64, hexadecimal or uuencode."""

from __future__ import annotations

import re
from typing import Final

import regex

_CUT_REACH: Final = 1 << 16
_MOST_LETTERS: Final = 4_000_000
"""Characters up to which lines of Base64 that belong together are in one part."""
_GAPS: Final = (
    regex.compile(r"\r(?!\n)|[\u2028\u2029\x85]"),
    regex.compile(r"[。！？；][”’」』）\s]*+|[.!?;]\s++"),
    regex.compile(r"[，,、}\]>|\t]\s*+(?![0-9])"),
    regex.compile(r"(?<![0-9\s]) ++(?![0-9])"),
    regex.compile(r"\s++(?![0-9])"),
)
"""Where a line that is too long may be cut, best first: ends of lines other than LF, of sentences, of clauses, of words."""
WRAPPED: Final = 56
"""Letters of a line from which on it is one of several that belong together."""
_LETTERS: Final = re.compile(r"[A-Za-z0-9+/_-]*+")
_OPEN: Final = re.compile(r"[ \t>]*+(?:M[ -`]{60}|begin [0-7]{3,4} [^\n]*|-----BEGIN [^\n]*)\r?\n")
"""A line of uuencode that another one follows; one that begins a passage."""


def part_end(text: str, *, forced: bool) -> int:
    """Where a part may end: after a line, or, when it must end somewhere, after a sentence or else between words.

    0 when the text is to be read on. Text without any of these (a megabyte of digits) is cut at its end.
    """
    end = text.rfind("\n") + 1
    if end or not forced:
        start = before_letters(text, end)
        return start or (end if len(text) >= _MOST_LETTERS else 0)
    # The last characters are left for the next part: a carriage return may have its line feed there, a dot its digits.
    for gap in _GAPS:
        last = max((m.end() for m in gap.finditer(text, max(0, len(text) - _CUT_REACH), len(text) - 1)), default=0)
        if last:
            return last
    return whole_groups(text, len(text) - text.endswith("\r"), _MOST_LETTERS)


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
