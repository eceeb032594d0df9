"""How much of a line is promotion: all of it, or the sentences and clauses that hold it, where others of the line are body text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import regex

from redactor.detect.boilerplate.score import NEIGHBOUR, Scores
from redactor.model import Span
from redactor.ruleset.boilerplate import BoilerplateRule
from redactor.text.lines import (
    BRACKETED,
    LEAST_PARTED,
    LONGEST_LINE,
    MOST_PARTED,
    ROOM,
    Line,
    parts_of,
    without_addresses,
)

_LEAST_BODY, _LEAST_PREFIX = 10, 30
"""How much sentences, and how much clauses before promotion in the same sentence, must say to be body text."""
_SURER: Final = 1.2
"""So many times the threshold must be reached where the rest of a paragraph is body text: it may speak of such things."""
_TELLING: Final = 0.6
"""What share of the threshold one part must reach for others to be added: addresses alone, however many, are no promotion."""
_LONG_SENTENCE: Final = 60
_LEAST_TITLE: Final = 4
_LETTERS_OF_A_WORD: Final = 4
_HAN: Final = regex.compile(r"\p{Han}")
_LATIN: Final = regex.compile(r"[A-Za-z]")
_JOINTS: Final = "，,；;：:、"


@dataclass(frozen=True, slots=True)
class Promoted:
    """What of a line a rule takes, and the score of that."""

    score: float
    spans: tuple[Span, ...]
    whole: bool


def promoted(rule: BoilerplateRule, line: Line, scores: Scores) -> Promoted | None:
    """What of a line carries enough cues: None for nothing, spans within it where the rest is body text."""
    if line.promoted is None:
        line.promoted = {}
    if rule.id not in line.promoted:
        line.promoted[rule.id] = _promoted(rule, line, scores)
    found: Promoted | None = line.promoted[rule.id]
    return found


def _promoted(rule: BoilerplateRule, line: Line, scores: Scores) -> Promoted | None:
    # To part a line costs more than to see that it comes to nothing, whole or in parts.
    poor = LEAST_PARTED <= len(line.text) <= MOST_PARTED and scores.bound(rule, line) < NEIGHBOUR * rule.threshold
    if poor and (scores.score(rule, line) < rule.threshold or line.parts):
        return None
    parts = line.parts
    whole = bool(rule.whole) and len(line.text) > ROOM and rule.has("whole", line)
    score = scores.score(rule, line.roomy if whole else line)
    if rule.zone == "head" and score >= rule.threshold and _is_noted(rule, line, scores):
        return None
    if not parts:
        return Promoted(score, ((line.start, line.end),), True) if score >= rule.threshold else None
    values = [scores.score(rule, part) for part in parts]
    weak = NEIGHBOUR * rule.threshold
    cued = [number for number, value in enumerate(values) if value >= weak]
    if not cued:
        if score < rule.threshold or sum(map(_says, parts)) >= _LEAST_PREFIX:
            return None
        return Promoted(score, ((line.start, line.end),), True)
    together = sum(values[number] for number in cued)
    best = max(score, *values, together if max(values) >= _TELLING * rule.threshold else 0.0)
    if best < rule.threshold or rule.has("veto", line):
        return None
    spans = [] if whole else list(_spans(rule, line, parts, values, cued, scores))
    part_of_text = bool(spans) and spans != [(line.start, line.end)]
    if part_of_text and (len(line.text) > LONGEST_LINE or best < _SURER * rule.threshold or not rule.parts):
        return None
    if not spans and not whole:
        return None
    if not part_of_text:
        return Promoted(best, ((line.start, line.end),), True)
    return Promoted(best, tuple(spans), False)


def _says(part: Line) -> int:
    """How much a part says, in characters of Han script; addresses say nothing."""
    text = without_addresses(part.text)
    return len(_HAN.findall(text)) + len(_LATIN.findall(text)) // _LETTERS_OF_A_WORD


def _spans(
    rule: BoilerplateRule,
    line: Line,
    parts: Sequence[Line],
    values: Sequence[float],
    cued: Sequence[int],
    scores: Scores,
) -> Iterator[Span]:
    """Runs of sentences that hold promotion; sentences of body text before, between and after them stay."""
    runs: list[list[int]] = []
    for number in cued:
        between = sum(map(_says, parts[runs[-1][1] + 1 : number])) if runs else 0
        if runs and between < _LEAST_BODY:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    if rule.zone != "any":
        # At the edge of a document what stands between and after promotion is of it, unless there is more of it.
        promotion = sum(_says(parts[number]) for number in cued)
        if sum(map(_says, parts[runs[0][0] :])) < 2 * promotion:
            runs = [[runs[0][0], len(parts) - 1]]
    for first, last in runs:
        together = [values[number] for number in cued if first <= number <= last]
        if len(runs) > 1 and max(together) < rule.threshold and sum(together) < _SURER * rule.threshold:
            continue
        low, high = first, last
        if sum(map(_says, parts[:first])) < _LEAST_BODY:
            low = 0
        if sum(map(_says, parts[last + 1 :])) < _LEAST_BODY:
            high = len(parts) - 1
        start = parts[low].start
        if low == first:
            start = _after_prefix(rule, parts[low], scores)
        if start == line.start and high == len(parts) - 1:
            yield line.start, line.end
        else:
            yield _joined(line, start, parts[high].end)


def _after_prefix(rule: BoilerplateRule, sentence: Line, scores: Scores) -> int:
    """Where the clauses begin that promote, if enough of a long sentence stands before them; else its start."""
    if len(sentence.text) <= _LONG_SENTENCE:
        return sentence.start
    clauses = parts_of(sentence, clauses=True)
    said = 0
    for clause in clauses:
        if scores.score(rule, clause) >= NEIGHBOUR * rule.threshold:
            return clause.start if said >= _LEAST_PREFIX else sentence.start
        said += _says(clause)
    return sentence.start


def _joined(line: Line, start: int, end: int) -> Span:
    """The span, so that what stands before and after it joins again: the comma before it goes, the stop at its end stays."""
    text, at = line.text, line.start
    while end > start and text[end - at - 1] in "\r\n":
        end -= 1
    before = text[: start - at].rstrip()
    if before and before[-1] in _JOINTS and text[end - at - 1 : end - at] in ("。", "！", "!", "."):
        return at + len(before) - 1, end - 1
    return start, end


def _is_noted(rule: BoilerplateRule, line: Line, scores: Scores) -> bool:
    """Whether the line is a title with a note in brackets behind it, and only the note speaks of such things."""
    rest = BRACKETED.sub("", line.text).strip()
    if not rest or len(rest) == len(line.text.strip()):
        return False
    title = Line.part(line.start, line.start + len(rest), rest)
    return _says(title) >= _LEAST_TITLE and scores.score(rule, title) <= 0
