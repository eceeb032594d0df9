"""Keys of the page that a user has moved: what each does stays, and where it lies on the keyboard changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from redactor.model import RedactorError
from redactor.ruleset.fields import unknown

USUAL: Final[Mapping[str, str]] = {
    "next": "j",
    "previous": "k",
    "ends": "g",
    "mask": "y",
    "keep": "n",
    "later": "d",
    "add": "a",
    "find": "f",
    "merge": "m",
    "columns": "t",
    "reason": "r",
    "undo": "u",
    "peek": "o",
    "why": "w",
    "jump": "p",
    "carry": "q",
    "export": "e",
    "finish": "c",
}
"""What keys with letters do, and which they are as long as nobody moves them. With Shift they do what belongs to it (one place alone)."""
_CODES: Final[Mapping[str, str]] = {
    **{letter: f"Key{letter.upper()}" for letter in "abcdefghijklmnopqrstuvwxyz"},
    ";": "Semicolon",
    "'": "Quote",
    "-": "Minus",
    "=": "Equal",
    "`": "Backquote",
    "\\": "Backslash",
    **{f"f{number}": f"F{number}" for number in (2, 4, 7, 8, 9, 10)},
}
"""Keys that something can be moved to, each with the name that browsers have for its place."""


def moved_key(given: str) -> tuple[str, str]:
    """What a key is to do, and which, of a text such as `mask=v`. RedactorError for what is no key or nothing that one does."""
    name, _, key = given.partition("=")
    key = key.strip().casefold()
    if name not in USUAL:
        raise RedactorError(unknown("key of the page", name, sorted(USUAL)))
    if key not in _CODES:
        signs = " ".join(sign for sign in _CODES if not sign.isalnum())
        raise RedactorError("{given}: want a letter, one of {signs} or F2, F4, F7 to F10", given=given, signs=signs)
    return name, key


def moved_keys(given: Iterable[str]) -> Mapping[str, str]:
    """The keys that are to do other things, by what they do; of two for the same the last holds. RedactorError where one would do two things."""
    moved = dict(map(moved_key, given))
    doing: dict[str, str] = {}
    for name, key in {**USUAL, **moved}.items():
        if key in doing:
            raise RedactorError(
                "key {key} would do two things, {one} and {other}: move both", key=key, one=doing[key], other=name
            )
        doing[key] = name
    return moved


def for_page(moved: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What the page is told: which usual key each place of the keyboard stands for now ("" for none), and how each usual key is called."""
    left = {_CODES[USUAL[name]]: "" for name in moved}
    places = left | {_CODES[key]: _CODES[USUAL[name]] for name, key in moved.items()}
    return {
        "places": places,
        "names": {USUAL[name]: key.upper() if len(key) > 1 else key for name, key in moved.items()},
    }
