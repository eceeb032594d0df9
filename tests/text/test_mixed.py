"""Text in more than one encoding: lines told apart, what is no text, what could not be read."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from io import BytesIO
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.model import DecodeError
from redactor.text.decode import detect_encoding
from redactor.text.mixed import encodings_of, holds_other, is_chinese_in_other, runs_of
from redactor.text.unread import line_numbers, unread
from tests.draws import draws

LINES = ("在云岭县，王建国同志讲话。", "会员群：免费", "plain ascii", "同比增长12.5%以上", "", "张晓岚、李四", "的")


def mixed(lines: list[tuple[str, str]], end: str = "\n") -> bytes:
    return b"".join((text + end).encode(name) for text, name in lines)


@given(
    st.lists(
        st.tuples(st.sampled_from(LINES), st.sampled_from(("utf-8", "gb18030"))).filter(lambda line: line[0] != "的"),
        min_size=1,
    ),
    st.sampled_from(("\n", "\r\n")),
)
@draws(300)
def test_each_line_is_read_in_its_own_encoding(lines: list[tuple[str, str]], end: str) -> None:
    data = mixed(lines, end)
    runs = runs_of(BytesIO(data))
    assert "".join(run.text(BytesIO(data)) for run in runs) == "".join(text + end for text, _ in lines)
    assert b"".join(data[run.start : run.start + run.size] for run in runs) == data
    assert [run.first for run in runs] == [1 + sum(run.lines for run in runs[:n]) for n in range(len(runs))]


def test_runs_are_as_long_as_they_can_be() -> None:
    lines = [(LINES[0], "gb18030"), ("", "utf-8"), (LINES[0], "gb18030"), (LINES[0], "utf-8"), (LINES[2], "utf-8")]
    assert [(run.encoding, run.lines) for run in runs_of(BytesIO(mixed(lines)))] == [("gb18030", 3), ("utf-8", 2)]
    long = mixed([(LINES[0], "gb18030")] * 20_000)
    assert 1 < len(runs_of(BytesIO(long))) < 5
    assert [run.encoding for run in runs_of(BytesIO(b"plain\n"))] == ["utf-8"]
    assert runs_of(BytesIO()) == []


def test_big5_beside_utf8() -> None:
    lines = [("在雲嶺縣，王建國同志講話。", "big5"), (LINES[0], "utf-8"), ("這是我們的國家", "big5")]
    assert encodings_of(BytesIO(mixed(lines))) == (["big5", "utf-8"], 0, 0)


BROKEN = LINES[0].encode()[:-1] + b"\n" + LINES[0].encode() + b"\n"


def test_a_broken_line_of_utf8_is_in_no_other_encoding() -> None:
    assert encodings_of(BytesIO(BROKEN)) == (["utf-8"], 1, 0)
    with pytest.raises(DecodeError, match="line 1 is neither"):
        runs_of(BytesIO(BROKEN))
    assert [(run.encoding, run.handler) for run in runs_of(BytesIO(BROKEN), "replace")] == [
        ("utf-8", "replace"),
        ("utf-8", "strict"),
    ]


@pytest.mark.parametrize("number", range(1, 9))
def test_utf8_among_gb18030_is_never_passed_over(number: int) -> None:
    # Of an even number of characters it is valid GB18030 too.
    data = mixed([(LINES[0], "gb18030")] * 5 + [("张晓岚" + "去" * number, "utf-8")])
    with pytest.raises(DecodeError, match="--encoding mixed"):
        detect_encoding(BytesIO(data), plain=True)
    assert unread(BytesIO(data), "gb18030") == ("line 6", f"text that is not gb18030 ({9 + 3 * number} bytes)")


@pytest.mark.parametrize("name", ["gb18030", "big5"])
def test_a_list_of_all_characters_is_hardly_ever_utf8(name: str) -> None:
    # Four that nobody uses may stand together as they do nowhere: of 5,000 lines five.
    data = "".join(chr(point) for point in range(0x4E00, 0x9FA0)).encode(name, "ignore")
    lines = b"\n".join(data[at : at + 8] for at in range(0, len(data), 8))
    found = runs_of(BytesIO(lines), "surrogateescape")
    assert sum(run.lines for run in found if run.encoding == "utf-8" and not run.doubt) <= 5
    assert unread(BytesIO(LINES[0].encode("gb18030")), "gb18030") is None


@pytest.mark.parametrize(
    ("name", "leads", "trails"),
    [
        ("gb18030", range(0xB0, 0xD7), range(0xA1, 0xFF)),
        ("big5", range(0xA4, 0xC6), (*range(0x40, 0x7F), *range(0xA1, 0xFF))),
    ],
)
def test_a_list_of_characters_in_daily_use_is_in_one_encoding(name: str, leads: range, trails: Sequence[int]) -> None:
    data = [bytes((lead, trail)) for lead in leads for trail in trails]
    Random(3).shuffle(data)
    lines = b"\n".join(b"".join(data[at : at + 3]) for at in range(0, len(data), 3))
    assert not holds_other(BytesIO(lines), name)
    assert encodings_of(BytesIO(lines))[:2] == ([name], 0)


SENTENCE = {
    "gb18030": "请各单位按时组织参加培训，不得缺席。",
    "big5": "請各單位按時組織參加培訓，不得缺席。",
    "utf-8": "请各单位按时组织参加培训，不得缺席。",
}


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("gb18030", "{line}\n{text}\n"),
        ("gb18030", "{text}\n┌{line}┐\n│{text}│\n└{line}┘\n"),
        ("gb18030", "{text}\n╭═══════╮\n║ www.example.com ║\n╰═══════╯\n"),
        ("gb18030", "{text}\n┠精┨┠典┨┠小┨┠说┨\n"),
        ("big5", "{text}\n┌────────┐\n│ 姓名 │ 電話 │\n└────────┘\n"),
    ],
)
def test_lines_drawn_around_a_text_are_in_its_encoding(name: str, frame: str) -> None:
    """Read in the other encoding they are rows of characters in daily use (岩岩岩岩)."""
    text = frame.format(text=SENTENCE[name], line="━" * 30)
    assert detect_encoding(BytesIO(text.encode(name))).name == name


NAMES = st.text(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧秦岚伟芳娜敏静丽强磊军洋艳勇明超秀",
    min_size=1,
    max_size=4,
)
SHORT = st.tuples(
    NAMES, st.sampled_from(("", "：", "，13812345678", " Ltd", "（主管）", "\t2021-03")), st.booleans()
).map(lambda drawn: drawn[0] + drawn[1] if drawn[2] else drawn[1] + drawn[0])
"""Lines as tables and lists have them: a character or a few."""


def as_told(data: bytes, texts: list[str]) -> None:
    """Whether each line reads as it was written, or is told, whatever the file is read as."""
    stream = BytesIO(data)
    for run in runs_of(stream, "surrogateescape"):
        written = "".join(text + "\n" for text in texts[run.first - 1 : run.first - 1 + run.lines])
        assert run.doubt or run.handler != "strict" or run.text(stream) == written
    with contextlib.suppress(DecodeError):
        found = detect_encoding(stream)
        assert data.decode(found.name) == "".join(text + "\n" for text in texts)
    found = detect_encoding(stream, errors="replace")
    told = {
        n
        for low, _, high in (at.partition("-") for at in numbers_in(unread(stream, found.name)))
        for n in range(int(low), int(high or low) + 1)
    }
    for number, (text, line) in enumerate(zip(texts, data.split(b"\n"), strict=False), 1):
        assert number in told or line.decode(found.name, "replace") == text


def numbers_in(told: tuple[str, str] | None) -> list[str]:
    return re.findall(r"[0-9]+(?:-[0-9]+)?", told[0]) if told else []


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@given(
    st.sampled_from(("gb18030", "big5")),
    st.lists(st.tuples(SHORT, st.booleans()), min_size=1, max_size=8),
    st.integers(0, 8),
    st.booleans(),
)
@draws(300)
def test_a_few_characters_of_utf8_beside_another_encoding(
    legacy: str, drawn: list[tuple[str, bool]], at: int, whole: bool
) -> None:
    lines = [(text, "utf-8" if new else legacy) for text, new in drawn]
    lines.insert(at, (SENTENCE[legacy], legacy) if whole else ("姓名", "utf-8"))
    try:
        data = mixed(lines)
    except UnicodeEncodeError:  # what Big5 does not have
        return
    if not is_utf8(data):
        as_told(data, [text for text, _ in lines])


@given(
    NAMES.filter(lambda name: len(name) > 1),  # one character and a piece of another may be two of GB18030
    st.sampled_from((1, 2)),
    st.sampled_from(("", "\n", "\r\n")),
    st.sampled_from(("", "utf-8", "gb18030", "big5")),
)
@draws(200)
def test_a_line_of_utf8_that_is_cut_is_never_passed_over(name: str, cut: int, end: str, beside: str) -> None:
    whole = f"{SENTENCE[beside]}\n".encode(beside) if beside else b""
    line = (name + "岚").encode()[:-cut]
    data = whole + line + end.encode()
    with pytest.raises(DecodeError):
        detect_encoding(BytesIO(data))
    found = detect_encoding(BytesIO(data), errors="replace")
    told = unread(BytesIO(data), found.name)
    assert told is not None
    assert numbers_in(told)[-1].endswith("2" if beside else "1")
    runs = runs_of(BytesIO(data), "surrogateescape")
    assert runs[-1].doubt or (runs[-1].encoding, runs[-1].handler) == ("utf-8", "surrogateescape")


@given(st.lists(st.sampled_from(("gb18030", "big5", "utf-8")), min_size=1, max_size=9), st.randoms())
@draws(200)
def test_whole_sentences_in_three_encodings(names: list[str], random: Random) -> None:
    texts = ["".join(random.sample(SENTENCE[name], 18)) for name in names]
    data = mixed(list(zip(texts, names, strict=True)))
    as_told(data, texts)
    assert [name for run in runs_of(BytesIO(data)) for name in [run.encoding] * run.lines] == names


@pytest.mark.parametrize(
    "data", [b"ID3\x04\0\0\xff\xfb\x90d" * 50, bytes(range(256)) * 4, b"\x7fELF\x02\x01" + b"\0" * 99 + b"\xff"]
)
@pytest.mark.parametrize("errors", ["strict", "replace", "keep"])
@pytest.mark.parametrize("wanted", [None, "utf-8"])
def test_what_is_no_text_is_refused_whatever_is_allowed(data: bytes, errors: str, wanted: str | None) -> None:
    if wanted and errors != "strict":
        return
    with pytest.raises(DecodeError, match="no text") as raised:
        detect_encoding(BytesIO(data), wanted=wanted, errors=errors)  # type: ignore[arg-type]
    assert "--errors" not in str(raised.value)


CHINESE = "".join(SENTENCE["utf-8"][at] for at in range(18)) + "同比增长很快。\n"


@pytest.mark.parametrize("name", ["utf-8", "gb18030"])
@pytest.mark.parametrize("said", ["utf-16-le", "utf-16-be", "iso8859-1", "cp437", "big5hkscs"])
def test_chinese_in_another_encoding_than_is_said_is_told(name: str, said: str) -> None:
    data = (CHINESE + "a" * (len(CHINESE.encode(name)) % 2)).encode(name)
    assert is_chinese_in_other(BytesIO(data), said)
    assert unread(BytesIO(data), said) is not None
    assert holds_other(BytesIO(data), said)


def test_who_names_the_encoding_is_believed_where_little_is_left() -> None:
    # Of a table in GB18030 nothing but a sign and three rare characters, which are common ones in Big5.
    assert not holds_other(BytesIO(b"a\n\xaaY\n\xaaY'\n\xaaY\nx\xa1\xc1,1"), "gb18030")
    # Each sign speaks for it as the value did that stood there, in the file and in its line.
    assert not holds_other(BytesIO(b"\xaaY\n" * 7 + b"x\xa1\xc1,1"), "gb18030")
    assert not holds_other(BytesIO(b"\xaaY" * 9 + b",\xa1\xc1,\xa1\xc1\n"), "gb18030")
    assert holds_other(BytesIO(b"\xaaY\n" * 7), "gb18030")
    assert holds_other(BytesIO(b"\xaaY" * 9), "gb18030")
    # But not against a text.
    assert holds_other(BytesIO("℅王建國、李志強、陳明華、林大偉\n張惠敏、黃淑芬\n".encode("big5")), "gb18030")
    assert holds_other(BytesIO("王建國\n李志強\n陳明華\n".encode("big5")), "gb18030")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (CHINESE, "utf-16-le"),
        (CHINESE, "utf-16-be"),
        ("請各單位按時組織參加培訓", "big5hkscs"),
        ("Les élèves ont été très étonnés par l'événement de l'été.", "cp1252"),
        ("Министерство образования опубликовало итоги", "koi8-r"),
        ("Министерство образования опубликовало итоги", "cp1251"),
        ("대한민국은 민주공화국이다. 모든 권력은 국민으로부터 나온다.", "euc_kr"),
        ("日本国民は、正当に選挙された代表者を通じて行動し", "euc_jp"),
        ("日本国民は、正当に選挙された代表者を通じて行動し", "shift_jis"),
    ],
)
def test_other_writings_are_no_chinese(text: str, name: str) -> None:
    assert not is_chinese_in_other(BytesIO(text.encode(name)), name)


def test_where_text_could_not_be_read() -> None:
    data = b"a\n\xff\n\xff\xff\nb\n\xff\n"
    assert unread(BytesIO(data), "utf-8") == ("lines 2-3, 5", "text that is not utf-8 (4 bytes)")
    assert unread(BytesIO("好\n".encode("utf-16-le") + b"\0\xd8\n\0"), "utf-16-le") is not None
    cut = "好\n张三".encode("utf-16-le")
    assert unread(BytesIO(cut[:-1]), "utf-16-le") == ("line 2", "text that is not utf-16-le (1 bytes)")
    assert unread(BytesIO(cut), "utf-16-le") is None
    assert unread(BytesIO("\ufffd".encode("utf-16-le")), "utf-16-le") is None
    assert line_numbers([1, 3, 5, 7, 9, 11, 12]) == "lines 1, 3, 5, 7, 9 and 2 more"
