"""What speaks for and against a candidate for a name: rules, the recogniser, the lexicon, its neighbours, the document."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from redactor.chinese.lattice import Lattice
from redactor.chinese.names import BEFORE_SURNAMES
from redactor.detect.ner.decode import KINDS
from redactor.detect.ner.recogniser import BEGINS, ENDS, Tags
from redactor.detect.person.frames import MEDIUM, UNSEEN_GIVEN, Frames
from redactor.detect.person.recognizer import PersonRecognizer
from redactor.model import Finding, Span
from redactor.packaged import packaged_words
from redactor.text.fold import View
from redactor.text.points import FIRST_HAN, LAST_HAN

_DOUBT: Final = 0.4
"""What a rule itself believes less supports nothing else."""
_RARE: Final = -16.0
"""Log probability of a word that is hardly one."""
_CUT: Final = 8.0
"""Log probability that the words around a stretch lose by being cut, which is as bad as any more."""
_UNLIKELY: Final = 9.0
"""Minus the log probability a character of what the words of the language hardly ever make up."""
_HAN: Final = re.compile(f"[{chr(FIRST_HAN)}-{chr(LAST_HAN)}]")
_ALL_HAN: Final = re.compile(f"{_HAN.pattern}*")
_LIST: Final = "、，,；; \u3000\t"
_BLANKS: Final = 3
_BRACKETS: Final = "（("
_BESIDE: Final = frozenset(
    ("after a post", "after a label", "before a title", "before a short title", "before brackets", "in a list")
)
"""What shows that a lone surname names somebody; without it, it is a character of the language."""
_NO_NAME, _ALONE = "a word, no noun, and no surname", "a word beside nothing"
UNPROVEN: Final = (_NO_NAME, _ALONE)
"""What speaks against a name only where nothing elsewhere in the text speaks for it."""
_SPEAKING: Final = frozenset((*_BESIDE, "after a verb", "after a colon", "alone in its line"))
"""What stands beside names."""
_FIRMS: Final = frozenset(("organizations.company-common", "organizations.legal-company"))
"""Rules whose class words stand behind names or behind what they deal in: what is neither a word nor a trade is a name."""
_ASPECTS: Final = ("着", "了")
"""What stands behind a verb, where no word (着手, 了解) begins with it."""
_SURE: Final = 0.8
_KNOWN_OTHERWISE: Final = frozenset(("ordinary words", "recogniser: more", "recogniser: across", "recogniser: a part"))
_BODY_ENDS: Final = frozenset(word for word in packaged_words("body-heads") if len(word) == 1)
_OTHER_NAMES: Final = frozenset(
    word for people in ("tibetan", "mongol", "turkic", "yi") for word in packaged_words(f"person-{people}")
)
"""Names that open with no surname, of which some are words too."""
Pieces = Mapping[str, float]
"""Evidence for a candidate by name, each with its amount."""
Stretch = tuple[int, int, str, Span]
"""What evidence is of: start, end, entity, and the first of the values."""
Seen = tuple[float, float, float]
"""Probabilities by the recogniser: that it is just this entity, that one of its characters is in none, that it is of another kind."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a text before any candidate of it is judged; offsets are those of `view`."""

    view: View
    lattice: Lattice
    tags: Tags
    entities: Sequence[tuple[int, int, str]]
    """Start, end and kind of what the recogniser finds, in order."""
    members: Sequence[int]
    """Where each of the documents that are looked at together begins, in the input's coordinates: they tell nothing of one another."""
    frequency: Callable[[str], float]
    """Log probability of a word."""
    common: frozenset[str]
    """Words that look like names and are none."""
    ordinary: Callable[[int, int, str], bool]
    """Whether nothing but words of the language stands there."""
    persons: PersonRecognizer | None
    """What knows surnames, titles and labels; None: no rule does."""
    frames: Frames | None

    def member(self, at: int) -> int:
        """Which of the documents a place of the input is in."""
        return bisect_right(self.members, at)

    def overlapping(self, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        """What the recogniser finds that touches a stretch."""
        at = bisect_left(self.entities, (start, 0, ""))
        if at and self.entities[at - 1][1] > start:
            at -= 1
        while at < len(self.entities) and self.entities[at][0] < end:
            yield self.entities[at]
            at += 1

    def said(self, start: int, end: int) -> str:
        """What stands in a stretch of the input, without line breaks and the like."""
        return "".join(self.view.text[self.view.place(start) : self.view.place(end)].split())


@dataclass(frozen=True, slots=True)
class Company:
    """The candidates of a text, as far as one bears on another."""

    proposed: Mapping[tuple[int, int], int]
    """How many rules have proposed a span."""
    starts: frozenset[int]
    ends: frozenset[int]
    """Where places begin and end."""


def is_repeated(finding: Finding) -> bool:
    """Whether no rule found it, but what is proven elsewhere stands again there."""
    return any(each.kind == "document" for each in finding.evidence)


def company(findings: Sequence[Finding]) -> Company:
    """Of all candidates of a text."""
    names = [f for f in findings if f.entity in KINDS and f.score >= _DOUBT]
    places = [f for f in names if f.entity == "LOCATION"]
    return Company(
        Counter((f.start, f.end) for f in names),
        frozenset(f.start for f in places),
        frozenset(f.end for f in places),
    )


@lru_cache(maxsize=4_096)
def logit(probability: float, least: float = 0.0067) -> float:
    """Log odds, bounded, so coarse that a text gives the same by itself and within a longer one. Most are asked for again and again."""
    probability = min(max(probability, least), 1 - least)
    return round(log(probability / (1 - probability)), 1)


def pieces(context: Context, finding: Finding, others: Company) -> Pieces:
    """The evidence for and against a candidate, but for what the same words elsewhere tell."""
    return pieces_of_all(context, [finding], others)[0]


def pieces_of_all(context: Context, findings: Sequence[Finding], others: Company) -> list[Pieces]:
    """`pieces` for each of several candidates: what is said of the same stretch by several rules is worked out once."""
    each = [(finding.start, finding.end, finding.entity, finding.parts[0]) for finding in findings]
    facts: dict[Stretch, dict[str, float]] = {stretch: {} for stretch in each}
    place = context.view.place
    spans = {stretch: (place(stretch[0]), place(stretch[1])) for stretch in facts}
    stretches = [stretch for stretch, (start, end) in spans.items() if start < end]
    seen = _seen(context, stretches, [spans[stretch] for stretch in stretches])
    for stretch, one in zip(stretches, seen, strict=True):
        facts[stretch] = _facts(context, stretch, spans[stretch], one, others)
    return [_own(finding, facts[stretch]) | facts[stretch] for finding, stretch in zip(findings, each, strict=True)]


def _own(finding: Finding, facts: Pieces) -> dict[str, float]:
    """What the rule of a candidate says; `facts`: what is known of its stretch."""
    found = {"rule's score": logit(finding.score), "any": 1.0}
    if not is_repeated(finding):
        found[f"rule {finding.rule}"] = 1.0
    if finding.rule in _FIRMS and finding.score >= _SURE and facts and not facts.keys() & _KNOWN_OTHERWISE:
        found[f"rule {finding.rule}: no words"] = 1.0
    return found


def _facts(context: Context, stretch: Stretch, own: Span, seen: Seen, others: Company) -> dict[str, float]:
    """What is known of a stretch, whichever rule proposes it. `own`: the stretch in the view."""
    view = context.view
    low, high, entity, value = stretch
    start, end = own
    text = "".join(view.text[start:end].split())
    size = end - start
    before, after = view.text[max(0, start - 1) : start], view.text[end : end + 1]
    opens, closes = not before.isalnum(), not after.isalnum()
    # Of Latin letters the recogniser sees no more than that they are some.
    found = _by_recogniser(context, start, end, entity, seen) if _HAN.search(text) else {}
    if others.proposed.get((low, high), 0) > 1:
        found["found by several"] = 1.0
    if size == 1:
        found["one character"] = 1.0
    elif size == 2:
        found["two characters"] = 1.0
    elif size > 6:
        found["long"] = 1.0
    if not _ALL_HAN.fullmatch(text):
        found["not all Han"] = 1.0
    lost = context.lattice.lost_by_cuts(start, end)
    if lost:
        found["cuts a word"] = round(min(lost, _CUT) / _CUT, 1)
    # One with a line break in it is no word of the language.
    if len(text) == size and context.ordinary(view.place(value[0]), view.place(value[1]), entity):
        found["ordinary words"] = 1.0
    found["frequent as a word"] = round(max(0.0, context.frequency(text) - _RARE), 1)
    if text in context.common:
        found["a common word"] = 1.0
    if before in ("：", ":"):
        found["after a colon"] = 1.0
    if opens:
        found["begins a clause"] = 1.0
    if closes:
        found["ends a clause"] = 1.0
    if opens and closes and before in ("", "\n") and after in ("", "\n"):
        found["alone in its line"] = 1.0
    if entity == "PERSON":
        if size > 1 and "not all Han" not in found:
            found["as words"] = round(max(0.0, context.lattice.likely(start, end) / size + _UNLIKELY), 1)
        found |= _of_person(context, start, end, text, before, after)
        if size == 1 and (not before or before not in BEFORE_SURNAMES) and _BESIDE.isdisjoint(found):
            found["a surname beside nothing"] = found.pop("one character")
        return found | _of_words(context, start, end, text, found)
    if low in others.ends:
        found["after a place"] = 1.0
    if high in others.starts:
        found["before a place"] = 1.0
    return found


def _of_words(context: Context, start: int, end: int, text: str, found: Pieces) -> dict[str, float]:
    """What speaks against a person because the language has words for it; `found`: the evidence so far."""
    # The lexicon holds some names for nouns (贝尔), of which no part is a word.
    noun = [kind for _, _, kind in context.lattice.segment(start, end)] == ["n"]
    word = "ordinary words" in found and context.frequency(text) > _RARE
    return _true(
        {
            # 了 that ends a text is no word of two.
            "before an aspect mark": context.view.text[end : end + 1] in _ASPECTS
            and context.frequency(context.view.text[end : end + 2].ljust(2)) < _RARE,
            _ALONE: word and end - start > 1 and _SPEAKING.isdisjoint(found),
            _NO_NAME: word and end - start > 1 and not noun and "a surname" not in found and text not in _OTHER_NAMES,
            "a word of three characters": word
            and end - start > 2
            and max(context.frequency(text[:2]), context.frequency(text[1:])) > _RARE,
            "ends as a body does": end - start > 2
            and text[-1] in _BODY_ENDS
            and context.ordinary(start, end - 1, "PERSON")
            and context.frequency(text[:-1]) > _RARE,
        }
    )


def _true(facts: Mapping[str, bool]) -> dict[str, float]:
    """Those facts that hold, as evidence."""
    return {name: 1.0 for name, holds in facts.items() if holds}


def _seen(context: Context, stretches: Sequence[Stretch], spans: Sequence[Span]) -> list[Seen]:
    """How the recogniser sees just the characters of each stretch as one entity of its kind, for all at once."""
    if not stretches:
        return []
    tags = context.tags
    starts, ends = np.array(spans, np.intp).T
    sizes = ends - starts
    beyond = np.array(
        [_beyond(context, end, entity) for (_, end), (_, _, entity, _) in zip(spans, stretches, strict=True)]
    )
    kinds = np.array([KINDS.index(entity) for _, _, entity, _ in stretches])
    # A row for each character of each stretch and of what may be counted to it, one stretch after the other.
    lengths = beyond - starts
    firsts = np.cumsum(lengths) - lengths
    place = np.arange(lengths.sum()) - np.repeat(firsts - starts, lengths)
    kind, last = np.repeat(kinds, lengths), np.repeat(ends - 1, lengths)
    own = place <= last
    rows = tags.at(place)
    at = np.arange(len(place))

    def most(values: NDArray[np.float64], of: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.maximum.reduceat(np.where(of, values, -np.inf), firsts)

    # It may count the blanks or a short title after a name to it.
    closes = most(rows[at, ENDS + kind], place >= last)
    inside = rows[at, kind]
    just = np.minimum(rows[firsts, BEGINS + kinds], closes)
    just = np.minimum(just, np.minimum.reduceat(np.where(own, inside, np.inf), firsts))
    just = np.minimum(just, 1 - most(rows[:, BEGINS:ENDS].max(1), own & (place != np.repeat(starts, lengths))))
    just = np.minimum(just, 1 - most(rows[:, ENDS:].max(1), place < last))
    every = np.add.reduceat(np.where(own, rows[:, :BEGINS].sum(1), 0.0), firsts)
    another = every / sizes - np.add.reduceat(np.where(own, inside, 0.0), firsts) / sizes
    outside = most(tags.outside[np.minimum(place, last)].astype(np.float64), own)
    return list(zip(just.tolist(), outside.tolist(), another.tolist(), strict=True))


def _beyond(context: Context, end: int, entity: str) -> int:
    """Where what the recogniser may count to a name ends: the blanks after it, or a short title."""
    text = context.view.text
    beyond = end
    while beyond < len(text) and beyond - end < _BLANKS and text[beyond] in " \u3000":
        beyond += 1
    return max(beyond, _with_title(context, end, entity))


def _with_title(context: Context, end: int, entity: str) -> int:
    """Where a name ends with a short title: it is not always clear to the recogniser whether that of 王局 is part of it."""
    return end + 1 if entity == "PERSON" and context.frames and context.frames.has_short(end) else end


def _by_recogniser(context: Context, start: int, end: int, entity: str, seen: Seen) -> dict[str, float]:
    """What the recogniser says of a stretch as one entity, and what it finds there."""
    just, outside, another = seen
    found = {
        "recogniser: just this": logit(just),
        "recogniser: a character in none": logit(outside),
        "recogniser: another kind": logit(another),
    }
    for other in context.overlapping(start, end):
        low, high, kind = other
        if kind == entity and low == start and high in (end, _with_title(context, end, entity)):
            found["recogniser: found"] = 1.0
        elif low <= start and end <= high:
            found["recogniser: a part" if (low, high) != (start, end) else "recogniser: found as another kind"] = 1.0
        elif start <= low and high <= end:
            found["recogniser: more"] = 1.0
        else:
            found["recogniser: across"] = 1.0
    return found


def _of_person(context: Context, start: int, end: int, text: str, before: str, after: str) -> dict[str, float]:
    """What stands beside a person's name, and what it is made of."""
    persons, frames = context.persons, context.frames
    found = _true(
        {
            "in a list": before != "" and before in _LIST and after != "" and after in _LIST,
            "before brackets": after != "" and after in _BRACKETS,
        }
    )
    if persons is None or frames is None:
        return found
    ahead, behind = frames.bonus_before(start), frames.bonus_after(end)
    found |= _true(
        {
            "after a post": ahead >= MEDIUM,
            "after a verb": 0 < ahead < MEDIUM,
            "before a title": behind >= MEDIUM,
            "before a verb of people": 0 < behind < MEDIUM,
            "before a short title": frames.has_short(end),
            "after a label": persons.labelled(context.view.text, start),
        }
    )
    size = next((size for size in (2, 1) if text[:size] in persons.surnames), 0)
    found |= _true({"cuts a title": end - start > 1 and persons.is_title(context.view.text, end - 1)})
    if size:
        found["a surname"] = 1.0
        given = len(text) - size
        likely = persons.given_weight(text, size, given) if given in (1, 2) else None
        if likely is not None:
            found["likely given name"] = round(likely / given - UNSEEN_GIVEN, 1)
    return found
