"""`redactor rules`: list, show, test, check, schema."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click

from redactor.model import RedactorError
from redactor.plugins import installed
from redactor.ruleset.load import load_rules
from redactor.ruleset.schema import RuleSet
from redactor.testing.jsonschema import json_schema
from redactor.testing.rules import Failure, check_rules, run_examples
from redactor.text.show import escape

_PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))


@click.group()
def rules() -> None:
    """List, show, test and check rules; print their JSON Schema. PATHS are rule files or folders beside the built-in ones."""


@rules.command("list")
@_PATHS
def list_rules(paths: tuple[Path, ...]) -> None:
    """One line a rule: id, entity, score, what it is for; those of installed rule packs too, with the option that brings them in."""
    ruleset = load_rules(paths)
    _list(ruleset)
    for rule_id in ruleset.disabled:
        click.echo(f"{escape(rule_id)}\t(disabled)")
    for pack in installed("rules"):
        if Path(pack) not in paths:
            added = load_rules([pack])
            _list(
                replace(
                    added,
                    rules=tuple(r for r in added.rules if r.id in added.added),
                    boilerplate=tuple(b for b in added.boilerplate if b.id in added.added),
                ),
                f"(--rules {pack})",
            )


def _list(ruleset: RuleSet, *note: str) -> None:
    for rule in ruleset.rules:
        row = (rule.id, rule.entity, f"{rule.score:g}", rule.description.get("zh", ""), *note)
        click.echo("\t".join(map(escape, row)))
    for block in ruleset.boilerplate:
        row = (block.id, "BOILERPLATE", f"{block.score:g}", block.description.get("zh", ""), *note)
        click.echo("\t".join(map(escape, row)))


@rules.command("show")
@click.argument("rule_id")
@click.option("--rules", "paths", multiple=True, type=click.Path(path_type=Path), help="Further rule file or folder.")
def show_rule(rule_id: str, paths: tuple[Path, ...]) -> None:
    """One rule in full."""
    ruleset = load_rules(paths)
    for rule in ruleset.rules:
        if rule.id == rule_id:
            click.echo(f"{rule.id} ({rule.file}:{rule.line})")
            for language, text in rule.description.items():
                click.echo(f"  {language}: {escape(text)}")
            click.echo(f"  entity {rule.entity}, score {rule.score:g}, priority {rule.priority}, view {rule.view}")
            for name in (
                "pattern",
                "suffixes",
                "recognizer",
                "validate",
                "exclude",
                "exclude_terms",
                "anchors",
                "keep",
            ):
                value = getattr(rule, name)
                if value:
                    click.echo(f"  {name}: {escape(str(value) if isinstance(value, str) else ' '.join(value))[:2000]}")
            if rule.terms:
                click.echo(f"  terms: {len(rule.terms)}, such as {escape('、'.join(rule.terms[:10]))}")
            for context in rule.context:
                click.echo(f"  context: {escape('、'.join(context.words))} within {context.within}: {context.add:+g}")
            for text in rule.examples.match:
                click.echo(f"  matches: {escape(text)}")
            for text in rule.examples.no_match:
                click.echo(f"  does not match: {escape(text)}")
            return
    for block in ruleset.boilerplate:
        if block.id == rule_id:
            click.echo(f"{block.id} ({escape(block.where)}): {block.unit}, {block.zone}, threshold {block.threshold:g}")
            for language, text in block.description.items():
                click.echo(f"  {language}: {escape(text)}")
            return
    raise RedactorError(f"no rule {rule_id!r}; `redactor rules list` names them all")


@rules.command("test")
@_PATHS
def test_rules(paths: tuple[Path, ...]) -> None:
    """Run the examples of every rule; exit code 2 when one fails."""
    ruleset = load_rules(paths)
    failures = run_examples(ruleset, paths)
    _print(failures)
    count = sum(len(r.examples.match) + len(r.examples.no_match) + len(r.examples.redact) for r in ruleset.rules) + sum(
        len(b.examples.match) + len(b.examples.no_match) for b in ruleset.boilerplate
    )
    click.echo(f"{count} examples of {len(ruleset.rules) + len(ruleset.boilerplate)} rules, {len(failures)} failures")
    if failures:
        raise SystemExit(2)


@rules.command("check")
@_PATHS
@click.option("--strict", is_flag=True, help="Exit with 2 when there is a warning.")
def check(paths: tuple[Path, ...], strict: bool) -> None:
    """Look rules over: descriptions, examples, anchors, and how their time grows on hostile text."""
    failures = check_rules(load_rules(paths))
    _print(failures)
    click.echo(f"{len(failures)} warnings")
    if strict and failures:
        raise SystemExit(2)


@rules.command("schema")
def schema() -> None:
    """Print the JSON Schema of rule files, for completion in editors."""
    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


def _print(failures: list[Failure]) -> None:
    for failure in failures:
        click.echo(escape(f"{failure.file}: rule {failure.rule!r}: {failure.message}"), err=True)
