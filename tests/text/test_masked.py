"""What counts as masked already, and what only looks like it because it is part of a longer value."""

from __future__ import annotations

import pytest

from redactor.text.masked import masked_spans

MASKED = [
    ("请×同志牵头", ["×"]),
    ("XX县XXX同志", ["XX", "XXX"]),
    ("发到xx@xx.com", ["xx"]),
    ("发到xx-xx@xx.com", ["xx", "xx"]),
    ("编号XX-XXX", ["XX", "XXX"]),
    ("编号HT-2023-XXX。", ["XXX"]),
    ("手机138****8000", []),
    ("**重点**", ["**", "**"]),
    ("姓名____", ["____"]),
]
PARTS = [
    "xx_li@例子.中国",
    "li_xx@例子.中国",
    "li_xx-xx@例子.中国",
    "xx_xaa@example.com",
    "XX-2023-001",
    "XX_XX_2023",
    "xx/2023/001",
    "YB-XX-00231",
    "https://xx_a.example.com/xx/XX.html?m=1a**b&n=__",
    "http://www.测试.com/xx/**",
    "MA2UK2XX21",
]


@pytest.mark.parametrize(("text", "masks"), MASKED)
def test_signs_of_a_mask(text: str, masks: list[str]) -> None:
    assert [text[start:end] for start, end in masked_spans(text)] == masks


@pytest.mark.parametrize("value", PARTS)
@pytest.mark.parametrize("frame", ["{}", "见{}。", "（{}）", "（{}，XX县）"])
def test_parts_of_a_value(value: str, frame: str) -> None:
    text = frame.format(value)
    assert [text[start:end] for start, end in masked_spans(text)] == (["XX"] if "XX县" in frame else [])
