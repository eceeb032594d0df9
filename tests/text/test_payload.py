"""What bytes are taken for text, and for nothing else."""

from __future__ import annotations

import gzip
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.text import payload
from redactor.text.payload import TooLargeError, may_be_text, read_payload
from tests.draws import draws, some

TEXTS = [
    "李素华",
    "李素华同志来青山镇调研",
    "tel 13900001111",
    "0999-6210088",
    "hello world, hello all",
    "Wang Jianguo",
    "wangjianguo@example.cn",
    '{"name": "李素华", "tel": "13900001111"}',
    "<p>李素华</p>\r\n",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "utf-16-le", "utf-16-be"])
def test_text_is_read_and_packed_as_it_was(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    found = read_payload(data)
    if found is None:
        # A few characters of two bytes are not to be told from chance.
        assert len(text) < 10 or encoding == "gb18030"
        assert encoding not in ("utf-8", "utf-8-sig", "utf-16")
        found = read_payload(data, encoding, declared=True)
    assert found is not None
    assert found.text == text
    assert found.pack(text) == data
    assert found.pack(text.replace("李素华", "×")) == text.replace("李素华", "×").encode(encoding)


def deflate(data: bytes) -> bytes:
    machine = zlib.compressobj(9, wbits=-15)
    return machine.compress(data) + machine.flush()


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, deflate], ids=["gzip", "zlib", "deflate"])
def test_packed_text_is_unpacked_and_packed_again(pack: object) -> None:
    found = read_payload(pack("李素华同志".encode()))  # type: ignore[operator]
    assert found is not None
    assert found.text == "李素华同志"
    again = read_payload(found.pack("×同志"))
    assert again is not None
    assert again.text == "×同志"


def test_packed_data_that_is_too_large_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payload, "MOST", 1000)
    with pytest.raises(TooLargeError):
        read_payload(gzip.compress(b"1" * 1001))
    assert read_payload(gzip.compress(b"1" * 1000)) is not None


def test_chance_is_no_text() -> None:
    draw = random.Random(5)
    taken = 0
    for _ in range(tries := some(100_000)):
        data = draw.randbytes(draw.choice((8, 9, 12, 16, 20, 32, 64)))
        taken += may_be_text(data) and read_payload(data) is not None
    assert taken <= tries / 10_000


@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n\x1a\n" + bytes(90), b"%PDF-1.7 hello hello hello hello", b"PK\3\4" + b"word/document.xml" * 9, b""],
    ids=["png", "pdf", "zip", "nothing"],
)
def test_data_is_no_text(data: bytes) -> None:
    assert read_payload(data) is None


@draws(300)
@given(st.binary(max_size=200))
def test_whatever_is_read_is_packed_the_same(data: bytes) -> None:
    for declared in (False, True):
        found = read_payload(data, declared=declared)
        if found is not None and not data.startswith((b"\x1f\x8b", b"\x78")):
            assert found.pack(found.text) == data


def test_packed_text_of_several_blocks_is_unpacked() -> None:
    draw = random.Random(3)
    text = "".join(f"李素华{draw.random()}" for _ in range(6_000))
    found = read_payload(deflate(text.encode()))
    assert found is not None
    assert found.text == text
