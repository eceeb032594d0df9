"""The statistical recogniser as a detector: its findings stand beside those of rules and are decided with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from redactor.chinese.lattice import Lattice, Words
from redactor.chinese.names import read_given, read_surnames
from redactor.detect import wrapped
from redactor.detect.evidence import Context
from redactor.detect.judge import FILE, Judge, read_judge
from redactor.detect.kinds import is_unnamed, name_ends
from redactor.detect.ner.readings import dotted, nameless, readings
from redactor.detect.ner.recogniser import Engine, Tags, tags_of
from redactor.detect.ner.tagger import Tagger, load_tagger
from redactor.detect.person.recognizer import PersonRecognizer
from redactor.model import CONVENTIONS, Evidence, Finding, Span
from redactor.packaged import packaged_rules, packaged_words
from redactor.ruleset.schema import Rule
from redactor.text.document import Document
from redactor.text.fold import View
from redactor.text.masked import is_after_mask
from redactor.text.points import is_han

WEIGHTS: Final = "ner.weights"
_RARE_WORD: Final = -15.5
_PROPER: Final = frozenset({"ns", "nz", ""})
_VAGUE: Final = frozenset((*packaged_words("place-vague"), *packaged_words("place-vague-more")))
_AHEAD: Final = frozenset((*packaged_words("place-stop"), *packaged_words("organization-stop")))
"""Words that go before a place or a body and are no part of it; of two characters or more where one reaches into it."""
_FAMILY: Final = "家"
"""Goes on after a surname, and is no given name (刘家)."""
_LEAST: Final = {"PERSON": 0.5, "LOCATION": 0.6, "ORGANIZATION": 0.5}
"""Probability under which a find is only told of: a place is often just a word."""
_UNSURE: Final = 0.49
"""Score of such a find."""
_ACROSS: Final = 0.75
"""Probability from which a name that a line break cuts is believed."""


@dataclass(frozen=True, slots=True)
class TaggerDetector:
    """Names, places and organisations by the tagger; a class word at the end (县, 公司) is no part of what is masked."""

    rule: Rule
    tagger: Engine
    words: Words
    class_words: Mapping[str, frozenset[str]]
    titles: frozenset[str]
    surnames: frozenset[str]
    common: frozenset[str]
    """Words that look like a person's name and are none."""
    judge: Judge
    judged: bool
    """Whether the judge knows the recogniser; else what it finds stands as it says."""
    persons: PersonRecognizer | None = None
    """What knows surnames, titles and labels."""

    @property
    def entity(self) -> str:
        """More than one."""
        return ""

    def find(self, document: Document) -> Iterator[Finding]:
        """Findings in the text, and across its soft line breaks."""
        return wrapped.found(document, self.find_in, least=_ACROSS)

    def find_in(self, document: Document, view: View) -> Iterator[Finding]:
        """Findings in one view, in the input's coordinates."""
        text = view.text
        if not text:
            return
        lattice = document.seen(view, self.words.lattice)
        for start, end, entity, exact in dotted(text, self._tags(document, view).entities):
            # So coarse that a text gives the same by itself and within a longer one.
            probability = round(exact, 2)
            while start < end and text[start].isspace():
                start += 1
            while start < end and text[end - 1].isspace():
                end -= 1
            # Of Latin letters the recogniser sees no more than that they are some: Tel and address look like names to it.
            if not any(map(is_han, text[start:end])):
                continue
            if is_after_mask(text, start, self.class_words.values()):
                continue
            if entity == "PERSON":
                end = self._bare(text, start, end)
            elif self.judged:
                start = _behind_word(text, start, end)
            for reading in readings(text, start, end, entity, lambda low, high: self._is_place(lattice, low, high)):
                if not nameless(text, *reading[:2]) and not self._is_unnamed(text, *reading):
                    yield self._finding(view, *reading, probability)

    def _finding(self, view: View, start: int, end: int, entity: str, probability: float) -> Finding:
        text = view.text
        value = self._value(text, start, end, entity)
        if value[0] == value[1]:
            value = start, end
        if entity == "PERSON" and text[start + 1 : end] == _FAMILY and text[start] in self.surnames:
            end = start + 1
            value = start, end
        return Finding(
            *view.span(start, end),
            entity=entity,
            rule=self.rule.id,
            score=probability if self.judged or probability >= _LEAST[entity] else _UNSURE,
            values=() if value == (start, end) else (view.span(*value),),
            priority=self.rule.priority,
            evidence=(Evidence("recognizer", f"{self.tagger.name}, probability {probability:.2f}", probability),),
        )

    def _is_unnamed(self, text: str, start: int, end: int, entity: str) -> bool:
        """Whether it is a body of a division that is not named; in the news these are bodies like others."""
        return self.judged and entity != "PERSON" and is_unnamed(text, start, end)

    def _is_place(self, lattice: Lattice, start: int, end: int) -> bool:
        entry = self.words.lexicon.words.get(lattice.text[start:end])
        return entry is not None and entry[1] == "ns"

    def _bare(self, text: str, start: int, end: int) -> int:
        """Where a person's name ends: before the title after it (周|先生)."""
        return next((at for at in range(start + 1, end) if text[at:end] in self.titles), end)

    def _tags(self, document: Document, view: View) -> Tags:
        lattice = document.seen(view, self.words.lattice)
        return document.seen(view, lambda _: self.tagger.tag(lattice), "tags")

    def context(self, document: Document) -> Context:
        """What the judge knows of a document before it looks at a candidate."""
        view = document.plain
        lattice = document.seen(view, self.words.lattice)
        tags = self._tags(document, view) if view.text else tags_of((), np.ones(0, np.float32))
        return Context(
            view,
            lattice,
            tags,
            [entity[:3] for entity in tags.entities],
            [start for start, _ in document.members],
            self.words.lexicon.weight,
            self.common,
            lambda start, end, entity: not self._is_name(lattice, start, end, entity),
            self.persons,
            self.persons.frames(document, view) if self.persons else None,
        )

    def _is_name(self, lattice: Lattice, start: int, end: int, entity: str) -> bool:
        """Whether more than the words of the language stands there: 县财政局 and 气象部门 name nobody."""
        if end - start < 2:
            return False
        text = lattice.text[start:end]
        if entity == "PERSON":
            entry = self.words.lexicon.words.get(text)
            return text.replace("·", "").isalpha() and (entry is None or entry[1] in _PROPER or entry[0] < _RARE_WORD)
        for first, last, kind in lattice.segment(start, end):
            word = lattice.text[first:last]
            if last - first == 1:
                if word not in _VAGUE:
                    return True
            elif kind in _PROPER or not word.isalpha() or self.words.lexicon.weight(word) < _RARE_WORD:
                return True
        return False

    def _value(self, text: str, start: int, end: int, entity: str) -> Span:
        """The span without the longest class word that ends it, and what stands before that for its kind."""
        words = self.class_words.get(entity)
        if words:
            # What one character is left of goes whole: 巴岭 is a name, and 岭 no class word of it.
            kind = name_ends(text, start, end)
            for at in (start, *range(start + 2, end)):
                if text[at:end] in words or at == kind:
                    return start, at
        return start, end


