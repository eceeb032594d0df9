"""Blocks of boilerplate: lines that carry enough cues, with what stands between and beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from redactor.detect.boilerplate.edge import Seen, at_edge, begins, carriers
from redactor.detect.boilerplate.page import MOST_BETWEEN, YES, Page
from redactor.detect.boilerplate.score import Scores
from redactor.detect.boilerplate.sections import is_row
from redactor.detect.boilerplate.stays import without_protected
from redactor.detect.boilerplate.widen import widened
from redactor.model import Span
from redactor.ruleset.boilerplate import BoilerplateRule
from redactor.text.lines import Line, is_body, is_picture

_FEW, _MORE = 8, 3
"""How many lines without a cue may follow the last one with enough of them at the tail: so many, and so many for each that has."""
_FEWEST_ITEMS, _LABEL_LENGTH, _LONGEST_ITEM = 3, 8, 16
"""A menu has so many items of this length; what stands above the path of a page is no longer than that."""
_LONGEST_MENU: Final = 12
"""So many lines below the line that says what they are the items of a list may stand."""
_LISTS: Final = re.compile(r"[\u4e00-\u9fff]{5}[：:]$")
"""A line that says what stands in the list below it."""
_STOPS: Final = "。！？!?；;，,：:》"


def blocks(rule: BoilerplateRule, page: Page, scores: Scores) -> Iterator[tuple[Span, float]]:
    """The blocks that a rule takes out of a page, each with the best score of a line in it."""
    lines = page.lines
    if rule.zone == "any":
        # What must stand under a lead is weighed only where one stands above some line with a cue.
        may = any(not rule.leads or (i and rule.has("leads", lines[i - 1])) for i in page.hot)
    else:
        may = begins(rule, page, scores)
    if not may:
        return
    seen = at_edge(rule, page, scores) if rule.zone != "any" else Seen(carriers(rule, page, scores), {}, False)
    anchors = seen.anchors
    yield from ((span, part.score) for part in seen.within.values() for span in part.spans)
    opening = _opening(rule, lines, anchors)
    groups = [group for group in _groups(rule, page, sorted(anchors), seen) if len(group) >= rule.least]
    if groups and rule.runs and rule.zone == "tail" and seen.bounded and not seen.told:
        groups = [_all_below(rule, lines, groups, anchors)]
    for group in groups:
        first, last = group[0], group[-1]
        if rule.zone != "any" and _is_listed(rule, page, first, scores):
            continue
        best = max(anchors[i] for i in group if i in anchors)
        if rule.leads:
            if not _led(rule, lines, first, last):
                continue
            while first > 0 and rule.has("leads", lines[first - 1]):
                first -= 1
            # With a piece goes what parted it from the next one.
            while last + 1 < len(lines) and lines[last + 1].blank:
                last += 1
            yield (lines[first].start, lines[last].end), best
            continue
        if opening is not None and last >= opening:
            first, last = min(first, opening), len(lines) - 1
        if rule.closes and any(rule.has("closes", lines[i]) for i in group if i in anchors):
            first = _all_above(rule, page, first)
        first, last = widened(rule, page, first, last, scores, seen)
        for span in without_protected(rule, page, first, last, anchors, scores):
            yield span, best


def _all_below(
    rule: BoilerplateRule, lines: Sequence[Line], groups: Sequence[Sequence[int]], anchors: Mapping[int, float]
) -> list[int]:
    """The first line of all blocks at the tail and the last of the document, if what has no cue is not too much of it."""
    first, last = groups[0][0], groups[-1][-1]
    after = sum(not line.blank and not rule.has("fillers", line) for line in lines[last + 1 :])
    if after <= _FEW + _MORE * len(anchors):
        last = len(lines) - 1
    return sorted({first, last, *(i for group in groups for i in group)})


def _all_above(rule: BoilerplateRule, page: Page, first: int) -> int:
    """The first line of the document, if all above the end of the navigation is as short as that; else where that stops."""
    for index in range(first - 1, -1, -1):
        line = page.lines[index]
        if line.blank or rule.has("fillers", line):
            continue
        if (
            line.length > _LONGEST_ITEM
            or is_row(page.lines, index)
            or rule.has("titles", line)
            or page.kinds.of(line)
            or line.text.strip()[-1] in _STOPS
        ):
            break
        first = index
    return first


def _is_listed(rule: BoilerplateRule, page: Page, first: int, scores: Scores) -> bool:
    """Whether a line of the text, without a cue of its own, says what stands in the list of short lines that is here."""
    for index in range(first - 1, max(-1, first - 1 - _LONGEST_MENU), -1):
        line = page.lines[index]
        if line.blank:
            continue
        if _LISTS.search(line.text.strip()) and not rule.has("opens", line) and not rule.has("crowns", line):
            return page.vote(line) < YES and scores.score(rule, line) <= 0
        if line.length > _LABEL_LENGTH or page.lines[first].length > _LABEL_LENGTH:
            break
    return False


def _led(rule: BoilerplateRule, lines: Sequence[Line], first: int, last: int) -> bool:
    """Whether a block is all that stands under its leads: nothing but them above it, nothing below it."""
    below = last + 1 == len(lines) or lines[last + 1].blank
    return below and first > 0 and rule.has("leads", lines[first - 1])


def _opening(rule: BoilerplateRule, lines: Sequence[Line], anchors: Mapping[int, float]) -> int | None:
    """The line from which all goes to the end of the document, if a block at the tail has one."""
    return min((i for i in anchors if rule.has("opens", lines[i])), default=None)


def _groups(rule: BoilerplateRule, page: Page, anchors: Sequence[int], seen: Seen) -> Iterator[list[int]]:
    """Anchors that belong together: nothing but a few short lines, none a title or body text, stands between them."""
    lines = page.lines
    group = list(anchors[:1])
    may_be_menu = seen.bounded and rule.runs
    for index in anchors[1:]:
        shown: list[Line] = []
        between: list[Line] = []
        for at in range(group[-1] + 1, index):
            line = lines[at]
            if line.blank:
                continue
            shown.append(line)
            if not (rule.has("fillers", line) or rule.has("leads", line)):
                between.append(line)
                if len(between) > rule.gap and not may_be_menu:
                    break
        if (
            (len(between) <= rule.gap or (may_be_menu and _is_menu(between)))
            and sum(map(is_picture, shown)) <= MOST_BETWEEN
            and (rule.zone == "tail" or rule.leads or all(line.length <= _LONGEST_ITEM for line in between))
            and not any(
                rule.has("titles", line) or is_body(line) or (page.kinds.of(line) and not rule.leads)
                for line in between
            )
        ):
            group.append(index)
        else:
            yield group
            group = [index]
    if group:
        yield group


def _is_menu(between: Sequence[Line]) -> bool:
    """Whether the lines are the items of a menu: several, and all as short as labels."""
    return len(between) >= _FEWEST_ITEMS and all(line.length <= _LABEL_LENGTH for line in between)
