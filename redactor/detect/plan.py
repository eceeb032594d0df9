"""A RuleSet compiled once: every detector ready to run, in no particular order (decisions are made later)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache

import regex

from redactor.chinese.lattice import Words, compile_words
from redactor.chinese.lexicon import Lexicon
from redactor.detect.boilerplate import BoilerplateDetector, compile_boilerplate
from redactor.detect.boilerplate.voter import FILE, Voter, load_voter
from redactor.detect.ner.detector import TaggerDetector
from redactor.detect.ner.recogniser import Engine
from redactor.detect.patterns import compile_pattern_rules
from redactor.detect.person.recognizer import PersonRecognizer
from redactor.detect.plugged import Recognizer, plug_in
from redactor.detect.registry import Detector, compile_recognizer
from redactor.detect.roster import Roster, roster
from redactor.detect.suffixes import compile_suffixes
from redactor.detect.terms import Gazetteer, compile_gazetteers
from redactor.matching.compiled import Memo
from redactor.model import KEEP, TURNED, Evidence, Finding
from redactor.packaged import packaged_rules
from redactor.ruleset.schema import Rule, RuleSet
from redactor.text.document import Document, apart, joined
from redactor.text.marks import marked
from redactor.text.overrides import OVERRIDE, ShownLine, shown_lines
from redactor.text.separator import FENCE


@dataclass(frozen=True)
class Plan:
    """The detectors of a rule set, those that protect text, and the boilerplate detector."""

    detectors: tuple[Detector, ...]
    protectors: tuple[Detector, ...]
    protected_terms: tuple[Gazetteer, ...]
    keepers: tuple[Detector, ...]
    """Of what is to stand in every case, whatever is found: the user's terms."""
    boilerplate: BoilerplateDetector
    words: Words
    tagger: TaggerDetector | None
    titles: frozenset[str]
    """Words that stand after a name."""
    joins: bool
    """Whether texts may be looked at together: no rule speaks of the beginning or the end of a text."""

    @cached_property
    def _detecting(self) -> Roster:
        return roster(self.detectors)

    @cached_property
    def _protecting(self) -> Roster:
        return roster(self.protectors)

    @cached_property
    def _keeping(self) -> Roster:
        return roster(self.keepers)

    def candidates(self, document: Document) -> Iterator[Finding]:
        """Everything any rule holds for an entity; overlaps and doubts included. Lines that are shown turned round are read so too."""
        yield from self._candidates(document)
        if OVERRIDE in document.text:
            lines = list(shown_lines(document.text))
            shown = joined([Document(line.text, head=False, tail=False, middle=False) for line in lines])
            for line, findings in zip(lines, apart(self._candidates(shown), shown), strict=True):
                yield from (_as_written(each, line) for each in findings if line.turned(each.start, each.end))

    def _candidates(self, document: Document) -> Iterator[Finding]:
        found = [finding for detector in self._detecting.asked(document) for finding in detector.find(document)]
        if len(document.members) > 1:
            text = document.text
            found = [finding for finding in found if text.find(FENCE, finding.start, finding.end) < 0]
        yield from self.tagger.judge.judged(self.tagger.context(document), found) if self.tagger and found else found

    def repeated(self, document: Document, findings: Sequence[Finding]) -> Iterator[Finding]:
        """Candidates where what is proven elsewhere stands again, as likely as they are there."""
        if self.tagger and findings:
            return self.tagger.judge.repeated(self.tagger.context(document), findings)
        return iter(findings)

    def kept(self, document: Document, candidates: Iterable[Finding] | None = None) -> Iterator[Finding]:
        """What rules protect: in the whole text, or of long term lists only what touches one of the candidates."""
        marks = None
        if candidates is not None:
            marks = marked(len(document.text), ((found.start, found.end) for found in candidates))
        for terms in self.protected_terms:
            yield from terms.find(document, marks)
        for protector in self._protecting.asked(document):
            yield from (found for found in protector.find(document) if not _cuts_a_number(document.text, found))

    def standing(self, document: Document) -> list[Finding]:
        """What is to stand in every case, in order of place; stretches may overlap."""
        found = (finding for keeper in self._keeping.asked(document) for finding in keeper.find(document))
        return sorted(found, key=lambda each: (each.start, each.end))

    def boilerplate_findings(self, document: Document) -> list[Finding]:
        """Promotional blocks, lines and clauses."""
        members = [(at, each) for at, each in document.members if each.head or each.tail or each.middle]
        found = self.boilerplate.find_all((each.text, each.head, each.tail) for _, each in members)
        return [
            finding.moved(start)
            for (start, member), own in zip(members, found, strict=True)
            for whole in own
            for finding in (_unspared(whole, member) if member.spared else (whole,))
        ]


