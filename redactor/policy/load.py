"""Policies: which entity gets which operator. Rule data too (`rules/policies/*.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import regex

from redactor.language import say
from redactor.model import CONVENTIONS, ENTITIES, PolicyError
from redactor.packaged import packaged_rules
from redactor.plugins import described, installed, load_function, refused, with_installed
from redactor.policy.operators import OPERATORS, Operator, Write, custom
from redactor.policy.reserved import ranges
from redactor.ruleset.fields import OPERATOR, POLICY, read, unknown
from redactor.ruleset.installed import pack_folder
from redactor.ruleset.pack import parse_toml
from redactor.text.places import at
from redactor.text.show import show
from redactor.text.whole_file import read_text

PUBLISH: Final = "publish"
DE_IDENTIFIED: Final = "去标识化"
MASKED_TEXT: Final = "已遮盖文本"
_LINKED: Final = frozenset({"vault", "hash", "code", "fake"})
"""Operators whose outputs can be restored, or linked again, by whoever has the vault or the key."""
_KEEP: Final = Operator("keep")


@dataclass(frozen=True, slots=True)
class Policy:
    """A named choice of operators; `threshold` is the least score that is acted on, `keep_list` whether KEEP rules rule.

    `priorities`: by rule id, priorities that rules have under this policy. `scrub_metadata`: whether documents lose their
    authors, revision marks and the like. `convention`: which of the recogniser's conventions is asked (CONVENTIONS).
    `protect`: rules that act only where a policy asks for them by these words (Rule.under).
    `approval`: whether what comes of a review is written only once somebody else has approved it.
    """

    name: str
    description: Mapping[str, str]
    operators: Mapping[str, Operator]
    threshold: float = 0.5
    keep_list: bool = True
    scrub_metadata: bool = True
    priorities: Mapping[str, int] = field(default_factory=dict)
    convention: str = CONVENTIONS[0]
    protect: tuple[str, ...] = ()
    approval: bool = False
    file: str = ""

    def __post_init__(self) -> None:
        _refuse_unknown(self.operators, f"policy {self.name!r}: operators")
        if self.fakes and self.name == PUBLISH:
            raise PolicyError(
                "policy {name!r} never writes surrogates: what is published invents nothing", name=PUBLISH
            )
        for entity, operator in self.operators.items():
            if operator.kind == "fake" and entity not in ranges():
                raise PolicyError("there are no surrogates for {entity}: operator fake can't be used", entity=entity)

    @property
    def needs_key(self) -> bool:
        """Whether an operator of it can't do without a key."""
        return any(operator.kind == "hash" for operator in self.operators.values())

    @property
    def uses_key(self) -> bool:
        """Whether an operator of it works with a key if there is one."""
        return self.needs_key or self.pseudonyms

    @property
    def pseudonyms(self) -> bool:
        """Whether an operator of it writes pseudonyms: codes or surrogates."""
        return any(operator.kind in ("code", "fake") for operator in self.operators.values())

    @property
    def fakes(self) -> bool:
        """Whether an operator of it writes surrogates."""
        return any(operator.kind == "fake" for operator in self.operators.values())

    @property
    def needs_vault(self) -> bool:
        """Whether an operator of it writes labels that a vault leads back from."""
        return any(operator.kind == "vault" for operator in self.operators.values())

    @property
    def legal(self) -> str:
        """What an output is called by law: 去标识化 where it can be restored or linked again, else 已遮盖文本; "" where no value is hidden.

        Personal Information Protection Law of 2021, article 73 (3); whether article 73 (4) is fulfilled no program can say.
        """
        kinds = {each.kind for entity, each in self.operators.items() if entity != "BOILERPLATE"} - {"keep"}
        if not kinds:
            return ""
        return DE_IDENTIFIED if kinds & _LINKED else MASKED_TEXT

    def detects(self, entity: str) -> bool:
        """Whether the policy has a use for this entity; one that names none (`scan-only`) wants all."""
        return not self.operators or entity in self.operators

    def operator(self, entity: str) -> Operator:
        """The operator for an entity; what no policy names is kept as it is."""
        return self.operators.get(entity, _KEEP)


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
        raise PolicyError(
            "no policy {name!r}; built in are {policy_names}, or name a .toml file",
            name=name,
            policy_names=say(", ").join(policy_names()),
        )
    if len(found) > 1:
        raise PolicyError(
            "policy {name!r} is in several rule packs: {found}", name=name, found=say(", ").join(map(str, found))
        )
    return found[0]


def load_policy(name_or_path: str | Path) -> Policy:
    """A policy by its name (built in, or of an installed rule pack), or from a TOML file; PolicyError says what is wrong and where."""
    named = isinstance(name_or_path, str) and regex.fullmatch(r"[a-z][a-z0-9-]*", name_or_path)
    path = _named(str(name_or_path)) if named else Path(name_or_path)
    text = read_text(path, error=PolicyError)
    return parse_policy(parse_toml(text, show(path), PolicyError), show(path))


def parse_policy(table: Mapping[str, Any], where: str) -> Policy:
    """Check a policy's table."""
    given = read(table, POLICY, where, PolicyError)
    operators: dict[str, Operator] = {}
    if "default" in given:
        default = _parse_operator(given.pop("default"), at(where, "default"))
        operators = {entity: default for entity in ENTITIES if entity != "BOILERPLATE"}
    own = given.pop("entities", {})
    operators |= {entity: _parse_operator(value, at(where, entity)) for entity, value in own.items()}
    return Policy(**{"description": {}} | given, operators=operators, file=Path(where).name)


def with_operators(policy: Policy, operators: Mapping[str, str | Operator | Write]) -> Policy:
    """The policy with other operators for some entities: by name, with settings, or a function of the caller's."""
    if not isinstance(operators, Mapping):
        raise TypeError(f"operators must be a table by entity (a dict), not {type(operators).__name__}")
    if not operators:
        return policy
    _refuse_unknown(operators, "operators")
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
    given = read({"operator": value} if isinstance(value, str) else value, OPERATOR, where, PolicyError)
    kind = given.pop("operator")
    if kind not in OPERATORS and kind not in installed("operators"):
        raise PolicyError(at(where, unknown("operator", kind, with_installed("operators", OPERATORS))))
    write = None if kind in OPERATORS else load_function("operators", kind)
    options = given.get("options", {})
    if options and not write:
        raise PolicyError("{where}: options are for the operator of a plug-in", where=where)
    reason = refused(write, "", "", 1, **options) if write else ""
    if reason:
        raise PolicyError(at(where, at(described("operators", kind), reason)))
    replacement = given.pop("with", "")
    if regex.search(r"\\(?:g<|\d)|\$\d|\{\d*\}", replacement):
        raise PolicyError("{where}: a replacement is plain text; it can't put the original back", where=where)
    if kind == "replace" and not replacement:
        raise PolicyError('{where}: replace needs with = "…"', where=where)
    return Operator(kind, replacement=replacement, write=write, **given)


def _refuse_unknown(operators: Mapping[str, Any], where: str) -> None:
    for entity in operators:
        if entity not in ENTITIES:
            raise PolicyError(at(where, unknown("key", entity, ENTITIES)))
