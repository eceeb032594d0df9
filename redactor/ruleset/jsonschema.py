"""The JSON Schema (2020-12) of rule files and of policies, made from what the loader accepts."""

from __future__ import annotations

from typing import Any

from redactor.detect.recognizers import RECOGNIZERS
from redactor.detect.suffixes import OPTION_TYPES
from redactor.detect.validators import VALIDATORS
from redactor.model import ENTITIES, KEEP
from redactor.operators import OPERATORS
from redactor.ruleset.schema import VIEWS

_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_SCORE = {"type": "number", "minimum": 0, "maximum": 1}
_DESCRIPTION = {
    "type": "object",
    "properties": {"zh": _TEXT, "en": _TEXT},
    "additionalProperties": _TEXT,
    "description": "What the rule is for, by language.",
}


def _closed(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def json_schema() -> dict[str, Any]:
    """The schema of a rule file."""
    context = _closed(
        {
            "words": _TEXTS,
            "within": {"type": "integer", "minimum": 1, "maximum": 200},
            "side": {"enum": ["before", "after", "both"]},
            "add": {"type": "number", "minimum": -1, "maximum": 1},
        },
        ("words",),
    )
    examples = _closed(
        {
            "match": {"type": "array", "items": _TEXT},
            "no_match": {"type": "array", "items": _TEXT},
            "redact": {
                "type": "array",
                "items": _closed({"in": {"type": "string"}, "out": {"type": "string"}, "policy": _TEXT}, ("in", "out")),
            },
        }
    )
    rule = _closed(
        {
            "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]*$"},
            "entity": {"enum": [*ENTITIES, KEEP]},
            "description": _DESCRIPTION,
            "priority": {"type": "integer"},
            "score": _SCORE,
            "language": _TEXT,
            "pattern": _TEXT
            | {"description": "Syntax of the Python package regex; {names} of [define] and [lists] are filled in."},
            "terms": _TEXTS,
            "terms_file": _TEXT,
            "suffixes": _TEXTS,
            "recognizer": {"enum": sorted(RECOGNIZERS)},
            "options": {
                "type": "object",
                "description": f"For suffixes: {', '.join(OPTION_TYPES)}. For recognizers: their own.",
            },
            "files": {"type": "object", "additionalProperties": _TEXT},
            "keep": _TEXTS,
            "view": {"enum": list(VIEWS)},
            "context": {"anyOf": [context, {"type": "array", "items": context}]},
            "validate": {"enum": sorted(VALIDATORS)},
            "exclude": _TEXTS,
            "exclude_terms": _TEXTS,
            "anchors": _TEXTS,
            "segmented": {"type": "boolean"},
            "enabled": {"type": "boolean"},
            "examples": examples,
        },
        ("id", "entity"),
    )
    cue = _closed(
        {
            "use": _TEXT,
            "any": {"type": "array", "items": _TEXT},
            "pattern": _TEXT,
            "weight": {"type": "number", "minimum": -20, "maximum": 20},
        }
    )
    texts = {"type": "array", "items": _TEXT}
    number = {"type": "number", "minimum": 0}
    boilerplate = _closed(
        {
            "id": rule["properties"]["id"],
            "description": _DESCRIPTION,
            "unit": {"enum": ["block", "line", "clause"]},
            "zone": {"enum": ["head", "tail", "any"]},
            "cue": {"type": "array", "items": cue, "minItems": 1},
            "threshold": number,
            "max_lines": number,
            "repeats": number,
            "veto": texts,
            "titles": texts,
            "hints": texts,
            "score": _SCORE,
            "examples": _closed({"match": texts, "no_match": texts}),
        },
        ("id", "cue"),
    )
    override = _closed(
        {"id": _TEXT, "enabled": {"type": "boolean"}, "score": _SCORE, "priority": {"type": "integer"}}, ("id",)
    )
    names = {"propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "redactor rule file",
        **_closed(
            {
                "pack": {"type": "object"},
                "define": {"type": "object", "additionalProperties": _TEXT, **names},
                "lists": {"type": "object", "additionalProperties": _TEXTS, **names},
                "rule": {"type": "array", "items": rule},
                "override": {"type": "array", "items": override},
                "cues": {"type": "object", "additionalProperties": cue},
                "boilerplate": {"type": "array", "items": boilerplate},
            }
        ),
    }


def policy_schema() -> dict[str, Any]:
    """The schema of a policy file."""
    table = _closed(
        {
            "operator": {"enum": list(OPERATORS)},
            "sign": {"type": "string"},
            "with": {"type": "string"},
            "name": {"type": "string"},
            "show_first": {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 20}, {"const": "surname"}]},
            "show_last": {"type": "integer", "minimum": 0, "maximum": 20},
            "whole": {"type": "boolean"},
            "each": {"type": "boolean"},
        },
        ("operator",),
    )
    operator = {"anyOf": [{"enum": list(OPERATORS)}, table]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "redactor policy file",
        **_closed(
            {
                "name": _TEXT,
                "description": _DESCRIPTION,
                "threshold": _SCORE,
                "keep_list": {"type": "boolean"},
                "default": operator,
                "entities": _closed(dict.fromkeys(ENTITIES, operator)),
            },
            ("name",),
        ),
    }
