"""A mark on the copy of an original that `--backup` keeps, so that a later run in place knows it whatever it is called.

It is an extended attribute (Linux, xattr(7)); where there are none, only the usual ending of names tells.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

USUAL: Final = ".bak"
"""What names of copies end in when nothing else is asked for."""
_NAME: Final = "user.redactor.original"


def mark_original(path: Path) -> None:
    """Mark a file as the original of what stands beside it, where the file system can."""
    if hasattr(os, "setxattr"):
        with suppress(OSError):
            os.setxattr(path, _NAME, b"1", follow_symlinks=False)


def is_original(path: Path) -> bool:
    """Whether a file is marked, and called as another that lies beside it with something added.

    The second, since a run that was killed may have marked an original before something else had its name.
    """
    return _is_marked(path) and any(path.with_name(path.name[:end]).exists() for end in range(1, len(path.name)))


def _is_marked(path: Path) -> bool:
    if hasattr(os, "getxattr"):
        with suppress(OSError):
            return bool(os.getxattr(path, _NAME, follow_symlinks=False))
    return False
