"""Rule drafts from decisions: what was added, or kept, at several places, as a rule file that a person reads before anything is redacted by it.

Each draft is tried on the documents before it is written: a rule that would mask what was kept, or keep what was masked, is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import regex

from redactor.detect.plan import Plan
from redactor.language import LANGUAGES, later, said_in, say, several
from redactor.model import KEEP
from redactor.review.decisions import Place
from redactor.review.drawing import Marks
from redactor.review.fingerprints import value_of
from redactor.review.lists import Against, against_rules, decided_values, is_term
from redactor.review.taken import HAN, Taken
from redactor.review.values import Searched
from redactor.ruleset.load import load_rules
from redactor.ruleset.schema import Rule
from redactor.testing.rules import MIN_MATCH, MIN_NO_MATCH, PAGE, check_rules, lone_plan, run_examples
from redactor.text.document import Document

LEAST: Final = 2
"""Places at which the same was decided before it makes a rule."""
_ALIKE: Final = 3
"""Values that share an end, or a beginning, before they make a pattern."""
_SHARED: Final = 2
"""Characters that they share at least."""
_SHOWN: Final = 5
"""Sentences of the documents that a rule shows as examples, at most."""
_LONGEST: Final = 120
"""Characters of such a sentence."""
_SENTENCE: Final = regex.compile(r"[^。！？!?；;\r\n]+[。！？!?；;]?")
_HAN: Final = regex.compile(r"\p{Han}+")
_KEPT: Final = later("Values that were kept in reviews")
_ADDED: Final = later("Values that were added in reviews")
_SHAPED: Final = later("Values of one shape that were added in reviews")


@dataclass(frozen=True, slots=True)
class Draft:
    """One rule. `terms`: what it finds as it stands; or `pattern`, which finds all of `terms`. `match`, `no_match`: its examples."""

    id: str
    entity: str
    title: str
    terms: tuple[str, ...]
    pattern: str = ""
    match: tuple[str, ...] = ()
    no_match: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """The rule as TOML."""
        yield "[[rule]]"
        yield f'id = "{self.id}"'
        yield f'entity = "{self.entity}"'
        for language in LANGUAGES:
            yield f"description.{language} = {_quoted(said_in(language, self.title))}"
        yield f"score = {'1.0' if self.entity == KEEP else '0.9'}"
        if self.entity != KEEP:
            yield "priority = 90"
        yield f"pattern = '''{self.pattern}'''" if self.pattern else f"terms = {_list(self.terms)}"
        yield "[rule.examples]"
        yield f"match = {_list(self.match)}"
        yield f"no_match = {_list(self.no_match)}"


@dataclass(frozen=True, slots=True)
class Drafted:
    """What came of it: the rule file (`text`, empty where no rule stood the test), what each rule in it does, and why others were refused.

    Neither `told` nor `refused` holds text of the documents.
    """

    text: str
    told: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass
class _Group:
    """What was decided of values of one entity against the rules: the places of each value, by document."""

    entity: str
    places: dict[str, list[tuple[Taken, Place]]] = field(default_factory=dict)


def drafted(documents: Iterable[Taken]) -> Drafted:
    """Rule drafts from the decisions on some documents, those that stood the test."""
    documents = tuple(documents)
    drafts = [*_drafts(documents)]
    with TemporaryDirectory(prefix="redactor-") as place:
        path = Path(place, "draft.toml")
        path.write_text(rule_file(drafts), "utf-8")
        rules = load_rules([path])
        own = [draft.id for draft in drafts]
        failed = {each.rule for each in (*run_examples(rules, [path], own), *check_rules(rules))}
    good: list[Draft] = []
    told: list[str] = []
    refused: list[str] = []
    for draft in drafts:
        rule = rules.by_id[draft.id]
        assert isinstance(rule, Rule)
        hits = _hits(draft, lone_plan(rule, rules), documents)
        fault = say("its own examples or checks fail") if draft.id in failed else hits.fault()
        if fault:
            refused.append(say("{rule}: refused: {reason}", rule=draft.id, reason=fault))
        else:
            good.append(draft)
            told.append(
                say("{rule}: as decided {same}, elsewhere {more}", rule=draft.id, same=hits.same, more=hits.more)
            )
    return Drafted(rule_file(good) if good else "", tuple(told), tuple(refused))


def rule_file(drafts: Sequence[Draft]) -> str:
    """A rule file of drafts: nothing in it acts before a person has set `reviewed`."""
    digest = hashlib.sha256("\n".join(term for draft in drafts for term in draft.terms).encode("utf-8", "replace"))
    lines = [
        f"# {say('Drafts from decisions of reviews. This file holds text of the documents.')}",
        f"# {say('Read each rule and its examples, then write reviewed = true below; until then nothing is redacted by this file.')}",
        "[pack]",
        f'name = "review-{digest.hexdigest()[:6]}"',
        "reviewed = false",
    ]
    for draft in drafts:
        lines += ["", *draft.lines()]
    return "\n".join(lines) + "\n"


def _drafts(documents: Sequence[Taken]) -> Iterator[Draft]:
    for group in _groups(documents):
        keeps = group.entity == KEEP
        texts = list(group.places)
        name = "keep" if keeps else group.entity.lower().replace("_", "-")
        for number, (pattern, shaped) in enumerate([] if keeps else _patterns(texts), 1):
            own = _Group(group.entity, {text: group.places[text] for text in shaped})
            yield _draft(f"review.{name}-shape-{number}", _SHAPED, own, documents, pattern)
            texts = [text for text in texts if text not in shaped]
        # A rule for each term: one that is refused takes no other with it.
        for number, text in enumerate(texts, 1):
            own = _Group(group.entity, {text: group.places[text]})
            yield _draft(f"review.{name}-{number}", _KEPT if keeps else _ADDED, own, documents)


def _groups(documents: Sequence[Taken]) -> list[_Group]:
    """What was decided at LEAST places; not what was decided both ways."""
    both = decided_values(documents, "keep") & decided_values(documents, "mask")
    groups: dict[str, _Group] = {}
    for each in against_rules(documents):
        if value_of(each.text) in both or not is_term(each.text) or regex.search(r"[{}']", each.text):
            continue
        entity = KEEP if each.entry.action == "keep" else each.entry.entity
        group = groups.setdefault(entity, _Group(entity))
        group.places.setdefault(each.text, []).extend(_places(each))
    for group in groups.values():
        group.places = {text: places for text, places in sorted(group.places.items()) if len(places) >= LEAST}
    return [group for _, group in sorted(groups.items()) if group.places]


def _places(each: Against) -> Iterator[tuple[Taken, Place]]:
    for place in each.places:
        yield each.document, place


def _patterns(texts: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Patterns for values of Chinese characters that differ at their beginning, or at their end, in so many characters, and share the rest."""
    left = [text for text in texts if _HAN.fullmatch(text)]
    for ends in (True, False):
        shapes: dict[tuple[str, int], list[str]] = {}
        for text in left:
            for size in range(_SHARED, len(text)):
                shared = text[-size:] if ends else text[:size]
                shapes.setdefault((shared, len(text) - size), []).append(text)
        for (shared, rest), own in sorted(shapes.items(), key=lambda each: (-len(each[1]), -len(each[0][0]))):
            if len(own) >= _ALIKE and all(text in left for text in own):
                free = rf"\p{{Han}}{{{rest}}}"
                yield (f"{free}{shared}" if ends else f"{shared}{free}"), own
                left = [text for text in left if text not in own]


