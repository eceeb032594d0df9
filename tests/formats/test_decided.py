"""Decisions reach the texts that they were made on, whatever other decisions do to the order and the words of texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from redactor.formats.decided import DecidedTexts, Given
from redactor.model import UNDECIDED, Decided

KEEP = Decided(kept=((0, 2),))
MASK = Decided(masked=((0, 2, "PERSON"),))


def test_by_number_where_no_text_is_known() -> None:
    given_ = Given({1: KEEP})
    assert [given_.of(text) for text in "abc"] == [UNDECIDED, KEEP, UNDECIDED]
    assert [given_.told() for _ in range(3)] == [0, 1, 2]


def test_a_text_that_comes_in_between_takes_nothing_from_others() -> None:
    given_ = Given(DecidedTexts({1: KEEP}, ["标题", "王建国", "正文"]))
    assert [given_.of(text) for text in ("标题", "另一段很长的文字", "王建国", "正文")] == [
        UNDECIDED,
        UNDECIDED,
        KEEP,
        UNDECIDED,
    ]
    assert [given_.told() for _ in range(4)] == [0, None, 1, 2]


def test_a_text_that_does_not_come_leaves_the_next_its_own() -> None:
    given_ = Given(DecidedTexts({0: MASK, 3: KEEP}, ["王建国", "中间的话", "后面的话", "王建国"]))
    assert [given_.of(text) for text in ("中间的话", "后面的话", "王建国")] == [UNDECIDED, UNDECIDED, KEEP]


def test_of_a_text_that_says_something_else_what_is_the_same_is_decided_alike() -> None:
    before = "会场安排，请王建国同志讲话，电话13800138000。"
    after = "×安排，请王建国同志讲话，电话13800138000。"
    at, phone = before.index("王建国"), before.index("138")
    decided = Decided(((at, at + 3), (0, 2)), ((phone, phone + 11, "PHONE_NUMBER"), (0, 4, "LOCATION")))
    got = Given(DecidedTexts({0: decided}, [before])).of(after)
    assert got.kept == ((at - 1, at + 2),)
    assert got.masked == ((phone - 1, phone + 10, "PHONE_NUMBER"), (1, 3, "LOCATION"))


def test_another_text_in_its_place_gets_nothing() -> None:
    given_ = Given(DecidedTexts({0: KEEP}, ["王建国到会"]))
    assert given_.of("完全不同的一句话，没有一处相同") == UNDECIDED
    assert given_.told() is None


@given(st.lists(st.sampled_from(["甲方", "乙方", "丙方"]), max_size=8), st.data())
def test_where_nothing_changes_each_gets_its_own(texts: list[str], data: st.DataObject) -> None:
    decided = {
        number: data.draw(st.sampled_from([KEEP, MASK])) for number in range(len(texts)) if data.draw(st.booleans())
    }
    given_ = Given(DecidedTexts(decided, texts))
    assert [given_.of(text) for text in texts] == [decided.get(number, UNDECIDED) for number in range(len(texts))]
    assert [given_.told() for _ in texts] == list(range(len(texts)))
