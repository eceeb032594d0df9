"""Checks that a rule may name in `validate`: each takes the matched text (as the view shows it) and says yes or no.

Sources: GB 11643-1999 (resident identity number, check digit of ISO 7064 MOD 11-2), GB 32100-2015 (unified social credit
code, MOD 31), ISO/IEC 7812-1 annex B (Luhn), RFC 791 / RFC 4291 through `ipaddress`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

import regex

from redactor.plugins import described, guarded, installed, load_function
from redactor.text.check_digits import USCC_SIGNS, id_check, luhn_sum, uscc_check

Validator = Callable[[str], bool]

_ID_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_SEPARATORS = regex.compile(r"[^0-9A-Za-z]+")
_HARMLESS_IPS = regex.compile(r"127\.\d+\.\d+\.\d+|255\.\d+\.\d+\.\d+|0\.0\.0\.0|::1?$|224\.0\.0\.\d+")


def compact(text: str) -> str:
    """The letters and digits alone, capitals."""
    return _SEPARATORS.sub("", text).upper()


def cn_resident_id(text: str) -> bool:
    """18 characters of GB 11643: province code, a real birth date, the right check character."""
    number = compact(text)
    return cn_resident_id_shape(number) and id_check(number) == number[17]


def cn_resident_id_shape(text: str) -> bool:
    """18 characters with a province code and a real birth date, whatever the check character (typing errors leak too).

    Permits of foreigners (9, province, country, birth date: since 2023) with the right check character only.
    """
    number = compact(text)
    if len(number) != 18 or not number[:17].isdigit():
        return False
    if number[0] == "9":
        return number[1:3] in _ID_PROVINCES and _is_date(number[6:14]) and id_check(number) == number[17]
    return number[:2] in _ID_PROVINCES and _is_date(number[6:14])


def cn_resident_id_15(text: str) -> bool:
    """The 15-digit form in use before 1999: province code and a real birth date in the 1900s."""
    number = compact(text)
    return len(number) == 15 and number.isdigit() and number[:2] in _ID_PROVINCES and _is_date("19" + number[6:12])


def cn_uscc(text: str) -> bool:
    """18 characters of GB 32100 with the right check character."""
    code = compact(text)
    return len(code) == 18 and all(c in USCC_SIGNS for c in code) and uscc_check(code) == code[17]


def luhn(text: str) -> bool:
    """13 to 19 digits, not all the same, with a sum that is a multiple of ten (ISO/IEC 7812-1)."""
    digits = "".join(c for c in compact(text) if c.isdigit())
    return 13 <= len(digits) <= 19 and len(set(digits)) >= 3 and luhn_sum(digits) % 10 == 0


def ip_address(text: str) -> bool:
    """An address, with zone and prefix or port if any, that says where somebody is: loopback, masks and the unspecified address do not.

    What has no digit is a word of some language between colons.
    """
    plain, _, prefix = text.replace("[.]", ".").partition("/")
    if "." in plain and plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        address = ipaddress.ip_address(plain)
    except ValueError:
        return False
    if prefix and int(prefix) > address.max_prefixlen:
        return False
    return any(c.isdigit() for c in plain) and not _HARMLESS_IPS.match(plain)


def calendar_date(text: str) -> bool:
    """Eight digits that are a real date (GB/T 7408)."""
    return _is_date(compact(text))


def utf8_mojibake(text: str) -> bool:
    """Latin-1 or Windows-1252 rendering of UTF-8 bytes that decode, at least in part, to Han characters."""
    for encoding in ("latin-1", "cp1252"):
        try:
            decoded = text.encode(encoding).decode("utf-8", "replace")
        except UnicodeError:
            continue
        if any("\u4e00" <= c <= "\u9fff" for c in decoded):
            return True
    return False


def _is_date(digits: str) -> bool:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return 1850 <= day.year <= 2100


VALIDATORS: Final[Mapping[str, Validator]] = {
    "calendar-date": calendar_date,
    "cn-resident-id": cn_resident_id,
    "cn-resident-id-15": cn_resident_id_15,
    "cn-resident-id-shape": cn_resident_id_shape,
    "cn-uscc": cn_uscc,
    "ip-address": ip_address,
    "luhn": luhn,
    "utf8-mojibake": utf8_mojibake,
}


def find_validator(name: str) -> Validator | None:
    """The validator of that name, built in or installed; None when there is none."""
    if name in VALIDATORS:
        return VALIDATORS[name]
    if name not in installed("validators"):
        return None
    return guarded(load_function("validators", name), described("validators", name))
