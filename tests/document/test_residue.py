"""What a redacted text still shows: names like those that are masked, doubts, digits; and the account of digits."""

from __future__ import annotations

import pytest

from redactor.document.residue import find_residue
from redactor.model import Finding, Result, Span


def place(text: str, name: str, suffix: str, entity: str = "LOCATION", *, whole: bool = False) -> Finding:
    """What was found in the input, its class word told by the value."""
    start = text.index(name)
    middle, end = start + len(name) - len(suffix), start + len(name)
    return Finding(start, end, entity, f"rule.{suffix}", 0.9, () if whole else ((start, middle),))


def told(
    output: str, found: tuple[Finding, ...] = (), text: str = "", *, doubts: tuple[Finding, ...] = (),
    kept: tuple[Finding, ...] = (), masked: tuple[Span, ...] = (),
) -> list[tuple[str, str, str]]:  # fmt: skip
    residue = find_residue(text, Result(output, (), found), doubts, kept, masked)
    assert [r.start for r in residue] == sorted(r.start for r in residue)
    return [(r.kind, output[r.start : r.end], r.rule) for r in residue]


INPUT = "明月湖、清泉工业园、百灵集团"
FOUND = (
    place(INPUT, "明月湖", "湖"),
    place(INPUT, "清泉工业园", "工业园"),
    place(INPUT, "百灵集团", "集团", "ORGANIZATION"),
)
LEFT = {
    "like-a-lake": ("×湖和如意湖畔", [("same-type", "如意湖", "rule.湖")]),
    "like-a-park": ("×工业园，宁浙工业园", [("same-type", "宁浙工业园", "rule.工业园")]),
    "like-a-body": ("我到华光集团", [("same-type", "华光集团", "rule.集团")]),
    "at-the-beginning": ("如意湖", [("same-type", "如意湖", "rule.湖")]),
    "after-a-line-end": ("好\n如意湖", [("same-type", "如意湖", "rule.湖")]),
    "four-characters": ("我到东方如意湖", [("same-type", "东方如意湖", "rule.湖")]),
    "five-are-too-many": ("我到美东方如意湖", []),
    "five-of-other-words": ("我到东方之如意湖", []),
    "one-is-too-few": ("我到东湖", []),
    "in-the-middle-of-words": ("风景如意湖", [("same-type", "风景如意湖", "rule.湖")]),
    "too-much-before-it": ("风景很好如意湖边", []),
    "a-generic-head": ("我到全县湖", []),
    "no-class-word-that-was-masked": ("我到如意山", []),
    "the-same-word-again-at-once": ("我到如意湖湖", [("same-type", "如意湖湖", "rule.湖")]),
    "digits": ("共12人", [("digits", "12", "")]),
    "one-figure": ("共1,234.5元", [("digits", "1,234.5", "")]),
    "signs-at-the-end-are-none": ("共12.", [("digits", "12", "")]),
    "two-figures": ("共1 2", [("digits", "1", ""), ("digits", "2", "")]),
}  # fmt: skip


