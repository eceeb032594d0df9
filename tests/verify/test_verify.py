"""The last check finds each planted fault, and lets sound outputs pass."""

from __future__ import annotations

import base64
import io
import itertools
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor import redact_file
from redactor.model import Edit, FormatError
from redactor.verify.check import verify
from redactor.verify.folding import fold
from redactor.verify.intact import squeezed
from redactor.verify.ledger import Ledger
from redactor.verify.model import Verdict
from tests.command import Run
from tests.conftest import made as redactor_of
from tests.verify import faults
from tests.verify.faults import FAULTS, INPUT, NAME, OUTPUT, PHONE
from tests.verify.producers import PRODUCERS


def edits(text: str, *values: str) -> list[Edit]:
    """Each place of the values, in order, with a sign in its place."""
    found = [
        Edit(at, at + len(v), "×", "PERSON", "t") for v in values for at in range(len(text)) if text.startswith(v, at)
    ]
    return sorted(found, key=lambda edit: edit.start)


def ledger(text: str = INPUT, left: str = OUTPUT, *values: str, kept: str = "") -> Ledger:
    """What is known of a document of that text."""
    book = Ledger()
    book.enter(text, edits(text, *(values or (NAME, PHONE))), left)
    if kept:
        book.enter(kept, (), kept)
    for line in faults.LINES:
        book.enter(line, (), line)
    return book


def looked(data: bytes, kind: str, book: Ledger | None = None) -> Verdict:
    return verify(data, book or ledger(), kind)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", FAULTS)
def test_what_was_left_is_found(name: str) -> None:
    kind, plant = FAULTS[name]
    verdict = looked(plant(), kind)
    assert not verdict.passed
    told = "\n".join(map(str, verdict.leaks))
    assert NAME not in told
    assert PHONE not in told


@pytest.mark.parametrize("name", PRODUCERS)
def test_what_is_sound_passes(name: str) -> None:
    assert looked(faults.made(name), PRODUCERS[name][1].rpartition(".")[2]).leaks == ()


def page(*lines: str) -> bytes:
    return "".join(f"<p>{line}</p>" for line in lines).encode()


KEPT = f"{NAME}路通车了。"
"""A text in which the value is a part of something else, which stays."""


@pytest.mark.parametrize(
    ("output", "kept", "passes"),
    [
        (page(OUTPUT, KEPT), KEPT, True),
        (page(OUTPUT, KEPT, KEPT), KEPT, True),  # shown twice, as a page and its description do: the same place
        (page(OUTPUT, KEPT, f"问{NAME}吧"), KEPT, False),
        (page(OUTPUT, KEPT, NAME), KEPT, False),
        (page(OUTPUT, f"<b>{NAME}</b>路通车了。"), KEPT, True),
        (
            page(OUTPUT, f"{NAME}<p>路通车了。"),
            KEPT,
            True,
        ),  # cut otherwise than the engine has seen it, but no more of it
        (page(OUTPUT, KEPT, f'<i title="{NAME}">a</i>'), KEPT, False),
        (page(OUTPUT), KEPT, True),
        (page(OUTPUT, KEPT), "", False),
    ],
)
def test_what_was_left_on_purpose_may_stand_where_it_stood(output: bytes, kept: str, passes: bool) -> None:
    assert looked(output, "html", ledger(kept=kept)).passed == passes


SHORT = "同比增长12.5%，由王书记牵头，3月5日在青山开会。"


@pytest.mark.parametrize(
    ("values", "output", "passes"),
    [
        (["12.5"], "今年同比增长12.5%，由王书记", False),
        (["12.5"], "版本12.5，共12.5元", True),
        (["王"], "又12.5%，由王书记牵头，3月", False),
        (["王"], "王书记不在，由李书记牵头", True),
        (["3", "5"], "书记牵头，3月5日在青山开会", False),
        (["3", "5"], "第3页，共5页", True),
        (["青山"], "绿水青山", False),  # two characters are a value, where the engine has left them nowhere
    ],
)
@pytest.mark.parametrize("kind", ["html", "json"])
def test_short_values_are_looked_for_with_what_stood_around_them(
    values: list[str], output: str, passes: bool, kind: str
) -> None:
    book = ledger(SHORT, "×", *values)
    data = page(output) if kind == "html" else f'{{"a": "{output}"}}'.encode()
    assert looked(data, kind, book).passed == passes


