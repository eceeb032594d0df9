"""What each operator writes, for every setting, and what it never does."""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from redactor import Redactor
from redactor.chinese.names import read_surnames
from redactor.policy.operators import OPERATORS, Labels, Operator, compound_surnames, replacement, reserve
from redactor.ruleset.load import load_rules
from redactor.text.masked import masked_spans

KEY = b"a key for these tests"
VALUES = st.text(alphabet="王建国欧阳慧敏1390000 \u200b\n", min_size=1, max_size=12)


@pytest.fixture(scope="module")
def court() -> Redactor:
    return Redactor("court")


def write(operator: Operator, value: str, entity: str = "PERSON", labels: Labels | None = None) -> str:
    return replacement(operator, entity, value, labels or Labels(), KEY)


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        pytest.param(Operator("mask"), "王建国", "×", id="mask-one-sign-whatever-the-length"),
        pytest.param(Operator("mask", sign="某"), "云岭", "某", id="mask-other-sign"),
        pytest.param(Operator("mask", sign=""), "云岭", "", id="mask-no-sign"),
        pytest.param(Operator("mask", each=True), "王建国", "×××", id="mask-each"),
        pytest.param(Operator("mask", each=True), "1 3\u200b9", "×××", id="mask-each-counts-what-is-seen"),
        pytest.param(Operator("mask", each=True), "\u200b", "×", id="mask-each-never-nothing"),
        pytest.param(Operator("mask", sign="[x]", each=True), "王建", "[x][x]", id="mask-long-sign"),
        pytest.param(Operator("strip"), "王建国", "", id="strip"),
        pytest.param(Operator("vault", name="人"), "王建国", "〔人001〕", id="vault"),
        pytest.param(Operator("keep"), "王建国", "王建国", id="keep"),
        pytest.param(Operator("replace", replacement="（略）"), "王建国", "（略）", id="replace"),
        pytest.param(Operator("replace", replacement=r"\g<0>"), "王建国", r"\g<0>", id="replace-is-plain-text"),
        pytest.param(Operator("label"), "王建国", "【PERSON1】", id="label-by-entity"),
        pytest.param(Operator("label", name="人名"), "王建国", "【人名1】", id="label-by-name"),
        pytest.param(Operator("partial", show_first=3, show_last=4), "13900001111", "139×1111", id="partial"),
        pytest.param(Operator("partial", show_first=3, show_last=4, each=True), "13900001111", "139××××1111", id="partial-each"),
        pytest.param(Operator("partial", show_last=4), "13900001111", "×1111", id="partial-last"),
        pytest.param(Operator("partial", show_first=1), "王", "×", id="partial-shows-never-all"),
        pytest.param(Operator("partial", show_first=2, show_last=2), "王建国强", "×", id="partial-too-short"),
        pytest.param(Operator("partial"), "王建国", "×", id="partial-of-nothing"),
        pytest.param(Operator("partial", show_first=1, show_from="@", sign="***"), "zhang@163.com", "z***@163.com", id="partial-mail"),
        pytest.param(Operator("partial", show_first=1, show_from="@", sign="***"), "z@163.com", "***@163.com", id="partial-mail-short"),
        pytest.param(Operator("partial", show_from="@"), "zhang", "×", id="partial-no-mail"),
        pytest.param(Operator("partial", show_first=3, show_last=2), "139 0000\u200b1111", "139×11", id="partial-of-what-is-seen"),
        pytest.param(Operator("partial", show_first="surname", sign="某", each=True), "王建国", "王某某", id="surname"),
        pytest.param(Operator("partial", show_first="surname", sign="某"), "王建国", "王某", id="surname-one-sign"),
        pytest.param(Operator("partial", show_first="surname", sign="某", each=True), "欧阳慧敏", "欧阳某某", id="compound"),
        pytest.param(Operator("partial", show_first="surname", sign="某"), "欧阳", "欧阳", id="compound-alone"),
        pytest.param(Operator("partial", show_first="surname", sign="某"), "王", "王", id="surname-alone"),
        pytest.param(Operator("partial", show_first="surname", show_last=1, sign="某"), "王建国", "王某国", id="surname-and-last"),
    ],
)  # fmt: skip
def test_written(operator: Operator, value: str, expected: str) -> None:
    assert write(operator, value) == expected


NUMBERED = Operator("partial", show_first="surname", sign="某", numbered=True)


def test_numbered_tells_people_apart() -> None:
    labels = Labels()
    names = ["王建国", "王建军", "王建国", "李强", "王 建军", "阿卜杜拉·买买提", "约翰·史密斯", "JohnSmith", "王"]
    written = ["王某", "王某2", "王某", "李某", "王某2", "阿某", "约某", "J", "王"]
    assert [write(NUMBERED, name, labels=labels) for name in names] == written


def test_numbered_leaves_alone_what_the_text_has() -> None:
    labels = Labels()
    reserve("证人王某与李某2到庭", NUMBERED, labels)
    assert [write(NUMBERED, name, labels=labels) for name in ("王建国", "李强", "李明")] == ["王某2", "李某", "李某3"]


