"""What rule files and policies may say, key by key: one table, which the loader checks by and the published JSON Schema is made of.

A field is written as JSON Schema (2020-12) has it; `names` in place of an `enum` stands for what a registry knows when it is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final, Literal, get_args

import regex

from redactor.language import later, say
from redactor.model import CONVENTIONS, ENTITIES, KEEP, RedactorError, RuleError
from redactor.ruleset.characters import HELD
from redactor.text.places import at

Schema = Mapping[str, Any]
LineKey = Literal[
    "opens",
    "fillers",
    "leads",
    "until",
    "veto",
    "titles",
    "closes",
    "crowns",
    "shows",
    "whole",
    "inside",
]
PATTERNS: Final[tuple[LineKey, ...]] = get_args(LineKey)
"""The keys of a boilerplate rule that hold lists of patterns."""
MATCHERS: Final = ("pattern", "terms", "terms_file", "suffixes", "recognizer")
BESIDE: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("keep", "anchors", "one_line", "full_line"), ("pattern",)),
    "segmented": ("terms", "terms_file"),
    "view": ("pattern", "terms", "terms_file"),
    **dict.fromkeys(("context", "validate", "exclude", "exclude_terms"), MATCHERS[:-1]),
    **dict.fromkeys(("options", "files"), ("suffixes", "recognizer")),
}
"""Beside which of the MATCHERS a key means something; beside others it would be passed over, and is refused."""
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}


def _said(description: str, schema: Schema) -> dict[str, Any]:
    return {"description": description, **schema}


def _closed(properties: Schema, required: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """A table of just these keys."""
    fixed = {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
    return fixed | more


def _open(each: Schema, names: Schema | None = None) -> dict[str, Any]:
    """A table of any keys."""
    return {"type": "object"} | ({"propertyNames": names} if names else {}) | {"additionalProperties": each}


def _list(each: Schema, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": each, **more}


_STRING: Final = {"type": "string"}
_TEXT: Final = {"type": "string", "minLength": 1}
WRITTEN: Final = {"type": "string", "maxLength": 100, "pattern": HELD}
"""A text that is written into documents."""
_WORDS: Final = _list(_TEXT)
_TEXTS: Final = {"anyOf": [_TEXT, _WORDS]}
_PATTERN: Final = {"anyOf": [_TEXT, _WORDS | {"minItems": 1}]}
_WHOLE: Final = {"type": "integer"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_AMOUNT: Final = {"type": "number", "minimum": 0}
_SCORE: Final = {"type": "number", "minimum": 0, "maximum": 1}
_FLAG: Final = {"type": "boolean"}
_FILES: Final = {"type": "object", "additionalProperties": _TEXT}
_SHOWN: Final = {"type": "integer", "minimum": 0, "maximum": 20}
_CONVENTION: Final = {"enum": list(CONVENTIONS)}
_ID: Final = {
    "type": "string",
    "pattern": "^[a-z0-9][a-z0-9._-]*$",
    "maxLength": 80,
    "description": later("small letters, digits, dots, hyphens and underscores, 80 at most"),
}
_NAME: Final = {"pattern": "^[a-z][a-z0-9_]*$", "description": later("a name of small letters, digits and _")}
_BY_LANGUAGE: Final = {
    "type": "object",
    "properties": {"zh": _TEXT, "en": _TEXT},
    "propertyNames": {
        "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        "description": later("a language, such as zh or en"),
    },
    "additionalProperties": _TEXT,
}
PACK: Final = _closed(
    {"name": _TEXT, "title": _BY_LANGUAGE, "language": _TEXT, "version": _TEXT, "license": _TEXT, "source": _TEXT}
    | {"uses": _said("Rule files of this folder whose [define], [lists] and [cues] it uses.", _WORDS)}
    | {"reviewed": _said("false: nobody has read what a program wrote here, and nothing is redacted by it.", _FLAG)}
)
_CONTEXT: Final = _closed(
    {
        "words": _TEXTS,
        "within": _said("How far away, in characters.", {"type": "integer", "minimum": 1, "maximum": 200}),
        "side": {"enum": ["before", "after", "both"]},
        "add": _said("What a word adds to the score.", {"type": "number", "minimum": -1, "maximum": 1}),
    },
    ("words",),
)
_SHOWS: Final = {
    "match": _said("Texts in which the rule alone finds something; at least 3.", _WORDS),
    "no_match": _said("Texts in which it finds nothing; at least 2.", _WORDS),
    "redact": _list(_closed({"in": _STRING, "out": _STRING, "policy": _TEXT}, ("in", "out"))),
}
SUFFIX_OPTIONS: Final = _closed(
    {
        "head_max": _WHOLE,
        "grow": {"enum": ["short", "long"]},
        "common": {"enum": ["name", "doubt"]},
        **dict.fromkeys(("generic", "stop", "after"), _WORDS),
        **dict.fromkeys(("mixed", "yields"), _FLAG),
        "use": _WORDS,
    }
)
"""The `options` of a rule that finds by `suffixes`."""
RULE: Final = _closed(
    {
        "id": _ID,
        "entity": _said("What the rule finds; KEEP protects text instead.", {"enum": [*ENTITIES, KEEP]}),
        "description": _said("What the rule is for, by language.", _BY_LANGUAGE),
        "priority": _said("Which of two overlapping findings stays: the higher one.", _WHOLE),
        "score": _said("From 0.5 it is acted on; from 0.3 it is listed as doubtful.", _SCORE),
        "language": _TEXT,
        "pattern": _said(
            "Syntax of the Python package regex, without its risky parts; {names} are filled in. A list: alternatives.",
            _PATTERN,
        ),
        "terms": _said("Literal terms to find.", _TEXTS),
        "terms_file": _said("A text file in the rule folder, one term a line.", _TEXT),
        "suffixes": _said("Class words such as 县, before which a name stands.", _TEXTS),
        "recognizer": _said("A detector that is more than a pattern.", _TEXT | {"names": "recognizers"}),
        "options": {"type": "object"},
        "files": _said("Data files by the name that the detector has for them.", _FILES),
        "keep": _said("Groups of the pattern that stay when the rest is masked.", _TEXTS),
        "view": _said("How the text is folded before the rule sees it.", {"enum": ["plain", "contact", "raw"]}),
        "context": {"anyOf": [_CONTEXT, _list(_CONTEXT)]},
        "validate": _said("A check that the text found must pass.", _TEXT | {"names": "validators"}),
        "exclude": _said("Patterns that veto a finding that they overlap.", _TEXTS),
        "exclude_terms": _said("Terms that veto a finding that they overlap.", _TEXTS),
        "anchors": _said("Words one of which is in or beside every match: the rule is looked for near them.", _TEXTS),
        "segmented": _said("Drop a term that a dictionary word cuts across.", _FLAG),
        "one_line": _said("What a pattern finds never goes over a line end, not even one inside a sentence.", _FLAG),
        "full_line": _said(
            "A value goes over the end of a line only where that is full, as one of a wrapped paragraph is.", _FLAG
        ),
        "under": _said("A word: the rule acts only under policies that have it in `protect`.", _ID),
        "enabled": _FLAG,
        "examples": _closed(_SHOWS),
    },
    ("id", "entity"),
    oneOf=[
        *({"required": [key]} for key in ("pattern", "suffixes", "recognizer")),
        {"anyOf": [{"required": ["terms"]}, {"required": ["terms_file"]}]},
    ],
    dependentSchemas={key: {"anyOf": [{"required": [each]} for each in matchers]} for key, matchers in BESIDE.items()},
)
OVERRIDE: Final = _closed({"id": _ID, "enabled": _FLAG, "score": _SCORE, "priority": _WHOLE}, ("id",), minProperties=2)
CUE_GROUP: Final = _closed(
    {
        "any": _said("Words that are the cue.", _WORDS),
        "pattern": _said("A pattern that is the cue, beside the words or instead of them.", _PATTERN),
        "weight": _said("What the cue adds; below 0 it speaks for body text.", {"type": "number"})
        | {"minimum": -20, "maximum": 20},
        "most": _said(
            "How many of its different words, the pattern among them, count; 1 if not said.",
            {"type": "integer", "minimum": 1},
        ),
    }
)
CUE: Final = _closed({"use": _said("A group of [cues].", _TEXT), **CUE_GROUP["properties"]})
BOILERPLATE: Final = _closed(
    {
        "id": _ID,
        "description": _said("What the rule is for, by language.", _BY_LANGUAGE),
        "unit": _said(
            "What is removed; keep: what no rule removes.",
            {"enum": ["block", "line", "clause", "sentence", "field", "address", "keep"]},
        ),
        "zone": _said("Where in the document.", {"enum": ["head", "tail", "any"]}),
        "cue": _said("What is added up.", _list(CUE, minItems=1)),
        "threshold": _said("What the cues of a line must add up to.", _AMOUNT),
        "max_lines": _said("How many lines from the head or tail of the document are looked at.", _COUNT),
        "gap": _said("How many short lines without enough cues may stand between two lines of a block.", _COUNT),
        "opens": _said("Patterns of lines from which a block at the tail goes on to the end.", _WORDS),
        "fillers": _said("Patterns of lines that go with a block that they stand in or beside.", _WORDS),
        "leads": _said("Patterns of lines under which a block must be all there is; they go with it.", _WORDS),
        "until": _said("Patterns of lines up to which a head reaches over sentences.", _WORDS),
        "runs": _said(
            "Whether a block at the tail goes on to the end; of zone any: whether a line with some cues goes where the line voter "
            "is sure; of unit keep: whether what is listed below stays too.",
            _FLAG,
        ),
        "weak": _said("Of unit keep: whether it protects only lines that no cue takes.", _FLAG),
        "parts": _said("Whether sentences of a paragraph may go by themselves.", _FLAG),
        "least": _said("How many lines of a block must have enough cues.", _COUNT),
        "closes": _said("Patterns of lines with which the navigation above a text ends.", _WORDS),
        "crowns": _said("Patterns of headings that go with a block below them.", _WORDS),
        "shows": _said("Patterns of lines that a picture right above goes with.", _WORDS),
        "whole": _said("Patterns of beginnings of paragraphs that are of one piece.", _WORDS),
        "inside": _said("Patterns of lines of which alone parts are weighed.", _WORDS),
        "lines_file": _said("A text file in the rule folder: lines or blocks that go, named whole.", _TEXT),
        "repeats": _said("How often the line must occur.", _COUNT),
        "veto": _said("Patterns of lines that always stay.", _WORDS),
        "titles": _said("Patterns of lines at which a block ends.", _WORDS),
        "hints": _said("Words that make a line worth weighing, for cues that are patterns.", _WORDS),
        "score": _said("The score of a finding; from 0.5 it is acted on.", _SCORE),
        "examples": _closed(
            {
                "match": _said("Texts of which the rule takes something out; at least 3.", _WORDS),
                "no_match": _said("Texts of which it takes nothing out; at least 2.", _WORDS),
            }
        ),
    },
    ("id",),
    anyOf=[{"required": ["cue"]}, {"required": ["lines_file"]}],
)
KNOWN_LINE: Final = _closed(
    {
        "text": _said("The line; one that ends in a colon stands for all that begin so.", _TEXT),
        "zone": _said("Where in the document.", {"enum": ["head", "tail", "any"]}),
        "enabled": _FLAG,
        "group": _said("The part of the collection in which it repeats.", _STRING),
        "documents": _said("How many documents of the group have it.", _COUNT),
        "share": _said("What share of the documents of the group have it.", _SCORE),
    },
    ("text",),
)
FILE: Final = _closed(
    {
        "pack": PACK,
        "define": _said("Sub-patterns, filled in as {name}.", _open(_PATTERN, _NAME)),
        "lists": _said(
            "Word lists, or the names of files that hold them, filled in as {name}.", _open(_PATTERN, _NAME)
        ),
        "rule": _list(RULE),
        "override": _list(OVERRIDE),
        "cues": _said("Groups of cues that [[boilerplate]] rules share.", _open(CUE_GROUP)),
        "boilerplate": _list(BOILERPLATE),
        "line": _list(KNOWN_LINE),
    }
)
"""The tables of a rule file."""
OPERATOR: Final = _closed(
    {
        "operator": _TEXT | {"names": "operators"},
        "sign": _said("What a masked value becomes.", WRITTEN),
        "with": _said("The text that replace writes; it can't refer to the original.", WRITTEN),
        "name": _said("What label, code and vault write before the number (vault: one or two characters).", WRITTEN),
        "series": _said("What code counts with: 甲, 乙; A, B; or numbers.", {"enum": ["stems", "letters", "numbers"]}),
        "brackets": _said("code: what its numbers stand in.", {"enum": ["〔〕", "【】"]}),
        "show_first": _said(
            "Characters that partial leaves at the beginning.", {"anyOf": [_SHOWN, {"enum": ["surname"]}]}
        ),
        "show_last": _said("Characters that partial leaves at the end.", _SHOWN),
        "show_from": _said("partial: a sign from which on all is left; what stands before it is hidden.", WRITTEN),
        "whole": _said("Act on the whole finding, suffix included.", _FLAG),
        "leave": _said(
            "mask: places that stay, those that bear a class word from the county up.", {"enum": ["divisions"]}
        ),
        "each": _said("One sign for each character.", _FLAG),
        "numbered": _said("partial: what comes out alike for other values is numbered from the second on.", _FLAG),
        "options": _said("For the operator of a plug-in: its own.", {"type": "object"}),
    },
    ("operator",),
)
_ACTED: Final = {"anyOf": [OPERATOR["properties"]["operator"], OPERATOR]}
POLICY: Final = _closed(
    {
        "name": WRITTEN | {"minLength": 1},
        "description": _BY_LANGUAGE,
        "threshold": _said("Findings of at least this score are acted on.", _SCORE),
        "keep_list": _said("Whether protected terms (KEEP rules) are protected.", _FLAG),
        "scrub_metadata": _said("Whether documents lose authors, revision marks and the like.", _FLAG),
        "priorities": _said("By rule id, the priority that the rule has under this policy.", _open(_WHOLE)),
        "protect": _said("Words that rules have as `under`: those rules act under this policy too.", _list(_ID)),
        "approval": _said("Whether results of reviews wait until a second person has approved them.", _FLAG),
        "convention": _said("What the recogniser takes for a name: of office documents, or of news.", _CONVENTION),
        "default": _said("For every entity that [entities] does not name, boilerplate aside.", _ACTED),
        "entities": _closed(dict.fromkeys(ENTITIES, _ACTED)),
    },
    ("name",),
)


def read(value: Any, schema: Schema, where: str, error: type[RedactorError] = RuleError) -> Any:
    """The value, checked, its lists as tuples; an `error` says what is wrong at `where`: file, rule and key.

    Where one text may stand for a list of texts, or one table for a list of tables, it comes back as a list of one.
    """
    if not schema:
        return value
    branches = schema.get("anyOf", [schema]) if "type" not in schema else [schema]
    own = next((branch for branch in branches if _is_of(value, branch)), None)
    if own is None:
        names = [name for branch in branches for name in branch.get("enum", ())]
        meant = say(" or ").join(map(_meant, branches))
        raise error(later("{where} must be {meant}{close}"), where=where, meant=meant, close=_close(value, names))
    if isinstance(value, dict):
        value = _read_table(value, own, where, error)
    elif isinstance(value, list):
        return tuple(read(part, own["items"], where, error) for part in value)
    elif own.get("type") == "number":
        value = float(value)
    return (value,) if any(branch.get("type") == "array" for branch in branches) else value


def _read_table(table: Mapping[str, Any], schema: Schema, where: str, error: type[RedactorError]) -> dict[str, Any]:
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", {})
    names = schema.get("propertyNames")
    for key in table:
        if key not in properties and others is False:
            raise error(at(where, unknown("key", key, properties)))
        if names and not regex.fullmatch(names["pattern"], key):
            raise error(later("{where}: {key!r} is not {meant}"), where=where, key=key, meant=say(names["description"]))
    shown = {key: key if key.isprintable() else repr(key) for key in table}
    found = {k: read(part, properties.get(k, others), at(where, shown[k]), error) for k, part in table.items()}
    for key in schema.get("required", ()):
        if key not in table:
            raise error(later("{where}: needs {key}"), where=where, key=key)
    return found


def _is_of(value: object, schema: Schema) -> bool:
    """Whether a value is what a field may hold; of a table, whether it is one."""
    if "enum" in schema:
        return isinstance(value, str) and value in schema["enum"]
    if not isinstance(value, _TYPES[schema["type"]]) or (isinstance(value, bool) and schema["type"] != "boolean"):
        return False
    match value:
        case str():
            fits = regex.fullmatch(schema.get("pattern", "(?s).*"), value)
            return fits is not None and schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
        case list():
            return len(value) >= schema.get("minItems", 0) and all(_is_of(part, schema["items"]) for part in value)
        case int() | float():
            return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    return True


def _meant(schema: Schema) -> str:
    """What may stand in a field, in words."""
    if "enum" in schema:
        return say("one of {names}", names=say(", ").join(schema["enum"]))
    if schema.get("pattern") == HELD:
        return say(
            "a text of {most} characters at most that every format can hold: no controls, surrogates or noncharacters",
            most=schema["maxLength"],
        )
    if "pattern" in schema:
        return say("a text of {signs}", signs=say(schema["description"]))
    low, high = schema.get("minimum"), schema.get("maximum")
    bounds = "" if low is None else say(" of at least {low}", low=low)
    if low is not None and high is not None:
        bounds = say(" from {low} to {high}", low=low, high=high)
    words: Mapping[str, str] = {
        "string": say("a text that is not empty") if "minLength" in schema else say("a text"),
        "boolean": say("true or false"),
        "integer": say("a whole number{bounds}", bounds=bounds),
        "number": say("a number{bounds}", bounds=bounds),
        "array": say("a list of tables")
        if "properties" in schema.get("items", {})
        else say("a list of texts, none empty"),
        "object": say("a table"),
    }
    return words[schema["type"]]


def unknown(what: str, name: object, known: Iterable[str]) -> str:
    """The message on a name that nothing has: which may be meant, or else what there is."""
    known = list(known)
    close = _close(name, known) or say("; known are {known}", known=say(", ").join(known))
    return say("unknown {what} {name!r}{close}", what=say(what), name=name, close=close)


def _close(name: object, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, 1) if isinstance(name, str) else []
    return "".join(say("; did you mean {one!r}?", one=one) for one in close)


def named(table: Mapping[str, Any]) -> str:
    """What messages call the rule of a table."""
    return say("rule {id!r}", id=table["id"]) if isinstance(table.get("id"), str) else say("rule without id")
