"""What a rule file may say: frozen dataclasses for rules, and the parsing of one rule's table with clear errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import regex

from redactor.model import ENTITIES, KEEP, RuleError, Tier
from redactor.ruleset.boilerplate import BoilerplateRule, Expand
from redactor.ruleset.content import RuleFiles
from redactor.text.document import ViewName

Side = Literal["before", "after", "both"]
_RULE_ID = regex.compile(r"[a-z0-9][a-z0-9._-]*")
_CONTROLS = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_UNSHOWN = regex.compile(r"[\p{Cc}\p{Cf}\u2028\u2029]")
_LANGUAGE = regex.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_ID_LENGTH = 80
TABLES = frozenset({"pack", "define", "lists", "rule", "override", "boilerplate", "cues"})
"""The tables of a rule file."""
PACK_KEYS = frozenset({"name", "title", "language", "version", "license", "source", "uses"})
RULE_KEYS = frozenset(
    {"id", "entity", "description", "priority", "score", "language", "enabled", "examples"}
    | {"pattern", "terms", "terms_file", "suffixes", "recognizer", "options", "files"}
    | {
        "keep",
        "view",
        "context",
        "validate",
        "exclude",
        "exclude_terms",
        "anchors",
        "segmented",
        "one_line",
        "full_line",
    }
)
OVERRIDE_KEYS = frozenset({"id", "enabled", "score", "priority"})
EXAMPLE_KEYS = frozenset({"match", "no_match", "redact"})
MATCHERS = ("pattern", "terms", "terms_file", "suffixes", "recognizer")
CONTEXT_KEYS = frozenset({"words", "within", "side", "add"})
VIEWS = ("plain", "contact", "raw")


@dataclass(frozen=True, slots=True)
class Context:
    """Words whose presence within `within` characters of a match changes its score by `add` (hot words)."""

    words: tuple[str, ...]
    within: int
    side: Side
    add: float


@dataclass(frozen=True, slots=True)
class RedactExample:
    """`before` must come out as `after` when the whole rule set runs under `policy`."""

    before: str
    after: str
    policy: str = "publish"


@dataclass(frozen=True, slots=True)
class Examples:
    """What a rule proves about itself: texts it must find something in, texts it must not, and whole redactions."""

    match: tuple[str, ...] = ()
    no_match: tuple[str, ...] = ()
    redact: tuple[RedactExample, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, checked and ready to compile.

    Exactly one matcher is set: `pattern` (its `{names}` already expanded), `terms`, `suffixes` or `recognizer`.
    `keep` names the groups of the pattern that stay when the rest of the match is masked.
    """

    id: str
    entity: str
    file: str
    line: int
    description: Mapping[str, str]
    priority: int = Tier.PERSON
    score: float = 0.8
    language: str = "zh"
    pattern: str | None = None
    word_lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    terms: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    recognizer: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    """Texts of the data files that a recognizer or suffix rule reads, by the name it calls them."""
    keep: tuple[str, ...] = ()
    view: ViewName = "plain"
    context: tuple[Context, ...] = ()
    validate: str | None = None
    exclude: tuple[str, ...] = ()
    exclude_terms: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    segmented: bool = False
    one_line: bool = False
    """Of a pattern: what it finds never goes over a line end."""
    full_line: bool = False
    """Of a pattern: a value goes over the end of a line only where that is full."""
    enabled: bool = True
    examples: Examples = Examples()

    @property
    def needs_lexicon(self) -> bool:
        """Whether it asks how a text is cut into words."""
        return bool(self.segmented or self.suffixes or self.recognizer)

    @property
    def stands(self) -> bool:
        """Whether what it protects stands in every case: all that is found around it gives way there, and nothing else changes."""
        return self.entity == KEEP and self.priority >= Tier.USER


@dataclass(frozen=True, slots=True)
class Change:
    """What a later file did to a rule of an earlier one: `replaced`, `disabled`, `enabled`, `score 0.4` …; `at`: file and line."""

    rule: str
    what: str
    at: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules that are in force, with the files that they came from (name, SHA-256 in hex)."""

    rules: tuple[Rule, ...]
    boilerplate: tuple[BoilerplateRule, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    lexicon: str = ""
    """The segmentation lexicon's text; empty when no rule needs it."""
    disabled: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    """Replacements and overrides, in the order of loading."""
    added: frozenset[str] = frozenset()
    """Ids of the rules that files beside the built-in ones wrote, or wrote anew."""
    own: tuple[RuleFiles, ...] = ()
    """The files and folders beside the built-in ones, by content, in the order of loading."""

    @property
    def by_id(self) -> Mapping[str, Rule | BoilerplateRule]:
        """All rules, those that remove boilerplate last."""
        return {**{rule.id: rule for rule in self.rules}, **{rule.id: rule for rule in self.boilerplate}}


