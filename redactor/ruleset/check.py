"""Rules tested by their own examples, and looked over for what makes a rule slow or weak."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from redactor.detect.boilerplate import BoilerplateRule, compile_boilerplate
from redactor.detect.plan import compile_plan
from redactor.model import LimitError
from redactor.ruleset.schema import Rule, RuleSet
from redactor.text.document import Document

MIN_MATCH, MIN_NO_MATCH = 3, 2
THRESHOLD = 0.5
Redact = Callable[[str, str], str]
"""(text, policy name) → redacted text under the whole rule set."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that does not hold, or a weakness of a rule; `message` quotes the example, which is the author's own."""

    file: str
    rule: str
    message: str


def run_examples(ruleset: RuleSet, redact: Redact) -> list[Failure]:
    """Every example of every rule: match, no_match on the rule alone; in/out pairs under the whole set."""
    failures: list[Failure] = []
    for rule in ruleset.rules:
        failures.extend(Failure(rule.file, rule.id, m) for m in rule_failures(rule, ruleset, redact))
    for block in ruleset.boilerplate:
        failures.extend(Failure("boilerplate", block.id, m) for m in boilerplate_failures(block))
    return failures


def rule_failures(rule: Rule, ruleset: RuleSet, redact: Redact) -> list[str]:
    """What the examples of one rule say against it; empty when all hold."""
    examples = rule.examples
    failures: list[str] = []
    if len(examples.match) < MIN_MATCH or len(examples.no_match) < MIN_NO_MATCH:
        failures.append(f"needs at least {MIN_MATCH} match and {MIN_NO_MATCH} no_match examples")
    alone = compile_plan(replace(ruleset, rules=(rule,), boilerplate=()), lambda entity: True)
    if rule.entity == "KEEP":
        alone = compile_plan(replace(ruleset, rules=(replace(rule, entity="PERSON"),), boilerplate=()), lambda entity: True)
    try:
        for text in examples.match:
            if not any(f.score >= THRESHOLD for f in alone.candidates(Document(text))):
                failures.append(f"must match, but does not: {text!r}")
        for text in examples.no_match:
            if any(f.score >= THRESHOLD for f in alone.candidates(Document(text))):
                failures.append(f"must not match, but does: {text!r}")
        for pair in examples.redact:
            got = redact(pair.before, pair.policy)
            if got != pair.after:
                failures.append(f"{pair.before!r} under {pair.policy} gives {got!r}, expected {pair.after!r}")
    except LimitError as error:
        failures.append(str(error))
    return failures


def boilerplate_failures(rule: BoilerplateRule) -> list[str]:
    """The same for a boilerplate rule."""
    detector = compile_boilerplate((rule,))
    failures = []
    if len(rule.examples.match) < MIN_MATCH or len(rule.examples.no_match) < MIN_NO_MATCH:
        failures.append(f"needs at least {MIN_MATCH} match and {MIN_NO_MATCH} no_match examples")
    failures += [f"must match, but does not: {t!r}" for t in rule.examples.match if not detector.find(t)]
    failures += [f"must not match, but does: {t!r}" for t in rule.examples.no_match if detector.find(t)]
    return failures
