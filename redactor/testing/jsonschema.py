"""The JSON Schema (2020-12) of rule files and of policies, for editors that complete and check as one writes.

It is the table that the loader checks by, with the names that registries know; what no schema can say (names that are defined,
patterns that compile) the loader says.
"""

from __future__ import annotations

from typing import Any, Final

from redactor.detect.registry import RECOGNIZERS
from redactor.detect.validators import VALIDATORS
from redactor.plugins import with_installed
from redactor.policy.operators import OPERATORS
from redactor.ruleset.fields import FILE, POLICY, SUFFIX_OPTIONS

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema of a rule file."""
    schema = {"$schema": _DIALECT, "title": "redactor rule file", **_named(FILE)}
    options = schema["properties"]["rule"]["items"]["properties"]["options"]
    options["description"] = f"For suffixes: {', '.join(SUFFIX_OPTIONS['properties'])}. For a recognizer: its own."
    return schema


def policy_schema() -> dict[str, Any]:
    """The schema of a policy file."""
    return {"$schema": _DIALECT, "title": "redactor policy file", **_named(POLICY)}


def _named(schema: Any) -> Any:
    """The schema with the names of what is built in and installed wherever one of them must stand."""
    known = {
        "recognizers": with_installed("recognizers", sorted(RECOGNIZERS)),
        "validators": with_installed("validators", VALIDATORS),
        "operators": with_installed("operators", OPERATORS),
    }
    if isinstance(schema, list):
        return [_named(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("names"), str):
        said = {key: schema[key] for key in ("description",) if key in schema}
        return said | {"enum": known[schema["names"]]}
    return {key: _named(part) for key, part in schema.items()}
