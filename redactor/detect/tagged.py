"""The statistical recogniser as a detector: its findings stand beside those of rules and are decided with them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import regex

from redactor.detect.agreement import agreed, remainders
from redactor.detect.lattice import Lattice, Words
from redactor.detect.names import read_given, read_surnames
from redactor.detect.ner.engine import Engine, Tags
from redactor.detect.ner.network import CONVENTIONS
from redactor.detect.ner.readings import dotted, nameless, readings
from redactor.detect.ner.tagger import load_tagger
from redactor.model import Evidence, Finding, RuleError, Span
from redactor.ruleset.load import packaged_rules
from redactor.ruleset.schema import Rule
from redactor.text.document import Document
from redactor.text.fold import View

WEIGHTS: Final = "ner.weights"
_SCORES: Final = ((0.9, 0.8), (0.75, 0.7), (0.6, 0.6), (0.5, 0.52))
"""Mean probability of the labels, at least, and the score that it gives."""
_DOUBT: Final = 0.4
_NOTHING: Final = 0.2
_COMMON: Final = 0.49
"""Score of what is unlikely, or made of ordinary words: found only under a policy whose threshold asks for it."""
_DOUBTED: Final = 0.44
_RARE_WORD: Final = -15.5
_PROPER: Final = frozenset({"ns", "nz", ""})
_VAGUE: Final = frozenset(
    "全我本该各贵此两几每某多整一二三四五六七八九十省市县区镇乡村州旗盟省局厅部委办新老旧大小上下中前后内外和及等为任经在的会同江河湖海山水田林沙草岭"
)
_LEADING: Final = frozenset(
    [
        "会同",
        "经",
        "抽调",
        "拟任",
        "现任",
        "任",
        "由",
        "向",
        "请",
        "为",
        "在",
        "与",
        "和",
        "及",
        "原",
        "报",
        "送",
        "抄送",
        "并",
        "对",
        "到",
    ]
)
_LEADING_FIRST: Final = frozenset(word[0] for word in _LEADING)
_CLEAR: Final = 0.9
_FAMILY: Final = "家"
"""Goes on after a surname, and is no given name (刘家)."""
_ADVERBS: Final = frozenset("都也为曾说在是将就还已被把的了")
_MASK: Final = "×"
_HAN: Final = regex.compile(r"[\p{Han}·]+")
"""What is unlikely and not even this (手机138**) is nothing."""
_ODD: Final = regex.compile(r"[a-z()（]")
_SURE: Final = 0.97
_LIKELY: Final = 0.6
_GUESS: Final = 0.72
"""A finding with no more than this score has no frame beside it."""
_PROVEN: Final = 0.9
"""Score that speaks for itself."""
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
    foreign_surnames: frozenset[str]
    """Surnames of two characters that are not Chinese; some begin with 小."""
    doubted: frozenset[str]
    """Ids of rules that guess: what they find where the tagger finds nothing at all is only shown."""

    @property
    def entity(self) -> str:
        """More than one."""
        return ""

    def find(self, document: Document) -> Iterator[Finding]:
        """Findings in the text, and across its soft line breaks."""
        yield from self.find_in(document, document.plain)
        twin = document.unwrapped_twin("plain")
        if twin:
            for finding in self.find_in(document, twin):
                if finding.score >= _ACROSS and "\n" in document.text[finding.start : finding.end]:
                    yield finding

    def find_in(self, document: Document, view: View) -> Iterator[Finding]:
        """Findings in one view, in the input's coordinates."""
        text = view.text
        if not text:
            return
        lattice = document.seen(view, self.words.lattice)
        for start, end, entity, probability in dotted(text, self._tags(document, view).entities):
            while start < end and text[start].isspace():
                start += 1
            while start < end and text[end - 1].isspace():
                end -= 1
            if start == end or not (text[start].isalpha() or any(char.isalpha() for char in text[start:end])):
                continue
            if start and text[start - 1] == _MASK:
                continue  # the class word of a name that is masked already
            if entity != "PERSON":
                start = _trimmed(lattice, start, end)
            else:
                start, end = self._bare(text, start, end)
            for reading in readings(text, start, end, entity, lambda low, high: self._is_place(lattice, low, high)):
                yield self._finding(view, lattice, *reading, probability)

    def _finding(self, view: View, lattice: Lattice, start: int, end: int, entity: str, probability: float) -> Finding:
        text = view.text
        score = _score(probability)
        if score <= _COMMON and not _HAN.fullmatch(text, start, end):
            score = _NOTHING
        if entity == "PERSON" and text[start:end] in self.common:
            score = _NOTHING
        value = self._value(text, start, end, entity)
        if entity != "PERSON" and (_ODD.search(text, start, end) or nameless(text, start, end)):
            score = min(score, _COMMON)
        if score > _COMMON and (
            not self._is_name(lattice, *value, entity, sure=probability >= _CLEAR) or lattice.covers(start, end)
        ):
            score = _COMMON
        if value[0] == value[1]:
            value = start, end
        if entity == "PERSON" and text[start + 1 : end] == _FAMILY and text[start] in self.surnames:
            end = start + 1
            value = start, end
        return Finding(
            *view.span(start, end),
            entity=entity,
            rule=self.rule.id,
            score=score,
            values=() if value == (start, end) else (view.span(*value),),
            priority=self.rule.priority,
            evidence=(Evidence("recognizer", f"{self.tagger.name}, probability {probability:.2f}", score),),
        )

    def _is_place(self, lattice: Lattice, start: int, end: int) -> bool:
        entry = self.words.lexicon.words.get(lattice.text[start:end])
        return entry is not None and entry[1] == "ns"

    def _bare(self, text: str, start: int, end: int) -> Span:
        """A person's name alone: without the title after it (周|先生), 老 or 小 before it, an adverb that went with it."""
        title = next((at for at in range(start + 1, end) if text[at:end] in self.titles), end)
        if title == end and end - start > 2 and text[end - 1] in _ADVERBS:
            title -= 1
        if title - start == 2:
            start += text[start] in "小老阿"
        elif title - start > 2 and text[start] == "小":
            start += text[start : start + 2] not in self.foreign_surnames
        return start, title

    def _tags(self, document: Document, view: View) -> Tags:
        lattice = document.seen(view, self.words.lattice)
        return document.seen(view, lambda _: self.tagger.tag(lattice), "tags")

    def second_opinion(self, document: Document, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings; those of guessing rules weaker where the tagger is sure that nothing is there, its own ranked."""
        yield from agreed(document.text, list(self._doubts(document, findings)), self.rule.id, self.surnames)

    def rest(self, document: Document, findings: Iterable[Finding], accepted: Sequence[Finding]) -> list[Finding]:
        """What is left of the tagger's finds where others took a part of them."""
        pieces = list(remainders(document.text, findings, accepted, self.rule.id))
        if not pieces:
            return pieces
        lattice = document.seen(document.raw, self.words.lattice)
        return [
            p
            for p in pieces
            if self._is_name(lattice, *self._value(document.text, p.start, p.end, p.entity), p.entity, sure=False)
        ]

    def _doubts(self, document: Document, findings: Iterable[Finding]) -> Iterator[Finding]:
        view = document.plain
        if not view.text:
            yield from findings
            return
        tags = self._tags(document, view)
        persons = [entity[:2] for entity in tags.entities if entity[2] == "PERSON"]
        for finding in findings:
            if finding.rule in self.doubted and finding.score > _DOUBT:
                low, high = view.place(finding.start), view.place(finding.end)
                if document.text[finding.start : finding.end] in self.common:
                    at = bisect_left(persons, (high, 0))
                    doubtful = not at or persons[at - 1][1] <= low
                elif low < high and finding.score < _PROVEN:
                    sure = _SURE if finding.score > _GUESS else _LIKELY
                    doubtful = float(tags.outside[low:high].mean()) > sure
                else:
                    doubtful = False
                if doubtful:
                    finding = replace(finding, score=_DOUBTED)
            yield finding

    def _is_name(self, lattice: Lattice, start: int, end: int, entity: str, *, sure: bool) -> bool:
        """Whether more than the words of the language stands there: 县财政局 and 气象部门 name nobody."""
        if end - start < 2:
            return False
        text = lattice.text[start:end]
        if entity == "PERSON":
            entry = self.words.lexicon.words.get(text)
            return text.replace("·", "").isalpha() and (entry is None or entry[1] in _PROPER or entry[0] < _RARE_WORD)
        singles = 0
        for first, last, kind in lattice.segment(start, end):
            word = lattice.text[first:last]
            if last - first == 1:
                singles = 0 if word in _VAGUE else singles + 1
                if singles > 1 or (singles and sure):
                    return True
            else:
                singles = 0
                if kind in _PROPER or not word.isalpha() or (sure and self.words.lexicon.weight(word) < _RARE_WORD):
                    return True
        return False

    def _value(self, text: str, start: int, end: int, entity: str) -> Span:
        """The span without the longest class word that ends it."""
        words = self.class_words.get(entity)
        if words:
            for at in range(start, end):
                if text[at:end] in words:
                    return start, at
        return start, end


def _score(probability: float) -> float:
    """What is unlikely is reported by scan-only and never edited."""
    for least, score in _SCORES:
        if probability >= least:
            return score
    return _COMMON


def _trimmed(lattice: Lattice, start: int, end: int) -> int:
    """The span's beginning without a verb, or the end of a word, that the tagger took for part of the name (会同|县财政局)."""
    if lattice.cut_at(start):
        for first, last, _ in lattice.segment(max(0, start - 4), end):
            if first < start < last < end - 1:
                return last
    if lattice.text[start] not in _LEADING_FIRST:
        return start
    for first, last, _ in lattice.segment(start, end):
        if lattice.text[first:last] not in _LEADING:
            return first
    return start


def compile_tagger(
    rule: Rule, words: Words, class_words: Mapping[str, frozenset[str]], engine: Engine | None
) -> TaggerDetector:
    """With the engine, or the shipped weights; RuleError when they are missing or damaged: no document passes unseen."""
    where = f"{rule.file}:{rule.line}: rule {rule.id!r}"
    for name in ("surnames", "given", "common"):
        if name not in rule.files:
            raise RuleError(f"{where}: needs files = {{ {name} = … }}")
    common = frozenset(line for line in rule.files["common"].splitlines() if not line.startswith("#"))
    surnames, given = read_surnames(rule.files["surnames"]), read_given(rule.files["given"])
    tagger = engine or load_tagger(
        packaged_rules() / "data" / WEIGHTS, words, surnames, given, rule.options.get("convention", CONVENTIONS[0])
    )
    doubted = rule.options.get("doubted", [])
    if not isinstance(doubted, list) or not all(isinstance(name, str) for name in doubted):
        raise RuleError(f"{where}: options.doubted is a list of rule ids")
    lists = ("titles_after", "titles_short", "titles_person")
    titles = frozenset(title for name in lists for title in rule.word_lists.get(name, ()))
    foreign = frozenset(rule.word_lists.get("japanese", ()))
    return TaggerDetector(
        rule, tagger, words, class_words, titles, frozenset(surnames), common, foreign, frozenset(doubted)
    )
