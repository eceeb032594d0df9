"""Tables: the same names of columns and the same ways of saying "none" in a table of text as in a file of cells."""

from __future__ import annotations

import pytest

from redactor import Redactor
from redactor.detect.headers import entity_of, is_no_value, known_names
from redactor.model import ENTITIES
from tests.build.tables import redacted


@pytest.fixture(scope="module")
def publish() -> Redactor:
    return Redactor()


TABLES = {
    "no-values": (
        "姓名,电话,住址\n暂无,不详,未知\n张小明,0999-6210088,下头七家\n",
        "姓名,电话,住址\n暂无,不详,未知\n×,×,×\n",
    ),
    "no-value-in-english": ("name,mobile,address\nNULL,n/a,Unknown\n张小明,0999-6210088,--\n", "name,mobile,address\nNULL,n/a,Unknown\n×,×,--\n"),
    "numbers-of-documents": ("学号,工号\n2021070133,7\n同上,空\n", "学号,工号\n×,×\n同上,空\n"),
    "a-remark-in-the-header": ("联系人（必填）,备注\n拉巴,合格\n", "联系人（必填）,备注\n×,合格\n"),
    "english": ("id,Full Name,id_card\n一,拉巴,1\n", "id,Full Name,id_card\n一,×,×\n"),
    "masked": ("姓名,住址\n×,××县\n某某,某县\n", "姓名,住址\n×,××县\n某某,某县\n"),
    "nothing-but-a-rule": ("姓名,备注\n---,:--:\n拉巴,合格\n", "姓名,备注\n---,:--:\n×,合格\n"),
    "blanks": ("姓 名,微信号\n 拉巴 ,laba66\n", "姓 名,微信号\n × ,×\n"),
}  # fmt: skip


@pytest.mark.parametrize(("table", "expected"), TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("separator", [",", "\t"], ids=["comma", "tab"])
def test_a_table_is_the_same_as_cells_and_as_text(publish: Redactor, table: str, expected: str, separator: str) -> None:
    table, expected = table.replace(",", separator), expected.replace(",", separator)
    assert publish.redact(table).text == expected
    out, _ = redacted("csv", table.encode(), publish)
    assert out.decode() == expected


@pytest.mark.sampled(5)
@pytest.mark.parametrize("name", known_names())
def test_every_known_name_heads_a_column_of_text(publish: Redactor, name: str) -> None:
    assert entity_of(name) in ENTITIES
    assert publish.redact(f"类,{name}\n甲,拉巴\n").text == f"类,{name}\n甲,×\n"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("云岭县石桥镇", "×县×镇"),
        ("云岭县石桥镇岩脚", "×县×镇×"),  # what no rule knows, beside what one does
        ("石桥镇（原大坪乡）岩脚", "×镇（原×乡）×"),
        ("×县×镇镇政府", "×县×镇镇政府"),  # masked already: another has decided what stays
        ("石桥镇大坪村三社岩脚", "×镇×村三社×"),
        ("下头七家", "×"),
    ],
)
def test_in_text_the_class_words_of_an_address_stay(publish: Redactor, address: str, expected: str) -> None:
    body = "屋后的岩脚有水。"  # an address proves nothing elsewhere by what was left of it
    assert publish.redact(f"地址,类别\n{address},甲\n\n{body}\n").text == f"地址,类别\n{expected},甲\n\n{body}\n"


def test_of_a_link_in_a_cell_goes_what_it_says_and_where_it_leads(publish: Redactor) -> None:
    table = (
        "| 章 | 负责人 |\n| --- | :-: |\n| 一 | [拉巴](https://a.example/laba) |\n| 二 | [](https://a.example/x) |\n"
    )
    assert publish.redact(table).text == "| 章 | 负责人 |\n| --- | :-: |\n| 一 | [×](×) |\n| 二 | [](×) |\n"
    strip = Redactor("strip")
    once = strip.redact(table).text
    assert "拉巴" not in once
    assert strip.redact(once).text == once


def test_no_table(publish: Redactor) -> None:
    prose = [
        "电话，没有人接。\n门口，有人等着。\n",
        "name and address\nfoo and bar\n",
        "姓名：\t电话：\n单位：\t职务：\n",
    ]
    assert [(f.rule, text) for text in prose for f in publish.scan(text) if f.rule == "tables.columns"] == []


@pytest.mark.parametrize("word", ["", " ", "-", "无", "N/A", "Null", "不详", "暂无"])
def test_words_for_no_value(word: str) -> None:
    assert is_no_value(word)
    assert not is_no_value(f"{word}1")
