"""The tiers: the pages tell them as they are, and rules stay within them."""

from __future__ import annotations

from pathlib import Path

import pytest

from redactor.model import Tier
from redactor.ruleset.load import load_rules

DOCS = Path(__file__).parent.parent.parent / "docs"
TOLD = {
    "rules.md": ("Labelled fields", "check-digit numbers", "document numbers", "dates", "figures", "organizations", "places", "persons"),
    "rules.zh-CN.md": ("带标签的栏目", "有校验位的号码", "文号", "日期", "数字", "机构", "地名", "人名"),
}  # fmt: skip
TIERS = (
    Tier.LABELLED,
    Tier.CHECKED_ID,
    Tier.DOC_NUMBER,
    Tier.DATE,
    Tier.FIGURE,
    Tier.ORGANIZATION,
    Tier.PLACE,
    Tier.PERSON,
)


@pytest.mark.parametrize("page", TOLD)
def test_the_page_tells_the_tiers(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    for words, tier in zip(TOLD[page], TIERS, strict=True):
        assert f"{words} {tier}" in text


def test_no_rule_reaches_the_tiers_of_the_program() -> None:
    priorities = {rule.id: rule.priority for rule in load_rules().rules}
    assert [rule for rule, priority in priorities.items() if not Tier.PROPAGATED < priority < Tier.BOILERPLATE] == []


def test_the_order_of_the_tiers() -> None:
    assert sorted(Tier, reverse=True) == list(Tier)
