"""Text as an array of code points, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

_PLANE: Final = 0x10000
FIRST_HAN: Final = 0x3400
LAST_HAN: Final = 0x9FFF
"""What counts as a Chinese character: the blocks of the basic plane, the rare ones of extension A among them."""


def is_han(char: str) -> bool:
    """Whether one character is Chinese."""
    return FIRST_HAN <= ord(char) <= LAST_HAN


def code_points(text: str) -> NDArray[np.uint32]:
    """The characters of the text as numbers; lone surrogates are numbers like any other."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def table_of(points: Iterable[int]) -> NDArray[np.bool_]:
    """By code point of the basic plane, with one place more for all beyond it: whether it is one of those points of the plane."""
    table = np.zeros(_PLANE + 1, np.bool_)
    table[list(points)] = True
    return table


def among(points: NDArray[np.uint32], table: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each of some characters whether it is one of the table's."""
    found: NDArray[np.bool_] = table[np.minimum(points, _PLANE)]
    return found


def characters(points: NDArray[np.uint32]) -> str:
    """The text of such numbers."""
    return points.tobytes().decode("utf-32-le", "surrogatepass")
