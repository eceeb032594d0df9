"""A page for each rule, made from what its file says: what it finds, what comes out, and how it is written. Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

import regex

from redactor.language import later, say
from redactor.ruleset.boilerplate import BoilerplateRule
from redactor.ruleset.schema import Rule, RuleSet
from redactor.ruleset.texts import RuleText

INDEX: Final = "README.md"
_EXAMPLES: Final = regex.compile(r"(?m)^\[(?:rule|boilerplate)\.examples\]")
"""Where the examples of a rule begin, which a page shows as a table."""


def pages(ruleset: RuleSet, texts: Mapping[str, RuleText]) -> Mapping[str, str]:
    """The pages of all rules by file name, and an index of them."""
    rules = sorted(ruleset.by_id.values(), key=lambda rule: (texts[rule.id].file, rule.id))
    made = {f"{rule.id}.md": page(rule, texts[rule.id]) for rule in rules}
    return {**made, INDEX: "".join(_index(rules, texts))}


def page(rule: Rule | BoilerplateRule, text: RuleText) -> str:
    """The page of one rule."""
    return "".join(_page(rule, text))


def _page(rule: Rule | BoilerplateRule, text: RuleText) -> Iterator[str]:
    yield f"# {rule.id}\n\n"
    yield from (f"{words}\n\n" for words in rule.description.values())
    yield "| | |\n|---|---|\n"
    yield from (f"| {say(name)} | {_cell(value)} |\n" for name, value in (*_facts(rule), (later("file"), text.file)))
    yield from _examples("Finds something in · 找得到", rule.examples.match)
    yield from _examples("Finds nothing in · 找不到", rule.examples.no_match)
    if isinstance(rule, Rule) and rule.examples.redact:
        columns = " | ".join((say("policy"), say("in"), say("out")))
        yield f"\n## Comes out as · 改成\n\n| {columns} |\n|---|---|---|\n"
        for pair in rule.examples.redact:
            yield f"| {pair.policy} | {_cell(pair.before, code=True)} | {_cell(pair.after, code=True)} |\n"
    yield f"\n## As it is written · 写法\n\n```toml\n{_EXAMPLES.split(text.toml)[0]}```\n"


def _facts(rule: Rule | BoilerplateRule) -> Iterator[tuple[str, str]]:
    if isinstance(rule, Rule):
        yield later("finds") if rule.entity != "KEEP" else later("protects"), rule.entity
        yield later("score"), f"{rule.score:g}"
        yield later("priority"), str(rule.priority)
    else:
        yield (
            later("removes") if rule.unit != "keep" else later("protects"),
            "line" if rule.unit == "keep" else rule.unit,
        )
        yield later("zone"), rule.zone
        yield later("threshold"), f"{rule.threshold:g}"
        yield later("score"), f"{rule.score:g}"


def _examples(title: str, texts: tuple[str, ...]) -> Iterator[str]:
    if texts:
        yield f"\n## {title}\n\n"
        yield from (f"- {_cell(text, code=True)}\n" for text in texts)


def _cell(text: str, *, code: bool = False) -> str:
    """A text in one line of Markdown: line ends and tabs shown as signs, bars not taken for those of a table."""
    shown = text.replace("\r", "␍").replace("\n", "⏎").replace("\t", "⇥").replace("|", "\\|")
    ticks = "``" if "`" in shown else "`"
    return f"{ticks}{shown}{ticks}" if code else shown


def _index(rules: list[Rule | BoilerplateRule], texts: Mapping[str, RuleText]) -> Iterator[str]:
    yield "# Built-in rules · 内置规则\n\nMade from the rule files; `REDACTOR_WRITE_DOCS=1 python -m pytest tests/test_docs.py` writes it "
    yield "anew.\nHow rules are written: [Write a rule](../rules.md) · [怎样写规则](../rules.zh-CN.md).\n"
    for file, group in groupby(rules, key=lambda rule: texts[rule.id].file):
        yield f"\n## {file.removesuffix('.toml')}\n\n| rule | | |\n|---|---|---|\n"
        for rule in group:
            entity = rule.entity if isinstance(rule, Rule) else "BOILERPLATE"
            yield f"| [{rule.id}]({rule.id}.md) | {entity} | {_cell('<br>'.join(rule.description.values()))} |\n"
