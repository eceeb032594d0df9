"""Files in more than one encoding: scraped pages that were put one behind another, each line in the encoding of its page."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final

from redactor.language import say
from redactor.model import DecodeError
from redactor.text.plausible import cost

MIXED: Final = "mixed"
"""What --encoding calls it."""
LEGACY: Final = ("gb18030", "big5")
_UNICODE: Final = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_TOLD: Final = ("utf-8", *LEGACY)
"""Encodings that lines are told apart by."""
_RUN: Final = 1 << 18
"""Bytes from which on a run ends."""
_SAMPLE: Final = 1 << 16
_LISTED: Final = 5
"""Stretches of lines that are told of one by one."""
_SURE: Final = 12
"""Bits by which a reading must be shorter than the next, so that it needs no lines around it."""
_SURE_OF_OTHER: Final = 36
"""The same for the legacy encoding that is not that of most lines: a file in two is less likely than one with rare characters."""
_LEANING: Final = 3
"""Bits by which it must be shorter where the lines around it are read so too, and from which on it speaks against them."""
_BIAS: Final = 4
"""Bits by which Big5 is less likely than GB18030, whatever stands in a file."""
_PLAIN: Final = 12
"""Bits a wide character up to which a text reads well: it need not be tried in another legacy encoding."""
_CONTROLS: Final = bytes({*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F})
"""Control characters that no text holds; some are usual: tab, line ends, form feed, escape."""
_ASCII: Final = bytes(range(0x80))
_WIDE: Final = re.compile(rb"[\xe2-\xef][\x80-\xbf]{2}")
_STRETCH: Final = re.compile(
    rb"(?<![\x80-\xff])(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+(?![\x80-\xff])"
    rb"|(?:[\xe3-\xe9][\x80-\xbf]{2}){3,}"
)
"""What may be UTF-8 within a line that is not: all between ASCII, or three Chinese characters anywhere."""


@dataclass(frozen=True, slots=True)
class Run:
    """Lines next to one another that are in one encoding: where they stand in bytes and lines, and the handler of wrong bytes.

    `doubt`: whether they may as well be in another.
    """

    encoding: str
    start: int
    size: int
    first: int
    lines: int
    handler: str = "strict"
    doubt: bool = False

    def text(self, stream: BinaryIO) -> str:
        """The lines, read from the file."""
        stream.seek(self.start)
        return stream.read(self.size).decode(self.encoding, self.handler)

    @property
    def numbers(self) -> range:
        """The numbers of the lines."""
        return range(self.first, self.first + self.lines)


@dataclass(frozen=True, slots=True)
class _Open:
    """Lines that may still be read in more than one way: what they cost in each, the best first; nothing when that is settled."""

    run: Run
    costs: Mapping[str, int] = field(default_factory=dict)


def is_binary(sample: bytes) -> bool:
    """Whether the beginning of a file, which no Unicode encoding explains, shows that it is no text."""
    return b"\0" in sample or len(sample) - len(sample.translate(None, _CONTROLS)) > len(sample) // 100


def runs_of(stream: BinaryIO, handler: str = "strict") -> list[Run]:
    """The lines of a seekable stream by their encodings; the stream is left at its beginning.

    A line is in UTF-8 or in one of `LEGACY`: that in which its characters are likeliest, where they leave that open that of the lines around it,
    and else in doubt. DecodeError names a line that is in none, unless `handler` takes its bytes.
    """
    return [replace(run, encoding=run.encoding or "utf-8") for run in _runs(stream, handler)]


def encodings_of(stream: BinaryIO) -> tuple[list[str], int, int]:
    """The encodings that the lines of a file are in, that of most bytes first.

    And the numbers of the first line that is in none throughout, and of the first that may be in another; 0 when there is none.
    """
    sizes: Counter[str] = Counter()
    broken = doubtful = 0
    for run in _runs(stream, "surrogateescape"):
        sizes[run.encoding] += run.size if run.handler == "strict" else 1
        broken = broken or (run.first if run.handler != "strict" else 0)
        doubtful = doubtful or (run.first if run.doubt else 0)
    del sizes[""]
    return [name for name, _ in sizes.most_common()], broken, doubtful


def holds_other(stream: BinaryIO, name: str) -> bool:
    """Whether a file whose encoding is said holds lines that are evidently in another, or partly UTF-8."""
    if name not in LEGACY:
        return name not in _UNICODE and holds_utf8(stream)
    return any(
        not run.doubt
        and (run.encoding not in ("", name) or (run.handler != "strict" and _is_all_in(stream, run, name)))
        for run in _runs(stream, "surrogateescape")
    )


def _is_all_in(stream: BinaryIO, run: Run, name: str) -> bool:
    stream.seek(run.start)
    return _text(stream.read(run.size), name) is not None


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
        if number in foreign or (number in broken and not lost) or (name not in _TOLD and _is_wide_utf8(line)):
            lost = len(line.rstrip())
        if lost:
            yield number, lost


def _others(stream: BinaryIO, name: str) -> tuple[set[int], set[int]]:
    """The numbers of lines that are, or may be, in another encoding, and of those that are in none throughout."""
    foreign: set[int] = set()
    broken: set[int] = set()
    if name in LEGACY or (name == "utf-8" and not _is_all(stream, name)):
        for run in _runs(stream, "surrogateescape"):
            if run.encoding not in ("", name) or run.doubt:
                foreign.update(run.numbers)
            elif run.handler != "strict":
                broken.update(run.numbers)
    return foreign, broken


def _is_all(stream: BinaryIO, name: str) -> bool:
    stream.seek(0)
    try:
        for _ in codecs.iterdecode(iter(lambda: stream.read(_RUN), b""), name):
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
        chunk = stream.read(_RUN)
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


def holds_utf8(stream: BinaryIO) -> bool:
    """Whether a file in an encoding that is none of these holds lines of UTF-8 with wide characters: by chance nothing else is."""
    stream.seek(0)
    found = any(not line.isascii() and _is_wide_utf8(line) for line in stream)
    stream.seek(0)
    return found


def _is_wide_utf8(line: bytes) -> bool:
    text = _text(line, "utf-8")
    return text is not None and max(text) >= "\u0800"


def _runs(stream: BinaryIO, handler: str) -> list[Run]:
    """The lines by encoding; those of ASCII that nothing else stands beside are in none."""
    usual, lead = _legacy_of(stream)
    found = _judged(stream, usual, handler, both=False)
    # One encoding is likelier than two, and the usual legacy one than the other: but not where others stand in the file.
    if _sure(found) >= set(LEGACY) or (lead < _SURE and "utf-8" in _sure(found)):
        found = _judged(stream, usual, handler, both=True)
    runs: list[_Open] = []
    for run in _settled(found, usual):
        if not _joined(runs, run):
            runs.append(_Open(run))
    return [each.run for each in runs]


def _judged(stream: BinaryIO, usual: str, handler: str, *, both: bool) -> list[_Open]:
    """The lines, each by itself. `both`: each that may be in one legacy encoding is tried in the other too."""
    found: list[_Open] = []
    at = 0
    stream.seek(0)
    for number, line in enumerate(stream, 1):
        new = _Open(Run("", at, len(line), number, 1))
        if not line.isascii():
            new = _line(new.run, line, usual, handler, both)
        if not (found and not found[-1].costs and not new.costs and _joined(found, new.run)):
            found.append(new)
        at += len(line)
    stream.seek(0)
    return found


def _sure(found: Iterable[_Open]) -> set[str]:
    """The encodings that some lines are surely in."""
    return {each.run.encoding for each in found if not each.costs and each.run.handler == "strict"} - {""}


def _joined(runs: list[_Open], run: Run) -> bool:
    """Put lines to those before them, if they are read alike or one of the two is of ASCII."""
    last = runs[-1].run if runs else Run("", 0, 0, 1, 0)
    alike = (last.handler, last.doubt) == (run.handler, run.doubt)
    if not alike or (last.encoding not in (run.encoding, "") and run.encoding) or not 0 < last.size < _RUN:
        return False
    encoding = last.encoding or run.encoding
    # Not by `replace`, which takes most of the time of a file of short lines.
    size, lines = last.size + run.size, last.lines + run.lines
    runs[-1] = _Open(Run(encoding, last.start, size, last.first, lines, last.handler, last.doubt))
    return True


def _line(run: Run, line: bytes, usual: str, handler: str, both: bool) -> _Open:
    """A line in the encoding in which it is likeliest, or left open."""
    costs = _costs(line, usual, both)
    if not costs:
        if handler == "strict":
            raise DecodeError("line {number} is neither utf-8 nor {other}", number=run.first, other=usual)
        return _Open(replace(run, encoding=_nearest(line, usual), handler=handler))
    best, *others = sorted(costs, key=costs.__getitem__)
    lead = min((costs[other] - costs[best] for other in others), default=_SURE_OF_OTHER)
    needed = _SURE
    if best not in ("utf-8", usual):
        # A few rare characters are no text in another encoding, however common those are that their bytes are there.
        needed, lead = (_SURE_OF_OTHER // 2 if both else _SURE_OF_OTHER), min(lead, 3 * len(line.strip()))
    if lead >= needed:
        return _Open(Run(best, run.start, run.size, run.first, run.lines))
    return _Open(replace(run, encoding=best), {name: costs[name] for name in (best, *others)})


def _costs(line: bytes, usual: str, both: bool) -> dict[str, int]:
    """What a line costs in each encoding that explains all of it; unless `both`, the unusual one only where the usual one reads badly."""
    text = _text(line, "utf-8")
    costs = {} if text is None else {"utf-8": cost(text)}
    for name in sorted(LEGACY, key=usual.__ne__):
        text = _text(line, name)
        if text is None or ("utf-8" not in costs and _holds_stretch(line, name)):
            continue
        costs[name] = cost(text)
        wide = len(text) - len(text.encode("ascii", "ignore"))
        if not both and name == usual and costs[name] <= _PLAIN * wide + 6 * (len(text) - wide):
            break
    if (
        "utf-8" not in costs
        and costs
        and 6 * len(_WIDE.findall(line)) > len(line.translate(None, _ASCII))
        and _broken_cost(line) + _SURE <= min(costs.values())
    ):
        return {}
    return costs


def _holds_stretch(line: bytes, name: str) -> bool:
    """Whether a stretch of a line makes far better sense as UTF-8 than in the encoding of the line."""
    for match in _STRETCH.finditer(line):
        text = _text(match[0], "utf-8")
        own = line[match.start() : match.end() + len(match[0]) % 2].decode(name, "ignore")
        if text is not None and max(text) >= "\u0800" and cost(text) + _SURE <= cost(own):
            return True
    return False


def _settled(found: list[_Open], usual: str) -> Iterator[Run]:
    """What its own characters leave open is read as what stands before and after it, if these agree and it leans to that; else it is in doubt.

    In a file of which all that is sure is in one encoding, what can be read in it is, unless there are lines that can't.
    """
    sure = _sure(found)
    only = {name for name in sure or {usual} if all(name in each.costs for each in found if each.costs)}
    following: list[str] = []
    for each in reversed(found):
        following.append((each.run.encoding if not each.costs else "") or (following[-1] if following else ""))
    before = ""
    for each, after in zip(found, reversed(following), strict=True):
        run = each.run
        if not each.costs:
            before = run.encoding or before
            yield run
            continue
        best, *others = each.costs.values()
        if len(only) == 1 and (name := next(iter(only))) in each.costs:
            speaks = _LEANING if run.encoding == "utf-8" else _SURE_OF_OTHER // 2
            yield replace(run, encoding=name, doubt=each.costs[name] - best >= speaks)
        else:
            agreed = {before, after} <= {run.encoding, ""} and min(others, default=best) - best >= _LEANING
            # What tells two legacy encodings apart in a few characters is chance.
            chance = each.costs.keys() & sure >= set(LEGACY)
            yield replace(run, doubt=chance or not agreed)


def _legacy_of(stream: BinaryIO) -> tuple[str, int]:
    """The legacy encoding that suits those lines best that are not UTF-8, and by how many bits better than the other."""
    stream.seek(0)
    sample = b""
    for line in stream:
        if not line.isascii() and _text(line, "utf-8") is None:
            sample += line
        if len(sample) > _SAMPLE:
            break
    gb18030, big5 = (cost(sample.decode(name, "replace")) for name in LEGACY)
    return ("big5" if big5 + _BIAS < gb18030 else "gb18030"), abs(big5 + _BIAS - gb18030)


def _broken_cost(line: bytes) -> int:
    """What a line costs as UTF-8 of which a few bytes are lost: read as anything else it would be other text."""
    text = line.decode("utf-8", "surrogateescape")
    lost = sum("\udc80" <= char <= "\udcff" for char in text)
    return cost(text) if 4 * lost < len(text) else cost(text) + 26 * lost


def _nearest(line: bytes, usual: str) -> str:
    """The encoding that explains most of a line that is in none throughout."""
    return "utf-8" if _broken_cost(line) <= cost(line.decode(usual, "surrogateescape")) else usual


def _text(line: bytes, name: str) -> str | None:
    """What is read in an encoding that gives the same bytes back; None when it does not."""
    try:
        text = line.decode(name)
        return text if name == "utf-8" or text.encode(name) == line else None
    except UnicodeError:
        return None


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
