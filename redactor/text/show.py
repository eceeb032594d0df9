"""Text and file names made safe to be shown on a terminal or in a message."""

from __future__ import annotations

import os
from pathlib import Path


def show(path: Path | str) -> str:
    """A file name for a message: control characters, invalid bytes and terminal escapes made visible."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return escape(text)


def escape(text: str) -> str:
    """Text made safe for a terminal: everything that does not print is shown as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
