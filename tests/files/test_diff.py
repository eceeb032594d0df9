"""Diffs: what git makes of them is the output, whatever the lines, the edits and the parts."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.document.edits import apply
from redactor.files.diff import Differ, Row, between, heading
from redactor.model import Edit
from tests.draws import draws

TEXTS = st.lists(st.sampled_from(["甲乙", "丙", "", "a\r", "末 尾", "\u2028x"]), max_size=24).map("\n".join)


NAMES = st.text(
    st.sampled_from(["a", "张", " ", '"', "\\", "\n", "\t", "\x07", "\x7f", "\u3000", "\u2028", "\udcff", "·"]),
    min_size=1,
).filter(lambda name: name.strip(" ."))


def git_apply(old: str, diff: Sequence[Row], name: str = "f.txt") -> str:
    """What `git apply` makes of a text by a diff."""
    with tempfile.TemporaryDirectory() as folder:
        path, patch = Path(folder, name), Path(folder, "the patch")
        path.write_bytes(old.encode())
        patch.write_bytes("".join(row.sign + row.text for row in (*heading(name), *diff)).encode())
        done = subprocess.run(
            ["git", "apply", "--whitespace=nowarn", patch], cwd=folder, capture_output=True, check=False
        )
        assert done.returncode == 0, (done.stderr, patch.read_text("utf-8"))
        return path.read_bytes().decode()


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit], int]:
    """A text, edits of it that don't overlap, and a place where it is cut in two, at a line end."""
    text = draw(TEXTS)
    points = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = zip(points[::2], points[1::2], strict=False)
    edits = [Edit(low, high, draw(st.sampled_from(["×", "", "x\ny", "×\n"])), "PERSON", "r") for low, high in spans]
    ends = [0, *(at + 1 for at, char in enumerate(text) if char == "\n"), len(text)]
    return text, edits, draw(st.sampled_from(ends))


def rows(text: str, edits: Sequence[Edit], cut: int) -> list[Row]:
    differ = Differ()
    first = [edit for edit in edits if edit.end <= cut]
    rest = [Edit(e.start - cut, e.end - cut, e.replacement, "", "") for e in edits if e not in first]
    return [*differ.feed(text[:cut], first), *differ.feed(text[cut:], rest), *differ.feed("", (), last=True)]


@draws(150)
@given(edited())
def test_git_makes_the_output_of_it(made: tuple[str, list[Edit], int]) -> None:
    text, edits, cut = made
    edits = [edit for edit in edits if not edit.start < cut < edit.end]
    out = apply(text, edits)
    found = rows(text, edits, cut)
    if out == text:
        assert found == []
    else:
        assert git_apply(text, found) == out


def test_only_what_differs_is_marked_and_the_context_is_three_lines() -> None:
    text = "".join(f"第{n}行\n" for n in range(1, 10))
    at = text.index("5")
    found = [*Differ().feed(text, [Edit(at, at + 1, "×", "", "")], last=True)]
    assert "".join(row.sign + row.text for row in found) == (
        "@@ -2,7 +2,7 @@\n 第2行\n 第3行\n 第4行\n-第5行\n+第×行\n 第6行\n 第7行\n 第8行\n"
    )
    assert [row.segments for row in found if row.sign in ("-", "+")] == [
        (("第", False), ("5", True), ("行\n", False)),
        (("第", False), ("×", True), ("行\n", False)),
    ]


@pytest.mark.parametrize("apart", [6, 7], ids=["one-hunk", "two-hunks"])
def test_hunks_that_would_touch_are_one(apart: int) -> None:
    text = "x\n" + "同\n" * apart + "x\n"
    edits = [Edit(0, 1, "×", "", ""), Edit(len(text) - 2, len(text) - 1, "×", "", "")]
    found = [*Differ().feed(text, edits, last=True)]
    assert sum(row.text.startswith("@@") for row in found) == (1 if apart == 6 else 2)


@draws(100)
@given(TEXTS, TEXTS)
def test_git_makes_one_text_of_another(old: str, new: str) -> None:
    found = list(between(old, new))
    if old == new:
        assert found == []
    else:
        assert git_apply(old, found) == new


@draws(60)
@given(NAMES)
def test_git_finds_a_file_of_any_name(name: str) -> None:
    assert git_apply("甲\n", list(between("甲\n", "乙\n")), name) == "乙\n"
