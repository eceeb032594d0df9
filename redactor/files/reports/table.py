"""The report as CSV (RFC 4180), a row for each thing that was done or is to be looked at; it opens in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

_COLUMNS: Final = (
    *("file", "what", "entity", "rule", "where", "line", "column", "start", "end"),
    *("replacement", "length", "fingerprint", "text", "context", "message", "output"),
)
_MARK: Final = "\ufeff"
"""By this mark spreadsheets know UTF-8."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_table(content: Mapping[str, Any]) -> str:
    """The rows of all files, under a header."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, restval="", extrasaction="ignore")
    writer.writeheader()
    for entry in content["files"]:
        for row in _rows(entry):
            named = {"file": entry["name"], "output": entry["output"] or ""} | row
            writer.writerow({name: _inert(value) for name, value in named.items()})
    return _MARK + out.getvalue()


def _rows(entry: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if entry["error"] is not None:
        yield {"what": "failed", "message": entry["error"]}
    for item in entry["edits"]:
        yield {"what": "edit"} | item
    for item in entry["residue"]:
        yield {"what": f"residue: {item['kind']}"} | item
    for name, what in (("not_checked", "not checked"), ("hidden", "hidden text"), ("taken_out", "taken out")):
        for item in entry[name]:
            yield {"what": what, "where": item["where"], "message": item["what"]}


def _inert(value: object) -> object:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
