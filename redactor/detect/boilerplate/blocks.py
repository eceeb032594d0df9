"""Blocks of boilerplate: lines that carry enough cues, with what stands between and beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from redactor.detect.boilerplate.lines import Line, ends_sentence, is_body, is_decoration, is_picture
from redactor.detect.boilerplate.rules import BoilerplateRule
from redactor.detect.boilerplate.score import NEIGHBOUR, Scores
from redactor.model import Span

_MOST_ABOVE: Final = 1
"""How many pictures or links above a block go with it: more of them are the text's own."""
_MOST_BETWEEN: Final = 4
"""And how many between two lines of it."""
_MOST_BLANK: Final = 4
_LONGEST_NEIGHBOUR: Final = 60
_MOST_AFTER, _LONGEST_AFTER = 6, 40
"""What may follow a block at the tail and still be no text of its own: few lines, short ones."""
_MOST_FRAMED: Final = 6
"""How many lines of a frame may stand below the last one that carries the block."""
_MOST_SENTENCES: Final = 1
"""Sentences that may follow the heading of a list of other pages, as teasers of them."""


@dataclass(frozen=True, slots=True)
class Page:
    """Lines, and the indices of those in which a cue may stand."""

    lines: Sequence[Line]
    hot: Sequence[int]


def blocks(rule: BoilerplateRule, page: Page, scores: Scores) -> Iterator[tuple[Span, float]]:
    """The blocks that a rule takes out of a page, each with the best score of a line in it."""
    if not page.hot:
        return
    lines = page.lines
    anchors = _anchors_at_edge(rule, page, scores) if rule.zone != "any" else _anchors(rule, page, scores)
    opening = _opening(rule, lines, anchors)
    for group in _groups(rule, lines, sorted(anchors)):
        first, last = group[0], group[-1]
        if rule.leads:
            if not _led(rule, lines, first, last):
                continue
            while first > 0 and rule.is_lead(lines[first - 1]):
                first -= 1
            yield (lines[first].start, lines[last].end), max(anchors[i] for i in group)
            continue
        if rule.zone == "any" and len(group) < 2:
            continue
        if opening is not None and last >= opening:
            first, last = min(first, opening), len(lines) - 1
        first, last = _widened(rule, lines, first, last, scores)
        yield (lines[first].start, lines[last].end), max(anchors[i] for i in group)


def _led(rule: BoilerplateRule, lines: Sequence[Line], first: int, last: int) -> bool:
    """Whether a block is all that stands under its leads: nothing but them above it, nothing below it."""
    below = last + 1 == len(lines) or lines[last + 1].blank
    return below and first > 0 and rule.is_lead(lines[first - 1])


def _opening(rule: BoilerplateRule, lines: Sequence[Line], anchors: Mapping[int, float]) -> int | None:
    """The line from which all goes to the end of the document, if a block at the tail has one."""
    return min((i for i in anchors if rule.opens_block(lines[i])), default=None)


def _widened(rule: BoilerplateRule, lines: Sequence[Line], first: int, last: int, scores: Scores) -> tuple[int, int]:
    """The bounds of a block with what stands beside it and goes with it."""
    above = 0
    while (index := _next(rule, lines, first, -1)) is not None and _joins(rule, lines[index], scores):
        above += is_picture(lines[index])
        if above > _MOST_ABOVE:
            break
        first = index
        if is_decoration(lines[first]):
            break
    while (index := _next(rule, lines, last, 1)) is not None and _joins(rule, lines[index], scores):
        last = index
    if is_decoration(lines[first]):
        last = _to_twin(rule, lines, first, last)
    if rule.zone == "tail":
        last = _to_end(rule, lines, last)
    # What the block leaves blank at the very head or tail of the document goes with it.
    if rule.zone == "head" and all(line.blank for line in lines[:first]):
        first = 0
        while last + 1 < len(lines) and lines[last + 1].blank:
            last += 1
    if rule.zone == "tail" and all(line.blank for line in lines[last + 1 :]):
        last = len(lines) - 1
        while first > 0 and lines[first - 1].blank:
            first -= 1
    return first, last


