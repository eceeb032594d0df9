"""Identifiers and addresses: values in contexts; a number goes whole, and nothing beside it goes along."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from redactor import Redactor
from redactor.detect.validators import VALIDATORS
from tests.conftest import made
from tests.draws import draws
from tests.rules.grammar import CODE_SIGNS, ID_BODIES, ID_GAPS, ID_GROUPS, grouped, luhn, values, with_check

LABELLED = [
    "{label}：{value}",
    "{label}{value}，已登记",
    "{label} {value}。",
    "（{label}：{value}）",
    "甲\t{label}：{value}\t乙",
    "登记的{label}（{value}）",
    "{label}：{value}\n项目：道路",
    "{label}{value}\n年级：三",
]
EDGES = ["", "，", "（", "）", "\t", "\n", "。", "户主", "：", " "]


@pytest.fixture(scope="module")
def rules() -> Redactor:
    return made(ner="none")


@draws(150, derandomize=True)
@given(
    body=values(ID_BODIES),
    sizes=st.sampled_from(ID_GROUPS),
    sign=st.sampled_from(ID_GAPS),
    lower=st.booleans(),
    left=st.sampled_from(EDGES),
    right=st.sampled_from(EDGES),
)
@example(body="11010119900307109", sizes=(6, 8, 4), sign="\u3000", lower=True, left="（", right="）")
def test_resident_numbers_go_whole_in_any_grouping(
    rules: Redactor, body: str, sizes: tuple[int, ...], sign: str, lower: bool, left: str, right: str
) -> None:
    number = with_check(body)
    value = grouped(number.lower() if lower else number, sizes, sign)
    text = f"甲{left}{value}{right}乙"
    once = rules.redact(text).text
    assert once == f"甲{left}×{right}乙"
    assert rules.redact(once).text == once


@draws(60, derandomize=True)
@given(
    digits=st.text("0123456789", min_size=12, max_size=15),
    sizes=st.sampled_from([(19,), (4, 4, 4, 4, 3), (6, 13)]),
    sign=st.sampled_from([" ", "-", "·"]),
    frame=st.sampled_from(["汇到{}。", "（银行卡{}）", "收款账户：{}", "卡号{}，已挂失"]),
)
def test_bank_cards_go_whole(rules: Redactor, digits: str, sizes: tuple[int, ...], sign: str, frame: str) -> None:
    value = grouped(luhn(f"622{digits}"), sizes, sign).strip(sign)
    assert rules.redact(frame.format(value)).text == frame.format("×")


@pytest.mark.parametrize("sign", ["", " ", "-", "·"])
@pytest.mark.parametrize("lower", [False, True], ids=["upper", "lower"])
def test_credit_codes_go_whole_in_any_case_and_grouping(rules: Redactor, sign: str, lower: bool) -> None:
    code = "91350100M000100Y43"
    value = grouped(code.lower() if lower else code, (2, 6, 9, 1), sign)
    assert VALIDATORS["cn-uscc"](value)
    for frame in ("信用代码：{}", "（{}）", "信用代码{}，"):
        assert rules.redact(frame.format(value)).text == frame.format("×")


@pytest.mark.parametrize("frame", LABELLED)
@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("订单号", "20240305-0391"),
        ("运单编号", "SF1234567890123"),
        ("流水号", "20260101138001380"),
        ("工单", "20240305-0391"),
        ("合同编号", "HT-2023-018"),
        ("保单号", "PDAA202344010000012345"),
        ("发票号码", "12345678"),
        ("证券代码", "873998"),
        ("采购编号", "2023NCZ（QG）000427"),
        ("住院号", "00382651"),
        ("军官证", "0012345"),
        ("护照号", "E12345678"),
        ("回乡证", "H1234567801"),
        ("邮编", "518057"),
        ("房号", "1702"),
        ("律师执业证", "13401201010123456"),
        ("账户", "12345678"),
        ("不动产单元号", "340102001001GB00012F00010001"),
    ],
)
def test_labelled_numbers_go_whole(rules: Redactor, label: str, value: str, frame: str) -> None:
    text = frame.format(label=label, value=value)
    assert rules.redact(text).text == frame.format(label=label, value="×")


@pytest.mark.parametrize(
    "title", ["行政处罚决定书", "关于同意设立清溪小学的批复", "告知书", "云岭县市场监督管理局\n行政处罚决定书", "通知"]
)
@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("云市监罚〔2023〕56号", "×"),
        ("云公（治）行罚决字〔2023〕00123号", "×"),
        ("云政发〔2023〕5号", "×政发〔×〕×号"),
        ("（2022）云0391民初4521号", "×"),
    ],
)
def test_a_number_takes_nothing_of_the_line_above(rules: Redactor, title: str, number: str, expected: str) -> None:
    out = rules.redact(f"{title}\n{number}\n\n各乡镇：").text
    assert out.endswith(f"{rules.redact(title).text.splitlines()[-1]}\n{expected}\n\n各乡镇：")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("发票号03456789、03456790", "发票号×、×"),
        ("发票号码：03456789～03456799，已核", "发票号码：×～×，已核"),
        ("学号2020110345和2020110346", "学号×和×"),
        ("乘MU5101次航班，转G7015次列车", "乘×次航班，转×次列车"),
        ("设备550e8400-e29b-41d4-a716-446655440000", "设备×"),
        ("wifi密码88888888，房间密码 8848", "wifi密码×，房间密码 ×"),
        ("护照E1234 5678", "护照×"),
        ("持有000651.SZ", "持有×"),
    ],
)
def test_further_numbers_go_whole(rules: Redactor, text: str, expected: str) -> None:
    assert rules.redact(text).text == expected


@pytest.mark.parametrize("lead", ["作出", "不服", "根据", "收到", "《决定》（", "本院", "的", "，", "文号："])
def test_a_number_takes_nothing_of_the_sentence_before(rules: Redactor, lead: str) -> None:
    assert rules.redact(f"当事人{lead}云市监罚〔2023〕56号一事").text == f"当事人{lead}×一事"


@pytest.mark.parametrize("brackets", ["（{}）", "({})", "【{}】", "“{}”"])
@pytest.mark.parametrize("value", ["19040112083", "YX-SP-20230417-088", "A123456(7)", "2023NCZ（QG）000427"])
def test_a_number_takes_no_bracket_along(rules: Redactor, brackets: str, value: str) -> None:
    text = brackets.format(f"执法证号：{value}")
    assert rules.redact(text).text == brackets.format("执法证号：×")


@pytest.mark.parametrize(
    "text",
    [
        "合同编号如下",
        "订单增长",
        "订单已签收",
        "身份证复印件",
        "型号：A320",
        "货号：A1",
        "版本号：2.0.1",
        "错误代码：404",
        "国发〔2019〕12号",
        "订单编号 20191231138001380001 共三件",
        "邮编 100000",
        "里弄改造",
        "密码错误",
        "密码：至少8位",
        "证件110101********002X。",
    ],
)
def test_what_is_no_number_of_anybody_stays(rules: Redactor, text: str) -> None:
    assert rules.redact(text).text == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("住址：幸福里二栋四零二", "住址：×二栋×"),
        ("地址：滨江大道9028号益云假日广场", "地址：×大道×号×广场"),
        ("家住清溪路66弄12号301室", "家住×路×弄×号×室"),
        ("住A3栋5楼", "住×栋×楼"),
        ("B座1208", "B座×"),
        ("12座7E", "×座×"),
        ("A栋18C08", "A栋×"),
        ("1号内202", "×号内×"),
        ("9#1402", "×#×"),
        ("15号之3", "×号之×"),
        ("房号：3-2-501", "房号：×-×-×"),
        ("测点31.230416,121.473701", "测点×"),
        ("K12+300处", "×处"),
    ],
)
def test_addresses_go_down_to_the_room(rules: Redactor, text: str, expected: str) -> None:
    assert rules.redact(text).text == expected


def test_xx_inside_a_credit_code_is_part_of_it(rules: Redactor) -> None:
    code = next(f"92340621MA2UK2XX2{c}" for c in CODE_SIGNS if VALIDATORS["cn-uscc"](f"92340621MA2UK2XX2{c}"))
    assert rules.redact(f"信用代码：{code}，张XX").text == "信用代码：×，张XX"
    assert rules.redact("证件9234XXXX2121").text == "证件9234XXXX2121"
