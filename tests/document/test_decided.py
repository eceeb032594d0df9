"""What a person has decided of places holds whatever rules say, and changes nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redactor import Redactor
from redactor.document.decided import beside, in_output
from redactor.model import Decided, Edit, Span
from tests.conftest import made

TEXT = "请王建国同志牵头，电话13800138000。会上，王建国同志讲话。李四、王建国参加，同比增长12.5%。\n"


def at(value: str, number: int = 0, text: str = TEXT) -> Span:
    """Where a value stands for the so-many-th time."""
    start = -1
    for _ in range(number + 1):
        start = text.index(value, start + 1)
    return start, start + len(value)


KEPT = [
    ((at("王建国"),), "请王建国同志牵头，电话×。会上，×同志讲话。×、×参加，同比增长×%。\n"),
    ((at("王建国", 1),), "请×同志牵头，电话×。会上，王建国同志讲话。×、×参加，同比增长×%。\n"),
    ((at("王建国", 2),), "请×同志牵头，电话×。会上，×同志讲话。×、王建国参加，同比增长×%。\n"),
    ((at("13800138000"),), "请×同志牵头，电话13800138000。会上，×同志讲话。×、×参加，同比增长×%。\n"),
    ((at("12.5%"),), "请×同志牵头，电话×。会上，×同志讲话。×、×参加，同比增长12.5%。\n"),
    ((at("建国", 1),), "请×同志牵头，电话×。会上，×建国同志讲话。×、×参加，同比增长×%。\n"),
    (
        (at("王建国同志牵头，电话13800138000"),),
        "请王建国同志牵头，电话13800138000。会上，×同志讲话。×、×参加，同比增长×%。\n",
    ),
]


@pytest.mark.parametrize(("kept", "output"), KEPT)
def test_what_is_kept_stays_and_all_else_goes(publish: Redactor, kept: tuple[Span, ...], output: str) -> None:
    result = publish.redact(TEXT, Decided(kept))
    assert result.text == output
    assert not publish.residue(TEXT, result)
    places = tuple(in_output(kept, result.edits))
    again = publish.redact(result.text, Decided(places))
    assert again.text == result.text


@pytest.mark.parametrize(
    ("masked", "output"),
    [
        (((*at("牵头"), "PERSON"),), "请×同志×，电话×。会上，×同志讲话。×、×参加，同比增长×%。\n"),
        (((*at("讲话"), "LOCATION"),), "请×同志牵头，电话×。会上，×同志×。×、×参加，同比增长×%。\n"),
        (((*at("同志", 1), "PERSON"),), "请×同志牵头，电话×。会上，××讲话。×、×参加，同比增长×%。\n"),
        (((*at("王建国", 1), "LOCATION"),), "请×同志牵头，电话×。会上，×同志讲话。×、×参加，同比增长×%。\n"),
        (((*at("会上，王建国同志讲话"), "PERSON"),), "请×同志牵头，电话×。×。×、×参加，同比增长×%。\n"),
    ],
)
def test_what_is_added_goes_in_that_place(
    publish: Redactor, masked: tuple[tuple[int, int, str], ...], output: str
) -> None:
    assert publish.redact(TEXT, Decided(masked=masked)).text == output


def test_a_value_with_another_entity_gets_its_operator() -> None:
    label = made("label")
    written = label.redact(TEXT, Decided(masked=((*at("王建国", 1), "LOCATION"),))).text
    assert "会上，【LOCATION1】同志" in written.replace("【地名1】", "【LOCATION1】")
    assert written.count("【") == label.redact(TEXT).text.count("【")


def test_a_term_of_the_user_gives_way_to_a_place() -> None:
    redactor = Redactor(keep=["王建国"], mask=["讲话"], ner="none")
    decided = Decided(kept=(at("讲话"),), masked=((*at("王建国"), "PERSON"),))
    assert redactor.redact(TEXT, decided).text.startswith("请×同志牵头，电话×。会上，王建国同志讲话。")


def test_what_only_a_person_masks_proves_nothing() -> None:
    text = "明月出了门。后来明月又回来了。\n"
    redactor = Redactor(ner="none")  # which would find the second one when the first is masked
    assert redactor.redact(text).text == text
    assert redactor.redact(text, Decided(masked=((0, 2, "PERSON"),))).text == "×出了门。后来明月又回来了。\n"


def test_what_is_kept_proves_nothing(publish: Redactor) -> None:
    text = "请上官云珠同志发言。上官云珠认为可行。\n"
    kept = Decided((at("上官云珠", text=text),))
    assert publish.redact(text, kept).text.startswith("请上官云珠同志发言。")


def test_masked_text_stays_as_it_is(publish: Redactor) -> None:
    text = "请×同志牵头。\n"
    assert publish.redact(text, Decided(masked=((1, 2, "PERSON"),))).text == text


@pytest.mark.parametrize("policy", ["publish", "label", "court", "strip"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_decisions_hold_in_what_is_left(policy: str, data: st.DataObject) -> None:
    redactor = made(policy)
    findings = redactor.redact(TEXT).findings
    chosen = data.draw(
        st.lists(st.sampled_from(["open", "keep", "mask"]), min_size=len(findings), max_size=len(findings))
    )
    kept = tuple((f.start, f.end) for f, choice in zip(findings, chosen, strict=True) if choice == "keep")
    masked = tuple((f.start, f.end, f.entity) for f, choice in zip(findings, chosen, strict=True) if choice == "mask")
    result = redactor.redact(TEXT, Decided(kept, masked))
    for start, end in kept:
        assert not any(edit.start < end and edit.end > start for edit in result.edits)
    for start, end, entity in masked:
        if redactor.policy.operator(entity).kind != "keep":
            assert any(start <= edit.start and edit.end <= end for edit in result.edits)
    if not kept:
        assert result.text == redactor.redact(TEXT).text


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)), max_size=5), st.integers(0, 30), st.integers(1, 9))
def test_beside_leaves_what_is_not_taken(taken: list[tuple[int, int]], start: int, size: int) -> None:
    spans = sorted((low, low + length) for low, length in taken)
    left = [place for low, high in beside((start, start + size), spans) for place in range(low, high)]
    assert left == [p for p in range(start, start + size) if not any(low <= p < high for low, high in spans)]


def test_places_move_with_edits_before_them() -> None:
    edits = (Edit(1, 4, "×", "PERSON", ""), Edit(10, 11, "一二三", "PERSON", ""))
    assert in_output([(5, 7), (12, 13), (0, 1)], edits) == [(0, 1), (3, 5), (12, 13)]
