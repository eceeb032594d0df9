"""What is said to be little work is counted, and what could run away is not said to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from math import inf

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from redactor.detect.patterns import PatternDetector, compile_pattern_rules
from redactor.matching.cost import FEW, most_steps
from redactor.matching.syntax import Node, parse
from redactor.ruleset.load import load_rules
from tests.draws import draws

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
        pytest.param("(?:[ab]|ad)e", (1 + 1) + (2 + 1) + 2 * 1, id="branches"),
        pytest.param("(?:[ab]|cd)e", (1 + 1) + (2 + 1) + 1, id="branches-told-apart"),
        pytest.param("a{0,3}a", 3 * 2 + 4 * 1, id="repeat"),
        pytest.param("a*a", 257 * 2 + 258 * 1, id="repeat-as-far-as-the-text-goes"),
        pytest.param("a{0,3}b", 3 * 2 + 4 * 2 + 1, id="what-follows-is-told-apart-and-refused-at-every-end-but-one"),
        pytest.param(
            "(?:a|aa){1,3}b", (5 + 2 * 5 + 4 * 5) + (2 + 4 + 8) * 1, id="repeats-of-several-lengths-end-anywhere"
        ),
        pytest.param("a{0,3}(?!b)", 3 * 2 + 4 * 1, id="what-may-fail-is-gone-back-for"),
        pytest.param("a{0,3}b?", (3 * 2 + 4 * 1) + (2 + 2 * 1), id="what-can-not-fail-is-not"),
        pytest.param("(?i)a{0,3}B", 1 + 3 * 2 + 4 * 1, id="where-case-does-not-count-nothing-is-told-apart"),
        pytest.param("(?<=a{0,3}b{0,3})c", (3 * 2 + 4 * 3 * 2) + 1, id="what-looks-behind-goes-backwards"),
        pytest.param("(?<=(?=a{0,3}b)c)d", (3 * 2 + 4 * 2 + 1) + 1 + 1, id="what-looks-ahead-in-it-does-not"),
        pytest.param("a*+b", 257 * 2 + 1, id="possessive"),
        pytest.param("(?>a*)b", 257 * 2 + 258 + 1, id="atomic"),
        pytest.param("(?:a|a){2}b", 4 * 1 + 2 * 4 + 4 * 1, id="two-ways-twice"),
        pytest.param("(?=a{0,3}a)b", 10 + 1, id="look-ahead-has-one-way"),
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
        "(?:a+){20}",
        "(?:a{1,9}){12,20}",
        r"(?s)(?:.*\n){9}",
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


def test_nearly_all_of_our_own_patterns_need_none() -> None:
    detectors: list[PatternDetector] = compile_pattern_rules([rule for rule in load_rules().rules if rule.pattern])
    # Telephones, addresses of mail and of the web, courts and lawyers with their firms: of so many pieces that no small bound can be told.
    others = [detector for detector in detectors if not detector.rule.id.startswith(("contacts.", "keep.court-"))]
    assert sum(detector.brief for detector in others) > len(others) * 0.9


def ends(node: Node, text: str, at: int, steps: Counter[str]) -> Iterator[int]:
    """Where a match of the node from `at` can end, in the order of a backtracking matcher, of which each step is counted."""
    match node.kind:
        case "text" | "set":
            steps["taken"] += 1
            end = at + node.most
            if regex.fullmatch(node.source, text[at:end]):
                yield end
        case "words":
            for word in node.source.split("|"):
                steps["taken"] += 1
                if text.startswith(word, at):
                    yield at + len(word)
        case "sequence":
            if not node.parts:
                yield at
                return
            for end in ends(node.parts[0], text, at, steps):
                yield from ends(replace(node, parts=node.parts[1:]), text, end, steps)
        case "either":
            for part in node.parts:
                steps["taken"] += 1
                yield from ends(part, text, at, steps)
        case "group":
            found = ends(node.parts[0], text, at, steps)
            yield from islice(found, 1) if node.source == "(?>" else found
        case "look":
            holds = any(True for _ in ends(node.parts[0], text, at, steps))
            if holds == (node.source == "(?="):
                yield at
        case "edge":
            steps["taken"] += 1
            if at == len(text):
                yield at
        case "repeat":
            yield from islice(repeats(node, text, at, steps, 0), 1 if node.source[1:].endswith("+") else None)


def repeats(node: Node, text: str, at: int, steps: Counter[str], done: int) -> Iterator[int]:
    """The same of a repeat that has matched so often already."""
    lazy = node.source[1:].endswith("?")
    if lazy and done >= node.low:
        yield at
    if node.high is None or done < node.high:
        steps["taken"] += 1
        for end in ends(node.parts[0], text, at, steps):
            if end > at:
                yield from repeats(node, text, end, steps, done + 1)
    if not lazy and done >= node.low:
        yield at


PIECES = st.recursive(
    st.sampled_from(["a", "b", "ab", "c", "[ab]", "[^a]", "[bc]"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(
            inner, st.sampled_from(["?", "*", "+", "{0,2}", "{1,3}", "{2}", "{3,4}", "?+", "*+", "??", "+?"])
        ).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
        st.tuples(st.sampled_from(["(?>", "(?=", "(?!"]), inner).map(lambda pair: f"{pair[0]}{pair[1]})"),
    ),
    max_leaves=7,
)


@draws(500)
@given(
    source=PIECES,
    last=st.sampled_from(["", "b", "c", "[ab]?c", "$d", "(?=a*b)", "(?!a*a)"]),
    text=st.text("aaab", max_size=12),
)
def test_no_try_takes_more_steps_than_are_counted(source: str, last: str, text: str) -> None:
    tree = parse(source + last)
    bound = most_steps(tree, len(text))
    steps: Counter[str] = Counter()
    for _ in islice(ends(tree, text, 0, steps), 1):
        pass
    assert steps["taken"] <= bound
