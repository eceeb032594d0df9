"""What a file is by its content: one without any is none of the formats that are never empty."""

from __future__ import annotations

import io

import pytest

from redactor import FormatError
from redactor.formats.registry import FORMATS
from redactor.formats.sniff import kind_of

TEXTS = ("text", "html", "xml", "csv", "json", "jsonl", "eml")
SUFFIXES = [(form.name, suffix) for form in FORMATS.values() for suffix in form.suffixes]


@pytest.mark.parametrize(("name", "suffix"), [pair for pair in SUFFIXES if pair[0] not in TEXTS])
def test_an_empty_file_is_no_package(name: str, suffix: str) -> None:
    with pytest.raises(FormatError, match="is empty, and no "):
        kind_of(io.BytesIO(), f"a{suffix.upper()}")


@pytest.mark.parametrize("suffix", ["", ".dat", *(suffix for name, suffix in SUFFIXES if name in TEXTS)])
def test_an_empty_text_is_a_text(suffix: str) -> None:
    assert kind_of(io.BytesIO(), f"a{suffix}") in TEXTS


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.svg", '<svg xmlns="http://www.w3.org/2000/svg"><text>张<tspan>三</tspan></text></svg>', "xml"),
        ("", '<!-- a --><svg xmlns="http://www.w3.org/2000/svg">', "xml"),
        ("a.rss", "<rss><channel/></rss>", "xml"),
        ("a.xml", "<a>&nbsp;", "xml"),
        ("a.drawio", "<mxfile host='a'><diagram/></mxfile>\n", "xml"),
        ("", '<!DOCTYPE svg PUBLIC "a" "b"><svg></svg>', "xml"),
        ("", "<姓名>张三</姓名>", "xml"),
        ("a.xml", "张三", "text"),
        ("a.txt", "<b>张三</b>", "text"),
        ("a.dat", "<b>张三</b>同志", "text"),
        ("", "<张三>说", "text"),
        ("a.xml", "<html><p>张<b>三", "html"),
        ("", "<p>张三</p>\n<p>李四</p>", "text"),
        ("", "<p>张&nbsp;三</p>", "text"),
        ("", "<人>张三</人>\n<人>李四</人>", "text"),
    ],
)
def test_xml_that_declares_nothing_is_xml(name: str, text: str, kind: str) -> None:
    """Read as a plain text, a name that goes over elements stayed, and the address of its vocabulary did not."""
    assert kind_of(io.BytesIO(text.encode()), name) == kind


@pytest.mark.parametrize("name", ["增长12.5%", "增长", "增长12.5", "a.。"])
def test_what_is_edited_of_a_name_is_no_ending(name: str) -> None:
    """Found by fuzzing: without its figure a member was of another kind, and what had been written was refused."""
    assert kind_of(io.BytesIO(b'{"a": "1"}": "'), name) == "json"
    assert kind_of(io.BytesIO(b'{"a": "1"}": "'), f"{name}.dat") == "text"
