"""The memory of a test process in large pages: each fork copies the table of all pages, which for hundreds of megabytes in small ones takes longer than what many a test does."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from itertools import count
from pathlib import Path

_COLLAPSE = 25
"""Of madvise(2), since Linux 6.1: make one large page of the small ones, now."""
_LARGE = 1 << 21
_FIRST, _EVERY = 8, 32
"""At which fork of a process it is done first, and after how many again: what was written to meanwhile is in small pages again."""


def large_pages() -> None:
    """From now on memory of this process is put into large pages before some of its forks; elsewhere than on Linux nothing is done."""
    process, forks = os.getpid(), count()

    def before() -> None:
        if os.getpid() == process and next(forks) % _EVERY == _FIRST:
            with suppress(OSError, AttributeError):
                _collapse()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=before)


def _collapse() -> None:
    advise = ctypes.CDLL(None).madvise
    advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for line in Path("/proc/self/maps").read_text("utf-8", "replace").splitlines():
        addresses, access, _, _, _, *name = line.split(maxsplit=5)
        if access == "rw-p" and name in ([], ["[heap]"]):
            first, last = (int(address, 16) for address in addresses.split("-"))
            for start in range(-(-first // _LARGE) * _LARGE, last - _LARGE + 1, _LARGE):
                advise(start, _LARGE, _COLLAPSE)
