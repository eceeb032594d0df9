"""Edited lines laid anew, so that no place on them is a function of what was removed.

A mark has one width, whatever it stands for. What follows it moves up; gaps within the line are set to one of three widths,
because those of justified text would tell the sum of what was between them. A line begins where other lines of its page
begin, too, or ends or is centred where others are: a place that no other line of another width shares is not kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from redactor.formats.pdf.glyphs import Content, Drawing, Glyph, is_clipping, is_invisible
from redactor.formats.pdf.layout import COLUMN, Box, Line, Placed, Segment, is_wide, turned
from redactor.formats.unit import Redacted
from redactor.model import FormatError

MARK_WIDTH: Final = 0.8
"""Of a mark, in ems."""
_GAP: Final = 0.25
_SEEN_GAP: Final = 0.15
_NEAR: Final = 0.75
"""Places that differ by less, in points, are one."""
_INDENT: Final = 2.0
_CELL_GAP: Final = 0.3
_BELOW, _ABOVE, _BESIDE = 0.45, 1.25, 0.6
"""How far around the text of a line, in ems, backgrounds go with it."""
_THIN: Final = 0.15
_LINE_BELOW, _LINE_ABOVE = 0.3, 0.9
"""The same for lines through and under it, which are thinner; what is farther off are a table's rules."""


@dataclass(slots=True)
class Plan:
    """What becomes of a page: glyphs that go, glyphs that move along their lines, marks that take a glyph's place.

    `paths`: drawings that go, `untold`: where alternative texts go, each as the steps of a content stream.
    """

    dropped: set[Glyph] = field(default_factory=set)
    moved: dict[Glyph, tuple[float, float]] = field(default_factory=dict)
    marks: dict[Glyph, tuple[float, float]] = field(default_factory=dict)
    paths: dict[Content, list[Drawing]] = field(default_factory=dict)
    untold: dict[Content, set[int]] = field(default_factory=dict)

    def changes(self) -> bool:
        """Whether the page is not to stay as it was."""
        return bool(self.dropped or self.untold)


@dataclass(slots=True)
class _Item:
    """What stands on a new line: a glyph that stays, or a mark in the place of glyphs that go."""

    placed: Placed
    mark: bool
    offset: float = 0.0


def plan_page(lines: Sequence[Line], done: Sequence[Redacted], contents: Sequence[Content], box: Box) -> Plan:
    """The plan of a page from what has become of its lines. FormatError for what can't be laid anew."""
    plan = Plan()
    segments = [segment for line in lines for segment in line.segments]
    sides = _Sides(segments, box)
    for line, redacted in zip(lines, done, strict=True):
        gone, marks = _fates(line, redacted)
        if gone:
            for segment in _lay(plan, line, gone, marks, sides):
                _undraw(plan, segment, contents)
    for glyph in plan.dropped | set(plan.moved):
        if is_clipping(glyph):
            raise FormatError("text that cuts out what is drawn after it")
    return plan


def _fates(line: Line, redacted: Redacted) -> tuple[set[Placed], set[Placed]]:
    """The glyphs that go, and the first of each edit that leaves a mark."""
    gone: set[Placed] = set()
    marks: set[Placed] = set()
    for edit in redacted.edits:
        touched = [placed for placed in line.origins[edit.start : edit.end] if placed is not None]
        if touched and edit.replacement:
            marks.add(touched[0])
        gone.update(touched)
    return gone, marks


def _lay(plan: Plan, line: Line, gone: set[Placed], marks: set[Placed], sides: _Sides) -> Iterator[Segment]:
    """Lay a line anew, and give the segments of it that were."""
    after: float | None = None
    for segment in line.segments:
        if segment.rule is not None and gone.isdisjoint(segment.glyphs):
            after = segment.end  # a cell of its own, in which nothing was found
            continue
        items, width = _items(segment, gone, marks)
        for placed in segment.glyphs:
            if placed in gone:
                plan.dropped.update((placed.glyph, *placed.shadows))
        yield segment
        if not items:
            continue
        start = sides.place(segment, width)
        if start is None and segment.rule is not None:
            start = segment.rule + _CELL_GAP * segment.em
        elif start is None:
            start = sides.fallback(segment) if after is None else after + COLUMN * segment.em
        elif after is not None and segment.rule is None:
            start = max(start, after + _GAP * segment.em)
        for item in items:
            _put(plan, segment, item, start + item.offset)
        after = start + width


def _put(plan: Plan, segment: Segment, item: _Item, start: float) -> None:
    (ax, ay), glyph = segment.along, item.placed.glyph
    if item.mark:
        if not is_invisible(glyph):
            x, y = _spot(start, glyph, ax, ay)
            if glyph.font.vertical:  # whose glyphs hang from the middle of their upper edge
                x, y = (
                    x + glyph.em * (0.5 * ay * MARK_WIDTH + MARK_WIDTH * ax),
                    y + glyph.em * (MARK_WIDTH * ay - 0.5 * ax),
                )
            plan.marks[glyph] = (x, y)
        return
    plan.moved[glyph] = _spot(start, glyph, ax, ay)
    for shadow in item.placed.shadows:
        ahead = (shadow.x - glyph.x) * ax + (shadow.y - glyph.y) * ay
        # The shadow of a bold glyph is at a fraction of an em; a rounded one says nothing else.
        plan.moved[shadow] = _spot(start + round(ahead, 1), shadow, ax, ay)


