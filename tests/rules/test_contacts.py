"""Contacts of the test grammar: value, context and neighbours are drawn; the value goes whole, the rest stays.

The example numbers of fixed and mobile lines are those of the package phonenumbers (facts of the numbering plans).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from redactor import Redactor
from redactor.policy.load import load_policy
from tests.draws import draws
from tests.rules.grammar import ABROAD, IPS, LANDLINES, MACS, MAILS, MOBILES, PLATES, URLS, WORDS, either, plain, values

CONTACTS = ("PHONE_NUMBER", "EMAIL_ADDRESS", "URL", "IP_ADDRESS", "QQ_NUMBER", "WECHAT_ID", "CN_LICENSE_PLATE")
PLAN = {
    "CN": ("+86", "0", {"10 1234 5678": "010 1234 5678", "131 2345 6789": "131 2345 6789"}),
    "HK": ("+852", "", {"2123 4567": "2123 4567", "5123 4567": "5123 4567"}),
    "MO": ("+853", "", {"2821 2345": "2821 2345", "6612 3456": "6612 3456"}),
    "TW": ("+886", "0", {"2 2123 4567": "02 2123 4567", "912 345 678": "0912 345 678"}),
}
LABELS = [
    "电话：{}",
    "联系电话{}。",
    "手机：{}",
    "Tel: {}",
    "传真 {}，",
    "（电话：{}）",
    "致电{}咨询",
    "办公电话是{}；",
    "电话\t{}\n年级",
]


@cache
def contacts() -> Redactor:
    """With contacts alone, so that what stands beside a value is nobody else's."""
    policy = load_policy("publish")
    return Redactor(replace(policy, operators={entity: policy.operator(entity) for entity in CONTACTS}), ner="none")


def examples() -> list[tuple[str, str]]:
    found = []
    for region, (code, _, numbers) in PLAN.items():
        for abroad, home in numbers.items():
            bare = abroad.replace(" ", "")
            for form in (
                home,
                home.replace(" ", ""),
                home.replace(" ", "-"),
                home.replace(" ", "—"),
                home.replace(" ", "."),
                f"{code} {abroad}",
                f"{code}-{abroad.replace(' ', '-')}",
                f"{code}{bare}",
                f"{code.replace('+', '00')}{bare}",
                f"({code}) {abroad}",
            ):
                found.append((region, form))
    return found


@pytest.mark.parametrize(("region", "number"), examples())
def test_example_numbers_of_the_numbering_plans(region: str, number: str) -> None:
    for label in LABELS:
        assert contacts().redact(label.format(number)).text == label.format("×")


SURE = {
    "mobile": MOBILES,
    "landline": LANDLINES,
    "abroad": ABROAD,
    "mail": MAILS,
    "url": URLS,
    "address": either(IPS, MACS),
    "plate": PLATES,
}
"""Kinds that are known without a label."""
BEFORE = ["", "请找", "（", "“", "留的是", "1、", "2\t", "：", "\n", "上午9时\n", "共12户；", "三是", "| 3 | ", "和"]
AFTER = ["", "。", "，谢谢", "）", "”", "；共12户", "\t5", "\n2、下一项", "\n12\t", "即可", "、", " | 6 |", "\r\n三"]


@pytest.mark.parametrize("kind", SURE)
def test_a_value_goes_whole_and_its_neighbours_stay(kind: str) -> None:
    @draws(120, derandomize=True)
    @given(value=values(SURE[kind]), before=st.sampled_from(BEFORE), after=st.sampled_from(AFTER))
    @example(value="‹13900001111›", before="（", after="）")
    def check(value: str, before: str, after: str) -> None:
        text = f"{before}{plain(value)}{after}"
        output = contacts().redact(text).text
        assert output == f"{before}×{after}", text
        assert contacts().redact(output).text == output

    check()


@draws(100, derandomize=True)
@given(
    name=st.sampled_from(["甲", "值班室", "电话", "账号", "联系电话："]),
    value=values(either(MOBILES, LANDLINES)),
    gap=st.sampled_from(["   ", "    ", "\u3000\u3000"]),
    more=st.lists(st.integers(1, 9999), min_size=1, max_size=3),
)
def test_a_number_ends_with_its_column(name: str, value: str, gap: str, more: list[int]) -> None:
    row = gap.join([plain(value), *map(str, more)])
    assert contacts().redact(f"{name}{gap}{row}").text.endswith(gap.join(["×", *map(str, more)])), row


ACCOUNTS = [
    ("QQ{}：", "QQ_NUMBER", ["", "号", "群", "号码"]),
    ("扣扣{}", "QQ_NUMBER", ["", "号", "群", "："]),
    ("微信{}：", "WECHAT_ID", ["", "号", "账号", "公众号"]),
    ("{}：", "WECHAT_ID", ["VX", "薇信", "V信", "加V", "WeChat", "wx"]),
]


@draws(150, derandomize=True)
@given(data=st.data())
def test_an_account_behind_its_label(data: st.DataObject) -> None:
    frame, entity, inner = data.draw(st.sampled_from(ACCOUNTS))
    label = frame.format(data.draw(st.sampled_from(inner)))
    if entity == "QQ_NUMBER":
        value = str(data.draw(st.integers(123_456, 9_999_999_999)))
    else:
        value = (
            data.draw(st.sampled_from("abkmz"))
            + data.draw(values(WORDS))
            + data.draw(st.sampled_from(["_01", "-x9", "2020"]))
        )
    before, after = (
        data.draw(st.sampled_from(["", "加入", "和", "2、"])),
        data.draw(st.sampled_from(["", "。", "，备注", "\n2", "\n三"])),
    )
    text = f"{before}{label}{value}{after}"
    result = contacts().redact(text)
    assert result.text == f"{before}{label}×{after}", text
    assert [finding.entity for finding in result.findings] == [entity]


UNTOUCHED = [
    "QQ 图（quantile plot）",
    "共120平方米，110kV线路，122户",
    "拨打110报警、120急救",
    "12345热线转办",
    "look at 192.168.1.1.1 now",
    "price at noon, look at example",
    "README.md、main.py、Node.js、ASP.NET",
    "std::vector、12:30:45、3:4:5",
    "电话采访、手机销量35000台、热线接听12345个",
    "掩码255.255.255.0，本机127.0.0.1",
    "电话：2023-05-06",
    "微信支付、微信小程序、wxPython",
    "第1.2.3.4条",
    "转1000元、内线3个",
    "手机138****8000",
    "发到xx@xx.com、XX@example.com或xx-xx@xx.com",
    "**重点**和XX-XXX",
    "1 3 5 7 9 11 13 15",
]


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_only_looks_like_a_contact_stays(text: str) -> None:
    assert contacts().redact(text).text == text
