"""What is proven once in a document is found everywhere in it: names, places and their short forms."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

import pytest

from redactor import Redactor
from redactor.chinese.lattice import Words, compile_words
from redactor.chinese.lexicon import Lexicon
from redactor.document.propagate import MOST, Known, propagate
from redactor.model import Finding
from redactor.ruleset.load import load_rules

WORDS = compile_words(
    Lexicon.parse(
        "高兴\t9000\ta\n高兴地\t400\td\n建国\t9000\tv\n云岭\t8\tns\n云岭茶\t9000\tn\n茶\t500\tn\n青山\t9000\tn\n"
    )
)
NO_WORDS = compile_words(Lexicon.parse(""))


def proven(
    text: str, value: str, entity: str, score: float = 0.95, values: tuple[tuple[int, int], ...] = ()
) -> Finding:
    start = text.index(value)
    return Finding(start, start + len(value), entity=entity, rule="test.rule", score=score, values=values)


def propagated(
    text: str,
    findings: Sequence[Finding] = (),
    known: Known | None = None,
    words: Words = WORDS,
    titles: frozenset[str] = frozenset(),
) -> list[Finding]:
    return propagate(text, findings, known or Known(), words, titles, words.lattice(text).covers)


def found(text: str, *findings: Finding, words: Words = WORDS, known: Known | None = None) -> list[tuple[str, str]]:
    again = propagated(text, findings, known or Known(), words)
    return [(text[f.start : f.end], f.entity) for f in again]


PERSON, LOCATION, ORGANIZATION = "PERSON", "LOCATION", "ORGANIZATION"


@pytest.mark.parametrize(
    ("text", "value", "entity", "expected"),
    [
        pytest.param("王建国同志讲话，王建国强调", "王建国", PERSON, ["王建国"], id="a-person-again"),
        pytest.param("云岭县通知，各乡镇：云岭县要求", "云岭县", LOCATION, ["云岭县"], id="a-place-again"),
        pytest.param("云岭县通知，支持云岭发展", "云岭县", LOCATION, ["云岭"], id="a-place-without-its-class"),
        pytest.param("云岭县的云岭茶好", "云岭县", LOCATION, [], id="not-inside-another-word"),
        pytest.param("青山县通知，绿水青山", "青山县", LOCATION, [], id="not-a-short-form-that-is-a-word"),
        pytest.param("高兴同志讲话，大家很高兴", "高兴", PERSON, [], id="not-a-name-that-is-a-word"),
        pytest.param("王建国讲话", "王建国", PERSON, [], id="not-itself-again"),
        pytest.param("王建国、王建国、王建国", "王建国", PERSON, ["王建国", "王建国"], id="every-other-time"),
        pytest.param("华远公司与华远公司", "华远公司", ORGANIZATION, ["华远公司"], id="an-organization-again"),
        pytest.param(
            "电话13900001111，13900001111", "13900001111", "PHONE_NUMBER", [], id="not-what-rules-find-anyway"
        ),
        pytest.param("王建\n国同志，王建\n国", "王建\n国", PERSON, [], id="not-what-holds-a-break"),
        pytest.param("王同志，王说", "王", PERSON, [], id="not-one-character"),
    ],
)
def test_found_again(text: str, value: str, entity: str, expected: list[str]) -> None:
    assert found(text, proven(text, value, entity)) == [(piece, entity) for piece in expected]


@pytest.mark.parametrize(
    ("score", "entity", "count"),
    [
        pytest.param(0.95, PERSON, 1, id="strong-person"),
        pytest.param(0.7, PERSON, 1, id="just-strong-person"),
        pytest.param(0.69, PERSON, 0, id="weak-person"),
        pytest.param(0.85, ORGANIZATION, 1, id="strong-organization"),
        pytest.param(0.84, ORGANIZATION, 0, id="organizations-need-more"),
    ],
)
def test_only_strong_findings_are_carried_on(score: float, entity: str, count: int) -> None:
    text = "华远里同志，华远里"
    assert len(found(text, proven(text, "华远里", entity, score))) == count


def test_a_place_with_a_value_gives_its_short_form_only() -> None:
    text = "到云岭县去，云岭县、云岭"
    assert found(text, proven(text, "云岭县", LOCATION, values=((1, 3),))) == [("云岭", LOCATION), ("云岭", LOCATION)]


def test_the_longest_of_several_wins() -> None:
    text = "王建、王建国。王建国说，王建说"
    findings = (proven(text, "王建、", PERSON), proven(text, "王建国", PERSON), proven(text, "王建说", PERSON))
    assert found(text, *findings) == [("王建国", PERSON)]


def test_what_is_known_is_carried_from_part_to_part() -> None:
    known = Known()
    first = "王建国同志讲话"
    assert propagated(first, [proven(first, "王建国", PERSON)], known) == []
    (again,) = propagated("后来王建国说", known=known)
    assert (again.start, again.end, again.entity, again.rule) == (2, 5, PERSON, "test.rule")
    assert propagated("别人说", known=known) == []


def test_the_reason_does_not_tell_the_value() -> None:
    text = "王建国同志，王建国"
    (again,) = propagated(text, [proven(text, "王建国", PERSON)])
    assert "proven elsewhere" in again.why()
    assert "王建国" not in again.why()
    assert again.score < 0.95


def test_without_a_lexicon_every_place_counts() -> None:
    text = "云岭县的云岭茶"
    assert found(text, proven(text, "云岭县", LOCATION), words=NO_WORDS) == [("云岭", LOCATION)]


def test_nothing_proven_nothing_found() -> None:
    assert propagated("王建国") == []


def test_a_lone_surrogate_does_not_shift_what_is_found() -> None:
    text = "王建国同志\ud800，\ud800王建国"
    assert found(text, proven(text, "王建国", PERSON)) == [("王建国", PERSON)]


def test_a_given_name_before_a_title_is_the_person() -> None:
    text = "周海滨同志讲话。海滨同志强调，海滨城市"
    again = propagated(text, [proven(text, "周海滨", PERSON)], titles=frozenset({"同志"}))
    assert [(f.start, f.end) for f in again] == [(8, 10)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("请王建国同志发言。会后王建国补充。", "请×同志发言。会后×补充。", id="a-name-with-a-frame-once"),
        pytest.param("巴岭镇召开会议。巴岭群众拥护。", "×镇召开会议。×群众拥护。", id="a-place-in-short"),
    ],
)
def test_in_the_flow(publish: Redactor, text: str, expected: str) -> None:
    assert publish.redact(text).text == expected


def test_what_is_known_is_carried_to_other_processes() -> None:
    known = Known()
    first = "王建国同志讲话"
    propagated(first, [proven(first, "王建国", PERSON)], known)
    there = pickle.loads(pickle.dumps(known))
    assert found("后来王建国说", known=there) == [("王建国", PERSON)]


def test_no_more_is_known_than_the_latest() -> None:
    known = Known()
    for number in range(MOST + 2):
        known.add(f"name{number}", Finding(0, 1, entity=PERSON, rule="test.rule", score=0.9))
    assert len(known.values) == MOST
    text = f"name1 name2 name{MOST + 1}"
    assert [text[f.start : f.end] for f in propagated(text, known=known, words=NO_WORDS)] == [
        "name2",
        f"name{MOST + 1}",
    ]


@pytest.mark.parametrize(
    ("name", "given", "again"),
    [
        pytest.param("周海滨", "海滨", True, id="three-characters"),
        pytest.param("欧阳海滨", "海滨", True, id="four-characters"),
        pytest.param("周海", "周海", False, id="two-characters-are-the-name-itself"),
        pytest.param("阿不都海滨", "海滨", False, id="five-characters"),
        pytest.param("AB海滨", "海滨", False, id="not-all-chinese"),
    ],
)
@pytest.mark.parametrize("title", ["同志", "副主任", "党委书记"])
def test_given_names_stand_for_persons_before_titles(name: str, given: str, again: bool, title: str) -> None:
    text = f"{name}讲话。到场的{given}{title}，{given}副"
    found = propagated(text, [proven(text, name, PERSON)], titles=frozenset({title}))
    start = len(name) + 6
    assert [f.start for f in found if text[f.start : f.end] == given and given != name] == [start] * again


@pytest.mark.parametrize("title", ["副", "中共党委书记"])
def test_titles_have_two_to_four_characters(title: str) -> None:
    text = f"周海滨讲话。海滨{title}说"
    assert propagated(text, [proven(text, "周海滨", PERSON)], titles=frozenset({title})) == []


def test_a_given_name_that_is_proven_itself_needs_no_title() -> None:
    text = "周海滨、海滨。海滨说"
    found = propagated(text, [proven(text, "周海滨", PERSON), Finding(4, 6, PERSON, "other", 0.9)])
    assert [(f.start, f.end, f.rule) for f in found] == [(7, 9, "other")]


def test_of_places_the_given_part_is_not_taken() -> None:
    text = "周海滨开会。海滨同志"
    assert propagated(text, [proven(text, "周海滨", LOCATION)], titles=frozenset({"同志"})) == []


@pytest.mark.parametrize(
    ("word", "kind", "frequency", "count"),
    [
        pytest.param("海滨", "n", 2, 0, id="a-word"),
        pytest.param("海滨", "ns", 2, 1, id="a-place"),
        pytest.param("海滨", "nz", 2, 1, id="a-name"),
        pytest.param("海滨", "nt", 2, 1, id="a-body"),
        pytest.param("海滨", "n", 1, 1, id="a-rare-word"),
    ],
)
def test_ordinary_words_are_not_carried_on(word: str, kind: str, frequency: int, count: int) -> None:
    # One in 1,000,000 is e to the power of -13.8, two of them -13.1: the bound lies between.
    words = compile_words(Lexicon.parse(f"{word}\t{frequency}\t{kind}\n的\t{1_000_000 - frequency}\tu\n"))
    for value, entity in ((word, PERSON), (f"{word}镇", LOCATION)):
        text = f"{value}，{word}"
        assert len(found(text, proven(text, value, entity), words=words)) == count


def test_the_first_proof_counts() -> None:
    text = "华远、华远。华远"
    first = Finding(0, 2, PERSON, "first", 0.9)
    second = Finding(3, 5, ORGANIZATION, "second", 0.9)
    assert [(f.entity, f.rule) for f in propagated(text, [first, second])] == [(PERSON, "first")]


def test_what_is_not_trusted_proves_nothing_but_takes_its_place() -> None:
    text = "王建国、王建国、王建国"
    first, second = Finding(0, 3, PERSON, "a", 0.9), Finding(4, 7, PERSON, "b", 0.9)
    again = propagate(text, [first, second], Known(), WORDS, frozenset(), lambda *_: False, lambda f: f.rule == "b")
    assert [(f.start, f.rule, f.score) for f in again] == [(8, "b", 0.72)]
    assert propagate(text, [first, second], Known(), WORDS, frozenset(), lambda *_: False, lambda _: False) == []


def test_every_rule_goes_before_what_stands_again() -> None:
    text = "王建国同志，王建国"
    (again,) = propagated(text, [proven(text, "王建国", PERSON)])
    assert again.priority < min(rule.priority for rule in load_rules().rules)
