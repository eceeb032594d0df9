"""Processes of our own: what another fork of this process has of their pipes."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from multiprocessing.connection import Connection

import pytest

from redactor.parallel import worker
from redactor.parallel.worker import Worker


def doubled(pipe: Connection) -> Iterator[int]:
    while (number := pipe.recv()) is not None:
        yield 2 * number


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked here")
def test_a_fork_of_somebody_else_lets_go_of_the_pipes() -> None:
    asked = Worker(doubled)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            process = os.fork()
        if not process:
            os._exit(0 if asked.pipe.closed and not worker._ours else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0
        asked.ask(21)
        assert asked.answer() == 42
    finally:
        worker.end_all([asked])
