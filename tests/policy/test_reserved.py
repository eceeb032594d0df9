"""Surrogates: valid by the program's own checks, nobody's, another one for each number, and known again where they stand."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.detect.validators import VALIDATORS
from redactor.model import LimitError
from redactor.packaged import packaged_rules
from redactor.policy.pseudonyms import keyed_surrogate
from redactor.policy.reserved import Range, ranges, surrogate, surrogate_spans, widest
from tests.conftest import made
from tests.draws import draws

EACH = [pytest.param(each, id=f"{each.entity}-{each.size}") for several in ranges().values() for each in several]
VALID = {"CN_ID_CARD": "cn-resident-id", "CREDIT_CARD": "luhn", "CN_USCC": "cn-uscc", "IP_ADDRESS": "ip-address"}


def table() -> dict[str, object]:
    return tomllib.loads((packaged_rules() / "data" / "reserved.toml").read_text("utf-8"))


def test_the_table_is_dated_and_each_range_has_its_source() -> None:
    when = table()["date"]
    assert isinstance(when, date)
    assert all(len(each.source) >= 15 for several in ranges().values() for each in several)


@draws(25)
@given(place=st.integers(0, 2**80))
@pytest.mark.parametrize("each", EACH)
def test_each_is_valid_and_known_again(each: Range, place: int) -> None:
    written = each.at(place % each.size)
    assert written in each
    assert surrogate_spans(f"见{written}，") == [(1, 1 + len(written))]
    if each.entity in VALID:
        assert VALIDATORS[VALID[each.entity]](written)


@draws(25)
@given(first=st.integers(1, 10**6), second=st.integers(1, 10**6))
@pytest.mark.parametrize("entity", ranges())
def test_other_numbers_have_other_surrogates(entity: str, first: int, second: int) -> None:
    assert (surrogate(entity, first) == surrogate(entity, second)) == (first == second)


def test_a_small_range_is_used_up_and_the_next_follows() -> None:
    small, large = ranges()["IP_ADDRESS"]
    written = [surrogate("IP_ADDRESS", number) for number in range(1, small.size + 101)]
    assert len({*written}) == len(written)
    assert all(each in small for each in written[: small.size])
    assert all(each in large for each in written[small.size :])


def test_a_phone_is_known_again_before_a_letter() -> None:
    written = surrogate("PHONE_NUMBER", 1)
    assert surrogate_spans(f"电话{written}A座，{written}0") == [(2, 2 + len(written))]


def test_there_is_an_end() -> None:
    size = sum(each.size for each in ranges()["CN_PASSPORT"])
    assert surrogate("CN_PASSPORT", size)
    with pytest.raises(LimitError, match="more different values of CN_PASSPORT"):
        surrogate("CN_PASSPORT", size + 1)


@draws(25)
@given(value=st.text(min_size=1), key=st.binary(min_size=16, max_size=40))
@pytest.mark.parametrize("entity", ranges())
def test_a_key_makes_them_of_the_widest_range(entity: str, value: str, key: bytes) -> None:
    assert keyed_surrogate(key, entity, value) in widest(entity)
    assert keyed_surrogate(key, entity, value) == keyed_surrogate(bytes(key), entity, value)


@pytest.mark.parametrize("number", [1, 100, 200, 5000])
def test_addresses_are_nobodys(number: int) -> None:
    assert not ipaddress.ip_address(surrogate("IP_ADDRESS", number)).is_global
    assert re.fullmatch(r"[^@]+@example\.(com|net|org)", surrogate("EMAIL_ADDRESS", number))


@pytest.mark.parametrize("number", range(1, 40))
def test_numbers_are_nobodys(number: int) -> None:
    assert surrogate("CN_ID_CARD", number)[2:4] in ("97", "98")
    assert not re.match("1[3-9]", surrogate("PHONE_NUMBER", number))
    assert surrogate("CREDIT_CARD", number)[0] == "0"
    assert surrogate("CN_USCC", number)[0] not in "123456789ANY"
    assert set(surrogate("CN_LICENSE_PLATE", number)) & set("IO")
    assert not re.match("[1-9]", surrogate("QQ_NUMBER", number))
    assert not re.match("[A-Za-z]", surrogate("WECHAT_ID", number))


def test_names_begin_as_no_word_and_no_place_does() -> None:
    """What an earlier run has written is known again by its first two characters, so that no other text may hold them."""
    known = "\n".join(
        (packaged_rules() / "data" / name).read_text("utf-8") for name in ("lexicon.tsv", "divisions.tsv")
    )
    first = {
        entity: f"[{''.join(each.parts[0].choices)}][{''.join(each.parts[1].choices)}]"
        for entity in ("PERSON", "LOCATION", "ORGANIZATION")
        for each in ranges()[entity]
    }
    assert len({*first.values()}) == 3
    assert not re.search("|".join(first.values()), known)
    for one, other in permutations(first, 2):
        assert not re.match(first[one], surrogate(other, 7))


@pytest.mark.parametrize(
    "phone",
    [
        "13812345678",
        "013812345678",
        "057188881234",
        "0571-88881234",
        "02088881234",
        "8613812345678",
        "4008123123",
        "10213695951",
    ],
)
def test_no_phone_is_taken_for_a_surrogate(phone: str) -> None:
    """Else policy fake would leave it, as what an earlier run has written. The last is no phone, but may be the number of somebody."""
    assert surrogate_spans(f"电话：{phone}，") == []
    assert phone not in made("fake").redact(f"联系电话：{phone}。").text
