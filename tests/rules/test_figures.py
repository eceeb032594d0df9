"""Figures of the test grammar: values by contexts by neighbours; each is taken whole, nothing beside it is touched."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import regex
from hypothesis import assume, given
from hypothesis import strategies as st

from redactor import Redactor
from tests.draws import draws
from tests.rules.grammar import (
    ANNOUNCED,
    ARABIC,
    CURRENCIES,
    DATE,
    LISTED,
    MAGNITUDE,
    MONEY,
    NUMBER,
    NUMERALS,
    PERCENT,
    QUANTITY,
    UNITS,
    either,
    hidden,
    join,
    like_a_mobile,
    plain,
    redacted,
    values,
)

FIGURES = ("MONEY", "PERCENT", "QUANTITY", "DATE_TIME")
ITEM = regex.compile(r"[\d０-９]{1,2}\.\d")
"""At the beginning of a line `2.5户` is the second item and five households."""
GRID = Path(__file__).parent.parent / "data" / "figures_grid.txt"


@cache
def redactor() -> Redactor:
    return Redactor(only=FIGURES, ner="none")


# ───────────── contexts and neighbours ─────────────

BEFORE = ("共", "合计", "约", "达到", "其中", "（", "，", "：", "已完成", "近", "从", "涉及")
AFTER = ("。", "，", "；", "）", "的部分", "以上", "左右", "，其余另计。", "")
LINES_BEFORE = ("", "", "1.加强管理。\n", "一、概况\n", "第3批、附件2。\n", "前文如此，\n")
LINES_AFTER = ("", "", "\n2.抓好落实。", "\n（3）其他", "\n3、健全制度", "\n后文如此。")


@draws(400, derandomize=True)
@given(
    value=values(either(MONEY, PERCENT, QUANTITY, DATE)),
    before=st.sampled_from(BEFORE),
    after=st.sampled_from(AFTER),
    line_before=st.sampled_from(LINES_BEFORE),
    line_after=st.sampled_from(LINES_AFTER),
)
def test_whole_value_gone_neighbours_untouched(
    value: str, before: str, after: str, line_before: str, line_after: str
) -> None:
    assume(not like_a_mobile(value))
    marked = f"{line_before}{before}{value}{after}{line_after}"
    start = len(line_before) + len(before)
    check(marked, start, start + len(plain(value)))


@draws(150, derandomize=True)
@given(
    cells=st.lists(
        st.one_of(values(ARABIC).filter(lambda n: " " not in n), values(join(ARABIC, MAGNITUDE, UNITS))),
        min_size=1,
        max_size=3,
    ),
    rows=st.integers(2, 4),
    sign=st.sampled_from(["\t", " | ", "|", "   ", "  ", "\u3000", "\u3000\u3000"]),
)
def test_cells(cells: list[str], rows: int, sign: str) -> None:
    """Every figure of a row goes, the serials stay."""
    names = ("甲组", "乙组", "丙组", "丁组")
    edge = sign.strip()
    lines = [edge + sign.join([str(number + 1), names[number], *cells]) + edge for number in range(rows)]
    text = "\n".join(lines)
    assume(not like_a_mobile(text))
    result = redactor().redact(text)
    for line, out in zip(lines, result.text.split("\n"), strict=True):
        kept = line.split(sign)[:2]
        assert out.split(sign)[:2] == kept
        assert not NUMERALS & set(sign.join(out.split(sign)[2:]))
    assert redactor().redact(result.text).text == result.text


@draws(150, derandomize=True)
@given(
    label=st.sampled_from(["金额：", "收入", "合计", "数量 ", "小计：", "人数", "余额为"]),
    first=values(ARABIC).filter(lambda n: " " not in n and n.isascii()),
    second=values(join(NUMBER, MAGNITUDE, either(UNITS, CURRENCIES))).filter(lambda n: " " not in n),
    lines=st.sampled_from(["\n", "\r\n", "\n  "]),
)
def test_a_number_ends_with_a_short_line(label: str, first: str, second: str, lines: str) -> None:
    assume(not like_a_mobile(first + second) and len(plain(first)) < 9 and not ITEM.match(plain(second)))
    text = f"{label}{plain(first)}{lines}{plain(second)}"
    out = redactor().redact(text).text
    assert out == f"{label}×{lines}{redacted(second)}", text


@draws(150, derandomize=True)
@given(
    value=values(ANNOUNCED),
    before=st.sampled_from(["", "他", "（", "说好", "当月", "1.", "共12户，", "\n"]),
    after=st.sampled_from(["", "。", "，", "）", "左右", "没还", "的人", "\n其余", "每月", "；共3户"]),
)
def test_an_amount_that_a_word_announces(value: str, before: str, after: str) -> None:
    text = f"{before}{plain(value)}{after}"
    out = redactor().redact(text).text
    assert out == f"{before}{redacted(value)}{after}".replace("12户", "×户").replace("3户", "×户"), text


@draws(80, derandomize=True)
@given(
    value=values(LISTED),
    before=st.sampled_from(["得了", "依次为", "收", "（产量", "测得"]),
    after=st.sampled_from(["", "。", "，", "）", "；", "\n"]),
)
def test_figures_set_apart_by_a_comma(value: str, before: str, after: str) -> None:
    assert redactor().redact(f"{before}{plain(value)}{after}").text == f"{before}{redacted(value)}{after}"


WRAPPED = "今年以来全镇新修、扩建和加固的机耕道与田间路累计"


@pytest.mark.parametrize("number", ["1200", "12.75", "1,280", "三十六万", "2350", "8万6千"])
@pytest.mark.parametrize("unit", ["万元", "亩", "公里"])
def test_a_number_goes_on_behind_a_full_line(number: str, unit: str) -> None:
    for at in range(1, len(number)):
        text = f"{WRAPPED}{number[:at]}\n{number[at:]}{unit}，其余未动。"
        out = redactor().redact(text).text
        assert not NUMERALS & set(out), text
        assert out.startswith(WRAPPED), text
        assert out.endswith("，其余未动。"), text


def grid() -> dict[str, tuple[list[tuple[str, list[str]]], list[str]]]:
    """Of each kind, the values with what may become of them, and the contexts."""
    kinds: dict[str, tuple[list[tuple[str, list[str]]], list[str]]] = {}
    values: list[tuple[str, list[str]]] = []
    frames: list[str] = []
    for line in GRID.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            values, frames = kinds[line[2:]] = ([], [])
        elif "{}" in line and not line.startswith("//"):
            frames.append(line)
        elif " => " in line:
            value, _, allowed = line.partition(" => ")
            values.append((value, allowed.split(" | ")))
    return kinds


@pytest.mark.parametrize("kind", sorted(grid()))
def test_grid(kind: str) -> None:
    values, frames = grid()[kind]
    cases = [(frame, value, allowed) for value, allowed in values for frame in frames]
    results = redactor().redact_many([frame.replace("{}", value) for frame, value, _ in cases])
    wrong = [
        f"{frame.replace('{}', value)} gives {result.text}"
        for (frame, value, allowed), result in zip(cases, results, strict=True)
        if result.text not in {frame.replace("{}", each) for each in allowed}
    ]
    assert not wrong, "\n".join(wrong)


def check(marked: str, start: int, end: int) -> None:
    """No numeral of the value is left, nothing outside of it is edited, and a second run changes nothing."""
    text = plain(marked)
    result = redactor().redact(text)
    edited = {at for edit in result.edits for at in range(edit.start, edit.end)}
    left = [text[at] for at in hidden(marked) if text[at] in NUMERALS and at not in edited]
    assert not left, (text, result.text)
    assert all(start <= at < end for at in edited), (text, result.text)
    assert redactor().redact(result.text).text == result.text, result.text
