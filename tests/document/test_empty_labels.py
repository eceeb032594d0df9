"""Labels go with their values where values are deleted, and nothing else does."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.document.edits import assert_intact
from redactor.document.empty_labels import empty_labels
from redactor.model import Edit
from tests.conftest import made
from tests.draws import draws


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("参会人员：王建国、李秀芝、周明远。", ""),
        ("联系人：王建国，电话：13812345678。", ""),
        ("课程，联系电话：13812345678", "课程，"),
        ("课程，联系电话：13812345678。", "课程。"),
        ("课程，联系电话：13812345678，地址待定。", "课程，地址待定。"),
        ("联系人：王建国，请准时到会。", "请准时到会。"),
        ("会议结束。联系人：王建国，电话：13812345678。请转发。", "会议结束。请转发。"),
        ("见附件（联系人：王建国（13812345678））。", "见附件。"),
        ("（联系人：王建国，详见附件）", "（详见附件）"),
        ("联系人：王建国\r\n电话：13812345678\r\n\r\n正文。", "\r\n\r\n\r\n正文。"),
        ("联 系 人：王建国　电话：13812345678", ""),
        ("QQ群：306655221，IP地址：10.1.2.3。", ""),
        ("Contact: 王建国, Tel: 13812345678.", ""),
        ("联系人：王建国同志，请转告。", "联系人：同志，请转告。"),
        ("联系人：\n王建国，请转告。", "联系人：\n，请转告。"),
        ("联系人：，电话：待定。", "联系人：，电话：待定。"),
        ("报名方法如下：请王建国同志联系。", "报名方法如下：请同志联系。"),
    ],
)
def test_labels_go_with_their_values(text: str, left: str) -> None:
    assert made("strip").redact(text).text == left


def test_labels_go_under_other_policies_that_delete() -> None:
    assert made("court").redact("原告王建国，联系电话：13812345678。").text.endswith("。")
    assert "电话" not in made("court").redact("原告王建国，联系电话：13812345678。").text
    assert "电话：×" in made("publish").redact("原告王建国，联系电话：13812345678。").text


def test_what_stands_keeps_its_label() -> None:
    text = "联系人：王建国、李秀芝。"
    edits = [Edit(4, 7, "", "PERSON", "r"), Edit(8, 11, "", "PERSON", "r")]
    assert empty_labels(text, edits, [], lambda _: True)
    assert empty_labels(text, edits, [(8, 11)], lambda _: True) == []
    assert empty_labels(text, edits, [], lambda _: False) == []
    shown = [edits[0], Edit(8, 11, "李某", "PERSON", "r")]
    assert empty_labels(text, shown, [], lambda _: True) == []


PARTS = st.lists(
    st.sampled_from(
        [
            "联系人",
            "电话",
            "课程",
            "：",
            ":",
            "，",
            "、",
            "。",
            "；",
            "（",
            "）",
            "\n",
            "\r",
            " ",
            ".",
            "\ufdd0",
            "和",
            "#",
            "#",
            "#",
        ]
    ),
    max_size=14,
)


@draws(500)
@given(PARTS, st.sets(st.integers(0, 13)))
def test_what_goes_lies_beside_what_is_deleted_in_its_line(parts: list[str], kept: set[int]) -> None:
    text = "".join(parts)
    places = [at for at, sign in enumerate(text) if sign == "#"]
    standing = [(at, at + 1) for number, at in enumerate(places) if number in kept]
    edits = [Edit(at, at + 1, "", "PERSON", "r") for at in places]
    more = empty_labels(text, edits, standing, lambda _: True)
    both = sorted([*edits, *more], key=lambda edit: edit.start)
    for one, other in pairwise(both):
        assert one.end <= other.start
    taken = {at for edit in more for at in range(edit.start, edit.end)}
    assert not taken & {at for low, high in standing for at in range(low, high)}
    assert not any(text[at] in "\r\n\ufdd0" for at in taken)
    for line in text.replace("\r", "\n").split("\n"):
        if "#" not in line:
            assert line in text
    if more:
        assert any(text[at] in ":：" for at in taken)


@draws(100)
@given(
    st.lists(
        st.sampled_from(
            ["联系人：", "王建国", "电话：", "13812345678", "，", "、", "。", "\n", "（", "）", "课程", "请", "同志"]
        ),
        max_size=10,
    )
)
def test_twice_is_once(words: list[str]) -> None:
    redactor = made("strip", ner="none", mask=("王建国",))
    text = "".join(words)
    once = redactor.redact(text)
    assert_intact(text, once.text, once.edits)
    assert redactor.redact(once.text).text == once.text
