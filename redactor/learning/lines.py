"""What is counted of a document: the lines at its head and tail, folded, as 64-bit hashes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from heapq import nlargest
from typing import Final

from redactor.text.fold import scalars
from redactor.text.lines import NEEDS_FOLD, WIDE
from redactor.text.script import SIMPLIFIED, TRADITIONAL

EDGE: Final = 30
"""So many lines that are not blank are the head of a document, and so many its tail; what lies between is no site's."""
_MIDDLE: Final = 40
"""So many lines of what lies between, the longest, are looked at to tell copies of a document by."""
_LONGEST_BEGINNING, _LONGEST_BEGUN = 14, 80
"""Characters before a colon, the colon among them, and of a line that counts by its beginning too."""
_SIZE: Final = 200
"""A longer line weighs no more than one of so many characters in telling copies."""
_SPACE: Final = re.compile(r"[^\S\n]+")
_DIGITS: Final = re.compile(r"\d[\d.,:/-]*")
_OLD_FORMS: Final = re.compile(f"[{TRADITIONAL}]")
LINE, BEGINNING, MIDDLE = 0, 1, 2


Row = tuple[int, int, int, int]
"""A line of a document, or the beginning of one: its hash; LINE, BEGINNING or MIDDLE; whether it stands in the second half, 0 or 1; how much
it says. A plain tuple, for there are very many."""


def folded_lines(text: str) -> list[str]:
    """The lines of a text, each as finely folded as `known_lines.key` has it, or finer: what is equal here is equal there.

    Done on the whole text at once, for a call a line would cost more than all else together.
    """
    text = one_line_end(text)
    if NEEDS_FOLD.search(text):
        text = unicodedata.normalize("NFKC", scalars(text))
        text = text.translate(SIMPLIFIED) if _OLD_FORMS.search(text) else text
    else:
        for wide, narrow in WIDE:
            text = text.replace(wide, narrow)
    return _DIGITS.sub("0", _SPACE.sub("", text)).split("\n")


def one_line_end(text: str) -> str:
    """The text with one kind of line end: the lines of `folded_lines` are those between them."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def hashed(line: str) -> int:
    """64 bits of a folded line. Python's own hash (SipHash) has a key of its own in each process, which nobody can aim at; what is hashed
    in one run is compared in that run alone."""
    return hash(line)


def rows(lines: Sequence[str]) -> Iterator[Row]:
    """What is counted of a document, given its folded lines: each line once, and so each beginning."""
    shown = [line for line in lines if line]
    count = len(shown)
    edges = shown if count <= 2 * EDGE else shown[:EDGE] + shown[-EDGE:]
    half = len(edges) // 2
    found: dict[str, int] = {}
    for number, line in enumerate(edges):
        found.setdefault(line, number)
    begun: dict[str, int] = {}
    for line, number in found.items():
        late = 1 if number >= half else 0
        size = len(line)
        yield hash(line), LINE, late, size if size < _SIZE else _SIZE
        at = line.find(":", 1, _LONGEST_BEGINNING)
        if at > 0 and size <= _LONGEST_BEGUN:
            begun.setdefault(line[: at + 1], late)
    for beginning, late in begun.items():
        yield hash(beginning), BEGINNING, late, 0
    if count > 2 * EDGE:
        longest = nlargest(
            _MIDDLE, {line for line in shown[EDGE:-EDGE] if line not in found}, lambda line: (len(line), line)
        )
        yield from ((hash(line), MIDDLE, 0, min(len(line), _SIZE)) for line in longest)
