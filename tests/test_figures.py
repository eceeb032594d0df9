"""Figures from a small grammar of their own: values by contexts by neighbours; each is taken whole, nothing beside it is touched.

The grammar here is written apart from `rules/numbers.toml`, so that what one of them forgets the other finds.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import regex
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from redactor import Redactor

FIGURES = ("MONEY", "PERCENT", "QUANTITY", "DATE_TIME")
NUMERALS = frozenset("0123456789０１２３４５６７８９零〇一二三四五六七八九两壹贰叁肆伍陆柒捌玖")
LIKE_A_MOBILE = regex.compile(r"[1１]\W?[3-9３-９](?:\W{0,3}\d){9}")
"""Such digits are a telephone's, whatever unit stands behind them."""
GRID = Path(__file__).parent / "data" / "figures_grid.txt"


@cache
def redactor() -> Redactor:
    return Redactor(only=FIGURES, ner="none")


# ───────────── numbers ─────────────

SMALL, CAPITAL = "零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"


def chinese(number: int, digits: str = SMALL, places: tuple[str, ...] = ("", "十", "百", "千")) -> str:
    """A number below 10^12 as it is read."""
    parts: list[str] = []
    for power, sign in ((10**8, "亿"), (10**4, "万"), (1, "")):
        section = number // power
        number %= power
        if not section:
            continue
        text, gap = "", False
        for place in (3, 2, 1, 0):
            digit = section // 10**place % 10
            if digit:
                text += (digits[0] if gap and text else "") + digits[digit] + places[place]
                gap = False
            else:
                gap = True
        parts.append(("零" if parts and section < 1000 else "") + text + sign)
    spoken = "".join(parts)
    return spoken[1:] if digits is SMALL and spoken.startswith("一十") else spoken


def grouped(number: int, sign: str) -> str:
    return f"{number:,}".replace(",", sign)


WHOLE = st.one_of(
    st.integers(1, 99),
    st.integers(100, 9_999),
    st.integers(10_000, 10**12 - 1),
    st.sampled_from([110, 114, 119, 120, 122, 12315, 12345, 95588]),
)
DECIMALS = st.sampled_from(["", "", ".5", ".08", ".123456"])
ARABIC = st.one_of(
    st.builds(lambda n, d: f"{n}{d}", WHOLE, DECIMALS),
    st.builds(
        lambda n, s, d: f"{grouped(n, s)}{d}",
        st.integers(1_000, 10**12 - 1),
        st.sampled_from([",", "，", "'", " "]),
        DECIMALS,
    ),
    st.builds(lambda n: str(n).translate(str.maketrans("0123456789", "０１２３４５６７８９")), WHOLE),
)
MIXED = st.builds(
    lambda a, m, b, n: f"{a}{m}{b}{n}",
    st.integers(1, 99),
    st.sampled_from("万亿"),
    st.integers(1, 9),
    st.sampled_from("千百"),
)
READ = st.builds(chinese, st.integers(11, 10**8))
WRITTEN = st.builds(lambda n: chinese(n, CAPITAL, ("", "拾", "佰", "仟")), st.integers(11, 10**8))
MAGNITUDE = st.sampled_from(["", "", "万", "亿", "百万", "余", "多万", "余亿", "千万"])
RANGE = st.sampled_from(["-", "—", "～", "~", "至", "到"])

# ───────────── values ─────────────

UNITS = st.sampled_from(
    [
        "户",
        "人",
        "人次",
        "家",
        "个",
        "台",
        "台（套）",
        "座",
        "件",
        "亩",
        "公顷",
        "平方米",
        "㎡",
        "公里",
        "千米",
        "米",
        "吨",
        "公斤",
        "kg",
        "km",
        "kV",
        "千伏",
        "千瓦时",
        "立方米",
        "小时",
        "天",
        "岁",
        "倍",
        "℃",
    ]
)
MEASURES = st.sampled_from(["亩", "公顷", "平方米", "公里", "吨", "公斤", "立方米"])
CURRENCIES = st.sampled_from(["元", "美元", "欧元", "港币", "日元", "英镑", "卢布", "瑞士法郎", "块钱"])
SIGNS = st.sampled_from(["￥", "¥", "$", "HK$", "US$", "€", "RMB", "人民币"])
PERCENTS = st.sampled_from(["%", "％", "‰", "个百分点", "成"])

