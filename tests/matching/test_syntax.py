"""What is read off the tree of a pattern."""

from __future__ import annotations

import pytest
import regex

from redactor.matching.syntax import alternatives, parse


@pytest.mark.parametrize(
    ("pattern", "anchored"),
    [
        pytest.param("^注", True, id="edge"),
        pytest.param("^", True, id="edge-alone"),
        pytest.param("^甲|^乙", True, id="each-alternative"),
        pytest.param("(?:^甲|^乙)丙", True, id="group"),
        pytest.param("(^甲)", True, id="capturing-group"),
        pytest.param("^甲|乙", False, id="one-alternative-floats"),
        pytest.param("甲^", False, id="not-first"),
        pytest.param("(?:^甲)?乙", False, id="optional"),
        pytest.param("(?m)^甲", False, id="flags-change-what-the-edge-is"),
        pytest.param("(?m:^甲)", False, id="flags-of-a-group"),
        pytest.param("(?=^)甲", False, id="look-is-not-told"),
        pytest.param(r"[\^]甲", False, id="no-edge-in-a-set"),
        pytest.param(r"\^甲", False, id="escaped"),
    ],
)
def test_is_anchored(pattern: str, anchored: bool) -> None:
    assert parse(pattern).is_anchored is anchored
    if anchored:  # then trying it at the beginning is as good as searching
        for text in ("注", "甲丙", "乙丙", "x甲丙", "丙\n甲", ""):
            assert bool(regex.search(pattern, text)) is bool(regex.match(pattern, text))


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("甲", ["甲"]),
        ("甲|乙丙|丁+", ["甲", "乙丙", "丁+"]),
        ("(?:甲|乙)丙|[丁|戊]|己\\|庚", ["(?:甲|乙)丙", "[丁|戊]", "己\\|庚"]),
        ("^甲$|(?i:a|b)|(?!乙|丙)丁", ["^甲$", "(?i:a|b)", "(?!乙|丙)丁"]),
        ("(?i)a|b", ["(?i)a|b"]),
        ("a|(?i)b", ["a|(?i)b"]),
        ("((a|b)|c)|d", ["((a|b)|c)", "d"]),
    ],
)
def test_alternatives(pattern: str, found: list[str]) -> None:
    assert alternatives(pattern) == found