def _to_twin(rule: BoilerplateRule, lines: Sequence[Line], first: int, last: int) -> int:
    """The line that closes a frame which another of the same signs opens, if it is near; else where the block ends."""
    signs = set(lines[first].text) - {" ", "\n", "\r"}
    shown = 0
    for index in range(last + 1, len(lines)):
        line = lines[index]
        if line.blank:
            continue
        if is_decoration(line) and set(line.text) - {" ", "\n", "\r"} == signs:
            return index
        shown += 1
        if shown > _MOST_FRAMED or is_body(line) or rule.is_title(line):
            break
    return last


def _to_end(rule: BoilerplateRule, lines: Sequence[Line], last: int) -> int:
    """The last line, if what follows a block at the tail is but a motto or a name; else where the block ends."""
    after = [line for line in lines[last + 1 :] if not line.blank and not rule.is_filler(line)]
    short = len(after) <= _MOST_AFTER and all(line.length <= _LONGEST_AFTER and not is_body(line) for line in after)
    return len(lines) - 1 if short and not any(rule.is_title(line) for line in after) else last


def _next(rule: BoilerplateRule, lines: Sequence[Line], index: int, step: int) -> int | None:
    """The line beside a block, blank lines between left out of account."""
    index += step
    for _ in range(_MOST_BLANK if rule.fillers else _MOST_BLANK // 2):
        if 0 <= index < len(lines) and lines[index].blank:
            index += step
    return index if 0 <= index < len(lines) else None


def _anchors(rule: BoilerplateRule, page: Page, scores: Scores) -> dict[int, float]:
    """The lines that carry a block, with their scores."""
    anchors: dict[int, float] = {}
    for index in page.hot:
        score = scores.score(rule, page.lines[index])
        if score >= rule.threshold and not rule.is_title(page.lines[index]):
            anchors[index] = score
    return anchors


def _anchors_at_edge(rule: BoilerplateRule, page: Page, scores: Scores) -> dict[int, float]:
    """The same, from one edge of the document to the first line of body text."""
    lines, hot = page.lines, set(page.hot)
    anchors: dict[int, float] = {}
    seen = sentences = 0
    reach = _reach(rule, lines)
    for index in reversed(range(len(lines))) if rule.zone == "tail" else range(len(lines)):
        line = lines[index]
        if line.blank or rule.is_filler(line):
            continue
        score = scores.score(rule, line) if index in hot and not sentences else 0.0
        if score >= rule.threshold and not rule.is_title(line):
            anchors[index] = score
        elif rule.opens_block(line):
            anchors[index] = rule.threshold
        elif index >= reach and (is_body(line) or (rule.opens and ends_sentence(line))):
            # From here on only the heading of a list of other pages counts: what teases them may be sentences.
            sentences += 1
            if sentences > (_MOST_SENTENCES if rule.opens else 0):
                break
        seen += 1
        if seen >= rule.max_lines:
            break
    return anchors


def _reach(rule: BoilerplateRule, lines: Sequence[Line]) -> int:
    """The line up to which all is the head, sentences too: that with which the first chapter of a book begins."""
    if rule.until:
        for index, line in enumerate(lines[: 2 * rule.max_lines]):
            if rule.begins_text(line):
                return index
    return 0


def _groups(rule: BoilerplateRule, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[list[int]]:
    """Anchors that belong together: nothing but a few short lines, none a title or body text, stands between them."""
    group = list(anchors[:1])
    for index in anchors[1:]:
        shown = [line for line in lines[group[-1] + 1 : index] if not line.blank]
        between = [line for line in shown if not rule.is_filler(line) and not rule.is_lead(line)]
        if (
            len(between) <= rule.gap
            and len(shown) - len(between) <= _MOST_BETWEEN
            and not any(rule.is_title(line) or is_body(line) for line in between)
        ):
            group.append(index)
        else:
            yield group
            group = [index]
    if group:
        yield group


def _joins(rule: BoilerplateRule, line: Line, scores: Scores) -> bool:
    """Whether a line beside a block goes with it: decoration, or a weak cue in a short line that is no title."""
    if rule.is_filler(line):
        return True
    if line.blank or rule.is_title(line):
        return False
    if is_decoration(line):
        return True
    return line.length <= _LONGEST_NEIGHBOUR and scores.score(rule, line) >= NEIGHBOUR * rule.threshold
