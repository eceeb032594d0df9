"""Term rules: all lists of all rules in one Aho–Corasick automaton, found in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ahocorasick_rs import AhoCorasick, MatchKind

from redactor.chinese.lattice import Words
from redactor.detect import wrapped
from redactor.detect.weigh import Weigher, compile_weigher
from redactor.matching.compiled import Memo
from redactor.model import KEEP, Evidence, Finding
from redactor.ruleset.schema import Rule
from redactor.text.document import Document
from redactor.text.fold import View, scalars
from redactor.text.runs import inside_run


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The terms of some rules that read the same view; a term may belong to several rules."""

    automaton: AhoCorasick
    owners: tuple[tuple[Weigher, ...], ...]
    words: Words
    view_rule: Rule

    @property
    def entity(self) -> str:
        """What it finds."""
        return self.view_rule.entity

    def find(self, document: Document, marks: bytearray | None = None) -> Iterator[Finding]:
        """The longest term at each place, for each rule that has it; with `marks`, only where one of them is set."""
        return wrapped.found(document, partial(self.find_in, marks=marks), view=self.view_rule.view, known=True)

    def find_in(self, document: Document, view: View, marks: bytearray | None) -> Iterator[Finding]:
        text = view.text
        there = document.seen(view, self.look)
        if marks is not None:
            find = marks.find
            if view.starts is None:
                there = [each for each in there if find(1, each[1], each[2]) >= 0]
            else:
                there = [each for each in there if find(1, *view.span(each[1], each[2])) >= 0]
        for number, start, end in there:
            if inside_run(text, start, end):
                continue
            for weigher in self.owners[number]:
                rule = weigher.rule
                if rule.segmented and document.seen(view, self.words.lattice).covers(start, end):
                    continue
                weighed = weigher.weigh(text, start, end)
                if weighed is None:
                    continue
                score, evidence = weighed
                first, last = view.span(start, end)
                yield Finding(
                    first,
                    last,
                    entity=rule.entity,
                    rule=rule.id,
                    score=score,
                    priority=rule.priority,
                    evidence=(Evidence("terms", rule.id, rule.score), *evidence),
                )

    def look(self, text: str) -> list[tuple[int, int, int]]:
        """Which terms stand where."""
        return self.automaton.find_matches_as_indexes(scalars(text), overlapping=self.view_rule.stands)


def compile_gazetteers(rules: Sequence[Rule], words: Words, memo: Memo) -> tuple[Gazetteer, ...]:
    """One automaton for each view and kind (protected terms never hide findings, so they get their own)."""
    groups: dict[tuple[str, bool, bool], list[Rule]] = {}
    for rule in rules:
        groups.setdefault((rule.view, rule.entity == KEEP, rule.stands), []).append(rule)
    return tuple(_compile(group, words, memo) for group in groups.values())


def _compile(rules: Sequence[Rule], words: Words, memo: Memo) -> Gazetteer:
    owners: dict[str, tuple[Weigher, ...]] = {}
    for rule in rules:
        weigher = compile_weigher(rule, memo)
        for term in dict.fromkeys(rule.terms):
            owners[term] = (*owners.get(term, ()), weigher)
    # What stands in every case stands wherever it is found, inside another term too.
    kind = MatchKind.Standard if rules[0].stands else MatchKind.LeftmostLongest
    automaton = AhoCorasick([scalars(term) for term in owners], matchkind=kind)
    return Gazetteer(automaton, tuple(owners.values()), words, rules[0])
