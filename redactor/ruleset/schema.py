"""What a rule file may say: frozen dataclasses for rules, and the parsing of one rule's table with clear errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from redactor.language import say
from redactor.model import KEEP, RuleError, Tier
from redactor.ruleset.boilerplate import BoilerplateRule, Expand
from redactor.ruleset.characters import refuse_controls, shown_description
from redactor.ruleset.content import RuleFiles
from redactor.ruleset.examples import Examples, examples_of
from redactor.ruleset.fields import BESIDE, MATCHERS, RULE, named, read
from redactor.text.document import ViewName
from redactor.text.places import at
from redactor.text.show import show

Side = Literal["before", "after", "both"]


@dataclass(frozen=True, slots=True)
class Context:
    """Words whose presence within `within` characters of a match changes its score by `add` (hot words)."""

    words: tuple[str, ...]
    within: int = 12
    side: Side = "both"
    add: float = 0.2


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
    under: str = ""
    """What a policy must have in its `protect` for the rule to act; empty: it acts under every policy."""
    enabled: bool = True
    examples: Examples = field(default_factory=Examples)

    @property
    def where(self) -> str:
        """What messages call it: file, line and id."""
        return at(f"{self.file}:{self.line}", say("rule {id!r}", id=self.id))

    def refuse_lacking(self, files: Iterable[str], lists: Iterable[str] = ()) -> None:
        """RuleError when a data file, or a word list of its pack, that its recognizer reads is not there."""
        for name in lists:
            if name not in self.word_lists:
                raise RuleError("{where}: needs a list {name!r} in [lists]", where=self.where, name=name)
        for name in files:
            if name not in self.files:
                raise RuleError("{where}: needs files = {{ {name} = … }}", where=self.where, name=name)

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
    unreviewed: tuple[str, ...] = ()
    """Rule files that nobody has reviewed: nothing may be redacted by them."""

    def check_reviewed(self) -> None:
        """RuleError for a file that a program wrote and nobody has reviewed."""
        for file in self.unreviewed:
            raise RuleError(
                "{file}: nobody has reviewed this file: read it, then write reviewed = true under its [pack]",
                file=show(file),
            )

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
    where = at(f"{file}:{line}", named(table))
    refuse_controls({k: v for k, v in table.items() if k != "examples"}, where)
    given = read(table, RULE, where)
    matchers = [key for key in MATCHERS if key in given]
    if not matchers or (len(matchers) > 1 and matchers != ["terms", "terms_file"]):
        raise RuleError(
            "{where}: needs exactly one of {matchers}; has {value}",
            where=where,
            matchers=say(", ").join(MATCHERS),
            value=say(", ").join(matchers) or "none",
        )
    for key, others in BESIDE.items():
        if key in given and matchers[0] not in others:
            raise RuleError(
                "{where}: {key} means nothing beside {matchers}; it goes with {others}",
                where=where,
                key=key,
                matchers=matchers[0],
                others=say(", ").join(others),
            )
    terms = given.get("terms", ())
    if "terms_file" in given:
        terms += read_terms(given.pop("terms_file"), where)
    if matchers[0] in ("terms", "terms_file") and not terms:
        raise RuleError("{where}: has no terms", where=where)
    pattern, word_lists = expand(given["pattern"], where) if "pattern" in given else (None, lists)
    excludes: list[str] = []
    for source in given.get("exclude", ()):
        filled, exclude_lists = expand(source, at(where, "exclude"))
        excludes.append(filled)
        word_lists = {**word_lists, **exclude_lists}
    made = {
        "language": given.get("language", language),
        "description": shown_description(given, where),
        "pattern": pattern,
        "word_lists": word_lists,
        "terms": terms,
        "files": {name: read_file(path, where) for name, path in given.get("files", {}).items()},
        "context": tuple(Context(**each) for each in given.get("context", ())),
        "exclude": tuple(excludes),
        "examples": examples_of(given),
    }
    return Rule(file=file, line=line, **given | made)
