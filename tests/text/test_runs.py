"""Where a term of ASCII begins and ends: what is part of a longer word or number is none, and is told of."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.document.edits import assert_intact
from redactor.files.terms import Terms
from redactor.text.runs import inside_run
from tests.conftest import made
from tests.draws import draws


@pytest.mark.parametrize(
    ("text", "term", "inside"),
    [
        ("2canary-7Q", "canary-7Q", False),
        ("canary-7Q2", "canary-7Q", False),
        ("xcanary-7Q", "canary-7Q", True),
        ("canary-7QX", "canary-7Q", True),
        ("MAIL", "AI", True),
        ("2AI3", "AI", False),
        ("2012", "12", True),
        ("A12B", "12", False),
        ("ZX90", "ZX9", True),
        ("ZX9a", "ZX9", False),
        ("éAI", "AI", False),
        ("李AI明", "AI", False),
        ("a张三b", "张三", False),
        ("AI", "AI", False),
    ],
)
def test_a_part_of_a_longer_word_or_number_is_told_from_a_term(text: str, term: str, inside: bool) -> None:
    start = text.index(term)
    assert inside_run(text, start, start + len(term)) is inside
    result = made("publish", ner="none", only=("PERSON",), mask=(term,)).redact(f"见 {text} 。")
    assert (term in result.text) is inside
    kept = made("publish", ner="none", keep=(term,), mask=(text,)).redact(f"见 {text} 。")
    assert (term in kept.text) is not inside


@draws(300)
@given(
    st.sampled_from(["canary-7Q", "AI", "12", "ZX9", "7b", "a张三b", "9"]),
    st.text(alphabet="aZ09-_ ，张é\n", max_size=4),
    st.text(alphabet="aZ09-_ ，张é\n", max_size=4),
)
def test_a_term_goes_or_is_told_of(term: str, before: str, after: str) -> None:
    whole = f"{before}{term}{after}"
    redactor = made("publish", ner="none", only=("PERSON",), mask=(term,))
    result = redactor.redact(whole)
    assert_intact(whole, result.text, result.edits)
    terms = Terms((), (term,))
    terms.look(whole, result.edits)
    assert terms.inside or term not in result.text
    first = before[-1:] + term[0]
    last = term[-1] + after[:1]
    bound = not any(re.fullmatch("[a-zA-Z]{2}|[0-9]{2}", pair) for pair in (first, last))
    if bound:
        assert not terms.inside or whole.count(term) > 1
        assert result.edits
    assert redactor.redact(result.text).text == result.text


def test_a_term_in_other_letters_is_told() -> None:
    """What is capital in one place and small in another was left, and nothing was said of it."""
    terms = Terms((), ("Zhuge Kongming", "AI", "张三a", "x"))
    text = "ZHUGE KONGMING, zhuge kongming, Zhuge Kongming; ai, aim, 张三A，X"
    result = made("publish", ner="none", mask=("Zhuge Kongming", "AI", "张三a", "x")).redact(text)
    terms.look(text, result.edits)
    assert terms.cased == 3
    assert len(terms.remarks()) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请张　三到场", "请×到场"),
        ("张 三、张  三、张\u00a0三", "×、×、×"),
        ("欧　阳　锦　程", "×"),
        ("欧阳 锦程", "×"),
        ("张\t三", "张\t三"),
        ("张\n\n三", "张\n\n三"),
    ],
)
def test_a_short_term_goes_with_blanks_in_it(text: str, shown: str) -> None:
    """As names stand in lists and on forms, so that all take the same width."""
    redactor = made("publish", ner="none", only=("PERSON",), mask=("张三", "欧阳锦程"))
    assert redactor.redact(text).text == shown
    terms = Terms((), ("张三", "欧阳锦程"))
    terms.look(text, redactor.redact(text).edits)
    assert bool(terms.found) is ("×" in shown)
