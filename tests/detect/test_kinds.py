"""Where the name of a body ends and words for its kind begin."""

from __future__ import annotations

import pytest

from redactor.detect.kinds import is_unnamed, name_ends


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("云岭县民族中学", "云岭县"),
        ("槐荫里营业部", "槐荫里"),
        ("临溪分拨中心", "临溪"),
        ("大柳村三社", "大柳村"),
        ("鹿角山茶园", "鹿角山"),
        ("白龙港多式联运物流园", "白龙港"),
        ("江北省市场监督管理", "江北省"),  # what was found may end before the class word
        ("阳光敬老院", "阳光"),
        ("飞燕快递", "飞燕快递"),
        ("西岭控股", "西岭控股"),  # 股 is a class word of its own elsewhere
    ],
)
def test_a_name_ends_where_its_kind_begins(body: str, name: str) -> None:
    assert body[: name_ends(body, 0, len(body))] == name


@pytest.mark.parametrize("body", ["县农业农村局", "旗第一小学", "市城投公司", "区残联", "镇农技站"])
def test_a_body_of_a_division_that_is_not_named_is_none(body: str) -> None:
    assert is_unnamed(body, 0, len(body))


@pytest.mark.parametrize("body", ["云岭县公安局", "第三中学", "旗山", "镇海中学", "市桥小学"])
def test_one_with_a_name_or_a_number_of_its_own_is_one(body: str) -> None:
    assert not is_unnamed(body, 0, len(body))
