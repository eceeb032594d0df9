"""Whether an output says what its input said, but for the edits: both read by the readers of the last check, and compared line by line."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

import regex

from redactor.language import later
from redactor.model import Edit
from redactor.text.fold import RADICALS
from redactor.text.invisible import INVISIBLE_CLASS
from redactor.verify.model import OLDER, TEXT, Blob, Leak, Piece

CHANGED: Final = later("text changed outside the edits")
ADDED: Final = later("text that the original does not have")
LOST: Final = later("text of the original that no edit took out")
_BLANK: Final = regex.compile(rf"\s|{INVISIBLE_CLASS}")
_MOST_PLACES: Final = 40
"""Places at which a line may stand in the input; of more, the first."""
_SHORTEST: Final = 4
"""Signs of which a part of a line is looked for by itself."""
_MOST_SHOWN: Final = 200
_SIGN: Final = "×"
_NUMBER: Final = regex.compile(r"[\d.,eE+-]+")
"""A figure, which may be one that the engine has not been shown (a fraction in JSON)."""
_IDENTIFIER: Final = regex.compile(r"[\w.:+-]+", regex.ASCII)
"""An identifier or a time, likewise; that it has the digits of something masked in it means nothing."""
_WORDS: Final = frozenset(("true", "false", "null"))
"""What JSON says without quotes, which the engine is not shown either."""
_PROPERTIES: Final = regex.compile(r"(?:^|> )docProps/")
"""Parts whose texts are properties of a document."""


Place = tuple[str, str]
"""A part of a file, and what of it (texts, attributes, names)."""


@dataclass(frozen=True, slots=True)
class Told:
    """A text of the input, as the engine has read it, and the edits that are made of it, sorted."""

    text: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an output before it is compared. `taken`: parts of which something was taken out that no edit tells of.

    `written`: the lines that the program itself writes of this document, as of `lines_of`. `laid`: whether
    lines are laid anew, as in a PDF: signs of a line may be read in another order, and one may stand for what its font can't show.
    `distinct`: whether readers give each text of a column once.
    """

    told: Sequence[Told]
    taken: frozenset[str] = frozenset()
    written: Mapping[Place, Sequence[str]] = field(default_factory=dict)
    laid: bool = False
    distinct: bool = False


def differences(original: Iterable[Piece | Blob], output: Iterable[Piece | Blob], known: Known) -> list[Leak]:
    """Where an output says something else than its input with the edits made.

    What people read as text is compared line by line; of the rest (attributes, names, metadata, headers), which a writer may
    take out or name anew, it is asked whether the output says anything that the input does not.
    """
    before, after = lines_of(original), lines_of(output)
    expected = Expected(known.told, signed=known.laid)
    own = {text for lines in before.values() for line in lines for text in (line, *expected.of(line))}
    own.update(line for lines in known.written.values() for line in lines)
    _rename(before, after, expected)
    found: list[Leak] = []
    for where, what in dict.fromkeys((*before, *after)):
        lines, new = before.get((where, what), []), after.get((where, what), [])
        if what == TEXT and not _PROPERTIES.search(where):
            found += _compared(where, lines, new, expected, known)
        else:
            found += (Leak(where, ADDED, line[:_MOST_SHOWN]) for line in dict.fromkeys(new) if line not in own)
    return found


def _rename(before: dict[Place, list[str]], after: dict[Place, list[str]], expected: Expected) -> None:
    """Bring parts together that a writer has called otherwise, and that say what the original's says."""
    missing = [key for key in before if key not in after]
    for key in [key for key in after if key not in before]:
        for old in missing:
            if old[1] == key[1] and before[old] and _same([expected.of(line) for line in before[old]], after[key]):
                before[key] = before.pop(old)
                missing.remove(old)
                break


def lines_of(pieces: Iterable[Piece | Blob]) -> dict[Place, list[str]]:
    """The lines of each part of a file, without blanks, by the part and what of it they are."""
    lines: dict[Place, list[str]] = defaultdict(list)
    for piece in pieces:
        if isinstance(piece, Piece) and piece.what != OLDER and not piece.again:
            found = filter(None, map(squeezed, piece.text.splitlines()))
            lines[piece.where, TEXT if piece.prose and piece.what == TEXT else piece.what] += found
    return lines


def squeezed(text: str) -> str:
    """A text without blanks and what does not show, compatibility forms made plain."""
    plain = _BLANK.sub("", text)
    return plain if plain.isascii() else _BLANK.sub("", unicodedata.normalize("NFKC", plain).translate(RADICALS))


