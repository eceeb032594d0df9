"""`redactor learn`: what it writes is a rule file that acts once a person has said so, and not before."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from random import Random

import click
import pytest
from click.testing import CliRunner, Result

from redactor import Redactor, RedactorError, RuleError
from redactor.cli import cli
from redactor.ruleset.load import load_rules
from redactor.testing.rules import boilerplate_failures, check_rules
from tests.learning.sites import SITES, paragraph

SIGNATURE, BEGUN, DOUBTFUL = "梅山资料室整理归档留存备查", "隔壁那一篇：", "本篇由通讯组供稿校对留存"


@pytest.fixture
def collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two sites of forty texts, in the folder that the command is run in."""
    monkeypatch.chdir(tmp_path)
    draw = Random(1)
    for site in ("a", "b"):
        own = [SIGNATURE] if site == "a" else []
        Path("in", site).mkdir(parents=True)
        for number in range(40):
            begun = [f"{BEGUN}{paragraph(draw)[:20]}"] if site == "a" else []
            Path("in", site, f"{number:02}.txt").write_text(
                "\n".join([paragraph(draw), DOUBTFUL, *begun, *own]), "utf-8"
            )
    return tmp_path


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), catch_exceptions=False)


def _reviewed(text: str) -> str:
    return text.replace("reviewed = false", "reviewed = true")