def _unspared(finding: Finding, document: Document) -> Iterator[Finding]:
    """What of a finding lies in none of the stretches that are to be spared, without the line ends beside these."""
    at = finding.start
    for low, high in (*document.spared, (finding.end, finding.end)):
        start, end = at, min(low, finding.end)
        while finding.start < start < end and document.text[start] == "\n":
            start += 1
        while start < end < finding.end and document.text[end - 1] == "\n":
            end -= 1
        if start < end:
            yield replace(finding, start=start, end=end)
        at = max(at, high)


def _as_written(finding: Finding, line: ShownLine) -> Finding:
    """What was found in a line as it is shown, where it stands in the text."""
    places = line.places[finding.start : finding.end]
    values = tuple(sorted(span for part in finding.parts for span in line.spans(*part)))
    evidence = (*finding.evidence, Evidence("document", TURNED))
    return replace(finding, start=min(places), end=max(places) + 1, values=values, evidence=evidence)


_WITHIN_A_NUMBER = regex.compile(r"(?<=\d[.,，:：]?)\d")
"""What goes on with a number that stands before it."""


def _cuts_a_number(text: str, found: Finding) -> bool:
    """Whether what a rule protects begins or ends inside a number: a part of one is not what the rule speaks of."""
    return any(_WITHIN_A_NUMBER.match(text, at) for at in (found.start, found.end))


@cache
def packaged_voter() -> Voter:
    """The line voter that comes with the built-in rules."""
    return load_voter(packaged_rules() / "data" / FILE)


@lru_cache(maxsize=2)
def _words(lexicon: str, memo: Memo | None) -> Words:
    """The words of a lexicon, for all the plans that use it: `rules test` makes one for each rule."""
    return compile_words(Lexicon.recalled(lexicon, memo or Memo()))


def compile_plan(
    ruleset: RuleSet,
    wanted: Callable[[str], bool],
    extra: Iterable[Rule] = (),
    engine: Engine | None = None,
    memo: Memo | None = None,
    recognizers: Iterable[Recognizer] = (),
) -> Plan:
    """Compile the rules for the entities that are `wanted` (and what protects text from them).

    `engine`: the statistical recogniser; None: the built-in one. `memo`: what is known of the rules.
    `recognizers`: the caller's own, beside those that rules name.
    """
    memo = memo or Memo()
    rules = [r for r in (*ruleset.rules, *extra) if wanted(r.entity) or r.entity == KEEP]
    if not any(r.entity != KEEP for r in rules):
        rules = [r for r in rules if r.stands]
    needs_lexicon = any(r.needs_lexicon for r in rules)
    words = _words(ruleset.lexicon if needs_lexicon else "", memo if memo.lasting else None)
    patterns = compile_pattern_rules([r for r in rules if r.pattern is not None], memo)
    gazetteers = compile_gazetteers([r for r in rules if r.terms], words, memo)
    detectors: list[Detector] = [*patterns, *gazetteers]
    suffix_rules = [r for r in rules if r.suffixes]
    if suffix_rules:
        detectors.append(compile_suffixes(suffix_rules, words, memo))
    class_words = {
        entity: frozenset(word for rule in suffix_rules if rule.entity == entity for word in rule.suffixes)
        for entity in {rule.entity for rule in suffix_rules}
    }
    detectors.extend(compile_recognizer(r, words, class_words, engine, wanted) for r in rules if r.recognizer)
    detectors.extend(plug_in(recognizer, wanted) for recognizer in recognizers)
    persons = next((d for d in detectors if isinstance(d, PersonRecognizer)), None)
    detectors = [replace(d, persons=persons) if isinstance(d, TaggerDetector) else d for d in detectors]
    keepers = [d for d in detectors if (rule := _rule_of(d)) is not None and rule.stands]
    protecting = [d for d in detectors if d.entity == KEEP and d not in keepers]
    blocks = ruleset.boilerplate if wanted("BOILERPLATE") else ()
    voter = packaged_voter() if any(rule.runs for rule in blocks) else None
    return Plan(
        detectors=tuple(d for d in detectors if d.entity != KEEP),
        protectors=tuple(d for d in protecting if not isinstance(d, Gazetteer)),
        protected_terms=tuple(g for g in protecting if isinstance(g, Gazetteer)),
        keepers=tuple(keepers),
        boilerplate=compile_boilerplate(blocks, voter.votes if voter else None, voter.reader() if voter else None),
        words=words,
        titles=persons.lists["titles_after"] if persons else frozenset(),
        joins=not any(pattern.edges for pattern in patterns),
        tagger=next((d for d in detectors if isinstance(d, TaggerDetector)), None),
    )


def _rule_of(detector: Detector) -> Rule | None:
    """The rule that a detector was made of, or one of them; None for a recognizer's."""
    return detector.view_rule if isinstance(detector, Gazetteer) else getattr(detector, "rule", None)
