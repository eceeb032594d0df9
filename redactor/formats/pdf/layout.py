"""Glyphs put together as lines, as a reader sees them: by their places, in the order in which they are drawn."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import regex

from redactor.formats.pdf.glyphs import Glyph

_BASELINE: Final = 0.25
"""How far off a line's baseline a glyph may stand, in ems."""
_OVERLAP: Final = 0.35
COLUMN: Final = 1.0
"""Gaps in a line that are wider than this many ems part it."""
_SPACE: Final = 0.18
"""A gap of this many ems is a space, where no space is drawn; beside a Chinese character it takes more."""
_WIDE_SPACE: Final = 0.4
_RAISED: Final = 0.6
_CELL: Final = 1.5
"""How far before a text, in ems, the rule of its cell may be."""
Box = tuple[float, float, float, float]
"""Left, bottom, right and top on a page."""
_WIDE = regex.compile(r"[\p{Han}\p{Block=CJK_Symbols_And_Punctuation}\p{Block=Halfwidth_And_Fullwidth_Forms}]")


@dataclass(slots=True, eq=False)
class Placed:
    """A glyph on its line: `start` and `end` along the line; `reach`: its end with the spacing between characters.

    `shadows`: others that draw the same in the same place.
    """

    glyph: Glyph
    start: float
    end: float
    order: int
    shadows: list[Glyph] = field(default_factory=list)

    @property
    def reach(self) -> float:
        return self.end + self.glyph.spread


@dataclass(slots=True, eq=False)
class Segment:
    """Glyphs that stand side by side. `along`: the direction of the line; `base`: the place of its baseline across that.

    `rule`: where the rule is that parts it from what is before it, as between the cells of a table.
    """

    along: tuple[float, float]
    base: float
    em: float
    glyphs: list[Placed]
    rule: float | None = None

    @property
    def start(self) -> float:
        return self.glyphs[0].start

    @property
    def end(self) -> float:
        return max(self.glyphs[-1].end, self.glyphs[-1].start)

    @property
    def reach(self) -> float:
        return max(self.glyphs[-1].reach, self.glyphs[-1].start)

    @property
    def order(self) -> int:
        return min(placed.order for placed in self.glyphs)


@dataclass(slots=True, eq=False)
class Line:
    """A line of text: its segments from left to right, and for each character of `text` what draws it (nothing: a gap)."""

    segments: list[Segment]
    text: str = ""
    origins: list[Placed | None] = field(default_factory=list)


class Rules:
    """The upright edges of what a page draws besides text: those between two glyphs part them."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._boxes = boxes
        self._edges: dict[tuple[float, float], list[tuple[float, float, float]]] = {}

    def between(self, along: tuple[float, float], base: float, em: float, start: float, end: float) -> float | None:
        """The last edge that lies between two places of a line and is about as high as it."""
        edges = self._edges.get(along)
        if edges is None:
            edges = self._edges[along] = sorted(self._upright(along))
        last = bisect_right(edges, (end, math.inf, math.inf))
        while last and edges[last - 1][0] >= start:
            last -= 1
            at, low, high = edges[last]
            if low <= base + em / 4 and high >= base + em / 2:
                return at
        return None

    def _upright(self, along: tuple[float, float]) -> Iterator[tuple[float, float, float]]:
        for box in self._boxes:
            start, low, end, high = turned(box, along)
            for at in {start, end}:
                yield at, low, high


def turned(box: Box, along: tuple[float, float]) -> Box:
    """A box as seen along a line: where it starts and ends along that, how low and high it goes across."""
    (ax, ay), (x0, y0, x1, y1) = along, box
    alongs = [x * ax + y * ay for x in (x0, x1) for y in (y0, y1)]
    across = [y * ax - x * ay for x in (x0, x1) for y in (y0, y1)]
    return min(alongs), min(across), max(alongs), max(across)


def lines(glyphs: Sequence[Glyph], boxes: Sequence[Box] = ()) -> list[Line]:
    """The lines of a page in reading order; `boxes`: of the other things that are drawn on it."""
    found: list[Line] = []
    for segment in sorted(_segments(glyphs, Rules(boxes)), key=lambda s: s.order):
        if found and _goes_on(found[-1].segments[-1], segment):
            found[-1].segments.append(segment)
        else:
            found.append(Line([segment]))
    for line in found:
        _spell(line)
    return found


def _along(glyph: Glyph) -> tuple[float, float]:
    """The direction in which the glyph's font writes, on the page."""
    a, b, c, d = (
        glyph.text[0] * glyph.page[0] + glyph.text[1] * glyph.page[2],
        glyph.text[0] * glyph.page[1] + glyph.text[1] * glyph.page[3],
        glyph.text[2] * glyph.page[0] + glyph.text[3] * glyph.page[2],
        glyph.text[2] * glyph.page[1] + glyph.text[3] * glyph.page[3],
    )
    x, y = (-c, -d) if glyph.font.vertical else (a, b)
    if glyph.size < 0:
        x, y = -x, -y
    length = math.hypot(x, y) or 1.0
    return round(x / length, 3) + 0.0, round(y / length, 3) + 0.0