MONEY = st.one_of(
    st.builds("".join, st.tuples(ARABIC, MAGNITUDE, CURRENCIES)),
    st.builds("".join, st.tuples(st.one_of(READ, WRITTEN, MIXED), CURRENCIES)),
    st.builds("".join, st.tuples(SIGNS, ARABIC)),
    st.builds("".join, st.tuples(ARABIC, CURRENCIES, RANGE, ARABIC, CURRENCIES)),
    st.builds("".join, st.tuples(READ, RANGE, READ, CURRENCIES)),
    st.builds(lambda a, b, c: f"{a}元{b}角{c}分", st.integers(1, 9_999), st.integers(1, 9), st.integers(1, 9)),
    st.builds(lambda a, b: f"{a}块{b}毛", st.integers(1, 999), st.integers(1, 9)),
    st.builds("{}、{}、{}元".format, st.integers(100, 9_999), st.integers(100, 9_999), st.integers(100, 9_999)),
    st.builds("{}和{}万元".format, st.integers(11, 999), st.integers(11, 999)),
)
PERCENT = st.one_of(
    st.builds("".join, st.tuples(ARABIC, PERCENTS)),
    st.builds("".join, st.tuples(ARABIC, RANGE, ARABIC, PERCENTS)),
    st.builds(lambda n, d: f"百分之{chinese(n)}点{SMALL[d]}", st.integers(1, 99), st.integers(1, 9)),
    st.builds(lambda n: f"百分之{n}", ARABIC),
)
QUANTITY = st.one_of(
    st.builds("".join, st.tuples(ARABIC, MAGNITUDE, UNITS)),
    st.builds("".join, st.tuples(ARABIC, RANGE, ARABIC, UNITS)),
    st.builds("".join, st.tuples(st.one_of(READ, WRITTEN), MEASURES)),
    st.builds(lambda a, b: f"{a}米{b}", st.integers(1, 9), st.integers(1, 99)),
    st.builds(lambda a, b: f"{a}小时{b}分钟", st.integers(1, 47), st.integers(1, 59)),
    st.builds("{}室{}厅{}卫".format, st.integers(1, 9), st.integers(1, 9), st.integers(1, 9)),
    st.builds("{}+{}".format, st.integers(10, 9_999), UNITS),
    st.builds("{}.5×10^{}个".format, st.integers(1, 9), st.integers(2, 9)),
    st.builds("{}分{}秒{:02}".format, st.integers(1, 59), st.integers(1, 59), st.integers(1, 99)),
)
YEAR, MONTH, DAY = st.integers(1950, 2049), st.integers(1, 12), st.integers(1, 28)
HOUR, MINUTE = st.integers(0, 23), st.integers(0, 59)
DATE = st.one_of(
    st.builds(lambda y, m, d: f"{y}年{m}月{d}日", YEAR, MONTH, DAY),
    st.builds(lambda y, m, d: f"{y % 100:02}年{m}月{d}号", YEAR, MONTH, DAY),
    st.builds(lambda y, m, d, s: f"{y}{s}{m}{s}{d}", YEAR, MONTH, DAY, st.sampled_from("-/.")),
    st.builds(lambda y, m, d, h, n: f"{y}-{m:02}-{d:02}T{h:02}:{n:02}:00+08:00", YEAR, MONTH, DAY, HOUR, MINUTE),
    st.builds(lambda y, m, d, h, n: f"{y}-{m:02}-{d:02} {h:02}:{n:02}", YEAR, MONTH, DAY, HOUR, MINUTE),
    st.builds(lambda y, m, d: f"{y}{m:02}{d:02}", YEAR, MONTH, DAY),
    st.builds(lambda m, d: f"{chinese(m)}月{chinese(d)}日", MONTH, DAY),
    st.builds(
        lambda y, m: f"{''.join(SMALL[int(c)] for c in str(y)).replace('零', '〇')}年{chinese(m)}月", YEAR, MONTH
    ),
    st.builds(lambda m, d, e: f"{m}月{d}日至{e}日", MONTH, DAY, DAY),
    st.builds(lambda y, n: f"{y}—{y + n}年", YEAR, st.integers(1, 20)),
    st.builds(lambda y, m, z, n: f"{y}.{m:02}-{z}.{n:02}", YEAR, MONTH, YEAR, MONTH),
    st.builds(lambda h, n: f"{h}时{n}分", HOUR, MINUTE),
    st.builds(lambda h, n: f"{h}点{n:02}", HOUR, MINUTE),
    st.builds(lambda h, n, k: f"{h}:{n:02}-{k}:{n:02}", HOUR, MINUTE, HOUR),
)

