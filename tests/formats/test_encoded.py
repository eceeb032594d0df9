"""What is encoded in the texts of documents, in each format: read back by programs of other people, no canary is left."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import json
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest

from redactor import Redactor
from redactor.formats.options import Options
from redactor.formats.registry import load_format
from redactor.formats.session import DocumentSession
from redactor.text.encoded import encoded_in
from tests.build.encodings import LINES, ONE_LINE
from tests.build.word import new_word
from tests.conftest import made

NAME, PHONE = "李素华", "13900001111"
SECRET = f"联系人{NAME}同志，电话{PHONE}，住云岭县青山镇。"


@pytest.fixture(scope="module")
def quick() -> Redactor:
    return made(ner="none", mask=(NAME,))


def a_csv(spelt: str) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([["编号", "备注"], ["1", spelt], ["2", "无"]])
    return out.getvalue().encode()


def a_mail(spelt: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", "c"
    message.set_content(f"正文\n{spelt}\n结束\n", charset="utf-8", cte="base64")
    return message.as_bytes()


def a_docx(spelt: str) -> bytes:
    document, out = new_word(), io.BytesIO()
    for line in spelt.splitlines():
        document.add_paragraph(line)
    document.save(out)
    return out.getvalue()


def a_workbook(spelt: str) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "备注"
    book.active["A2"] = f"见 {spelt}"
    book.save(out)
    return out.getvalue()


def a_parquet(spelt: str) -> bytes:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table({"备注": [spelt, "无"]}), out)
    return out.getvalue()


def of_mail(data: bytes) -> Iterator[str]:
    message = email.message_from_bytes(data, policy=email.policy.default)
    yield message.get_content()


def of_docx(data: bytes) -> Iterator[str]:
    import docx

    yield "\n".join(each.text for each in docx.Document(io.BytesIO(data)).paragraphs)


def of_workbook(data: bytes) -> Iterator[str]:
    import openpyxl

    yield from (str(row[0].value) for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows())


def of_parquet(data: bytes) -> Iterator[str]:
    import pyarrow.parquet as pq

    yield from pq.read_table(io.BytesIO(data))["备注"].to_pylist()


def of_text(data: bytes) -> Iterator[str]:
    yield data.decode()


def of_json(data: bytes) -> Iterator[str]:
    yield from (json.loads(line)["a"][0] for line in data.decode().splitlines())


def of_csv(data: bytes) -> Iterator[str]:
    yield from (cell for row in csv.reader(io.StringIO(data.decode(), newline="")) for cell in row)


FORMATS: dict[str, tuple[str, Callable[[str], bytes], Callable[[bytes], Iterator[str]]]] = {
    "text": ("text", lambda s: f"前\n{s}\n后\n".encode(), of_text),
    "csv": ("csv", a_csv, of_csv),
    "json": ("json", lambda s: json.dumps({"a": [s, 1]}).encode(), of_json),
    "jsonl": ("jsonl", lambda s: (json.dumps({"a": [s]}) + "\n").encode() * 2, of_json),
    "html-text": ("html", lambda s: f"<pre>前\n{s}\n后</pre>".encode(), of_text),
    "html-attribute": ("html", lambda s: f'<p data-x="{s}">x</p>'.encode(), of_text),
    "html-script": ("html", lambda s: f"<script>var a = `{s}`;</script>".encode(), of_text),
    "html-comment": ("html", lambda s: f"<!-- # sourceMappingURL={s} -->".encode(), of_text),
    "xml": ("xml", lambda s: f"<a><b>{s}</b></a>".encode(), of_text),
    "mail": ("eml", a_mail, of_mail),
    "docx": ("docx", a_docx, of_docx),
    "xlsx": ("xlsx", a_workbook, of_workbook),
    "parquet": ("parquet", a_parquet, of_parquet),
}
MARKUP_NEEDS_ESCAPES = ("uuencode", "base64-quoted-lines", "backslash-u", "backslash-x")
"""Spelt with signs that mean something else in markup and programs."""


def readings(text: str) -> list[str]:
    found = [text]
    for said in found:
        found += [each.payload.text for each in encoded_in(said) if each.payload]
    return found


@pytest.mark.sampled(9)
@pytest.mark.parametrize("name", ONE_LINE | LINES)
@pytest.mark.parametrize("kind", FORMATS)
def test_no_canary_is_left(quick: Redactor, kind: str, name: str) -> None:
    if kind.startswith(("html", "xml")) and name in MARKUP_NEEDS_ESCAPES:
        pytest.skip("would have to be escaped")
    if name in LINES and kind in ("html-attribute", "html-comment", "html-script", "xlsx"):
        pytest.skip("is one line there")
    format_, make, read = FORMATS[kind]
    spell = (ONE_LINE | LINES)[name]
    data, out = make(spell(SECRET)), io.BytesIO()
    load_format(format_)(io.BytesIO(data), out, DocumentSession(quick, lambda *_: None), Options())
    said = [reading for text in read(out.getvalue()) for reading in readings(text)]
    assert len(said) >= 1
    for value in (NAME, PHONE, spell(NAME), spell(PHONE)):
        assert not any(value in each for each in said)
