"""The counting matcher finds what `regex` finds, and counts the same on every machine."""

from __future__ import annotations

import pytest
import regex

from redactor.matching.machine import Machine, OutOfStepsError
from redactor.matching.syntax import parse

PATTERNS = [
    r"甲乙|甲|乙丙丁?",
    r"(?:a|ab)(?:c|bcd)(?:d*)",
    r"a{2,4}?b|a{1,3}+a|a++b?",
    r"(?<=\d[a-z]{0,3})乙(?!丙)|(?<!甲.{0,2})丙",
    r"(?P<x>[ab])-(?P=x)(\d)\2",
    r"(?i:Ab)c|(?>a|ab)c",
    r"(?m)^\s*甲$|\bab\b",
    r"(?i)ÄB|é[^a-c]",
    r"(?:a?){3}b|(?:a*)*c",
    r"(?:甲|乙){2,}?丙",
    r".{1,3}[.。]|\p{Han}+?\d",
    r"(?s:a.b)(?-s:.)",
]
TEXTS = [
    "甲乙丙丁 甲甲乙乙丙", "abcd abbcdd aaab aaaac", "1ab乙 1abcd乙 甲一丙 甲一二三丙", "a-a11 b-a22 b-b33", "ABc abc abC aBBc",
    "  甲\nab甲\n ab", "äb ÄB éd éb", "aab c aaac", "甲乙丙甲。乙1丙.", "a\nbc axbd",
]  # fmt: skip


@pytest.mark.parametrize("source", PATTERNS)
def test_matches_as_regex_does(source: str) -> None:
    pattern, machine = regex.compile(source), Machine(parse(source))
    machine.most = 100_000
    for text in TEXTS:
        for at in range(len(text) + 1):
            match = pattern.match(text, at)
            assert machine.match(text, at) == (match.end() if match else None), (text, at)


def test_words_of_a_list() -> None:
    machine = Machine(parse(r"\L<names>\d", {"names": (1, 2)}), {"names": ("甲", "甲乙")})
    machine.most = 100
    assert [machine.match(text, 0) for text in ("甲1", "甲乙1", "乙1")] == [2, 3, None]


def test_steps_are_counted_and_bounded() -> None:
    machine = Machine(parse("甲+乙"))
    machine.most = 10_000
    counts = []
    for size in (10, 20):
        before = machine.steps
        assert machine.match("甲" * size, 0) is None
        counts.append(machine.steps - before)
    assert counts[0] < counts[1] < 3 * counts[0]
    with pytest.raises(OutOfStepsError):
        Machine(parse("(?:甲|甲)*乙")).match("甲" * 40, 0)
