"""What markup says, with its places in the source: text read through escapes and tags, and edits written back by offsets.

All offsets count characters of the decoded source. Only what an edit covers is written anew; the rest is copied.
"""

from __future__ import annotations

import codecs
import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

import numpy as np

from redactor.formats.unit import Sink
from redactor.model import Edit
from redactor.text.decode import encodes

Place = tuple[int, int]
"""A half-open range of characters of the source."""
Decode = Callable[["re.Match[str]"], "tuple[str, int] | None"]
"""What an escape stands for, and how many characters of it are used; None when it is none after all."""

OF_ADDRESSES: Final = frozenset(("URL", "DATE_TIME", "PERCENT", "QUANTITY", "MONEY"))
"""What a vocabulary's address may look like (`http://www.w3.org/1999/xhtml`)."""
SIGN: Final = "×"
_TAIL: Final = 48


@dataclass(frozen=True, slots=True)
class Syntax:
    """How text is written at some place of the source.

    `escape(text, codec)` writes a replacement so that it is read back as it is and `codec` can encode it. `before` and
    `after`: where an edit leaves text that ends in the one beside text that begins with the other, the two would be read as
    something else (`&` and `amp;`), and a sign is put between. `goes_on`: what is written is to be read with what stands before it.
    """

    escape: Callable[[str, str], str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    outer: Syntax | None = None
    goes_on: bool = False

    def write(self, text: str, codec: str) -> str:
        """The replacement as it stands in the source."""
        text = self.escape(text, codec)
        return self.outer.write(text, codec) if self.outer else text

    def joins(self, left: str, right: str) -> bool:
        """Whether texts that an edit brought together would be read as something else."""
        if self.before.search(left) and self.after.match(right):
            return True
        return self.outer is not None and not self.goes_on and self.outer.joins(left, right)


@lru_cache(maxsize=4096)
def within(inner: Syntax, outer: Syntax) -> Syntax:
    """A syntax that itself is written in another one: a string in a script in an attribute."""
    return replace(inner, outer=within(inner.outer, outer) if inner.outer else outer)


class Run(NamedTuple):
    """A stretch of a reading: `size` characters at `at` stand for `start..end` of the source, one for one where sizes are equal."""

    at: int
    size: int
    start: int
    end: int
    syntax: Syntax


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it is read, and the places of the source that it comes from.

    `entity`: what the text is known to be. `address`: it names a vocabulary: a URL in it is no secret. `after` and `before`: the line break that ends it, and the one that ended the line
    before it in the same block.
    """

    text: str
    runs: Sequence[Run]
    where: str
    entity: str = ""
    address: bool = False
    before: Place | None = None
    after: Place | None = None

    def places(self, start: int, end: int) -> list[tuple[int, int, Syntax]]:
        """The places behind `text[start:end]`, joined where they touch; the one behind a point when the range is empty."""
        found: list[tuple[int, int, Syntax]] = []
        for run in self._runs(start, end):
            low, high = run.start, run.end
            if run.size == high - low:
                low, high = low + max(0, start - run.at), high - max(0, run.at + run.size - end)
            if low == high and start < end:
                continue
            if found and found[-1][1] == low:
                found[-1] = (found[-1][0], high, found[-1][2])
            else:
                found.append((low, high, run.syntax))
        return found

    def part(self, start: int, end: int) -> Reading:
        """A part of the text as a reading of its own."""
        return replace(self, text=self.text[start:end], runs=tuple(self._cut(start, end)))

    def decoded(
        self, escapes: re.Pattern[str], decode: Decode, plain: Syntax | None = None, escaped: Syntax | None = None
    ) -> Reading:
        """The text with its escapes resolved; replacements are written by `plain`, those of escapes by `escaped`."""
        escaped = escaped or plain
        pieces: list[str] = []
        runs: list[Run] = []
        size = at = 0
        match = escapes.search(self.text)
        while match:
            decoded = decode(match)
            stop = match.start() + (decoded[1] if decoded else max(1, match.end() - match.start()))
            if decoded:
                for run in self._cut(at, match.start(), size, plain):
                    runs.append(run)
                pieces.append(self.text[at : match.start()])
                size += match.start() - at
                sources = self.places(match.start(), stop)
                if sources:
                    syntax = within(escaped, sources[0][2]) if escaped else sources[0][2]
                    runs.append(Run(size, len(decoded[0]), sources[0][0], sources[-1][1], syntax))
                    pieces.append(decoded[0])
                    size += len(decoded[0])
                at = stop
            match = escapes.search(self.text, stop)
        runs.extend(self._cut(at, len(self.text), size, plain))
        pieces.append(self.text[at:])
        return replace(self, text="".join(pieces), runs=tuple(runs))

    def through(self, view: Reading) -> Reading:
        """This reading, whose places are those of the text of `view`, with the places of the source."""
        runs: list[Run] = []
        for run in self.runs:
            if run.size == run.end - run.start:
                runs.extend(view._cut(run.start, run.end, run.at, run.syntax))
            elif sources := view.places(run.start, run.end):
                runs.append(Run(run.at, run.size, sources[0][0], sources[-1][1], within(run.syntax, sources[0][2])))
        return replace(self, runs=tuple(runs))

    def whole(self) -> Reading:
        """The same as something that is written anew as soon as any of it is edited."""
        if not self.runs:
            return self
        first, last = self.runs[0], self.runs[-1]
        text = self.text if len(self.text) != last.end - first.start else f"{self.text} "
        return replace(self, text=text, runs=(Run(0, len(text), first.start, last.end, first.syntax),))

    def labelled(self, label: str) -> Reading:
        """The text with a label before it, that is seen but stands elsewhere."""
        if not label:
            return self
        head = f"{label}: "
        moved = (run._replace(at=run.at + len(head)) for run in self.runs)
        first = self.runs[:1]
        return replace(
            self,
            text=head + self.text,
            runs=(*(Run(0, len(head), run.start, run.start, run.syntax) for run in first), *moved),
        )

    def _runs(self, start: int, end: int) -> Iterator[Run]:
        first = max(0, bisect_right(self.runs, start, key=itemgetter(0)) - 1)
        for number in range(first, len(self.runs)):
            run = self.runs[number]
            if run.at >= end and run.at > start:
                break
            if run.at + run.size > start or (start == end and run.at + run.size == start):
                yield run

    def _cut(self, start: int, end: int, at: int = 0, inner: Syntax | None = None) -> Iterator[Run]:
        """The runs of a part, moved to `at`."""
        if start >= end:
            return
        for run in self._runs(start, end):
            low, high = max(run.at, start), min(run.at + run.size, end)
            begin, stop = run.start, run.end
            if run.size == stop - begin:
                begin, stop = begin + low - run.at, begin + high - run.at
            syntax = within(inner, run.syntax) if inner else run.syntax
            yield Run(at + low - start, high - low, begin, stop, syntax)


def reading(text: str, start: int, syntax: Syntax, where: str) -> Reading:
    """A stretch of the source read as it stands."""
    return Reading(text, (Run(0, len(text), start, start + len(text), syntax),) if text else (), where)


def joined(parts: Sequence[Reading]) -> Reading:
    """Readings one after the other as one."""
    if len(parts) == 1:
        return parts[0]
    runs: list[Run] = []
    size = 0
    for part in parts:
        runs.extend(run._replace(at=run.at + size) for run in part.runs)
        size += len(part.text)
    return replace(parts[0], text="".join(part.text for part in parts), runs=tuple(runs))


@dataclass(slots=True)
class Edits:
    """The edits of one source, in little memory: a row of numbers each."""

    codec: str
    _rows: array[int] = field(default_factory=lambda: array("q"))
    """Start, end, number of the text, number of the syntax; of each edit one after the other."""
    _texts: dict[str, int] = field(default_factory=dict)
    _syntaxes: dict[Syntax, int] = field(default_factory=dict)

    def put(self, start: int, end: int, text: str, syntax: Syntax) -> None:
        """Replace a place of the source by text as it is to stand there."""
        written = self._texts.setdefault(text, len(self._texts))
        self._rows.extend((start, end, written, self._syntaxes.setdefault(syntax, len(self._syntaxes))))

    def take(self, read: Reading, edits: Sequence[Edit]) -> None:
        """Edits of a reading: the replacement goes to the first place that it covers, the others are emptied."""
        for edit in edits:
            for number, (start, end, syntax) in enumerate(read.places(edit.start, edit.end)):
                self.put(start, end, "" if number else syntax.write(edit.replacement, self.codec), syntax)

    def rewrite(self, read: Reading, text: str) -> None:
        """Put another text in the place of a whole reading."""
        for number, (start, end, syntax) in enumerate(read.places(0, len(read.text))):
            self.put(start, end, "" if number else syntax.write(text, self.codec), syntax)

    def ordered(self) -> Iterator[tuple[int, int, str, Syntax]]:
        """In order of place; what lies in an earlier, longer one is left out."""
        rows = np.array(self._rows, np.int64).reshape(-1, 4)
        starts, ends, *_ = rows.T
        texts, syntaxes = list(self._texts), list(self._syntaxes)
        # Insertions come before what begins at their place; of several that begin there, the longest counts.
        order = np.lexsort((np.where(ends == starts, np.int64(-(1 << 62)), -ends), starts))
        done = 0
        for number in order.tolist():
            begin, end, text, syntax = rows[number].tolist()
            if end > done or (end == done and begin >= done):
                yield max(begin, done), end, texts[text], syntaxes[syntax]
                done = end


def write_spliced(parts: Iterable[str], edits: Edits, out: Sink, bom: bytes) -> None:
    """Write the source with its edits made."""
    encoder = codecs.getincrementalencoder(edits.codec)()
    sign = SIGN if encodes(SIGN, edits.codec) else "_"
    if bom:
        out.write(bom)
    tail, waiting = "", None
    for piece, syntax in _pieces(parts, edits):
        if not piece:
            waiting = syntax or waiting
            continue
        guard = syntax or waiting
        if guard and guard.joins(tail, piece):
            out.write(encoder.encode(sign))
        out.write(encoder.encode(piece))
        tail, waiting = (tail + piece)[-_TAIL:] if len(piece) < _TAIL else piece[-_TAIL:], syntax
    last = encoder.encode("", final=True)
    if last:
        out.write(last)


def _pieces(parts: Iterable[str], edits: Edits) -> Iterator[tuple[str, Syntax | None]]:
    """Source and replacements in turn; a replacement comes with its syntax."""
    ordered = edits.ordered()
    edit = next(ordered, None)
    base = 0
    for part in parts:
        at, end = 0, base + len(part)
        while edit and edit[0] < end:
            start, stop, text, syntax = edit
            if start >= base:
                if start > base + at:
                    yield part[at : start - base], None
                yield text, syntax
            at = min(stop, end) - base
            if stop > end:
                break
            edit = next(ordered, None)
        if at < len(part):
            yield part[at:], None
        base = end
    while edit:
        if edit[0] >= base:
            yield edit[2], edit[3]
        edit = next(ordered, None)


def lacking(text: str, codec: str, written: Callable[[str], str]) -> str:
    """The text with the characters that an encoding lacks written in another way."""
    if encodes(text, codec):
        return text
    return "".join(char if encodes(char, codec) else written(char) for char in text)


def _as_it_is(text: str, codec: str) -> str:
    return text


CODE: Final = Syntax(
    _as_it_is,
    re.compile(r"(?:&[#0-9A-Za-z]{0,40}|<[/!?]?[-A-Za-z\[]{0,12}|\\[0-9A-Za-z{]{0,8}|[-*/\]$?%!])$"),
    re.compile(r"[-A-Za-z0-9#;/!?>*\\{}\[\]%&<\"'`]"),
)
"""Text in programs and comments: any two characters may join."""