@pytest.mark.parametrize(
    ("value", "output", "passes"),
    [
        ("1234", "<p>共1234元</p>", False),
        ("1234", "<p>共12345元</p>", True),
        ("1234", "<p>共1,1234.5元</p>", True),
        ("1234", '<p style="width:1234px" data-n="1234">共</p>', True),
        ("1,234.5", "<p>共1,234.5元</p>", False),
        ("138 0013 8000", "<p>138 0013 8000</p>", False),
        ("13800138000", '<p data-n="8613800138000">共</p>', False),
        ("１３８００１３８０００", "<p>13800138000</p>", False),
        ("lee@x.cn", "<p>to LEE@X.CN</p>", False),
        ("Lisa", "<p>Lisa</p>", False),
        ("Lisa", "<p>Elisabeth</p>", True),
        ("Lisa", '<p class="lisa">a</p>', True),
        ("三百", "<p>三百六十行</p>", True),
        (NAME, f"<p>{NAME[:1]}\u200b{NAME[1:2]} {NAME[2:]}</p>", False),
        (f"{NAME[:2]}\n{NAME[2:]}", f"<p>{NAME}</p>", False),
        ("·", "<p>·</p>", True),
    ],
)
def test_forms(value: str, output: str, passes: bool) -> None:
    assert looked(output.encode(), "html", ledger(value, "×", value)).passed == passes


def test_terms_of_the_user_are_looked_for_even_if_nothing_was_found() -> None:
    book = Ledger(terms=(NAME, "是"))
    book.enter("好", (), "好")
    assert not looked(page(NAME), "html", book).passed
    assert looked(page("是好"), "html", book).passed


def test_of_a_long_value_that_repeats_itself_the_beginning_is_looked_for() -> None:
    """To look for all of it took the square of its length: 1,600 paragraphs of one name, a minute and a half."""
    text = f"{NAME}\n" * 20_000
    book = Ledger()
    book.enter(text, [Edit(0, len(text) - 1, "×", "PERSON", "a")], "×\n")
    assert [len(each.text) <= 200 for each in book.values] == [True]
    begun = time.process_time()
    assert looked("<p>×".encode(), "html", book).passed
    assert not looked(f"<p>{text}".encode(), "html", book).passed
    assert time.process_time() - begun < 20


def test_a_verdict_tells_what_was_looked_for_and_where_it_is() -> None:
    verdict = looked(page(OUTPUT, NAME), "html", ledger(f"由{INPUT}，共5元由我管", OUTPUT, NAME, PHONE, "5"))
    gone, short = verdict.checks
    assert (gone.name, gone.values, [str(leak) for leak in gone.leaks]) == ("gone", 2, ["text"])
    assert (short.name, short.values, short.leaks) == ("short", 1, ())


def test_where_nothing_was_masked_nothing_is_read() -> None:
    assert verify(b"PK\x03\x04 broken", Ledger(), "docx").passed


def test_what_can_not_be_read_back_is_refused() -> None:
    with pytest.raises(FormatError, match="can't read back"):
        looked(b"PK\x03\x04 broken", "docx")


def test_more_text_than_is_kept_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redactor.verify.ledger.MOST_TEXT", 10)
    assert ledger().overflow


