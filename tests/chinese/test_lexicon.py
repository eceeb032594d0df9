"""Segmentation by the best path over words: against a search through all segmentations, and on sentences."""

from __future__ import annotations

from math import isclose, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.chinese.lattice import Lattice, compile_words
from redactor.chinese.lexicon import Lexicon
from tests.draws import draws

TABLE = """# word, frequency, class
大\t50\ta
同\t20\td
大同\t30\tns
大同小异\t40\ti
小\t60\ta
异\t5\tn
同志\t80\tn
志\t5\tn
高兴\t70\ta
高\t60\ta
兴\t10\tv
很\t90\td
"""
LEXICON = Lexicon.parse(TABLE)
WORDS = compile_words(LEXICON)
TEXTS = st.text(alphabet="大同小异志高兴很甲", max_size=9)


def lattice(text: str) -> Lattice:
    return WORDS.lattice(text)


def all_segmentations(text: str) -> list[list[str]]:
    if not text:
        return [[]]
    found = []
    for size in range(1, len(text) + 1):
        head = text[:size]
        if size == 1 or head in LEXICON.words:
            found += [[head, *rest] for rest in all_segmentations(text[size:])]
    return found


def test_parse_reads_weights_and_classes() -> None:
    total = 50 + 20 + 30 + 40 + 60 + 5 + 80 + 5 + 70 + 60 + 10 + 90
    assert isclose(LEXICON.weight("大同"), log(30 / total))
    assert LEXICON.kind("大同") == "ns"
    assert (LEXICON.weight("没有的"), LEXICON.kind("没有的")) == (LEXICON.floor, "")
    assert LEXICON.floor < min(weight for weight, _ in LEXICON.words.values())


@pytest.mark.parametrize("text", ["", "# only a comment\n", "\n\n"], ids=["nothing", "comment", "blank"])
def test_an_empty_lexicon_knows_no_word(text: str) -> None:
    empty = Lexicon.parse(text)
    words = compile_words(empty)
    assert words.lattice("大同").segment(0, 2) == [(0, 1, ""), (1, 2, "")]
    assert not words.lattice("大同小异").covers(1, 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("大同小异", "大同小异/i", id="the-longest-is-the-likeliest"),
        pytest.param("很大同志", "很/d 大/a 同志/n", id="a-place-inside-words-is-none"),
        pytest.param("大同很高兴", "大同/ns 很/d 高兴/a", id="a-place-of-its-own"),
        pytest.param("甲大", "甲/ 大/a", id="unknown-character"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_segment(text: str, words: str) -> None:
    found = lattice(text).segment(0, len(text))
    assert " ".join(f"{text[start:end]}/{kind}" for start, end, kind in found) == words


@draws(300)
@given(text=TEXTS, low=st.integers(0, 9), high=st.integers(0, 9))
def test_segments_follow_one_another_and_are_the_best(text: str, low: int, high: int) -> None:
    start, end = sorted((min(low, len(text)), min(high, len(text))))
    found = lattice(text).segment(start, end)
    assert "".join(text[first:last] for first, last, _ in found) == text[start:end]
    assert [first for first, _, _ in found] == [start, *(last for _, last, _ in found)][: len(found)]
    assert all(LEXICON.kind(text[first:last]) == kind for first, last, kind in found)
    weight = sum(LEXICON.weight(text[first:last]) for first, last, _ in found)
    best = max(sum(map(LEXICON.weight, words)) for words in all_segmentations(text[start:end]))
    assert isclose(weight, best, abs_tol=1e-4)


@pytest.mark.parametrize(
    ("text", "part", "cut"),
    [
        pytest.param("大同小异", "大同", True, id="front-of-a-word"),
        pytest.param("大同小异", "小异", True, id="end-of-a-word"),
        pytest.param("很大同志", "大同", True, id="over-the-edge-of-words"),
        pytest.param("大同很高兴", "大同", False, id="a-word"),
        pytest.param("大同很高兴", "大同很", False, id="two-words"),
        pytest.param("大同，小异", "大同", False, id="a-comma-ends-the-window"),
        pytest.param("甲乙丙", "乙", False, id="unknown-characters"),
        pytest.param("大同小异" * 3, "大同小异", False, id="whole-among-its-like"),
    ],
)
def test_covers(text: str, part: str, cut: bool) -> None:
    start = text.index(part)
    assert lattice(text).covers(start, start + len(part)) == cut


@draws(200)
@given(text=TEXTS.filter(bool), data=st.data())
def test_a_span_of_the_whole_text_cuts_nothing(text: str, data: st.DataObject) -> None:
    assert not lattice(text).covers(0, len(text))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    walled = f"{text[:start]}，{text[start:end]}，{text[end:]}"
    assert not lattice(walled).covers(start + 1, end + 1)
