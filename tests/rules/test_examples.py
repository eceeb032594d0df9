"""Every example of every built-in rule, one test each: what it must match, must not match, and how texts come out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import regex

from redactor.detect.plan import Plan
from redactor.ruleset.examples import RedactExample
from redactor.ruleset.load import load_rules
from redactor.testing.rules import (
    MIN_MATCH,
    MIN_NO_MATCH,
    Redact,
    acts,
    check_rules,
    fires,
    lone_plan,
    redact_with,
    run_examples,
)
from tests.conftest import made
from tests.draws import sample, slow

RULESET = load_rules()
RULES = {rule.id: rule for rule in RULESET.rules}
BLOCKS = {block.id: block for block in RULESET.boilerplate}


@cache
def alone(rule_id: str) -> Plan:
    return lone_plan(RULES[rule_id], RULESET)


@pytest.fixture(scope="module")
def redact() -> Redact:
    return lambda text, policy: made(policy).redact(text)


def texts(kind: str) -> Iterator[object]:
    for rule_id, rule in {**RULES, **BLOCKS}.items():
        for number, text in enumerate(getattr(rule.examples, kind), 1):
            yield pytest.param(rule_id, text, id=f"{rule_id}-{number}")


def pairs() -> Iterator[object]:
    for rule in RULES.values():
        for number, pair in enumerate(rule.examples.redact, 1):
            yield pytest.param(pair, id=f"{rule.id}-{number}")


def found(rule_id: str, text: str) -> bool:
    return acts(BLOCKS[rule_id], text) if rule_id in BLOCKS else fires(alone(rule_id), text)


@pytest.mark.parametrize(("rule_id", "text"), list(texts("match")))
def test_match(rule_id: str, text: str) -> None:
    assert found(rule_id, text)


@pytest.mark.parametrize(("rule_id", "text"), list(texts("no_match")))
def test_no_match(rule_id: str, text: str) -> None:
    assert not found(rule_id, text)


@pytest.mark.parametrize("pair", list(pairs()))
def test_redact(redact: Redact, pair: RedactExample) -> None:
    assert redact(pair.before, pair.policy).text == pair.after


@pytest.mark.parametrize("rule_id", sorted({**RULES, **BLOCKS}))
def test_has_examples_and_descriptions(rule_id: str) -> None:
    rule = RULES.get(rule_id) or BLOCKS[rule_id]
    assert len(rule.examples.match) >= MIN_MATCH
    assert len(rule.examples.no_match) >= MIN_NO_MATCH
    assert {"zh", "en"} <= rule.description.keys()


DOCS = Path(__file__).parent.parent.parent / "docs"


def blocks_of(page: str) -> list[str]:
    return regex.findall(r"(?ms)^```toml\n(.*?)^```$", (DOCS / page).read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", ["rules.md", slow("rules.zh-CN.md")])
def test_rules_in_the_docs_hold(tmp_path: Path, page: str) -> None:
    worked, *others = blocks_of(page)
    assert len(others) == 2
    (tmp_path / "projects.toml").write_text(worked, encoding="utf-8")
    alone = load_rules([tmp_path], builtin=False)
    assert {type(r).__name__ for r in (*alone.rules, *alone.boilerplate)} == {"Rule", "BoilerplateRule"}
    assert run_examples(alone, [tmp_path]) == []
    assert check_rules(alone) == []
    text = "项目编号：XM-2041。磐石工程已启动。"
    assert f"`{text}`" in (DOCS / page).read_text(encoding="utf-8")
    assert redact_with([tmp_path])(text, "publish").text == "项目编号：×。×工程已启动。"
    for number, block in enumerate(others):
        (tmp_path / f"{number}.toml").write_text(block, encoding="utf-8")
        more = load_rules([tmp_path / f"{number}.toml"])
        only = sample(sorted(more.by_id), 40, slow=12)
        assert run_examples(more, [tmp_path / f"{number}.toml"], only) == []
    assert [c.what for c in more.changes] == ["disabled", "score 0.4"]
