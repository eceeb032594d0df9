"""What edits change, line by line: a unified diff with three lines of context, as `git apply` and `patch` take it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from typing import Final

import regex

from redactor.model import Edit

CONTEXT: Final = 3
"""Unchanged lines that are shown before and after a change."""
_TO_QUOTE: Final = regex.compile(r'[\x00-\x1f\x7f"\\\udc80-\udcff]')
_SHORT_ESCAPES: Final = {
    "\a": "a",
    "\b": "b",
    "\t": "t",
    "\n": "n",
    "\v": "v",
    "\f": "f",
    "\r": "r",
    '"': '"',
    "\\": "\\",
}
_NO_NEWLINE: Final = "\\ No newline at end of file\n"

AS_LINES: Final = ("csv", "json", "jsonl")
"""Formats whose documents are read as lines, and are edited piece by piece: their lines are compared once all are done."""

Segment = tuple[str, bool]
"""A piece of a line, and whether an edit has taken it out or put it there."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a diff, with its line break. `sign`: "-", "+" or " "; "" for headings and remarks."""

    sign: str
    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """What the line says, without its sign."""
        return "".join(text for text, _ in self.segments)


def heading(name: str) -> Iterator[Row]:
    """What stands before the hunks of a file; `name`: its path, as the system gives it."""
    path = name.removeprefix("./").lstrip("/")
    old, new = (_quoted(f"{side}/{path}") for side in "ab")
    end = "\t\n" if " " in path and not old.startswith('"') else "\n"  # or a blank would end the name
    yield Row("", ((f"diff --git {old} {new}\n", False),))
    yield Row("", ((f"--- {old}{end}", False),))
    yield Row("", ((f"+++ {new}{end}", False),))


def _quoted(path: str) -> str:
    """A path as git writes it: in quotes, as C has texts, where it holds a control character, a quote, a backslash or no UTF-8."""
    if not _TO_QUOTE.search(path):
        return path
    return f'"{_TO_QUOTE.sub(lambda found: _escaped(found.group()), path)}"'


def _escaped(char: str) -> str:
    short = _SHORT_ESCAPES.get(char)
    return f"\\{short}" if short else "".join(f"\\{byte:03o}" for byte in os.fsencode(char))


