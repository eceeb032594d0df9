"""Stretches whose characters are shown from right to left, whatever they are: as a reader sees them (UAX #9, overrides).

Only U+202E turns Chinese characters, Latin letters and digits round; other embeddings and isolates leave the order of such a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import regex

from redactor.model import Span
from redactor.text.separator import WALL

OVERRIDE: Final = "\u202e"
"""From here on characters stand from right to left, to the sign that ends it, or to the end of the line."""
END: Final = "\u202c"
_OPENED: Final = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
_CLOSED: Final = frozenset("\u202c\u2069")
_DEEPEST: Final = 125
"""Signs within signs; further ones count for nothing (UAX #9, BD2)."""
_LINE: Final = regex.compile(rf"[^\r\n\u2028\u2029{WALL}]*\u202e[^\r\n\u2028\u2029{WALL}]*")


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as it is shown; `places`: where each of its characters stands in the text."""

    text: str
    places: Sequence[int]

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        """The stretches of the text that `[start, end)` of the line is made of, in order of place."""
        found: list[Span] = []
        for place in sorted(self.places[start:end]):
            if found and found[-1][1] == place:
                found[-1] = found[-1][0], place + 1
            else:
                found.append((place, place + 1))
        return tuple(found)

    def turned(self, start: int, end: int) -> bool:
        """Whether `[start, end)` does not stand so in the text."""
        return any(b - a != 1 for a, b in zip(self.places[start:end], self.places[start + 1 : end], strict=False))


def shown_lines(text: str) -> Iterator[ShownLine]:
    """The lines in which something is turned round."""
    for line in _LINE.finditer(text):
        places = _order(text, line.start(), line.end())
        yield ShownLine("".join(text[at] for at in places), places)


def _order(text: str, start: int, end: int) -> list[int]:
    """The places of a line's characters in the order in which they are shown, without the signs that turn them."""
    stack: list[tuple[bool, list[list[int]]]] = [(False, [])]
    ignored = 0
    for at in range(start, end):
        char = text[at]
        if char in _OPENED and len(stack) <= _DEEPEST:
            stack.append((char == OVERRIDE, []))
        elif char in _OPENED:
            ignored += 1
        elif char not in _CLOSED:
            stack[-1][1].append([at])
        elif ignored:
            ignored -= 1
        elif len(stack) > 1:
            _close(stack)
    while len(stack) > 1:
        _close(stack)
    return [at for piece in stack[0][1] for at in piece]


def _close(stack: list[tuple[bool, list[list[int]]]]) -> None:
    """What was opened last is one piece of what is around it."""
    turned, pieces = stack.pop()
    stack[-1][1].append([at for piece in (reversed(pieces) if turned else pieces) for at in piece])
