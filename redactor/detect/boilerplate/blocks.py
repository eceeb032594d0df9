"""Blocks of boilerplate: lines that carry enough cues, with what stands between and beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from ahocorasick_rs import AhoCorasick

from redactor.detect.boilerplate.extent import Promoted, promoted
from redactor.detect.boilerplate.kinds import Kinds
from redactor.detect.boilerplate.score import NEIGHBOUR, Scores
from redactor.model import Span
from redactor.ruleset.boilerplate import BoilerplateRule, Zone
from redactor.text.fold import scalars
from redactor.text.lines import MOST_PARTED, Line, ends_sentence, fold, is_body, is_decoration, is_picture, speaks

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
_FEW, _MORE = 8, 3
"""How many lines without a cue may follow the last one with enough of them at the tail: so many, and so many for each that has."""
_FEWEST_ITEMS, _LABEL_LENGTH, _LONGEST_ITEM = 3, 8, 16
"""A menu has so many items of this length; what stands above the path of a page is no longer than that."""
_UNDECIDED, _NO, _YES, _SURE = 0.5, 0.1, 0.7, 0.9
"""What the second voice must say for a line to stay in the middle of a block, for one to carry a block, and for a sentence to go with it."""
_CERTAIN: Final = (0.98, 0.95, 0.93)
"""And of the best line of a block that no cue carries: of one line, of two, of more."""
_DOUBT, _DOUBT_WITHIN, _SURER = 0.05, 0.2, 1.7
"""Where it says no more than that of a line with cues, more of them must stand there, so many times the threshold: beside a text, and
where none was met."""
_QUIET, _LEAST_QUIET = 0.1, 3
"""So many lines in a row that carry no cue, and of which the second voice says no more than that, are text, short as they may be."""
_LONGEST_MENU: Final = 12
"""So many lines below the line that says what they are the items of a list may stand."""
_LONGEST_LABEL, _BETWEEN_LABELS = 8, "|｜>»›→·　：:"
"""A longer line above a text, without such signs, may be its title, whatever is said of it."""
_LEAST_TOLD: Final = 3
"""And so many lines of which it says so must stand above a text for a block to begin there without any cue: one is as often a title."""
_SECTIONS: Final = 4
"""How many headings above it a block at the tail may reach."""
_LEAST_PROSE: Final = 14
_LONGEST_LIST: Final = 40
"""So many lines below its heading an entry of a list of references may stand."""
_ADDRESS: Final = re.compile(r"https?://|www\.")
"""What stands in an entry of a list of references, and does not end the list."""
_ENDS: Final = "。！？!?…"
"""So ends what is said. Site text may end so too, but not on the second voice's word alone."""
_SECTION: Final = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])\s*[\u4e00-\u9fff]"
)
"""The heading of a section: a text that has any has begun above it."""
_LISTS: Final = re.compile(r"[\u4e00-\u9fff]{5}[：:]$")
"""A line that says what stands in the list below it."""
_CARD: Final = re.compile(
    r"\s*(?:官方)?(?:网址|网站|主页|微信公众号|公众号|微博|邮箱|电子邮[箱件]|E-?mail)\s?[:：]\s?[^，。,；;]{2,40}$"
)
_REACHED: Final = re.compile(r"\s*[\u4e00-\u9fff]{0,2}(?:电话|传真|地址|邮编|邮政编码|联系人)\s?[:：]")
"""A line of a card that tells how an office is reached: what it may hold beside, and what says that it is one."""
_DATED: Final = re.compile(r"[\d年月日时分:：./\-〇○零一二三四五六七八九十]{1,12}")
_STOPS: Final = "。！？!?；;，,：:》"
_MOST_SENTENCES: Final = 1
"""Sentences that may follow the heading of a list of other pages, as teasers of them."""


SIGNS: Final[Mapping[Zone, int]] = {"head": 2, "tail": 3, "any": 4}
"""What marks characters that rules of a zone have taken in a round."""

Voice: TypeAlias = Callable[[Sequence[str]], Iterable[float]]
"""Tells of each line of a text, in order, how likely it is site text."""


