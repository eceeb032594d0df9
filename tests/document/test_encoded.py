"""What is encoded inside a text goes with what is plain: SAFETY-L3, SAFETY-L5; and nothing else moves."""

from __future__ import annotations

import base64
import gzip
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from redactor import Redactor
from redactor.document import encoded
from redactor.document.edits import assert_intact
from redactor.formats.options import Options
from redactor.formats.registry import load_format
from redactor.formats.session import DocumentSession
from redactor.model import FormatError
from redactor.text import decode, letters
from redactor.text.encoded import encoded_in
from redactor.text.encoded_terms import Terms
from tests.build.encodings import LINES, ONE_LINE, b64, no_texts
from tests.conftest import Run, made
from tests.draws import draws

NAME, PHONE = "李素华", "13900001111"
SECRET = f"联系人{NAME}同志，电话{PHONE}，住云岭县青山镇。"
SPELL = ONE_LINE | LINES


@pytest.fixture(scope="module")
def quick() -> Redactor:
    return made(ner="none", mask=(NAME,))


def readings(text: str) -> list[str]:
    """A text, what is encoded in it, and so on."""
    found = [text]
    for said in found:
        found += [each.payload.text for each in encoded_in(said) if each.payload]
    return found


def left(text: str) -> list[str]:
    """What of the secret is still to be read, in any form."""
    spelt = [spell(value) for spell in SPELL.values() for value in (NAME, PHONE)]
    return [value for value in (NAME, PHONE, *spelt) if any(value in said for said in readings(text))]


@pytest.mark.parametrize("name", SPELL)
@pytest.mark.parametrize("around", ["前文：{}\n后文。", '{{"a": "{}"}}'], ids=["prose", "quoted"])
def test_what_is_spelt_goes(quick: Redactor, name: str, around: str) -> None:
    text = around.format(f"\n{SPELL[name](SECRET)}" if name in LINES else SPELL[name](SECRET))
    result = quick.redact(text)
    assert left(result.text) == []
    assert_intact(text, result.text, result.edits)
    assert result.text.startswith(around.partition("{}")[0].format())
    assert {"PERSON", "PHONE_NUMBER"} <= {finding.entity for finding in result.findings}
    assert quick.redact(result.text).text == result.text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("data: 5byg5LiJ5ZCM5b+X5p2l5LqG", "data: w5flkIzlv5fmnaXkuoY=", id="SAFETY-L3"),
        pytest.param(
            '{"v":"data:text/plain;base64,5byg5LiJ"}', '{"v":"data:text/plain;base64,w5c="}', id="SAFETY-L3-address"
        ),
        pytest.param("e5bca0e4b889e5908ce5bf97", "c397e5908ce5bf97", id="SAFETY-L3-hex"),
        pytest.param("id 5byg5LiJ.", "id w5c=.", id="SAFETY-L3-name-alone"),
    ],
)
def test_a_term_goes_from_what_is_encoded(before: str, after: str) -> None:
    assert made(mask=("张三",), ner="none").redact(before).text == after


@pytest.mark.parametrize("cut", range(4))
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
def test_safety_l3_a_term_goes_from_data_that_is_no_text(quick: Redactor, cut: int, encoding: str) -> None:
    noise = gzip.compress(bytes(range(256)))
    text = f"键 {b64(noise + NAME.encode(encoding) + noise)[cut:]} 值"
    result = quick.redact(text)
    assert len(result.text) == len(text)
    assert [(f.start, f.rule) for f in result.findings] == [(2, "user.mask")]
    assert quick.redact(result.text).text == result.text
    assert made(ner="none", mask=("王小丫",)).redact(text).text == text


def test_safety_l5_armour_is_opened_or_told(quick: Redactor) -> None:
    told = "-----BEGIN X-----\ngICAgICAgICAgICA\n-----END X-----\n"
    assert [(n.start, n.what) for n in quick.redact(told).not_checked] == [(0, "an encrypted or encoded passage")]
    assert quick.redact(LINES["armour"](SECRET)).not_checked == ()


def test_the_rest_of_the_encoded_text_stays_as_it_was(publish: Redactor) -> None:
    plain = f"会议纪要\n请{NAME}同志牵头，完成目标任务。\n"
    text = f"x\n{LINES['base64-lines'](plain * 9)}y"
    assert readings(publish.redact(text).text)[1] == publish.redact(plain * 9).text


@pytest.mark.parametrize("text", [text for _, text in no_texts()], ids=[name for name, _ in no_texts()])
def test_what_spells_nothing_stays(text: str) -> None:
    redactor = made(ner="none", only=("PERSON", "LOCATION", "ORGANIZATION"))
    result = redactor.redact(f"参数 {text} 结束\n")
    assert result.text == f"参数 {text} 结束\n"
    assert result.not_checked == ()


