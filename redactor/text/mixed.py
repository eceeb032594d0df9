"""Files in more than one encoding: scraped pages that were put one behind another, each line in the encoding of its page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final

from redactor.model import DecodeError
from redactor.text.masked import MASK
from redactor.text.plausible import cost

MIXED: Final = "mixed"
"""What --encoding calls it."""
LEGACY: Final = ("gb18030", "big5")
_UNICODE: Final = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_RUN: Final = 1 << 18
"""Bytes from which on a run ends."""
_SAMPLE: Final = 1 << 16
_SURE: Final = 12
"""Bits by which a reading must be shorter than the next, so that it needs no lines around it."""
_SURE_OF_OTHER: Final = 36
"""The same for the legacy encoding that is not that of most lines: a file in two is less likely than one with rare characters."""
_SAID: Final = 10
"""Bits by which the other legacy encoding must suit a file better than the one that is said of it: a few rare characters, which may be all that
is left where the rest is masked, are common ones in the other."""
_LEANING: Final = 3
"""Bits by which it must be shorter where the lines around it are read so too, and from which on it speaks against them."""
_BIAS: Final = 4
"""Bits by which Big5 is less likely than GB18030, whatever stands in a file."""
_CUT: Final = 20
"""Bits that a character of UTF-8 takes of which a line has only the beginning: that of any, and that lines are seldom cut so."""
_PLAIN: Final = 12
"""Bits a wide character up to which a text reads well: it need not be tried in another legacy encoding, and is Chinese, for bytes of another writing
that are read as Chinese have too few characters in daily use."""
_CONTROLS: Final = bytes({*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F})
"""Control characters that no text holds; some are usual: tab, line ends, form feed, escape."""
_ASCII: Final = bytes(range(0x80))
_WIDE: Final = re.compile(rb"[\xe2-\xef][\x80-\xbf]{2}")
_CUT_END: Final = re.compile(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})(?=[\r\n]*\Z)")
"""The beginning of a character of UTF-8 at the end of a line."""
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
    """Lines that may still be read in more than one way: what they cost in each, the best first; nothing when that is settled.

    `cut`: whether as UTF-8 it is a line whose last character is cut off.
    """

    run: Run
    costs: Mapping[str, int] = field(default_factory=dict)
    cut: bool = False


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
        return (name not in _UNICODE and holds_utf8(stream)) or is_chinese_in_other(stream, name)
    return any(
        not run.doubt
        and (run.encoding not in ("", name) or (run.handler != "strict" and _is_all_in(stream, run, name)))
        for run in _runs(stream, "surrogateescape", name)
    )


def is_chinese_in_other(stream: BinaryIO, name: str) -> bool:
    """Whether the beginning of a file is Chinese in UTF-8 or a legacy encoding, and evidently nothing in the one that is said of it."""
    if name in ("utf-8", *LEGACY):
        return False
    stream.seek(0)
    sample = stream.read(_SAMPLE)
    stream.seek(0)
    own = cost(sample.decode(name, "replace"))
    for other in ("utf-8", *LEGACY):
        text = sample.decode(other, "surrogateescape")
        wide = len(text) - len(text.encode("ascii", "ignore"))
        bits = cost(text)
        if wide and bits - 6 * (len(text) - wide) <= _PLAIN * wide and 5 * bits < 4 * own:
            return True
    return False


def _is_all_in(stream: BinaryIO, run: Run, name: str) -> bool:
    stream.seek(run.start)
    return _text(stream.read(run.size), name) is not None


def holds_utf8(stream: BinaryIO) -> bool:
    """Whether a file in an encoding that is none of these holds lines of UTF-8 with wide characters: by chance nothing else is."""
    stream.seek(0)
    found = any(not line.isascii() and holds_wide(line) for line in stream)
    stream.seek(0)
    return found


def holds_wide(line: bytes) -> bool:
    text = _text(line, "utf-8")
    return text is not None and max(text) >= "\u0800"


def _runs(stream: BinaryIO, handler: str, said: str = "") -> list[Run]:
    """The lines by encoding; those of ASCII that nothing else stands beside are in none.

    `said`: the legacy encoding that somebody says it is, who is believed where little speaks for the other. Each sign of masking that is written
    in it speaks for it as the value did that stood there, and may have been all that did.
    """
    usual, lead = _legacy_of(stream)
    if said not in ("", usual) and lead < _SAID + sum(_masks(line, said) for line in stream):
        usual = said
    found = _judged(stream, usual, handler, said, both=False)
    # One encoding is likelier than two, and the usual legacy one than the other: but not where others stand in the file.
    if _sure(found) >= set(LEGACY) or (lead < _SURE and "utf-8" in _sure(found)):
        found = _judged(stream, usual, handler, said, both=True)
    runs: list[_Open] = []
    for run in _settled(found, usual, handler):
        if not _joined(runs, run):
            runs.append(_Open(run))
    return [each.run for each in runs]


def _judged(stream: BinaryIO, usual: str, handler: str, said: str, *, both: bool) -> list[_Open]:
    """The lines, each by itself. `both`: each that may be in one legacy encoding is tried in the other too."""
    found: list[_Open] = []
    at = 0
    stream.seek(0)
    for number, line in enumerate(stream, 1):
        new = _Open(Run("", at, len(line), number, 1))
        if not line.isascii():
            new = _line(new.run, line, usual, handler, said, both)
        if not (found and not found[-1].costs and not new.costs and _joined(found, new.run)):
            found.append(new)
        at += len(line)
    stream.seek(0)
    return found


def _masks(line: bytes, name: str) -> int:
    """Bits by which the signs of masking in a line speak for the encoding that somebody says it is in; 0 where nobody does."""
    if not name or MASK.encode(name) not in line:
        return 0
    return _SURE_OF_OTHER * (_text(line, name) or "").count(MASK)


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


def _line(run: Run, line: bytes, usual: str, handler: str, said: str, both: bool) -> _Open:
    """A line in the encoding in which it is likeliest, or left open."""
    costs = _costs(line, usual, both)
    if not costs:
        return _Open(_broken(replace(run, encoding=_nearest(line, usual)), usual, handler))
    best, *others = sorted(costs, key=costs.__getitem__)
    lead = min((costs[other] - costs[best] for other in others), default=_SURE_OF_OTHER)
    needed = _SURE
    if best not in ("utf-8", usual):
        # A few rare characters are no text in another encoding, however common those are that their bytes are there.
        needed, lead = (_SURE_OF_OTHER // 2 if both else _SURE_OF_OTHER), min(lead, 3 * len(line.strip()))
        needed += _masks(line, said) if best != said else 0
    if lead >= needed:
        return _Open(Run(best, run.start, run.size, run.first, run.lines))
    return _Open(replace(run, encoding=best), {name: costs[name] for name in (best, *others)}, _cut_cost(line) > 0)


def _broken(run: Run, usual: str, handler: str) -> Run:
    """A line that is not all in its encoding; DecodeError where nothing takes its bytes."""
    if handler == "strict":
        raise DecodeError("line {number} is neither utf-8 nor {other}", number=run.first, other=usual)
    return replace(run, handler=handler)


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
    if "utf-8" not in costs and costs and 6 * len(_WIDE.findall(line)) > len(line.translate(None, _ASCII)):
        lead = min(costs.values()) - _broken_cost(line)
        if lead >= _SURE:
            return {}
        if lead > -_SURE and _cut_cost(line):
            costs["utf-8"] = _cut_cost(line)
    return costs


def _cut_cost(line: bytes) -> int:
    """What a line costs as UTF-8 of which only the last character is cut off; 0 when it is no such line, or has no other wide one."""
    end = _CUT_END.search(line)
    text = _text(line[: end.start()], "utf-8") if end else None
    return cost(text) + _CUT if text and max(text) >= "\u0800" else 0


def _holds_stretch(line: bytes, name: str) -> bool:
    """Whether a stretch of a line makes far better sense as UTF-8 than in the encoding of the line."""
    for match in _STRETCH.finditer(line):
        text = _text(match[0], "utf-8")
        own = line[match.start() : match.end() + len(match[0]) % 2].decode(name, "ignore")
        if text is not None and max(text) >= "\u0800" and cost(text) + _SURE <= cost(own):
            return True
    return False


def _settled(found: list[_Open], usual: str, handler: str) -> Iterator[Run]:
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
            run = replace(run, encoding=name, doubt=each.costs[name] - best >= speaks or (each.cut and not sure))
        else:
            agreed = {before, after} <= {run.encoding, ""} and min(others, default=best) - best >= _LEANING
            # What tells two legacy encodings apart in a few characters is chance.
            chance = each.costs.keys() & sure >= set(LEGACY)
            run = replace(run, doubt=chance or not agreed)
        yield _broken(run, usual, handler) if each.cut and run.encoding == "utf-8" else run


def _legacy_of(stream: BinaryIO) -> tuple[str, int]:
    """The legacy encoding that suits those lines best that are not UTF-8, and by how many bits better than the other."""
    stream.seek(0)
    sample = b""
    for line in stream:
        if not line.isascii() and _text(line, "utf-8") is None:
            sample += line
        if len(sample) > _SAMPLE:
            break
    stream.seek(0)
    gb18030, big5 = (cost(sample.decode(name, "replace")) for name in LEGACY)
    return ("big5" if big5 + _BIAS < gb18030 else "gb18030"), abs(big5 + _BIAS - gb18030)


def _broken_cost(line: bytes) -> int:
    """What a line costs as UTF-8 of which a few bytes are lost: read as anything else it would be other text."""
    if cut := _cut_cost(line):
        return cut
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
