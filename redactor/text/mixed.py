"""Files in more than one encoding: scraped pages that were put one behind another, each line in the encoding of its page."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO, Final

from redactor.language import say
from redactor.model import DecodeError
from redactor.packaged import packaged_words

MIXED: Final = "mixed"
"""What --encoding calls it."""
LEGACY: Final = ("gb18030", "big5")
COMMON: Final = frozenset(packaged_words("text-common"))
_RUN: Final = 1 << 18
"""Bytes from which on a run ends."""
_SAMPLE: Final = 1 << 16
_LISTED: Final = 5
"""Stretches of lines that are told of one by one."""
_CONTROLS: Final = bytes({*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F})
"""Control characters that no text holds; some are usual: tab, line ends, form feed, escape."""


@dataclass(frozen=True, slots=True)
class Run:
    """Lines next to one another that are in one encoding: where they stand in bytes and lines, and the handler of wrong bytes."""

    encoding: str
    start: int
    size: int
    first: int
    lines: int
    handler: str = "strict"

    def text(self, stream: BinaryIO) -> str:
        """The lines, read from the file."""
        stream.seek(self.start)
        return stream.read(self.size).decode(self.encoding, self.handler)


def is_binary(sample: bytes) -> bool:
    """Whether the beginning of a file, which no Unicode encoding explains, shows that it is no text."""
    return b"\0" in sample or len(sample) - len(sample.translate(None, _CONTROLS)) > len(sample) // 100


def common_share(sample: bytes, name: str) -> float:
    """Which part of the wide characters are common ones, when bytes are read in an encoding."""
    wide = Counter(sample.decode(name, "ignore"))
    for char in map(chr, range(0x80)):
        del wide[char]
    return sum(wide[char] for char in COMMON & wide.keys()) / max(1, wide.total())


def runs_of(stream: BinaryIO, handler: str = "strict") -> list[Run]:
    """The lines of a seekable stream by their encodings; the stream is left at its beginning.

    Lines are in UTF-8 or in one of `LEGACY`, the one whose characters are commoner. DecodeError names a line that is in none, unless
    `handler` takes its bytes.
    """
    other = _legacy_of(stream)
    runs: list[Run] = []
    stream.seek(0)
    at = 0
    for number, line in enumerate(stream, 1):
        last = runs[-1] if runs else Run("", 0, 0, 1, 0)
        found = last.encoding if line.isascii() else _encoding_of(line, other, last.encoding)
        how = "strict"
        if found is None and handler == "strict":
            raise DecodeError("line {number} is neither utf-8 nor {other}", number=number, other=other)
        if found is None:
            found, how = ("utf-8" if _is_broken_utf8(line) else other), handler
        if (last.encoding in (found, "") or not found) and last.handler == how and 0 < last.size < _RUN:
            encoding, size, lines = found or last.encoding, last.size + len(line), last.lines + 1
            runs[-1] = replace(last, encoding=encoding, size=size, lines=lines)
        else:
            runs.append(Run(found, at, len(line), number, 1, how))
        at += len(line)
    stream.seek(0)
    return [replace(run, encoding=run.encoding or "utf-8") for run in runs]


def mixture(stream: BinaryIO) -> str:
    """The names of the encodings that the lines of a file are in, when they are more than one; else nothing."""
    try:
        names = sorted({run.encoding for run in runs_of(stream)})
    except DecodeError:
        names = []
    finally:
        stream.seek(0)
    return say(" and ").join(names) if len(names) > 1 else ""


def unread(stream: BinaryIO, name: str) -> tuple[str, str] | None:
    """Where text stands that an encoding does not explain, and how much it is; None when there is none.

    Of a file read in a legacy encoding, whole lines of UTF-8 too, though they can be taken for what they are not.
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
    stream.seek(0)
    if codecs.lookup(name).name.startswith(("utf-16", "utf-32")):
        rows = codecs.getreader(name)(stream, "replace")
        yield from ((number, row.count("\ufffd")) for number, row in enumerate(rows, 1) if "\ufffd" in row)
        return
    for number, line in enumerate(stream, 1):
        if line.isascii():
            continue
        if name in LEGACY and _is_other_utf8(line, name):
            yield number, len(line.rstrip())
            continue
        text = line.decode(name, "surrogateescape")
        lost = sum("\udc80" <= char <= "\udcff" for char in text)
        if lost:
            yield number, lost


def holds_utf8(stream: BinaryIO, name: str) -> bool:
    """Whether a file that a legacy encoding explains holds lines that are evidently UTF-8."""
    stream.seek(0)
    found = any(not line.isascii() and _is_other_utf8(line, name) for line in stream)
    stream.seek(0)
    return found


def _is_other_utf8(line: bytes, name: str) -> bool:
    """Whether a line is UTF-8 of at least three Chinese characters, and makes better sense so than in another encoding."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    wide = sum(char >= "\u2e80" for char in text)
    return wide >= 3 and common_share(line, "utf-8") >= common_share(line, name)


def _legacy_of(stream: BinaryIO) -> str:
    """The legacy encoding that suits those lines best that are not UTF-8."""
    stream.seek(0)
    sample = b""
    for line in stream:
        if not line.isascii() and not _decodes(line, "utf-8"):
            sample += line
        if len(sample) > _SAMPLE:
            break
    return max(LEGACY, key=partial(common_share, sample))


def _encoding_of(line: bytes, other: str, before: str) -> str | None:
    """What a line with wide characters is in; None when it is neither UTF-8 nor the legacy encoding."""
    if _decodes(line, "utf-8"):
        # Two characters of GBK may be one or two of two bytes (Latin, Cyrillic): the lines before tell.
        narrow = before == other and max(line.decode("utf-8")) < "\u0800"
        return other if narrow and _decodes(line, other) else "utf-8"
    return other if _decodes(line, other) and not _is_broken_utf8(line) else None


def _is_broken_utf8(line: bytes) -> bool:
    """Whether a line is UTF-8 but for a few bytes: read as anything else it would be other text."""
    lost = sum("\udc80" <= char <= "\udcff" for char in line.decode("utf-8", "surrogateescape"))
    return 2 * lost < sum(byte > 0x7F for byte in line)


def _decodes(line: bytes, name: str) -> bool:
    try:
        return line.decode(name).encode(name) == line
    except UnicodeError:
        return False


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
