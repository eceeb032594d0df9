"""Trying a pattern only where what it needs stands finds what trying it everywhere finds."""

from __future__ import annotations

from functools import cache

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from redactor import Redactor
from redactor.detect.patterns import PatternDetector, compile_pattern_rules
from redactor.matching import screen
from redactor.matching.anchors import needs_of, words_of
from redactor.matching.digits import Digits
from redactor.matching.following import Place
from redactor.matching.guard import compile_tree, read_pattern
from redactor.matching.trie import with_tries
from redactor.model import RuleError, Span
from redactor.ruleset.load import load_rules
from redactor.text.document import Document
from tests.draws import draws

DETECTORS = {d.rule.id: d for d in compile_pattern_rules([r for r in load_rules().rules if r.pattern])}


@cache
def all_examples() -> str:
    texts = [
        text
        for rule in load_rules().rules
        for text in (*rule.examples.match, *rule.examples.no_match, *(e.before for e in rule.examples.redact))
    ]
    return "\n".join(texts) + "\n" + "，".join(reversed(texts))


def spans_where_needed(detector: PatternDetector, text: str) -> list[Span]:
    document = Document(text)
    return [(f.start, f.end) for f in detector.find_in(document.raw, detector.windows(document, document.raw))]


def spans_everywhere(detector: PatternDetector, text: str) -> list[Span]:
    return [(f.start, f.end) for f in detector.find_in(Document(text).raw, [(0, len(text))])]


@pytest.mark.sampled(4)
@pytest.mark.parametrize("rule_id", sorted(DETECTORS))
def test_same_findings_as_everywhere(rule_id: str) -> None:
    detector = DETECTORS[rule_id]
    assert spans_where_needed(detector, all_examples()) == spans_everywhere(detector, all_examples())


PIECES = st.sampled_from(
    [
        *"12年月日万元%,.:：/-—~年0139+（()） \n、，号第电话姓名路市",
        "12.5",
        "2023",
        "1390000",
        "QQ",
        "微信",
        "GB",
        "％",
        "约",
        "省道",
        "男",
        "PM2.5",
        "😀",
        "𠮷",
        "\U00011067",
    ]
)


