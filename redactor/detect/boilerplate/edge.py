"""What is seen from one edge of a page, up to the first line of body text: lines that carry a block."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from redactor.detect.boilerplate.extent import Promoted, promoted
from redactor.detect.boilerplate.page import (
    ADDRESS,
    LONGEST_AFTER,
    MOST_BETWEEN,
    MOST_SENTENCES,
    SURE,
    UNDECIDED,
    YES,
    Page,
    beside,
)
from redactor.detect.boilerplate.score import NEIGHBOUR, Scores
from redactor.detect.boilerplate.sections import is_row, is_section, is_signed
from redactor.packaged import any_word_of
from redactor.ruleset.boilerplate import BoilerplateRule
from redactor.text.lines import Line, ends_sentence, is_body, is_picture, speaks

_CERTAIN: Final = (0.98, 0.95, 0.93)
"""What the second voice must say of the best line of a block that no cue carries: of one line, of two, of more."""
_DOUBT, _DOUBT_WITHIN, _SURER = 0.05, 0.2, 1.7
"""Where the second voice says no more than that of a line with cues, more of them must stand there, so many times the threshold: beside a text, and
where none was met."""
_QUIET, _LEAST_QUIET = 0.1, 3
"""So many lines in a row that carry no cue, and of which the second voice says no more than that, are text, short as they may be."""
_LONGEST_LABEL, _BETWEEN_LABELS = 8, "|｜>»›→·　：:●◆■•/▪"
"""A longer line above a text, without such signs, may be its title, whatever is said of it."""
_LEAST_TOLD: Final = 3
"""So many lines of which the second voice says so must stand above a text for a block to begin there without any cue: one is as often a title."""
_ENDS: Final = "。！？!?…"
"""So ends what is said. Site text may end so too, but not on the second voice's word alone."""


_CARD: Final = re.compile(rf"\s*(?:官方)?{any_word_of('boilerplate-site-labels')}\s?[:：]\s?[^，。,；;]{{2,40}}$")
_REACHED: Final = re.compile(rf"\s*[\u4e00-\u9fff]{{0,2}}{any_word_of('boilerplate-office-labels')}\s?[:：]")
"""A line of a card that tells how an office is reached: what it may hold beside, and what says that it is one."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen from one edge of a page: lines that carry a block, what is taken of body lines, whether body text ended the look, and whether
    the second voice alone carries the block."""

    anchors: Mapping[int, float]
    within: Mapping[int, Promoted]
    bounded: bool
    told: bool = False


def _is_of_card(page: Page, index: int) -> bool:
    """Whether a line tells the site or the account of an office whose telephone or address stands right above."""
    if not _CARD.match(page.lines[index].text):
        return False
    for line in reversed(page.lines[max(0, index - MOST_BETWEEN) : index]):
        if not line.blank and not _CARD.match(line.text):
            return bool(_REACHED.match(line.text)) and bool(page.kinds.of(line))
    return False


def carriers(rule: BoilerplateRule, page: Page, scores: Scores) -> dict[int, float]:
    """The lines that carry a block, with their scores."""
    anchors: dict[int, float] = {}
    lines = page.lines
    seen = {i: promoted(rule, lines[i], scores) for i in page.hot if not (rule.runs and is_body(lines[i]))}
    told = _half_told(rule, page, [i for i, found in seen.items() if not (found and found.whole)], scores)
    for index, found in seen.items():
        line = lines[index]
        score = found.score if found and found.whole else told.get(index)
        if not score or rule.has("titles", line):
            continue
        if rule.leads or not (page.kinds.of(line) or page.is_of_prose(index, (line.start, line.end))):
            anchors[index] = score
    return anchors


def _half_told(rule: BoilerplateRule, page: Page, indices: Sequence[int], scores: Scores) -> Mapping[int, float]:
    """The scores of those lines within a text that have some cues and by themselves are surely the site's."""
    few: dict[int, float] = {}
    for index in indices if rule.runs else ():
        line = page.lines[index]
        # Where all lines are as short as labels, none shows itself by being so.
        near = (beside(rule, page.lines, index, step) for step in (-1, 1))
        if "。" in line.text.strip()[:-1] or not any(at is not None and speaks(page.lines[at]) for at in near):
            continue
        score = scores.score(rule, line)
        if score >= NEIGHBOUR * rule.threshold:
            few[index] = score
    page.read([page.lines[index] for index in few])
    return {index: score for index, score in few.items() if page.is_of_site(page.lines[index])}


