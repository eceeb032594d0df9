"""Texts of a page as a reader sees them: text objects put together as lines by their places, and edits written back into them.

A text object (GB/T 33190-2016, 11) draws stretches of characters (TextCode), each at a place of its own, with the
distances between its characters.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby, pairwise
from statistics import median_low
from typing import Final

import regex
from lxml import etree

from redactor.formats.office.markup import local, named, remove
from redactor.formats.unit import Redacted
from redactor.model import Edit

_BASELINE: Final = 0.25
"""How far off a line's baseline a stretch may stand, in ems."""
_OVERLAP: Final = 0.35
_SPACE: Final = 0.4
"""A gap of this many ems more than is usual there is a space, where none is drawn."""
_COLUMN: Final = 1.0
"""One of this many parts what stands on one line."""
_EVEN: Final = 0.05
"""How many ems the distances of characters set evenly may differ by."""
_WIDE: Final = regex.compile(r"[\p{Han}\p{Block=CJK_Symbols_And_Punctuation}\p{Block=Halfwidth_And_Fullwidth_Forms}]")
_DIGITS: Final = 3


@dataclass(slots=True, eq=False)
class Stretch:
    """One TextCode. `places`: of each character along the line; `dx`, `dy`: its distances as written, None where none are.

    `base`: the place of its baseline across the line; `em`: the height of its font on the page; `order`: in which it is drawn.
    """

    element: etree._Element
    text: str
    along: tuple[float, float]
    base: float
    em: float
    places: list[float]
    end: float
    size: float
    dx: list[float] | None
    dy: list[float] | None
    order: int

    @property
    def start(self) -> float:
        return self.places[0] if self.places else self.end


@dataclass(slots=True)
class Line:
    """A line of text, and for each of its characters where it stands: a stretch and the character in it; None for a gap."""

    text: str = ""
    origins: list[tuple[Stretch, int] | None] = field(default_factory=list)

    def write(self, done: Redacted) -> list[etree._Element]:
        """Make edits of the line in its stretches, each edit in the first of those that it goes over; the objects that changed."""
        own: dict[int, tuple[Stretch, list[Edit]]] = {}
        for edit in done.edits:
            written = edit.replacement
            for stretch, low, high in self._covered(edit.start, edit.end):
                piece = Edit(low, high, written, edit.entity, edit.rule)
                own.setdefault(id(stretch), (stretch, []))[1].append(piece)
                written = ""
        return [_written(stretch, edits) for stretch, edits in own.values()]

    def _covered(self, start: int, end: int) -> Iterator[tuple[Stretch, int, int]]:
        """The stretches that characters of the line stand in; of none, the place before the one that follows (or the last)."""
        run: tuple[Stretch, int, int] | None = None
        for origin in self.origins[start:end]:
            if origin is None:
                continue
            if run and run[0] is origin[0] and run[2] == origin[1]:
                run = (run[0], run[1], origin[1] + 1)
                continue
            if run:
                yield run
            run = (*origin, origin[1] + 1)
        if run is None:
            after = next((each for each in self.origins[end:] if each), None)
            before = next((each for each in reversed(self.origins[:start]) if each), None)
            if after:
                run = (after[0], after[1], after[1])
            elif before:
                run = (before[0], before[1] + 1, before[1] + 1)
        if run:
            yield run


def lines_of(root: etree._Element) -> list[Line]:
    """The lines of a page (or of whatever holds text objects), in reading order."""
    stretches: list[Stretch] = []
    for code in named(root, "TextCode"):
        if code.text:
            holder = next((each for each in code.iterancestors() if local(each) == "TextObject"), code)
            stretches.append(_stretch(holder, code, len(stretches)))
    found: list[list[Stretch]] = []
    for segment in sorted(_segments(stretches), key=lambda each: min(s.order for s in each)):
        if found and _goes_on(found[-1][-1], segment[0]):
            found[-1].extend(segment)
        else:
            found.append(segment)
    return [_spelled(line) for line in found]


