"""Text and file names made safe to be shown on a terminal or in a message."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path


def show(path: Path | str) -> str:
    """A file name for a message: control characters, invalid bytes and terminal escapes made visible."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return escape(text)


def escape(text: str) -> str:
    """Text made safe for a terminal: everything that does not print is shown as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def columns(text: str) -> int:
    """How many columns a text takes on a terminal (Unicode's East Asian Width: wide and full-width characters take two)."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
