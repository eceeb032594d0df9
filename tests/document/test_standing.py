"""Terms that stand in every case: each is left wherever it stands, and nothing goes because of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from redactor.detect.terms import compile_gazetteers
from redactor.document.edits import disjoint
from redactor.document.pipeline import Pipeline
from redactor.document.state import Memory
from redactor.matching.compiled import Memo
from redactor.model import KEEP, Result, Span
from redactor.ruleset.user import user_rules
from redactor.text.document import Document
from tests.conftest import made
from tests.draws import draws

PIECES = (
    "请王建国同志牵头，", "在清河市第一中学", "华夏先锋集团深圳分公司成立。", "清溪湖和环湖路，", "云岭县人民政府", "云岭各项工作",
    "电话13800138000", "同比增长12.5%以上", "2021年3月5日", "会员群：免费QQ群：", "扫码关注公众号，领取更多资料", "建国同志", "\n", "\u3000\u3000",
    "张三、李四", "ＡＢ公司", "abc@example.com", "\u200b", "×", "的", "湖", "县",
)  # fmt: skip
_LATIN = regex.compile(r"[A-Za-z0-9]")
_WORD = regex.compile(r"[A-Za-z0-9]+")


def keeping(*terms: str, policy: str = "publish") -> Pipeline:
    """The rules of a policy, and terms that stay."""
    pipeline = made(policy).pipeline
    keepers = compile_gazetteers(user_rules("keep", KEEP, terms), pipeline.plan.words, Memo())
    return replace(pipeline, plan=replace(pipeline.plan, keepers=keepers))


def redacted(pipeline: Pipeline, text: str) -> Result:
    return pipeline.redact(Document(text), Memory())


def occurrences(text: str, term: str) -> list[Span]:
    """Where a term stands, also over itself; one of Latin letters or digits as a whole word or number only."""
    found = []
    at = text.find(term)
    while at >= 0:
        end = at + len(term)
        inside = any(word.start() < edge < word.end() for word in _WORD.finditer(text) for edge in (at, end))
        if not inside:
            found.append((at, end))
        at = text.find(term, at + 1)
    return found


def touched(result: Result) -> set[int]:
    return {at for edit in result.edits for at in range(edit.start, edit.end)}


@given(st.data())
@draws(60)
def test_a_term_is_left_wherever_it_stands(data: st.DataObject) -> None:
    text = "".join(data.draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=10)))
    policy = data.draw(st.sampled_from(("publish", "label")))
    terms = []
    for _ in range(data.draw(st.integers(1, 2))):
        start = data.draw(st.integers(0, len(text) - 1))
        terms.append(text[start : start + data.draw(st.integers(1, 8))])
    result = redacted(keeping(*terms, policy=policy), text)
    gone = touched(result)
    for term in terms:
        for start, end in occurrences(text, term):
            assert not gone & set(range(start, end)), (term, result.text)
    assert gone <= touched(redacted(made(policy).pipeline, text))


LEFT = {
    "a-longer-name": (["清河市"], "在清河市第一中学", "在清河市第一中学"),
    "a-part-of-a-value": (["华夏先锋集团"], "华夏先锋集团深圳分公司成立。", "华夏先锋集团×分公司成立。"),
    "makes-nothing-go": (["清溪"], "在绿水青山县。清溪湖和环湖路。", "在绿水青山县。清溪湖和×路。"),
    "proves-nothing": (["王建国"], "王建国来了，王建国说", "王建国来了，王建国说"),
    "as-it-reads": (["ＡＢ公司"], "AB公司和ＡＢ公司电话13800138000", "AB公司和ＡＢ公司电话×"),
    "over-itself-and-another": (["王建", "建国"], "请王建国同志牵头", "请王建国同志牵头"),
    "no-part-of-a-number": (["138"], "电话13800138000", "电话×"),
    "before-masked-terms": (["建国", "增长"], "请王建国同志牵头", "请×建国同志牵头"),
}


@pytest.mark.parametrize(("terms", "text", "left"), LEFT.values(), ids=LEFT)
def test_what_is_left(terms: list[str], text: str, left: str) -> None:
    assert redacted(keeping(*terms), text).text == left


def test_what_stands_is_no_finding() -> None:
    assert not redacted(keeping("王建国"), "请王建国同志牵头").findings


@pytest.mark.parametrize("policy", ["publish", "clean"])
def test_in_lines_that_go_a_term_keeps_its_line(policy: str) -> None:
    text = "扫码关注公众号，领取更多资料\r\n会员群：王建国　免费QQ群：12345678\r\n同志们：\r\n　　今天开会。\r\n"
    assert redacted(keeping("王建国", policy=policy), text).text == "王建国\r\n同志们：\r\n　　今天开会。\r\n"


def test_a_value_of_a_column_is_left_where_a_term_stands() -> None:
    assert keeping("王").redact_value("王建国", "PERSON", Memory()).text == "王×"
    assert keeping("王建国").redact_value("王建国", "PERSON", Memory()).text == "王建国"


def test_stretches_are_put_together() -> None:
    assert disjoint([(0, 3), (1, 2), (3, 4), (6, 7)]) == ((0, 4), (6, 7))


def test_parts_of_names_hide_no_less_than_names() -> None:
    assert redacted(keeping("张三", policy="court"), "请张三丰同志牵头").text == "请张三某同志牵头"


def test_what_stands_is_no_residue() -> None:
    pipeline = keeping("58亿元")
    result = redacted(pipeline, "共计58亿元和3亿元")
    (account,) = pipeline.account_all([("共计58亿元和3亿元", result)])
    assert [(each.kind, each.rule) for each in account] == [("kept-digits", "user.keep")]
