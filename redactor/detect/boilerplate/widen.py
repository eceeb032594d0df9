"""How far a block reaches: what stands beside it and goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from redactor.detect.boilerplate.edge import Seen
from redactor.detect.boilerplate.page import LONGEST_AFTER, MOST_AFTER, MOST_BETWEEN, Page, beside
from redactor.detect.boilerplate.score import NEIGHBOUR, Scores
from redactor.model import Span
from redactor.ruleset.boilerplate import BoilerplateRule
from redactor.text.lines import Line, ends_sentence, is_body, is_decoration, is_picture

_MOST_ABOVE: Final = 1
"""How many pictures or links above a block go with it: more of them are the text's own."""
_LONGEST_NEIGHBOUR: Final = 60
_MOST_FRAMED: Final = 6
"""How many lines of a frame may stand below the last one that carries the block."""
_SECTIONS: Final = 4
"""How many headings above it a block at the tail may reach."""


def widened(rule: BoilerplateRule, page: Page, first: int, last: int, scores: Scores, seen: Seen) -> Span:
    """The bounds of a block with what stands beside it and goes with it."""
    lines = page.lines
    above = 0
    while (index := beside(rule, lines, first, -1)) is not None and _joins(rule, page, index, scores, seen):
        above += is_picture(lines[index])
        if above > _MOST_ABOVE or (is_picture(lines[index]) and rule.shows and not rule.has("shows", lines[first])):
            break
        first = index
        if is_decoration(lines[first]):
            break
    if rule.crowns and rule.zone == "tail" and not seen.told:
        for _ in range(_SECTIONS):
            first = _to_heading(rule, page, first)
    crowned = rule.crowns and not seen.told
    while crowned and (index := beside(rule, lines, first, -1)) is not None and _crowns(rule, page, index):
        first = index
    while (index := beside(rule, lines, last, 1)) is not None and _joins(rule, page, index, scores, seen):
        last = index
    if is_decoration(lines[first]):
        last = _to_twin(rule, lines, first, last)
    if rule.zone == "tail":
        last = _to_end(rule, page, last)
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
        if shown > _MOST_FRAMED or is_body(line) or rule.has("titles", line):
            break
    return last


def _to_end(rule: BoilerplateRule, page: Page, last: int) -> int:
    """The last line, if what follows a block at the tail is but a motto or a name; else where the block ends."""
    lines = page.lines
    after = [line for line in lines[last + 1 :] if not line.blank and not rule.has("fillers", line)]
    short = len(after) <= MOST_AFTER and all(line.length <= LONGEST_AFTER and not is_body(line) for line in after)
    return len(lines) - 1 if short and not any(rule.has("titles", line) for line in after) else last


def _to_heading(rule: BoilerplateRule, page: Page, first: int) -> int:
    """The heading of the section that a block stands in, if but a few lines of no text of their own stand between."""
    pictures = passed = 0
    for index in range(first - 1, -1, -1):
        line = page.lines[index]
        if line.blank:
            continue
        if _crowns(rule, page, index):
            return index
        pictures += is_picture(line)
        passed += not is_picture(line)
        protected = rule.has("titles", line) or page.kinds.of(line) or is_body(line) or ends_sentence(line)
        if protected or pictures > MOST_BETWEEN or passed > MOST_AFTER:
            break
    return first


def _crowns(rule: BoilerplateRule, page: Page, index: int) -> bool:
    """Whether a line right above a block is its heading."""
    line = page.lines[index]
    return rule.has("crowns", line) and not rule.has("titles", line) and not page.kinds.of(line)


def _joins(rule: BoilerplateRule, page: Page, index: int, scores: Scores, seen: Seen) -> bool:
    """Whether a line beside a block goes with it: decoration, or a weak cue in a short line that is no title."""
    line = page.lines[index]
    if index in seen.within or is_body(line) or page.kinds.of(line):
        return False
    if rule.has("fillers", line):
        return True
    if line.blank or rule.has("titles", line):
        return False
    if is_decoration(line):
        return True
    if rule.zone == "any" and rule.runs:  # What the second voice took alone has no neighbours.
        return False
    return line.length <= _LONGEST_NEIGHBOUR and scores.score(rule, line) >= NEIGHBOUR * rule.threshold