# ───────────── contexts and neighbours ─────────────

BEFORE = ("共", "合计", "约", "达到", "其中", "（", "，", "：", "已完成", "近", "从", "涉及")
AFTER = ("。", "，", "；", "）", "的部分", "以上", "左右", "，其余另计。", "")
LINES_BEFORE = ("", "", "1.加强管理。\n", "一、概况\n", "第3批、附件2。\n", "前文如此，\n")
LINES_AFTER = ("", "", "\n2.抓好落实。", "\n（3）其他", "\n3、健全制度", "\n后文如此。")


@settings(max_examples=400, deadline=None)
@given(
    value=st.one_of(MONEY, PERCENT, QUANTITY, DATE),
    before=st.sampled_from(BEFORE),
    after=st.sampled_from(AFTER),
    line_before=st.sampled_from(LINES_BEFORE),
    line_after=st.sampled_from(LINES_AFTER),
)
def test_whole_value_gone_neighbours_untouched(
    value: str, before: str, after: str, line_before: str, line_after: str
) -> None:
    assume(not LIKE_A_MOBILE.search(value))
    text = f"{line_before}{before}{value}{after}{line_after}"
    start = len(line_before) + len(before)
    check(text, start, start + len(value))


@settings(max_examples=150, deadline=None)
@given(
    cells=st.lists(
        st.one_of(ARABIC.filter(lambda n: " " not in n), st.builds("".join, st.tuples(ARABIC, MAGNITUDE, UNITS))),
        min_size=1,
        max_size=3,
    ),
    rows=st.integers(2, 4),
    sign=st.sampled_from(["\t", " | ", "|"]),
)
def test_cells(cells: list[str], rows: int, sign: str) -> None:
    """Every figure of a row goes, the serials stay."""
    names = ("甲组", "乙组", "丙组", "丁组")
    edge = sign.strip(" \t")
    lines = [edge + sign.join([str(number + 1), names[number], *cells]) + edge for number in range(rows)]
    text = "\n".join(lines)
    assume(not LIKE_A_MOBILE.search(text))
    result = redactor().redact(text)
    for line, out in zip(lines, result.text.split("\n"), strict=True):
        kept = line.split(sign)[:2]
        assert out.split(sign)[:2] == kept
        assert not NUMERALS & set(sign.join(out.split(sign)[2:]))
    assert redactor().redact(result.text).text == result.text


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


def check(text: str, start: int, end: int) -> None:
    """No numeral of the value is left, nothing outside of it is edited, and a second run changes nothing."""
    result = redactor().redact(text)
    edited = {at for edit in result.edits for at in range(edit.start, edit.end)}
    left = [text[at] for at in range(start, end) if text[at] in NUMERALS and at not in edited]
    assert not left, (text, result.text)
    assert all(start <= at < end for at in edited), (text, result.text)
    assert redactor().redact(result.text).text == result.text, result.text
