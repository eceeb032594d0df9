"""Check characters of numbers: what the last one must be, by those in front of it.

Sources: GB 11643-1999 (ISO 7064 MOD 11-2) for identity numbers, GB 32100-2015 (MOD 31) for credit codes, ISO/IEC 7812-1 annex B (Luhn) for cards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
USCC_SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Signs of a credit code, each with its place as its value."""
_USCC_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))


def id_check(number: str) -> str:
    """The check character of an identity number, by its first 17 digits."""
    return _ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False)) % 11]


def uscc_check(code: str) -> str:
    """The check character of a credit code, by its first 17 signs."""
    total = sum(USCC_SIGNS.index(sign) * weight for sign, weight in zip(code, _USCC_WEIGHTS, strict=False))
    return USCC_SIGNS[(31 - total % 31) % 31]


def luhn_sum(digits: str) -> int:
    """The sum of a card's digits, its check digit included: a multiple of ten when that is right."""
    values = [int(digit) for digit in reversed(digits)]
    return sum(
        value if place % 2 == 0 else (value * 2 - 9 if value > 4 else value * 2) for place, value in enumerate(values)
    )


def luhn_check(number: str) -> str:
    """The check digit of a card, by the digits in front of it."""
    return str(-luhn_sum(f"{number}0") % 10)


CHECKS: Final[Mapping[str, Callable[[str], str]]] = {"mod-11-2": id_check, "mod-31": uscc_check, "luhn": luhn_check}
"""By the names that `rules/data/reserved.toml` has for them."""
