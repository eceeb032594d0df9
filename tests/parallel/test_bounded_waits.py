"""SAFETY-F3: no wait for a process is without a bound, whatever becomes of it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection

import pytest

from redactor.parallel import worker
from redactor.parallel.worker import DiedError, Worker, answering, end_all


def ends_while_another_holds_its_pipe(pipe: Connection) -> Iterator[None]:
    """So that no end of the pipe shows: a process of its own has it too, for some time."""
    if not os.fork():
        time.sleep(60)
        os._exit(0)
    os._exit(7)
    yield


def does_not_end(pipe: Connection) -> Iterator[None]:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    yield None
    while True:
        time.sleep(60)


def waits(pipe: Connection) -> Iterator[object]:
    while True:
        yield pipe.recv()


def cannot_be_read_whole(pipe: Connection) -> Iterator[object]:
    """An answer of which only the beginning comes."""
    os.write(pipe.fileno(), b"\0\0\1\0half")
    os._exit(3)
    yield


@pytest.mark.slow
@pytest.mark.parametrize("way", ["answer", "answering"], ids=lambda way: f"SAFETY-F3-{way}")
def test_an_end_that_the_pipe_does_not_tell_is_found_out(way: str) -> None:
    lost = Worker(ends_while_another_holds_its_pipe)
    if way == "answering":
        assert answering([lost]) == [lost]
    with pytest.raises(DiedError, match="its process ended with 7") as died:
        lost.answer()
    assert died.value.code == 7
    with pytest.raises(DiedError, match="its process ended with 7"):  # whoever asks again is told the same
        lost.answer()
    end_all([lost])


@pytest.mark.parametrize("row", [None], ids=["SAFETY-F3-does-not-end"])
def test_a_process_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch, row: None) -> None:
    monkeypatch.setattr(worker, "_PATIENCE", 0.5)
    deaf = Worker(does_not_end, daemon=False)
    assert deaf.answer() is None
    end_all([deaf])
    assert deaf.code == -signal.SIGKILL
    assert not deaf.lives()


@pytest.mark.parametrize("row", [None], ids=["SAFETY-F3-cannot-be-talked-to"])
def test_a_process_that_cannot_be_talked_to_is_ended(row: None) -> None:
    mute = Worker(waits)
    mute.ask("a")
    assert mute.answer() == "a"
    held = os.dup(mute.pipe.fileno())  # so that its end of the pipe does not close
    os.close(mute.pipe.fileno())
    try:
        with pytest.raises(DiedError):
            mute.answer()
        assert not mute.lives()
    finally:
        os.dup2(held, mute.pipe.fileno())  # what the connection closes is its own
        os.close(held)
        end_all([mute])


def test_half_an_answer_is_none() -> None:
    half = Worker(cannot_be_read_whole)
    with pytest.raises(DiedError, match="its process ended with 3"):
        half.answer()
