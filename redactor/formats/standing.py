"""What stays where its unit says that it is no secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from redactor.document.edits import apply
from redactor.formats.unit import Unit
from redactor.model import Edit, Finding, Result
from redactor.text.document import Document


def without_standing(document: Document, result: Result, units: Sequence[Unit]) -> Result:
    """The result without what stays where its unit says that it is no secret, so that whoever is told of it is told what is so.

    What a person has decided to mask goes there too.
    """
    spans: list[tuple[int, int, frozenset[str]]] = []
    start = 0
    for unit in units:
        end = start + len(unit.text)
        if unit.stands:
            spans.append((start, end, unit.stands))
        start = end + 1
    if not spans:
        return result

    def goes(each: Edit | Finding) -> bool:
        if any(low < each.end and each.start < high for low, high, _ in document.decided.masked):
            return True
        return not any(low <= each.start and each.end <= high and each.entity in names for low, high, names in spans)

    edits = tuple(filter(goes, result.edits))
    return replace(result, text=apply(document.text, edits), edits=edits, findings=tuple(filter(goes, result.findings)))
