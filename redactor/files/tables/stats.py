"""What became of each file of a run, in numbers: a row a file, and the totals that the report has."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from redactor.files.entries import Totals, entry_of
from redactor.files.report import FileReport, Report
from redactor.text.show import show

SCHEMA: Final = 1


def stats_of(
    report: Report, totals: Totals, *, version: str, policy: str, seconds: float, acts: bool, complete: bool
) -> dict[str, Any]:
    """The rows of all files, those of the folders that were left out among them, and the totals.

    `seconds`: of the whole run, of which those of the files are a part, or several at a time. `acts`: whether outputs were written.
    """
    rows = [row_of(file, acts=acts) for file in report.files]
    rows += [_left_out(show(each.path), each.reason) for each in report.left_out]
    counted = {
        "rows": sum(row["rows"] or 0 for row in rows),
        "set_aside": sum(row["set_aside"] for row in rows),
        "seconds": round(seconds, 3),
    }
    return {
        "schema": SCHEMA,
        "redactor": version,
        "policy": policy,
        "complete": complete,
        "totals": totals.as_dict() | counted,
        "files": rows,
    }


def row_of(file: FileReport, *, acts: bool) -> dict[str, Any]:
    """The row of a file. Of one that failed or was skipped nothing was counted but its bytes."""
    entry = entry_of(file)
    alone = Totals()
    alone.add(entry)
    if entry["error"] is not None:
        state = "failed"
    elif entry["skipped"]:
        state = "skipped"
    elif entry["changed"]:
        state = "written" if acts else "would change"
    else:
        state = "unchanged"
    return {
        "file": file.name,
        "format": entry["format"],
        "state": state,
        "reason": entry["reason"] or entry["skipped"],
        "rows": entry.get("rows"),
        "characters": alone.characters,
        "bytes": entry["bytes"],
        "seconds": round(file.seconds, 4),
        "edits": alone.edited.total(),
        "edited": [
            {"entity": entity, "rule": rule, "edits": number} for (entity, rule), number in sorted(alone.edited.items())
        ],
        "residue": alone.residue.total(),
        "residue_by_kind": _pairs(alone.residue),
        "not_checked": alone.not_checked.total(),
        "not_checked_by_kind": _pairs(alone.not_checked),
        "set_aside": len(entry["set_aside"]),
    }


def _left_out(name: str, reason: str) -> dict[str, Any]:
    row = row_of(_NOTHING, acts=False)
    return row | {"file": name, "state": "skipped", "reason": reason}


def _pairs(counts: Counter[str]) -> list[dict[str, Any]]:
    return [{"kind": kind, "places": number} for kind, number in sorted(counts.items())]


_NOTHING: Final = Report().new_file("", None)
