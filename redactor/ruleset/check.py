"""Rules tested by their own examples, and looked over for what makes a rule slow or weak."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from math import log
from pathlib import Path

import regex

from redactor.detect.boilerplate import BoilerplateRule, compile_boilerplate
from redactor.detect.patterns import compile_pattern_rule
from redactor.detect.plan import compile_plan
from redactor.engine import Redactor
from redactor.model import LimitError
from redactor.ruleset.schema import Rule, RuleSet
from redactor.text.document import Document

MIN_MATCH, MIN_NO_MATCH = 3, 2
THRESHOLD = 0.5
MAX_GROWTH = 1.3
_PROBE_SIZES = (1_000, 4_000)
_PROBE_SECONDS = 1.0
_FLOOR_SECONDS = 0.003
_LITERAL_START = regex.compile(r"^(?:\(\?<?[=!][^()]*\))*(?:\(\?P<\w+>|\(\?:)*[^\\\[(.?*+{|^$]")
Redact = Callable[[str, str], str]
"""(text, policy name) → redacted text under the whole rule set."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that does not hold, or a weakness of a rule; `message` quotes the example, which is the author's own."""

    file: str
    rule: str
    message: str


def run_examples(ruleset: RuleSet, paths: Iterable[str | Path] = ()) -> list[Failure]:
    """Every example of every rule: match and no_match on the rule alone; in/out pairs under the whole set.

    `paths` are the rule files beside the built-in ones from which `ruleset` was loaded.
    """
    paths = tuple(paths)

    @cache
    def redactor(policy: str) -> Redactor:
        return Redactor(policy=policy, rules=paths)

    def redact(text: str, policy: str) -> str:
        return redactor(policy).redact(text).text

    failures: list[Failure] = []
    for rule in ruleset.rules:
        failures.extend(Failure(f"{rule.file}:{rule.line}", rule.id, m) for m in rule_failures(rule, ruleset, redact))
    for block in ruleset.boilerplate:
        failures.extend(Failure(block.where, block.id, m) for m in boilerplate_failures(block))
    return failures


def rule_failures(rule: Rule, ruleset: RuleSet, redact: Redact) -> list[str]:
    """What the examples of one rule say against it; empty when all hold."""
    examples = rule.examples
    failures: list[str] = []
    if len(examples.match) < MIN_MATCH or len(examples.no_match) < MIN_NO_MATCH:
        failures.append(f"needs at least {MIN_MATCH} match and {MIN_NO_MATCH} no_match examples")
    # A KEEP rule alone protects nothing, so it is tried as if it named an entity.
    lone = replace(rule, entity="PERSON") if rule.entity == "KEEP" else rule
    alone = compile_plan(replace(ruleset, rules=(lone,), boilerplate=()), lambda entity: True)
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


def check_rules(ruleset: RuleSet) -> list[Failure]:
    """Warnings: no description, too few examples, nothing to anchor a pattern by, time that grows faster than the text."""
    return [Failure(f"{rule.file}:{rule.line}", rule.id, m) for rule in ruleset.rules for m in _warnings(rule)]


def _warnings(rule: Rule) -> Iterator[str]:
    if not {"zh", "en"} <= rule.description.keys():
        yield "has no description in zh and en"
    if len(rule.examples.match) < MIN_MATCH or len(rule.examples.no_match) < MIN_NO_MATCH:
        yield f"needs at least {MIN_MATCH} match and {MIN_NO_MATCH} no_match examples"
    if rule.pattern is None:
        return
    if not rule.anchors and not _LITERAL_START.match(rule.pattern):
        yield "has no anchors and no literal to begin with: it is run over every character (slow)"
    growth = growth_of(rule)
    if growth > MAX_GROWTH:
        yield f"time grows with the {growth:.1f}th power of the text: bound its gaps ({{0,40}} for *) or use ++ and *+"


def growth_of(rule: Rule) -> float:
    """The worst exponent of time over length on texts made of the pattern's own literals and of usual alphabets.

    1 is linear; `inf` when a probe does not end within its second.
    """
    assert rule.pattern is not None
    detector = compile_pattern_rule(replace(rule, context=(), validate=None, exclude=(), exclude_terms=()))
    worst = 1.0
    for unit in _alphabets(rule.pattern):
        small, large = (_seconds(detector.pattern, (unit * size)[:size]) for size in _PROBE_SIZES)
        if large == float("inf"):
            return large
        if large > _FLOOR_SECONDS:
            worst = max(worst, log(large / max(small, 1e-5)) / log(_PROBE_SIZES[1] / _PROBE_SIZES[0]))
    return worst


def _seconds(pattern: regex.Pattern[str], text: str) -> float:
    began = time.perf_counter()
    try:
        for _ in pattern.finditer(text, timeout=_PROBE_SECONDS):
            pass
    except TimeoutError:
        return float("inf")
    return time.perf_counter() - began


def _alphabets(pattern: str) -> list[str]:
    literals = regex.findall(r"[\p{Han}]{1,12}|[A-Za-z]{2,12}", pattern)[:40]
    usual = ["1", "a", "a.", "1-", "王", "的", "a@", "1,", " ", "　", "１", "：", "（", "关注公众号", "\t1", "1.1"]
    return list(dict.fromkeys([*usual, *literals, "".join(literals[:12])]))[:60]
