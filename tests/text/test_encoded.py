"""Stretches of a text that spell another one: found, read, and written again in the same form."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.text.encoded import encoded_in
from redactor.text.encoded_terms import Terms
from tests.build.encodings import LINES, ONE_LINE, b64, no_texts
from tests.draws import draws

SECRET = "联系人李素华同志，电话13900001111，住云岭县青山镇。"
BY_CHARACTER = ("percent", "percent-gbk", "quoted-printable", "backslash-u", "backslash-x")
"""What the folded view of a text reads."""
RUNS = {name: spell for name, spell in (ONE_LINE | LINES).items() if name not in BY_CHARACTER}


def replaced(text: str, old: str, new: str) -> str:
    """A text with another one in what it spells."""
    edits = [
        edit
        for each in encoded_in(text)
        if each.payload
        for edit in each.edits(each.payload.pack(each.payload.text.replace(old, new)))
    ]
    for start, end, written in sorted(edits, reverse=True):
        text = text[:start] + written + text[end:]
    return text


def said(text: str) -> list[str]:
    return [each.payload.text for each in encoded_in(text) if each.payload]


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize(
    "around", ["{}", "前文：{}。后文", '"{}"', "a={} b"], ids=["alone", "prose", "quoted", "field"]
)
def test_what_is_spelt_is_read_and_written_the_same_way(name: str, around: str) -> None:
    spelt = RUNS[name](SECRET * 5)
    if name in LINES:
        around = f"前文\n{{}}后文{around.format('')}"
    text = around.format(spelt)
    assert any(SECRET * 5 in each or name == "base64-twice" for each in said(text))
    if name not in ("base64-gzip", "base64-zlib", "base64-deflate"):  # another program may have packed it
        assert replaced(text, "", "") == text
    if name != "base64-twice":
        assert replaced(text, "李素华", "×") in (
            around.format(RUNS[name]((SECRET * 5).replace("李素华", "×"))),
            replaced(text, "李素华", "×") if name.endswith(("-gzip", "-zlib", "-deflate")) else None,
        )


@pytest.mark.parametrize("text", [text for _, text in no_texts()], ids=[name for name, _ in no_texts()])
def test_what_spells_nothing_is_passed_in_silence(text: str) -> None:
    for around in ("{}", "说明：{}。", '{{"id": "{}"}}', "{0}\n{0}\n"):
        found = encoded_in(around.format(text))
        assert [(each.what, each.payload) for each in found if each.payload or each.what] == []


@draws(300)
@given(
    st.text(alphabet="李素华同志来了，。 \nabcXYZ0123456789", min_size=12, max_size=300), st.sampled_from(sorted(RUNS))
)
def test_spelling_it_again_changes_nothing(text: str, name: str) -> None:
    spelt = RUNS[name](text)
    if not name.endswith(("-gzip", "-zlib", "-deflate")):
        assert replaced(f"前{spelt}", "", "") == f"前{spelt}"


@draws(300)
@given(st.text(alphabet="+/-_=AZaz09%2B\\/u002bn\n\r >5byg5LiJ", max_size=400))
def test_whatever_stands_there_stretches_lie_apart_and_within(text: str) -> None:
    found = [each for each in encoded_in(text, Terms(("张三",))) if each.spelling]
    at = 0
    for each in found:
        assert at <= each.start < each.end <= len(text)
        at = each.end
        for start, end, _ in each.edits(each.payload.pack(each.payload.text) if each.payload else each.data):
            assert each.start <= start <= end <= each.end


@pytest.mark.parametrize("before", range(6))
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
def test_a_term_is_found_in_data_wherever_it_begins(before: int, encoding: str) -> None:
    noise = random.Random(before).randbytes(90)
    spelt = b64(noise[: 20 + before] + "李素华".encode(encoding) + noise)
    for text in (spelt, spelt[1:], spelt[2:], spelt[3:]):
        [found] = encoded_in(text, Terms(("李素华",)))
        assert "李素华".encode(encoding) in found.data
        assert found.edits(found.data) == []
        [(start, end, new)] = found.edits(found.data.replace("李素华".encode(encoding), "丁一丁".encode(encoding)))
        assert (start, end) == (0, len(text))
        assert len(new) == len(text)
    assert encoded_in(spelt, Terms(("李素梅",))) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("data:text/plain;base64,张", "a data: address"),
        ("data:text/plain;base64,gICAgICAgIA=", "a data: address"),
        ("![](data:image/png;base64,iVBORw0KGgo=)", "a picture"),
        ("data:application/zip;base64,UEsDBAAAAAA=", "data that is no text"),
        (b64(b"\x89PNG\r\n\x1a\n" + bytes(range(100))), "a picture"),
        (b64(b"%PDF-1.7\n" + bytes(range(100))), "data that is no text"),
        ("-----BEGIN PGP MESSAGE-----\nabc", "an encrypted or encoded passage"),
        ("-----BEGIN X-----\ngICAgICAgICAgICA\n-----END X-----", "an encrypted or encoded passage"),
        ("=ybegin line=128 size=9 name=a\nabc", "an encrypted or encoded passage"),
        ("=?utf-8?B?gICAgICA?=", "an encrypted or encoded passage"),
        ("begin 644 a\n'__X G8$\"!P\nend", "an encrypted or encoded passage"),
        (
            "请看" + "".join(chr(0xE0000 + ord(letter)) for letter in "Zhang San") + "吧",
            "a passage in letters that nobody sees",
        ),
    ],
)
def test_what_can_not_be_read_is_told(text: str, what: str) -> None:
    assert [each.what for each in encoded_in(text)] == [what]


@pytest.mark.parametrize(
    "text",
    [
        "data:,",
        "data:text/plain;base64,",
        "'data:text/html;base64,'",
        "-----BEGIN PGP SIGNED MESSAGE-----\nabc",
        "begin ",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # the flag of England
        "张\U000e0061三",
    ],
)
def test_what_holds_nothing_is_not_told(text: str) -> None:
    assert encoded_in(text) == []