def test_findings_have_the_place_of_the_stretch(quick: Redactor) -> None:
    text = f"甲乙 {b64(SECRET.encode())} 丙"
    result = quick.redact(text)
    place = (3, len(text) - 2)
    assert {(f.start, f.end) for f in result.findings} == {place}
    assert {(e.start, e.end) for e in result.edits} == {place}
    assert all("encoded base64" in f.why() for f in result.findings)
    assert quick.scan(text) == result.findings


def test_a_policy_that_only_scans_tells_and_changes_nothing() -> None:
    text = f"甲 {b64(SECRET.encode())} 乙"
    result = made("scan-only", ner="none").redact(text)
    assert result.text == text
    assert "PHONE_NUMBER" in {finding.entity for finding in result.findings}


def test_a_name_proven_outside_goes_inside_with_the_same_label() -> None:
    result = made("label").redact(f"请{NAME}同志牵头。\n附：{b64(f'{NAME}已到会，{NAME}发言'.encode())}\n")
    assert "【人名1】已到会，【人名1】发言" in readings(result.text)


def test_residue_is_told_of_what_is_encoded(quick: Redactor) -> None:
    text = f"前 {b64('编号暗语7788990的事'.encode())} 后"
    found = quick.residue(text, quick.redact(text))
    assert (2, len(text) - 2, "digits") in {(each.start, each.end, each.kind) for each in found}


def test_what_lies_too_deep_is_told() -> None:
    quick = made(ner="none", mask=(NAME,))
    text = SECRET
    for _ in range(encoded.MAX_DEPTH):
        text = b64(text.encode())
    assert left(quick.redact(f"a {text}").text) == []
    deeper = quick.redact(f"a {b64(text.encode())}")
    assert [note.what for note in deeper.not_checked] == [encoded.TOO_DEEP]


def test_what_unpacks_without_end_is_told(quick: Redactor) -> None:
    result = quick.redact(f"a {b64(gzip.compress(b'1' * 20_000_000))}")
    assert [note.what for note in result.not_checked] == ["packed text that is too large"]


def test_the_texts_within_a_text_have_a_bound(quick: Redactor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoded, "MAX_SIZE", 100)
    monkeypatch.setattr(
        encoded.Room, "__init__", lambda self: (setattr(self, "depth", 3), setattr(self, "left", 100))[0]
    )
    result = quick.redact(f"{b64(SECRET.encode())} " * 5)
    assert {note.what for note in result.not_checked} == {encoded.TOO_DEEP}


def test_what_stands_whatever_is_found_stands_here_too() -> None:
    keeping = made(ner="none", mask=(NAME,), keep=(f"{NAME}路",))
    assert f"{NAME}路" in readings(keeping.redact(f"a {b64(f'{NAME}路和{NAME}在'.encode())}").text)[1]


@draws(100)
@example(
    "00000000000", "base64-gb18030", "strip"
)  # blanks where the term stood: what is left is text, a table of figures
@given(
    st.text(alphabet="李素华同志来电话13900001111，。 \nab", min_size=4, max_size=80),
    st.sampled_from(sorted(SPELL)),
    st.sampled_from(["publish", "label", "strip", "court"]),
)
def test_twice_is_once_and_nothing_else_is_touched(text: str, name: str, policy: str) -> None:
    redactor = made(policy, ner="none", mask=(NAME,))
    whole = f"前文 {SPELL[name](f'{text}{NAME}{text}')} 后文"
    result = redactor.redact(whole)
    assert_intact(whole, result.text, result.edits)
    assert redactor.redact(result.text).text == result.text
    # What measures as no text is data, in which no term can be found that is not spelt whole: it is told, so that nobody takes it for clean.
    assert result.not_checked or all(NAME not in said for said in readings(result.text))


@draws(200)
@given(
    st.text(alphabet="AMDw05pgL+/9zQ", max_size=40),
    st.sampled_from(["", "NOTE-----\n", "Listed12_\n", "key/", "a%2B", "> "]),
    st.text(alphabet="。0aB是\u3400\ue000", max_size=30),
    st.sampled_from(["utf-8", "gb18030", "utf-16-le", "utf-16-be"]),
    st.sampled_from(["base64", "base64-lines", "addresses", "hex"]),
    st.sampled_from(["publish", "label", "court"]),
)
def test_a_term_goes_or_is_told_wherever_letters_spell_it(
    before: str, head: str, text: str, encoding: str, form: str, policy: str
) -> None:
    data = f"{text}{NAME}{text}".encode(encoding)
    body = {
        "base64": b64(data),
        "base64-lines": base64.encodebytes(data).decode(),
        "addresses": base64.urlsafe_b64encode(data).decode(),
        "hex": data.hex(),
    }[form]
    whole = f"前文 {head}{before}{body}后文"
    result = made(policy, ner="none", mask=(NAME,)).redact(whole)
    assert_intact(whole, result.text, result.edits)
    assert Terms((NAME,)).spelt_in(whole)
    assert result.not_checked or Terms((NAME,)).spelt_in(result.text) == []
    assert all(0 <= note.start < note.end <= len(whole) for note in result.not_checked)