@pytest.mark.parametrize("length", [pytest.param(0, id="on-lists"), pytest.param(screen._SHORT, id="on-arrays")])
@pytest.mark.parametrize(
    "before", [pytest.param("💰", id="emoji"), pytest.param("𠮷", id="han"), pytest.param("，", id="comma")]
)
def test_what_stands_before_a_number_is_no_part_of_it(publish: Redactor, before: str, length: int) -> None:
    filling = "大家要认真落实。\n" * (length // 9 + 1)
    text = f"{filling}{before}1,234万元，{before}2023年5月6日，增长{before}12.5%。"
    assert publish.redact(text).text == f"{filling}{before}×万元，{before}×年×月×日，增长{before}×%。"


@draws(300)
@given(pieces=st.lists(PIECES, max_size=40))
def test_same_findings_on_any_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    for detector in DETECTORS.values():
        assert spans_where_needed(detector, text) == spans_everywhere(detector, text), detector.rule.id


@draws(300)
@given(pieces=st.lists(PIECES, max_size=60))
def test_a_short_text_is_looked_at_on_lists_as_a_long_one_on_arrays(pieces: list[str]) -> None:
    text = "".join(pieces)
    document = Document(text)
    on_lists = {rule_id: detector.windows(document, document.raw) for rule_id, detector in DETECTORS.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(screen, "_SHORT", -1)
        document = Document(text)
        on_arrays = {rule_id: detector.windows(document, document.raw) for rule_id, detector in DETECTORS.items()}
    assert on_lists == on_arrays


EMPTY = ["()", "(?:)", "(?=)", "(?!)", "(?<=)", "(甲|)", "(?:|)", "(){0}", "(?:(?:))", "甲", "3", r"\d", "^", "?"]


NEEDS = [
    pytest.param(r"编号[：:]\d{3}", {"编号：": (0, 0), "编号:": (0, 0)}, (3, 3, 3), id="literal-and-digits"),
    pytest.param(r"(?<=电话[：:]{0,2})\d{7,11}", {"电话": (-4, -2)}, (7, 0, 0), id="look-behind"),
    pytest.param(r"\p{Han}{2,4}(?=同志|先生)", {"同志": (2, 4), "先生": (2, 4)}, None, id="look-ahead"),
    pytest.param(r"(?:甲方|乙方)\p{Han}+", {"甲方": (0, 0), "乙方": (0, 0)}, None, id="alternatives"),
    pytest.param(r"\d+(?:万|亿)?元", {"元": (1, 1_000_001)}, (1, 0, 0), id="too-far-to-tell"),
    pytest.param("()甲", {"甲": (0, 0)}, None, id="nothing-in-a-group"),
]


@pytest.mark.parametrize(("pattern", "literals", "digits"), NEEDS)
def test_needs(pattern: str, literals: dict[str, Span], digits: tuple[int, int, int] | None) -> None:
    needs = needs_of(read_pattern(pattern, "here"), {})
    places = {p.literal: (p.low, p.high) for need in needs for p in need.sets[0]} if needs[0].sets else {}
    if max(high for _, high in literals.values()) < 100:
        assert places == literals
    found = needs[0].digits
    assert (found and (found.count, found.low, found.high)) == digits


@given(st.lists(st.sampled_from(EMPTY), max_size=4).map("".join))
def test_patterns_with_nothing_in_them(pattern: str) -> None:
    try:
        tree = read_pattern(pattern, "here")
    except RuleError:
        return
    assert all(need.sets or need.digits for need in needs_of(tree, {}))


@pytest.mark.parametrize("pattern", [r"\p{Han}{2,3}", r"(?:甲|\p{Han})+", r"(?i)abc", r"(?:甲)?[\p{Han}]"])
def test_needs_nothing(pattern: str) -> None:
    assert needs_of(read_pattern(pattern, "here"), {}) == ()


def test_digits_of_a_month() -> None:
    (need,) = needs_of(read_pattern(r"(?<!\d)\d{1,2}\s?月", "here"), {})
    assert need.digits == Digits(1, 0, 0, 4, True)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        pytest.param(r"\d+\s?(?:号文|号令)", ("号令", "号文"), id="after-anything"),
        pytest.param(r"甲\d|\d+乙", ("乙", "甲"), id="each-way"),
        pytest.param(r"甲\d|\d{3}", (), id="a-way-without"),
        pytest.param(r"(?i)pay", (), id="any-case"),
    ],
)
def test_words_of(pattern: str, words: tuple[str, ...]) -> None:
    assert words_of(read_pattern(pattern, "here"), {}) == words


def test_line_beginnings_are_places() -> None:
    (need,) = needs_of(read_pattern(r"(?m)^\p{Han}{2}$", "here"), {})
    assert need.sets == ((Place("\n", -1, -1),),)


WORDS = st.lists(st.text(alphabet="甲乙丙丁", min_size=1, max_size=4), min_size=6, max_size=20, unique=True)


@draws(200)
@given(words=WORDS, text=st.text(alphabet="甲乙丙丁戊", max_size=60), longest_first=st.booleans())
def test_tries_match_as_the_list_does(words: list[str], text: str, longest_first: bool) -> None:
    if longest_first:
        words.sort(key=len, reverse=True)
    source = "(?:" + "|".join(words) + ")"
    plain = [m.span() for m in regex.finditer(source, text)]
    assert [m.span() for m in compile_tree(source, "here", {})[0].finditer(text)] == plain


def test_a_list_that_prefers_the_shorter_is_left_alone() -> None:
    source = "甲|甲乙|丙|丁|戊|己|庚"
    assert with_tries(source, [(0, len(source))]) == source
