"""Policies: which entity gets which operator. Rule data too (`rules/policies/*.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import regex

from redactor.model import CONVENTIONS, ENTITIES, PolicyError
from redactor.packaged import packaged_rules
from redactor.plugins import described, installed, load_function, refused, with_installed
from redactor.policy.operators import OPERATORS, Operator, Write, custom
from redactor.ruleset.installed import pack_folder

POLICY_KEYS = frozenset(
    {
        "name",
        "description",
        "threshold",
        "keep_list",
        "scrub_metadata",
        "priorities",
        "convention",
        "default",
        "entities",
    }
)
OPERATOR_KEYS = frozenset({"operator", "sign", "with", "show_first", "show_last", "name", "whole", "each", "options"})


@dataclass(frozen=True, slots=True)
class Policy:
    """A named choice of operators; `threshold` is the least score that is acted on, `keep_list` whether KEEP rules rule.

    `priorities`: by rule id, priorities that rules have under this policy. `scrub_metadata`: whether documents lose their
    authors, revision marks and the like. `convention`: which of the recogniser's conventions is asked (CONVENTIONS).
    """

    name: str
    description: Mapping[str, str]
    operators: Mapping[str, Operator]
    threshold: float = 0.5
    keep_list: bool = True
    scrub_metadata: bool = True
    priorities: Mapping[str, int] = field(default_factory=dict)
    convention: str = CONVENTIONS[0]
    file: str = ""

    def __post_init__(self) -> None:
        _refuse_unknown(self.operators, frozenset(ENTITIES), f"policy {self.name!r}: operators")

    @property
    def needs_key(self) -> bool:
        """Whether an operator of it works with a key."""
        return any(operator.kind == "hash" for operator in self.operators.values())

    def detects(self, entity: str) -> bool:
        """Whether the policy has a use for this entity; one that names none (`scan-only`) wants all."""
        return not self.operators or entity in self.operators

    def operator(self, entity: str) -> Operator:
        """The operator for an entity; what no policy names is kept as it is."""
        return self.operators.get(entity, Operator("keep"))


def policy_names() -> tuple[str, ...]:
    """The built-in policies, and those that installed rule packs bring, sorted."""
    return tuple(sorted({path.stem for folder in _folders() for path in folder.glob("*.toml")}))


def _folders() -> list[Path]:
    return [folder / "policies" for folder in (packaged_rules(), *map(pack_folder, installed("rules")))]


def _named(name: str) -> Path:
    """The file of a policy by its name: the built-in one, or that of an installed rule pack."""
    path = packaged_rules() / "policies" / f"{name}.toml"
    if path.is_file():
        return path
    found = [path for folder in _folders() if (path := folder / f"{name}.toml").is_file()]
    if not found:
        raise PolicyError(f"no policy {name!r}; built in are {', '.join(policy_names())}, or name a .toml file")
    if len(found) > 1:
        raise PolicyError(f"policy {name!r} is in several rule packs: {', '.join(map(str, found))}")
    return found[0]


def load_policy(name_or_path: str | Path) -> Policy:
    """A policy by its name (built in, or of an installed rule pack), or from a TOML file; PolicyError says what is wrong and where."""
    named = isinstance(name_or_path, str) and regex.fullmatch(r"[a-z][a-z0-9-]*", name_or_path)
    path = _named(str(name_or_path)) if named else Path(name_or_path)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise PolicyError(f"{path}: can't be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise PolicyError(f"{path}: not UTF-8 text at byte {error.start}") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PolicyError(f"{path}: not valid TOML: {error}") from None
    return parse_policy(table, str(path))


def parse_policy(table: Mapping[str, Any], where: str) -> Policy:
    """Check a policy's table."""
    _refuse_unknown(table, POLICY_KEYS, where)
    threshold = table.get("threshold", 0.5)
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        raise PolicyError(f"{where}: threshold must be a number from 0 to 1")
    entities = table.get("entities", {})
    if not isinstance(entities, dict):
        raise PolicyError(f"{where}: [entities] must be a table")
    _refuse_unknown(entities, frozenset(ENTITIES), f"{where}: [entities]")
    operators: dict[str, Operator] = {}
    if "default" in table:
        default = _parse_operator(table["default"], f"{where}: default")
        operators = {entity: default for entity in ENTITIES if entity != "BOILERPLATE"}
    operators |= {entity: _parse_operator(value, f"{where}: {entity}") for entity, value in entities.items()}
    name = table.get("name")
    if not isinstance(name, str) or not name:
        raise PolicyError(f"{where}: a policy needs a name")
    description = table.get("description", {})
    if not isinstance(description, dict):
        raise PolicyError(f'{where}: description must be a table such as {{ zh = "…", en = "…" }}')
    for key in ("keep_list", "scrub_metadata"):
        if not isinstance(table.get(key, True), bool):
            raise PolicyError(f"{where}: {key} must be true or false")
    priorities = table.get("priorities", {})
    if not isinstance(priorities, dict) or not all(type(value) is int for value in priorities.values()):
        raise PolicyError(f"{where}: priorities must be a table of rule ids with whole numbers")
    convention = table.get("convention", CONVENTIONS[0])
    if convention not in CONVENTIONS:
        raise PolicyError(f"{where}: convention must be one of {', '.join(CONVENTIONS)}")
    return Policy(
        name=name,
        description=description,
        operators=operators,
        threshold=float(threshold),
        keep_list=table.get("keep_list", True),
        scrub_metadata=table.get("scrub_metadata", True),
        priorities=priorities,
        convention=convention,
        file=Path(where).name,
    )


