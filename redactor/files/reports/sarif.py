"""The report as SARIF 2.1.0 (OASIS), which code review tools show beside the lines of a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_NOT_CHECKED: Final = "not-checked"

Object = dict[str, Any]


def as_sarif(content: Mapping[str, Any]) -> str:
    """One run: edits are notes, what is to be looked at are warnings, files that failed are errors of the
    invocation."""
    results = [result for entry in content["files"] for result in _results(entry, content["offsets"])]
    rules = sorted({result["ruleId"] for result in results})
    for result in results:
        result["ruleIndex"] = rules.index(result["ruleId"])
    run: Object = {
        "tool": {
            "driver": {"name": "redactor", "version": content["redactor"], "rules": [{"id": rule} for rule in rules]}
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(content)],
        "results": results,
        "properties": {"policy": content["policy"], "totals": content["totals"]},
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def _invocation(content: Mapping[str, Any]) -> Object:
    failed = [
        {"level": "error", "message": {"text": entry["error"]}, "locations": [_location(entry["name"])]}
        for entry in content["files"]
        if entry["error"] is not None
    ]
    return {"executionSuccessful": content["complete"] and not failed, "toolExecutionNotifications": failed}


def _results(entry: Mapping[str, Any], unit: str) -> Iterator[Object]:
    for item in entry["edits"]:
        written = f"replaced by {item['replacement']}" if item["replacement"] else "removed"
        place = _location(entry["name"], item, unit)
        yield _result(item["rule"], "note", f"{item['entity']}{_text(item)} {written}", place) | {
            "partialFingerprints": {"redactor/v1": item["fingerprint"]}
        }
    for item in entry["residue"]:
        place = _location(entry["output"] or entry["name"], item, unit)
        rule = item["rule"] or f"residue.{item['kind']}"
        yield _result(rule, "warning", f"{item['kind']} {item['entity']}{_text(item)} is left", place)
    for item in entry["not_checked"]:
        yield _result(_NOT_CHECKED, "warning", f"{item['what']} was not checked", _location(entry["name"], item, unit))


def _text(item: Mapping[str, Any]) -> str:
    """What was found, where the report may say so."""
    return f" {item['text']}" if "text" in item else ""


def _result(rule: str, level: str, message: str, place: Object) -> Object:
    return {"ruleId": rule, "level": level, "message": {"text": message}, "locations": [place]}


def _location(name: str, item: Mapping[str, Any] | None = None, unit: str = "") -> Object:
    """A place: line and column of a text, or the part of a document."""
    physical: Object = {"artifactLocation": {"uri": quote(name)}}
    if item and "line" in item:
        physical["region"] = {"startLine": item["line"], "startColumn": item["column"]}
        if unit == "code-points":
            physical["region"] |= {"charOffset": item["start"], "charLength": item["end"] - item["start"]}
    place: Object = {"physicalLocation": physical}
    if item and item.get("where"):
        place["logicalLocations"] = [{"fullyQualifiedName": item["where"]}]
    return place
