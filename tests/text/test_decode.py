"""Encodings found, read in parts and written back byte for byte (rows C1–C6, C9, C12, C14 of the robustness list)."""

from __future__ import annotations

import codecs
import contextlib
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.model import DecodeError
from redactor.text import decode
from redactor.text.decode import (
    Encoding,
    Errors,
    check_round_trip,
    detect_encoding,
    encode,
    output_codec,
    parts_of,
    read_parts,
)
from tests.conftest import Run
from tests.draws import draws

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
    with pytest.raises(DecodeError, match="same bytes"):
        check_round_trip(stream, encoding)


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
    for name in ("utf-9", "rot13", "hex", "undefined"):
        with pytest.raises(DecodeError, match="unknown encoding"):
            output_codec(name)


@draws(100)
@given(text=st.text(alphabet=st.characters(codec="gb18030"), max_size=200))
def test_gb18030_round_trips_when_asked_for(text: str) -> None:
    data = text.encode("gb18030")
    stream = io.BytesIO(data)
    found = detect_encoding(stream, wanted="gb18030")
    assert found.bom + b"".join(encode(p, found.name) for p in read_parts(stream, found)) == data


@pytest.mark.sampled(2)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_text_that_only_begins_like_utf_8_is_read_as_what_it_is(run: Run, tmp_path: Path, jobs: str) -> None:
    begin, rest = "All of this is ASCII.\n" * 4_000, "请张三同志配合，做好各项工作。\n" * 1000
    (tmp_path / "in.txt").write_bytes((begin + rest).encode("gb18030"))
    done = run("clean", "in.txt", "-o", "out.txt", "--policy", "clean", "--jobs", jobs, "--report", "r.json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "out.txt").read_bytes() == (tmp_path / "in.txt").read_bytes()
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["files"][0]
    assert report["encoding"]["name"] == "gb18030"
    assert report["characters"] == len(begin + rest)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_bad_byte_late_in_a_text_is_named_and_nothing_written(run: Run, tmp_path: Path, jobs: str) -> None:
    data = "请各单位认真落实。\n".encode() * 40_000 + b"\xff\xff\xff\n"
    (tmp_path / "in.txt").write_bytes(data)
    done = run("clean", "in.txt", "-o", "out.txt", "--policy", "clean", "--jobs", jobs)
    assert done.returncode == 2
    assert f"at byte {len(data) - 4}".encode() in done.stderr
    assert not (tmp_path / "out.txt").exists()


@draws(60)
@given(
    content=st.lists(st.sampled_from([b"\n", b"\r", b"a" * 9, "汉字。".encode(), "𠀀".encode(), b"\xe6", b"\xff"])).map(
        b"".join
    )
)
def test_parts_of_utf_8_are_the_text(content: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decode, "_CHUNK", 16)
        parts = [part() for part in parts_of(io.BytesIO(content), Encoding("utf-8", b"", 1.0, "test"), "keep")]
    assert "".join(parts) == content.decode("utf-8", "surrogateescape")
    assert all(parts)


@pytest.mark.parametrize("cut", range(1, 40))
def test_utf_8_that_is_cut_off_is_never_read_as_something_else(cut: int) -> None:
    data = "负责人秦岚同志的电话是0999-6210088，请致电。".encode()[: 9 + cut]
    try:
        data.decode("utf-8")
        whole = True
    except UnicodeDecodeError:
        whole = False
    if whole:
        assert detect_encoding(io.BytesIO(data)).name == "utf-8"
    else:
        with pytest.raises(DecodeError, match="not valid utf-8"):
            detect_encoding(io.BytesIO(data))
        assert detect_encoding(io.BytesIO(data), errors="keep").name == "utf-8"


@pytest.mark.parametrize("text", ["abc 请", "联通", "张三", "云岭县王建国同志", "请"])
def test_short_texts_of_gb18030_stay_what_they_are(text: str) -> None:
    assert detect_encoding(io.BytesIO(text.encode("gb18030"))).name == "gb18030"