def test_the_file_holds_what_repeats_for_its_owner_alone(collection: Path) -> None:
    result = _run("learn", "in", "-o", "site.toml", "--group-by", "folder")
    file = Path("site.toml")
    assert (result.exit_code, result.stdout) == (0, "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text("utf-8")
    for line, enabled in ((SIGNATURE, "true"), (BEGUN, "true"), (DOUBTFUL, "false")):
        table = text[text.index(f'text = "{line}"') :].partition("\n\n")[0]
        assert f"enabled = {enabled}" in table, line
    assert f"#   {Path('in', 'a', '00.txt')}:4  {SIGNATURE}" in text
    assert "# Doubtful: as frequent in other groups" in text


def test_nothing_acts_before_somebody_has_reviewed_it(collection: Path) -> None:
    _run("learn", "in", "-o", "site.toml", "--group-by", "folder")
    with pytest.raises(
        RuleError, match=r"^site.toml: nobody has reviewed this file: read it, then write reviewed = true"
    ):
        _run("clean", "in/a/00.txt", "--rules", "site.toml", "-o", "out.txt")
    with pytest.raises(RuleError, match="nobody has reviewed"):
        Redactor("clean", rules=["site.toml"])
    assert not Path("out.txt").exists()
    assert _run("rules", "check", "--strict", "site.toml").exit_code == 0


def test_once_reviewed_it_takes_out_what_is_enabled_and_nothing_else(collection: Path) -> None:
    _run("learn", "in", "-o", "site.toml", "--group-by", "folder")
    file = Path("site.toml")
    file.write_text(_reviewed(file.read_text("utf-8")), "utf-8")
    before = Path("in/a/00.txt").read_text("utf-8").split("\n")
    after = Redactor("clean", rules=["site.toml"]).redact("\n".join(before)).text
    assert after.split("\n")[: len(before) - 2] == before[:-2]
    assert SIGNATURE not in after
    assert BEGUN not in after
    ruleset = load_rules(["site.toml"])
    assert check_rules(ruleset) == []
    assert [boilerplate_failures(rule) for rule in ruleset.boilerplate if rule.id in ruleset.added] == [[]]
    assert SIGNATURE in _run("rules", "show", next(iter(ruleset.added)), "--rules", "site.toml").output


def test_diff_tells_what_is_new_gone_and_changed(collection: Path) -> None:
    _run("learn", "in", "-o", "old.toml", "--group-by", "folder")
    for number, path in enumerate(sorted(Path("in/a").iterdir())):
        text = path.read_text("utf-8").replace(BEGUN, "") + "\n竹溪书屋出品请勿改动署名"
        path.write_text(text.replace(SIGNATURE, "") if number > 10 else text, "utf-8")
    result = _run("learn", "in", "-o", "new.toml", "--group-by", "folder", "--diff", "old.toml")
    assert result.stdout.splitlines() == [
        "+ 100.0%  竹溪书屋出品请勿改动署名",
        f"- 100.0%  {BEGUN}",
        f"~ 100.0% → 27.5%  {SIGNATURE}",
    ]
    assert _run("learn", "in", "-o", "again.toml", "--group-by", "folder", "--diff", "new.toml").stdout == ""


def test_what_a_person_has_decided_is_taken_over(collection: Path) -> None:
    _run("learn", "in", "-o", "old.toml", "--group-by", "folder")
    old = Path("old.toml").read_text("utf-8")
    result = _run("learn", "in", "-o", "new.toml", "--group-by", "folder", "--diff", "old.toml")
    assert "nobody has reviewed it" in result.stderr
    assert tomllib.loads(Path("new.toml").read_text("utf-8"))["line"] == tomllib.loads(old)["line"]
    decided = {each["text"]: not each["enabled"] for each in tomllib.loads(old)["line"]}
    assert {*decided.values()} == {True, False}
    turned = (
        old.replace("enabled = true", "enabled = ?").replace("enabled = false", "enabled = true").replace("?", "false")
    )
    Path("old.toml").write_text(
        turned.replace("reviewed = false", "reviewed = true").replace('"tail"', '"any"'), "utf-8"
    )
    for path in Path("in/a").iterdir():
        path.write_text(path.read_text("utf-8") + "\n竹溪书屋出品请勿改动署名", "utf-8")
    result = _run("learn", "in", "-o", "new.toml", "--force", "--group-by", "folder", "--diff", "old.toml")
    assert result.stdout.splitlines() == ["+ 100.0%  竹溪书屋出品请勿改动署名"]
    assert f"{len(decided)} decisions are taken over" in result.stderr
    new = tomllib.loads(Path("new.toml").read_text("utf-8"))
    assert new["pack"]["reviewed"] is False
    assert {each["text"]: each["enabled"] for each in new["line"]} == decided | {"竹溪书屋出品请勿改动署名": True}
    assert [each["text"] for each in new["line"] if each["zone"] == "tail"] == ["竹溪书屋出品请勿改动署名"]


def test_what_is_wrong_is_said_in_one_line_and_nothing_is_written(collection: Path) -> None:
    Path("there.toml").write_text("", "utf-8")
    Path("empty").mkdir()
    cases: dict[tuple[str, ...], str] = {
        ("in", "-o", "site.txt"): "ends in .toml",
        ("in", "-o", "there.toml"): "--force",
        ("nowhere", "-o", "site.toml"): "no such file or folder",
        ("empty", "-o", "site.toml"): "no document was found",
        ("in", "-o", "site.toml", "--least", "0"): "no share",
        ("in", "-o", "site.toml", "--least", "many"): "no share",
        ("in", "-o", "site.toml", "--diff", "there.toml"): "holds no lines",
        ("in", "-o", "site.toml", "--group-by", "a["): "no path",
    }
    for arguments, message in cases.items():
        with pytest.raises((RedactorError, click.ClickException), match=re.escape(message)):
            cli.main(["learn", *arguments], standalone_mode=False)
        assert not Path("site.toml").exists(), arguments
    assert Path("there.toml").read_text("utf-8") == ""


def test_without_duckdb_one_line_names_the_extra(collection: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(RedactorError, match=r"redactor-zh\[learn\]"):
        cli.main(["learn", "in", "-o", "site.toml"], standalone_mode=False)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell the peak of a process")
def test_memory_is_bounded_and_time_grows_with_the_text(tmp_path: Path) -> None:
    draw = Random(9)
    base = [SITES[site](draw) for _ in range(500) for site in SITES]
    with (tmp_path / "in.jsonl").open("w", encoding="utf-8") as out:
        size = 0
        while size < 20_000_000:
            number = out.tell()
            for lines in base:
                text = "\n".join(f"{number % 977}号{line}" if label == "text" else line for line, label in lines)
                size += len(text.encode())
                out.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
    # The peak of this process itself: that of `getrusage` has what the one that started it held.
    program = (
        "import resource, sys; from pathlib import Path; from redactor.cli import cli;"
        "cli.main(sys.argv[1:], standalone_mode=False);"
        "peak = Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0];"
        "used = resource.getrusage(resource.RUSAGE_SELF); print(int(peak) >> 10, used.ru_utime + used.ru_stime)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "learn", "in.jsonl", "-o", "site.toml"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
        text=True,
    )
    memory, seconds = map(float, done.stdout.split())
    assert memory <= 500
    assert seconds <= 30
