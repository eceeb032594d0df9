"""What is counted of a document."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from redactor.learning.lines import BEGINNING, EDGE, LINE, MIDDLE, folded_lines, hashed, rows
from redactor.ruleset.known_lines import key

_SIGNS = "甲乙丙國国０12３①:：，,。.（( 　\t/-ＡaＱq…·|×\u200b\u3000"


@given(st.lists(st.text(_SIGNS, max_size=20), max_size=6))
def test_what_is_equal_here_is_equal_where_the_rule_is_applied(lines: list[str]) -> None:
    folded = folded_lines("\n".join(lines))
    assert len(folded) == max(1, len(lines))
    by_fold: dict[str, set[str]] = {}
    for line, fold in zip(lines, folded, strict=False):
        by_fold.setdefault(fold, set()).add(key(line))
    assert all(len(keys) == 1 for keys in by_fold.values())


def test_numbers_width_spaces_and_script_are_folded() -> None:
    first, second = folded_lines("瀏覽：１２ 次　2024-05-01\n浏览:7次2023.1.2")
    assert first == second


def test_a_line_counts_once_and_so_does_a_beginning() -> None:
    found = list(rows(folded_lines("上一篇：甲\n上一篇：乙\n\n上一篇：甲\n正文\n")))
    assert sorted(kind for _, kind, _, _ in found) == [LINE, LINE, LINE, BEGINNING]
    assert (hashed("上一篇:"), BEGINNING, 0, 0) in found


def test_between_head_and_tail_lines_only_tell_copies() -> None:
    lines = [f"第{chr(0x4E00 + n)}行" for n in range(2 * EDGE + 5)]
    kinds = [kind for _, kind, _, _ in rows(lines)]
    assert (kinds.count(LINE), kinds.count(MIDDLE)) == (2 * EDGE, 5)
