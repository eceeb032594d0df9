"""Pseudonyms: codes and surrogates within a document and by a key, apart from one another and from what stands there."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor import Operator, Policy, PolicyError, Redactor
from redactor.model import Finding, PseudonymError
from redactor.policy.load import load_policy, with_operators
from redactor.policy.operators import Labels, Named, pseudonym_spans, replacement, reserve_pseudonyms
from redactor.policy.pseudonyms import STEMS, identity, keyed_surrogate
from redactor.policy.reserved import ranges
from tests.conftest import made
from tests.draws import draws

KEY, OTHER = b"0123456789abcdef", b"fedcba9876543210"
PERSON = Operator("code", name="人员", series="stems")
PLACE = Operator("code", name="地名", series="letters")
PHONE = Operator("code", name="电话")
OPERATORS = {"PERSON": PERSON, "LOCATION": PLACE, "PHONE_NUMBER": PHONE}
VALUES = st.lists(st.text("王建国李明云岭13900 -", min_size=1, max_size=6), unique=True, max_size=30)


def write(operator: Operator, entity: str, value: str, labels: Labels, key: bytes | None = None) -> str:
    return replacement(operator, entity, value, labels, key)


def test_codes_count_in_order_of_appearance() -> None:
    labels = Labels()
    people = [write(PERSON, "PERSON", f"王{number:03}", labels) for number in range(12)]
    assert people == [*STEMS, "人员11", "人员12"]
    assert write(PERSON, "PERSON", "王 001", labels) == "乙"
    places = [write(PLACE, "LOCATION", f"云{number:03}", labels) for number in range(28)]
    assert places[:3] + places[24:] == ["A", "B", "C", "Y", "Z", "〔地名27〕", "〔地名28〕"]
    assert [write(PHONE, "PHONE_NUMBER", each, labels) for each in ("1390000", "1390001")] == ["〔电话1〕", "〔电话2〕"]


def test_places_and_bodies_share_no_letter() -> None:
    labels, body = Labels(), Operator("code", name="机构", series="letters")
    assert write(PLACE, "LOCATION", "云岭", labels) == "A"
    assert write(body, "ORGANIZATION", "宏达", labels) == "B"
    assert write(body, "ORGANIZATION", "云岭", labels) == "A"


@pytest.mark.parametrize(
    ("entity", "one", "other", "same"),
    [
        ("PERSON", "王建国", "王 建\u200b国", True),
        ("PERSON", "JohnSmith", "ＪｏｈｎＳｍｉｔｈ", True),
        ("PERSON", "王建国", "老王", False),
        ("PERSON", "王建国", "王", False),
        ("PERSON", "阿卜杜拉·买买提", "阿卜杜拉买买提", False),
        ("PHONE_NUMBER", "139-0000-1111", "１３９ 0000 1111", True),
        ("CN_ID_CARD", "11010119900307109x", "11010119900307109X", True),
        ("PHONE_NUMBER", "13900001111", "+8613900001111", False),
        ("EMAIL_ADDRESS", "li-ming@163.com", "liming@163.com", False),
    ],
)
def test_what_is_the_same_value(entity: str, one: str, other: str, same: bool) -> None:
    assert (identity(entity, one) == identity(entity, other)) == same


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("证人甲与乙到庭", "丙"),
        ("甲方与乙方", "甲"),  # words, which stand for nobody
        ("自己、辛苦、甲级、庚子", "甲"),
        ("甲乙丙丁戊己庚辛壬癸都到了", "人员11"),
        ("甲、乙、丙、丁、戊、己、庚、辛、壬、癸、人员11都到了", "人员12"),
    ],
)
def test_no_value_gets_a_code_that_the_text_came_with(text: str, expected: str) -> None:
    labels = Labels()
    reserve_pseudonyms(text, (), OPERATORS, labels)
    assert write(PERSON, "PERSON", "王建国", labels) == expected


def test_letters_touch_nothing() -> None:
    """Two letters side by side, or one beside a digit, would be read as another code (FG人, J3区)."""
    text = "住云岭3区，云岭泗水人。"
    findings = [Finding(start, start + 2, "LOCATION", "x", 1.0) for start in (1, 6, 8)]
    labels = Labels()
    reserve_pseudonyms(text, findings, OPERATORS, labels)
    assert [write(PLACE, "LOCATION", each, labels) for each in ("云岭", "泗水", "青石")] == [
        "〔地名1〕",
        "〔地名2〕",
        "C",
    ]


def test_letters_and_numbers_that_stand_are_given_to_nobody() -> None:
    labels = Labels()
    reserve_pseudonyms("A级景区，GDP，〔电话1〕、〔电话3〕", (), OPERATORS, labels)
    assert write(PLACE, "LOCATION", "云岭", labels) == "B"
    assert [write(PHONE, "PHONE_NUMBER", each, labels) for each in ("1", "2")] == ["〔电话2〕", "〔电话4〕"]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("请甲同志到A县", "甲A"),
        ("请丁小明同志到", ""),  # a name: 甲, 乙 and 丙 are nobody here
        ("甲、乙、丙与丁到会", "甲乙丙丁"),
        ("甲方与乙方，王克己", ""),
        ("电话〔电话1〕，人员11名", "〔电话1〕"),
        ("A省B市，AB公司", "AB"),
        ("GDP、LG公司", ""),
        ("〔人员34679ABCDEFGH〕同志", "〔人员34679ABCDEFGH〕"),
    ],
)
def test_codes_of_an_earlier_run_are_known(text: str, known: str) -> None:
    spans = sorted(pseudonym_spans(text, OPERATORS))
    assert "".join(text[start:end] for start, end in spans) == known


@draws(30)
@given(values=VALUES, key=st.sampled_from([None, KEY]))
@pytest.mark.parametrize("kind", ["code", "fake"])
def test_other_values_never_share_a_pseudonym(kind: str, values: list[str], key: bytes | None) -> None:
    labels = Labels()
    written: dict[str, str] = {}
    for value in values:
        operator = PERSON if kind == "code" else Operator("fake")
        own = identity("PERSON", value)
        if own:
            assert written.setdefault(write(operator, "PERSON", value, labels, key), own) == own
    assert len(written) == len({identity("PERSON", value) for value in values} - {""})


def test_two_values_that_meet_under_a_key_are_refused() -> None:
    labels = Labels()
    labels.give(Named("〔人员34679ABCDEFGH〕", "人员", "王建国"))
    with pytest.raises(PseudonymError, match="two different values would get the same pseudonym"):
        labels.give(Named("〔人员34679ABCDEFGH〕", "人员", "李明"))


def test_real_values_that_meet_in_a_small_range_are_refused() -> None:
    """Of 30,000 passports two meet in 80 million surrogates: found by trying, and then given to one document."""
    first: dict[str, str] = {}
    met = next(
        (first[taken], value)
        for value in (f"E{number:08}" for number in range(100_000))
        for taken in [keyed_surrogate(KEY, "CN_PASSPORT", value)]
        if first.setdefault(taken, value) != value
    )
    redactor = Redactor("fake", key=KEY)
    for value in met:
        assert redactor.redact(f"护照号码：{value}。").edits
    with pytest.raises(PseudonymError):
        redactor.redact(f"护照号码：{met[0]}。护照号码：{met[1]}。")


def test_no_code_or_surrogate_is_shared_by_two_keys() -> None:
    values = {
        "PERSON": "王建国",
        "LOCATION": "云岭",
        "ORGANIZATION": "宏达",
        "PHONE_NUMBER": "13900001111",
        "EMAIL_ADDRESS": "wang@163.com",
        "IP_ADDRESS": "10.1.2.3",
        "CN_ID_CARD": "11010119900307109X",
        "CREDIT_CARD": "6222021234567890128",
    }
    for operator in (Operator("code", name="值"), Operator("fake"), Operator("hash")):
        found = [
            [write(operator, entity, value, Labels(), key) for entity, value in values.items()] for key in (KEY, OTHER)
        ]
        assert not set(found[0]) & set(found[1])
        assert len(set(chain(*found))) == 2 * len(values)


TEXT = (
    "请王建国同志到云岭县，同比增长12.5%，电话13900001111，王局长和李秀芝参加。王建国的身份证号11010119900307109X，邮箱wangjg@163.com。\n"
    "联系人：李秀芝，车牌京A12345，IP 10.23.4.5，微信号：lixz_2020，护照E12345678，云岭镇宏达商贸有限公司，卡号6222021234567890128。\n"
)


@pytest.mark.parametrize("key", [None, KEY], ids=["document", "key"])
@pytest.mark.parametrize("policy", ["code", "fake"])
class TestDocuments:
    def redactor(self, policy: str, key: bytes | None) -> Redactor:
        return Redactor(policy, key=key) if key else made(policy)

    def test_the_same_value_is_the_same_and_a_second_run_changes_nothing(self, policy: str, key: bytes | None) -> None:
        redactor = self.redactor(policy, key)
        once = redactor.redact(TEXT)
        assert redactor.redact(once.text).edits == ()
        written = [edit.replacement for edit in once.edits]
        at = {TEXT[edit.start : edit.end]: edit.replacement for edit in once.edits}
        assert written.count(at["王建国"]) == 2
        assert written.count(at["李秀芝"]) == 2
        # 王局长 may be somebody else: nothing says who it is.
        assert at["王"] != at["王建国"]
        assert len(set(at.values())) == len(at)
        assert not any(value in TEXT for value in at.values() if len(value) > 1)

    def test_a_document_is_by_itself_and_a_key_leads_through_a_collection(self, policy: str, key: bytes | None) -> None:
        redactor = self.redactor(policy, key)
        first, second = (
            result.text for result in redactor.redact_many(["请李明同志牵头。", "请王建国、李明同志牵头。"])
        )
        name = first.removeprefix("请").partition("同志")[0]
        assert (f"、{name}同志" in second) == (key is not None)

    def test_no_residue_is_told_of_pseudonyms(self, policy: str, key: bytes | None) -> None:
        redactor = self.redactor(policy, key)
        assert redactor.residue(TEXT, redactor.redact(TEXT)) == ()


def test_a_surrogate_that_stands_in_the_text_is_given_to_nobody() -> None:
    redactor = made("fake")
    taken = redactor.redact("请王建国同志牵头。").text.removeprefix("请").partition("同志")[0]
    text = f"{taken}出席，请李明同志牵头。"
    assert redactor.redact(text).text.count(taken) == 1


class TestPolicies:
    @pytest.mark.parametrize("key", [b"", b"0123456789abcde"])
    @pytest.mark.parametrize("policy", ["code", "fake"])
    def test_a_short_key_is_refused(self, policy: str, key: bytes) -> None:
        with pytest.raises(PolicyError, match=f"has {len(key)} bytes and needs at least 16"):
            Redactor(policy, key=key)

    def test_publish_never_writes_surrogates(self) -> None:
        with pytest.raises(PolicyError, match="never writes surrogates"):
            with_operators(load_policy("publish"), {"PERSON": "fake"})
        with pytest.raises(PolicyError, match="never writes surrogates"):
            Policy("publish", {}, {"PERSON": Operator("fake")})
        assert not load_policy("publish").fakes

    @pytest.mark.parametrize("entity", ["MONEY", "DATE_TIME", "DOC_NUMBER", "BOILERPLATE"])
    def test_there_are_no_surrogates_of_figures(self, entity: str) -> None:
        assert entity not in ranges()
        with pytest.raises(PolicyError, match=f"no surrogates for {entity}"):
            Policy("x", {}, {entity: Operator("fake")})

    def test_numbers_of_a_name_are_shared_with_labels(self) -> None:
        labels = Labels()
        assert write(Operator("label", name="数字"), "MONEY", "12", labels) == "【数字1】"
        assert write(Operator("code", name="数字", brackets="【】"), "PERCENT", "5", labels) == "【数字2】"
