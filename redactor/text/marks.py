"""Places of a text that are marked, a byte each."""

from collections.abc import Iterable, Iterator

from redactor.model import Span


def marked(length: int, spans: Iterable[Span]) -> bytearray:
    """For each of so many places whether one of the spans covers it; what goes beyond the end is passed over."""
    marks = bytearray(length)
    for start, end in spans:
        marks[start:end] = b"\1" * (min(end, length) - start)
    return marks


def unmarked(marks: bytearray, start: int, end: int) -> Iterator[Span]:
    """The stretches of `[start, end)` that are not marked."""
    while start < end:
        stop = marks.find(1, start, end)
        stop = end if stop < 0 else stop
        if start < stop:
            yield start, stop
        start = marks.find(0, stop, end)
        if start < 0:
            return