def parse_rule(
    table: Mapping[str, Any],
    *,
    file: str,
    line: int,
    language: str,
    expand: Expand,
    read_terms: Callable[[str, str], tuple[str, ...]],
    read_file: Callable[[str, str], str],
    lists: Mapping[str, tuple[str, ...]],
) -> Rule:
    """Check one `[[rule]]` table; RuleError names file, rule, line and the reason."""
    rule_id = table.get("id")
    where = f"{file}:{line}: rule {rule_id!r}" if isinstance(rule_id, str) else f"{file}:{line}: rule without id"
    rule_id = check_id(rule_id, where)
    _refuse_unknown(table, RULE_KEYS, where)
    refuse_controls({k: v for k, v in table.items() if k != "examples"}, where)
    entity = _text(table, "entity", where)
    if entity not in ENTITIES and entity != KEEP:
        raise RuleError(f"{where}: unknown entity {entity!r}; use one of {', '.join((*ENTITIES, KEEP))}")
    given = [m for m in MATCHERS if m in table]
    if not given or (len(given) > 1 and set(given) != {"terms", "terms_file"}):
        raise RuleError(f"{where}: needs exactly one of {', '.join(MATCHERS)}; has {', '.join(given) or 'none'}")
    view = table.get("view", "plain")
    if view not in VIEWS:
        raise RuleError(f"{where}: unknown view {view!r}; use one of {', '.join(VIEWS)}")
    pattern, excludes, word_lists = _patterns(table, where, expand, lists)
    options = table.get("options", {})
    if not isinstance(options, dict):
        raise RuleError(f"{where}: options must be a table")
    return Rule(
        id=rule_id,
        entity=entity,
        file=file,
        line=line,
        description=parse_description(table, where),
        priority=_integer(table, "priority", Tier.PERSON, where),
        score=_number(table, "score", 0.8, where),
        language=_optional(table, "language", where) or language,
        pattern=pattern,
        word_lists=word_lists,
        terms=_terms(table, where, read_terms),
        suffixes=_texts(table, "suffixes", where),
        recognizer=_optional(table, "recognizer", where),
        options=options,
        files={name: read_file(value, where) for name, value in _file_names(table, where).items()},
        keep=_texts(table, "keep", where),
        view=view,
        context=_contexts(table, where),
        validate=_optional(table, "validate", where),
        exclude=excludes,
        exclude_terms=_texts(table, "exclude_terms", where),
        anchors=_texts(table, "anchors", where),
        segmented=_flag(table, "segmented", False, where),
        one_line=_flag(table, "one_line", False, where),
        full_line=_flag(table, "full_line", False, where),
        enabled=_flag(table, "enabled", True, where),
        examples=parse_examples(table, where),
    )


def _terms(table: Mapping[str, Any], where: str, read_terms: Callable[[str, str], tuple[str, ...]]) -> tuple[str, ...]:
    terms = _texts(table, "terms", where)
    if "terms_file" in table:
        terms += read_terms(_text(table, "terms_file", where), where)
    if ("terms" in table or "terms_file" in table) and not terms:
        raise RuleError(f"{where}: has no terms")
    return terms


def _patterns(
    table: Mapping[str, Any], where: str, expand: Expand, lists: Mapping[str, tuple[str, ...]]
) -> tuple[str | None, tuple[str, ...], Mapping[str, tuple[str, ...]]]:
    """The pattern of a rule, those that exclude, and the word lists that they or, without a pattern, the detector looks up."""
    pattern, word_lists = expand(table["pattern"], where) if "pattern" in table else (None, lists)
    excludes: list[str] = []
    for source in _texts(table, "exclude", where):
        filled, exclude_lists = expand(source, f"{where}: exclude")
        excludes.append(filled)
        word_lists = {**word_lists, **exclude_lists}
    return pattern, tuple(excludes), word_lists


def parse_override(table: Mapping[str, Any], where: str) -> tuple[str, Mapping[str, Any]]:
    """The id of the rule that an `[[override]]` changes, and the changes."""
    _refuse_unknown(table, OVERRIDE_KEYS, where)
    rule_id = check_id(table.get("id"), where)
    changes: dict[str, Any] = {}
    if "enabled" in table:
        changes["enabled"] = _flag(table, "enabled", True, where)
    if "score" in table:
        changes["score"] = _number(table, "score", 0.0, where)
    if "priority" in table:
        changes["priority"] = _integer(table, "priority", 0, where)
    if not changes:
        raise RuleError(f"{where}: changes nothing; give enabled, score or priority")
    return rule_id, changes


