"""Blocks of boilerplate: lines that carry enough cues, with what stands between and beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from redactor.detect.boilerplate.lines import Line, is_body, is_decoration
from redactor.detect.boilerplate.rules import BoilerplateRule
from redactor.detect.boilerplate.score import NEIGHBOUR, Scores
from redactor.model import Span

_MAX_GAP: Final = 4
_LONGEST_NEIGHBOUR: Final = 60


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
    for group in _groups(rule, lines, sorted(anchors)):
        first, last = group[0], group[-1]
        if rule.zone == "any" and len(group) < 2:
            continue
        while first > 0 and _joins(rule, lines[first - 1], scores):
            first -= 1
        while last + 1 < len(lines) and _joins(rule, lines[last + 1], scores):
            last += 1
        # What the block leaves blank at the very head or tail of the document goes with it.
        if rule.zone == "head" and all(line.blank for line in lines[:first]):
            first = 0
            while last + 1 < len(lines) and lines[last + 1].blank:
                last += 1
        if rule.zone == "tail" and all(line.blank for line in lines[last + 1 :]):
            last = len(lines) - 1
            while first > 0 and lines[first - 1].blank:
                first -= 1
        yield (lines[first].start, lines[last].end), max(anchors[i] for i in group)


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
    seen = 0
    for index in reversed(range(len(lines))) if rule.zone == "tail" else range(len(lines)):
        line = lines[index]
        if line.blank:
            continue
        score = scores.score(rule, line) if index in hot else 0.0
        if score >= rule.threshold and not rule.is_title(line):
            anchors[index] = score
        elif is_body(line) and (rule.zone == "tail" or seen > 0 or len(line.text) > _LONGEST_NEIGHBOUR):
            break
        seen += 1
        if seen >= rule.max_lines:
            break
    return anchors


def _groups(rule: BoilerplateRule, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[list[int]]:
    """Anchors that belong together: nothing but a few short lines, none a title or body text, stands between them."""
    group = list(anchors[:1])
    for index in anchors[1:]:
        between = [line for line in lines[group[-1] + 1 : index] if not line.blank]
        if len(between) <= _MAX_GAP and not any(rule.is_title(line) or is_body(line) for line in between):
            group.append(index)
        else:
            yield group
            group = [index]
    if group:
        yield group


def _joins(rule: BoilerplateRule, line: Line, scores: Scores) -> bool:
    """Whether a line beside a block goes with it: decoration, or a weak cue in a short line that is no title."""
    if line.blank or rule.is_title(line) or len(line.text) > _LONGEST_NEIGHBOUR:
        return False
    return is_decoration(line) or scores.score(rule, line) >= NEIGHBOUR * rule.threshold
