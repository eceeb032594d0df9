"""Text that is shown from right to left (row SAFETY-L7): lines as they are shown, and what is found in them."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor import Redactor
from redactor.text.overrides import shown_lines

RLO, LRO, END, ISOLATE, POP = "\u202e", "\u202d", "\u202c", "\u2067", "\u2069"
SIGNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"甲{RLO}丙乙{END}丁", ["甲乙丙丁"]),
        (f"甲{RLO}丙乙", ["甲乙丙"]),
        (f"甲{RLO}丁{LRO}乙丙{END}{END}戊", ["甲乙丙丁戊"]),
        (f"甲{RLO}丁{ISOLATE}乙丙{POP}{END}戊", ["甲乙丙丁戊"]),
        (f"{RLO}乙甲\n丙丁\r\n{RLO}己戊{END}{END}", ["甲乙", "戊己"]),
        (f"{RLO}21{RLO}43{END}{END}", ["3412"]),
        (f"{END}甲{ISOLATE}乙{POP}", []),
        ("甲乙", []),
        (f"{RLO * 300}乙甲{END * 300}丙{RLO}戊丁", ["甲乙丙丁戊"]),
    ],
)
def test_lines_as_they_are_shown(text: str, shown: list[str]) -> None:
    assert [line.text for line in shown_lines(text)] == shown


@given(st.text(alphabet=[*SIGNS, "甲", "a", "1", "\n"], max_size=30))
def test_each_character_that_shows_stands_once_in_its_line(text: str) -> None:
    for line in shown_lines(text):
        assert line.text == "".join(text[at] for at in line.places)
        assert len(set(line.places)) == len(line.places)
        assert SIGNS.isdisjoint(line.text)
        low, high = min(line.places, default=0), max(line.places, default=-1) + 1
        assert sorted(line.places) == [at for at in range(low, high) if text[at] not in SIGNS]


CASES: Final = [
    (f"前{RLO}三张{END}后", "前×后"),
    (f"前{RLO}志同三张{END}来了", f"前{RLO}志同×{END}来了"),
    (f"请{RLO}志同军建王、志同明晓周{END}来", f"请{RLO}志同×、志同×{END}来"),
    (f"到{RLO}县岭云{END}调研", f"到{RLO}县×{END}调研"),
    (f"电话：{RLO}00083100831{END}。", "电话：×。"),
    (f"{RLO}张三{END}", "×"),
    (f"会{RLO}上三张", f"会{RLO}上×"),
    (f"请{RLO}三{LRO}张{END}{END}来", f"请{RLO}××{END}来"),
    (f"{RLO}三张{END}说：三张纸", "×说：三张纸"),
    ("三张纸", "三张纸"),
]


@pytest.mark.parametrize(("text", "became"), CASES, ids=[f"SAFETY-L7 {number}" for number in range(len(CASES))])
def test_safety_l7_names_that_are_shown_turned_round_go(text: str, became: str) -> None:
    redactor = Redactor(mask=["张三"], ner="none")
    assert redactor.redact(text).text == became
    assert redactor.redact(became).text == became
    assert redactor.redact_many([text, "好", text]).__next__().text == became