def with_operators(policy: Policy, operators: Mapping[str, str | Operator | Write]) -> Policy:
    """The policy with other operators for some entities: by name, with settings, or a function of the caller's."""
    if not isinstance(operators, Mapping):
        raise TypeError(f"operators must be a table by entity (a dict), not {type(operators).__name__}")
    if not operators:
        return policy
    _refuse_unknown(operators, frozenset(ENTITIES), "operators")
    given = {
        entity: value
        if isinstance(value, Operator)
        else custom(value)
        if callable(value)
        else _parse_operator(value, f"operators: {entity}")
        for entity, value in operators.items()
    }
    return replace(policy, operators={**policy.operators, **given})


def _parse_operator(value: object, where: str) -> Operator:
    if isinstance(value, str):
        value = {"operator": value}
    if not isinstance(value, dict):
        raise PolicyError(
            f'{where}: write an operator\'s name or a table such as {{ operator = "partial", show_last = 4 }}'
        )
    _refuse_unknown(value, OPERATOR_KEYS, where)
    kind = value.get("operator")
    if not isinstance(kind, str) or (kind not in OPERATORS and kind not in installed("operators")):
        known = ", ".join(with_installed("operators", OPERATORS))
        raise PolicyError(f"{where}: unknown operator {kind!r}; known are {known}")
    write = None if kind in OPERATORS else load_function("operators", kind)
    options = value.get("options", {})
    if not isinstance(options, dict) or (options and not write):
        raise PolicyError(f"{where}: options are a table, for the operator of a plug-in")
    reason = refused(write, "", "", 1, **options) if write else ""
    if reason:
        raise PolicyError(f"{where}: {described('operators', kind)}: {reason}")
    texts = {"sign": "×", "with": "", "name": ""} | {k: v for k, v in value.items() if k in ("sign", "with", "name")}
    if not all(isinstance(v, str) for v in texts.values()):
        raise PolicyError(f"{where}: sign, with and name must be texts")
    if regex.search(r"\\(?:g<|\d)|\$\d|\{\d*\}", texts["with"]):
        raise PolicyError(f"{where}: a replacement is plain text; it can't put the original back")
    if kind == "replace" and not texts["with"]:
        raise PolicyError(f'{where}: replace needs with = "…"')
    first, last = value.get("show_first", 0), value.get("show_last", 0)
    if not (first == "surname" or _count(first)) or not _count(last):
        raise PolicyError(f'{where}: show_first and show_last are counts of characters (show_first may be "surname")')
    flags = {k: value.get(k, False) for k in ("whole", "each")}
    if not all(isinstance(v, bool) for v in flags.values()):
        raise PolicyError(f"{where}: whole and each must be true or false")
    return Operator(
        kind=kind,
        sign=texts["sign"],
        replacement=texts["with"],
        name=texts["name"],
        show_first=first,
        show_last=last,
        whole=flags["whole"],
        each=flags["each"],
        write=write,
        options=options,
    )


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 20


def _refuse_unknown(table: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise PolicyError(f"{where}: unknown key {key!r}; known are {', '.join(sorted(known))}")