def _draft(id_: str, title: str, group: _Group, documents: Sequence[Taken], pattern: str = "") -> Draft:
    terms = tuple(group.places)
    match: list[str] = []
    for text, places in group.places.items():
        for document, place in places:
            match += _sentences(document, place, text)
    match = [*dict.fromkeys(match)][:_SHOWN]
    spare = [*terms, *(f"（{term}）" for term in terms), *(f"{term}。" for term in terms)]
    match += [text for text in spare if text not in match][: max(0, MIN_MATCH - len(match))]
    no_match = _without(documents, group, pattern)
    return Draft(id_, group.entity, title, terms, pattern, tuple(match), tuple(no_match))


def _sentences(document: Taken, place: Place, text: str) -> Iterator[str]:
    """The sentence that a value stands in, where it is short enough to be shown."""
    flow, start, end = place
    for found in _SENTENCE.finditer(document.texts[flow]):
        sentence = found.group().strip()
        if found.start() <= start and end <= found.end() and len(sentence) <= _LONGEST and text in sentence:
            yield sentence


def _without(documents: Sequence[Taken], group: _Group, pattern: str) -> list[str]:
    """Sentences in which a rule finds nothing: those beside what was decided the other way first."""
    found: list[tuple[bool, str]] = []
    shape = regex.compile(pattern) if pattern else None
    for document in documents:
        other = [
            place
            for entry in document.file.entries
            if entry.action == ("mask" if group.entity == KEEP else "keep")
            for place in entry.places
        ]
        for number, text in enumerate(document.texts):
            for match in _SENTENCE.finditer(text):
                near = any(flow == number and match.start() <= at < match.end() for flow, at, _ in other)
                found.append((not near, match.group().strip()))
    page = [(True, match.group().strip()) for match in _SENTENCE.finditer(PAGE)]
    fit = [
        sentence
        for _, sentence in sorted([*found, *page], key=lambda each: each[0])
        if HAN.search(sentence)
        and len(sentence) <= _LONGEST
        and not any(Searched(sentence).places(value_of(term)) for term in group.places)
        and not (shape and shape.search(sentence))
    ]
    return [*dict.fromkeys(fit)][:MIN_NO_MATCH]


@dataclass(frozen=True, slots=True)
class _Hits:
    """Places that a rule finds: where the same was decided, where the opposite was, and where nothing was."""

    same: int
    other: int
    more: int

    def fault(self) -> str:
        """Why the rule can't be taken; empty when it can."""
        if self.other:
            return several(
                "a decision is against it at {number} place", "decisions are against it at {number} places", self.other
            )
        return say("it does not find what was decided") if self.same < LEAST else ""


def _hits(draft: Draft, plan: Plan, documents: Sequence[Taken]) -> _Hits:
    same = other = more = 0
    for document in documents:
        wanted, against = _decided(document, draft.entity)
        for number, text in enumerate(document.texts):
            for found in plan.candidates(Document(text)):
                is_wanted = wanted[number].touches(found.start, found.end)
                same += is_wanted
                more += not is_wanted
                other += against[number].touches(found.start, found.end)
    return _Hits(same, other, more)


def _decided(document: Taken, entity: str) -> tuple[list[Marks], list[Marks]]:
    """What was decided as a rule for an entity would have it, and what was decided the other way: stretches by flow."""
    own, against = ("keep", "mask") if entity == KEEP else ("mask", "keep")
    same = (place for entry in document.file.entries if entry.action == own for place in entry.places)
    other = (place for entry in document.file.entries if entry.action == against for place in entry.places)
    return Marks.at(same, document.texts), Marks.at(other, document.texts)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _list(texts: Iterable[str]) -> str:
    return "[" + ", ".join(map(_quoted, texts)) + "]"