def _compared(
    where: str, before: Sequence[str], after: Sequence[str], expected: Expected, known: Known
) -> Iterator[Leak]:
    wanted = [expected.of(line) for line in before]
    if _same(wanted, after):
        return
    first = [texts[0] for texts in wanted]
    if known.distinct:
        first, after = list(dict.fromkeys(filter(None, first))), list(dict.fromkeys(after))
        wanted = [(text,) for text in first]
    lost = Counter(known.written.get((where, TEXT), ())) - Counter(after)
    for kind, low, high, start, end in SequenceMatcher(None, first, after, autojunk=False).get_opcodes():
        lines, new = first[low:high], after[start:end]
        if (
            kind == "equal"
            or (where in known.taken and not new and not any(text in lost for text in first[low:high]))
            or _same(wanted[low:high], new)
        ):
            continue
        if known.laid and any(
            sorted("".join(t[at] for t in wanted[low:high])) == sorted("".join(new)) for at in (0, -1)
        ):
            continue  # signs of one line, in the order in which a reader of pages has come to them
        why = ADDED if not "".join(lines) else LOST if not new else CHANGED
        yield Leak(f"{where} > {start + 1}" if where else str(start + 1), why, "".join(new or lines)[:_MOST_SHOWN])


def _same(wanted: Sequence[Sequence[str]], after: Sequence[str]) -> bool:
    """Whether lines say what was to be expected of them, however they are broken; a line may be what any of its places becomes."""
    text, reached = "".join(after), {0}
    for texts in wanted:
        reached = {at + len(each) for at in reached for each in texts if text.startswith(each, at)}
    return len(text) in reached


class Expected:
    """What becomes of a line of the input, wherever it stands there."""

    def __init__(self, told: Sequence[Told], *, signed: bool = False) -> None:
        self._signed = signed
        signs: list[str] = []
        self._edits: list[tuple[int, int, str]] = []
        at = 0
        for each in told:
            last = 0
            for edit in each.edits:
                before, gone = squeezed(each.text[last : edit.start]), squeezed(each.text[edit.start : edit.end])
                signs += (before, gone)
                at += len(before)
                self._edits.append((at, at + len(gone), squeezed(edit.replacement)))
                at += len(gone)
                last = edit.end
            rest = squeezed(each.text[last:])
            signs.append(rest)
            at += len(rest)
        self._text = "".join(signs)
        self._starts = [start for start, _, _ in self._edits]
        self._known: dict[str, tuple[str, ...]] = {}
        self._lines: dict[str, list[str]] = defaultdict(list)
        for start, end in self._whole(told):
            places = self._lines[self._text[start:end]]
            places.append(self._made(start, end))
            if self._signed:
                places.append(self._made(start, end, signed=True))

    def _whole(self, told: Sequence[Told]) -> Iterator[tuple[int, int]]:
        """The lines of the input's texts as the engine has read them."""
        at = 0
        for each in told:
            for line in each.text.splitlines():
                size = len(squeezed(line))
                if size:
                    yield at, at + size
                at += size

    def of(self, line: str) -> tuple[str, ...]:
        """What the line may become, each once, the likeliest first."""
        if line not in self._known:
            self._known[line] = tuple(dict.fromkeys(self._of(line))) or (line,)
        return self._known[line]

    def _of(self, line: str) -> Iterator[str]:
        yield from self._lines.get(line, ())
        if len(line) < _SHORTEST or _NUMBER.fullmatch(line) or line in _WORDS:
            yield line
        at, places = self._text.find(line), 0
        if at < 0 and not _NUMBER.fullmatch(line):
            if _IDENTIFIER.fullmatch(line):
                yield line
            yield self._in_parts(line)
        while at >= 0 and places < _MOST_PLACES:
            yield self._made(at, at + len(line))
            if self._signed:
                yield self._made(at, at + len(line), signed=True)
            places += 1
            at = self._text.find(line, at + 1)

    def _in_parts(self, line: str) -> str:
        """A line that readers join of several texts, or that has more than the engine has read: its longest parts, one by one."""
        made: list[str] = []
        at = 0
        while at < len(line):
            size = self._longest(line, at)
            place = self._text.find(line[at : at + size]) if size >= _SHORTEST else -1
            made.append(self._made(place, place + size) if place >= 0 else line[at : at + max(1, size)])
            at += max(1, size)
        return "".join(made)

    def _longest(self, line: str, at: int) -> int:
        """How many of the signs from a place on stand together in the input."""
        low, high = 0, len(line) - at
        while low < high:
            middle = (low + high + 1) // 2
            if self._text.find(line[at : at + middle]) >= 0:
                low = middle
            else:
                high = middle - 1
        return low

    def _made(self, start: int, end: int, *, signed: bool = False) -> str:
        """What becomes of a stretch; of an edit that begins before it, nothing is written in it.

        `signed`: where a writer has no font for what it is to write, it draws a sign.
        """
        made: list[str] = []
        at = start
        for number in range(self._first(start), len(self._edits)):
            low, high, written = self._edits[number]
            if low >= end:
                break
            if low >= start:
                made += (self._text[at:low], _SIGN if signed and written else written)
            at = max(at, min(high, end))
        made.append(self._text[at:end])
        return "".join(made)

    def _first(self, start: int) -> int:
        """The first edit that ends behind a place."""
        number = bisect_left(self._starts, start)
        return number - 1 if number and self._edits[number - 1][1] > start else number
