"""The JSON Schema (2020-12) of rule files and of policies, for editors that complete and check as one writes.

It says what the loader accepts key by key; what no schema can say (names that are defined, patterns that compile) the loader says.
"""

from __future__ import annotations

from typing import Any

from redactor.detect.registry import RECOGNIZERS
from redactor.detect.suffixes import OPTION_TYPES
from redactor.detect.validators import VALIDATORS
from redactor.model import CONVENTIONS, ENTITIES, KEEP
from redactor.plugins import with_installed
from redactor.policy.operators import OPERATORS
from redactor.ruleset.schema import VIEWS

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": "string", "minLength": 1}
_LIST = {"type": "array", "items": _TEXT}
_TEXTS = {"anyOf": [_TEXT, _LIST]}
_PATTERN = {"anyOf": [_TEXT, _LIST | {"minItems": 1}]}
_SCORE = {"type": "number", "minimum": 0, "maximum": 1}
_FLAG = {"type": "boolean"}
_ID = {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]*$", "maxLength": 80}
_NAMES = {"propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"}}
_BY_LANGUAGE = {
    "type": "object",
    "properties": {"zh": _TEXT, "en": _TEXT},
    "propertyNames": {"pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"},
    "additionalProperties": _TEXT,
}


def json_schema() -> dict[str, Any]:
    """The schema of a rule file."""
    return {
        "$schema": _DIALECT,
        "title": "redactor rule file",
        **_closed(
            {
                "pack": _closed(
                    {"name": _TEXT, "title": _BY_LANGUAGE, "language": _TEXT}
                    | {"version": _TEXT, "license": _TEXT, "source": _TEXT}
                    | {"uses": _said("Rule files of this folder whose [define], [lists] and [cues] it uses.", _LIST)}
                ),
                "define": _said(
                    "Sub-patterns, filled in as {name}.", {"type": "object", "additionalProperties": _PATTERN}
                )
                | _NAMES,
                "lists": _said(
                    "Word lists, or the names of files that hold them, filled in as {name}.",
                    {"type": "object", "additionalProperties": {"anyOf": [_TEXT, _LIST | {"minItems": 1}]}},
                )
                | _NAMES,
                "rule": {"type": "array", "items": _rule()},
                "override": {"type": "array", "items": _override()},
                "cues": _said(
                    "Groups of cues that [[boilerplate]] rules share.",
                    {"type": "object", "additionalProperties": _cue(shared=True)},
                ),
                "boilerplate": {"type": "array", "items": _boilerplate()},
            }
        ),
    }


def policy_schema() -> dict[str, Any]:
    """The schema of a policy file."""
    shown = {"type": "integer", "minimum": 0, "maximum": 20}
    table = _closed(
        {
            "operator": {"enum": with_installed("operators", OPERATORS)},
            "sign": _said("What a masked value becomes.", {"type": "string"}),
            "with": _said("The text that replace writes; it can't refer to the original.", {"type": "string"}),
            "name": _said("What label writes before the number.", {"type": "string"}),
            "show_first": _said(
                "Characters that partial leaves at the beginning.", {"anyOf": [shown, {"const": "surname"}]}
            ),
            "show_last": _said("Characters that partial leaves at the end.", shown),
            "whole": _said("Act on the whole finding, suffix included.", _FLAG),
            "each": _said("One sign for each character.", _FLAG),
            "options": _said("For the operator of a plug-in: its own.", {"type": "object"}),
        },
        ("operator",),
    )
    operator = {"anyOf": [{"enum": with_installed("operators", OPERATORS)}, table]}
    return {
        "$schema": _DIALECT,
        "title": "redactor policy file",
        **_closed(
            {
                "name": _TEXT,
                "description": _BY_LANGUAGE,
                "threshold": _said("Findings of at least this score are acted on.", _SCORE),
                "keep_list": _said("Whether protected terms (KEEP rules) are protected.", _FLAG),
                "scrub_metadata": _said("Whether documents lose authors, revision marks and the like.", _FLAG),
                "priorities": _said(
                    "By rule id, the priority that the rule has under this policy.",
                    {"type": "object", "additionalProperties": {"type": "integer"}},
                ),
                "convention": _said(
                    "What the recogniser takes for a name: of office documents, or of news.",
                    {"enum": list(CONVENTIONS)},
                ),
                "default": _said("For every entity that [entities] does not name, boilerplate aside.", operator),
                "entities": _closed(dict.fromkeys(ENTITIES, operator)),
            },
            ("name",),
        ),
    }


