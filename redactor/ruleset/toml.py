"""What is wrong with a text that is no TOML, in the language in use: Python's reader says it in English alone."""

from __future__ import annotations

from typing import Final

import regex

from redactor.language import LANGUAGES, current, later, say

_FAULTS: Final = (
    later("Invalid statement"),
    later("Expected newline or end of document after a statement"),
    later("Expected '=' after a key in a key/value pair"),
    later("Expected {what} at the end of a table declaration"),
    later("Expected {what} at the end of an array declaration"),
    later("Expected {what}"),
    later("Found invalid character {what}"),
    later("Cannot declare {what} twice"),
    later("Cannot overwrite a value"),
    later("Cannot mutate immutable namespace {what}"),
    later("Cannot redefine namespace {what}"),
    later("Invalid initial character for a key part"),
    later("Unclosed array"),
    later("Unclosed inline table"),
    later("Duplicate inline table key {what}"),
    later("Unescaped '\\' in a string"),
    later("Invalid hex value"),
    later("Escaped character is not a Unicode scalar value"),
    later("Unterminated string"),
    later("Illegal character {what}"),
    later("Invalid date or datetime"),
    later("Invalid value"),
)
"""What tomllib says; a more special one stands before what is more general."""
_PLACED: Final = regex.compile(r"(?P<fault>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", regex.S)  # fmt: skip


def said_fault(error: Exception) -> str:
    """What a fault of TOML is, and where."""
    found = _PLACED.fullmatch(str(error))
    if current() == LANGUAGES[0] or not found:
        return str(error)
    fault = _said(found["fault"])
    if found["line"] is None:
        return say("{fault} (at the end)", fault=fault)
    return say("{fault} (at line {line}, column {column})", fault=fault, line=found["line"], column=found["column"])


def _said(fault: str) -> str:
    for template in _FAULTS:
        head, field, tail = template.partition("{what}")
        if fault == template and not field:
            return say(template)
        if field and fault.startswith(head) and fault.endswith(tail):
            return say(template, what=fault[len(head) : len(fault) - len(tail)])
    return say("not written as TOML has it")
