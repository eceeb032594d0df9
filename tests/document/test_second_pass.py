"""The surroundings of edits, as they will read, and the way back to the input."""

from __future__ import annotations

import pytest

from redactor import Redactor
from redactor.document.second_pass import edited_lines
from redactor.model import Edit, Span
from redactor.text.separator import WALL


def edit(start: int, end: int, replacement: str = "×") -> Edit:
    return Edit(start, end, replacement, "PERSON", "r")


def shown(text: str, edits: list[Edit], fresh: list[Edit] | None = None) -> str:
    lines, _ = edited_lines(text, edits, edits if fresh is None else fresh)
    return lines.replace(WALL, "|")


LONG = "".join(chr(0x4E00 + number) for number in range(120))
"""Characters that all differ."""
EDITS = {
    "all-of-a-short-text": ("前甲后", [edit(1, 2)], "前×后"),
    "at-the-ends": ("甲中乙", [edit(0, 1), edit(2, 3)], "×中×"),
    "twenty-on-the-left": (LONG, [edit(60, 62)], f"|{LONG[40:60]}×{LONG[62:82]}|"),
    "all-where-twenty-are-left": (LONG, [edit(20, 22)], f"{LONG[:20]}×{LONG[22:42]}|"),
    "cut-where-one-more-is-left": (LONG, [edit(21, 22)], f"|{LONG[1:21]}×{LONG[22:42]}|"),
    "all-to-the-end-within-forty": (LONG, [edit(78, 80)], f"|{LONG[58:78]}×{LONG[80:]}"),
    "cut-on-the-right-of-more": (LONG, [edit(77, 79)], f"|{LONG[57:77]}×{LONG[79:99]}|"),
    "between-two-all-within-forty": (LONG, [edit(20, 30), edit(70, 110)], f"{LONG[:20]}×{LONG[30:70]}×{LONG[110:]}"),
    "between-two-cut-of-more": (LONG, [edit(20, 30), edit(71, 110)], f"{LONG[:20]}×{LONG[30:50]}|{LONG[51:71]}×{LONG[110:]}"),
    "a-line-that-begins-at-the-cut": (
        f"{LONG[:30]}\n{LONG[:20]}甲",
        [edit(51, 52)],
        f"{LONG[:20]}×",
    ),
    "a-line-that-ends-at-the-cut": (f"甲{LONG[:20]}\n{LONG}", [edit(0, 1)], f"×{LONG[:20]}\n|\n"),
    "nothing-in-its-place": (LONG, [edit(10, 12, ""), edit(20, 110)], f"{LONG[:10]}{LONG[12:20]}×{LONG[110:]}"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "edits", "expected"), EDITS.values(), ids=EDITS)
def test_what_is_looked_at_again(text: str, edits: list[Edit], expected: str) -> None:
    assert shown(text, edits) == expected


def test_only_what_is_new_is_looked_at_again() -> None:
    old, new, near = edit(5, 6), edit(60, 62), edit(102, 103)
    assert shown(LONG, [old, new], [new]) == f"|{LONG[40:60]}×{LONG[62:82]}|"
    # What stands within forty characters of it belongs to it, whichever came first.
    assert shown(LONG, [old, new, near], [near]) == shown(LONG, [new, near]) == shown(LONG, [old, new, near], [new])
    far = edit(103, 104)
    assert shown(LONG, [new, near], [new]) == shown(LONG, [new, near], [near]) == shown(LONG, [new, near])
    assert shown(LONG, [old, new, far], [far]) == f"|{LONG[83:103]}×{LONG[104:]}"
    assert shown(LONG, [old, new, far], [old]) == f"{LONG[:5]}×{LONG[6:26]}|"
    assert shown(LONG, [old, new, far], [new]) == f"|{LONG[40:60]}×{LONG[62:82]}|"
    assert shown(LONG, [old, new], []) == ""


def origins(text: str, edits: list[Edit], spans: list[Span]) -> list[list[str]]:
    _, origin = edited_lines(text, edits, edits)
    return [[text[start:end] for start, end in origin(*span)] for span in spans]


def test_the_way_back() -> None:
    text = "零一二三四五六七"
    gone, sign = [edit(2, 3, ""), edit(5, 6)], "零一三四×六七"
    assert shown(text, gone) == sign
    spans = [(0, 1), (0, 2), (1, 3), (0, 4), (2, 4), (3, 5), (4, 5), (4, 6), (5, 7), (6, 7)]
    expected = [["零"], ["零一"], ["一", "三"], ["零一", "三四"], ["三四"], [], [], [], ["六七"], ["七"]]
    assert origins(text, gone, spans) == expected


def test_near_a_cut_nothing_is_trusted() -> None:
    lines, _ = edited_lines(LONG, [edit(60, 62)], [edit(60, 62)])
    assert (lines[0], lines[21], lines[-1], len(lines)) == (WALL, "×", WALL, 43)
    spans = [(0, 1), (1, 2), (8, 10), (9, 10), (20, 21), (20, 22), (22, 34), (33, 34), (33, 35), (34, 35), (42, 43)]
    expected = [[], [], [], [LONG[48]], [LONG[59]], [], [LONG[62:74]], [LONG[73]], [], [], []]
    assert origins(LONG, [edit(60, 62)], spans) == expected


def test_at_the_ends_of_lines_all_is_trusted() -> None:
    text = f"{LONG[:30]}\n{LONG[:20]}甲{LONG[:20]}\n{LONG}"
    edits = [edit(51, 52)]
    assert shown(text, edits) == f"{LONG[:20]}×{LONG[:20]}\n|\n"
    assert origins(text, edits, [(0, 2), (39, 41), (40, 42)]) == [[LONG[:2]], [LONG[18:20]], []]


SECOND = {
    "a-neighbour-shows": "请王建国同志、拉巴同志到会",
    "numbers": "电话13900001111、13900001112，增长12.5%",
    "places": "云岭县石桥镇、青石镇和云岭各村",
}


@pytest.mark.parametrize("text", SECOND.values(), ids=SECOND)
@pytest.mark.parametrize("around", ["", f"{LONG}。\n"], ids=["alone", "between"])
def test_twice_equals_once(publish: Redactor, text: str, around: str) -> None:
    once = publish.redact(around + text + around).text
    assert publish.redact(once).text == once