def _rule() -> dict[str, Any]:
    table = _closed(
        {
            "id": _ID,
            "entity": _said("What the rule finds; KEEP protects text instead.", {"enum": [*ENTITIES, KEEP]}),
            "description": _said("What the rule is for, by language.", _BY_LANGUAGE),
            "priority": _said("Which of two overlapping findings stays: the higher one.", {"type": "integer"}),
            "score": _said("From 0.5 it is acted on; from 0.3 it is listed as doubtful.", _SCORE),
            "language": _TEXT,
            "pattern": _said(
                "Syntax of the Python package regex, without its risky parts; {names} are filled in. A list: alternatives.",
                _PATTERN,
            ),
            "terms": _said("Literal terms to find.", _TEXTS),
            "terms_file": _said("A text file in the rule folder, one term a line.", _TEXT),
            "suffixes": _said("Class words such as 县, before which a name stands.", _TEXTS),
            "recognizer": _said(
                "A detector that is more than a pattern.", {"enum": with_installed("recognizers", sorted(RECOGNIZERS))}
            ),
            "options": _said(
                f"For suffixes: {', '.join(OPTION_TYPES)}. For a recognizer: its own.", {"type": "object"}
            ),
            "files": _said("Data files by the name that the detector has for them.", {"type": "object"})
            | {"additionalProperties": _TEXT},
            "keep": _said("Groups of the pattern that stay when the rest is masked.", _TEXTS),
            "view": _said("How the text is folded before the rule sees it.", {"enum": list(VIEWS)}),
            "context": {"anyOf": [_context(), {"type": "array", "items": _context()}]},
            "validate": _said(
                "A check that the text found must pass.", {"enum": with_installed("validators", VALIDATORS)}
            ),
            "exclude": _said("Patterns that veto a finding that they overlap.", _TEXTS),
            "exclude_terms": _said("Terms that veto a finding that they overlap.", _TEXTS),
            "anchors": _said(
                "Words one of which is in or beside every match: the rule is looked for near them.", _TEXTS
            ),
            "segmented": _said("Drop a term that a dictionary word cuts across.", _FLAG),
            "one_line": _said(
                "What a pattern finds never goes over a line end, not even one inside a sentence.", _FLAG
            ),
            "full_line": _said(
                "A value goes over the end of a line only where that is full, as one of a wrapped paragraph is.", _FLAG
            ),
            "enabled": _FLAG,
            "examples": _closed(
                {
                    "match": _said("Texts in which the rule alone finds something; at least 3.", _LIST),
                    "no_match": _said("Texts in which it finds nothing; at least 2.", _LIST),
                    "redact": {"type": "array", "items": _pair()},
                }
            ),
        },
        ("id", "entity"),
    )
    terms = {"anyOf": [{"required": ["terms"]}, {"required": ["terms_file"]}]}
    single = [{"required": [key]} for key in ("pattern", "suffixes", "recognizer")]
    return table | {"oneOf": [*single, terms]}


def _pair() -> dict[str, Any]:
    return _closed({"in": {"type": "string"}, "out": {"type": "string"}, "policy": _TEXT}, ("in", "out"))


def _context() -> dict[str, Any]:
    return _closed(
        {
            "words": _TEXTS,
            "within": _said("How far away, in characters.", {"type": "integer", "minimum": 1, "maximum": 200}),
            "side": {"enum": ["before", "after", "both"]},
            "add": _said("What a word adds to the score.", {"type": "number", "minimum": -1, "maximum": 1}),
        },
        ("words",),
    )


