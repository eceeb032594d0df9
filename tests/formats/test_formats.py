"""What all formats have in common: flows, their edits given back, and what a file is by its content."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor import FormatError, Redactor, Result
from redactor.document.edits import apply
from redactor.formats.session import DocumentSession
from redactor.formats.sniff import kind_of
from redactor.formats.unit import Redacted, Unit
from tests.conftest import Run, made
from tests.draws import draws

DATA = Path(__file__).parent.parent / "data"
LINES = (DATA / "speech.txt").read_text(encoding="utf-8").splitlines()


def session_of(redactor: Redactor) -> DocumentSession:
    return DocumentSession(redactor, lambda text, result, units: None)


def units(*texts: str) -> list[Unit]:
    return [Unit(text, str(number)) for number, text in enumerate(texts)]


def test_a_flow_is_one_document(publish: Redactor) -> None:
    done = session_of(publish).flow(units(*LINES))
    left = [r.text for r in done if not r.gone]
    assert "\n".join(left) + "\n" == (DATA / "speech.publish.txt").read_text(encoding="utf-8")
    assert any(r.gone for r in done)


def test_labels_go_on_in_the_next_flow_and_begin_anew_in_the_next_record() -> None:
    session = session_of(made(policy="label"))
    session.flow(units("请王建国同志牵头。"))
    assert session.flow(units("请李卫东同志牵头。"), prose=False)[0].text == "请【人名2】同志牵头。"
    session.record()
    assert session.flow(units("请李卫东同志牵头。"), prose=False)[0].text == "请【人名1】同志牵头。"


def test_promotional_blocks_are_looked_for_in_prose_alone(publish: Redactor) -> None:
    head = units("仅供学习 禁止外传", "会员群：           免费QQ群：", "正文")
    assert [r.gone for r in session_of(publish).flow(head)][:2] == [True, True]
    assert not any(r.gone for r in session_of(publish).flow(head, prose=False))


@pytest.mark.parametrize(
    ("text", "entity", "expected"),
    [
        pytest.param("欧阳 ", "PERSON", "× ", id="a-surname-alone"),
        pytest.param("×", "PERSON", "×", id="masked-already"),
        pytest.param(" ", "PERSON", " ", id="blank"),
        pytest.param("12", "QUANTITY", "×", id="a-figure"),
    ],
)
def test_values_of_columns(publish: Redactor, text: str, entity: str, expected: str) -> None:
    assert session_of(publish).value(Unit(text, "B2"), entity).text == expected


@draws(100)
@given(st.lists(st.text(alphabet="王建国同志13900001111，。会员群\n a", max_size=30), min_size=1, max_size=8))
def test_edits_given_back_are_those_of_the_flow(publish: Redactor, texts: list[str]) -> None:
    seen: list[Result] = []
    session = DocumentSession(publish, lambda text, result, units: seen.append(result))
    done = session.flow(units(*texts))
    for text, redacted in zip(texts, done, strict=True):
        assert redacted.text == apply(text, redacted.edits)
    joined = "".join(r.text for r in done)
    assert joined.replace("\n", "") == "".join(r.text for r in seen).replace("\n", "")


def test_long_flows_go_in_parts(publish: Redactor) -> None:
    lines = ["请王建国同志牵头。" + "会议于上午召开。" * 2_000] * 40
    sizes: list[int] = []
    session = DocumentSession(publish, lambda text, result, units: sizes.append(len(text)))
    done = session.flow(units(*lines))
    assert len(sizes) > 1
    assert all(r.text == line.replace("王建国", "×") for r, line in zip(done, lines, strict=True))


def test_strict_refuses_what_cannot_be_checked(publish: Redactor) -> None:
    with pytest.raises(FormatError, match=r"page 2: a picture can't be checked, and --strict was given"):
        DocumentSession(publish, lambda *_: None, strict=True).unchecked("page 2", "a picture")


def test_nothing_of_nothing(publish: Redactor) -> None:
    assert session_of(publish).flow([]) == []
    assert session_of(publish).flow(units("")) == [Redacted("")]


def package(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return out.getvalue()


TEXTS = {
    "chinese": ("正文。\n".encode(), "a.txt"),
    "gbk": ("正文。\n".encode("gbk"), "a.txt"),
    "utf-16": ("正文。\n".encode("utf-16"), "a.txt"),
    "markdown": ("# 标题\n\n<b>x</b>\n".encode(), "a.md"),
    "braces": (b"{ not json\n{ either\n", "a.txt"),
    "headers-in-prose": ("From: 张三\nTo: 李四\n\n正文\n".encode(), "a.txt"),
    "empty": (b"", ""),
}


@pytest.mark.parametrize(("data", "name"), TEXTS.values(), ids=TEXTS)
def test_text_is_told_by_content(data: bytes, name: str) -> None:
    assert kind_of(io.BytesIO(data), name) == "text"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is of a kind that is not supported: picture", id="picture"),
        pytest.param(b"PK\x03\x04 and no more", "a broken or truncated zip file", id="broken-zip"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        kind_of(io.BytesIO(data), "a.txt")


def test_formats_lists_what_is_seen_and_what_is_not(run: Run) -> None:
    done = run("formats")
    assert done.returncode == 0
    assert "text\tPlain text (.txt .md .log)\n\tsees: all of it" in done.stdout.decode()


def test_a_column_wants_an_entity(run: Run) -> None:
    done = run("clean", "-", "--column", "姓名=NAME", stdin=b"x")
    assert done.returncode == 2
    assert "unknown entity 'NAME'; known are PERSON, " in done.stderr.decode()
