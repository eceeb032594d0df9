"""Encodings found, read in parts and written back byte for byte (rows C1–C6, C9, C12, C14 of the robustness list)."""

from __future__ import annotations

import codecs
import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redactor.model import DecodeError
from redactor.text import decode
from redactor.text.decode import Errors, RoundTrip, detect_encoding, encode, output_codec, read_parts

SPEECH = "同志们：\r\n今天我们召开全县工作会议，主要目的是统一思想，提高认识，鼓舞干劲。请各单位认真贯彻落实。\r\n"
TRADITIONAL = "各位同仁：\n今天我們召開全縣工作會議，主要目的是統一思想，提高認識。請各單位認真貫徹落實。\n"


@pytest.mark.parametrize(
    ("data", "name", "bom"),
    [
        pytest.param(SPEECH.encode(), "utf-8", b"", id="utf-8"),
        pytest.param(codecs.BOM_UTF8 + SPEECH.encode(), "utf-8", codecs.BOM_UTF8, id="C3-utf-8-bom"),
        pytest.param(SPEECH.encode("gb18030"), "gb18030", b"", id="C1-gb18030"),
        pytest.param("会议通知".encode("gbk"), "gb18030", b"", id="C14-short-gbk"),
        pytest.param(TRADITIONAL.encode("big5"), "big5", b"", id="big5"),
        pytest.param(
            codecs.BOM_UTF16_LE + SPEECH.encode("utf-16-le"), "utf-16-le", codecs.BOM_UTF16_LE, id="C2-utf-16-le"
        ),
        pytest.param(
            codecs.BOM_UTF16_BE + SPEECH.encode("utf-16-be"), "utf-16-be", codecs.BOM_UTF16_BE, id="C2-utf-16-be"
        ),
        pytest.param(
            codecs.BOM_UTF32_LE + SPEECH.encode("utf-32-le"), "utf-32-le", codecs.BOM_UTF32_LE, id="C2-utf-32-le"
        ),
        pytest.param(SPEECH.encode("utf-16-le"), "utf-16-le", b"", id="utf-16-le-without-bom"),
        pytest.param(SPEECH.encode("utf-16-be"), "utf-16-be", b"", id="utf-16-be-without-bom"),
        pytest.param(b"", "utf-8", b"", id="C12-empty"),
        pytest.param(codecs.BOM_UTF8, "utf-8", codecs.BOM_UTF8, id="C12-bom-only"),
        pytest.param(b" \n\t\n", "utf-8", b"", id="C12-white-space"),
        pytest.param("姓名\x00王".encode(), "utf-8", b"", id="C7-nul"),
    ],
)
def test_encoding_is_found_and_round_trips(data: bytes, name: str, bom: bytes) -> None:
    stream = io.BytesIO(data)
    found = detect_encoding(stream)
    assert (found.name, found.bom) == (name, bom)
    text = "".join(read_parts(stream, found))
    assert bom + encode(text, found.name) == data


def test_c4_bad_byte_is_named_by_its_offset() -> None:
    data = "会议".encode() + b"\xff\xfe\xfa" + "通知\n".encode() * 50
    with pytest.raises(DecodeError, match="byte 6"):
        detect_encoding(io.BytesIO(data), wanted="utf-8")


def test_c4_keep_gives_the_bad_byte_back() -> None:
    data = "会议".encode() + b"\xff" + "通知".encode()
    stream = io.BytesIO(data)
    found = detect_encoding(stream, wanted="utf-8", errors="keep")
    parts = list(read_parts(stream, found, "keep"))
    assert b"".join(encode(p, "utf-8", "keep") for p in parts) == data


def test_c5_two_encodings_in_one_file_are_refused() -> None:
    data = SPEECH.encode() + b"\n" + "张".encode("gbk") + b"\xff" + SPEECH.encode("gbk")
    with pytest.raises(DecodeError, match="byte"):
        detect_encoding(io.BytesIO(data))


def test_c6_a_character_across_chunks_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    data = SPEECH.encode() * 40
    for size in (1, 2, 3, 7, 64):
        monkeypatch.setattr(decode, "_CHUNK", size)
        stream = io.BytesIO(data)
        assert "".join(read_parts(stream, detect_encoding(stream))) == SPEECH * 40


def test_parts_end_at_line_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "_CHUNK", 64)
    monkeypatch.setattr(decode, "PART", 100)
    stream = io.BytesIO(SPEECH.encode() * 10)
    parts = list(read_parts(stream, detect_encoding(stream)))
    assert len(parts) > 3
    assert all(p.endswith("\r\n") for p in parts)


def test_wrong_encoding_that_does_not_round_trip_is_refused() -> None:
    # One of the characters that stand twice in code page 932.
    stream = io.BytesIO(b"\x87\x90")
    encoding = detect_encoding(stream, wanted="cp932")
    check = RoundTrip(encoding, "strict")
    for part in read_parts(stream, encoding):
        check.add(part)
    with pytest.raises(DecodeError, match="same bytes"):
        check.check(stream)


@given(st.binary(max_size=60) | st.text(max_size=30).map(str.encode))
def test_utf_8_needs_no_such_proof(content: bytes) -> None:
    modes: tuple[Errors, ...] = ("strict", "keep")
    for errors in modes:
        stream = io.BytesIO(content)
        with contextlib.suppress(DecodeError):
            encoding = detect_encoding(stream, wanted="utf-8", errors=errors)
            assert (
                encoding.bom + b"".join(encode(p, "utf-8", errors) for p in read_parts(stream, encoding, errors))
                == content
            )


def test_character_that_the_output_lacks_is_named() -> None:
    with pytest.raises(DecodeError, match=r"U\+1F600 at character 2"):
        encode("會議😀", "big5")
    with pytest.raises(DecodeError, match="unknown encoding"):
        output_codec("utf-9")


@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet=st.characters(codec="gb18030"), max_size=200))
def test_gb18030_round_trips_when_asked_for(text: str) -> None:
    data = text.encode("gb18030")
    stream = io.BytesIO(data)
    found = detect_encoding(stream, wanted="gb18030")
    assert found.bom + b"".join(encode(p, found.name) for p in read_parts(stream, found)) == data
