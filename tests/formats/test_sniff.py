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