def begins(rule: BoilerplateRule, page: Page, scores: Scores) -> bool:
    """Whether a line with some cues stands between an edge of the document and the first line of body text."""
    lines = page.lines
    seen = sentences = 0
    told: list[Line] = []
    least_told = _LEAST_TOLD if rule.zone == "head" else 1
    reach: int | None = None
    for index in reversed(range(len(lines))) if rule.zone == "tail" else range(len(lines)):
        line = lines[index]
        if line.blank or page.is_gone(line, rule.zone):
            continue
        if page.may(line) and (
            scores.score(rule, line) >= NEIGHBOUR * rule.threshold
            or rule.has("opens", line)
            or (line.parts and promoted(rule, line, scores))
        ):
            return True
        if _may_be_told_of(rule, page, index):
            told.append(line)
            if len(told) >= least_told and sum(page.vote(each) >= YES for each in told) >= least_told:
                return True
        if is_body(line):
            reach = _reach(rule, lines) if reach is None else reach
            sentences += index >= reach
            if sentences > (MOST_SENTENCES if rule.opens else 0):
                return _opens_above(rule, page, index)
        seen += 1
        if seen >= rule.max_lines and not rule.has("fillers", line):
            return False
    return False


def _opens_above(rule: BoilerplateRule, page: Page, index: int) -> bool:
    """Whether a block at the tail may open above a line: what teases other pages may be more sentences than one."""
    above = page.lines[max(0, index - rule.max_lines) : index] if rule.opens else ()
    return any(rule.has("opens", line) and page.may(line) for line in above)


def _told_of(rule: BoilerplateRule, page: Page, index: int) -> bool:
    """Whether the second voice alone says that the line carries a block."""
    return _may_be_told_of(rule, page, index) and page.vote(page.lines[index]) >= YES


def _may_be_told_of(rule: BoilerplateRule, page: Page, index: int) -> bool:
    """Whether the second voice alone may say so of the line; never of a sentence, nor of what stands right above the text, its title."""
    line = page.lines[index]
    if not rule.runs or page.voter is None or is_body(line) or line.text.strip()[-1] in _ENDS:
        return False
    if rule.zone == "head":
        below = beside(rule, page.lines, index, 1)
        if below is None or is_body(page.lines[below]):
            return False
        text = line.text.strip()
        if len(text) > _LONGEST_LABEL and not any(sign in text for sign in _BETWEEN_LABELS):
            return False
    return not page.kinds.of(line) and not rule.has("titles", line) and not is_row(page.lines, index)


def _is_notice(rule: BoilerplateRule, page: Page, index: int) -> bool:
    """Whether a sentence above a block at the tail is one of the site, as the second voice is sure: it may go with what stands around it."""
    line = page.lines[index]
    return rule.runs and rule.zone == "tail" and page.is_sure_of(line) and not page.kinds.of(line)


def at_edge(rule: BoilerplateRule, page: Page, scores: Scores) -> Seen:
    """What is seen from one edge of the document to the first line of body text."""
    lines = page.lines
    anchors, within = dict[int, float](), dict[int, Promoted]()
    told, quiet = set[int](), list[Line]()
    seen = sentences = 0
    bounded = ended = False
    reach = _reach(rule, lines)
    for index in reversed(range(len(lines))) if rule.zone == "tail" else range(len(lines)):
        line = lines[index]
        if line.blank:
            continue
        if index >= reach and _is_of_text(rule, page, index, scores):
            ended = True
            break
        found = promoted(rule, line, scores) if not bounded else None
        if not found and rule.has("fillers", line):
            continue
        if found and (rule.has("titles", line) or page.kinds.of(line)):
            found = None
        if found and not found.whole:
            within[index] = found
        if found and found.whole:
            anchors[index] = found.score
        elif rule.has("opens", line) and not _is_first(page, index):
            anchors[index] = rule.threshold
        elif (
            (is_body(line) or found or (rule.opens and ends_sentence(line)))
            and index >= reach
            and (found or bounded or not _told_of(rule, page, index))
            and not (anchors.keys() - told and not (found or bounded) and _is_notice(rule, page, index))
        ):
            # From here on only the heading of a list of other pages counts: what teases them may be sentences.
            bounded = True
            sentences += not (_opens_above(rule, page, index) and page.vote(line) >= YES)
            if sentences > (MOST_SENTENCES if rule.opens else 0):
                break
        elif index >= reach and _may_be_quiet(rule, page, line, scores):
            quiet.append(line)
            ended = len(quiet) >= _LEAST_QUIET and all(page.vote(each) <= _QUIET for each in quiet[-_LEAST_QUIET:])
            seen += 1
            if ended or (seen >= rule.max_lines and page.vote(line) > _QUIET):
                break
            continue
        elif not bounded and _told_of(rule, page, index):
            anchors[index] = rule.threshold
            told.add(index)
        quiet.clear()
        seen += 1
        if seen >= rule.max_lines:
            break
    if not (bounded or ended):
        # All the page was looked through, to its other edge and what was taken there: no block reaches from that over the text.
        anchors = {index: score for index, score in anchors.items() if not page.is_gone(lines[index], rule.zone)}
    return _heard(rule, page, scores, Seen(anchors, within, bounded), told)


