"""Text as it is compared: two spellings that read the same are the same."""

from __future__ import annotations

import unicodedata
from typing import Final

import regex

from redactor.text.fold import RADICALS
from redactor.text.invisible import INVISIBLE_CLASS

_ODD: Final = regex.compile(rf"[^\x20-\x7e\n\u3001-\u3029\u4e00-\u9fff]|{INVISIBLE_CLASS}")
_BREAK: Final = regex.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANKS: Final = regex.compile(rf"(?:[^\S\n]|{INVISIBLE_CLASS})+")
_ALONE: Final = regex.compile(r"(?<![0-9a-z]) | (?![0-9a-z])")


def fold(text: str) -> str:
    """Compatibility forms made plain, small letters, nothing that does not show; of blanks one each between Latin words and numbers.

    Line ends stay, as `\\n`: a value is not looked for across them.
    """
    if _ODD.search(text):
        text = unicodedata.normalize("NFKC", _BREAK.sub("\n", text)).translate(RADICALS)
        text = _BLANKS.sub(_one_blank, text)
    text = text.lower()
    return _ALONE.sub("", text) if " " in text else text


def _one_blank(match: regex.Match[str]) -> str:
    return " " if any(char.isspace() for char in match[0]) else ""
