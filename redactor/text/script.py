"""Traditional characters as simplified ones, for cues only: those that promotional and site text is made of, and what stands about it."""

from __future__ import annotations

from typing import Final

from redactor.packaged import packaged_words

_TABLE: Final = {pair[0]: pair[1] for pair in packaged_words("text-traditional")}

TRADITIONAL: Final = "".join(_TABLE)
"""The characters that are written otherwise in simplified script, 裙 among them, under which groups hide."""
SIMPLIFIED: Final = str.maketrans(_TABLE)
