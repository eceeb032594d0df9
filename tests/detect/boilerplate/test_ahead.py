"""Many pages together: what was seen of one before, and what comes with it, changes nothing of what is found in it."""

from __future__ import annotations

from itertools import chain
from random import Random
from typing import Final

import pytest

from redactor.detect.boilerplate import BoilerplateDetector, compile_boilerplate
from redactor.detect.boilerplate.ahead import AT_A_TIME, Ahead
from redactor.detect.boilerplate.page import Shown
from redactor.detect.plan import packaged_voter
from redactor.ruleset.load import load_rules
from tests.learning.sites import SITES, made

_TEXTS: Final = tuple(each.text for each in made(tuple(SITES), 3, 25))
ODD: Final = (
    "",
    "\n",
    "只有一行",
    "。\n" * 300,
    "1\n00:00:01,000 --> 00:00:02,000\n字幕由青石组翻译\n",
    "```\n- 甲\n- 乙\n```\n",
)


def detector() -> BoilerplateDetector:
    voter = packaged_voter()
    return compile_boilerplate(load_rules().boilerplate, voter.votes, voter.reader())


def test_pages_are_found_the_same_alone_and_by_who_has_seen_none_before() -> None:
    draw = Random(7)
    texts = [*_TEXTS, *ODD, *_TEXTS[:3]]
    draw.shuffle(texts)
    asked = [(text, draw.random() < 0.8, draw.random() < 0.8) for text in texts]
    together = list(detector().find_all(asked))
    assert sum(map(len, together)) > len(texts)
    for number, ((text, head, tail), found) in enumerate(zip(asked, together, strict=True)):
        if number % 6 == 0:
            fresh = detector()
        assert fresh.find(text, head=head, tail=tail) == found


def test_votes_of_pages_are_those_of_each_alone() -> None:
    voter = packaged_voter()
    pages = [(text.splitlines(), bool(number % 3), bool(number % 2)) for number, text in enumerate((*_TEXTS, *ODD))]
    for (lines, head, tail), votes in zip(pages, voter.votes(pages), strict=True):
        assert votes.tolist() == voter.vote(lines, head=head, tail=tail).tolist()
    assert voter.votes([]) == []


@pytest.mark.parametrize("first", [0, AT_A_TIME - 2])
def test_nobody_reads_pages_again_nor_those_before_the_first_that_is_asked_of(first: int) -> None:
    read: list[str] = []

    def voter(texts: list[Shown] | tuple[Shown, ...]) -> list[list[float]]:
        read.extend(chain.from_iterable(lines for lines, _, _ in texts))
        return [[float(len(line)) for line in lines] for lines, _, _ in texts]

    pages = [([f"第{number}页", "尾"], True, True) for number in range(AT_A_TIME)]
    ahead = Ahead(voter, pages)
    for number in range(first, AT_A_TIME):
        assert ahead.voice(number)(pages[number][0]) == [float(len(pages[number][0][0])), 1.0]
    assert read == [line for lines, _, _ in pages[first:] for line in lines]
    assert ahead.voice(first)(["尾"]) == [1.0]
    assert read[-1:] == ["尾"]
    assert len(read) == 2 * (AT_A_TIME - first) + 1
