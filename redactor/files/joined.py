"""The reports of the parts of a file: kept as plain data, and joined into the report that the whole file would have had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from redactor.files.entries import nested
from redactor.files.report import FileReport, Kind
from redactor.language import say

_LISTS: Final = ("edits", "residue", "not_checked", "taken_out", "hidden", "set_aside", "aside_because", "remarks")
_FLAGS: Final = ("changed", "text_changed", "unread", "left_over")
_NUMBERS: Final = ("characters", "removed", "left_digits", "seconds")
_REPEATED: Final = ("not_checked", "taken_out", "remarks")
"""What each part may tell again of what the whole file has."""

Kept = dict[str, Any]
"""What is kept of the report of a part, as JSON has it."""


def kept(file: FileReport) -> Kept:
    """What is to be kept of the report of a part that has not failed."""
    return {
        **{name: getattr(file, name) for name in (*_LISTS, *_FLAGS, *_NUMBERS)},
        "format": file.format,
        "findings": nested(file.findings),
        "edited": nested(file.edited),
        "kept_digits": dict(file.kept_digits),
        "terms": None if file.terms is None else sorted(file.terms),
        "records": file.records,
        "ends": [file.before.end, file.after.end],
    }


def joined(whole: FileReport, parts: Sequence[Kept]) -> FileReport:
    """`whole`, a blank report, filled with what its parts have brought, which come in their order."""
    before = after = 0
    for part in parts:
        for name in (*_FLAGS, *_NUMBERS):
            setattr(whole, name, getattr(whole, name) + part[name])
        whole.findings.update(_counted(part["findings"]))
        whole.edited.update(_counted(part["edited"]))
        whole.kept_digits.update(part["kept_digits"])
        whole.edits += _moved(part["edits"], before)
        whole.residue += _moved(part["residue"], after)
        whole.set_aside += part["set_aside"]
        whole.aside_because += part["aside_because"]
        whole.records = (whole.records or 0) + (part["records"] or 0)
        before, after = before + part["ends"][0], after + part["ends"][1]
    for name in _FLAGS:
        setattr(whole, name, bool(getattr(whole, name)))
    for name in _REPEATED:
        setattr(whole, name, _once(each for part in parts for each in part[name]))
    if not all(say("nothing of its text is left") in part["remarks"] for part in parts):
        whole.remarks = [each for each in whole.remarks if each != say("nothing of its text is left")]
    hidden: Counter[tuple[str, str]] = Counter()
    for part in parts:
        hidden.update({(each["where"], each["what"]): each["count"] for each in part["hidden"]})
    whole.hidden = [{"where": where, "what": what, "count": number} for (where, what), number in hidden.items()]
    terms = [part["terms"] for part in parts]
    whole.terms = None if None in terms else frozenset(term for each in terms for term in each)
    return whole


def _counted(counts: Mapping[str, Mapping[str, int]]) -> dict[Kind, int]:
    return {(entity, rule): number for entity, rules in counts.items() for rule, number in rules.items()}


def _moved(items: Iterable[Mapping[str, Any]], by: int) -> list[dict[str, Any]]:
    """Edits or residue of a part, at their places in the whole."""
    return [{**each, "start": each["start"] + by, "end": each["end"] + by} for each in items]


def _once(items: Iterable[Any]) -> list[Any]:
    """Each of some items where it comes first."""
    found: list[Any] = []
    for each in items:
        if each not in found:
            found.append(each)
    return found
