"""Lists of file names: what is written comes back, whatever the names hold."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.files.lists import read_list, write_list
from redactor.model import FormatError
from redactor.text.whole_file import read_text

NAMES = st.binary(min_size=1, max_size=20).filter(lambda name: b"\0" not in name)


@given(names=st.lists(NAMES, max_size=6))
def test_names_come_back(names: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("lists") / "list.txt"
    paths = [Path(os.fsdecode(name)) for name in names]
    write_list(place, paths)
    assert read_list(place) == paths


FORMS = {
    "lines": (b"a.txt\nb c.txt\n", ["a.txt", "b c.txt"]),
    "without-a-last-end": (b"a.txt", ["a.txt"]),
    "crlf-and-mark": (b"\xef\xbb\xbfa.txt\r\n\r\nb.txt\r\n", ["a.txt", "b.txt"]),
    "nul": (b"a\nb.txt\0c.txt\0", ["a\nb.txt", "c.txt"]),
    "json": (b'"a\\nb.txt"\n', ["a\nb.txt"]),
    "empty": (b"", []),
}


@pytest.mark.parametrize(("data", "names"), FORMS.values(), ids=FORMS)
def test_forms_of_lists(tmp_path: Path, data: bytes, names: list[str]) -> None:
    (tmp_path / "list").write_bytes(data)
    assert read_list(tmp_path / "list") == [Path(name) for name in names]


@pytest.mark.parametrize("line", [b'"a.txt', b'"a" b', b'""', b'"a\\u0000"'])
def test_a_quoted_line_that_is_no_name_is_refused(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "list").write_bytes(b"a.txt\n" + line + b"\n")
    with pytest.raises(FormatError, match=r"list:2: "):
        read_list(tmp_path / "list")


def test_what_is_no_small_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * ((1 << 20) + 1))
    (tmp_path / "bytes").write_bytes(b"\xff")
    for name in ("large", "bytes", "nowhere", "."):
        with pytest.raises(FormatError):
            read_text(tmp_path / name)
