"""What callers hand in: a single str where texts are wanted, and what is no text at all, is refused in one clear sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from redactor import Redactor

NO_TEXT = [(None, "None"), (b"", "bytes"), (12, "int"), (["云岭县"], "list")]


@pytest.fixture(scope="module")
def publish() -> Redactor:
    return Redactor(ner="none")


@pytest.mark.parametrize("name", ["only", "own_places", "keep", "mask"])
@pytest.mark.parametrize(("value", "kind"), [("云岭县", "one str"), (b"PERSON", "bytes"), (None, "None"), (1, "int")])
def test_one_text_is_not_several(name: str, value: Any, kind: str) -> None:
    with pytest.raises(TypeError) as refused:
        Redactor(builtin=False, ner="none", **{name: value})
    assert str(refused.value) == f"{name} must be several texts (a list of str), not {kind}"


@pytest.mark.parametrize("name", ["only", "own_places", "keep", "mask"])
@pytest.mark.parametrize(("value", "kind"), NO_TEXT)
def test_each_of_several_must_be_a_text(name: str, value: Any, kind: str) -> None:
    with pytest.raises(TypeError) as refused:
        Redactor(builtin=False, ner="none", **{name: ["PERSON", value]})
    assert str(refused.value) == f"each of {name} must be a str, not {kind}"


@pytest.mark.parametrize("container", [list, tuple, set, iter, dict.fromkeys])
def test_any_container_of_texts_will_do(container: Callable[[list[str]], Any]) -> None:
    redactor = Redactor(builtin=False, ner="none", mask=container(["清泉计划"]), own_places=container(["云岭县"]))
    assert redactor.redact("清泉计划在云岭起步").text == "×在×起步"


CALLS: dict[str, Callable[[Redactor, Any], object]] = {
    "redact": Redactor.redact,
    "scan": Redactor.scan,
    "residue": lambda redactor, text: redactor.residue(text, redactor.redact("")),
    "account": lambda redactor, text: redactor.account(text, redactor.redact("")),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(("value", "kind"), NO_TEXT)
def test_what_is_no_text_is_refused(publish: Redactor, call: Callable[..., object], value: Any, kind: str) -> None:
    with pytest.raises(TypeError) as refused:
        call(publish, value)
    assert str(refused.value) == f"text must be a str, not {kind}"


@pytest.mark.parametrize("name", ["texts", "parts"])
@pytest.mark.parametrize(("value", "kind"), [("请王建国同志到会", "one str"), (b"", "bytes"), (None, "None")])
def test_one_text_is_no_series_of_texts(publish: Redactor, name: str, value: Any, kind: str) -> None:
    call: Callable[..., object] = publish.redact_many if name == "texts" else publish.redact_parts
    with pytest.raises(TypeError) as refused:
        call(value)  # before the first result is asked for
    assert str(refused.value) == f"{name} must be several texts (a list of str), not {kind}"


@pytest.mark.parametrize("name", ["texts", "parts"])
@pytest.mark.parametrize(("value", "kind"), NO_TEXT)
def test_a_series_is_refused_at_what_is_no_text(publish: Redactor, name: str, value: Any, kind: str) -> None:
    call: Callable[..., Any] = publish.redact_many if name == "texts" else publish.redact_parts
    with pytest.raises(TypeError) as refused:
        list(call(["第一段\n", value]))
    assert str(refused.value) == f"each of {name} must be a str, not {kind}"


def test_a_series_may_be_a_generator(publish: Redactor) -> None:
    results = publish.redact_many(text for text in ("请王建国同志牵头", "同比增长3%"))
    assert [result.text for result in results] == ["请×同志牵头", "同比增长×%"]


def test_rules_may_be_one_path(tmp_path: Any) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        "[[rule]]\nid = 'own.plan'\nentity = 'DOC_NUMBER'\nterms = ['清泉计划']\n"
        "[rule.examples]\nmatch = ['清泉计划']\nno_match = ['清泉']\n",
        encoding="utf-8",
    )
    for rules in (file, str(file), [file]):
        assert Redactor(builtin=False, ner="none", rules=rules).redact("清泉计划起步").text == "×起步"
