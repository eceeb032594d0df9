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
        ("000李李素华000李", "000李李某 000李"),
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


ALL = ("clean", "code", "court", "crossn", "fake", "label", "mou", "partial", "publish", "strip")
GENRES = [
    pytest.param(
        "主题：求助\n沙发　一棵白菜　22:59\n别光在网上喊，成立个维权小组，我认识江南正平律师事务所的温律师，免费咨询，一三八-0000-七七三四，企鹅号：九五二七一六三八零\n"
        "地板　热心网友　次日00:15\n@风吹麦浪 已加，验证消息填的“麦子”。\n地下室　管理员　2023-9-3 08:30\n请理性维权。邮箱 admin@yunling.example，Q：1 6 0 8 8 4 2\n",
        id="forum",
    ),
    pytest.param("书记员1. www.yunling-news.com2023年5月8日", id="an address that shows once a date is hidden"),
    pytest.param("QQ群：1 2 3 4 5 6 7 8 9", id="a label and nothing else"),
    pytest.param(
        "云岭县招商推介\n◆ 如意河文旅综合体：总投资30亿元。\n【联系我们】云岭县投资促进中心　阮主任13912345678　花蕾0999-7700381\n"
        "地址：云岭县滨江大道9号政务中心5楼　网址：www.yunling-invest.example\n云岭欢迎您！\n",
        id="prospectus",
    ),
    pytest.param(
        "浙江省临溪市云岭区人民法院\n民事判决书\n原告：王建国，男，1980年5月8日出生，住临溪市云岭区文三路18号5幢302室。联系电话：13912345678。\n"
        "被告：王建军、王丽。\n审判员　李海波\n书记员　孙丽\n",
        id="judgment",
    ),
    pytest.param(
        "到场\nhttp://a.example/x?tel=13812345678一、转载请注明来源关注公众号临溪市第一人民医院阿依古丽·买买提wang@mail.example\t",
        id="rest of a site",
    ),
    pytest.param(
        "本报讯(记者赵明 通讯员伏佳楠 孙炜钊)“各位党员同志们,无论身在何处打拼,今年", id="names beside names in a byline"
    ),
    pytest.param(
        "姓名\t电话\t单位\n王建国\t13912345678\t宏达商贸有限公司\n欧阳慧敏\t057188881234\t云岭县农业农村局\n",
        id="table",
    ),
]


@pytest.mark.parametrize("text", GENRES)
def test_every_policy_twice_is_once(text: str) -> None:
    for policy in ALL:
        redactor = made(policy)
        once = redactor.redact(text).text
        assert redactor.redact(once).text == once, policy


def test_what_an_earlier_run_has_left_is_no_boilerplate() -> None:
    """A surrogate reads as a number where the input had a disguised one."""
    line = (
        "成立个维权小组，我认识觞舻清为律师事务所的荇桅依光律师，免费咨询，009990427387902，企鹅号：0260268427387902\n"
    )
    text = f"和尚跑不了庙！\n{line}国家反诈热线96110，请记好。\n"
    assert made("fake").redact(text).text == text
    assert line not in made("publish").redact(text).text


SOUP = [
    [
        "联系人：",
        "电话：",
        "QQ：",
        "企鹅号：",
        "加扣扣群：",
        "微信号：",
        "地址：",
        "网址：",
        "免费咨询，",
        "【联系我们】",
        "QQ群：",
        "原告",
        "书记员",
    ],
    [
        "王建国",
        "李秀芝",
        "欧阳慧敏",
        "温师傅",
        "周",
        "云岭县",
        "文三路18号5幢302室",
        "滨河大道9号政务中心5楼",
        "江南正平律师事务所",
        "宏达商贸有限公司",
    ],
    [
        "13812345678",
        "九五二七一六三八零",
        "057188881234",
        "wang@mail.example",
        "www.yunling.example",
        "V：liumai0921",
        "30万元",
        "2023年5月8日",
        "86户",
    ],
    [
        "。",
        "，",
        "\n",
        "；",
        "同志",
        "（侵删）",
        "，欢迎您！\n",
        "扫码关注\n",
        "更多资料请",
        "到场\n",
        "转载请注明来源",
        "参加会议。",
        "\t",
    ],
]
"""What a text is mixed of that may be a site's, a letter's or a list's."""


@draws(400)
@given(st.lists(st.sampled_from(SOUP).flatmap(st.sampled_from), min_size=2, max_size=14), st.sampled_from(ALL))
def test_what_is_left_of_a_line_is_not_taken_by_a_second_run(words: list[str], policy: str) -> None:
    redactor = made(policy)
    text = "".join(words)
    once = redactor.redact(text)
    assert_intact(text, once.text, once.edits)
    assert redactor.redact(once.text).text == once.text


def test_a_label_takes_the_place_of_one_inside_its_value() -> None:
    """Found by fuzzing: an address that shows only once another one inside it is hidden, as text that runs from right to left is seen."""
    text = "g@m\u202e\u3000g@l.cn @il."
    assert made("label").redact(text).text == "【邮箱2】"
