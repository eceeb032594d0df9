"""Which characters the texts of rule files and policies may hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import regex

from redactor.language import later
from redactor.model import RedactorError, RuleError
from redactor.text.places import at

_CONTROLS: Final = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_UNSHOWN: Final = regex.compile(r"[\p{Cc}\p{Cf}\u2028\u2029]")
HELD: Final = r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]*$"
"""A text that every format can hold: XML allows no controls, few programs line ends in a field, and no encoding the others."""


def shown_description(given: Mapping[str, Any], where: str) -> Mapping[str, str]:
    """The `description = { zh = "…", en = "…" }` of a rule, which must show in one line."""
    description: Mapping[str, str] = given.get("description", {})
    for language, text in description.items():
        if _UNSHOWN.search(text):
            raise RuleError(
                "{where}: description.{language} holds a line break or a character that can't be seen",
                where=where,
                language=language,
            )
    return description


def refuse_controls(value: object, where: str, refused: type[RedactorError] = RuleError) -> None:
    """Control characters (terminal escapes among them) have no business in a rule; only examples may show them as data."""
    if isinstance(value, str):
        found = _CONTROLS.search(value)
        if found:
            raise refused(
                later("{where}: holds a control character (U+{ord:04X})"), where=where, ord=ord(found.group())
            )
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            refuse_controls(inner, at(where, key), refused)
    elif isinstance(value, list):
        for inner in value:
            refuse_controls(inner, where, refused)