@pytest.mark.parametrize(("output", "expected"), LEFT.values(), ids=LEFT)
def test_what_is_left(output: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(output, FOUND, INPUT) == expected


@pytest.mark.parametrize(
    "finding",
    [
        pytest.param(place(INPUT, "明月湖", "湖", "PERSON"), id="of-another-entity"),
        pytest.param(place(INPUT, "明月湖", "湖", whole=True), id="that-went-whole"),
        pytest.param(place(INPUT, "明月湖", ""), id="that-ends-with-its-value"),
    ],
)
def test_only_class_words_that_stayed_count(finding: Finding) -> None:
    assert told("我到如意湖", (finding,), INPUT) == []


@pytest.mark.parametrize(
    ("suffix", "seen"), [("甲乙丙丁戊己庚辛", True), ("甲乙丙丁戊己庚辛壬", False), ("A座", False)]
)
def test_class_words_are_short_and_chinese(suffix: str, seen: bool) -> None:
    text = f"明月{suffix}"
    assert bool(told(f"我到如意{suffix}", (place(text, text, suffix),), text)) == seen


def test_the_class_word_is_what_follows_the_last_value() -> None:
    text = "明月区清风湖"
    finding = Finding(0, 6, "LOCATION", "rule.a", 0.9, ((0, 2), (3, 5)))
    assert told("我到如意湖", (finding,), text) == [("same-type", "如意湖", "rule.a")]


def test_the_first_of_several_that_show_it_is_named() -> None:
    text = "明月湖、清风湖"
    first, second = place(text, "明月湖", "湖"), place(text, "清风湖", "湖")
    other = Finding(second.start, second.end, "ORGANIZATION", "rule.other", 0.9, second.values)
    assert told("我到如意湖", (first, other), text) == [("same-type", "如意湖", "rule.湖")]
    assert told("我到如意湖", (other, first), text) == [("same-type", "如意湖", "rule.other")]


def doubt(start: int, end: int, entity: str = "PERSON") -> Finding:
    return Finding(start, end, entity, "rule.doubt", 0.4)


def kept(start: int, end: int, rule: str = "keep.a") -> Finding:
    return Finding(start, end, "KEEP", rule, 0.9)


def test_each_place_is_told_once() -> None:
    assert told("如意湖", FOUND, INPUT, doubts=(doubt(0, 3), doubt(0, 2))) == [("doubtful", "如意湖", "rule.doubt")]
    output = "我到如意湖2处"
    assert told(output, FOUND, INPUT, doubts=(doubt(2, 5),)) == [
        ("doubtful", "如意湖", "rule.doubt"),
        ("digits", "2", ""),
    ]
    assert told(output, FOUND, INPUT, doubts=(doubt(2, 5), doubt(4, 6))) == told(
        output, FOUND, INPUT, doubts=(doubt(2, 5),)
    )
    assert told(output, FOUND, INPUT, doubts=(doubt(5, 7, "QUANTITY"),)) == [
        ("same-type", "如意湖", "rule.湖"),
        ("doubtful", "2处", "rule.doubt"),
    ]
    assert told(output, FOUND, INPUT, kept=(kept(2, 5),)) == [("digits", "2", "")]
    assert told(output, FOUND, INPUT, masked=((2, 4),)) == [("digits", "2", "")]
    assert told(output, FOUND, INPUT, masked=((1, 2), (5, 6))) == [("same-type", "如意湖", "rule.湖")]


KEPT = {
    "all-of-it": ("共12人", [kept(1, 3)], [("kept-digits", "12", "keep.a")]),
    "with-words": ("共12人", [kept(0, 4)], [("kept-digits", "12", "keep.a")]),
    "a-part": ("共12.5人", [kept(1, 3)], [("kept-digits", "12", "keep.a"), ("digits", "5", "")]),
    "the-first-of-the-text": ("12人", [kept(0, 1)], [("kept-digits", "1", "keep.a"), ("digits", "2", "")]),
    "all-but-the-point": ("1.2", [kept(0, 1), kept(2, 3)], [("kept-digits", "1", "keep.a"), ("kept-digits", "2", "keep.a")]),
    "the-middle": ("1.2.3", [kept(2, 3)], [("digits", "1", ""), ("kept-digits", "2", "keep.a"), ("digits", "3", "")]),
    "the-first-rule-at-a-place": ("共12人", [kept(1, 3, "keep.b"), kept(1, 3)], [("kept-digits", "12", "keep.a")]),
    "the-longer-rule": ("共12人", [kept(1, 2), kept(1, 4, "keep.b")], [("kept-digits", "12", "keep.b")]),
    "the-earlier-rule": ("共12人", [kept(1, 4), kept(0, 2, "keep.b")], [("kept-digits", "1", "keep.b"), ("kept-digits", "2", "keep.a")]),
    "no-digits": ("一二三", [kept(0, 2)], []),
}  # fmt: skip


@pytest.mark.parametrize(("output", "protected", "expected"), KEPT.values(), ids=KEPT)
def test_the_account_of_digits(output: str, protected: list[Finding], expected: list[tuple[str, str, str]]) -> None:
    assert told(output, kept=tuple(protected)) == expected


def test_digits_of_masks_are_in_neither() -> None:
    assert told("【人名1】和2", masked=((0, 5),)) == [("digits", "2", "")]
