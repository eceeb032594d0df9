"""`redactor rules`: list, show, test, check, try, new, schema."""

from __future__ import annotations

import json
from collections.abc import Container
from pathlib import Path

import click

from redactor.cli.help import Group
from redactor.cli.values import RuleId
from redactor.files.atomic import write_whole
from redactor.language import say, several
from redactor.model import RedactorError
from redactor.packaged import packaged_rules
from redactor.plugins import installed
from redactor.ruleset.installed import rule_folder
from redactor.ruleset.load import load_rules
from redactor.ruleset.schema import Rule, RuleSet
from redactor.ruleset.texts import rule_texts
from redactor.testing.jsonschema import json_schema
from redactor.testing.pages import page
from redactor.testing.rules import Failure, check_rules, count_examples, run_examples, try_rule
from redactor.text.show import escape, show

_PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
_RULES = click.option(
    "--rules", "paths", multiple=True, type=click.Path(path_type=Path), help="Further rule file or folder."
)


@click.group(cls=Group)
def rules() -> None:
    """List, show, test, check and try rules; begin a rule file; print the JSON Schema of one.

    PATHS are rule files or folders beside the built-in ones.
    """


@rules.command("list")
@_PATHS
def list_rules(paths: tuple[Path, ...]) -> None:
    """One line a rule: id, entity, score, what it is for; those of installed rule packs too, with the option that brings them in."""
    ruleset = load_rules(paths)
    _list(ruleset, ruleset.by_id)
    for rule_id in ruleset.disabled:
        click.echo(f"{escape(rule_id)}\t{say('(disabled)')}")
    for pack in installed("rules"):
        if Path(pack) not in paths:
            added = load_rules([pack])
            _list(added, added.added, f"(--rules {pack})")


def _list(ruleset: RuleSet, ids: Container[str], *note: str) -> None:
    for rule_id, rule in ruleset.by_id.items():
        if rule_id in ids:
            entity = rule.entity if isinstance(rule, Rule) else "BOILERPLATE"
            row = (rule_id, entity, f"{rule.score:g}", rule.description.get("zh", ""), *note)
            click.echo("\t".join(map(escape, row)))


@rules.command("show")
@click.argument("rule_id", type=RuleId())
@_RULES
def show_rule(rule_id: str, paths: tuple[Path, ...]) -> None:
    """One rule in full, as docs/rules has it: what it is for, its examples, how it is written."""
    ruleset = load_rules(paths)
    rule = ruleset.by_id.get(rule_id)
    if rule is None:
        raise RedactorError("no rule {rule_id!r}; `redactor rules list` names them all", rule_id=rule_id)
    for line in page(rule, rule_texts(paths)[rule_id]).split("\n")[:-1]:
        click.echo("\u3000".join(map(escape, line.split("\u3000"))))


@rules.command("test")
@click.argument("named", nargs=-1, metavar="[ID|FILE|FOLDER]...")
@_RULES
@click.option("--all", "everything", is_flag=True, help="The examples of all rules: does one of mine disturb another?")
def test_rules(named: tuple[str, ...], paths: tuple[Path, ...], everything: bool) -> None:
    """Run the examples of the rules that are named, of all if none is; exit code 2 when one fails.

    A rule is named by its id, or by its file, folder or installed pack, which is loaded beside the built-in rules.
    """
    own = tuple(path for name in named if (path := rule_folder(name)).exists() and not _is_builtin(path))
    ruleset = load_rules((*paths, *own))
    ids = set(ruleset.by_id)
    if named and not everything:
        ids &= {rule_id for name in named for rule_id in _ids(name, ids)}
    failures = run_examples(ruleset, (*paths, *own), ids)
    _print(failures)
    click.echo(
        say(
            "{examples} examples of {rules} rules, {failures} failures",
            examples=count_examples(ruleset, ids),
            rules=len(ids),
            failures=len(failures),
        )
    )
    if failures:
        raise SystemExit(2)


def _is_builtin(path: Path) -> bool:
    return path.resolve().is_relative_to(packaged_rules().resolve())


def _ids(name: str, known: set[str]) -> set[str]:
    """The rules that an id, a file or a folder names."""
    if name in known:
        return {name}
    path = rule_folder(name).resolve()
    if not path.exists():
        raise RedactorError("no rule, rule file or folder {name!r}; `redactor rules list` names the rules", name=name)
    if _is_builtin(path):
        root = packaged_rules().resolve()
        return {rule_id for rule_id, text in rule_texts().items() if (root / text.file).is_relative_to(path)}
    return set(rule_texts([path], builtin=False))


@rules.command("try")
@click.argument("rule_id", type=RuleId())
@click.argument("text")
@_RULES
def try_one(rule_id: str, text: str, paths: tuple[Path, ...]) -> None:
    """What a rule by itself finds in TEXT and why, and what comes out when all rules run (policy publish)."""
    trial = try_rule(rule_id, text, load_rules(paths), paths)
    for found in trial.found:
        replaced = "、".join(text[start:end] for start, end in found.parts)
        whole = escape(text[found.start : found.end])
        click.echo(
            say(
                "{start}-{end}  {whole}  (replaces {replaced}; score {score:g})",
                start=found.start,
                end=found.end,
                whole=whole,
                replaced=escape(replaced),
                score=found.score,
            )
        )
        for evidence in found.evidence:
            click.echo(f"  {evidence.kind}: {escape(evidence.detail)} {evidence.weight:+g}")
    if not trial.found:
        click.echo(say("finds nothing"))
    click.echo(say("all rules: {text}", text=escape(trial.result.text)))


@rules.command("new")
@click.argument("file", type=click.Path(path_type=Path))
def new(file: Path) -> None:
    """Begin a rule file: an example with notes, to be changed. It passes `rules test`."""
    if file.suffix != ".toml" or file.exists():
        raise RedactorError(
            say("{file}: is there already") if file.exists() else say("{file}: a rule file ends in .toml"),
            file=show(file),
        )
    write_whole(file, (packaged_rules() / "data" / "skeleton.toml").read_bytes())
    click.echo(say("{file}: change it, then run `redactor rules test {file}`", file=show(file)))


@rules.command("check")
@_PATHS
@click.option("--strict", is_flag=True, help="Exit with 2 when there is a warning.")
def check(paths: tuple[Path, ...], strict: bool) -> None:
    """Look rules over: descriptions, examples, anchors, and how their work grows on hostile text."""
    failures = check_rules(load_rules(paths))
    _print(failures)
    click.echo(several("{number} warning", "{number} warnings", len(failures)))
    if strict and failures:
        raise SystemExit(2)


@rules.command("schema")
def schema() -> None:
    """Print the JSON Schema of rule files, for completion in editors."""
    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


def _print(failures: list[Failure]) -> None:
    for failure in failures:
        click.echo(
            escape(
                say("{file}: rule {rule!r}: {message}", file=failure.file, rule=failure.rule, message=failure.message)
            ),
            err=True,
        )
