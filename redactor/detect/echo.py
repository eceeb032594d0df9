"""What is likely in one place of a document bears on the same words in another, and on short forms of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Final

from ahocorasick_rs import AhoCorasick

from redactor.chinese.places import short_forms
from redactor.detect.evidence import Context, Pieces
from redactor.model import Evidence, Finding, Span
from redactor.text.fold import scalars

ELSEWHERE: Final = "found elsewhere in the text"
SHORT: Final = "short for a name elsewhere"
_PROVEN: Final = 1.5
"""Log odds from which a name is looked for in the whole document."""
MOST: Final = 4.0
"""Log odds that another place brings, at most."""
_SCORE: Final = 0.5
"""Of what nothing but its repetition speaks for: neither for nor against."""
Key = tuple[int, str]
"""Which document, and what stands there."""


@dataclass(frozen=True, slots=True)
class Echoes:
    """How likely each text is before anything elsewhere is weighed; and each short form, by what it is short for."""

    context: Context
    findings: Sequence[Finding]
    whole: dict[Key, list[tuple[float, int]]]
    """The two likeliest places of each text, the likeliest first: its log odds and where it begins."""
    short: dict[Key, tuple[float, Finding]]
    sources: dict[Key, Finding]
    """The likeliest finding of each text."""
    keys: dict[Span, Key]
    """By stretch, what stands there."""

    def pieces(self, finding: Finding) -> Pieces:
        """What other places say of a finding: log odds, at least 0 and at most 4."""
        key = self.keys.get((finding.start, finding.end)) or _key(self.context, finding)
        found = {}
        odds = next((odds for odds, start in self.whole.get(key, ()) if start != finding.start), 0.0)
        if odds > 0:
            found[ELSEWHERE] = round(min(odds, MOST), 1)
        odds, source = self.short.get(key, (0.0, finding))
        if odds > 0 and source.entity == finding.entity:
            found[SHORT] = round(min(odds, MOST), 1)
        return found

    def further(self) -> Iterator[Finding]:
        """Candidates where a proven name, or a short form of one, stands and no rule has found it."""
        wanted = {key: source for key, source in self.sources.items() if self.whole[key][0][0] >= _PROVEN}
        wanted |= {key: source for key, (odds, source) in self.short.items() if odds >= _PROVEN and key not in wanted}
        texts = sorted({text for _, text in wanted if len(text) > 1})
        if not texts:
            return
        view = self.context.view
        known = {(f.start, f.end, f.entity) for f in self.findings}
        automaton = AhoCorasick([scalars(text) for text in texts])
        for number, start, end in automaton.find_matches_as_indexes(scalars(view.text), overlapping=True):
            span = view.span(start, end)
            source = wanted.get((self.context.member(span[0]), texts[number]))
            if source and (*span, source.entity) not in known:
                why = Evidence("document", "the same value was proven elsewhere in the document", _SCORE)
                yield Finding(
                    *span,
                    entity=source.entity,
                    rule=source.rule,
                    score=_SCORE,
                    priority=source.priority,
                    evidence=(why,),
                )


def echoes(context: Context, findings: Sequence[Finding], odds: Sequence[float]) -> Echoes:
    """From the candidates of a text and their log odds."""
    places: dict[Key, dict[int, float]] = {}
    short: dict[Key, tuple[float, Finding]] = {}
    best: dict[Key, float] = {}
    sources: dict[Key, Finding] = {}
    keys: dict[Span, Key] = {}
    for finding, likely in zip(findings, odds, strict=True):
        span = finding.start, finding.end
        key = keys.get(span)
        if key is None:
            key = keys[span] = _key(context, finding)
        member, text = key
        own = places.setdefault(key, {})
        own[finding.start] = max(likely, own.get(finding.start, likely))
        if likely > best.get(key, 0.0):
            best[key], sources[key] = likely, finding
        for form in _short(context, finding, text) if likely > 0 else ():
            if likely > short.get((member, form), (0.0,))[0]:
                short[member, form] = likely, finding
    whole = {key: nlargest(2, ((odds, start) for start, odds in own.items())) for key, own in places.items()}
    return Echoes(context, findings, whole, short, sources, keys)


def _key(context: Context, finding: Finding) -> Key:
    return context.member(finding.start), context.said(finding.start, finding.end)


def _short(context: Context, finding: Finding, text: str) -> Iterator[str]:
    """How a document may name the same later: surname or given name (马建国: 马, 建国), a place without its class word."""
    if finding.entity == "LOCATION":
        yield from short_forms(text)
    elif finding.entity == "PERSON" and context.persons:
        size = 2 if text[:2] in context.persons.surnames else 1
        if text[:size] in context.persons.surnames and len(text) - size == 2:
            yield text[:size]
            yield text[size:]