@pytest.mark.parametrize("head", ["-----BEGIN NOTE-----\n", "名单 Listed12_\n", "名单：", "x-"])
@pytest.mark.parametrize(
    "inner", [f"{'0' * 27}{NAME}{'0' * 27}", f"00。。。。。{NAME}00。。。。。", f"\u3400\u3401{NAME}\u3402"]
)
def test_a_word_before_letters_is_none_of_them(quick: Redactor, head: str, inner: str) -> None:
    result = quick.redact(f"{head}{base64.encodebytes(inner.encode()).decode()}")
    assert result.not_checked == ()
    assert inner.replace(NAME, "×") in readings(result.text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"值 f{NAME.encode().hex()}0 了", (3, 21)),
        (f"王海的{b64(NAME.encode())}{'A' * 11}{b64(NAME.encode())} 了", None),
    ],
)
def test_a_term_that_can_not_be_taken_out_is_told(text: str, place: tuple[int, int] | None) -> None:
    result = made(ner="none", mask=(NAME, "王海")).redact(text)
    assert [note.what for note in result.not_checked] == ["an encrypted or encoded passage"]
    assert place is None or [(note.start, note.end) for note in result.not_checked] == [place]


def in_parts(redactor: Redactor, text: str, encoding: str = "utf-8") -> str:
    out = io.BytesIO()
    session = DocumentSession(redactor, lambda *_: None)
    load_format("text")(io.BytesIO(text.encode(encoding)), out, session, Options())
    return out.getvalue().decode(encoding)


@pytest.mark.sampled(10)
@pytest.mark.parametrize("name", ["base64-lines", "base64-quoted-lines", "hex-lines", "uuencode", "armour", "base64"])
@pytest.mark.parametrize("before", [0, 301, 640, 997, 1500])
def test_a_large_text_is_not_cut_within_what_is_encoded(
    quick: Redactor, monkeypatch: pytest.MonkeyPatch, name: str, before: int
) -> None:
    monkeypatch.setattr(decode, "_CHUNK", 1009)
    monkeypatch.setattr(decode, "PART", 500)
    inner = "".join(f"第{number}项由{NAME}负责，" for number in range(25 if name == "base64" else 60))
    text = "平常的一行。\n" * (before // 7) + SPELL[name](inner) + "\n" + "平常的一行。\n" * 300
    for encoding in ("utf-8", "gb18030"):
        done = in_parts(quick, text, encoding)
        assert inner.replace(NAME, "×") in readings(done)


def test_what_is_cut_all_the_same_is_still_read(quick: Redactor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "_CHUNK", 1009)
    monkeypatch.setattr(letters, "_MOST_LETTERS", 3000)
    inner = "".join(f"第{number}项由{NAME}负责，" for number in range(900))
    done = in_parts(quick, LINES["base64-lines"](inner))
    pieces = re.split(r"(?<![^\n]{76})\n", done)
    assert len(pieces) > 5
    assert sum("".join(readings(piece)).count("×负责") for piece in pieces) > 850


def test_the_command_tells_and_refuses_under_strict(run: Run, tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "in.txt").write_text("-----BEGIN X-----\nabc\n", encoding="utf-8")
    done = run("clean", "in.txt", "-o", "out.txt", "--lang", "en")
    assert b"an encrypted or encoded passage was not checked" in done.stderr
    assert run("clean", "in.txt", "-o", "strict.txt", "--strict").returncode == 2
    assert b"encoded passage" in run("scan", "in.txt", "--lang", "en").stderr
    assert not (tmp_path / "strict.txt").exists()


def test_a_field_of_a_table_tells_where_it_is(quick: Redactor) -> None:
    session = DocumentSession(quick, lambda *_: None)
    load_format("csv")(io.BytesIO(b"a,b\r\n1,-----BEGIN X-----\r\n2,3\r\n"), io.BytesIO(), session, Options())
    [(where, what)] = session.not_checked
    assert "2" in where
    assert what == "an encrypted or encoded passage"
    with pytest.raises(FormatError, match="strict"):
        load_format("csv")(
            io.BytesIO(b"a\r\n-----BEGIN X-----\r\n"),
            io.BytesIO(),
            DocumentSession(quick, lambda *_: None, True),
            Options(),
        )
