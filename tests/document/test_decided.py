"""What a person has decided of places holds whatever rules say, and changes nothing else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor import Redactor
from redactor.document.decided import in_output, kept_in
from redactor.model import Decided, Edit, Span
from redactor.text.marks import unmarked
from tests.conftest import made
from tests.draws import draws

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


@pytest.mark.parametrize(
    ("masked", "output"),
    [
        ((1, 3, "PERSON"), "驻××有限公司。\n"),
        ((2, 4, "PERSON"), "驻×××有限公司。\n"),
        ((0, 4, "LOCATION"), "××有限公司。\n"),
        ((0, 7, "LOCATION"), "×公司。\n"),
    ],
)
def test_what_is_masked_inside_a_finding_bares_nothing_of_it(masked: tuple[int, int, str], output: str) -> None:
    text = "驻云岭科技有限公司。\n"
    redactor = Redactor(mask=["云岭科技"], only=["PERSON"], ner="none")
    assert redactor.redact(text).text == "驻×有限公司。\n"
    assert redactor.redact(text, Decided(masked=(masked,))).text == output


def test_what_is_left_of_a_name_shows_no_surname() -> None:
    text = "被告人王建国到庭。\n"
    court = made("court")
    assert "王" in court.redact(text).text
    assert court.redact(text, Decided(masked=((4, 5, "LOCATION"),))).text == "被告人某某某到庭。\n"


def test_a_mask_holds_where_the_policy_leaves_an_entity_or_looks_for_none() -> None:
    text = "会议于5月6日召开。\n"
    decided = Decided(masked=((3, 7, "DATE_TIME"),))
    only = Redactor(only=["PERSON"], ner="none")  # which knows what of a date is its value
    for redactor, output in ((made("clean"), "会议于×召开。\n"), (only, "会议于×月×日召开。\n")):
        assert redactor.redact(text).text == text
        assert redactor.redact(text, decided).text == output


def test_a_kept_place_cuts_a_finding_and_bares_nothing_else(publish: Redactor) -> None:
    start, _ = at("王建国", 1)
    assert "，××同志讲话" not in publish.redact(TEXT).text
    kept = publish.redact(TEXT, Decided(kept=((start + 2, start + 4),)))
    assert "会上，×国同志讲话" in kept.text


def test_what_is_encoded_stays_where_it_is_kept_and_is_no_residue(publish: Redactor) -> None:
    encoded = b64encode("联系人王建国，电话13800138000，住云岭县青山镇。".encode()).decode()
    text = f"附件：{encoded}\n"
    kept = Decided(((3, 3 + len(encoded)),))
    assert encoded not in publish.redact(text).text
    result = publish.redact(text, kept)
    assert result.text == text
    assert not publish.residue(text, result)


ENCODED = f"附件：{b64encode('联系人王建国，电话13800138000。'.encode()).decode()}\n%E7%8E%8B%E5%BB%BA%E5%9B%BD说：１３８００１３８０００。\n"


@pytest.mark.parametrize("policy", ["publish", "label", "court", "strip"])
@draws(25)
@given(data=st.data())
def test_decisions_hold_and_all_else_is_as_without(policy: str, data: st.DataObject) -> None:
    redactor = made(policy)
    text = data.draw(st.sampled_from([TEXT, ENCODED]))
    plain = redactor.redact(text)
    found = [(each.start, each.end, each.entity) for each in (*plain.findings, *plain.doubtful)]
    anywhere = st.tuples(
        st.integers(0, len(text) - 2), st.integers(1, 6), st.sampled_from(["PERSON", "LOCATION", "DATE_TIME"])
    ).map(lambda each: (each[0], min(len(text), each[0] + each[1]), each[2]))
    places = st.lists(st.one_of(st.sampled_from(found), anywhere), max_size=4)
    kept = tuple(place[:2] for place in data.draw(places))
    masked = tuple(data.draw(places)) if data.draw(st.booleans()) else ()
    decided = Decided(kept, masked)
    result = redactor.redact(text, decided)
    edited, before = _covered(result.edits), _covered(plain.edits)
    values = {place for start, end, _ in found for place in range(start, end)}
    stays = {place for span in kept_in(text, decided) for place in range(*span)}
    goes = {place for start, end, _ in masked for place in range(start, end)}
    assert not edited & stays
    for start, end, entity in masked:
        if redactor.policy.operator(entity).kind != "partial" and not text[start:end].isspace():
            assert edited & {*range(start, end)}
    if not kept:  # but for labels: what goes beside one may leave it no label
        assert before & values <= edited | goes
    if not masked:
        assert edited <= before
    places_now = in_output(kept_in(text, decided), result.edits)
    if {*kept} <= {place[:2] for place in found}:  # what stays of half a name may be another one
        assert redactor.redact(result.text, Decided(tuple(places_now))).text == result.text
    for each in redactor.residue(text, result):
        assert not any(start <= each.start and each.end <= end for start, end in places_now)


def _covered(edits: Sequence[Edit]) -> set[int]:
    return {place for edit in edits for place in range(edit.start, edit.end)}


@given(st.lists(st.booleans(), max_size=30), st.integers(0, 29), st.integers(0, 30))
def test_unmarked_leaves_what_is_not_marked(marks: list[bool], start: int, end: int) -> None:
    end = min(end, len(marks))
    left = [place for low, high in unmarked(bytearray(marks), start, end) for place in range(low, high)]
    assert left == [place for place in range(start, end) if not marks[place]]


def test_places_move_with_edits_before_them() -> None:
    edits = (Edit(1, 4, "×", "PERSON", ""), Edit(10, 11, "一二三", "PERSON", ""))
    assert in_output([(5, 7), (12, 13), (0, 1)], edits) == [(0, 1), (3, 5), (12, 13)]
