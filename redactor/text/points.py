"""Text as an array of code points, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def code_points(text: str) -> NDArray[np.uint32]:
    """The characters of the text as numbers; lone surrogates are numbers like any other."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def characters(points: NDArray[np.uint32]) -> str:
    """The text of such numbers."""
    return points.tobytes().decode("utf-32-le", "surrogatepass")