def _spot(start: float, glyph: Glyph, ax: float, ay: float) -> tuple[float, float]:
    across = glyph.y * ax - glyph.x * ay
    return start * ax - across * ay, start * ay + across * ax


def _items(segment: Segment, gone: set[Placed], marks: set[Placed]) -> tuple[list[_Item], float]:
    """What a segment holds when it is laid anew, from 0 on, and how wide that is."""
    items: list[_Item] = []
    at = 0.0
    before: Placed | None = None
    for placed in segment.glyphs:
        if placed in gone and placed not in marks:
            before = None
            continue
        if placed.end < placed.start - 0.01 * segment.em:
            raise FormatError("text that runs backwards")
        mark = placed in gone
        if not mark and before is not None:
            gap = placed.start - before.reach
            word = not (is_wide(before.glyph.char.text) and is_wide(placed.glyph.char.text))
            at += _GAP * placed.glyph.em if word and gap > _SEEN_GAP * placed.glyph.em else 0.0
        items.append(_Item(placed, mark, at))
        at += mark_width(placed.glyph) if mark else placed.end - placed.start
        before = None if mark else placed
    return items, at


def mark_width(glyph: Glyph) -> float:
    """How wide a mark in the place of a glyph is on the page."""
    return MARK_WIDTH * glyph.em


def _undraw(plan: Plan, segment: Segment, contents: Sequence[Content]) -> None:
    """Underlines and backgrounds of an edited line go: their widths are those of what was there."""
    for content in contents:
        gone = [drawing for drawing in content.drawings if _belongs(drawing, segment)]
        if gone:
            plan.paths.setdefault(content, []).extend(gone)


def _belongs(drawing: Drawing, segment: Segment) -> bool:
    """Whether a drawing is an underline, a line through or a background of the segment's text or a part of it."""
    em = segment.em
    start, bottom, end, top = turned(drawing.box, segment.along)
    if start < segment.start - _BESIDE * em or end > segment.end + _BESIDE * em:
        return False
    low, high = bottom - segment.base, top - segment.base
    if end - start < _THIN * em and high - low > em / 2:
        return False  # an upright rule
    if high - low < _THIN * em:
        return low >= -_LINE_BELOW * em and high <= _LINE_ABOVE * em
    return low >= -_BELOW * em and high <= _ABOVE * em


class _Sides:
    """Where the lines of a page begin, end and are centred."""

    def __init__(self, segments: Sequence[Segment], box: Box) -> None:
        self._box = box
        self._segments = segments
        self._places: dict[tuple[object, ...], list[Segment]] = {}
        for segment in segments:
            for name, at in _sides(segment):
                self._places.setdefault((segment.along, name, round(at / _NEAR)), []).append(segment)

    def place(self, segment: Segment, width: float) -> float | None:
        """Where a segment that is now so wide begins; None when its place would tell how wide it was."""
        left, right = self._margins(segment)
        em, indent, rest = segment.em, segment.start - left, right - segment.end
        if indent > em / 2 and abs(indent - rest) <= 2 * _NEAR:
            return (left + right - width) / 2
        start = self._shared(segment, "start", segment.start)
        if start is not None:
            return start
        end = self._shared(segment, "end", segment.end)
        if end is not None:
            return end - width
        middle = self._shared(segment, "middle", (segment.start + segment.end) / 2)
        if middle is not None:
            return middle - width / 2
        if abs(indent) <= _NEAR:
            return left
        return left + _INDENT * em if abs(indent - _INDENT * em) <= 0.05 * em else None

    def fallback(self, segment: Segment) -> float:
        """A place for the start of a line that has none of its own: where the page's lines begin, or a tenth of its width."""
        left, _ = self._margins(segment)
        if left < float("inf"):
            return left
        start, _, end, _ = turned(self._box, segment.along)
        return start + (end - start) / 10

    def _margins(self, segment: Segment) -> tuple[float, float]:
        others = [
            other
            for other in self._segments
            if other is not segment and other.along == segment.along and other.base != segment.base
        ]
        if not others:
            return float("inf"), float("-inf")
        return min(other.start for other in others), max(other.end for other in others)

    def _shared(self, segment: Segment, name: str, at: float) -> float | None:
        """The place of a line that is not as wide, and begins (ends, is centred) where this one does."""
        number = round(at / _NEAR)
        for key in (number, number - 1, number + 1):
            for other in self._places.get((segment.along, name, key), ()):
                place = dict(_sides(other))[name]
                wider = abs((other.end - other.start) - (segment.end - segment.start)) > segment.em / 2
                if wider and other.base != segment.base and abs(place - at) <= _NEAR:
                    return place
        return None


def _sides(segment: Segment) -> Iterator[tuple[str, float]]:
    yield "start", segment.start
    yield "end", segment.end
    yield "middle", (segment.start + segment.end) / 2
