"""What may stand where a match begins: what is ruled out never does."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from redactor.matching.beside import rules_out_most, signs_of
from redactor.matching.guard import read_pattern
from tests.draws import draws

PATTERNS = [
    pytest.param(r"(?<!\p{Han})书\s记", {-1: "， 1", 0: "书"}, id="spaced"),
    pytest.param(r"(?<![\d.]|一百)\d元?", {-1: "百的", 0: "1"}, id="one-character-and-what-follows"),
    pytest.param(r"(?<=\t[-+]?)\d{2}", {-1: "\t+", 0: "12"}, id="after-a-sign"),
    pytest.param(r"(?<=^|，)甲乙", {0: "甲"}, id="after-nothing-too"),
    pytest.param(r"(?:甲|乙丙)?丁.", {0: "甲乙丁"}, id="left-out"),
    pytest.param(r"(?:(?<=甲)乙丙|(?<!丁)乙{2,3})", {-1: "甲的", 0: "乙"}, id="ways"),
    pytest.param(r"(?<=(甲)\1?)乙", {0: "乙"}, id="a-reference"),
    pytest.param(r"(?i)ab", {}, id="any-case"),
]


@pytest.mark.parametrize(("pattern", "allowed"), PATTERNS)
def test_signs(pattern: str, allowed: dict[int, str]) -> None:
    found = dict(signs_of(read_pattern(pattern, "here"), {}))
    assert {at: "".join(char for char in allowed[at] if regex.match(found[at], char)) for at in found} == allowed
    assert not any(regex.match(source, "〆") for at, source in found.items() if at >= 0)


def test_most_places_are_ruled_out() -> None:
    for pattern, most in ((r"(?<!\p{Han})\p{Han}{2}", True), (r"\p{Han}{2}", False), (r"[甲乙]\p{Han}", True)):
        tree = read_pattern(pattern, "here")
        assert rules_out_most(tree, {}, signs_of(tree, {})) is most


PIECES = st.sampled_from(
    [
        "甲",
        "[甲乙]",
        "乙丙",
        "(?<!甲)",
        "(?<=乙|^)",
        "(?<=甲?乙)",
        "(?:甲|丙乙)?",
        "(?:乙|)",
        "[^甲]{1,2}",
        "(?=丙)",
        "(?:(?<!丙)甲|乙)",
    ]
)


@draws(300)
@given(st.lists(PIECES, min_size=1, max_size=4), st.text(alphabet="甲乙丙丁", max_size=12))
def test_no_match_begins_where_signs_rule_it_out(pieces: list[str], text: str) -> None:
    pattern = "".join([*pieces, "[甲丙]"])
    signs = signs_of(read_pattern(pattern, "here"), {})
    for match in regex.finditer(pattern, text, overlapped=True):
        for at, source in signs:
            place = match.start() + at
            assert regex.match(source, text[place] if 0 <= place < len(text) else "")
