"""What a rule's pattern asks of a text, ready to be looked for: classes of characters, literals by number, digits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import regex
from numpy.typing import NDArray

from redactor.matching.digits import Digits
from redactor.model import Span

END: Final = 0x10000
"""Stands for the end of the text where the character after something is asked for."""
ASTRAL: Final = 0x10001
"""Stands for every character beyond the Basic Multilingual Plane that is no digit: it may be of any other class."""
ASTRAL_DIGIT: Final = 0x10002
"""Stands for every digit beyond it."""


class CharClass:
    """Whether characters are of a class; each is looked at when it is first met."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._bytes = bytearray(b"\xff") * (ASTRAL_DIGIT + 1)
        self._answers = np.frombuffer(self._bytes, np.int8)
        self._answers[[ASTRAL, ASTRAL_DIGIT]] = 1

    @cached_property
    def _pattern(self) -> regex.Pattern[str]:
        return regex.compile(self._source)

    def _is(self, code: int) -> bool:
        return self._pattern.match("" if code == END else chr(code)) is not None

    def has(self, codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
        """For each code, characters beyond the first plane given as what stands for them, whether it is of the class."""
        answers = self._answers.take(codes)
        if answers.min(initial=0) < 0:
            for code in np.unique(codes[answers < 0]).tolist():
                self._answers[code] = self._is(code)
            answers = self._answers.take(codes)
        chosen: NDArray[np.bool_] = answers == 1
        return chosen

    def fits(self, code: int) -> bool:
        """The same of one code."""
        answer = self._bytes[code]
        if answer > 1:
            answer = self._bytes[code] = self._is(code)
        return answer == 1


@dataclass(frozen=True, slots=True)
class Lookout:
    """One way into a rule's pattern: sets of literals by number with the reach of each, digits, the characters where it begins."""

    sets: tuple[Mapping[int, Span], ...]
    needs: int
    """What a text must hold, as the bits of a number: one of each set, as many digits."""
    digits: Digits | None
    signs: tuple[tuple[int, CharClass], ...]
    """What may stand where a match begins, and how far from there each stands."""
    opened: bool
    """Whether so few places are left by these that each is tried by itself."""
