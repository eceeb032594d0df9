"""Document-level consistency: what is proven once in a document is found everywhere in it.

A name found with strong evidence is looked for as it stands; a place also without its class word (巴岭镇 … 巴岭), a person also by
the given name before 同志 and the like. A short form that is an ordinary word counts only where no word of the text cuts it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from redactor.chinese.lattice import Words
from redactor.chinese.lexicon import Lexicon
from redactor.chinese.places import short_forms
from redactor.model import TURNED, Evidence, Finding, Tier
from redactor.text.fold import scalars
from redactor.text.points import is_han
from redactor.text.runs import inside_run

_STRONG = 0.7
_SCORE = 0.72
_COMMON_WORD = -13.5
"""Log probability over which a short form is a word of the language and needs more than having been seen."""
_ENTITIES = frozenset({"PERSON", "LOCATION", "ORGANIZATION"})
MOST: Final = 10_000
"""Values that are carried from part to part of one document: what a document of gigabytes has proven must not grow with it."""
Source = tuple[str, str]
"""The entity and the rule that a value was proven by."""


@dataclass
class Known:
    """What the parts of a document before this one have proven, the latest `MOST` values: a name, its entity and its rule."""

    values: dict[str, Source] = field(default_factory=dict)
    _finder: Finder | None = field(default=None, repr=False, compare=False)

    def add(self, value: str, finding: Finding) -> None:
        """A value that is proven; the first proof counts."""
        if value not in self.values:
            self.values[value] = finding.entity, finding.rule
            self._finder = None
            if len(self.values) > MOST:
                del self.values[next(iter(self.values))]

    @property
    def finder(self) -> Finder:
        """What looks for them all; it is made when something new is known."""
        if self._finder is None:
            self._finder = _compile(self.values)
        return self._finder

    def __reduce__(self) -> tuple[type[Known], tuple[dict[str, Source]]]:
        return Known, (self.values,)


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks for known values, and for the given names of known persons: those come after the first `whole` sources."""

    automaton: AhoCorasick
    sources: tuple[Source, ...]
    whole: int


def _compile(values: Mapping[str, Source]) -> Finder:
    # 周海滨 … 海滨同志: the given name stands for the person where a title follows it.
    given = {value[-2:]: source for value, source in values.items() if _has_given(value, source[0])}
    given = {value: source for value, source in given.items() if value not in values}
    terms = [scalars(value) for value in (*values, *given)]
    automaton = AhoCorasick(terms, matchkind=MatchKind.LeftmostLongest)
    return Finder(automaton, (*values.values(), *given.values()), len(values))


def propagate(
    text: str,
    accepted: Iterable[Finding],
    known: Known,
    words: Words,
    titles: frozenset[str],
    cuts_word: Callable[[int, int], bool],
    trusted: Callable[[Finding], bool] = bool,
) -> list[Finding]:
    """Further candidates in the text; `known` carries proven values from earlier parts of the document and is added to.

    `cuts_word`: whether a span cuts a word of the text. `trusted`: whether a finding may prove anything; each may.
    """
    taken = bytearray(len(text))
    for finding in accepted:
        taken[finding.start : finding.end] = b"\1" * (finding.end - finding.start)
        if trusted(finding):
            remember(text, finding, known, words)
    if not known.values:
        return []
    finder = known.finder
    found: list[Finding] = []
    for number, start, end in finder.automaton.find_matches_as_indexes(scalars(text)):
        if taken.find(1, start, end) >= 0:
            continue
        if number >= finder.whole:
            if not any(text[end : end + size] in titles for size in (2, 3, 4)):
                continue
        elif cuts_word(start, end) or inside_run(text, start, end):
            continue
        entity, rule = finder.sources[number]
        found.append(
            Finding(
                start,
                end,
                entity=entity,
                rule=rule,
                score=_SCORE,
                priority=Tier.PROPAGATED,
                evidence=(Evidence("document", "the same value was proven elsewhere in the document", _SCORE),),
            )
        )
    return found


def remember(text: str, finding: Finding, known: Known, words: Words) -> None:
    """Add the values that a finding proves, if it does, to what is known of the document."""
    turned = any(each.detail == TURNED for each in finding.evidence)
    if finding.entity in _ENTITIES and finding.score >= _STRONG and not turned:
        for value in _values(text, finding, words.lexicon):
            known.add(value, finding)


def _has_given(value: str, entity: str) -> bool:
    return entity == "PERSON" and len(value) in (3, 4) and all(map(is_han, value))


def _values(text: str, finding: Finding, lexicon: Lexicon) -> Iterator[str]:
    whole = text[finding.start : finding.end]
    if len(whole) < 2 or not whole.isprintable() or any(c.isspace() for c in whole):
        return
    if finding.entity == "LOCATION":
        if not finding.values:
            yield whole
        for short in short_forms(whole):
            if not _is_common(short, lexicon):
                yield short
    elif finding.entity == "PERSON":
        if not _is_common(whole, lexicon):
            yield whole
    elif finding.score >= 0.85 and not finding.values:
        yield whole


def _is_common(word: str, lexicon: Lexicon) -> bool:
    entry = lexicon.words.get(word)
    return entry is not None and entry[1] not in ("ns", "nz", "nt") and entry[0] > _COMMON_WORD
