"""The judge of names: which finding wins, with which bounds, on what evidence; what it does not know it leaves alone."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor import Redactor, RuleError
from redactor.detect.judge import FILE, best_supported, read_judge, written
from redactor.model import Finding
from redactor.ruleset.load import packaged_rules

WINS = [
    pytest.param("请王建国同志牵头。", ["王建国"], id="rule-and-recogniser"),
    pytest.param("请高兴同志牵头，大家都很高兴。", ["高兴"], id="a-name-that-is-a-word-and-the-word"),
    pytest.param("到浙江、江苏考察。", ["浙江", "江苏"], id="a-place-and-no-surname"),
    pytest.param("要周密部署、精心组织。", [], id="words"),
    pytest.param("老党员张大爷家里", ["张"], id="a-surname"),
]


@pytest.mark.parametrize(("text", "names"), WINS)
def test_what_wins(publish: Redactor, text: str, names: list[str]) -> None:
    found = [text[start:end] for f in publish.scan(text) for start, end in f.parts]
    assert found == names


def test_evidence_is_listed_with_its_weight(publish: Redactor) -> None:
    (finding,) = publish.scan("请王建国同志牵头。")
    told = [e for e in finding.evidence if e.kind == "judge"]
    assert any(e.detail == "recogniser is unsure of a character" and e.weight > 0 for e in told)
    assert "王建国" not in finding.why()


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
    findings = [Finding(at, at + size, "PERSON", str(n), score / 100) for n, (at, size, score) in enumerate(spans)]

    def support(chosen: tuple[Finding, ...] | list[Finding]) -> float:
        return sum((f.end - f.start) * (f.score - 0.4) - 0.2 for f in chosen)

    def apart(chosen: tuple[Finding, ...] | list[Finding]) -> bool:
        return all(a.end <= b.start or b.end <= a.start for a, b in combinations(chosen, 2))

    chosen = best_supported(findings)
    sets = [s for n in range(len(findings) + 1) for s in combinations(findings, n)]
    assert apart(chosen)
    assert support(chosen) == pytest.approx(max(support(s) for s in sets if apart(s)))
