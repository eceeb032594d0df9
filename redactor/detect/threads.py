"""One thread for the linear algebra, while we use it: our matrices are small, and threads that wait for each other burn processors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController


@cache
def _libraries() -> ThreadpoolController:
    """The libraries of linear algebra that this process has loaded; they are looked for once, after numpy is there."""
    return ThreadpoolController().select(user_api="blas")


@contextmanager
def one_thread() -> Iterator[None]:
    """In the block each product of matrices takes one thread; after it the process has as many as before.

    The number belongs to the whole process: where several threads of a program are in the block at once, one of them may leave
    the number at one for the others, or at what it was. Results are the same either way.
    """
    # Not by the controller's own way to do so, which takes stock of all libraries each time.
    before = [(library, threads) for library in _libraries().lib_controllers if (threads := library.num_threads) != 1]
    for library, _ in before:
        library.set_num_threads(1)
    try:
        yield
    finally:
        for library, threads in before:
            library.set_num_threads(threads)