def between(old: str, new: str) -> Iterator[Row]:
    """The hunks between two texts that nobody has told the edits of: line by line where both have as many, else all between their
    common ends as one change.
    """
    before, after = _split(old), _split(new)
    head = tail = 0
    if len(before) != len(after):
        head = _alike(before, after)
        tail = _alike(before[head:][::-1], after[head:][::-1])
        middle = ("".join(lines[head : len(lines) - tail]) for lines in (before, after))
        pairs = [*zip(before[:head], after[:head], strict=True), tuple(middle)]
        pairs += zip(before[len(before) - tail :], after[len(after) - tail :], strict=True)
    else:
        pairs = list(zip(before, after, strict=True))
    edits, at = [], 0
    for was, becomes in pairs:
        if was != becomes:
            edits.append(_narrowed(was, becomes, at))
        at += len(was)
    return Differ().feed(old, edits, last=True)


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many pieces two sequences of texts have in common at their beginning."""
    most = min(len(one), len(other))
    return next((at for at in range(most) if one[at] != other[at]), most)


def _narrowed(was: str, becomes: str, at: int) -> Edit:
    """What of a piece of text at a place is another, as one edit."""
    head = _alike(was, becomes)
    tail = _alike(was[head:][::-1], becomes[head:][::-1])
    return Edit(at + head, at + len(was) - tail, becomes[head : len(becomes) - tail], "", "")


@dataclass(slots=True)
class Differ:
    """Makes the hunks of a text that comes in parts, cut at line ends. `place`: what to call an offset of a part,
    behind the `@@`."""

    place: Callable[[int], str] | None = None
    _old: int = 1
    _new: int = 1
    """The lines that come next."""
    _before: deque[Row] = field(default_factory=lambda: deque(maxlen=CONTEXT))
    _hunk: list[Row] = field(default_factory=list)
    _start: tuple[int, int] = (0, 0)
    _named: str = ""
    _same: int = 0
    """Unchanged lines at the end of the hunk."""
    _held: tuple[str, Sequence[Edit]] = ("", ())
    """The end of the last part, where an edit has joined it with what comes."""

    def feed(self, text: str, edits: Sequence[Edit], *, last: bool = False) -> Iterator[Row]:
        """The rows that a part completes; those of `last` are all that there are."""
        held, before = self._held
        if held:
            text, edits = held + text, (*before, *(moved(edit, len(held)) for edit in edits))
        self._held = ("", ())
        at = 0
        for start, stop, group in _regions(text, edits):
            yield from self._unchanged(text[at:start])
            old, new = _segments(text, start, stop, group)
            if not last and stop == len(text) and new and not new[-1][0].endswith("\n"):
                self._held = (text[start:], tuple(moved(edit, -start) for edit in group))
                return
            yield from self._changed(_lines(old), _lines(new), self.place(group[0].start) if self.place else "")
            at = stop
        yield from self._unchanged(text[at:])
        if last:
            yield from self._closed()

    def _unchanged(self, text: str) -> Iterator[Row]:
        for line in _split(text):
            yield from self._keep(Row(" ", ((line, False),)))

    def _keep(self, row: Row) -> Iterator[Row]:
        self._old, self._new = self._old + 1, self._new + 1
        if not self._hunk:
            self._before.append(row)
            return
        self._hunk.append(row)
        self._same += 1
        if self._same > 2 * CONTEXT:
            yield from self._closed()

    def _changed(self, old: list[Row], new: list[Row], place: str) -> Iterator[Row]:
        """Take lines for others; what they have in common at their ends is no change."""
        alike = [before.text == after.text for before, after in zip(old, new, strict=False)]
        first = alike.index(False) if False in alike else len(alike)
        old, new, head = old[first:], new[first:], old[:first]
        tail: list[Row] = []
        while old and new and old[-1].text == new[-1].text:
            tail.insert(0, old.pop())
            new.pop()
        for row in head:
            yield from self._keep(Row(" ", row.segments))
        if old or new:
            if not self._hunk:
                self._start = self._old - len(self._before), self._new - len(self._before)
                self._hunk, self._named = [*self._before], place
                self._before.clear()
            self._hunk += [Row("-", row.segments) for row in old] + [Row("+", row.segments) for row in new]
            self._same = 0
            self._old, self._new = self._old + len(old), self._new + len(new)
        for row in tail:
            yield from self._keep(Row(" ", row.segments))

    def _closed(self) -> Iterator[Row]:
        """The hunk, with no more unchanged lines at its end than are to be shown."""
        over = max(0, self._same - CONTEXT)
        shown = self._hunk[: len(self._hunk) - over]
        self._before.extend(self._hunk[len(shown) :])
        if shown:
            counts = [sum(row.sign in (" ", sign) for row in shown) for sign in "-+"]
            # Of no lines, the one before them is named.
            starts = [start - (not count) for start, count in zip(self._start, counts, strict=True)]
            (old, new), (olds, news) = starts, counts
            named = f" {self._named}" if self._named else ""
            yield Row("", ((f"@@ -{old},{olds} +{new},{news} @@{named}\n", False),))
            for same, rows in groupby(shown, key=lambda row: row.sign == " "):
                for row in rows if same else sorted(rows, key=lambda row: row.sign == "+"):
                    yield from _ended(row)
        self._hunk, self._same = [], 0


def _ended(row: Row) -> Iterator[Row]:
    """A row; one of a line that has no end is given one, and a remark."""
    if row.text.endswith("\n"):
        yield row
    else:
        yield Row(row.sign, (*row.segments, ("\n", False)))
        yield Row("", ((_NO_NEWLINE, False),))


def moved(edit: Edit, by: int) -> Edit:
    """The same edit where it stands in a text that begins so much earlier."""
    return replace(edit, start=edit.start + by, end=edit.end + by)


def _regions(text: str, edits: Sequence[Edit]) -> Iterator[tuple[int, int, list[Edit]]]:
    """Whole lines that edits touch, with the line behind each edit's end, and those edits; none touches another."""
    group: list[Edit] = []
    start = stop = 0
    for edit in edits:
        low = text.rfind("\n", 0, edit.start) + 1
        if group and low >= stop:
            yield start, stop, group
            group = []
        start = start if group else low
        end = text.find("\n", edit.end) + 1
        stop = end or len(text)
        group.append(edit)
    if group:
        yield start, stop, group


def _segments(text: str, start: int, stop: int, edits: Sequence[Edit]) -> tuple[list[Segment], list[Segment]]:
    """A region before and after its edits."""
    old: list[Segment] = []
    new: list[Segment] = []
    bounds = [Edit(start, start, "", "", ""), *edits, Edit(stop, stop, "", "", "")]
    for before, edit in pairwise(bounds):
        kept = (text[before.end : edit.start], False)
        old += [kept, (text[edit.start : edit.end], True)]
        new += [kept, (edit.replacement, True)]
    return [each for each in old if each[0]], [each for each in new if each[0]]


def _lines(segments: Sequence[Segment]) -> list[Row]:
    rows: list[Row] = []
    line: list[Segment] = []
    for text, marked in segments:
        for piece in _split(text):
            line.append((piece, marked))
            if piece.endswith("\n"):
                rows.append(Row("", tuple(line)))
                line = []
    return [*rows, Row("", tuple(line))] if line else rows


def _split(text: str) -> list[str]:
    """The lines of a text, with their ends; U+000A alone ends one, as for git."""
    lines = text.split("\n")
    last = lines.pop()
    return [line + "\n" for line in lines] + ([last] if last else [])
