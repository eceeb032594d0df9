"""What stays in published judgments under `court`, and what goes."""

from __future__ import annotations

import pytest

from tests.conftest import made


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("原告王建国与被告王建军、李强纠纷一案，王建国到庭。", "原告王某与被告王某2、李某纠纷一案，王某到庭。"),
        ("审　判　长　　王建国\n书　记　员　　孙丽", "审　判　长　　王建国\n书　记　员　　孙丽"),
        ("由审判员李海波、人民陪审员张丽、王芳组成合议庭。", "由审判员李海波、人民陪审员张丽、王芳组成合议庭。"),
        ("审判员李海波，被告王建国到庭。", "审判员李海波，被告王某到庭。"),
        ("委托诉讼代理人：周明远，浙江正平律师事务所律师。", "委托诉讼代理人：周明远，浙江正平律师事务所律师。"),
        ("委托诉讼代理人：王建国，系原告之子。", "委托诉讼代理人：王某，系原告之子。"),
        ("原告王建国申请杭州市西湖区人民法院强制执行。", "原告王某申请杭州市西湖区人民法院强制执行。"),
        (
            "上诉人王建国不服浙江省杭州市西湖区人民法院（2022）浙0106民初876号判决。",
            "上诉人王某不服浙江省杭州市西湖区人民法院（2022）浙0106民初876号判决。",
        ),
        ("原告王建国，联系电话：13812345678。", "原告王某。"),
    ],
)
def test_court(text: str, left: str) -> None:
    redactor = made("court")
    assert redactor.redact(text).text == left
    assert redactor.redact(left).text == left


def test_other_policies_hide_the_bench() -> None:
    assert made("publish").redact("审判员李海波独任审理此案。").text == "审判员×独任审理此案。"
