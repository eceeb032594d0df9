"""What is said to be little work is counted, and what could run away is not said to be."""

from __future__ import annotations

from math import inf

import pytest

from redactor.detect.patterns import PatternDetector, compile_pattern_rules
from redactor.ruleset.load import load_rules
from redactor.ruleset.steps import FEW, most_steps
from redactor.ruleset.syntax import parse

REACH = 256


@pytest.mark.parametrize(
    ("pattern", "steps"),
    [
        pytest.param("电话", 2, id="text"),
        pytest.param("[ab]c", 2, id="set"),
        pytest.param("甲|乙乙|丙", 6, id="words"),
        pytest.param("(?:甲|乙乙)号", 4 + 2 * 1, id="words-of-two-lengths-then-text"),
        pytest.param("(?:a|a)号", 3 + 2 * 1, id="the-same-word-twice"),
        pytest.param("(?:a|A)号", 3 + 2 * 1, id="the-same-word-where-case-does-not-count"),
        pytest.param("(?:[ab]|cd)e", (1 + 1) + (2 + 1) + 2 * 1, id="branches"),
        pytest.param("a{0,3}b", 3 * 2 + 4 * 1, id="repeat"),
        pytest.param("a*b", 257 * 2 + 258 * 1, id="repeat-as-far-as-the-text-goes"),
        pytest.param("a*+b", 257 * 2 + 1, id="possessive"),
        pytest.param("(?>a*)b", 257 * 2 + 1, id="atomic"),
        pytest.param("(?:a|a){2}b", 4 * 1 + 2 * 4 + 4 * 1, id="two-ways-twice"),
        pytest.param("(?=a{0,3})b", 6 + 1, id="look-ahead-has-one-way"),
    ],
)
def test_counted(pattern: str, steps: float) -> None:
    assert most_steps(parse(pattern), REACH) == steps


@pytest.mark.parametrize(
    "pattern",
    [
        "(?:a+)+b",
        "(?:a*)*b",
        "(?:a|a)+b",
        "(?:a|aa)+b",
        "(?:a|a){1,30}b",
        "(?:a?){40}a{40}b",
        "(?:a{1,30}){1,30}b",
        "(?:[ab]|[bc])*d",
        "(?:(?:a|b)+c?)+d",
        r"(?:\w+\s?)*号",
        "a*a*a*b",
        "a{1,200}a{1,200}a{1,200}b",
        "(?<=x.*)a",
        "(?<!(?:a|a)+x)b",
        "x(?=(?:a|a)+b)",
        "x(?!(?:a+)+b)",
        "(?>(?:a|a)+b)",
        "(?:(?:a|a)+b)++",
    ],
)
def test_what_could_run_away_needs_a_clock(pattern: str) -> None:
    assert most_steps(parse(pattern), REACH) > FEW


def test_what_nothing_bounds_has_no_bound() -> None:
    assert most_steps(parse("(?:a*)*b"), REACH) == inf


def test_most_of_our_own_patterns_need_none() -> None:
    detectors: list[PatternDetector] = compile_pattern_rules([rule for rule in load_rules().rules if rule.pattern])
    assert sum(detector.brief for detector in detectors) > len(detectors) / 2