@dataclass(frozen=True, slots=True)
class Page:
    """Lines, the indices of those in which a cue may stand anywhere, and what protects lines."""

    lines: Sequence[Line]
    hot: Sequence[int]
    words: AhoCorasick | None
    """Finds the lines in which a cue may stand that counts only at head and tail."""
    kinds: Kinds

    voter: Voice | None = None
    """A second voice beside the rules: it extends or doubts what structure allows; by itself it opens blocks below a text, and menus above it."""
    gone: bytearray | None = None
    """What rules before this one have taken in the same round, by character; 0 where nothing was."""

    def is_gone(self, line: Line, edge: Zone | None = None) -> bool:
        """Whether the line is taken already, `edge`: and not with that edge: no block reaches from it over the text."""
        if self.gone is None or self.gone.find(0, line.start, line.end) >= 0:
            return False
        return edge is None or self.gone.find(SIGNS[edge], line.start, line.end) < 0

    def vote(self, line: Line) -> float:
        """What the second voice says of the line; neither yes nor no where there is none."""
        if self.voter is None:
            return _UNDECIDED
        if line.vote is None:
            for each, vote in zip(self.lines, self.voter([each.text for each in self.lines]), strict=True):
                each.vote = float(vote) if each.vote is None else each.vote
        return _UNDECIDED if line.vote is None else line.vote

    def is_sure_of(self, line: Line) -> bool:
        """Whether the second voice is surer that the line is site text than it need be of a label."""
        return self.voter is not None and self.vote(line) >= _SURE

    def may(self, line: Line) -> bool:
        """Whether a cue may stand in the line that counts only at head and tail."""
        if line.warm is None:
            words, text = self.words, line.text
            line.warm = len(text) <= MOST_PARTED and (
                words is not None
                and bool(
                    words.find_matches_as_indexes(scalars(text))
                    or (line.odd and words.find_matches_as_indexes(fold(text)))
                )
            )
        return line.warm


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was seen from one edge of a page: lines that carry a block, what is taken of body lines, whether body text ended the look, and whether
    the second voice alone carries the block."""

    anchors: Mapping[int, float]
    within: Mapping[int, Promoted]
    bounded: bool
    told: bool = False


def is_told(line: Line) -> bool:
    """Whether the second voice was asked about the line, and said yes."""
    return line.vote is not None and line.vote >= _YES


def blocks(rule: BoilerplateRule, page: Page, scores: Scores) -> Iterator[tuple[Span, float]]:
    """The blocks that a rule takes out of a page, each with the best score of a line in it."""
    lines = page.lines
    if (not page.hot) if rule.zone == "any" else not _begins(rule, page, scores):
        return
    seen = _at_edge(rule, page, scores) if rule.zone != "any" else _Seen(_anchors(rule, page, scores), {}, False)
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
            while first > 0 and rule.is_lead(lines[first - 1]):
                first -= 1
            # With a piece goes what parted it from the next one.
            while last + 1 < len(lines) and lines[last + 1].blank:
                last += 1
            yield (lines[first].start, lines[last].end), best
            continue
        if opening is not None and last >= opening:
            first, last = min(first, opening), len(lines) - 1
        if rule.closes and any(rule.closes_block(lines[i]) for i in group if i in anchors):
            first = _all_above(rule, page, first)
        first, last = _widened(rule, page, first, last, scores, seen)
        for span in _without_protected(rule, page, first, last, anchors, scores):
            yield span, best


def _all_below(
    rule: BoilerplateRule, lines: Sequence[Line], groups: Sequence[Sequence[int]], anchors: Mapping[int, float]
) -> list[int]:
    """The first line of all blocks at the tail and the last of the document, if what has no cue is not too much of it."""
    first, last = groups[0][0], groups[-1][-1]
    after = sum(not line.blank and not rule.is_filler(line) for line in lines[last + 1 :])
    if after <= _FEW + _MORE * len(anchors):
        last = len(lines) - 1
    return sorted({first, last, *(i for group in groups for i in group)})


def _all_above(rule: BoilerplateRule, page: Page, first: int) -> int:
    """The first line of the document, if all above the end of the navigation is as short as that; else where that stops."""
    for index in range(first - 1, -1, -1):
        line = page.lines[index]
        if line.blank or rule.is_filler(line):
            continue
        if line.length > _LONGEST_ITEM or rule.is_title(line) or page.kinds.of(line) or line.text.strip()[-1] in _STOPS:
            break
        first = index
    return first


def _without_protected(
    rule: BoilerplateRule, page: Page, first: int, last: int, anchors: Mapping[int, float], scores: Scores
) -> Iterator[Span]:
    """What of the lines from first to last goes: not what is protected, and no sentence without a cue of its own."""
    lines = page.lines
    goes: list[int] = []
    sheltered, teasers, titled, listed = _is_sheltered(rule, page, first), 0, False, False
    wrapped = False
    shown = _pictures_of_its_own(rule, page, first, last, anchors)
    for index in range(first, last + 1):
        line = lines[index]
        kind = page.kinds.of(line)
        opens = rule.opens_block(line)
        teasers += _MOST_SENTENCES if opens else 0
        if kind and not opens:
            sheltered = page.kinds.shelters(kind)
        elif rule.is_crown(line) or index in anchors or opens:
            sheltered = False
        stays = ((bool(kind) or _is_cut(page, index)) and not opens) or (
            sheltered and not line.blank and not is_picture(line)
        )
        listed = listed or opens
        if not stays and not listed and index not in anchors and page.vote(line) < _YES:
            stays = (wrapped or _is_prose(line)) and scores.score(rule, line) <= 0
        quiet = not line.blank and index not in anchors and not opens and page.vote(line) <= _NO
        stays = stays or index in shown or quiet
        silent = speaks(line) and scores.score(rule, line) <= 0 and not page.is_sure_of(line)
        if not stays and index not in anchors and not opens and silent:
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
    run: list[int] = []
    for index in [*goes, -1]:
        if run and index != run[-1] + 1:
            # What stands blank beside a protected line is no part of the block.
            while run and lines[run[0]].blank:
                del run[0]
            while run and lines[run[-1]].blank:
                del run[-1]
            if run:
                yield lines[run[0]].start, lines[run[-1]].end
            run = []
        run.append(index)


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


def _is_of_card(page: Page, index: int) -> bool:
    """Whether a line tells the site or the account of an office whose telephone or address stands right above."""
    if not _CARD.match(page.lines[index].text):
        return False
    for line in reversed(page.lines[max(0, index - _MOST_BETWEEN) : index]):
        if not line.blank and not _CARD.match(line.text):
            return bool(_REACHED.match(line.text)) and bool(page.kinds.of(line))
    return False


def _is_listed(rule: BoilerplateRule, page: Page, first: int, scores: Scores) -> bool:
    """Whether a line of the text, without a cue of its own, says what stands in the list of short lines that is here."""
    for index in range(first - 1, max(-1, first - 1 - _LONGEST_MENU), -1):
        line = page.lines[index]
        if line.blank:
            continue
        if _LISTS.search(line.text.strip()) and not rule.opens_block(line) and not rule.is_crown(line):
            return page.vote(line) < _YES and scores.score(rule, line) <= 0
        if line.length > _LABEL_LENGTH or page.lines[first].length > _LABEL_LENGTH:
            break
    return False


def _led(rule: BoilerplateRule, lines: Sequence[Line], first: int, last: int) -> bool:
    """Whether a block is all that stands under its leads: nothing but them above it, nothing below it."""
    below = last + 1 == len(lines) or lines[last + 1].blank
    return below and first > 0 and rule.is_lead(lines[first - 1])


def _opening(rule: BoilerplateRule, lines: Sequence[Line], anchors: Mapping[int, float]) -> int | None:
    """The line from which all goes to the end of the document, if a block at the tail has one."""
    return min((i for i in anchors if rule.opens_block(lines[i])), default=None)


def _is_prose(line: Line) -> bool:
    """Whether a line that is no whole sentence is a piece of one, as in text whose lines were cut to one width."""
    text = line.text.strip()
    return "。" in text or (len(text) >= _LEAST_PROSE and ("，" in text or "、" in text))


def _is_sheltered(rule: BoilerplateRule, page: Page, first: int) -> bool:
    """Whether the line stands in a list that is protected with its heading."""
    for line in reversed(page.lines[max(0, first - _LONGEST_LIST) : first]):
        if rule.is_crown(line) and not page.kinds.of(line):
            return False
        kind = page.kinds.of(line)
        if kind and page.kinds.shelters(kind):
            return True
        if is_body(line) and not _ADDRESS.search(line.text):
            return False
    return False


def _pictures_of_its_own(
    rule: BoilerplateRule, page: Page, first: int, last: int, anchors: Mapping[int, float]
) -> frozenset[int]:
    """Pictures in a row, too many to belong to what stands beside them."""
    found: set[int] = set()
    row: list[int] = []
    for index in range(first, last + 2):
        line = page.lines[index] if index <= last else None
        if line and line.blank:
            continue
        if line and is_picture(line) and index not in anchors:
            row.append(index)
            continue
        if len(row) > _MOST_BETWEEN:
            found.update(row)
        row = []
    return frozenset(found)


def _widened(rule: BoilerplateRule, page: Page, first: int, last: int, scores: Scores, seen: _Seen) -> Span:
    """The bounds of a block with what stands beside it and goes with it."""
    lines = page.lines
    above = 0
    while (index := _next(rule, lines, first, -1)) is not None and _joins(rule, page, index, scores, seen):
        above += is_picture(lines[index])
        if above > _MOST_ABOVE or (is_picture(lines[index]) and not rule.shows_picture(lines[first])):
            break
        first = index
        if is_decoration(lines[first]):
            break
    if rule.crowns and rule.zone == "tail" and not seen.told:
        for _ in range(_SECTIONS):
            first = _to_heading(rule, page, first)
    crowned = rule.crowns and not seen.told
    while crowned and (index := _next(rule, lines, first, -1)) is not None and _crowns(rule, page, index):
        first = index
    while (index := _next(rule, lines, last, 1)) is not None and _joins(rule, page, index, scores, seen):
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
        if shown > _MOST_FRAMED or is_body(line) or rule.is_title(line):
            break
    return last


def _to_end(rule: BoilerplateRule, page: Page, last: int) -> int:
    """The last line, if what follows a block at the tail is but a motto or a name; else where the block ends."""
    lines = page.lines
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
        line = page.lines[index]
        found = promoted(rule, line, scores)
        if found and found.whole and not rule.is_title(line) and (rule.leads or not page.kinds.of(line)):
            anchors[index] = found.score
    return anchors


def _begins(rule: BoilerplateRule, page: Page, scores: Scores) -> bool:
    """Whether a line with some cues stands between an edge of the document and the first line of body text."""
    lines = page.lines
    seen = sentences = told = 0
    reach: int | None = None
    for index in reversed(range(len(lines))) if rule.zone == "tail" else range(len(lines)):
        line = lines[index]
        if line.blank or page.is_gone(line, rule.zone):
            continue
        if page.may(line) and (
            scores.score(rule, line) >= NEIGHBOUR * rule.threshold
            or rule.opens_block(line)
            or (line.parts and promoted(rule, line, scores))
        ):
            return True
        told += _told_of(rule, page, index)
        if told >= (_LEAST_TOLD if rule.zone == "head" else 1):
            return True
        if is_body(line):
            reach = _reach(rule, lines) if reach is None else reach
            sentences += index >= reach
            if sentences > (_MOST_SENTENCES if rule.opens else 0):
                return False
        seen += 1
        if seen >= rule.max_lines and not rule.is_filler(line):
            return False
    return False


def _told_of(rule: BoilerplateRule, page: Page, index: int) -> bool:
    """Whether the second voice alone says that the line carries a block; never a sentence, nor what stands right above the text, its title."""
    line = page.lines[index]
    if not rule.runs or page.voter is None or is_body(line) or line.text.strip()[-1] in _ENDS:
        return False
    if rule.zone == "head":
        below = _next(rule, page.lines, index, 1)
        if below is None or is_body(page.lines[below]):
            return False
        text = line.text.strip()
        if len(text) > _LONGEST_LABEL and not any(sign in text for sign in _BETWEEN_LABELS):
            return False
    return page.vote(line) >= _YES and not page.kinds.of(line) and not rule.is_title(line)


def _is_notice(rule: BoilerplateRule, page: Page, index: int) -> bool:
    """Whether a sentence above a block at the tail is one of the site, as the second voice is sure: it may go with what stands around it."""
    line = page.lines[index]
    return rule.runs and rule.zone == "tail" and page.is_sure_of(line) and not page.kinds.of(line)


def _at_edge(rule: BoilerplateRule, page: Page, scores: Scores) -> _Seen:
    """What is seen from one edge of the document to the first line of body text."""
    lines = page.lines
    anchors: dict[int, float] = {}
    within: dict[int, Promoted] = {}
    seen = sentences = quiet = 0
    bounded = False
    told: set[int] = set()
    reach = _reach(rule, lines)
    weak: list[int] = []
    for index in reversed(range(len(lines))) if rule.zone == "tail" else range(len(lines)):
        line = lines[index]
        if line.blank:
            continue
        if index >= reach and (
            (_SECTION.match(line.text) and page.vote(line) < _UNDECIDED) or _is_of_card(page, index)
        ):
            quiet = _LEAST_QUIET
            break
        found = promoted(rule, line, scores) if not sentences else None
        if not found and rule.is_filler(line):
            continue
        if found and (rule.is_title(line) or page.kinds.of(line)):
            found = None
        if found and not found.whole:
            within[index] = found
        if found and found.whole:
            anchors[index] = found.score
        elif rule.opens_block(line):
            anchors[index] = rule.threshold
        elif (
            (is_body(line) or found or (rule.opens and ends_sentence(line)))
            and index >= reach
            and (found or sentences or not _told_of(rule, page, index))
            and not (anchors.keys() - told and not (found or sentences) and _is_notice(rule, page, index))
        ):
            # From here on only the heading of a list of other pages counts: what teases them may be sentences.
            sentences += 1
            bounded = True
            if sentences > (_MOST_SENTENCES if rule.opens else 0):
                break
        elif index >= reach and _is_quiet(rule, page, line, scores):
            quiet += 1
            if quiet >= _LEAST_QUIET:
                break
            seen += 1
            continue
        elif not sentences and _told_of(rule, page, index):
            anchors[index] = rule.threshold
            told.add(index)
        elif (
            rule.runs
            and not sentences
            and scores.score(rule, line) >= NEIGHBOUR * rule.threshold
            and not (page.kinds.of(line) or rule.is_title(line))
        ):
            weak.append(index)
        quiet = 0
        seen += 1
        if seen >= rule.max_lines:
            break
    anchors.update(_together(rule, lines, weak, anchors, scores))
    if not bounded and quiet < _LEAST_QUIET:
        # All the page was looked through, to its other edge and what was taken there: no block reaches from that over the text.
        anchors = {index: score for index, score in anchors.items() if not page.is_gone(lines[index], rule.zone)}
    for index in [
        index for index in anchors.keys() - told if _is_doubted(rule, page, lines[index], anchors[index], met=bounded)
    ]:
        del anchors[index]
    told &= anchors.keys()
    for index in _unheard(rule, page, told, anchors, scores, bounded=bounded):
        del anchors[index]
        told.remove(index)
    return _Seen(anchors, within, bounded, anchors.keys() == told)


def _is_doubted(rule: BoilerplateRule, page: Page, line: Line, score: float, *, met: bool) -> bool:
    """Whether the second voice takes a line for text whose cues are no more than enough; `met`: whether a text was met beside it."""
    if page.voter is None or score >= _SURER * rule.threshold or rule.opens_block(line):
        return False
    return page.vote(line) <= (_DOUBT if met else _DOUBT_WITHIN)


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
        if (page.kinds.doubts(lines[index]) or (cued and page.vote(lines[index]) < _SURE))
        and (inner is None or (index < inner if rule.zone == "tail" else index > inner))
    ]
    if cued:
        return unheard
    # By itself it takes what is as short as labels and headlines are; and where no text was met, all may be text.
    heard = [index for index in told if index not in unheard and lines[index].length <= _LONGEST_AFTER]
    most = len(_CERTAIN) - (rule.zone == "head")
    enough = _CERTAIN[min(len(heard), most) - 1] if heard else 0
    sure = bounded and any(
        page.vote(lines[index]) >= (_SURE if _ADDRESS.search(lines[index].text) else enough)
        or scores.score(rule, lines[index]) >= NEIGHBOUR * rule.threshold
        for index in heard
    )
    return [index for index in told if not sure or index not in heard]


def _is_quiet(rule: BoilerplateRule, page: Page, line: Line, scores: Scores) -> bool:
    """Whether nothing speaks for it that a line is of the site, and the second voice against it."""
    if page.voter is None or page.vote(line) > _QUIET or scores.score(rule, line) > 0 or is_picture(line):
        return False
    return not rule.is_title(line) and not page.kinds.of(line)


def _together(
    rule: BoilerplateRule, lines: Sequence[Line], weak: Sequence[int], anchors: Mapping[int, float], scores: Scores
) -> Iterator[tuple[int, float]]:
    """Lines next to each other of which each has some cues and all together have enough."""
    run: list[int] = []
    end = len(lines)
    for index in [*sorted(weak), end]:
        if run and (index == end or any(not line.blank for line in lines[run[-1] + 1 : index])):
            total = sum(scores.score(rule, lines[each]) for each in run)
            if len(run) > 1 and total >= rule.threshold:
                yield from ((each, total) for each in run)
            run = []
        run.append(index)


def _reach(rule: BoilerplateRule, lines: Sequence[Line]) -> int:
    """The line up to which all is the head, sentences too: that with which the first chapter of a book begins."""
    if rule.until:
        for index, line in enumerate(lines[: 2 * rule.max_lines]):
            if rule.begins_text(line):
                return index
    return 0


def _groups(rule: BoilerplateRule, page: Page, anchors: Sequence[int], seen: _Seen) -> Iterator[list[int]]:
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
            if not (rule.is_filler(line) or rule.is_lead(line)):
                between.append(line)
                if len(between) > rule.gap and not may_be_menu:
                    break
        if (
            (len(between) <= rule.gap or (may_be_menu and _is_menu(between)))
            and sum(map(is_picture, shown)) <= _MOST_BETWEEN
            and (rule.zone == "tail" or rule.leads or all(line.length <= _LONGEST_ITEM for line in between))
            and not any(
                rule.is_title(line) or is_body(line) or (page.kinds.of(line) and not rule.leads) for line in between
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
        protected = rule.is_title(line) or page.kinds.of(line) or is_body(line) or ends_sentence(line)
        if protected or pictures > _MOST_BETWEEN or passed > _MOST_AFTER:
            break
    return first


def _crowns(rule: BoilerplateRule, page: Page, index: int) -> bool:
    """Whether a line right above a block is its heading."""
    line = page.lines[index]
    return rule.is_crown(line) and not rule.is_title(line) and not page.kinds.of(line)


def _joins(rule: BoilerplateRule, page: Page, index: int, scores: Scores, seen: _Seen) -> bool:
    """Whether a line beside a block goes with it: decoration, or a weak cue in a short line that is no title."""
    line = page.lines[index]
    if page.kinds.of(line) or index in seen.within or is_body(line):
        return False
    if rule.is_filler(line):
        return True
    if line.blank or rule.is_title(line):
        return False
    if is_decoration(line):
        return True
    return line.length <= _LONGEST_NEIGHBOUR and scores.score(rule, line) >= NEIGHBOUR * rule.threshold
