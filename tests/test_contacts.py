"""Contacts made by a grammar of their own: value, context and neighbours are drawn; the value goes whole, the rest stays.

The example numbers of fixed and mobile lines are those of the package phonenumbers (facts of the numbering plans).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from redactor import Redactor
from redactor.policy import load_policy

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


digits = st.sampled_from("0123456789")
GAPS = ["", " ", "-", "–", "—", "－", ".", "·", "  ", " - "]


@st.composite
def numbers(draw: st.DrawFn, heads: tuple[str, ...], size: int, groups: tuple[tuple[int, ...], ...]) -> str:
    """A number of `size` digits that begins with one of the heads, its groups set apart by one sort of gap."""
    head = draw(st.sampled_from(heads))
    rest = "".join(draw(st.lists(digits, min_size=size - len(head), max_size=size - len(head))))
    written, gap = head + rest, draw(st.sampled_from(GAPS))
    pieces, at = [], 0
    for group in draw(st.sampled_from(groups)):
        pieces.append(written[at : at + group])
        at += group
    return gap.join(pieces)


MOBILES = st.builds(
    "{}{}".format,
    st.sampled_from(["", "", "", "+86 ", "+86", "+86-", "(+86)", "（+86）", "0086 ", "86-"]),
    numbers(("133", "138", "150", "166", "178", "199"), 11, ((11,), (3, 4, 4), (3, 8), (7, 4), (3, 3, 5))),
)
EXTENSIONS = st.one_of(
    st.just(""),
    st.builds("{}{}".format, st.sampled_from(["转", "-", "分机", "内线", " ext. ", "转分机"]), st.integers(100, 9999)),
)
LANDLINES = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ["0566-", "(0566)", "（0566）", "0566—", "0566 ", "+86 566 ", "86-566-", "[0566]", "0566", "+86(566)"]
    ),
    numbers(("22", "35", "48", "61", "87"), 7, ((7,), (3, 4))).filter(lambda n: "." not in n and "·" not in n),
    EXTENSIONS,
)
ABROAD = st.builds(
    "{}{}{}".format,
    st.sampled_from(["+852", "+853", "(852)", "（853）", "+886 2", "852-"]),
    st.sampled_from(["", " ", "-"]),
    numbers(("23", "28", "66", "98"), 8, ((8,), (4, 4))).filter(lambda n: "  " not in n and " - " not in n),
).filter(lambda n: not n.startswith(("852--", "852- ")))
WORDS = st.text("abcdefghkmnpqrstuvwxyz0123456789", min_size=2, max_size=9).filter(lambda w: not w.isdigit())
DOMAINS = st.builds(
    "{}.{}".format, WORDS, st.sampled_from(["com", "cn", "com.cn", "org", "net.cn", "museum", "co.uk", "xn--fiqs8s"])
)
MAILS = st.builds(
    "{}{}{}@{}".format,
    WORDS,
    st.sampled_from(["", ".", "_", "-", "+", "_1"]),
    WORDS,
    st.one_of(DOMAINS, st.just("例子.中国")),
)
URLS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP://", "hTTps://", "ftp://", "https://u:p4ss@"]),
    st.one_of(DOMAINS, st.just("www.测试.com"), st.just("203.0.113.9:8080"), st.just("[2001:db8::7]")),
    st.sampled_from(["", "/", "/a/b.html", "/~x"]),
    st.sampled_from(["", "?tel=13900001111", "?m=li@example.com&x=1", "#top", "?a=b_(c)"]),
)
ADDRESSES = st.one_of(
    st.ip_addresses(v=4).map(str).filter(lambda a: not a.startswith(("0.", "127.", "255.", "224."))),
    st.sampled_from(["2001:db8::7", "fe80::1%eth0", "::ffff:203.0.113.9", "64:ff9b::203.0.113.9", "2001:db8::/32"]),
    st.sampled_from(["00:1A:2b:3C:4d:5E", "00-1a-2b-3c-4d-5e", "001a.2b3c.4d5e"]),
)
PLATES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from("京沪皖川粤"),
    st.sampled_from("ABCDEFGH"),
    st.sampled_from(["", "·", " ", "-", "•"]),
    st.sampled_from(["12345", "8D3K7", "D12345", "F51234", "DA1234", "1234挂", "9876学"]),
)
SURE = {
    "mobile": (MOBILES, True),
    "landline": (LANDLINES, True),
    "abroad": (ABROAD, True),
    "mail": (MAILS, False),
    "url": (URLS, False),
    "address": (ADDRESSES, False),
    "plate": (PLATES, False),
}
"""Kinds that are known without a label, and whether digits beside them would be more of them."""
BEFORE = ["", "请找", "（", "“", "留的是", "1、", "2\t", "：", "\n", "上午9时\n", "共12户；", "三是", "| 3 | ", "和"]
AFTER = ["", "。", "，谢谢", "）", "”", "；共12户", "\t5", "\n2、下一项", "\n12\t", "即可", "、", " | 6 |", "\r\n三"]


@pytest.mark.parametrize("kind", SURE)
def test_a_value_goes_whole_and_its_neighbours_stay(kind: str) -> None:
    values, _ = SURE[kind]

    @settings(max_examples=120, deadline=None)
    @given(value=values, before=st.sampled_from(BEFORE), after=st.sampled_from(AFTER))
    @example(value="13900001111", before="（", after="）")
    def check(value: str, before: str, after: str) -> None:
        text = f"{before}{value}{after}"
        output = contacts().redact(text).text
        assert output == f"{before}×{after}", text
        assert contacts().redact(output).text == output

    check()


ACCOUNTS = [
    ("QQ{}：", "QQ_NUMBER", ["", "号", "群", "号码"]),
    ("扣扣{}", "QQ_NUMBER", ["", "号", "群", "："]),
    ("微信{}：", "WECHAT_ID", ["", "号", "账号", "公众号"]),
    ("{}：", "WECHAT_ID", ["VX", "薇信", "V信", "加V", "WeChat", "wx"]),
]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_an_account_behind_its_label(data: st.DataObject) -> None:
    frame, entity, inner = data.draw(st.sampled_from(ACCOUNTS))
    label = frame.format(data.draw(st.sampled_from(inner)))
    if entity == "QQ_NUMBER":
        value = str(data.draw(st.integers(123_456, 9_999_999_999)))
    else:
        value = (
            data.draw(st.sampled_from("abkmz")) + data.draw(WORDS) + data.draw(st.sampled_from(["_01", "-x9", "2020"]))
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
    "1 3 5 7 9 11 13 15",
]


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_only_looks_like_a_contact_stays(text: str) -> None:
    assert contacts().redact(text).text == text
