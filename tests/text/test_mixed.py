"""Text in more than one encoding: lines told apart, what is no text, what could not be read."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.model import DecodeError
from redactor.text.decode import detect_encoding
from redactor.text.mixed import holds_utf8, line_numbers, mixture, runs_of, unread
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
    assert mixture(BytesIO(mixed(lines))) == "big5 and utf-8"


BROKEN = LINES[0].encode()[:-1] + b"\n" + LINES[0].encode() + b"\n"


def test_a_broken_line_of_utf8_is_in_no_other_encoding() -> None:
    assert mixture(BytesIO(BROKEN)) == ""
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
        detect_encoding(BytesIO(data))
    assert unread(BytesIO(data), "gb18030") == ("line 6", f"text that is not gb18030 ({9 + 3 * number} bytes)")


@pytest.mark.parametrize("name", ["gb18030", "big5"])
def test_plain_legacy_text_holds_no_utf8(name: str) -> None:
    data = "".join(chr(point) for point in range(0x4E00, 0x9FA0)).encode(name, "ignore")
    lines = b"\n".join(data[at : at + 8] for at in range(0, len(data), 8))
    assert not holds_utf8(BytesIO(lines), name)
    assert unread(BytesIO(LINES[0].encode("gb18030")), "gb18030") is None


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


def test_where_text_could_not_be_read() -> None:
    data = b"a\n\xff\n\xff\xff\nb\n\xff\n"
    assert unread(BytesIO(data), "utf-8") == ("lines 2-3, 5", "text that is not utf-8 (4 bytes)")
    assert unread(BytesIO("好\n".encode("utf-16-le") + b"\0\xd8\n\0"), "utf-16-le") is not None
    assert line_numbers([1, 3, 5, 7, 9, 11, 12]) == "lines 1, 3, 5, 7, 9 and 2 more"
