"""Labels that were worked on come back when their check signs agree; what only looks like one stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.vault.labels import SIGNS, Series
from redactor.vault.restore import by_chance, restore
from redactor.vault.vault import Vault, merged

KEY = bytes(range(32))
NAMES = ("王建国", "李晓梅", "张海涛")
PLACE = "云岭"
WORDS = {"人": ("人", "Person", "PERSON", "person", "人員", "name"), "地": ("地", "Place", "location", "地點")}


def vault(*, key: bytes = KEY, signs: int = 2, brackets: str = "〔〕") -> Vault:
    """A vault of three people and a place, with a key that is always the same."""
    made = Vault([Series(key, signs=signs, brackets=brackets)])
    for name in NAMES:
        made.label_of("人", "PERSON", name)
    made.label_of("地", "LOCATION", PLACE)
    return made


def signs(kind: str, number: int) -> str:
    return vault().series[0].check(kind, number)


A, B = signs("人", 1)
"""The check signs of the first person."""

MANGLED = {
    "spaces inside": f"〔 人 001 · {A}{B} 〕",
    "space between the signs": f"〔人001·{A} {B}〕",
    "ideographic space": f"〔人\u3000001·{A}{B}〕",
    "wide digits and letters": "〔人００１·" + "".join(chr(ord(c) + 0xFEE0) for c in A + B) + "〕",
    "round brackets": f"（人001·{A}{B}）",
    "square brackets": f"[人001·{A}{B}]",
    "black brackets": f"【人001·{A}{B}】",
    "brackets gone": f"人001·{A}{B}",
    "small letters": f"〔人001·{A}{B}〕".lower(),
    "leading zeros gone": f"〔人1·{A}{B}〕",
    "more zeros": f"〔人00001·{A}{B}〕",
    "line break": f"〔人001\n·{A}{B}〕",
    "hyphen for the dot": f"〔人001-{A}{B}〕",
    "dot gone": f"〔人001 {A}{B}〕",
    "English word": f"[Person 001·{A}{B}]",
    "traditional word": f"〔人員001·{A}{B}〕",
    "invisible space": f"〔人\u200b001·{A}{B}〕",
    "escaped for Markdown": f"\\[人001·{A}{B}\\]",
    "one bracket gone": f"人001·{A}{B}〕",
    "another dot": f"〔人001•{A}{B}〕",
    "a dash of two": f"〔人001——{A}{B}〕",
    "signs in brackets": f"Person 001 ({A}{B})",
    "number said": f"[Person No. 1·{A}{B}]",
}
OTHER = next(sign for sign in SIGNS if sign != B)
FOREIGN = {
    "another check": f"〔人001·{A}{OTHER}〕",
    "no check": "〔人001〕",
    "half a check": f"〔人001·{A}〕",
    "a number that there is not": f"〔人009·{A}{B}〕",
    "another kind": f"〔地002·{A}{B}〕",
    "of another key": vault(key=bytes(32)).series[0].label("人", 2),
    "English, invented": "[Person 7·QQ]",
}


def test_a_label_has_kind_number_and_signs() -> None:
    label = vault().label_of("人", "PERSON", "王建国")
    assert label == f"〔人001·{A}{B}〕"
    assert {A, B} <= set(SIGNS)
    assert len(set(SIGNS)) == 29
    assert not set(SIGNS) & set("01258BIOSZ") - set("BSZ")


def test_the_same_value_has_the_same_number_and_each_form_its_label() -> None:
    one = vault()
    spaced = one.label_of("人", "PERSON", "王 建国")
    assert spaced.startswith("〔人001-2·")
    assert restore(f"{spaced}、〔人001·{A}{B}〕", one).text == "王 建国、王建国"


@pytest.mark.parametrize("name", MANGLED)
def test_what_was_worked_on_comes_back(name: str) -> None:
    done = restore(f"请{MANGLED[name]}同志牵头", vault())
    assert done.text == "请王建国同志牵头"
    assert (done.exact, done.tolerant, done.foreign) == (0, 1, ())


@pytest.mark.parametrize("name", FOREIGN)
def test_what_only_looks_like_a_label_stays_and_is_listed(name: str) -> None:
    text = f"请{FOREIGN[name]}同志牵头"
    done = restore(text, vault())
    assert done.text == text
    assert [each.label for each in done.foreign] == [FOREIGN[name]]
    assert done.foreign[0].start == 1


@pytest.mark.parametrize(
    "text",
    ["政府文件〔2023〕15号", "（人1）", "[图3]", "name 12 AM", "第3人", "地001", "人001AB0", "(person 3)", "【1】"],
)
def test_ordinary_text_is_no_label(text: str) -> None:
    done = restore(text, vault())
    assert (done.text, done.edits, done.foreign) == (text, (), ())


def mangled(kind: str, number: int) -> st.SearchStrategy[str]:
    """A label of the vault as people and programs may leave it."""
    gap = st.sampled_from(("", " ", "\u3000", "\u200b", "\n"))
    dot = st.sampled_from(("·", "・", "•", ".", "-", ":"))
    zeros = st.sampled_from(("", "0", "00", "0000"))
    pairs = st.sampled_from(("〔〕", "[]", "【】", "⟦⟧", "［］"))
    cases = st.sampled_from((str.upper, str.lower))

    def put(pair: str, word: str, gaps: list[str], zeros: str, dot: str, case: object) -> str:
        check = str.lower(signs(kind, number)) if case is str.lower else signs(kind, number)
        return f"{pair[0]}{gaps[0]}{word}{gaps[1]}{zeros}{number}{gaps[2]}{dot}{gaps[3]}{check}{gaps[4]}{pair[1]}"

    gaps = st.lists(gap, min_size=5, max_size=5)
    return st.builds(put, pairs, st.sampled_from(WORDS[kind]), gaps, zeros, dot, cases)


LABELS = st.sampled_from([("人", 1), ("人", 2), ("人", 3), ("地", 1)]).flatmap(
    lambda each: mangled(*each).map(lambda label: (label, each))
)


@given(st.lists(LABELS, min_size=1, max_size=4), st.sampled_from(("，", "和", "、到", "。")))
def test_any_mixture_of_these_comes_back(labels: list[tuple[str, tuple[str, int]]], between: str) -> None:
    values = [PLACE if kind == "地" else NAMES[number - 1] for _, (kind, number) in labels]
    done = restore(between.join(label for label, _ in labels), vault())
    assert done.text == between.join(values)
    assert done.exact + done.tolerant == len(labels)


@given(st.text(st.sampled_from("人地〔〕[]0123· -AEL\n王"), max_size=30))
def test_text_of_such_signs_stays_where_no_check_agrees(text: str) -> None:
    done = restore(text, vault())
    for edit in done.edits:
        assert edit.replacement in (*NAMES, PLACE)
    if not done.edits:
        assert done.text == text


def test_nothing_is_put_into_what_was_put_back() -> None:
    one = vault()
    label = one.series[0].label("人", 1)
    tricky = one.label_of("人", "PERSON", f"见{label}")
    assert restore(tricky, one).text == f"见{label}"


@pytest.mark.parametrize(
    ("text", "exact", "tolerant", "foreign", "missing"),
    [
        ("{2}到了{3}，{1}没有。", 3, 0, 0, 1),  # sentences in another order
        ("Comrade [Person 1·{s1}] met [person 002 · {s2}] in Place 001·{p1}.", 0, 3, 0, 1),  # translated
        ("{1}同志", 1, 0, 0, 3),  # cut
        ("{1}、〔人003·〕、〔人4·77〕", 1, 0, 2, 3),  # damaged and invented
    ],
)
def test_three_editors(text: str, exact: int, tolerant: int, foreign: int, missing: int) -> None:
    one = vault()
    labels = [one.series[0].label("人", number) for number in (1, 2, 3)]
    for number, label in enumerate(labels, 1):
        text = text.replace(f"{{{number}}}", label).replace(f"{{s{number}}}", signs("人", number))
    done = restore(text.replace("{p1}", signs("地", 1)), one)
    assert (done.exact, done.tolerant, len(done.foreign), len(done.missing)) == (exact, tolerant, foreign, missing)


def test_plain_labels_come_back_as_they_were_written_only() -> None:
    plain = vault(signs=0)
    assert restore("〔人001〕和〔人002〕", plain).text == "王建国和李晓梅"
    assert restore("〔人1〕[人001]", plain).text == "〔人1〕[人001]"


def test_signs_of_another_number() -> None:
    assert len({signs("人", number) for number in range(1, 400)}) > 200


@pytest.mark.parametrize(
    ("found", "foreign", "chance"),
    [
        *((1, 0, False), (1, 5, False), (1, 40, True), (2, 40, False), (2, 400, True), (20, 400, False)),
        *((10**6, 9, False), (1200, 10**6, True)),
    ],
)
def test_labels_that_fit_by_chance(found: int, foreign: int, chance: bool) -> None:
    assert by_chance(found, foreign, vault()) == chance
    assert not by_chance(found, foreign, vault(signs=0))


def test_a_vault_that_was_merged_leads_back_from_all() -> None:
    first, second = vault(), vault(key=bytes(32))
    one = merged([first, second])
    labels = [label for each in (first, second) for label, _ in each.labels()]
    assert restore("".join(labels), one).text == "".join((*NAMES, PLACE)) * 2
    assert one.label_of("人", "PERSON", "赵新").startswith("〔人004·")


def test_a_label_that_could_be_two_texts_stays() -> None:
    other = Vault([Series(KEY)])
    other.label_of("人", "PERSON", "陈立")
    one = merged([vault(), other])
    label = vault().series[0].label("人", 1)
    assert one.ambiguous() == [label]
    done = restore(label, one)
    assert done.text == label
    assert len(done.foreign) == 1