def _runs(glyphs: Iterable[Glyph], rules: Rules) -> Iterator[Segment]:
    """Glyphs drawn one after the other along a line."""
    run: Segment | None = None
    for order, glyph in enumerate(glyphs):
        along = _along(glyph)
        base = glyph.y * along[0] - glyph.x * along[1]
        start = glyph.x * along[0] + glyph.y * along[1]
        placed = Placed(glyph, start, start + glyph.dx * along[0] + glyph.dy * along[1], order)
        if run is not None and run.along == along:
            em = max(run.em, glyph.em)
            ahead = start - run.glyphs[-1].reach
            if (
                abs(base - run.base) <= _BASELINE * em
                and -_OVERLAP * em <= ahead + run.glyphs[-1].glyph.spread
                and ahead <= COLUMN * em
                and not (ahead > _SPACE * em and rules.between(along, base, em, run.glyphs[-1].end, start) is not None)
            ):
                run.glyphs.append(placed)
                run.em = em
                continue
        if run is not None:
            yield run
        run = Segment(along, base, glyph.em, [placed])
    if run is not None:
        yield run


def _segments(glyphs: Sequence[Glyph], rules: Rules) -> list[Segment]:
    found: list[Segment] = []
    by_direction: dict[tuple[float, float], list[Segment]] = {}
    for run in _runs(glyphs, rules):
        by_direction.setdefault(run.along, []).append(run)
    for runs in by_direction.values():
        runs.sort(key=lambda r: r.base)
        level: list[Segment] = []
        for run in runs:
            if level and run.base - level[-1].base > _BASELINE * min(run.em, level[-1].em):
                found.extend(_side_by_side(level, rules))
                level = []
            level.append(run)
        found.extend(_side_by_side(level, rules))
    return found


def _side_by_side(runs: list[Segment], rules: Rules) -> list[Segment]:
    """The segments of runs that share a baseline."""
    segments: list[Segment] = []
    for run in sorted(runs, key=lambda r: (r.glyphs[0].start, r.glyphs[0].order)):
        start = run.glyphs[0].start
        rule = rules.between(run.along, run.base, run.em, start - _CELL * run.em, start)
        near = [
            s
            for s in segments[-64:]
            if start - s.end >= -_OVERLAP * max(s.em, run.em)
            and start - s.reach <= COLUMN * max(s.em, run.em)
            and (rule is None or rule < s.end)
        ]
        if near:
            best = min(near, key=lambda s: abs(start - s.end))
            best.glyphs.extend(run.glyphs)
            best.em = max(best.em, run.em)
        elif not any(_shadows(s, run) for s in segments[-64:]):
            run.rule = rule
            segments.append(run)
    return segments


def _shadows(segment: Segment, run: Segment) -> bool:
    """Whether the run draws what the segment draws already (for bold, or a shadow); if so, it is kept with it."""
    pairs: list[tuple[Placed, Placed]] = []
    at = 0
    for placed in run.glyphs:
        while at < len(segment.glyphs) and segment.glyphs[at].start < placed.start - _OVERLAP * run.em:
            at += 1
        twin = next(
            (
                other
                for other in segment.glyphs[at : at + 4]
                if other.glyph.char.text == placed.glyph.char.text
                and abs(other.start - placed.start) <= _OVERLAP * run.em
            ),
            None,
        )
        if twin is None:
            return False
        pairs.append((twin, placed))
    for twin, placed in pairs:
        twin.shadows.append(placed.glyph)
    return True


def _goes_on(last: Segment, following: Segment) -> bool:
    em = max(last.em, following.em)
    return (
        last.along == following.along
        and abs(last.base - following.base) <= _RAISED * em
        and following.start >= last.end - _OVERLAP * em
    )


def _spell(line: Line) -> None:
    text: list[str] = []
    origins: list[Placed | None] = []
    before: Placed | None = None
    for number, segment in enumerate(line.segments):
        for place, placed in enumerate(segment.glyphs):
            if before is not None:
                parted = (
                    number > 0
                    and place == 0
                    and (segment.rule is not None or placed.start - before.reach > COLUMN * segment.em)
                )
                gap = "\t" if parted else _gap(before, placed, text)
                text.extend(gap)
                origins.extend([None] * len(gap))
            text.extend(placed.glyph.char.text)
            origins.extend([placed] * len(placed.glyph.char.text))
            before = placed
    line.text = "".join(text)
    line.origins = origins


def is_wide(text: str) -> bool:
    """Whether a text begins with a character of Chinese writing, which is set without spaces."""
    return _WIDE.match(text) is not None


def _gap(before: Placed, placed: Placed, text: Sequence[str]) -> str:
    """A space where one is seen but none is drawn."""
    em = max(before.glyph.em, placed.glyph.em)
    gap = placed.start - before.reach
    if gap <= _SPACE * em or not text or text[-1].isspace() or placed.glyph.char.text[:1].isspace():
        return ""
    wide = is_wide(text[-1]) or is_wide(placed.glyph.char.text)
    return "" if wide and gap <= _WIDE_SPACE * em else " "
