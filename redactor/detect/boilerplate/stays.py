"""What of a block stays: protected lines, and sentences without a cue of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Final

from redactor.detect.boilerplate.page import ADDRESS, MOST_BETWEEN, MOST_SENTENCES, NO, YES, Page
from redactor.detect.boilerplate.score import NEIGHBOUR, Scores
from redactor.model import Span
from redactor.ruleset.boilerplate import BoilerplateRule
from redactor.text.lines import Line, ends_sentence, is_body, is_picture, speaks

_LEAST_PROSE: Final = 14
_PARTING: Final = "|｜>»›→●◆■•▪／/　：:[【"
"""Signs of menus and labels, which a title does without."""
_MOST_BELOW: Final = 4
"""So many lines of labels may stand between a title and the first sentence of its text."""
_LONGEST_LIST: Final = 40
"""So many lines below its heading an entry of a list of references may stand."""
_PATH_ABOVE, _LEAST_TITLE, _STEPS = 3, 4, tuple(">»›→/＞》")
"""So many lines above a title its path may stand, which ends with it behind such a sign; a shorter one may be a channel."""
_DATED: Final = re.compile(r"[\d年月日时分:：./\-〇○零一二三四五六七八九十]{1,12}")


def without_protected(
    rule: BoilerplateRule, page: Page, first: int, last: int, anchors: Mapping[int, float], scores: Scores
) -> Iterator[Span]:
    """What of the lines from first to last goes: not what is protected, and no sentence without a cue of its own."""
    lines = page.lines
    goes: list[int] = []
    sheltered = titled = listed = wrapped = False
    teasers = 0
    shown = _pictures_of_its_own(rule, page, first, last, anchors)
    title = _its_title(rule, page, first, last, scores)
    for index in range(first, last + 1):
        line = lines[index]
        kind = page.kinds.of(line)
        opens = rule.has("opens", line)
        teasers += MOST_SENTENCES if opens else 0
        if kind and not opens:
            sheltered = page.kinds.shelters(kind)
        elif rule.has("crowns", line) or index in anchors or opens:
            sheltered = False
        elif index == first:
            sheltered = _is_sheltered(rule, page, first)
        stays = ((bool(kind) or _is_cut(page, index)) and not opens) or (
            sheltered and not line.blank and not is_picture(line)
        )
        listed = listed or opens
        if not stays and not listed and index not in anchors and (wrapped or _is_prose(line)):
            stays = scores.score(rule, line) <= 0 and page.vote(line) < YES
        stays = (
            stays
            or index in shown
            or (index not in anchors and not opens and scores.score(rule, line) > 0 and page.is_text(line))
        )
        stays = stays or index == title or _ends_path(lines, index)
        unsaid = not (stays or index in anchors or opens)
        stays = stays or (unsaid and not line.blank and page.vote(line) <= NO)
        if not stays and unsaid and speaks(line) and scores.score(rule, line) <= 0 and not page.is_sure_of(line):
            # What teases another page stands below that one's title, or is a row of titles and ends in no stop.
            teases = titled or "。" not in line.text
            teasers -= teases
            stays = not teases or teasers < 0
        if not stays:
            goes.append(index)
        if not line.blank:
            cued = index in anchors or scores.score(rule, line) >= NEIGHBOUR * rule.threshold
            titled = not (stays or opens or cued)
            wrapped = stays and not kind and _is_prose(line) and not speaks(line)
    if len(goes) == last + 1 - first:
        yield lines[first].start, lines[last].end
        return
    # Lines in a row differ from their numbers among those that go by the same.
    for _, run in groupby(enumerate(goes), lambda each: each[1] - each[0]):
        # What stands blank beside a protected line is no part of the block.
        left = [index for _, index in run if not lines[index].blank]
        if left:
            yield lines[left[0]].start, lines[left[-1]].end


def _its_title(rule: BoilerplateRule, page: Page, first: int, last: int, scores: Scores) -> int | None:
    """The line of a block above a text that is its title, where nothing else is left above the text that could be."""
    lines = page.lines

    def may_be(line: Line) -> bool:
        return not (page.kinds.of(line) or scores.score(rule, line) > 0 or any(sign in line.text for sign in _PARTING))

    if rule.zone != "head" or any(not line.blank and not page.is_gone(line) for line in lines[:first]):
        return None
    below = (line for line in lines[last + 1 : last + 1 + 2 * _MOST_BELOW] if not (line.blank or page.is_gone(line)))
    for line in islice(below, _MOST_BELOW):
        if is_body(line) or ends_sentence(line):
            break
        if may_be(line):
            return None
    else:
        return None
    return next(
        (index for index in range(last, first - 1, -1) if not lines[index].blank and may_be(lines[index])), None
    )


def _ends_path(lines: Sequence[Line], index: int) -> bool:
    """Whether the line is the title with which the path of the page ends, right above."""
    text = lines[index].text.strip()
    above = [line.text.strip() for line in lines[max(0, index - _PATH_ABOVE) : index]]
    return len(text) >= _LEAST_TITLE and any(
        path.endswith(text) and path[: -len(text)].rstrip()[-1:] in _STEPS for path in above if path != text
    )


def _is_cut(page: Page, index: int) -> bool:
    """Whether a line is a piece of one that was cut where it was full: its last letter, or what makes a date of the one beside it."""
    line = page.lines[index]
    text = line.text.strip()
    if not text or page.kinds.of(line):
        return False
    above = page.lines[index - 1] if index else None
    if above is not None and not above.blank:
        if len(text) == 1 and text.isalpha():
            return True
        if _DATED.fullmatch(text) and page.kinds.of(Line(above.start, line.end, above.text.rstrip() + text)):
            return True
    below = page.lines[index + 1] if index + 1 < len(page.lines) else None
    if below is None or below.blank or not _DATED.fullmatch(text):
        return False
    return bool(page.kinds.of(Line(line.start, below.end, text + below.text.lstrip())))


def _is_prose(line: Line) -> bool:
    """Whether a line that is no whole sentence is a piece of one, as in text whose lines were cut to one width."""
    text = line.text.strip()
    return "。" in text or (len(text) >= _LEAST_PROSE and ("，" in text or "、" in text))


def _is_sheltered(rule: BoilerplateRule, page: Page, first: int) -> bool:
    """Whether the line stands in a list that is protected with its heading."""
    for line in reversed(page.lines[max(0, first - _LONGEST_LIST) : first]):
        if rule.has("crowns", line) and not page.kinds.of(line):
            return False
        kind = page.kinds.of(line)
        if kind and page.kinds.shelters(kind):
            return True
        if is_body(line) and not ADDRESS.search(line.text):
            return False
    return False


def _pictures_of_its_own(
    rule: BoilerplateRule, page: Page, first: int, last: int, anchors: Mapping[int, float]
) -> frozenset[int]:
    """Pictures in a row, too many to belong to what stands beside them."""
    lines = page.lines
    shown = (index for index in range(first, last + 1) if not lines[index].blank)
    rows = groupby(shown, lambda index: is_picture(lines[index]) and index not in anchors)
    pictures = [list(row) for own, row in rows if own]
    return frozenset(index for row in pictures if len(row) > MOST_BETWEEN for index in row)
