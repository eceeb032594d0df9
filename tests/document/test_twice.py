"""Redacting twice is redacting once, of names beside names and of figures beside escapes; and no escape is cut."""

from __future__ import annotations

import pytest
import regex
from hypothesis import assume, given
from hypothesis import strategies as st

from redactor.document.edits import assert_intact
from tests.conftest import made
from tests.draws import draws

POLICIES = ("court", "label", "strip", "publish")
NAMES = [
    "李素华",
    "李",
    "王建国",
    "王建",
    "佟佳",
    "佟佳明",
    "某",
    "李某",
    "王某国",
    "同志",
    "000",
    "，",
    "在云岭县",
    "某日",
    "说",
]
"""What names stand beside, and what is left of them."""


@pytest.mark.parametrize(
    ("text", "court"),
    [
        ("000李李素华000李", "000李李某000李"),
        ("请佟佳明同志发言", "请佟佳某同志发言"),
        ("请佟佳某同志发言", "请佟佳某同志发言"),
        ("王建国某日到会", "王某某日到会"),
        ("王某国和王建国同志到会。", "王某国和王某2同志到会。"),
    ],
)
def test_a_surname_beside_its_signs_is_no_end_of_another_name(text: str, court: str) -> None:
    redactor = made("court", ner="none", mask=("李素华",))
    assert redactor.redact(text).text == court
    assert redactor.redact(court).text == court


@draws(300)
@given(st.lists(st.sampled_from(NAMES), min_size=2, max_size=6), st.sampled_from(POLICIES), st.booleans())
def test_names_beside_names_twice_is_once(words: list[str], policy: str, given_too: bool) -> None:
    redactor = made(policy, ner="none", mask=("李素华",) if given_too else ())
    text = "".join(words)
    once = redactor.redact(text)
    assert_intact(text, once.text, once.edits)
    assert redactor.redact(once.text).text == once.text


ESCAPE = regex.compile(r"%[0-9A-F]{2}")
NUMBER_FIRST = regex.compile(r"\d%\d\d")
"""In a field that no address stands before, this may be a percentage with a number behind it."""


@draws(300)
@given(
    st.lists(
        st.sampled_from(["%0A", "%20", "%E5", "%2F", "%41", "12", "0", "亩", "a", "万元", "同比增长", "%"]), max_size=7
    ),
    st.sampled_from(["http://a.cn/", "见http://a.cn/x?q=", "?id=", "&n=1"]),
    st.sampled_from(POLICIES),
)
def test_no_figure_cuts_into_an_escape_of_an_address(words: list[str], head: str, policy: str) -> None:
    redactor = made(policy, ner="none", only=("QUANTITY", "PERCENT", "MONEY"))
    text = head + "".join(word for word in words if head[:1] not in "?&" or (word.isascii() and word != "%"))
    assume("://" in head or not NUMBER_FIRST.search(text))
    result = redactor.redact(text)
    assert_intact(text, result.text, result.edits)
    for match in ESCAPE.finditer(text) if "%%" not in text else ():
        start, end = match.span()
        if all(char.isascii() for char in text[len(head) : end]):
            assert not any(start < edge < end for edit in result.edits for edge in (edit.start, edit.end))
    assert redactor.redact(result.text).text == result.text


@pytest.mark.parametrize("text", ["%0A12", "访问量%0A12%增长", "见%2F7亩"])
def test_an_escape_with_a_letter_stays_whole(text: str) -> None:
    result = made("publish", ner="none").redact(text)
    assert ESCAPE.findall(result.text) == ESCAPE.findall(text)
    assert made("publish", ner="none").redact("增长50%0亩").text == "增长×%×亩"


@pytest.mark.parametrize("policy", ["court", "crossn", "mou", "partial"])
def test_the_masks_of_every_style_are_left_alone(policy: str) -> None:
    text = (
        "请王建国、欧阳慧敏同志到云岭县，拨款30万元，共86户，2023年5月8日，电话13900001111，邮箱zhangsan@163.com，身份证号11010119900307109X，"
        "座机0999-6210088，车牌号宁A·67890，微信号liming_2020，QQ：306655221，银行卡号6222021234567890128。"
    )
    once = made(policy).redact(text).text
    assert once != text
    assert made(policy).redact(once).text == once
