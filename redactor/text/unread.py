"""What of a file its encoding does not explain: the lines, and how many bytes."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO, Final

from redactor.language import say
from redactor.text.mixed import LEGACY, holds_wide, is_chinese_in_other, runs_of

_TOLD: Final = ("utf-8", *LEGACY)
"""Encodings that lines are told apart by."""
_CHUNK: Final = 1 << 18
_LISTED: Final = 5
"""Stretches of lines that are told of one by one."""


def unread(stream: BinaryIO, name: str) -> tuple[str, str] | None:
    """Where text stands that an encoding does not explain, and how much it is; None when there is none.

    Of a file read in a legacy encoding, lines in another too, though they can be taken for what they are not.
    """
    bad: list[int] = []
    size = 0
    for number, lost in _lost(stream, name):
        size += lost
        if bad[-1:] != [number]:
            bad.append(number)
    stream.seek(0)
    return (line_numbers(bad), say("text that is not {name} ({sum} bytes)", name=name, sum=size)) if bad else None


def _lost(stream: BinaryIO, name: str) -> Iterator[tuple[int, int]]:
    """Each line that is not all in the encoding, with the number of its bytes that are none."""
    if is_chinese_in_other(stream, name):
        yield from ((number, len(line.rstrip())) for number, line in enumerate(stream, 1) if not line.isascii())
        return
    if codecs.lookup(name).name.startswith(("utf-16", "utf-32")):
        yield from _lost_units(stream, name)
        return
    foreign, broken = _others(stream, name)
    stream.seek(0)
    for number, line in enumerate(stream, 1):
        if line.isascii():
            continue
        text = line.decode(name, "surrogateescape")
        lost = sum("\udc80" <= char <= "\udcff" for char in text)
        if number in foreign or (number in broken and not lost) or (name not in _TOLD and holds_wide(line)):
            lost = len(line.rstrip())
        if lost:
            yield number, lost


def _others(stream: BinaryIO, name: str) -> tuple[set[int], set[int]]:
    """The numbers of lines that are, or may be, in another encoding, and of those that are in none throughout."""
    foreign: set[int] = set()
    broken: set[int] = set()
    if name in LEGACY or (name == "utf-8" and not _is_all(stream, name)):
        for run in runs_of(stream, "surrogateescape"):
            if run.encoding != name or run.doubt:
                foreign.update(run.numbers)
            elif run.handler != "strict":
                broken.update(run.numbers)
    return foreign, broken


def _is_all(stream: BinaryIO, name: str) -> bool:
    stream.seek(0)
    try:
        for _ in codecs.iterdecode(iter(lambda: stream.read(_CHUNK), b""), name):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _lost_units(stream: BinaryIO, name: str) -> Iterator[tuple[int, int]]:
    """The same of an encoding of which a line feed is more than a byte; a unit that is cut off is lost too."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(name)(_LOST)
    number = 1
    while True:
        chunk = stream.read(_CHUNK)
        rows = decoder.decode(chunk, final=not chunk).split("\n")
        for row in rows:
            if lost := row.count("\udcff"):
                yield number, lost
            number += 1
        number -= 1
        if not chunk:
            return


def _mark_lost(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udcff" * (error.end - error.start), error.end


_LOST: Final = "redactor.lost"
codecs.register_error(_LOST, _mark_lost)


def line_numbers(numbers: list[int]) -> str:
    """Line numbers for people: `lines 3, 7-9`; of many the first."""
    stretches: list[list[int]] = []
    for number in numbers:
        if stretches and number == stretches[-1][1] + 1:
            stretches[-1][1] = number
        else:
            stretches.append([number, number])
    shown = ", ".join(f"{low}-{high}" if low < high else f"{low}" for low, high in stretches[:_LISTED])
    more = sum(high - low + 1 for low, high in stretches[_LISTED:])
    return ("line " if len(numbers) == 1 else "lines ") + shown + (f" and {more} more" if more else "")
