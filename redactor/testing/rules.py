"""Rules tested by their own examples, and looked over for what makes a rule slow, weak or greedy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from math import inf
from pathlib import Path

import regex

from redactor.detect.boilerplate import compile_boilerplate
from redactor.detect.patterns import compile_pattern_rules
from redactor.detect.plan import Plan, compile_plan
from redactor.language import say
from redactor.matching.anchors import needs_of
from redactor.matching.compiled import Expression
from redactor.matching.growth import Starts, growth
from redactor.matching.guard import read_pattern
from redactor.matching.machine import Machine
from redactor.matching.syntax import Node
from redactor.model import KEEP, Finding, RedactorError, Result
from redactor.policy.load import policy_names
from redactor.redactor import Redactor
from redactor.ruleset.boilerplate import BoilerplateRule
from redactor.ruleset.examples import Examples
from redactor.ruleset.fields import PATTERNS
from redactor.ruleset.load import load_rules
from redactor.ruleset.schema import Rule, RuleSet
from redactor.text.document import Document
from redactor.text.marks import marked

MIN_MATCH, MIN_NO_MATCH = 3, 2
THRESHOLD = 0.5
MAX_GROWTH = 1.3
LONGEST_LINE, LONGEST_WINDOW = 400, 200
"""What the patterns of boilerplate rules and those that exclude get to see, in characters."""
MAX_SHARE = 0.3
"""A rule that takes more than this of an ordinary page is taken for a mistake."""
PAGE = (
    "会议要求，各地要结合实际，抓好工作落实。要坚持问题导向，把群众关心的事情办好，做到件件有回音。\n"
    "春天来了，山上的花开了，村里的人忙着下田。孩子们背着书包上学，老人坐在门口晒太阳，说起往年的收成。\n"
    "The meeting stressed that plans must be kept, e.g. by naming who does what, until when, and with which means.\n"
    "一、提高认识。认识不到位，工作就难以推进。二、明确责任。谁主管，谁负责；谁牵头，谁协调。三、严格考核。\n"
    "比如说，有的同志一遇到难题就绕着走，有的单位光说不做。这种作风要改，而且要马上改，不能等，不能靠。\n"
)
"""Text in which there is next to nothing to redact."""
_NARROW = 0.05
"""A class that holds at most this share of Chinese text is worth looking for."""
_CHINESE = regex.sub(r"[A-Za-z]+", "", PAGE)
# Without a rule that finds something, those that protect text are not even compiled.
_SOMETHING = Rule("check.something", "URL", "(check)", 1, {}, terms=("\ue000",))
Redact = Callable[[str, str], Result]
"""(text, policy name) → what the whole rule set makes of it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that does not hold, or a weakness of a rule; `file` has the line with it.

    `message` quotes the example, which is the author's own.
    """

    file: str
    rule: str
    message: str


def run_examples(
    ruleset: RuleSet, paths: Iterable[str | Path] = (), only: Collection[str] | None = None
) -> list[Failure]:
    """Every example of the rules (of those in `only`): match and no_match on the rule alone; in/out pairs under the whole set.

    `paths` are the rule files beside the built-in ones from which `ruleset` was loaded. What they change of a built-in rule is not
    held against it: its own examples are passed over, and those of others in which it takes part.
    """
    changed = {change.rule for change in ruleset.changes}
    disturbed = _finds_of(changed) if changed else None
    redact = redact_with(paths)
    failures: list[Failure] = []
    for rule in ruleset.by_id.values():
        if (only is not None and rule.id not in only) or rule.id in changed - ruleset.added:
            continue
        if isinstance(rule, BoilerplateRule):
            messages = boilerplate_failures(rule)
        else:
            if disturbed and rule.id not in ruleset.added:
                pairs = tuple(pair for pair in rule.examples.redact if not disturbed(pair.before))
                rule = replace(rule, examples=replace(rule.examples, redact=pairs))
            messages = rule_failures(rule, ruleset, redact)
        failures += (Failure(_place(rule), rule.id, message) for message in messages)
    return failures


def _finds_of(rule_ids: Collection[str]) -> Callable[[str], bool]:
    """Whether one of these built-in rules, as it is shipped, finds something in a text."""
    builtin = load_rules()
    plans = [lone_plan(rule, builtin) for rule in builtin.rules if rule.id in rule_ids]
    blocks = [block for block in builtin.boilerplate if block.id in rule_ids]
    return lambda text: any(fires(plan, text) for plan in plans) or any(acts(block, text) for block in blocks)


def count_examples(ruleset: RuleSet, only: Collection[str]) -> int:
    """How many examples the rules in `only` have."""
    examples = [rule.examples for rule_id, rule in ruleset.by_id.items() if rule_id in only]
    return sum(len(e.match) + len(e.no_match) + len(getattr(e, "redact", ())) for e in examples)


@dataclass(frozen=True, slots=True)
class Trial:
    """What one rule finds in a text by itself, and what all rules make of the text."""

    found: tuple[Finding, ...]
    result: Result


def try_rule(rule_id: str, text: str, ruleset: RuleSet, paths: Iterable[str | Path] = ()) -> Trial:
    """Run one rule on a text; `paths`: the files beside the built-in ones from which `ruleset` was loaded."""
    rule = ruleset.by_id.get(rule_id)
    if rule is None:
        raise RedactorError("no rule {rule_id!r}; `redactor rules list` names them all", rule_id=rule_id)
    found: Iterable[Finding]
    if isinstance(rule, Rule):
        found = lone_plan(rule, ruleset).candidates(Document(text))
    else:
        found = compile_boilerplate((rule,)).find(text)
    return Trial(tuple(found), redact_with(paths)(text, "publish"))


def redact_with(paths: Iterable[str | Path] = ()) -> Redact:
    """Redaction by the built-in rules and those of `paths`; each policy is set up when it is first asked for."""
    paths = tuple(paths)

    @cache
    def redactor(policy: str) -> Redactor:
        return Redactor(policy=policy, rules=paths)

    return lambda text, policy: redactor(policy).redact(text)


def rule_failures(rule: Rule, ruleset: RuleSet, redact: Redact) -> list[str]:
    """What the examples of one rule say against it; empty when all hold."""
    failures: list[str] = []
    try:
        alone = lone_plan(rule, ruleset)
        failures += _example_failures(rule.examples, lambda text: fires(alone, text))
        for pair in rule.examples.redact:
            if pair.policy not in policy_names():
                failures.append(f"policy {pair.policy!r} is not built in; use one of {', '.join(policy_names())}")
                continue
            got = redact(pair.before, pair.policy).text
            if got != pair.after:
                failures.append(f"{pair.before!r} under {pair.policy} gives {got!r}, expected {pair.after!r}")
    except RedactorError as error:
        failures.append(str(error))
    return failures


def lone_plan(rule: Rule, ruleset: RuleSet) -> Plan:
    """The rule with no other beside it."""
    # A KEEP rule alone protects nothing, so it is tried as if it named an entity.
    lone = replace(rule, entity="PERSON") if rule.entity == KEEP else rule
    return compile_plan(replace(ruleset, rules=(lone,), boilerplate=()), lambda entity: True)


def fires(plan: Plan, text: str) -> bool:
    """Whether the plan finds something in the text that a policy would act on."""
    return any(f.score >= THRESHOLD for f in plan.candidates(Document(text)))


def acts(rule: BoilerplateRule, text: str) -> bool:
    """Whether a boilerplate rule by itself takes something out of the text or, if that is its work, protects a line of it."""
    detector = compile_boilerplate((rule,))
    return detector.protects(text) if rule.unit == "keep" else bool(detector.find(text))


def boilerplate_failures(rule: BoilerplateRule) -> list[str]:
    """What the examples of a boilerplate rule say against it; empty when all hold."""
    return list(_example_failures(rule.examples, lambda text: acts(rule, text)))


def _example_failures(examples: Examples, finds: Callable[[str], bool]) -> Iterator[str]:
    yield from _too_few(examples)
    yield from (f"must match, but does not: {text!r}" for text in examples.match if not finds(text))
    yield from (f"must not match, but does: {text!r}" for text in examples.no_match if finds(text))


def check_rules(ruleset: RuleSet) -> list[Failure]:
    """Warnings: no description, too few examples, a pattern that is slow or whose time grows faster than the text,

    a rule that takes most of an ordinary page, a rule that another one always goes before.
    Where files beside the built-in ones were loaded, only their rules are looked over, among all the others.
    """
    plan = compile_plan(ruleset, lambda entity: True, (_SOMETHING,))
    page = Document(PAGE)
    recognizers = frozenset(rule.id for rule in ruleset.rules if rule.recognizer)
    on_page = [*plan.candidates(page), *plan.kept(page), *plan.standing(page)]
    found: list[Failure] = []
    seen: set[str] = set()
    for rule in ruleset.by_id.values():
        if ruleset.added and rule.id not in ruleset.added:
            continue
        messages = [*_described(rule.description), *_too_few(rule.examples)]
        if isinstance(rule, BoilerplateRule):
            messages += [*_line_warnings(rule, seen), *_greedy(compile_boilerplate((rule,)).find(PAGE))]
        else:
            messages += [*_pattern_warnings(rule), *_greedy([f for f in on_page if f.rule == rule.id])]
            messages += _overshadowed(rule, plan, recognizers)
        found.extend(Failure(_place(rule), rule.id, message) for message in messages)
    return found


def _line_warnings(rule: BoilerplateRule, seen: set[str]) -> Iterator[str]:
    """On the patterns of a boilerplate rule that no other one has too; those go to `seen`."""
    lines: Iterable[Expression] = (e for key in PATTERNS for e in getattr(rule, key))
    for expression in (*(cue.pattern for cue in rule.cues if cue.pattern), *lines):
        tree = read_pattern(expression.source, rule.where)
        if expression.source not in seen:
            seen.add(expression.source)
            what = f"its pattern {expression.source[:40]!r}…"
            yield from _growth_warning(growth(Machine(tree), tree, longest=LONGEST_LINE), what)


def _place(rule: Rule | BoilerplateRule) -> str:
    return rule.where.partition(": rule ")[0]


def _described(description: object) -> Iterator[str]:
    if not isinstance(description, dict) or not {"zh", "en"} <= description.keys():
        yield say("has no description in zh and en")


def _too_few(examples: Examples) -> Iterator[str]:
    if len(examples.match) < MIN_MATCH or len(examples.no_match) < MIN_NO_MATCH:
        yield say(
            "needs at least {match} match and {no_match} no_match examples", match=MIN_MATCH, no_match=MIN_NO_MATCH
        )


def _pattern_warnings(rule: Rule) -> Iterator[str]:
    if rule.pattern is not None:
        tree = read_pattern(rule.pattern, rule.where, rule.word_lists)
        if not rule.anchors and not needs_of(tree, rule.word_lists) and not opens_narrowly(tree):
            yield say("needs no literal and may begin with almost any character: it is tried at every place (slow)")
        yield from _growth_warning(growth(Machine(tree, rule.word_lists), tree, tried_at(rule)), "its pattern")
    for source in rule.exclude:
        tree = read_pattern(source, rule.where, rule.word_lists)
        machine = Machine(tree, rule.word_lists)
        yield from _growth_warning(growth(machine, tree, longest=LONGEST_WINDOW), "an exclude pattern")


def tried_at(rule: Rule) -> Starts:
    """The places of a text at which the matches of a pattern rule can begin."""
    (detector,) = compile_pattern_rules([rule])

    def starts(text: str) -> Iterator[int]:
        document = Document(text)
        for start, limit in detector.windows(document, document.raw):
            yield from range(start, limit)

    return starts


def _growth_warning(exponent: float, what: str) -> Iterator[str]:
    if exponent > MAX_GROWTH:
        grows = (
            "does not end on some texts"
            if exponent == inf
            else f"takes steps that grow as length to the {exponent:.1f}"
        )
        yield f"{what} {grows}: give every gap a bound ({{0,40}} for *, {{1,40}} for +) or make it possessive (++, *+)"


def opens_narrowly(tree: Node) -> bool:
    """Whether every way into the pattern is a literal or a narrow class: then most places are passed over at once."""
    if tree.kind in ("text", "words", "list"):
        return True
    if tree.kind == "set":
        return len(regex.findall(tree.source, _CHINESE)) <= _NARROW * len(_CHINESE)
    if tree.kind == "edge":
        return tree.source in ("^", r"\A")
    if tree.kind == "either":
        return all(opens_narrowly(part) for part in tree.parts)
    if tree.kind in ("group", "look", "repeat"):
        return tree.source not in ("(?!", "(?<!", "(?<=") and opens_narrowly(tree.parts[0])
    for part in tree.parts:
        if part.kind in ("look", "edge"):
            if opens_narrowly(part):
                return True
        elif part.least or not opens_narrowly(part):
            return opens_narrowly(part)
    return False


def _greedy(findings: Iterable[Finding]) -> Iterator[str]:
    share = sum(marked(len(PAGE), ((each.start, each.end) for each in findings))) / len(PAGE)
    if share > MAX_SHARE:
        yield say("takes {share:.0%} of an ordinary page that has nothing to redact", share=share)


def _overshadowed(rule: Rule, plan: Plan, recognizers: frozenset[str]) -> Iterator[str]:
    """Another rule of the same entity that finds all that this one's examples show, and is always preferred.

    What a recognizer finds tells nothing: it weighs what the other rules find, and what stands around.
    """
    if rule.entity == KEEP or not rule.examples.match:
        return
    others: set[str] | None = None
    for text in rule.examples.match:
        candidates = list(plan.candidates(Document(text)))
        own = [f for f in candidates if f.rule == rule.id]
        better = {g.rule for g in candidates for f in own if _goes_before(g, f)} - recognizers
        others = better if others is None else others & better
    if others:
        yield say("never decides: rule {rule!r} finds the same in every match example and goes first", rule=min(others))


def _goes_before(other: Finding, own: Finding) -> bool:
    return (
        other.rule != own.rule
        and other.entity == own.entity
        and other.start <= own.start
        and own.end <= other.end
        and (other.priority, other.score) > (own.priority, own.score)
    )