def _behind_word(text: str, start: int, end: int) -> int:
    """Where a place or a body begins: behind the word that reaches into it (拟任|县法院 is none of 任县)."""
    for before in (1, 2)[:start]:
        for inside in (1, 2):
            if end - start > inside + 1 and text[start - before : start + inside] in _AHEAD:
                return start + inside
    return start


@lru_cache(maxsize=2)
def _tagger(words: Words, surnames: str, given: str, convention: str) -> Tagger:
    """The shipped weights, which many redactors of a process share."""
    file = packaged_rules() / "data" / WEIGHTS
    return load_tagger(file, words, read_surnames(surnames), read_given(given), convention)


def compile_tagger(
    rule: Rule, words: Words, class_words: Mapping[str, frozenset[str]], engine: Engine | None
) -> TaggerDetector:
    """With the engine, or the shipped weights; RuleError when they are missing or damaged: no document passes unseen."""
    rule.refuse_lacking(("surnames", "given", "common"))
    common = frozenset(line for line in rule.files["common"].splitlines() if not line.startswith("#"))
    surnames = read_surnames(rule.files["surnames"])
    convention = rule.options.get("convention", CONVENTIONS[0])
    tagger = engine or _tagger(words, rule.files["surnames"], rule.files["given"], convention)
    lists = ("titles_after", "titles_short", "titles_person")
    titles = frozenset(title for name in lists for title in rule.word_lists.get(name, ()))
    judge = read_judge((packaged_rules() / "data" / FILE).read_text(encoding="utf-8"))
    # The weights are of documents of the office: what the recogniser finds by another convention stands as it says.
    judged = convention == CONVENTIONS[0]
    if not judged:
        judge = judge.without(rule.id)
    return TaggerDetector(rule, tagger, words, class_words, titles, frozenset(surnames), common, judge, judged)
