"""Checks on numbers, each against an algorithm written anew from its standard and against known numbers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.detect.validators import VALIDATORS

VALID = [
    pytest.param("cn-resident-id", "11010519491231002X", id="gb-11643-example-with-x"),
    pytest.param("cn-resident-id", "440524188001010014", id="gb-11643-example"),
    pytest.param("cn-resident-id", "11010519491231002x", id="small-x"),
    pytest.param("cn-resident-id", "110105 19491231 002X", id="spaced-id"),
    pytest.param("cn-resident-id-shape", "110105194912310021", id="shape-with-a-wrong-check-character"),
    pytest.param("cn-resident-id", "911156198001010120", id="permit-of-a-foreigner"),
    pytest.param("cn-resident-id-15", "110105491231002", id="gb-11643-1989-example"),
    pytest.param("cn-uscc", "91350100M000100Y43", id="gb-32100-example"),
    pytest.param("cn-uscc", "91350100m000100y43", id="small-letters"),
    pytest.param("luhn", "4012888888881881", id="visa-test-number"),
    pytest.param("luhn", "4012 8888-8888 1881", id="spaced-card"),
    pytest.param("luhn", "378282246310005", id="amex-test-number"),
    pytest.param("luhn", "5105105105105100", id="mastercard-test-number"),
    pytest.param("luhn", "6212345678901232", id="union-pay-test-number"),
    pytest.param("ip-address", "8.8.8.8", id="ipv4"),
    pytest.param("ip-address", "192[.]168[.]1[.]1", id="defanged"),
    pytest.param("ip-address", "2001:db8::1", id="ipv6"),
    pytest.param("calendar-date", "20240229", id="leap-day"),
    pytest.param("calendar-date", "2024-02-29", id="dashed-date"),
    pytest.param("utf8-mojibake", "王建国".encode().decode("latin-1"), id="latin-1"),
    pytest.param("utf8-mojibake", "会议通知".encode().decode("cp1252", "ignore"), id="windows-1252"),
]
INVALID = [
    pytest.param("cn-resident-id", "110105194912310021", id="wrong-check-character"),
    pytest.param("cn-resident-id", "11010519491331002X", id="month-13"),
    pytest.param("cn-resident-id", "99010519491231002X", id="no-such-province"),
    pytest.param("cn-resident-id", "1101051949123100", id="too-short"),
    pytest.param("cn-resident-id", "", id="empty"),
    pytest.param("cn-resident-id-shape", "110105190002290021", id="1900-had-no-leap-day"),
    pytest.param("cn-resident-id-shape", "1101051949123100X1", id="x-in-the-middle"),
    pytest.param("cn-resident-id-shape", "911156198001010124", id="permit-with-a-wrong-check-character"),
    pytest.param("cn-resident-id-15", "110105490231002", id="30-february"),
    pytest.param("cn-resident-id-15", "11010549123100X", id="letter-in-15"),
    pytest.param("cn-uscc", "91350100M000100Y44", id="uscc-wrong-check"),
    pytest.param("cn-uscc", "91350100I000100Y43", id="uscc-letter-i"),
    pytest.param("cn-uscc", "91350100M000100Y4", id="uscc-too-short"),
    pytest.param("luhn", "4012888888881882", id="luhn-wrong"),
    pytest.param("luhn", "79927398713", id="right-sum-but-no-card"),
    pytest.param("luhn", "0000000000000000", id="zeros"),
    pytest.param("ip-address", "999.1.1.1", id="octet-999"),
    pytest.param("ip-address", "127.0.0.1", id="loopback"),
    pytest.param("ip-address", "255.255.255.0", id="mask"),
    pytest.param("ip-address", "0.0.0.0", id="unspecified"),
    pytest.param("ip-address", "::1", id="ipv6-loopback"),
    pytest.param("ip-address", "::", id="ipv6-unspecified"),
    pytest.param("ip-address", "1.2.3", id="three-octets"),
    pytest.param("calendar-date", "20230229", id="no-leap-day"),
    pytest.param("calendar-date", "20241301", id="month-13-of-a-date"),
    pytest.param("calendar-date", "18491231", id="before-1850"),
    pytest.param("calendar-date", "21010101", id="after-2100"),
    pytest.param("utf8-mojibake", "café", id="french"),
    pytest.param("utf8-mojibake", "王建国", id="not-mojibake"),
]


@pytest.mark.parametrize(("name", "text"), VALID)
def test_holds(name: str, text: str) -> None:
    assert VALIDATORS[name](text)


@pytest.mark.parametrize(("name", "text"), INVALID)
def test_does_not_hold(name: str, text: str) -> None:
    assert not VALIDATORS[name](text)


def test_every_validator_has_its_cases() -> None:
    for cases in (VALID, INVALID):
        named = {case.values[0] for case in cases}
        assert named | {"cn-resident-id-shape"} == set(VALIDATORS)


def mod_11_2(number: str) -> str:
    """ISO/IEC 7064 MOD 11-2 by its recursive method."""
    remainder = 0
    for digit in number:
        remainder = (remainder + int(digit)) * 2 % 11
    return "0123456789X"[(12 - remainder) % 11]


USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def mod_31(code: str) -> str:
    """GB 32100-2015, annex A: the sum of values times 3 to the power of their place, made up to a multiple of 31."""
    total = sum(USCC.index(char) * 3**place for place, char in enumerate(code))
    return USCC[-total % 31]


def luhn_digit(number: str) -> str:
    """ISO/IEC 7812-1, annex B: every second digit doubled, its digits added, made up to a multiple of ten."""
    total = sum(int(c) for place, digit in enumerate(reversed(number)) for c in str(int(digit) * (2 - place % 2)))
    return str(-total % 10)


DAYS = st.dates(date(1900, 1, 1), date(2025, 12, 31)).map(lambda d: f"{d:%Y%m%d}")
ID_BODIES = st.builds(
    "{}{:04}{}{:03}".format, st.sampled_from(["11", "33", "44", "65", "71", "82"]), st.integers(0, 9999), DAYS, st.integers(0, 999)
)  # fmt: skip


@given(body=ID_BODIES)
def test_exactly_one_check_character_of_an_identity_number_is_right(body: str) -> None:
    assert [c for c in "0123456789X" if VALIDATORS["cn-resident-id"](body + c)] == [mod_11_2(body)]
    assert VALIDATORS["cn-resident-id-shape"](body + "0")
    assert VALIDATORS["cn-resident-id-15"](body[:6] + "450615" + body[14:])


@given(body=ID_BODIES, place=st.integers(14, 16), other=st.sampled_from("0123456789"))
def test_a_wrong_digit_of_an_identity_number_is_noticed(body: str, place: int, other: str) -> None:
    number = body + mod_11_2(body)
    wrong = number[:place] + other + number[place + 1 :]
    assert VALIDATORS["cn-resident-id"](wrong) == (wrong == number)


@given(body=st.text(alphabet=USCC, min_size=17, max_size=17))
def test_exactly_one_check_character_of_a_credit_code_is_right(body: str) -> None:
    assert [c for c in USCC if VALIDATORS["cn-uscc"](body + c)] == [mod_31(body)]


@given(body=st.text(alphabet="0123456789", min_size=12, max_size=18).filter(lambda body: len(set(body)) >= 3))
def test_exactly_one_check_digit_of_a_card_is_right(body: str) -> None:
    assert [c for c in "0123456789" if VALIDATORS["luhn"](body + c)] == [luhn_digit(body)]


@given(name=st.sampled_from(sorted(VALIDATORS)), text=st.text(max_size=40))
def test_any_text_gets_an_answer(name: str, text: str) -> None:
    assert VALIDATORS[name](text) in (True, False)


@given(day=st.dates(date(1850, 1, 1), date(2100, 12, 31)))
def test_every_day_of_the_calendar_is_a_date(day: date) -> None:
    assert VALIDATORS["calendar-date"](f"{day:%Y%m%d}")
