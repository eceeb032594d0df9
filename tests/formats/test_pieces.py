"""Stretches written anew, texts read on, names with numbers."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.formats.pieces import decoded_by, numbered, read_on, spliced


@pytest.mark.parametrize(
    ("text", "changes", "start", "end", "after"),
    [
        ("甲乙丙", [], 0, None, "甲乙丙"),
        ("甲乙丙", [(0, 1, "×"), (2, 2, "+")], 0, None, "×乙+丙"),
        ("甲乙丙丁", [(1, 3, "")], 1, 4, "丁"),
        (b"abc", [(1, 2, b"--")], 0, None, b"a--c"),
    ],
)
def test_stretches_are_written_anew(
    text: str, changes: list[tuple[int, int, str]], start: int, end: int | None, after: str
) -> None:
    assert spliced(text, changes, start, end) == after


@given(st.text(), st.lists(st.text(min_size=1), max_size=8))
def test_a_text_is_read_on_to_twice_its_length_or_the_end(held: str, parts: list[str]) -> None:
    waiting = iter(parts)
    text, final = read_on(held, waiting)
    rest = "".join(waiting)
    assert text + rest == held + "".join(parts)
    assert (final and not rest) or len(text) > 2 * len(held)


def test_a_name_comes_first_without_a_number() -> None:
    assert list(islice(numbered("表", "~", ".txt"), 3)) == ["表.txt", "表~2.txt", "表~3.txt"]


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("通知".encode(), ("通知", "utf-8")),
        ("石桥镇".encode("gb18030"), ("石桥镇", "gb18030")),
        (b"\xff", ("\xff", "latin-1")),
    ],
)
def test_bytes_are_read_by_the_first_encoding_that_fits(raw: bytes, found: tuple[str, str]) -> None:
    assert decoded_by(raw, "utf-8", "gb18030", "latin-1") == found
