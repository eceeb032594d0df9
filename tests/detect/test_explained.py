"""Why a finding is one, said in the language in use."""

from __future__ import annotations

import re

import pytest

from redactor import Redactor
from redactor.detect.explained import PIECES, explained
from redactor.detect.judge import FILE, read_judge
from redactor.language import VARIABLE
from redactor.packaged import packaged_rules

TEXT = (
    "请王建国同志牵头，清河市第一中学在青山县人民政府西侧，联系人：李娜，电话13812345678，身份证号11010519491231002X，"
    "同比增长12.5%。王建国说。\n本文来源于网络，版权归原作者所有，如有侵权请联系删除。\n"
)


def test_in_english_it_is_what_programs_get(publish: Redactor) -> None:
    findings = publish.redact(TEXT).findings
    assert {each.kind for finding in findings for each in finding.evidence} >= {"judge", "pattern", "boilerplate"}
    assert [explained(finding) for finding in findings] == [finding.why() for finding in findings]


def test_in_chinese_all_of_it_is(publish: Redactor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "zh")
    for finding in publish.redact(TEXT).findings:
        said = explained(finding)
        # Names of rules, entities, checks and units are those of the rule files.
        left = re.sub(r"[\w.-]*[._-][\w.-]+|[A-Z_]+|tagger|name|surname|sentence|block|line", "", said)
        assert not re.search("[a-z]{2}", left), said


def test_all_that_the_judge_weighs_has_words() -> None:
    names = {
        name
        for known in read_judge((packaged_rules() / "data" / FILE).read_text("utf-8")).weights.values()
        for name in known
    }
    assert {name for name in names if not name.startswith("rule ")} == PIECES
