"""Promotional and site boilerplate, found by structure: units (block, line, clause), zones (head, tail, any), cues that add up."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import regex
from ahocorasick_rs import AhoCorasick

from redactor.detect.boilerplate.lines import (
    ADDRESS,
    BRACKETED,
    DECORATION,
    LONGEST_LINE,
    UNUSUAL,
    Line,
    fold,
    is_body,
    lines_of,
)
from redactor.detect.boilerplate.rules import BoilerplateRule
from redactor.model import Evidence, Finding, LimitError
from redactor.text.fold import scalars

_SECONDS = 1.0
_MAX_GAP = 4
_ROUNDS = 4
_NEIGHBOUR = 0.4
_ROOM, _DILUTION = 36, 18.0


@dataclass(frozen=True, slots=True)
class BoilerplateDetector:
    """All boilerplate rules together."""

    rules: tuple[BoilerplateRule, ...]
    words: AhoCorasick | None = field(default=None)
    """Every word of every cue, in one automaton."""

    def find(self, text: str, *, head: bool = True, tail: bool = True) -> list[Finding]:
        """Spans to remove; removing them leaves a text in which nothing more is found."""
        if not self.rules or not text:
            return []
        lines = list(lines_of(text))
        hot = self._hot(text, lines)
        removed: dict[tuple[int, int], tuple[BoilerplateRule, float]] = {}
        for _ in range(_ROUNDS if hot else 0):
            found = self._once(text, lines, hot, removed, head=head, tail=tail)
            if not found:
                break
            removed.update(found)
        return _findings(removed)

    def _once(
        self,
        text: str,
        all_lines: Sequence[Line],
        all_hot: frozenset[int],
        removed: Mapping[tuple[int, int], Any],
        *,
        head: bool,
        tail: bool,
    ) -> dict[tuple[int, int], tuple[BoilerplateRule, float]]:
        gone = bytearray(len(text))
        lines, hot = all_lines, all_hot
        if removed:
            for start, end in removed:
                gone[start:end] = b"\1" * (end - start)
            left = [i for i, line in enumerate(all_lines) if gone.find(1, line.start, line.end) < 0]
            lines = [all_lines[i] for i in left]
            hot = frozenset(n for n, i in enumerate(left) if i in all_hot)
        found: dict[tuple[int, int], tuple[BoilerplateRule, float]] = {}
        for rule in sorted(self.rules, key=lambda r: ("block", "clause", "line").index(r.unit)):
            if rule.unit == "block":
                spans = _blocks(rule, lines, hot, head=head, tail=tail)
            elif rule.unit == "line":
                spans = _single_lines(rule, lines, hot)
            else:
                spans = _clauses(rule, lines, hot, text)
            for span, score in list(spans):
                if gone.find(1, *span) < 0:
                    gone[span[0] : span[1]] = b"\1" * (span[1] - span[0])
                    found[span] = (rule, score)
        return found

    def _hot(self, text: str, lines: Sequence[Line]) -> frozenset[int]:
        """Indices of the lines in which a cue may stand: by its words, by unusual letters, or because the line repeats."""
        if self.words is None:
            return frozenset()
        starts = [line.start for line in lines]
        places = [start for _, start, _ in self.words.find_matches_as_indexes(scalars(text))]
        hot = {bisect_right(starts, at) - 1 for at in places}
        for index in {bisect_right(starts, m.start()) - 1 for m in UNUSUAL.finditer(text)} - hot:
            line = lines[index]
            if len(line.text) <= LONGEST_LINE and self.words.find_matches_as_indexes(fold(line.text)):
                hot.add(index)
        counts = Counter(line.text for line in lines if 4 <= len(line.text) <= 80)
        repeated = {text for text, count in counts.items() if count > 2}
        if repeated:
            hot.update(i for i, line in enumerate(lines) if line.text in repeated)
        return frozenset(i for i in hot if not lines[i].blank)


def compile_boilerplate(rules: Sequence[BoilerplateRule]) -> BoilerplateDetector:
    """One detector for all rules, in their order."""
    words = list(
        dict.fromkeys(
            fold(w)
            for rule in rules
            for w in (*rule.hints, *(w for cue in rule.cues if cue.weight > 1 for w in cue.words))
        )
    )
    return BoilerplateDetector(tuple(rules), AhoCorasick(words) if words else None)


def _blocks(
    rule: BoilerplateRule, lines: Sequence[Line], hot: frozenset[int], *, head: bool, tail: bool
) -> Iterator[tuple[tuple[int, int], float]]:
    if (rule.zone == "head" and not head) or (rule.zone == "tail" and not tail) or not hot:
        return
    order = range(len(lines) - 1, -1, -1) if rule.zone == "tail" else range(len(lines))
    anchors: dict[int, float] = {}
    seen = 0
    for index in order if rule.zone != "any" else sorted(hot):
        line = lines[index]
        if line.blank:
            continue
        score = _score(rule, line) if index in hot else 0.0
        if score >= rule.threshold and not _is_title(rule, line):
            anchors[index] = score
        elif rule.zone != "any" and is_body(line) and (rule.zone == "tail" or seen > 0 or len(line.text) > 60):
            break
        seen += 1
        if seen >= rule.max_lines and rule.zone != "any":
            break
    if not anchors:
        return
    for group in _groups(rule, lines, sorted(anchors)):
        first, last = group[0], group[-1]
        if rule.zone == "any" and len(group) < 2:
            continue
        while first > 0 and _joins(rule, lines[first - 1]):
            first -= 1
        while last + 1 < len(lines) and _joins(rule, lines[last + 1]):
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


def _groups(rule: BoilerplateRule, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[list[int]]:
    """Anchors that belong together: nothing but a few short lines, none a title or body text, stands between them."""
    group = [anchors[0]]
    for index in anchors[1:]:
        between = [line for line in lines[group[-1] + 1 : index] if not line.blank]
        if len(between) <= _MAX_GAP and not any(_is_title(rule, line) or is_body(line) for line in between):
            group.append(index)
        else:
            yield group
            group = [index]
    yield group


def _joins(rule: BoilerplateRule, line: Line) -> bool:
    """Whether a line beside a block goes with it: decoration, or a weak cue in a short line that is no title."""
    if line.blank or _is_title(rule, line) or len(line.text) > 60:
        return False
    return bool(DECORATION.fullmatch(line.text.strip())) or _score(rule, line) >= _NEIGHBOUR * rule.threshold


def _single_lines(
    rule: BoilerplateRule, lines: Sequence[Line], hot: frozenset[int]
) -> Iterator[tuple[tuple[int, int], float]]:
    counts = Counter(lines[i].text.strip() for i in hot) if rule.repeats else Counter()
    for index in sorted(hot):
        line = lines[index]
        if len(line.text) > LONGEST_LINE or (rule.repeats and counts[line.text.strip()] < rule.repeats):
            continue
        score = _score(rule, line)
        if score >= rule.threshold and not _is_title(rule, line):
            yield (line.start, line.end), score


def _clauses(
    rule: BoilerplateRule, lines: Sequence[Line], hot: frozenset[int], text: str
) -> Iterator[tuple[tuple[int, int], float]]:
    for index in sorted(hot):
        line = lines[index]
        for match in BRACKETED.finditer(text, line.start, line.end):
            part = Line(match.start(), match.end(), match.group(), fold(match.group()))
            score = _score(rule, part)
            if score >= rule.threshold:
                whole = match.group() == line.text.strip()
                yield ((line.start, line.end) if whole else match.span()), score


def _score(rule: BoilerplateRule, line: Line) -> float:
    folded = line.folded
    total = 0.0
    try:
        for cue in rule.cues:
            if (cue.matcher is not None and cue.matcher.find_matches_as_indexes(folded)) or (
                cue.pattern is not None and _seen(line, cue.pattern)
            ):
                total += cue.weight
        # The longer the line, the more of it must speak for promotion: a mention in running text is not enough.
        total -= max(0.0, (len(ADDRESS.sub("", folded)) - _ROOM) / _DILUTION)
        if total >= rule.threshold and any(_seen(line, veto) for veto in rule.veto):
            return 0.0
    except TimeoutError:
        raise LimitError(f"rule {rule.id!r}: a pattern takes too long on this text; nothing was passed") from None
    return total


def _seen(line: Line, pattern: regex.Pattern[str]) -> bool:
    """Whether a pattern stands in the line; rules share cues, so the answer is kept."""
    answer = line.seen.get(pattern)
    if answer is None:
        answer = line.seen[pattern] = pattern.search(line.folded, timeout=_SECONDS) is not None
    return answer


def _is_title(rule: BoilerplateRule, line: Line) -> bool:
    stripped = line.text.strip()
    return any(t.search(stripped, timeout=_SECONDS) for t in rule.titles)


def _findings(removed: Mapping[tuple[int, int], tuple[BoilerplateRule, float]]) -> list[Finding]:
    return [
        Finding(
            start,
            end,
            entity="BOILERPLATE",
            rule=rule.id,
            score=rule.score,
            priority=100,
            evidence=(Evidence("boilerplate", f"{rule.unit}, cues add up to {score:g} of {rule.threshold:g}", score),),
        )
        for (start, end), (rule, score) in sorted(removed.items(), key=lambda item: item[0])
    ]
