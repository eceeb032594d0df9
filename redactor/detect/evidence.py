"""What speaks for and against a candidate for a name: rules, the recogniser, the lexicon, its neighbours, the document."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

from redactor.chinese.lattice import Lattice
from redactor.chinese.names import BEFORE_SURNAMES
from redactor.detect.ner.decode import KINDS
from redactor.detect.ner.recogniser import BEGINS, ENDS, Tags
from redactor.detect.person.frames import MEDIUM, UNSEEN_GIVEN, Frames
from redactor.detect.person.recognizer import PersonRecognizer
from redactor.model import Finding
from redactor.packaged import packaged_words
from redactor.text.fold import View
from redactor.text.points import is_han

_DOUBT: Final = 0.4
"""What a rule itself believes less supports nothing else."""
_RARE: Final = -16.0
"""Log probability of a word that is hardly one."""
_LIST: Final = "、，,；; \u3000\t"
_BLANKS: Final = 3
_BRACKETS: Final = "（("
_BESIDE: Final = frozenset(
    ("after a post", "after a label", "before a title", "before a short title", "before brackets", "in a list")
)
"""What shows that a lone surname names somebody; without it, it is a character of the language."""
UNPROVEN: Final = "a word, no noun, and no surname"
"""Speaks against a name only where nothing elsewhere in the text speaks for it."""
_FIRMS: Final = frozenset(("organizations.company-common", "organizations.legal-company"))
"""Rules whose class words stand behind names or behind what they deal in: what is neither a word nor a trade is a name."""
_SURE: Final = 0.8
_KNOWN_OTHERWISE: Final = frozenset(("ordinary words", "recogniser: more", "recogniser: across", "recogniser: a part"))
_BODY_ENDS: Final = frozenset(word for word in packaged_words("body-heads") if len(word) == 1)
_OTHER_NAMES: Final = frozenset(
    word for people in ("tibetan", "mongol", "turkic", "yi") for word in packaged_words(f"person-{people}")
)
"""Names that open with no surname, of which some are words too."""
Pieces = Mapping[str, float]
"""Evidence for a candidate by name, each with its amount."""


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

    def said(self, finding: Finding) -> str:
        """What stands there, without line breaks and the like."""
        return "".join(self.view.text[self.view.place(finding.start) : self.view.place(finding.end)].split())


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


def logit(probability: float, least: float = 0.0067) -> float:
    """Log odds, bounded, so coarse that a text gives the same by itself and within a longer one."""
    probability = min(max(probability, least), 1 - least)
    return round(log(probability / (1 - probability)), 1)


def pieces(context: Context, finding: Finding, others: Company) -> Pieces:
    """The evidence for and against a candidate, but for what the same words elsewhere tell."""
    view = context.view
    start, end = view.place(finding.start), view.place(finding.end)
    found = {"rule's score": logit(finding.score), "any": 1.0}
    if not is_repeated(finding):
        found[f"rule {finding.rule}"] = 1.0
    if start >= end:
        return found
    text = context.said(finding)
    # Of Latin letters it sees no more than that they are some.
    if any(map(is_han, text)):
        found |= _by_recogniser(context, start, end, KINDS.index(finding.entity))
    value = finding.parts[0]
    bare = len(text) == end - start  # no line break in it
    found |= _true(
        {
            "found by several": others.proposed.get((finding.start, finding.end), 0) > 1,
            "one character": end - start == 1,
            "two characters": end - start == 2,
            "long": end - start > 6,
            "not all Han": not all(map(is_han, text)),
            "cuts a word": context.lattice.covers(start, end),
            "ordinary words": bare and context.ordinary(view.place(value[0]), view.place(value[1]), finding.entity),
        }
    )
    found["frequent as a word"] = round(max(0.0, context.frequency(text) - _RARE), 1)
    before, after = view.text[max(0, start - 1) : start], view.text[end : end + 1]
    opens, closes = not before.isalnum(), not after.isalnum()
    found |= _true(
        {
            "a common word": text in context.common,
            "after a colon": before in ("：", ":"),
            "begins a clause": opens,
            "ends a clause": closes,
            "alone in its line": opens and closes and before in ("", "\n") and after in ("", "\n"),
        }
    )
    if finding.entity == "PERSON":
        found |= _of_person(context, start, end, text, before, after)
        if end - start == 1 and (not before or before not in BEFORE_SURNAMES) and _BESIDE.isdisjoint(found):
            found["a surname beside nothing"] = found.pop("one character")
        found |= _of_words(context, start, end, text, found)
    elif finding.rule in _FIRMS and finding.score >= _SURE and not found.keys() & _KNOWN_OTHERWISE:
        found[f"rule {finding.rule}: no words"] = 1.0
    if finding.entity != "PERSON":
        found |= _true({"after a place": finding.start in others.ends, "before a place": finding.end in others.starts})
    return found


def _of_words(context: Context, start: int, end: int, text: str, found: Pieces) -> dict[str, float]:
    """What speaks against a person because the language has words for it; `found`: the evidence so far."""
    # The lexicon holds some names for nouns (贝尔), of which no part is a word.
    noun = [kind for _, _, kind in context.lattice.segment(start, end)] == ["n"]
    word = "ordinary words" in found and context.frequency(text) > _RARE
    return _true(
        {
            UNPROVEN: word and end - start > 1 and not noun and "a surname" not in found and text not in _OTHER_NAMES,
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


def _by_recogniser(context: Context, start: int, end: int, kind: int) -> dict[str, float]:
    """How the recogniser sees just these characters as one entity of the kind."""
    # Lists: of so few numbers an array is slow.
    text, size = context.view.text, end - start
    beyond = end
    while beyond < len(text) and beyond - end < _BLANKS and text[beyond] in " \u3000":
        beyond += 1
    # Nor is it always clear to it whether the title of 王局 is part of the name.
    with_title = end + 1 if KINDS[kind] == "PERSON" and context.frames and context.frames.has_short(end) else end
    beyond = max(beyond, with_title)
    rows = context.tags.near(start, beyond).tolist()
    # It may count the blanks or a short title after a name to it.
    ends = max(row[ENDS + kind] for row in rows[size - 1 :])
    rows = rows[:size]
    inside = [row[kind] for row in rows]
    just = min(rows[0][BEGINS + kind], ends, *inside)
    if size > 1:
        just = min(
            just, 1 - max(max(row[BEGINS:ENDS]) for row in rows[1:]), 1 - max(max(row[ENDS:]) for row in rows[:-1])
        )
    outside = context.tags.outside[start:end].tolist()
    found = {
        "recogniser: just this": logit(just),
        "recogniser: a character in none": logit(max(outside)),
        "recogniser: another kind": logit(sum(sum(row[:BEGINS]) for row in rows) / size - sum(inside) / size),
    }
    own = (start, end, KINDS[kind])
    for other in context.overlapping(start, end):
        if other in (own, (start, with_title, KINDS[kind])):
            found["recogniser: found"] = 1.0
        elif other[0] <= start and end <= other[1]:
            found["recogniser: a part" if other[:2] != own[:2] else "recogniser: found as another kind"] = 1.0
        elif start <= other[0] and other[1] <= end:
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
