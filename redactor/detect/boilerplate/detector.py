"""Promotional and site boilerplate, found by structure: units (block, line, clause, sentence), zones (head, tail, any), cues that add up."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from operator import attrgetter
from typing import Final, TypeAlias

import regex
from ahocorasick_rs import AhoCorasick

from redactor.detect.boilerplate.ahead import AT_A_TIME, Ahead
from redactor.detect.boilerplate.blocks import blocks
from redactor.detect.boilerplate.extent import promoted
from redactor.detect.boilerplate.kinds import CODE, Kinds, compile_kinds, mark_code
from redactor.detect.boilerplate.named import named_spans, names_of
from redactor.detect.boilerplate.page import SIGNS, Page, Reader, Voice, Voter, is_told
from redactor.detect.boilerplate.score import Scores, trigger
from redactor.detect.boilerplate.sections import is_signed
from redactor.model import Evidence, Finding, Span, Tier
from redactor.ruleset.boilerplate import BoilerplateRule
from redactor.text.fold import scalars
from redactor.text.lines import LONGEST_LINE, Line, fold, is_picture, is_unusual, lines_of, unusual_places
from redactor.text.masked import masked_spans

_ROUNDS: Final = 4
_ORDER: Final = ("field", "block", "clause", "line", "sentence", "address")
_LOST, _LABELS = 0.4, 80
"""The score of what would take a whole text of that length: it is told of as doubtful and stays."""
_SURER: Final = 1.2
"""So many times the threshold must be reached in a signature, which tells how somebody is reached."""
_BEFORE: Final = 1
"""What marks characters that were taken in a round before."""
_OF_LINES: Final = ("block", "line")
_TIMED: Final = regex.compile(r"(?m)^\d\d:\d\d:\d\d[,.]\d{1,3}[ \t]*-->")
"""A time line of subtitles. What is spoken there stands in lines as short as a site's labels, and neither end is an edge of a page:
only what is of subtitles, and what shows itself anywhere, goes."""

_STILL: Final = re.compile(rb"\0+")
"""Characters that nothing has taken."""
_start = attrgetter("start")

Removed = Mapping[Span, tuple[BoilerplateRule, float]]
"""What is taken out, with the rule and the score that it had there."""


Text: TypeAlias = tuple[str, bool, bool]
"""A text, and whether it holds the head and the tail of a document."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """A text with its lines, and whether it holds the head and the tail of a document; `timed`: subtitles have neither."""

    text: str
    lines: Sequence[Line]
    head: bool
    tail: bool
    timed: bool


@dataclass(frozen=True, slots=True)
class BoilerplateDetector:
    """All boilerplate rules together, in the order in which they are tried."""

    rules: tuple[BoilerplateRule, ...]
    scores: Scores
    """Of lines, wherever they stand."""
    edge_scores: Scores
    """Of lines at head and tail."""
    clauses: Scores
    """Of parts of lines: what stands in brackets, and sentences."""
    words: AhoCorasick | None
    """Finds the lines worth weighing."""
    edges: AhoCorasick | None
    """Finds those worth weighing at head and tail."""
    kinds: Kinds
    """What no rule takes."""
    voter: Voter | None = None
    """A second voice beside the rules, if there is one."""
    reader: Reader | None = None
    """The same on a line by itself."""

    def find(self, text: str, *, head: bool = True, tail: bool = True) -> list[Finding]:
        """Spans to remove; removing them leaves a text in which nothing more is found."""
        return next(self.find_all([(text, head, tail)]))

    def find_all(self, texts: Iterable[Text]) -> Iterator[list[Finding]]:
        """The same for each of several texts: faster than one by one, where they are short."""
        rest = iter(texts)
        while some := [_opened(*each) for each in islice(rest, AT_A_TIME)]:
            shown = [([line.text for line in each.lines], each.head, each.tail) for each in some]
            ahead = None if self.voter is None else Ahead(self.voter, shown)
            for number, each in enumerate(some):
                voice = None if ahead is None or each.timed else ahead.voice(number)
                yield self._find(each, voice) if self.rules else []

    def _find(self, opened: _Opened, voice: Voice | None) -> list[Finding]:
        text, lines = opened.text, opened.lines
        if not lines:
            return []
        folded = unusual_lines(text, lines)
        hot = self._hot(text, lines, folded)
        if not (hot or opened.head or opened.tail or any(rule.known for rule in self.rules)):
            return []
        mark_code(text, lines)
        removed: dict[Span, tuple[BoilerplateRule, float]] = {}
        page = Page(lines, hot, self.edges, self.kinds, voice, None if voice is None else self.reader)
        for _ in range(_ROUNDS):
            found = self._once(page, removed, head=opened.head, tail=opened.tail)
            if not found:
                break
            removed.update(found)
        if voice is not None:
            removed.update(_named(text, page, removed))
        return _findings(text, removed, lines)

    def weighs(self, lines: Iterable[str]) -> bool:
        """Whether a cue of some rule may stand in one of some lines."""
        return self.edges is not None and any(self.edges.find_matches_as_indexes(scalars(line)) for line in lines)

    def protects(self, text: str) -> bool:
        """Whether a line of the text is of a kind that no rule takes."""
        lines = tuple(lines_of(text))
        mark_code(text, lines)
        return any(self.kinds.of(line) or self.kinds.doubts(line) for line in lines)

    def _once(self, page: Page, removed: Removed, *, head: bool, tail: bool) -> Removed:
        gone = bytearray(page.lines[-1].end)
        for start, end in removed:  # Their lines are seen no more: what reaches over them takes nothing of them along.
            gone[start:end] = bytes([_BEFORE]) * (end - start)
        page = replace(_what_is_left(page, gone) if removed else page, gone=gone)
        found: dict[Span, tuple[BoilerplateRule, float]] = {}
        for rule in self.rules:
            spans: Iterator[tuple[Span, float]]
            if rule.known is not None:
                spans = ((span, rule.threshold) for span in rule.known.spans(_zone(rule, page, head=head, tail=tail)))
            elif rule.unit == "block":
                if (rule.zone == "head" and not head) or (rule.zone == "tail" and not tail):
                    continue
                spans = blocks(rule, page, self.scores if rule.zone == "any" else self.edge_scores)
            elif rule.unit == "line":
                spans = _single_lines(rule, page, self.scores)
            else:
                spans = _clauses(rule, page, self.clauses)
            for whole, score in spans:
                for span in _not_gone(rule, whole, gone):
                    gone[span[0] : span[1]] = bytes([SIGNS[rule.zone]]) * (span[1] - span[0])
                    found[span] = (rule, score)
        return found

    def _hot(self, text: str, lines: Sequence[Line], folded: Mapping[int, str]) -> tuple[int, ...]:
        """Indices of the lines in which a cue may stand: by its words, by unusual letters, or because the line repeats."""
        hot = _holding(self.words, text, lines, folded)
        short = [i for i, line in enumerate(lines) if 4 <= len(line.text) <= 80]
        counts = Counter([lines[i].text for i in short])
        if len(counts) < len(short):
            hot.update(i for i in short if counts[lines[i].text] > 2)
        return tuple(i for i in sorted(hot) if not lines[i].blank)


def _opened(text: str, head: bool, tail: bool) -> _Opened:
    # One character is sought ten times as fast as three.
    timed = ">" in text and "-->" in text and _TIMED.search(text) is not None
    return _Opened(text, tuple(lines_of(text)), head and not timed, tail and not timed, timed)


def _holding(words: AhoCorasick | None, text: str, lines: Sequence[Line], folded: Mapping[int, str]) -> set[int]:
    """Indices of the lines that hold one of the words, as they are written or folded."""
    if words is None:
        return set()
    starts = [line.start for line in lines]
    found = {bisect_right(starts, at) - 1 for _, at, _ in words.find_matches_as_indexes(scalars(text))}
    for index, line in folded.items():
        if index not in found and words.find_matches_as_indexes(line):
            found.add(index)
    return found


def unusual_lines(text: str, lines: Sequence[Line]) -> dict[int, str]:
    """Lines written so that a plain search would pass a cue by, folded."""
    starts = [line.start for line in lines]
    places = {bisect_right(starts, at) - 1 for at in unusual_places(text)}
    folded: dict[int, str] = {}
    for index in sorted(places):
        line = lines[index]
        line.odd = is_unusual(line)
        if line.odd:
            folded[index] = fold(line.text)
    return folded


def compile_boilerplate(
    rules: Sequence[BoilerplateRule], voter: Voter | None = None, reader: Reader | None = None
) -> BoilerplateDetector:
    """One detector for all rules, in their order. `voter`: what speaks beside them; `reader`: the same on a line by itself."""
    kinds = compile_kinds(rules)
    rules = [rule for rule in rules if rule.unit != "keep"]
    anywhere = [rule for rule in rules if rule.zone == "any"]
    # A watermark goes by itself: no block may reach from one to the next over the text between them.
    ordered = sorted(rules, key=lambda rule: (rule.known is None, not rule.repeats, _ORDER.index(rule.unit)))
    of_lines = Scores([rule for rule in ordered if rule.unit in _OF_LINES and not _is_of_edge(rule)])
    of_edges = Scores([rule for rule in ordered if rule.unit in _OF_LINES and _is_of_edge(rule)])
    of_clauses = Scores([rule for rule in ordered if rule.unit not in _OF_LINES])
    return BoilerplateDetector(
        tuple(ordered), of_lines, of_edges, of_clauses, trigger(anywhere), trigger(rules), kinds, voter, reader
    )


def _is_of_edge(rule: BoilerplateRule) -> bool:
    return rule.unit == "block" and rule.zone != "any"


def _not_gone(rule: BoilerplateRule, span: Span, gone: bytearray) -> list[Span]:
    """The parts of a span that are still there; nothing of it if it reaches from one edge to the other."""
    start, end = span
    taken = set(gone[start:end])
    edges = {SIGNS["head"], SIGNS["tail"]}
    barred = {SIGNS["any"]} if rule.zone == "any" else edges - {SIGNS[rule.zone]}
    if taken & barred or edges <= taken:
        return []
    return [still.span() for still in _STILL.finditer(gone, start, end)]


def _zone(rule: BoilerplateRule, page: Page, *, head: bool, tail: bool) -> Sequence[Line]:
    """The lines among which a rule looks for what it knows."""
    if rule.zone == "any":
        return page.lines
    if rule.zone == "head":
        return page.lines[: rule.max_lines] if head else ()
    return page.lines[-rule.max_lines :] if tail and rule.max_lines else ()


def _named(text: str, page: Page, removed: Removed) -> Removed:
    """What else of a text but names its site, with the rule that took the name from an edge of it."""
    gone, found = bytearray(len(text)), dict[Span, tuple[BoilerplateRule, float]]()
    names: dict[str, tuple[BoilerplateRule, float]] = {}
    for (start, end), by in removed.items():
        gone[start:end] = bytes([_BEFORE]) * (end - start)
        if by[0].unit == "block" and by[0].zone != "any":
            names.update(dict.fromkeys(names_of(text[start:end].splitlines()), by))
    if not names:
        return {}
    for name, span in named_spans(replace(page, gone=gone), frozenset(names)):
        if not any(gone[span[0] : span[1]]):
            gone[span[0] : span[1]] = bytes([_BEFORE]) * (span[1] - span[0])
            found[span] = names[name]
    return found


def _what_is_left(page: Page, gone: bytearray) -> Page:
    """The lines that are not gone, and the hot ones among them; of lines that are gone in part, what is left."""
    still = set(page.hot)
    left: list[Line] = []
    hot: list[int] = []
    first = gone.find(_BEFORE)
    for index, line in enumerate(page.lines):
        if not 0 <= first < line.end:
            if index in still:
                hot.append(len(left))
            left.append(line)
            continue
        first = gone.find(_BEFORE, line.end)
        rest = "".join(c for at, c in enumerate(line.text, line.start) if not gone[at])
        if rest and not rest.isspace():
            left.append(Line(line.start, line.end, rest))
    return replace(page, lines=left, hot=hot)


def _single_lines(rule: BoilerplateRule, page: Page, scores: Scores) -> Iterator[tuple[Span, float]]:
    counts = Counter(page.lines[i].text.strip() for i in page.hot) if rule.repeats else Counter()
    for index in page.hot:
        line = page.lines[index]
        if page.is_gone(line):
            continue
        if len(line.text) > LONGEST_LINE or (rule.repeats and counts[line.text.strip()] < rule.repeats):
            continue
        found = promoted(rule, line, scores)
        if not found or (found.score < _SURER * rule.threshold and is_signed(page.lines, index)):
            continue
        if not rule.has("titles", line) and not page.kinds.of(line):
            for span in found.spans:
                if rule.repeats or not page.is_of_prose(index, span):
                    yield span, found.score


def _clauses(rule: BoilerplateRule, page: Page, scores: Scores) -> Iterator[tuple[Span, float]]:
    for line in _apart(rule, page):
        for part in _parts(rule, line):
            score = scores.score(rule, part)
            if score >= rule.threshold:
                whole = line if _is_all_of(part, line) else part
                yield (whole.start, whole.end), score


def _is_all_of(part: Line, line: Line) -> bool:
    """Whether nothing but signs stands in a line beside a part of it."""
    start, end = part.start - line.start, part.end - line.start
    return not any(map(str.isalnum, line.text[:start] + line.text[end:]))


def _parts(rule: BoilerplateRule, line: Line) -> Sequence[Line]:
    if rule.unit == "clause":
        return line.bracketed
    if rule.unit == "field":
        return line.fields
    if rule.unit == "address":
        return line.disguised
    return [part for part in line.sentences if any(word in part.text for word in rule.hints)]


def _apart(rule: BoilerplateRule, page: Page) -> Iterator[Line]:
    """The lines of which a rule weighs parts; to split all into sentences would cost more than it finds."""
    for line in (page.lines[index] for index in page.hot):
        if line.kept == CODE or page.is_gone(line) or (rule.unit == "clause" and is_picture(line)):
            continue
        if (rule.unit != "sentence" or any(word in line.text for word in rule.hints)) and (
            not rule.inside or rule.has("inside", line)
        ):
            yield line


def _findings(text: str, removed: Removed, lines: Sequence[Line]) -> list[Finding]:
    doubt = _LOST if _loses_all(text, removed, lines) else 1.0
    return [
        Finding(
            start,
            end,
            entity="BOILERPLATE",
            rule=rule.id,
            score=min(rule.score, doubt),
            priority=Tier.BOILERPLATE,
            evidence=(
                Evidence("boilerplate", f"{rule.unit}, cues add up to {score:g} of {rule.threshold:g}", score),
                *_votes(lines[bisect_left(lines, start, key=_start) : bisect_left(lines, end, key=_start)], end),
            ),
        )
        for (start, end), (rule, score) in sorted(removed.items(), key=lambda item: item[0])
    ]


def _votes(lines: Sequence[Line], end: int) -> Iterator[Evidence]:
    """What the second voice said of the lines that begin in a span which ends there, if it was asked and said yes to some."""
    inside = [line for line in lines if line.end <= end and not line.blank]
    votes = [line.vote for line in inside if is_told(line) and line.vote is not None]
    if votes:
        yield Evidence(
            "boilerplate", f"the line voter takes {len(votes)} of {len(inside)} lines for none of the text", max(votes)
        )


def _loses_all(text: str, removed: Removed, lines: Sequence[Line]) -> bool:
    """Whether nothing would be left of a text that says more than a label does.

    A mask stands for who knows how much: what said more than a label before it was masked says no less afterwards.
    """
    at = lines[0].start
    for start, end in sorted(removed):
        if text[at:start].strip():
            return False
        at = end
    if text[at:].strip():
        return False
    return sum(end - start for start, end in removed) >= _LABELS or bool(masked_spans(text))
