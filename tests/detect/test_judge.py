"""The judge of names: which finding wins, with which bounds, on what evidence; what it does not know it leaves alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor import Redactor, RuleError
from redactor.detect.echo import ELSEWHERE, MOST, SHORT, echoes
from redactor.detect.evidence import Context, company, is_repeated, pieces
from redactor.detect.judge import FILE, best_supported, read_judge, written
from redactor.model import Finding
from redactor.packaged import packaged_rules
from redactor.text.document import Document

WINS = [
    pytest.param("请王建国同志牵头。", ["王建国"], id="rule-and-recogniser"),
    pytest.param("请高兴同志牵头，大家都很高兴。", ["高兴"], id="a-name-that-is-a-word-and-the-word"),
    pytest.param("到浙江、江苏考察。", ["浙江", "江苏"], id="a-place-and-no-surname"),
    pytest.param("要周密部署、精心组织。", [], id="words"),
    pytest.param("老党员张大爷家里", ["张"], id="a-surname"),
    pytest.param("韦阿婆今年八十二岁了。", ["韦"], id="a-surname-of-kin"),
    pytest.param("是老郑送来的。", ["郑"], id="a-surname-with-a-prefix"),
    pytest.param("温也很重要。", [], id="a-character-that-is-also-a-surname"),
    pytest.param("鲜很要紧，舒也要紧。", [], id="two-of-them"),
]


@pytest.mark.parametrize(("text", "names"), WINS)
def test_what_wins(publish: Redactor, text: str, names: list[str]) -> None:
    found = [text[start:end] for f in publish.scan(text) for start, end in f.parts]
    assert found == names


def test_evidence_is_listed_with_its_weight(publish: Redactor) -> None:
    (finding,) = publish.scan("请王建国同志牵头。")
    told = [e for e in finding.evidence if e.kind == "judge"]
    assert any(e.detail == "recogniser: just this" and e.weight > 0 for e in told)
    assert "王建国" not in finding.why()


def context(redactor: Redactor, text: str) -> Context:
    tagger = redactor.pipeline.plan.tagger
    assert tagger is not None
    return tagger.context(Document(text))


def person(text: str, name: str, at: int = 0, entity: str = "PERSON") -> Finding:
    start = text.index(name, at)
    return Finding(start, start + len(name), entity, "names.lexical", 0.7)


BESIDE = [
    pytest.param("县长王建国讲话", "王建国", {"after a post", "before a verb of people"}, id="post-and-verb"),
    pytest.param("请王建国牵头", "王建国", {"after a verb"}, id="verb"),
    pytest.param("联系人：王建国", "王建国", {"after a label", "after a colon", "ends a clause"}, id="label"),
    pytest.param("赵强、王建国、李明", "王建国", {"in a list", "a surname", "likely given name"}, id="list"),
    pytest.param("王建国（男，汉族）", "王建国", {"before brackets", "begins a clause"}, id="brackets"),
    pytest.param("名单\n王建国\n李明", "王建国", {"alone in its line"}, id="line"),
    pytest.param("王书记讲话", "王", {"one character", "before a short title"}, id="short-title"),
    pytest.param("老王来了", "王", {"one character"}, id="prefix"),
    pytest.param("王来了", "王", {"a surname beside nothing", "begins a clause"}, id="beside-nothing"),
]


@pytest.mark.parametrize(("text", "name", "said"), BESIDE)
def test_what_stands_beside_a_name_is_evidence(publish: Redactor, text: str, name: str, said: set[str]) -> None:
    finding = person(text, name)
    found = pieces(context(publish, text), finding, company([finding]))
    assert said <= found.keys()


def test_of_latin_letters_the_recogniser_says_nothing(publish: Redactor) -> None:
    text = "外教Anna Schmidt老师"
    finding = person(text, "Anna Schmidt")
    assert not any(name.startswith("recogniser") for name in pieces(context(publish, text), finding, company([])))


def test_what_is_likely_bears_on_the_same_words_and_on_short_forms(publish: Redactor) -> None:
    text = "马建国同志牵头。马建国说，建国，老马，青山镇、青山。"
    where = context(publish, text)
    first, again = person(text, "马建国"), person(text, "马建国", 5)
    given, surname = person(text, "建国", 12), person(text, "马", 15)
    town = person(text, "青山镇", entity="LOCATION")
    echo = echoes(where, [first, again, town], [6.0, -1.0, 3.0])
    assert echo.pieces(again) == {ELSEWHERE: MOST}
    assert echo.pieces(first) == {}
    assert echo.pieces(given) == echo.pieces(surname) == {SHORT: MOST}
    further = [(text[f.start : f.end], f.start, f.entity) for f in echo.further()]
    assert further == [
        *((("建国", at, "PERSON")) for at in (1, 9, 13)),
        ("青山", text.index("青山镇"), "LOCATION"),
        ("青山", text.rindex("青山"), "LOCATION"),
    ]
    assert all(is_repeated(f) for f in echo.further())


def test_documents_that_are_looked_at_together_tell_nothing_of_one_another(publish: Redactor) -> None:
    texts = ["请高兴同志牵头。", "高兴说好。", "大家高兴。"]
    assert [r.text for r in publish.redact_many(texts)] == [publish.redact(text).text for text in texts]


def test_the_weights_are_as_they_are_written() -> None:
    file = packaged_rules() / "data" / FILE
    lines = "".join(line for line in file.read_text(encoding="utf-8").splitlines(True) if line[0] != "#")
    judge = read_judge(lines)
    assert written((e, n, w) for e, weights in judge.weights.items() for n, w in weights.items()) == lines
    assert set(judge.weights) == {"PERSON", "LOCATION", "ORGANIZATION"}


def test_a_rule_of_the_user_is_not_judged(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        '[pack]\nname = "own"\ntitle = { zh = "自用", en = "Own" }\n[[rule]]\nid = "own.word"\nentity = "PERSON"\n'
        'description = { zh = "词", en = "Word" }\nscore = 0.7\nterms = ["天气"]\n'
        '[rule.examples]\nmatch = ["今天天气好", "天气", "问天气"]\nno_match = ["天", "气"]\n',
        encoding="utf-8",
    )
    (finding,) = Redactor(rules=[file]).scan("今天天气好。")
    assert (finding.rule, finding.score) == ("own.word", 0.7)


@pytest.mark.parametrize("line", ["PERSON\tany", "PERSON\tany\tmuch", "PERSON\tany\t1\t2"])
def test_a_damaged_line_is_an_error(line: str) -> None:
    with pytest.raises(RuleError, match=r"judge\.tsv:2: want entity"):
        read_judge(f"# weights\n{line}\n")


SPANS = st.tuples(st.integers(0, 12), st.integers(1, 6), st.integers(0, 89))


@given(st.lists(SPANS, max_size=8))
def test_the_best_supported_set_is_the_best_of_all_sets(spans: list[tuple[int, int, int]]) -> None:
    stretches = [(at, at + size, score / 100) for at, size, score in spans]

    def support(chosen: Sequence[tuple[int, int, float]]) -> float:
        return sum((end - start) * (score - 0.4) - 0.2 for start, end, score in chosen)

    def apart(chosen: Sequence[tuple[int, int, float]]) -> bool:
        return all(a[1] <= b[0] or b[1] <= a[0] for a, b in combinations(chosen, 2))

    chosen = [stretches[number] for number in best_supported(stretches)]
    sets = [s for n in range(len(stretches) + 1) for s in combinations(stretches, n)]
    assert apart(chosen)
    assert support(chosen) == pytest.approx(max(support(s) for s in sets if apart(s)))
