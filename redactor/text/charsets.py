"""The encodings that the program works in, loaded before any text is: Python looks for an encoding when it is first named, and one that
it can't load just then (no handle left, a broken disk) is unknown to it from then on."""

from __future__ import annotations

import codecs
from typing import Final

CARRIED: Final = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
"""What a text that is Base64 or hexadecimal may be in."""
_NEEDED: Final = (
    *CARRIED, "utf-16", "utf-32-le", "utf-32-be",
    "gbk", "gb2312", "big5", "big5hkscs", "latin-1", "cp1252", "cp437",
)  # fmt: skip


def load(names: tuple[str, ...] = _NEEDED) -> None:
    """Load encodings; ImportError names the one that can't be."""
    for name in names:
        try:
            codecs.lookup(name)
        except LookupError as error:
            raise ImportError(f"encoding {name} can't be loaded", name=f"encodings.{name}") from error


load()
