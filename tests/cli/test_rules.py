"""`redactor rules`: what is named is tested, tried and shown; a new file passes its own test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from redactor import RedactorError
from redactor.cli import cli
from redactor.packaged import packaged_rules

DOCS = Path(__file__).parent.parent.parent / "docs"
Rules = Callable[..., Result]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rules:
    """Run `redactor rules` here, in a folder of its own; what it raises is raised."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(cli, ["rules", *map(str, arguments)], catch_exceptions=False)

    return run


def test_show_prints_the_page_of_the_docs(command: Rules) -> None:
    for rule_id in ("figures.percent", "boilerplate.insert"):
        assert command("show", rule_id).output == (DOCS / "rules" / f"{rule_id}.md").read_text(encoding="utf-8")


def test_show_knows_further_rules(command: Rules) -> None:
    assert command("new", "mine.toml").exit_code == 0
    assert "{kinds}编号" in command("show", "mine.serial", "--rules", "mine.toml").output
    with pytest.raises(RedactorError, match="no rule 'mine.serial'"):
        command("show", "mine.serial")


@pytest.mark.parametrize(
    ("named", "ending"),
    [
        (["figures.salary"], "6 examples of 1 rules, 0 failures\n"),
        (["figures.salary", "boilerplate.editor-field"], "examples of 2 rules, 0 failures\n"),
        ([packaged_rules() / "figure" / "percent.toml"], "examples of 4 rules, 0 failures\n"),
    ],
)
def test_what_is_named_is_tested(command: Rules, named: list[str | Path], ending: str) -> None:
    done = command("test", *named)
    assert done.output.endswith(ending)
    assert done.exit_code == 0


def test_what_is_no_rule_and_no_file_is_named(command: Rules) -> None:
    with pytest.raises(RedactorError, match="no rule, rule file or folder 'figures.percnt'"):
        command("test", "figures.percnt")


def test_a_failing_example_of_a_file_is_told(command: Rules) -> None:
    command("new", "mine.toml")
    text = Path("mine.toml").read_text(encoding="utf-8")
    Path("mine.toml").write_text(text.replace("CD-5678", "CD"), encoding="utf-8")
    done = command("test", "mine.toml")
    assert done.exit_code == 2
    assert done.output.endswith("6 examples of 1 rules, 1 failures\n")


def test_a_new_file_passes_its_test_and_is_not_written_over(command: Rules) -> None:
    assert "redactor rules test my/own.toml" in command("new", "my/own.toml").output
    done = command("test", "my/own.toml")
    assert done.output.endswith("6 examples of 1 rules, 0 failures\n")
    assert command("check", "my/own.toml").output == "0 warnings\n"
    for name, why in (("my/own.toml", "is there already"), ("own.txt", "ends in .toml")):
        with pytest.raises(RedactorError, match=why):
            command("new", name)


def test_try_tells_what_a_rule_finds_and_what_comes_out(command: Rules) -> None:
    lines = command("try", "figures.percent", "增长12.5%，王建国同志").output.splitlines()
    assert lines[0] == "2-7  12.5%  (replaces 12.5; score 0.9)"
    assert lines[-1] == "all rules: 增长×%，×同志"
    assert command("try", "figures.percent", "增长很快").output == "finds nothing\nall rules: 增长很快\n"
    assert command("try", "boilerplate.editor-field", "今日天气晴　责任编辑：小林").exit_code == 0
    with pytest.raises(RedactorError, match="no rule 'nope'"):
        command("try", "nope", "甲")
