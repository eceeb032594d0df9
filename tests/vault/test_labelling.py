"""Texts with labels of a vault: each leads back to exactly what was there, and what reads like a label already is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor import DecodeError, PolicyError, Redactor, Vault, redact_to_vault, restore
from redactor.vault.labelling import CollisionError
from redactor.vault.labels import Form, Series
from redactor.vault.reading import is_written, written
from redactor.vault.restore import found_in
from tests.draws import draws

VAULT = Redactor("vault", ner="none")
TEXTS = (
    "请王建国同志到云岭县牵头，同比增长12.5%以上",
    "联系人：王 建 国，电话：138 1234\u20095678\r\n联系人：王建国\r\n",
    "路径 C:\\Users\\王建国\\桌面，[王建国同志](x)，**王建国同志**",
    "身份证号：110101199003074477，邮箱 wang@example.com",
    "姓名：王\u200b建国\n关注公众号更多精彩内容请扫码\n",
    "",
    "没有什么要换的。",
)


@pytest.mark.parametrize("text", TEXTS)
def test_round_trip(text: str) -> None:
    vault = Vault()
    result = redact_to_vault(text, vault, VAULT)
    done = restore(result.text, vault)
    assert done.text == text
    assert (done.tolerant, done.foreign, done.missing) == (0, (), ())
    assert "王建国" not in result.text


@draws(60)
@given(
    st.lists(
        st.sampled_from(
            ("王建国同志", "云岭县", "增长12.5%", "\n", "\r\n", "〔", "〕", "·", "人001", "\\", " ", "𠮷", "。")
        )
    )
)
def test_round_trip_of_any_mixture(pieces: list[str]) -> None:
    text, vault = "".join(pieces), Vault()
    try:
        result = redact_to_vault(text, vault, VAULT)
    except CollisionError:
        assert "人001" in text
        return
    assert restore(result.text, vault).text == text


@pytest.mark.parametrize(
    ("text", "place"),
    [("第一行\n见〔人001·LE〕", "2:2"), ("〔地12〕", "1:1"), ("﹝人001﹞", "1:1"), ("〔Person 3·AB〕", "1:1")],
)
def test_what_reads_like_a_label_is_refused(text: str, place: str) -> None:
    vault = Vault()
    with pytest.raises(CollisionError, match=rf"^{place}: "):
        redact_to_vault(text, vault, VAULT)
    assert not vault.series[0].entries


def test_other_brackets_help() -> None:
    vault = Vault([Series(bytes(32), brackets="⟦⟧")])
    text = "王建国同志引〔人001·LE〕"
    result = redact_to_vault(text, vault, VAULT)
    assert "⟦人001·" in result.text
    assert restore(result.text, vault).text == text


@pytest.mark.parametrize("policy", ["publish", "label", "strip", "court", "vault"])
def test_labels_stay_when_the_output_is_redacted_again(policy: str) -> None:
    output = redact_to_vault(TEXTS[0], Vault(), VAULT).text
    again = Redactor(policy, ner="none").redact(output)
    assert again.text == output


@pytest.mark.parametrize(
    "text", ["项目由〔人001·VX〕负责，电话见附件。", "〔人001·WX〕", "请联系〔人002·QQ〕，网址见〔网003·VX〕。"]
)
@pytest.mark.parametrize("policy", ["publish", "label", "clean"])
def test_signs_of_labels_that_read_as_abbreviations_promote_nothing(policy: str, text: str) -> None:
    assert Redactor(policy, ner="none").redact(text).text == text


@pytest.mark.parametrize(
    ("codec", "label"),
    [("big5", "〔電001·7W〕"), ("gb18030", "〔电001·7W〕"), ("euc_jp", "〔電001・7W〕"), ("utf-16", "〔电001·7W〕")],
)
def test_labels_are_written_in_signs_that_the_encoding_has(codec: str, label: str) -> None:
    assert written("〔电001·7W〕", (codec,)) == label
    assert is_written(label.encode(codec).decode(codec), "〔电001·7W〕")


def test_labels_that_an_encoding_has_no_signs_for_are_refused() -> None:
    with pytest.raises(DecodeError, match="latin-1 has no signs"):
        written("〔电001·7W〕", ("utf-8", "latin-1"))
    assert not is_written("〔电001·7V〕", "〔电001·7W〕")


def test_a_number_and_a_text_are_two_forms_of_a_value() -> None:
    vault = Vault()
    forms = (Form("13812345678"), Form("13812345678", number=True), Form("13812345678", spelled="1\\u00333812345678"))
    labels = [vault.label_of("电", "PHONE_NUMBER", form) for form in forms]
    assert [label[:6] for label in labels] == ["〔电001·", "〔电001-", "〔电001-"]
    assert [put.form for label in labels for put in found_in(label, vault)[0]] == list(forms)
    assert Vault.from_json(vault.to_json(), "v") == vault


def test_what_reads_like_a_label_in_other_brackets_is_known_when_it_comes_back() -> None:
    vault, text = Vault(), "请王建国同志看[Person 7]、【人12】"
    sent = redact_to_vault(text, vault, VAULT).text
    done = restore(sent + "[Person 8]", vault)
    assert done.text == text + "[Person 8]"
    assert [each.label for each in done.foreign] == ["[Person 8]"]
    assert Vault.from_json(vault.to_json(), "v").others == vault.copy().others == {"[Person 7]", "【人12】"}


def test_boilerplate_stays_since_it_could_not_be_put_back() -> None:
    assert "BOILERPLATE" not in VAULT.policy.operators


def test_another_policy_is_refused() -> None:
    with pytest.raises(PolicyError, match="puts nothing into a vault"):
        redact_to_vault("x", Vault(), Redactor("publish", builtin=False, ner="none"))
    with pytest.raises(PolicyError, match="one or two Chinese characters"):
        Redactor(operators={"PERSON": "vault"}, builtin=False, ner="none")