def leaking() -> bytes:
    """An archive with a member that nobody can look into, which formats leave as it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("a.txt", INPUT)
        packed.writestr("b.bin", bytes(range(64)) + NAME.encode("utf-16-le") + bytes(range(64)))
    return out.getvalue()


@pytest.mark.parametrize("arguments", [["-o", "out.zip"], [], ["--in-place"]])
def test_the_command_writes_nothing_when_something_is_left(tmp_path: Path, run: Run, arguments: list[str]) -> None:
    source = tmp_path / "in.zip"
    data = leaking()
    source.write_bytes(data)
    done = run("clean", "in.zip", "--mask", NAME, *arguments)
    said = done.stderr.decode()
    assert (done.returncode, done.stdout) == (2, b"")
    assert "in.zip: member 2 (bytes): the last check still finds there what was masked; nothing was written\n" in said
    assert NAME not in said
    assert source.read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == ["in.zip"]


def test_named_fields_say_what_is_of_interest(tmp_path: Path, run: Run) -> None:
    (tmp_path / "in.json").write_text(f'{{"a": "{INPUT}", "b": "{NAME}"}}', "utf-8")
    done = run("clean", "in.json", "-o", "out.json", "--field", "a", "--mask", NAME)
    assert done.returncode == 0, done.stderr.decode()
    assert NAME in (tmp_path / "out.json").read_text("utf-8")


KINDS = ("docx", "pdf", "html", "xml", "json", "jsonl", "csv", "parquet", "arrow", "eml", "zip", "tar", "gzip", "")
STARTS = (
    b"",
    b"PK\x03\x04",
    b"%PDF-1.7\n1 0 obj\nstream\n",
    b"\x1f\x8b\x08",
    b"PAR1",
    b"<a>",
    b"{",
    b"A: b\n\n",
    b"\xff\xfe",
)


@given(st.sampled_from(KINDS), st.sampled_from(STARTS), st.binary(max_size=200))
def test_whatever_is_read_there_is_a_verdict_or_a_refusal(kind: str, start: bytes, rest: bytes) -> None:
    # FormatError alone says that it can't be read.
    with suppress(FormatError):
        assert len(looked(start + rest, kind).checks) == 2


@given(
    st.text("蔚蓝丹青山水", min_size=3, max_size=6),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "gb18030"]),
    st.integers(0, 5),
    st.sampled_from(["bytes", "base64", "lines", "hex", "percent", "quoted"]),
)
def test_values_are_found_in_each_encoding(value: str, charset: str, shift: int, way: str) -> None:
    data = b"\x00" * shift + value.encode(charset) + b"\x00"
    written = {
        "bytes": lambda: data,
        "base64": lambda: base64.b64encode(data),
        "lines": lambda: b"\n".join(base64.b64encode(data)[at : at + 4] for at in range(0, len(data) * 2, 4)),
        "hex": lambda: data.hex().encode(),
        "percent": lambda: b"".join(b"%%%02X" % byte for byte in data),
        "quoted": lambda: b"=\n".join(b"=%02X" % byte for byte in data),
    }
    before = bytes(range(128, 256))  # so that it is nothing but bytes
    assert not looked(before + written[way]() + before, "", ledger(value, "×", value)).passed


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


SPEECH = (
    "在林水县农业工作会上的讲话",
    "同志们：今天请蔚丹青同志和各乡镇负责同志到会，研究春耕。",
    "去年全县粮食总产12.6万吨，同比增长3.2%，投入资金1860万元。",
    "云坪镇要抓好水利，青坪村新修渠道5.4公里，受益农户1234户。",
    "联系人：蔚丹青，电话13800138000，邮箱wei@example.org。",
    "会后，蔚丹青同志到青坪村调研，林水县农业农村局陪同。",
)


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("name", "policy"), list(zip(list(PRODUCERS)[::3], itertools.cycle(["publish", "label"]), strict=False))
)
def test_files_of_real_programs_are_redacted_and_pass(tmp_path: Path, name: str, policy: str) -> None:
    make, suffix = PRODUCERS[name]
    source = tmp_path / f"in.{suffix}"
    source.write_bytes(make(SPEECH, Random(7)))
    told = redact_file(source, tmp_path / f"out.{suffix}", redactor=redactor_of(policy))
    assert told.counts["PERSON"] >= 2


def test_radicals_are_the_characters_that_they_look_like() -> None:
    assert fold("部⻔增⻓，蔚丹⻘") == fold("部门增长，蔚丹青")
    assert squeezed("部⻔ 增⻓") == squeezed("部门增长")
