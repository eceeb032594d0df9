"""Lines of a page as they are read: text of inline elements joined, white space collapsed, each with its places in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from redactor.formats.web.splice import Place, Reading, Run, Syntax
from redactor.text.letters import whole_groups
from redactor.text.overrides import END, OVERRIDE

LONGEST: Final = 200_000
"""Characters of a line; longer ones are read in portions."""
_END = re.compile(r"[。！？；\n]|[.!?;,，](?=\s)|\s(?![0-9])")
_REACH: Final = 2_000
_WIDE: Final = "\u2e80"
"""From here on characters are as wide as Chinese ones: a line break of the source between two of them is no blank."""


class Line:
    """The line that is being read. Blanks wait until it is known what they stand between."""

    def __init__(self) -> None:
        self.filled = 0  # how many texts, blanks left out
        self.before: Place | None = None
        self._pieces: list[str] = []
        self._runs: list[Run] = []
        self.size = 0
        self._last = ""
        self._blank: tuple[int, int, bool] | None = None
        self._turned = False

    def turn(self, turned: bool, at: int, syntax: Syntax) -> None:
        """What follows is shown from right to left, or no longer: signs that stand for the element that says so."""
        if turned != self._turned:
            last = self._last
            self._put(OVERRIDE if turned else END, at, at, syntax)
            self._turned, self._last = turned, last
            self.filled -= 1

    def add(self, text: str, start: int, end: int, syntax: Syntax) -> None:
        """Go on with a text that is not blank."""
        if self._blank:
            low, high, breaks = self._blank
            self._blank = None
            if self._last and not (breaks and self._last >= _WIDE and text[0] >= _WIDE):
                self._put(" ", low, high, syntax)
        self._put(text, start, end, syntax)

    def blank(self, start: int, end: int, breaks: bool) -> None:
        """Go on with white space; `breaks`: a line break is in it."""
        if self._blank is None:
            self._blank = (start, end, breaks)
        elif self._blank[1] == start:
            self._blank = (self._blank[0], end, self._blank[2] or breaks)

    def tab(self, at: int, syntax: Syntax) -> None:
        """Go on with the next cell of a row."""
        if self._last:
            self._blank = None
            self._put("\t", at, at, syntax)

    def _put(self, text: str, start: int, end: int, syntax: Syntax) -> None:
        last = self._runs[-1] if self._runs else None
        plain = len(text) == end - start
        if last and plain and last.end == start and last.size == last.end - last.start and last.syntax is syntax:
            self._runs[-1] = Run(last.at, last.size + len(text), last.start, end, syntax)
        else:
            self._runs.append(Run(self.size, len(text), start, end, syntax))
        self._pieces.append(text)
        self.size += len(text)
        self._last = text[-1]
        self.filled += not text.isspace()

    def ended(self, where: str, after: Place | None = None) -> Iterator[Reading]:
        """What was read, in portions; the line begins anew."""
        text = "".join(self._pieces)
        before = self.before
        if text and not text.isspace():
            whole = Reading(text, tuple(self._runs), where)
            for number, (low, high) in enumerate(portions(text)):
                portion = whole if high - low == len(text) else whole.part(low, high)
                yield Reading(
                    portion.text,
                    portion.runs,
                    where,
                    before=before if number == 0 else None,
                    after=after if high == len(text) else None,
                )
        self.filled, self.size, self._last, self._blank, self._turned = 0, 0, "", None, False
        self._pieces, self._runs = [], []
        self.before = after


def portions(text: str) -> Iterator[Place]:
    """A text in portions that are not too long, cut where nothing that matters goes on."""
    at = 0
    while len(text) - at > LONGEST:
        stop = at + LONGEST
        ends = (match.end() for match in _END.finditer(text, stop - _REACH, stop))
        cut = max(ends, default=whole_groups(text, stop, LONGEST))
        yield at, cut
        at = cut
    yield at, len(text)
