"""One thread for the linear algebra, while we use it: our matrices are small, and threads that wait for each other burn processors."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cache

from threadpoolctl import ThreadpoolController


@cache
def _libraries() -> ThreadpoolController:
    """The libraries of linear algebra that this process has loaded; they are looked for once, after numpy is there."""
    return ThreadpoolController().select(user_api="blas")


def one_thread() -> AbstractContextManager[object]:
    """In the block each product of matrices takes one thread; after it the process has as many as before.

    The number belongs to the whole process: where several threads of a program are in the block at once, one of them may leave
    the number at one for the others, or at what it was. Results are the same either way.
    """
    found = _libraries()
    if all(library.num_threads == 1 for library in found.lib_controllers):
        return nullcontext()
    limited: AbstractContextManager[object] = found.limit(limits=1)
    return limited
