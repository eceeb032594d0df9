"""Whether colours are wanted on standard output (no-color.org; a terminal that calls itself dumb shows none)."""

from __future__ import annotations

import os
import sys


def coloured() -> bool:
    """Whether what is shown may be coloured."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
