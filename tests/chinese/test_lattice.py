"""Words at every place at once, and the best segmentation of a stretch, are those of a plain search."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.chinese.lattice import Words, compile_words
from redactor.chinese.lexicon import Lexicon
from tests.draws import draws

LEXICON = "\n".join(
    f"{word}\t{count}\tn"
    for word, count in {
        "甲": 50, "乙": 40, "丙": 10, "甲乙": 30, "乙丙": 60, "丙丁": 5, "甲乙丙": 8, "丁甲": 20, "乙丙丁甲": 9, "甲乙丙丁甲": 3,
    }.items()
)  # fmt: skip
TEXTS = st.text(alphabet="甲乙丙丁戊，\x00a\n", max_size=40)


@pytest.fixture(scope="module")
def words() -> Words:
    return compile_words(Lexicon.parse(LEXICON))


def best_score(lexicon: Lexicon, text: str) -> float:
    best = [0.0] + [float("-inf")] * len(text)
    for end in range(1, len(text) + 1):
        for size in range(1, min(5, end) + 1):
            word = text[end - size : end]
            weight = lexicon.weight(word) if size == 1 or word in lexicon.words else float("-inf")
            best[end] = max(best[end], best[end - size] + weight)
    return best[-1]


@draws(300)
@given(text=TEXTS)
def test_words_at_every_place(words: Words, text: str) -> None:
    lattice = words.lattice(text)
    for at in range(len(text)):
        for size in range(2, 6):
            word = text[at : at + size]
            assert (lattice.rows[size - 1][at] >= 0) == (len(word) == size and word in words.lexicon.words)
    for place in range(len(text) + 1):
        crossed = any(
            text[start : start + size] in words.lexicon.words and start < place < start + size <= len(text)
            for size in range(2, 6)
            for start in range(max(0, place - size), place)
        )
        assert lattice.cut_at(place) == crossed


@draws(300)
@given(text=TEXTS, cuts=st.tuples(st.integers(0, 40), st.integers(0, 40)))
def test_segmentation_is_the_best_one(words: Words, text: str, cuts: tuple[int, int]) -> None:
    start, end = sorted(min(cut, len(text)) for cut in cuts)
    tokens = words.lattice(text).segment(start, end)
    assert "".join(text[first:last] for first, last, _ in tokens) == text[start:end]
    score = sum(words.lexicon.weight(text[first:last]) for first, last, _ in tokens)
    assert score == pytest.approx(best_score(words.lexicon, text[start:end]), abs=1e-3)


def test_a_span_inside_a_word_is_covered(words: Words) -> None:
    lattice = words.lattice("，乙丙丁甲，")
    assert lattice.covers(1, 3)
    assert not lattice.covers(1, 5)


def test_no_lexicon_no_words() -> None:
    lattice = compile_words(Lexicon.parse("")).lattice("甲乙")
    assert [kind for _, _, kind in lattice.segment(0, 2)] == ["", ""]
    assert not lattice.covers(0, 1)