def _is_of_text(rule: BoilerplateRule, page: Page, index: int, scores: Scores) -> bool:
    """Whether a line is one with which the document's own text begins or ends: a section, a field of a card, who signed it."""
    line = page.lines[index]
    if is_section(line.text) and page.vote(line) < UNDECIDED:
        return True
    if _is_of_card(page, index):
        return True
    signed = rule.zone == "tail" and is_signed(page.lines, index)
    return signed and scores.score(rule, line) < _SURER * rule.threshold


def _heard(rule: BoilerplateRule, page: Page, scores: Scores, seen: Seen, told: Collection[int]) -> Seen:
    """What was seen, without the lines that the second voice doubts and those of which its word alone is not enough."""
    kept = {
        index: score
        for index, score in seen.anchors.items()
        if index in told or not _is_doubted(rule, page, page.lines[index], score, met=seen.bounded)
    }
    if not seen.bounded and all(_may_be_text(page, page.lines[index]) for index in kept):
        kept = {}
    if len(kept) == 1 and _is_title(rule, page, next(iter(kept))):
        kept = {}
    heard = kept.keys() & set(told)
    unheard = set(_unheard(rule, page, heard, kept, scores, bounded=seen.bounded))
    kept = {index: score for index, score in kept.items() if index not in unheard}
    return Seen(kept, seen.within, seen.bounded, kept.keys() == heard - unheard)


def _is_doubted(rule: BoilerplateRule, page: Page, line: Line, score: float, *, met: bool) -> bool:
    """Whether the second voice takes a line for text whose cues are no more than enough; `met`: whether a text was met beside it."""
    if page.voter is None or score >= _SURER * rule.threshold or rule.has("opens", line):
        return False
    return page.doubts(line, _DOUBT if met else _DOUBT_WITHIN)


def _may_be_text(page: Page, line: Line) -> bool:
    """Whether a line as short as a label is like those around it, on a page where no text was met."""
    if page.voter is None or len(line.text.strip()) > _LONGEST_LABEL // 2:
        return False
    return page.vote(line) < SURE


def _is_title(rule: BoilerplateRule, page: Page, index: int) -> bool:
    """Whether the only line that carries a block is the first of all, as short as a title, and not said to be the site's."""
    line = page.lines[index]
    first = rule.zone == "head" and _is_first(page, index)
    return first and page.voter is not None and len(line.text.strip()) <= _LONGEST_LABEL and page.vote(line) < SURE


def _is_first(page: Page, index: int) -> bool:
    """Whether nothing but blank lines stands above a line."""
    return all(each.blank for each in page.lines[:index])


def _unheard(
    rule: BoilerplateRule,
    page: Page,
    told: Collection[int],
    anchors: Mapping[int, float],
    scores: Scores,
    *,
    bounded: bool,
) -> Sequence[int]:
    """Lines of which the second voice alone says that they carry a block, where that is not enough."""
    lines = page.lines
    cued = anchors.keys() - set(told)
    # What is said to somebody, a slogan or a word explained goes with promotion between it and the text, not without; nor does what only
    # looks likely and stands next to the text.
    inner = (min(cued) if rule.zone == "tail" else max(cued)) if cued else None
    unheard = [
        index
        for index in told
        if (page.kinds.doubts(lines[index]) or (cued and page.vote(lines[index]) < SURE))
        and (inner is None or (index < inner if rule.zone == "tail" else index > inner))
    ]
    if cued:
        return unheard
    # By itself it takes what is as short as labels and headlines are; and where no text was met, all may be text.
    heard = [index for index in told if index not in unheard and lines[index].length <= LONGEST_AFTER]
    most = len(_CERTAIN) - (rule.zone == "head")
    enough = _CERTAIN[min(len(heard), most) - 1] if heard else 0
    sure = bounded and any(
        page.vote(lines[index]) >= (SURE if ADDRESS.search(lines[index].text) else enough)
        or scores.score(rule, lines[index]) >= NEIGHBOUR * rule.threshold
        for index in heard
    )
    return [
        index
        for index in told
        if not sure
        or index not in heard
        or (not page.is_likely(lines[index]) and scores.score(rule, lines[index]) < NEIGHBOUR * rule.threshold)
    ]


def _may_be_quiet(rule: BoilerplateRule, page: Page, line: Line, scores: Scores) -> bool:
    """Whether nothing speaks for it that a line is of the site; and the second voice against it, where that decides what else the line is."""
    if page.voter is None or scores.score(rule, line) > 0 or is_picture(line):
        return False
    if rule.has("titles", line) or page.kinds.of(line):
        return False
    return not rule.runs or page.vote(line) <= _QUIET


def _reach(rule: BoilerplateRule, lines: Sequence[Line]) -> int:
    """The line up to which all is the head, sentences too: that with which the first chapter of a book begins."""
    if rule.until:
        for index, line in enumerate(lines[: 2 * rule.max_lines]):
            if rule.has("until", line):
                return index
    return 0