def check_id(value: object, where: str) -> str:
    """The id of a rule: small letters, digits, dots, hyphens, underscores."""
    if not isinstance(value, str) or not value:
        raise RuleError(f'{where}: every rule needs an id, such as "figures.percent"')
    if not _RULE_ID.fullmatch(value) or len(value) > _ID_LENGTH:
        raise RuleError(
            f"{where}: an id is made of small letters, digits, dots, hyphens and underscores, {_ID_LENGTH} at most"
        )
    return value


def parse_description(table: Mapping[str, Any], where: str) -> Mapping[str, str]:
    """The `description = { zh = "…", en = "…" }` of a rule."""
    value = table.get("description", {})
    if not isinstance(value, dict) or not all(isinstance(v, str) and v for v in value.values()):
        raise RuleError(f'{where}: description must be a table such as {{ zh = "…", en = "…" }}')
    for language, text in value.items():
        if not _LANGUAGE.fullmatch(language):
            raise RuleError(f"{where}: description: {language!r} is no language, such as zh or en")
        if _UNSHOWN.search(text):
            raise RuleError(f"{where}: description.{language} holds a line break or a character that can't be seen")
    return value


def parse_examples(table: Mapping[str, Any], where: str) -> Examples:
    """The `examples` table of a rule."""
    value = table.get("examples", {})
    if not isinstance(value, dict):
        raise RuleError(f"{where}: examples must be a table with match, no_match, redact")
    _refuse_unknown(value, EXAMPLE_KEYS, f"{where}: examples")
    pairs: list[RedactExample] = []
    for item in _list(value, "redact", f"{where}: examples"):
        if (
            not isinstance(item, dict)
            or not {"in", "out"} <= item.keys() <= {"in", "out", "policy"}
            or not all(isinstance(v, str) for v in item.values())
        ):
            raise RuleError(f'{where}: examples.redact entries are {{ in = "…", out = "…" }}, policy optional')
        pairs.append(RedactExample(item["in"], item["out"], item.get("policy", "publish")))
    return Examples(_texts(value, "match", where), _texts(value, "no_match", where), tuple(pairs))


def _file_names(table: Mapping[str, Any], where: str) -> Mapping[str, str]:
    value = table.get("files", {})
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise RuleError(f'{where}: files must be a table such as {{ words = "data/words.txt" }}')
    return value


def _contexts(table: Mapping[str, Any], where: str) -> tuple[Context, ...]:
    value = table.get("context", [])
    items = [value] if isinstance(value, dict) else _list(table, "context", where)
    out: list[Context] = []
    for item in items:
        if not isinstance(item, dict):
            raise RuleError(f"{where}: context must be a table with words, within, add")
        _refuse_unknown(item, CONTEXT_KEYS, f"{where}: context")
        side = item.get("side", "both")
        if side not in ("before", "after", "both"):
            raise RuleError(f"{where}: context side must be before, after or both, not {side!r}")
        words = _texts(item, "words", where)
        if not words:
            raise RuleError(f"{where}: context needs words")
        within = _integer(item, "within", 12, where)
        if not 1 <= within <= 200:
            raise RuleError(f"{where}: context within must be 1 to 200 characters")
        out.append(Context(words, within, side, _number(item, "add", 0.2, where, low=-1.0)))
    return tuple(out)


def _refuse_unknown(table: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise RuleError(f"{where}: unknown key {key!r}; known are {', '.join(sorted(known))}")


def refuse_controls(value: object, where: str) -> None:
    """Control characters (terminal escapes among them) have no business in a rule; only examples may show them as data."""
    if isinstance(value, str):
        found = _CONTROLS.search(value)
        if found:
            raise RuleError(f"{where}: holds a control character (U+{ord(found.group()):04X})")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            refuse_controls(inner, f"{where}: {key}")
    elif isinstance(value, list):
        for inner in value:
            refuse_controls(inner, where)


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise RuleError(f"{where}: {key} must be a text that is not empty")
    return value


def _list(table: Mapping[str, Any], key: str, where: str) -> list[Any]:
    value = table.get(key, [])
    if not isinstance(value, list):
        raise RuleError(f"{where}: {key} must be a list")
    return value


def _optional(table: Mapping[str, Any], key: str, where: str) -> str | None:
    return _text(table, key, where) if key in table else None


def _texts(table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
        raise RuleError(f"{where}: {key} must be a list of texts, none empty")
    return tuple(value)


def _integer(table: Mapping[str, Any], key: str, default: int, where: str) -> int:
    value = table.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise RuleError(f"{where}: {key} must be a whole number")
    return value


def _number(table: Mapping[str, Any], key: str, default: float, where: str, *, low: float = 0.0) -> float:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= 1:
        raise RuleError(f"{where}: {key} must be a number from {low:g} to 1")
    return float(value)


def _flag(table: Mapping[str, Any], key: str, default: bool, where: str) -> bool:
    value = table.get(key, default)
    if not isinstance(value, bool):
        raise RuleError(f"{where}: {key} must be true or false")
    return value
