"""Every example of every built-in rule, one test each: what it must match, must not match, and how texts come out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from redactor.detect.boilerplate import BoilerplateDetector, compile_boilerplate
from redactor.detect.plan import Plan
from redactor.ruleset.check import MIN_MATCH, MIN_NO_MATCH, Redact, fires, lone_plan, redact_with
from redactor.ruleset.load import load_rules
from redactor.ruleset.schema import RedactExample

RULESET = load_rules()
RULES = {rule.id: rule for rule in RULESET.rules}
BLOCKS = {block.id: block for block in RULESET.boilerplate}


@cache
def alone(rule_id: str) -> Plan:
    return lone_plan(RULES[rule_id], RULESET)


@cache
def block_alone(rule_id: str) -> BoilerplateDetector:
    return compile_boilerplate((BLOCKS[rule_id],))


@pytest.fixture(scope="module")
def redact() -> Redact:
    return redact_with()


def texts(kind: str) -> Iterator[object]:
    for rule_id, rule in {**RULES, **BLOCKS}.items():
        for number, text in enumerate(getattr(rule.examples, kind), 1):
            yield pytest.param(rule_id, text, id=f"{rule_id}-{number}")


def pairs() -> Iterator[object]:
    for rule in RULES.values():
        for number, pair in enumerate(rule.examples.redact, 1):
            yield pytest.param(pair, id=f"{rule.id}-{number}")


def found(rule_id: str, text: str) -> bool:
    return bool(block_alone(rule_id).find(text)) if rule_id in BLOCKS else fires(alone(rule_id), text)


@pytest.mark.parametrize(("rule_id", "text"), list(texts("match")))
def test_match(rule_id: str, text: str) -> None:
    assert found(rule_id, text)


@pytest.mark.parametrize(("rule_id", "text"), list(texts("no_match")))
def test_no_match(rule_id: str, text: str) -> None:
    assert not found(rule_id, text)


@pytest.mark.parametrize("pair", list(pairs()))
def test_redact(redact: Redact, pair: RedactExample) -> None:
    assert redact(pair.before, pair.policy) == pair.after


@pytest.mark.parametrize("rule_id", sorted({**RULES, **BLOCKS}))
def test_has_examples_and_descriptions(rule_id: str) -> None:
    rule = RULES.get(rule_id) or BLOCKS[rule_id]
    assert len(rule.examples.match) >= MIN_MATCH
    assert len(rule.examples.no_match) >= MIN_NO_MATCH
    assert {"zh", "en"} <= rule.description.keys()
