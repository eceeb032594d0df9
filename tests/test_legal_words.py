"""What outputs are called by law: in docs, messages and reports, in both languages, nothing claims what only a person can judge."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from redactor.policy.load import DE_IDENTIFIED, MASKED_TEXT, load_policy, policy_names

ROOT = Path(__file__).parents[1]
TEXTS = sorted(
    path
    for pattern in (
        "README*.md",
        "CHANGELOG.md",
        "docs/**/*.md",
        "redactor/locale/**/*.po",
        "redactor/**/static/**/*.*",
        "rules/policies/*.toml",
    )
    for path in ROOT.glob(pattern)
    if path.suffix in (".md", ".po", ".json", ".js", ".html", ".toml")
)
CLAIM = re.compile(
    r"已(?:经)?匿名化?|匿名化(?:了|后的(?:文本|文档|输出))|(?:output|result|document|text)s?\s+(?:is|are)\s+(?:now\s+)?anonymi[sz]ed|fully anonymi[sz]ed",
    re.IGNORECASE,
)


def test_the_claim_is_told() -> None:
    """The search finds what it is for."""
    for text in ("输出已匿名化", "这是匿名化后的文本", "the output is anonymised", "Documents are now anonymized"):
        assert CLAIM.search(text)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_said_to_be_anonymised(path: Path) -> None:
    assert CLAIM.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize("name", policy_names())
def test_what_each_policy_writes_is_called_as_it_is(name: str) -> None:
    expected = {"vault": DE_IDENTIFIED, "code": DE_IDENTIFIED, "fake": DE_IDENTIFIED, "clean": "", "scan-only": ""}
    loaded = load_policy(name)
    assert loaded.legal == expected.get(name, MASKED_TEXT)
    for said in loaded.description.values():
        assert MASKED_TEXT not in said or loaded.legal == MASKED_TEXT
    if loaded.legal == DE_IDENTIFIED:
        assert DE_IDENTIFIED in loaded.description["zh"]


@pytest.mark.parametrize("page", ["policies", "vault", "pseudonyms"])
@pytest.mark.parametrize("language", ["", ".zh-CN"])
def test_pages_on_what_can_be_linked_again_say_so(page: str, language: str) -> None:
    assert DE_IDENTIFIED in (ROOT / "docs" / f"{page}{language}.md").read_text("utf-8")