def _override() -> dict[str, Any]:
    changes: dict[str, Any] = {"enabled": _FLAG, "score": _SCORE, "priority": {"type": "integer"}}
    return _closed({"id": _ID, **changes}, ("id",)) | {"minProperties": 2}


def _cue(*, shared: bool = False) -> dict[str, Any]:
    own = {} if shared else {"use": _said("A group of [cues].", _TEXT)}
    return _closed(
        {
            **own,
            "any": _said("Words that are the cue.", _LIST),
            "pattern": _said("A pattern that is the cue, beside the words or instead of them.", _PATTERN),
            "weight": _said("What the cue adds; below 0 it speaks for body text.", {"type": "number"})
            | {"minimum": -20, "maximum": 20},
            "most": _said(
                "How many of its different words, the pattern among them, count; 1 if not said.",
                {"type": "integer", "minimum": 1},
            ),
        }
    )


def _boilerplate() -> dict[str, Any]:
    number = {"type": "number", "minimum": 0}
    count = {"type": "integer", "minimum": 0}
    examples = {
        "match": _said("Texts of which the rule takes something out; at least 3.", _LIST),
        "no_match": _said("Texts of which it takes nothing out; at least 2.", _LIST),
    }
    return _closed(
        {
            "id": _ID,
            "description": _said("What the rule is for, by language.", _BY_LANGUAGE),
            "unit": _said(
                "What is removed; keep: what no rule removes.",
                {"enum": ["block", "line", "clause", "sentence", "field", "address", "keep"]},
            ),
            "zone": _said("Where in the document.", {"enum": ["head", "tail", "any"]}),
            "cue": _said("What is added up.", {"type": "array", "items": _cue(), "minItems": 1}),
            "threshold": _said("What the cues of a line must add up to.", number),
            "max_lines": _said("How many lines from the head or tail of the document are looked at.", count),
            "gap": _said("How many short lines without enough cues may stand between two lines of a block.", count),
            "opens": _said("Patterns of lines from which a block at the tail goes on to the end.", _LIST),
            "fillers": _said("Patterns of lines that go with a block that they stand in or beside.", _LIST),
            "leads": _said("Patterns of lines under which a block must be all there is; they go with it.", _LIST),
            "until": _said("Patterns of lines up to which a head reaches over sentences.", _LIST),
            "runs": _said(
                "Whether a block at the tail goes on to the end; of unit keep: whether what is listed below stays too.",
                {"type": "boolean"},
            ),
            "weak": _said("Of unit keep: whether it protects only lines that no cue takes.", {"type": "boolean"}),
            "parts": _said("Whether sentences of a paragraph may go by themselves.", {"type": "boolean"}),
            "least": _said("How many lines of a block must have enough cues.", count),
            "closes": _said("Patterns of lines with which the navigation above a text ends.", _LIST),
            "crowns": _said("Patterns of headings that go with a block below them.", _LIST),
            "shows": _said("Patterns of lines that a picture right above goes with.", _LIST),
            "whole": _said("Patterns of beginnings of paragraphs that are of one piece.", _LIST),
            "inside": _said("Patterns of lines of which alone parts are weighed.", _LIST),
            "lines_file": _said("A text file in the rule folder: lines or blocks that go, named whole.", _TEXT),
            "repeats": _said("How often the line must occur.", count),
            "veto": _said("Patterns of lines that always stay.", _LIST),
            "titles": _said("Patterns of lines at which a block ends.", _LIST),
            "hints": _said("Words that make a line worth weighing, for cues that are patterns.", _LIST),
            "score": _said("The score of a finding; from 0.5 it is acted on.", _SCORE),
            "examples": _closed(examples),
        },
        ("id",),
    ) | {"anyOf": [{"required": ["cue"]}, {"required": ["lines_file"]}]}


def _closed(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _said(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, **schema}
