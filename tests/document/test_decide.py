"""What is decided of candidates that overlap, that are protected, masked or doubtful: as tables."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from redactor.document.decide import decide
from redactor.model import Finding, Span

USER = 1000


def found(
    name: str,
    start: int,
    end: int,
    *,
    score: float = 0.8,
    priority: int = 50,
    values: tuple[Span, ...] = (),
    entity: str = "PERSON",
) -> Finding:
    return Finding(start, end, entity, name, score, values, priority)


def keep(start: int, end: int, *, score: float = 0.8, priority: int = 50) -> Finding:
    return found("keep", start, end, score=score, priority=priority, entity="KEEP")


def decided(
    candidates: Iterable[Finding],
    masks: Iterable[Span] = (),
    *,
    labels: Iterable[Span] = (),
    threshold: float = 0.5,
    keep_list: bool = True,
) -> tuple[str, str]:
    """The names of what is accepted and of what is doubtful, in the order they come."""
    decisions = decide(
        candidates, length=60, masked=lambda: masks, labels=lambda: labels, threshold=threshold, keep_list=keep_list
    )
    return " ".join(f.rule for f in decisions.accepted), " ".join(f.rule for f in decisions.doubtful)


OVERLAPS = {
    "the-higher-priority": ([found("high", 2, 4, priority=51, score=0.5), found("low", 0, 9, score=1.0)], "high", ""),
    "of-one-priority-the-higher-score": ([found("less", 0, 9, score=0.8), found("more", 2, 4, score=0.81)], "more", ""),
    "of-one-score-the-longer": ([found("short", 0, 3), found("long", 2, 6)], "long", ""),
    "of-one-length-the-first": ([found("second", 2, 5), found("first", 0, 3)], "first", ""),
    "of-one-span-the-first-name": ([found("b", 0, 3), found("a", 0, 3)], "a", ""),
    "at-the-very-beginning": ([found("a", 0, 3), found("b", 0, 2)], "a", ""),
    "neighbours-do-not-overlap": ([found("right", 3, 6), found("left", 0, 3)], "left right", ""),
    "one-character-is-an-overlap": ([found("right", 2, 6, score=0.9), found("left", 0, 3)], "right", ""),
    "what-loses-takes-nothing": (
        [found("best", 4, 6, priority=60), found("beaten", 2, 5, priority=55), found("left", 0, 4)],
        "left best",
        "",
    ),
    "the-winner-takes-all-it-covers": ([found("whole", 0, 9, priority=60), found("a", 0, 2), found("b", 7, 9)], "whole", ""),
    "doubts-never-win": ([found("sure", 0, 3, score=0.5), found("doubt", 0, 9, score=0.49, priority=90)], "sure", ""),
    "doubts-beside": ([found("sure", 0, 3, score=0.5), found("doubt", 3, 9, score=0.49, priority=90)], "sure", "doubt"),
    "of-doubts-the-higher-priority": ([found("a", 0, 3, score=0.3), found("b", 2, 5, score=0.49)], "", "b"),
    "less-than-a-doubt-is-nothing": ([found("doubt", 0, 3, score=0.3), found("nothing", 5, 8, score=0.29)], "", "doubt"),
    "doubts-in-order-of-place": ([found("b", 5, 7, score=0.4, priority=60), found("a", 0, 3, score=0.3)], "", "a b"),
    "in-order-of-place": ([found("b", 5, 7, priority=60), found("a", 0, 3)], "a b", ""),
}  # fmt: skip


@pytest.mark.parametrize(("candidates", "accepted", "doubtful"), OVERLAPS.values(), ids=OVERLAPS)
def test_which_of_several_stands(candidates: list[Finding], accepted: str, doubtful: str) -> None:
    assert decided(candidates) == decided(reversed(candidates)) == (accepted, doubtful)


@pytest.mark.parametrize(("threshold", "expected"), [(0.6, ("a", "")), (0.61, ("", "a")), (0.0, ("a", ""))])
def test_the_threshold_is_enough(threshold: float, expected: tuple[str, str]) -> None:
    assert decided([found("a", 0, 3, score=0.6)], threshold=threshold) == expected


PROTECTED = {
    "covered": ([found("a", 2, 4), keep(0, 6)], ""),
    "the-same-words": ([found("a", 2, 4), keep(2, 4)], ""),
    "cut-on-the-left": ([found("a", 2, 6), keep(0, 3)], ""),
    "cut-on-the-right": ([found("a", 2, 6), keep(5, 9)], ""),
    "more-than-what-is-kept": ([found("a", 2, 6), keep(3, 5)], "a"),
    "more-on-one-side": ([found("a", 2, 6), keep(2, 5)], "a"),
    "more-on-the-other-side": ([found("a", 2, 6), keep(4, 6)], "a"),
    "beside": ([found("a", 2, 6), keep(0, 2), keep(6, 8)], "a"),
    "beside-and-inside": ([found("a", 2, 6), keep(0, 2), keep(3, 5), keep(6, 8)], "a"),
    "at-the-very-beginning": ([found("a", 0, 4), keep(0, 4)], ""),
    "of-less-score": ([found("a", 2, 4, score=0.8), keep(0, 6, score=0.79)], "a"),
    "of-the-same-score": ([found("a", 2, 4, score=0.8), keep(0, 6, score=0.8)], ""),
    "a-doubt-too": ([found("a", 2, 4, score=0.4), keep(0, 6)], ""),
    "the-whole-value": ([found("a", 2, 8, values=((2, 4),)), keep(2, 4, score=0.9)], ""),
    "more-than-the-value": ([found("a", 2, 8, values=((2, 4),)), keep(2, 5, score=0.9)], ""),
    "one-of-the-values": ([found("a", 2, 8, values=((2, 4), (6, 8))), keep(6, 8, score=0.9)], ""),
    "a-part-of-the-value": ([found("a", 2, 8, values=((2, 5),)), keep(2, 4, score=0.9)], "a"),
    "the-whole-value-with-less-score": ([found("a", 2, 8, values=((2, 4),)), keep(2, 4, score=0.89)], "a"),
    "no-value-told": ([found("a", 2, 8), keep(2, 4, score=1.0)], "a"),
    "a-long-one-far-ahead": ([found("a", 30, 32), keep(0, 40), keep(20, 21), keep(28, 29)], ""),
    "one-of-several": ([found("a", 10, 14), keep(0, 3), keep(4, 9), keep(11, 12), keep(13, 16)], ""),
    "what-is-vetoed-takes-nothing": ([found("a", 2, 6, priority=60), found("b", 4, 6), keep(0, 3)], "b"),
    "the-user-wants-it-gone": ([found("a", 2, 4, score=1.0, priority=USER), keep(0, 6, score=1.0)], "a"),
    "the-user-wants-both": ([found("a", 2, 4, score=1.0, priority=USER), keep(0, 6, score=1.0, priority=USER)], ""),
    "no-rule-is-the-user": ([found("a", 2, 4, score=1.0, priority=999), keep(0, 6, score=1.0)], ""),
}  # fmt: skip


@pytest.mark.parametrize(("candidates", "accepted"), PROTECTED.values(), ids=PROTECTED)
def test_what_is_protected(candidates: list[Finding], accepted: str) -> None:
    assert decided(candidates)[0] == decided(reversed(candidates))[0] == accepted
    without = decided(candidates, keep_list=False)
    everything = decided([candidate for candidate in candidates if candidate.entity != "KEEP"])
    assert without == everything
    assert any(without)


MASKED = {
    "all-of-it": ([found("a", 2, 6)], [(2, 6)], ""),
    "the-first": ([found("a", 2, 6)], [(0, 3)], ""),
    "at-the-very-beginning": ([found("a", 0, 4)], [(0, 1)], ""),
    "the-last": ([found("a", 2, 6)], [(5, 6)], ""),
    "beside": ([found("a", 2, 6)], [(0, 2), (6, 9)], "a"),
    "its-value": ([found("a", 2, 6, values=((2, 4),))], [(3, 4)], ""),
    "its-class-word-only": ([found("a", 2, 6, values=((2, 4),))], [(4, 5)], "a"),
    "one-of-its-values": ([found("a", 2, 9, values=((2, 4), (7, 9)))], [(8, 9)], ""),
    "between-its-values": ([found("a", 2, 9, values=((2, 4), (7, 9)))], [(5, 6)], "a"),
    "boilerplate": ([found("a", 2, 6, entity="BOILERPLATE")], [(2, 6)], "a"),
    "boilerplate-and-a-name": ([found("a", 2, 6, entity="BOILERPLATE"), found("b", 8, 9)], [(2, 6), (8, 9)], "a"),
    "what-is-masked-takes-nothing": ([found("a", 2, 6, priority=60), found("b", 4, 6)], [(2, 3)], "b"),
}


@pytest.mark.parametrize(("candidates", "masks", "accepted"), MASKED.values(), ids=MASKED)
def test_what_is_masked_already(candidates: list[Finding], masks: list[Span], accepted: str) -> None:
    assert decided(candidates, masks) == (accepted, "")


@pytest.mark.parametrize(
    ("start", "end", "accepted"), [(2, 12, ""), (8, 10, ""), (1, 12, "a"), (2, 13, "a"), (0, 40, "a"), (13, 15, "a")]
)
def test_a_label_promotes_nothing(start: int, end: int, accepted: str) -> None:
    assert decided([found("a", start, end, entity="BOILERPLATE")], labels=[(2, 12)]) == (accepted, "")


def test_of_nothing_there_is_nothing_to_decide() -> None:
    assert decided([]) == decided([keep(0, 6)]) == ("", "")
