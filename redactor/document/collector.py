"""No search for cycles while a text is worked on: what the work makes lives to its end, and each search would go over all of it again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_rest() -> Iterator[None]:
    """In the block, or in what it decorates, Python's collector of cycles rests, if it was at work; what nothing refers to is freed as ever.

    The collector is that of the whole process: where several threads are in the block at once, it may be at work again for the others
    when the first one leaves. Results are the same either way.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