@pytest.mark.parametrize("surname", compound_surnames())
def test_every_compound_surname_stays_whole(surname: str) -> None:
    operator = Operator("partial", show_first="surname", sign="某")
    assert write(operator, f"{surname}明") == f"{surname}某"
    # What may be a surname with its given name (贺兰) is hidden as one.
    assert write(operator, surname) == (f"{surname[0]}某" if compound_surnames()[surname] else surname)


def test_there_is_one_list_of_compound_surnames() -> None:
    rules = {rule.id: rule for rule in load_rules().rules}
    known = read_surnames(rules["names.lexical"].files["surnames"])
    assert {surname for surname in known if len(surname) > 1} == set(compound_surnames())
    pattern = rules["names.padded"].pattern
    assert pattern
    assert [surname for surname in compound_surnames() if surname not in pattern] == []


@pytest.mark.parametrize("surname", ["亓官", "佟佳", "乐正", "夹谷", "哈斯", "欧阳", "耶律"])
def test_a_compound_surname_is_known_from_text_to_edit(court: Redactor, surname: str) -> None:
    assert court.redact(f"请{surname}明同志发言").text == f"请{surname}某同志发言"


def test_hash_is_hmac_sha_256_of_entity_and_value() -> None:
    expected = hmac.new(KEY, "PERSON\0王建国".encode(), hashlib.sha256).hexdigest()[:32]
    assert write(Operator("hash"), "王建国") == f"<PERSON:{expected}>"


@pytest.mark.parametrize("kind", ["hash", "label"])
@pytest.mark.parametrize(
    ("entity", "forms"),
    [
        ("PHONE_NUMBER", ("13900001111", "139-0000-1111", "139 0000 1111", "１３９００００１１１１")),
        ("CN_ID_CARD", ("11010119900307803x", "11010119900307803X")),
        ("PERSON", ("王建国", "王 建国", "王\u200b建国")),
    ],
)
def test_ways_to_write_a_value_are_one_value(
    kind: Literal["hash", "label"], entity: str, forms: tuple[str, ...]
) -> None:
    labels = Labels()
    assert len({write(Operator(kind), form, entity, labels) for form in forms}) == 1


def test_labels_count_per_name_in_order_of_appearance() -> None:
    labels = Labels()
    person, place = Operator("label", name="人名"), Operator("label", name="地名")
    values = [(person, "王建国"), (person, "李晓明"), (place, "云岭"), (person, "王 建\u200b国"), (place, "王建国")]
    assert [write(o, v, labels=labels) for o, v in values] == [
        "【人名1】", "【人名2】", "【地名1】", "【人名1】", "【地名2】",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["label", "hash"])
def test_the_same_value_written_apart_is_the_same(kind: str) -> None:
    operator = Operator(kind)  # type: ignore[arg-type]
    labels = Labels()
    forms = ["王建国", "王 建 国", "王\u200b建国", "王建\n　国", "王\u0336建国"]
    assert len({write(operator, form, labels=labels) for form in forms}) == 1
    assert write(operator, "王建", labels=labels) != write(operator, "王建国", labels=labels)


def test_hashes_of_other_keys_and_entities_are_others() -> None:
    operator = Operator("hash")
    seen = {replacement(operator, e, "王建国", Labels(), k) for e in ("PERSON", "LOCATION") for k in (KEY, b"another")}
    assert len(seen) == 4


@given(value=VALUES, first=st.integers(0, 5), last=st.integers(0, 5), each=st.booleans())
def test_partial_always_hides_something(value: str, first: int, last: int, each: bool) -> None:
    seen = regex.sub(r"[\s\u200b]", "", value)
    written = write(Operator("partial", show_first=first, show_last=last, each=each), value)
    hidden = written.count("×")
    assert hidden >= 1
    shown = len(written) - hidden
    assert shown in (0, first + last)
    assert shown < len(seen) or not shown
    if each and seen:
        assert len(written) == len(seen)


@given(value=VALUES)
@pytest.mark.parametrize("kind", ["mask", "strip", "replace", "label", "hash"])
def test_nothing_of_the_value_is_left(kind: str, value: str) -> None:
    operator = Operator(kind, replacement="（略）", name="人名")  # type: ignore[arg-type]
    written = write(operator, value)
    assert not set(written) & set("王建国欧阳慧敏")
    assert written == write(operator, value)


@given(value=VALUES, other=VALUES)
def test_the_width_of_a_mask_tells_nothing(value: str, other: str) -> None:
    assert write(Operator("mask"), value) == write(Operator("mask"), other)


@pytest.mark.parametrize(
    ("kind", "entity"),
    [("mask", "PERSON"), ("mask", "CN_ID_CARD"), ("label", "PERSON"), ("hash", "PERSON"), ("hash", "CN_ID_CARD")],
)
def test_what_is_written_is_known_as_masked(kind: str, entity: str) -> None:
    written = write(Operator(kind), "王建国", entity)  # type: ignore[arg-type]
    assert masked_spans(f"请{written}同志") == [(1, 1 + len(written))]


def test_the_table_is_of_all_operators() -> None:
    assert set(OPERATORS) == {"strip", "mask", "partial", "label", "replace", "keep", "hash", "vault", "code", "fake"}
