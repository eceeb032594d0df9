"""Check characters: known numbers, and that each mistake of one digit shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.text.check_digits import CHECKS, USCC_SIGNS

DIGITS = st.text("0123456789", min_size=17, max_size=17)


@pytest.mark.parametrize(
    ("algorithm", "number"),
    [
        ("mod-11-2", "11010519491231002X"),  # the example of GB 11643-1999
        ("mod-11-2", "440524188001010014"),
        ("mod-31", "91350100M000100Y43"),  # the example of GB 32100-2015
        ("luhn", "79927398713"),
    ],
)
def test_known_numbers(algorithm: str, number: str) -> None:
    assert CHECKS[algorithm](number[:-1]) == number[-1]


@given(number=DIGITS, place=st.integers(0, 16), by=st.integers(1, 9))
@pytest.mark.parametrize("algorithm", CHECKS)
def test_a_wrong_digit_shows(algorithm: str, number: str, place: int, by: int) -> None:
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert CHECKS[algorithm](wrong) != CHECKS[algorithm](number)
    assert CHECKS[algorithm](number) in USCC_SIGNS
