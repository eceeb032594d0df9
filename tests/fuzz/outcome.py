"""What comes of one input: how far it came, or what broke."""

from __future__ import annotations

import hashlib
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from random import Random
from typing import Any, Final

from redactor.files.failures import failure
from redactor.model import RedactorError

ROOT: Final = Path(__file__).parents[2]
SECONDS: Final = 10
"""Processor time of one input: all are small, so that more means that something grows too fast."""


class Outcome(Enum):
    """How far an input came."""

    UNREAD = "did not pass the first checks"
    REFUSED = "passed them, and was refused later"
    DONE = "went through"


class PromiseError(AssertionError):
    """A promise of the program that an input breaks."""


class TooLong(BaseException):
    """An input takes too long. Nothing that the program does may catch it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A fault: `key` is the same for inputs that break the program in the same place; `told` is the whole traceback."""

    key: str
    told: str


Run = Callable[[bytes], tuple[Outcome, str]]
"""Does a target's work; the outcome, and a word or two by which inputs of a new kind are known without coverage."""
Together = Callable[[list[bytes]], list[tuple[Outcome, str]]]
"""The same for several inputs at once, in less time than one after another."""
Mutate = Callable[[bytes, Random], bytes]
"""Makes new bytes of old ones, the same for the same state of the source of chance."""


def attempt(run: Run, data: bytes, seconds: float = SECONDS) -> tuple[Outcome, str] | Found:
    """What a target makes of an input. Errors that the program knows are outcomes; any other is a fault."""
    try:
        with _at_most(seconds):
            return run(data)
    except (Exception, TooLong) as error:
        return Found(_where(error), "".join(traceback.format_exception(error)))


def attempt_all(run: Together, inputs: list[bytes]) -> list[tuple[Outcome, str]] | Found:
    """The same for several inputs together: a fault of one is one of them all."""
    try:
        with _at_most(SECONDS):
            return run(inputs)
    except (Exception, TooLong) as error:
        return Found(_where(error), "".join(traceback.format_exception(error)))


def refusal(error: Exception) -> str:
    """Why an input was refused, without what is quoted of it. Raises what is no refusal, or says more than a line."""
    known = failure(error, "input")
    if known is None:
        raise error
    if "\n" in str(known):
        raise PromiseError("a message of more than one line") from error
    return f"{type(error).__name__}:{_line(error)}"


def known(error: Exception) -> bool:
    """Whether the program says in one line what is wrong."""
    return isinstance(error, RedactorError) or failure(error, "input") is not None


def digest(data: bytes) -> str:
    """A name for an input."""
    return hashlib.sha256(data).hexdigest()[:16]


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    def over(*_: Any) -> None:
        raise TooLong(f"more than {seconds:g} seconds")

    before = signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _where(error: BaseException) -> str:
    said = f": {error}" if isinstance(error, PromiseError) else ""
    # What takes too long is stopped anywhere: the function that is to blame is a guess, the line none.
    return f"{type(error).__name__} {_line(error)}{said}"


def _line(error: BaseException) -> str:
    """The innermost line of the program that an error came through."""
    places = [
        (frame.f_code, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename.startswith(f"{ROOT}/redactor/")
    ]
    if not places:
        return "outside"
    code, line = places[-1]
    place = Path(code.co_filename).relative_to(ROOT)
    return f"{place} {code.co_name}" if isinstance(error, TooLong) else f"{place}:{line}"
