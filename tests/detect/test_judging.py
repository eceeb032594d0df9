"""The judge with weights of the test's own: what it knows, how it scores, which of several ranks first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import exp
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from redactor import Redactor
from redactor.chinese.lattice import compile_words
from redactor.chinese.lexicon import Lexicon
from redactor.detect.echo import ELSEWHERE, SHORT, echoes
from redactor.detect.evidence import Context, company, logit, pieces
from redactor.detect.judge import Judge
from redactor.detect.ner.recogniser import tags_of
from redactor.model import Evidence, Finding
from redactor.text.fold import plain_view

WORDS = compile_words(Lexicon.parse("今天\t9000\tt\n高兴\t9000\ta\n研究生\t900\tn\n"))


def context(text: str, *, members: Sequence[int] = (0,), found: Sequence[tuple[int, int, str]] = ()) -> Context:
    """What is known of a text in which the recogniser has seen nothing but what is `found`."""
    view = plain_view(text)
    entities = [(start, end, kind, 0.9) for start, end, kind in found]
    outside = np.array([0.1 if any(s <= at < e for s, e, _ in found) else 0.9 for at in range(len(text))], np.float32)
    return Context(
        view, WORDS.lattice(view.text), tags_of(entities, outside), list(found), members, WORDS.lexicon.weight,
        frozenset({"高兴"}), lambda *_: False, None, None,
    )  # fmt: skip


def name(
    text: str,
    value: str,
    *,
    at: int = 0,
    score: float = 0.7,
    rule: str = "a",
    priority: int = 53,
    entity: str = "PERSON",
) -> Finding:
    start = text.index(value, at)
    return Finding(start, start + len(value), entity, rule, score, (), priority, (Evidence("pattern", rule, score),))  # fmt: skip


def judge(**weights: float) -> Judge:
    return Judge({"PERSON": {name.replace("_", " "): weight for name, weight in weights.items()}})


def judged(judge: Judge, text: str, *findings: Finding) -> list[Finding]:
    return sorted(judge.judged(context(text), findings), key=lambda f: (f.start, f.end, f.rule))


def likely(odds: float) -> float:
    return 1 / (1 + exp(-odds))


def test_what_it_does_not_know_is_as_it_was() -> None:
    text = "王建国说，李明\n华说"
    knows = judge(rule_a=1.0)
    unknown = name(text, "王建国", rule="b")
    other = name(text, "王建国", entity="LOCATION")
    cut = name(text, "李明\n华")
    assert judged(knows, text, unknown, other, cut) == sorted((unknown, other, cut), key=lambda f: (f.start, f.rule))
    (left,) = judged(knows.without("a"), text, name(text, "王建国"))
    assert (left.score, left.priority) == (0.7, 53)


@pytest.mark.parametrize(("weight", "score"), [(0.0, 0.5), (1.0, likely(1)), (2.0, likely(2)), (3.0, 0.89)])
def test_the_score_is_what_all_evidence_comes_to_and_at_most_089(weight: float, score: float) -> None:
    text = "王建国说"
    (found,) = judged(judge(rule_a=weight), text, name(text, "王建国"))
    assert found.score == pytest.approx(score)
    assert found.priority == 53


def test_each_piece_of_evidence_counts() -> None:
    text = "今天王建国说"
    known = {"rule_a": 0.5, "any": 0.25, "rule's_score": 1.0}
    (found,) = judged(judge(**known), text, name(text, "王建国"))
    assert found.score == pytest.approx(likely(0.5 + 0.25 + 0.8))
    assert [(e.kind, e.detail, e.weight) for e in found.evidence[1:]] == [
        ("judge", "rule's score", 0.8), ("judge", "any", 0.25), ("judge", "rule a", 0.5),
    ]  # fmt: skip


@pytest.mark.parametrize(("weight", "told"), [(0.1, True), (0.099, False), (-0.1, True), (-0.099, False)])
def test_little_is_not_told(weight: float, told: bool) -> None:
    text = "王建国说"
    (found,) = judged(judge(rule_a=0.0, any=weight), text, name(text, "王建国"))
    assert any(e.detail == "any" for e in found.evidence) == told
    assert not any(e.detail == "rule a" for e in found.evidence)


@pytest.mark.parametrize(("score", "expected"), [(0.49, 0.49), (0.5, likely(2))])
def test_what_a_rule_only_tells_of_is_not_made_more(score: float, expected: float) -> None:
    text = "王建国说"
    (found,) = judged(judge(rule_a=2.0), text, name(text, "王建国", score=score))
    assert found.score == pytest.approx(expected)
    both = (Evidence("pattern", "a", 0.3), Evidence("recognizer", "the recogniser", 0.3))
    seen = Finding(0, 3, "PERSON", "a", 0.3, (), 53, both)
    (found,) = judged(judge(rule_a=2.0), text, seen)
    assert found.score == pytest.approx(likely(2))
    (found,) = judged(judge(rule_a=-2.0), text, name(text, "王建国", score=0.49))
    assert found.score == pytest.approx(likely(-2))


def test_the_best_supported_ranks_before_what_it_overlaps() -> None:
    text = "王建国强说"
    knows = judge(rule_a=1.0, rule_b=2.0, rule_c=1.0)
    short, long = name(text, "王建国", priority=59), name(text, "王建国强", rule="b")
    low = name(text, "国强", rule="c", priority=20)
    found = {f.rule: f for f in judged(knows, text, short, long, low)}
    assert {rule: f.priority for rule, f in found.items()} == {"a": 30, "b": 53, "c": 20}
    assert found["a"].score == pytest.approx(likely(1))
    assert not any(e.kind == "judge" for e in found["a"].evidence)


def test_support_is_of_characters_above_doubt() -> None:
    text = "王建国强说"
    # Two characters that are sure against four that are little more than a doubt.
    two, four = name(text, "王建", rule="b"), name(text, "王建国强")
    found = {f.rule: f.priority for f in judged(judge(rule_a=-0.3, rule_b=3.0), text, two, four)}
    assert found == {"a": 30, "b": 53}
    found = {f.rule: f.priority for f in judged(judge(rule_a=0.5, rule_b=0.5), text, two, four)}
    assert found == {"a": 53, "b": 30}


def test_of_two_that_are_equal_the_first_ranks_before() -> None:
    text = "王建国说"
    found = [name(text, "王建国"), name(text, "王建国", rule="b")]
    for first, second in (found, found[::-1]):
        ranks = {f.rule: f.priority for f in judge(rule_a=1.0, rule_b=1.0).judged(context(text), [first, second])}
        assert ranks == {first.rule: 53, second.rule: 30}


def test_what_has_no_support_ranks_behind() -> None:
    text = "王建国说"
    (found,) = judged(judge(rule_a=-2.0), text, name(text, "王建国"))
    assert (found.score, found.priority) == (pytest.approx(likely(-2.0)), 30)


def test_what_is_repeated_is_as_likely_as_its_proof_makes_it() -> None:
    text = "王建国说"
    again = Finding(0, 3, "PERSON", "a", 0.72, (), 40, (Evidence("document", "elsewhere", 0.72),))
    unknown = Finding(0, 3, "PERSON", "b", 0.72, (), 40, (Evidence("document", "elsewhere", 0.72),))
    knows = judge(rule_a=9.0, any=-1.0, **{ELSEWHERE: 0.5})
    first, second = knows.repeated(context(text), [again, unknown])
    # Not the rule itself, for it did not find it here.
    assert first.score == pytest.approx(likely(-1.0 + 4 * 0.5))
    assert (first.priority, second) == (40, unknown)


def evidence(
    text: str, value: str, *, others: Sequence[Finding] = (), found: Sequence[tuple[int, int, str]] = (), **how: object
) -> dict[str, float]:
    finding = name(text, value, **how)  # type: ignore[arg-type]
    return dict(pieces(context(text, found=found), finding, company([finding, *others])))  # fmt: skip


SHAPES = {
    "one": ("在王，", "王", {"a surname beside nothing": 1.0}),
    "one-at-the-beginning": ("王，", "王", {"a surname beside nothing": 1.0}),
    "one-after-a-prefix": ("小王，", "王", {"one character": 1.0}),
    "one-before-brackets": ("在王（", "王", {"one character": 1.0}),
    "one-in-a-list": ("、王、", "王", {"one character": 1.0}),
    "two": ("在王建，", "王建", {"two characters": 1.0}),
    "three": ("在王建国，", "王建国", {}),
    "six": ("在王建国强大人，", "王建国强大人", {}),
    "seven": ("在王建国强大人物，", "王建国强大人物", {"long": 1.0}),
    "latin": ("在Anna，", "Anna", {"not all Han": 1.0}),
    "mixed": ("在王A，", "王A", {"not all Han": 1.0, "two characters": 1.0}),
    "a-word-cut": ("在研究生院，", "研究", {"cuts a word": 1.0, "two characters": 1.0}),
    "a-common-word": ("在高兴，", "高兴", {"a common word": 1.0, "two characters": 1.0}),
}  # fmt: skip
_SHAPES = {
    "a surname beside nothing",
    "one character",
    "two characters",
    "long",
    "not all Han",
    "cuts a word",
    "a common word",
}


@pytest.mark.parametrize(("text", "value", "expected"), SHAPES.values(), ids=SHAPES)
def test_the_shape_of_a_name(text: str, value: str, expected: dict[str, float]) -> None:
    assert {key: amount for key, amount in evidence(text, value).items() if key in _SHAPES} == expected


PLACES = {
    "alone": ("王建国", {"begins a clause", "ends a clause", "alone in its line"}),
    "alone-in-its-line": ("名单\n王建国\n名单", {"begins a clause", "ends a clause", "alone in its line"}),
    "a-clause": ("好，王建国。", {"begins a clause", "ends a clause"}),
    "begins": ("王建国说", {"begins a clause"}),
    "ends": ("请王建国。", {"ends a clause"}),
    "inside": ("请王建国说", set()),
    "a-label": ("甲：王建国说", {"after a colon", "begins a clause"}),
    "a-narrow-label": ("甲:王建国说", {"after a colon", "begins a clause"}),
    "a-list": ("甲、王建国，乙", {"in a list", "begins a clause", "ends a clause"}),
    "blanks": ("甲　王建国 乙", {"in a list", "begins a clause", "ends a clause"}),
    "the-first-of-a-list": ("请王建国、乙", {"ends a clause"}),
    "brackets": ("请王建国（女）", {"before brackets", "ends a clause"}),
    "narrow-brackets": ("请王建国(女)", {"before brackets", "ends a clause"}),
}
_PLACES = {"after a colon", "begins a clause", "ends a clause", "alone in its line", "in a list", "before brackets"}


@pytest.mark.parametrize(("text", "expected"), PLACES.values(), ids=PLACES)
def test_where_a_name_stands(text: str, expected: set[str]) -> None:
    said = evidence(text, "王建国")
    assert said.keys() & _PLACES == expected
    assert {said[each] for each in expected} <= {1.0}


def test_other_candidates_are_evidence() -> None:
    text = "云岭县石桥镇王建国"
    first, second = (name(text, value, entity="LOCATION", rule="p") for value in ("云岭县", "石桥镇"))
    doubtful = name(text, "石桥镇", entity="LOCATION", rule="p", score=0.39)
    barely = name(text, "石桥镇", entity="LOCATION", rule="p", score=0.4)
    known = context(text)
    assert "before a place" in pieces(known, first, company([first, second]))
    assert "before a place" in pieces(known, first, company([first, barely]))
    assert "before a place" not in pieces(known, first, company([first, doubtful]))
    assert "after a place" in pieces(known, second, company([first, second]))
    assert "after a place" not in pieces(known, first, company([first, second]))
    person = name(text, "王建国")
    assert "after a place" not in pieces(known, person, company([first, second, person]))
    twin = name(text, "王建国", rule="b")
    assert pieces(known, person, company([person, twin]))["found by several"] == 1.0
    assert "found by several" not in pieces(known, person, company([person]))
    number = Finding(person.start, person.end, "QUANTITY", "q", 0.9)
    assert "found by several" not in pieces(known, person, company([person, number]))


SEEN = {
    "the-same": ([(1, 4, "PERSON")], {"found"}),
    "another-kind": ([(1, 4, "LOCATION")], {"found as another kind"}),
    "a-part-of-it": ([(0, 5, "PERSON")], {"a part"}),
    "a-part-of-another-kind": ([(0, 4, "LOCATION")], {"a part"}),
    "more-than-it": ([(2, 4, "PERSON")], {"more"}),
    "two-in-it": ([(1, 2, "PERSON"), (2, 4, "PERSON")], {"more"}),
    "across": ([(3, 5, "PERSON")], {"across"}),
    "across-the-other-end": ([(0, 2, "PERSON")], {"across"}),
    "beside": ([(0, 1, "PERSON"), (4, 5, "PERSON")], set()),
    "nothing": ([], set()),
}
_SEEN = ("found", "found as another kind", "a part", "more", "across")


@pytest.mark.parametrize(("found", "expected"), SEEN.values(), ids=SEEN)
def test_what_the_recogniser_has_found_there(found: list[tuple[int, int, str]], expected: set[str]) -> None:
    said = evidence("请王建国说", "王建国", found=found)
    assert {key.removeprefix("recogniser: ") for key in said} & set(_SEEN) == expected


@pytest.mark.parametrize(
    ("probability", "odds"), [(0.5, 0.0), (0.7, 0.8), (0.3, -0.8), (1.0, 5.0), (0.0, -5.0), (0.992, 4.8)]
)
def test_log_odds_are_coarse_and_bounded(probability: float, odds: float) -> None:
    assert logit(probability) == odds


def echoed(text: str, odds: dict[str, float], **how: object) -> list[tuple[Finding, float]]:
    """Names of a text, each with its log odds, where it stands first."""
    return [(name(text, value, **how), each) for value, each in odds.items()]  # type: ignore[arg-type]


def test_the_same_words_elsewhere_are_evidence() -> None:
    text = "王建国说，王建国到，李明说"
    findings = [name(text, "王建国"), name(text, "王建国", at=3), name(text, "李明")]
    echo = echoes(context(text), findings, [6.0, 2.04, 1.0])
    assert [echo.pieces(f) for f in findings] == [{ELSEWHERE: 2.0}, {ELSEWHERE: 4.0}, {}]
    echo = echoes(context(text), findings, [-1.0, 0.0, 1.0])
    assert [echo.pieces(f) for f in findings] == [{}, {}, {}]
    apart = echoes(context(text, members=(0, 5)), findings, [6.0, 2.0, 1.0])
    assert [apart.pieces(f) for f in findings] == [{}, {}, {}]


def test_two_rules_at_one_place_do_not_prove_one_another() -> None:
    text = "王建国说"
    findings = [name(text, "王建国"), name(text, "王建国", rule="b")]
    echo = echoes(context(text), findings, [3.0, 2.0])
    assert [echo.pieces(f) for f in findings] == [{}, {}]


def test_the_likeliest_other_place_counts() -> None:
    text = "王建国、王建国、王建国"
    findings = [name(text, "王建国"), name(text, "王建国", at=3), name(text, "王建国", at=7)]
    twins = [name(text, "王建国", rule="b"), name(text, "王建国", at=3, rule="b")]
    echo = echoes(context(text), [*findings, *twins], [3.26, 2.0, 1.0, 0.5, 2.5])
    assert [echo.pieces(f) for f in findings] == [{ELSEWHERE: 2.5}, {ELSEWHERE: 3.3}, {ELSEWHERE: 3.3}]


def test_of_equal_proofs_the_first_is_named() -> None:
    text = "云岭县、云岭县、云岭镇、云岭、云岭县"
    first = name(text, "云岭县", entity="LOCATION", rule="first")
    second = name(text, "云岭县", at=3, entity="LOCATION", rule="second")
    third = name(text, "云岭镇", entity="LOCATION", rule="third")
    further = list(echoes(context(text), [first, second, third], [2.0, 2.0, 2.0]).further())
    assert [(f.start, f.rule) for f in further if f.start > 11] == [(12, "first"), (15, "first"), (15, "first")]


def test_what_is_a_little_likely_speaks_for_its_short_form() -> None:
    text = "云岭县通知，云岭各村"
    echo = echoes(context(text), [name(text, "云岭县", entity="LOCATION")], [0.5])
    assert echo.pieces(name(text, "云岭", at=6, entity="LOCATION")) == {SHORT: 0.5}


def test_proven_names_that_overlap_are_both_looked_for() -> None:
    text = "王建国、建国强、王建国强"
    proven = [name(text, "王建国"), name(text, "建国强")]
    further = echoes(context(text), proven, [2.0, 2.0]).further()
    assert [(f.start, f.end) for f in further] == [(8, 11), (9, 12)]


SHORT_FORMS = {
    "surname-and-given": ("马建国", ["建国", "马"]),
    "compound-surname": ("欧阳建国", ["建国", "欧阳"]),
    "one-given-character": ("马建", []),
    "one-given-character-of-a-compound": ("欧阳建", []),
    "no-surname": ("强建国", []),
    "four-with-one-surname": ("马建国强", []),
    "five": ("马欧阳建国", []),
}


@pytest.mark.parametrize(("value", "expected"), SHORT_FORMS.values(), ids=SHORT_FORMS)
def test_short_forms_of_persons(value: str, expected: list[str]) -> None:
    persons: Any = SimpleNamespace(surnames={"马": -5.0, "欧阳": -6.0})
    where = replace(context(value), persons=persons)
    assert sorted(text for _, text in echoes(where, [name(value, value)], [3.0]).short) == sorted(expected)
    assert not echoes(where, [name(value, value)], [0.0]).short
    assert not echoes(where, [name(value, value, entity="ORGANIZATION")], [3.0]).short
    assert not echoes(context(value), [name(value, value)], [3.0]).short


@pytest.mark.parametrize(("odds", "count"), [(1.5, 1), (1.49, 0)])
def test_a_proven_name_is_looked_for_everywhere(odds: float, count: int) -> None:
    text = "王建国说，后来王建国到"
    first = name(text, "王建国")
    further = list(echoes(context(text), [first], [odds]).further())
    assert [(f.start, f.end, f.entity, f.rule, f.score, f.priority) for f in further] == [
        (7, 10, "PERSON", "a", 0.5, 53)
    ][:count]


def test_places_are_looked_for_in_short() -> None:
    text = "云岭县通知，云岭各村"
    first = name(text, "云岭县", entity="LOCATION")
    echo = echoes(context(text), [first], [2.0])
    (short,) = (f for f in echo.further() if f.start == 6)
    assert (short.end, short.entity) == (8, "LOCATION")
    assert echo.pieces(short) == {SHORT: 2.0}
    assert echo.pieces(name(text, "云岭", at=6)) == {}
    assert not any(f.start == 6 for f in echoes(context(text), [first], [1.4]).further())


def test_the_recogniser_of_the_rules_is_asked(publish: Redactor) -> None:
    (finding,) = publish.scan("请王建国同志牵头。")
    assert finding.score == 0.89


@pytest.mark.parametrize(("blanks", "odds"), [(0, 2.2), (3, 2.2), (4, -5.0)])
def test_up_to_three_blanks_may_count_to_a_name(blanks: int, odds: float) -> None:
    said = evidence(f"请王建国{'　' * blanks}，到", "王建国", found=[(1, 4 + blanks, "PERSON")])
    assert said["recogniser: just this"] == odds


def test_words_of_the_language_speak_against_a_name() -> None:
    assert evidence("在高兴，", "高兴")["frequent as a word"] == 15.3
    assert evidence("在王建，", "王建")["frequent as a word"] == 4.2
    text = "在高兴 王建，"
    ordinary = replace(context(text), ordinary=lambda *_: True)
    assert pieces(ordinary, name(text, "高兴"), company([]))["ordinary words"] == 1.0
    assert "ordinary words" not in pieces(ordinary, name(text, "高兴 王建"), company([]))
    assert "ordinary words" not in pieces(context(text), name(text, "高兴"), company([]))


def test_without_frames_nothing_is_known_of_titles() -> None:
    persons: Any = SimpleNamespace(surnames={"王": -3.0})
    assert "a surname" not in pieces(
        replace(context("请王建国说"), persons=persons), name("请王建国说", "王建国"), company([])
    )