def _stretch(holder: etree._Element, code: etree._Element, order: int) -> Stretch:
    text = code.text or ""
    box, matrix = _numbers(holder.get("Boundary"), 4), _numbers(holder.get("CTM"), 6)
    a, b, c, d, e, f = matrix or (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    left, top = (box or (0.0, 0.0))[:2]
    size = _numbers(holder.get("Size"), 1)
    x, y = _numbers(code.get("X"), 1), _numbers(code.get("Y"), 1)
    dx, dy = _distances(code.get("DeltaX"), len(text)), _distances(code.get("DeltaY"), len(text))
    # Where no size is said, characters are about as far apart as they are large.
    em = size[0] if size and size[0] > 0 else max(map(abs, (dx or dy or [])), default=0.0) or 1.0
    upright = dy is not None and dx is None
    across, down = (c, d) if upright else (a, b)
    scale = math.hypot(across, down) or 1.0
    along = (round(across / scale, 3) + 0.0, round(down / scale, 3) + 0.0)
    px, py = (x[0] if x else 0.0), (y[0] if y else 0.0)
    at = (left + a * px + c * py + e, top + b * px + d * py + f)
    steps = (dy if upright else dx) or []
    places = [at[0] * along[0] + at[1] * along[1]]
    for number in range(1, len(text)):
        step = steps[number - 1] if number <= len(steps) else _advance(text[number - 1], em)
        places.append(places[-1] + step * scale)
    end = places[-1] + _advance(text[-1], em) * scale
    base = at[1] * along[0] - at[0] * along[1]
    return Stretch(code, text, along, base, em * scale, places, end, em, dx, dy, order)


def _advance(character: str, em: float) -> float:
    return em if _WIDE.match(character) else em / 2


def _numbers(text: str | None, count: int) -> tuple[float, ...] | None:
    """So many numbers as an attribute holds them; None when it does not."""
    try:
        found = tuple(float(each) for each in (text or "").split())
    except ValueError:
        return None
    return found if len(found) == count and all(map(math.isfinite, found)) else None


def _distances(text: str | None, most: int) -> list[float] | None:
    """Distances as they are written, `g 5 3.5` for five of the same; None when there are none that can be read."""
    if not text:
        return None
    found: list[float] = []
    words = iter(text.split())
    try:
        for word in words:
            if word == "g":
                times, each = int(next(words)), float(next(words))
                found.extend([each] * min(times, most))
            else:
                found.append(float(word))
    except (ValueError, StopIteration):
        return None
    return found if all(map(math.isfinite, found)) else None


def _segments(stretches: Sequence[Stretch]) -> Iterator[list[Stretch]]:
    """Stretches that stand side by side on one baseline, from left to right."""
    by_direction: dict[tuple[float, float], list[Stretch]] = {}
    for stretch in stretches:
        by_direction.setdefault(stretch.along, []).append(stretch)
    for found in by_direction.values():
        level: list[Stretch] = []
        for stretch in sorted(found, key=lambda each: each.base):
            if level and stretch.base - level[-1].base > _BASELINE * min(stretch.em, level[-1].em):
                yield from _side_by_side(level)
                level = []
            level.append(stretch)
        yield from _side_by_side(level)


def _side_by_side(level: Sequence[Stretch]) -> Iterator[list[Stretch]]:
    segment: list[Stretch] = []
    for stretch in sorted(level, key=lambda each: (each.start, each.order)):
        em = max(stretch.em, segment[-1].em) if segment else 0.0
        if segment and not -_OVERLAP * em <= stretch.start - segment[-1].end <= _COLUMN * em:
            yield segment
            segment = []
        segment.append(stretch)
    if segment:
        yield segment


def _goes_on(last: Stretch, following: Stretch) -> bool:
    em = max(last.em, following.em)
    return (
        last.along == following.along
        and abs(last.base - following.base) <= _BASELINE * em
        and following.start >= last.end - _OVERLAP * em
    )


def _spelled(stretches: Sequence[Stretch]) -> Line:
    line = Line()
    drawn = [(stretch, place) for stretch in stretches for place in range(len(stretch.text))]
    pieces: list[str] = []
    for (stretch, place), gap in zip(drawn, _gaps(drawn), strict=True):
        character = stretch.text[place]
        if gap > _SPACE * stretch.em:
            pieces.append("\t" if gap > _COLUMN * stretch.em else " " * (not _spaced(pieces, character)))
            line.origins.extend([None] * len(pieces[-1]))
        pieces.append(character)
        line.origins.append((stretch, place))
    line.text = "".join(pieces)
    return line


def _gaps(drawn: Sequence[tuple[Stretch, int]]) -> list[float]:
    """How much wider than usual the gap before each character of a line is.

    How wide a character is, its font alone says. So what is set evenly has no gaps in it, however wide: a stretch whose
    distances are all the same, and narrow characters as far apart as most of their run (digits that stand as Chinese ones do).
    """
    even = {id(stretch) for stretch, place in drawn if not place and _is_even(stretch)}
    gaps = [0.0]
    for (before, last), (stretch, place) in pairwise(drawn):
        free = stretch.places[place] - before.places[last] - _advance(before.text[last], before.em)
        gaps.append(0.0 if before is stretch and id(stretch) in even else free)

    def in_run(number: int) -> bool:
        close = gaps[number] <= _COLUMN * drawn[number][0].em
        return close and not any(_WIDE.match(stretch.text[place]) for stretch, place in drawn[number - 1 : number + 1])

    for narrow, numbers in groupby(range(1, len(gaps)), in_run):
        run = list(numbers)
        usual = max(0.0, median_low(gaps[number] for number in run)) if narrow else 0.0
        for number in run:
            gaps[number] -= usual
    return gaps


def _is_even(stretch: Stretch) -> bool:
    """Whether the characters of a stretch, three at least, are all as far apart."""
    steps = [after - before for before, after in pairwise(stretch.places)]
    return len(steps) > 1 and max(steps) - min(steps) <= _EVEN * stretch.em


def _spaced(before: Sequence[str], character: str) -> bool:
    """Whether a small gap means nothing: beside a space, or beside a Chinese character, which is set wide."""
    last = before[-1][-1:] if before else ""
    return last.isspace() or character.isspace() or bool(_WIDE.match(last) or _WIDE.match(character))


def _written(stretch: Stretch, edits: Sequence[Edit]) -> etree._Element:
    """Make edits in a stretch: what is kept keeps its place, what is written stands where the first of what it replaces stood."""
    holder = next((each for each in stretch.element.iterancestors() if local(each) == "TextObject"), stretch.element)
    text, origins = [], []
    at = 0
    for edit in sorted(edits, key=lambda each: each.start):
        text += [*stretch.text[at : edit.start], *edit.replacement]
        origins += [*map(float, range(at, edit.start)), *_between(edit.start, edit.end, len(edit.replacement))]
        at = edit.end
    text += stretch.text[at:]
    origins += map(float, range(at, len(stretch.text)))
    if not text:
        remove(stretch.element)
        return holder
    stretch.element.text = "".join(text)
    for name, steps, first in (("DeltaX", stretch.dx, "X"), ("DeltaY", stretch.dy, "Y")):
        if steps is None:
            continue
        done = (0.0, *accumulate(steps))
        places = [_at(steps, done, each, stretch.size) for each in origins]
        start = _numbers(stretch.element.get(first), 1)
        stretch.element.set(first, _number((start[0] if start else 0.0) + places[0]))
        distances = [after - before for before, after in pairwise(places)]
        if distances:
            stretch.element.set(name, " ".join(map(_number, distances)))
        else:
            del stretch.element.attrib[name]
    return holder


def _between(start: int, end: int, count: int) -> list[float]:
    """Where so many characters stand that are written in the place of others, counted in those."""
    step = min(1.0, (end - start) / count) if count else 0.0
    return [start + number * step for number in range(count)]


def _at(steps: Sequence[float], done: Sequence[float], place: float, size: float) -> float:
    """How far from the first character a place is, that may lie between two. `done`: how far each character is."""
    whole = int(place)
    last = steps[-1] if steps else size
    before = done[min(whole, len(steps))] + last * max(0, whole - len(steps))
    return before + (place - whole) * (steps[whole] if whole < len(steps) else last)


def _number(value: float) -> str:
    return f"{value:.{_DIGITS}f}".rstrip("0").rstrip(".") or "0"
