"""A project's settings: what a redactor.toml may say, where it is found, what goes first, and what is refused."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import click
import pytest

from redactor.cli.clean import clean
from redactor.cli.project import FILE, IGNORE, all_settings, find
from redactor.model import ENTITIES
from tests.conftest import Run

TEXT = "请王建国同志牵头，推进青石计划，同比增长12.5%以上。\n"
MASKED = "请×同志牵头，推进青石计划，同比增长×%以上。\n"


def project(folder: Path, settings: str) -> None:
    """A project with one input in a folder of its own."""
    (folder / FILE).write_text(settings, encoding="utf-8")
    (folder / "in").mkdir()
    (folder / "in" / "a.txt").write_text(TEXT, encoding="utf-8")


EFFECTS = {
    "policy": ('policy = "label"', [], "请【人名1】同志牵头"),
    "mask": ('mask = ["青石计划"]', [], "推进×，"),
    "mask-adds": ('mask = ["青石计划"]', ["--mask", "牵头"], "请×同志×，推进×，"),
    "keep": ('keep = ["王建国"]', [], "请王建国同志牵头"),
    "only": ('only = ["PERCENT"]', [], "请王建国同志牵头，推进青石计划，同比增长×%"),
    "only-replaced": ('only = ["PERCENT"]', ["--only", "PERSON"], "请×同志牵头，推进青石计划，同比增长12.5%"),
    "policy-replaced": ('policy = "label"', ["--policy", "publish"], MASKED),
    "no-config": ('policy = "label"', ["--no-config"], MASKED),
    "file-from-its-folder": ('mask_file = ["terms.txt"]', [], "推进×，"),
    "rules-from-their-folder": ('rules = ["own.toml"]', [], "推进×，"),
    "nothing": ("", [], MASKED),
}


@pytest.mark.parametrize(("settings", "options", "expected"), EFFECTS.values(), ids=EFFECTS)
def test_what_settings_say_holds_from_below_and_options_win(
    run: Run, tmp_path: Path, settings: str, options: list[str], expected: str
) -> None:
    project(tmp_path, settings)
    (tmp_path / "terms.txt").write_text("青石计划\n", encoding="utf-8")
    (tmp_path / "own.toml").write_text(RULE, encoding="utf-8")
    below = tmp_path / "in"
    done = run("clean", "a.txt", *options, cwd=below)
    assert expected in done.stdout.decode()
    told = [] if "--no-config" in options else [f"redactor: settings: {tmp_path / FILE}"]
    assert done.stderr.decode().splitlines() == told


RULE = """
[[rule]]
id = "own.plan"
entity = "ORGANIZATION"
terms = ["青石计划"]
description = { zh = "计划", en = "A plan." }
score = 0.9
priority = 60
examples = { match = ["推进青石计划"] }
"""

FAULTS = {
    "unknown-key": ('polcy = "label"', ":1: unknown key 'polcy'; did you mean 'policy'?"),
    "unknown-key-on-its-line": ('policy = "label"\n\nzzz = 1\n', ":3: unknown key 'zzz'; known are "),
    "text-for-list": ('keep = "王建国"', ":1: keep: must be a list of texts"),
    "text-for-number": ('jobs = "3"', ":1: jobs: must be a whole number"),
    "fraction": ("jobs = 1.5", ":1: jobs: must be a whole number"),
    "out-of-range": ("jobs = 3000", ":1: jobs: 3000 is not in the range"),
    "not-a-choice": ('unknown = "keep"', ":1: unknown: 'keep' is not one of"),
    "number-for-flag": ("strict = 1", ":1: strict: must be true or false"),
    "list-for-table": ('columns = ["姓名=PERSON"]', ":1: columns: must be a table"),
    "unknown-entity": ('[columns]\n"姓名" = "NAME"', ":1: columns: unknown entity"),
    "chinese-quotes": ("policy = “label”", "“ is a Chinese sign"),
    "bare-chinese-name": ('[columns]\n姓名 = "PERSON"', "not in Latin letters"),
    "no-toml": ("policy", "not valid TOML"),
    "bad-pattern": ('exclude = ["*.tmp", "!"]', ":1: exclude: --exclude !: not a pattern of .gitignore"),
    "missing-file": ('jobs = 2\nkeep_file = ["nowhere.txt"]', ":2: keep_file: "),
    "missing-key": ('key_file = "nowhere.key"', ":1: key_file: "),
    "no-policy": ('jobs = 2\n\npolicy = "publsh"', ":3: policy: no policy 'publsh'"),
    "no-rules": ('rules = ["nowhere.toml"]', ":1: rules: "),
    "unknown-entity-alone": ('only = ["PERSN"]', ":1: only: unknown entity 'PERSN'"),
    "empty-term": ('keep = ["云岭", ""]', ":1: keep: an empty term"),
    "no-recogniser": ('ner = "builtn"', ":1: ner: unknown recogniser 'builtn'"),
    "no-encoding": ('encoding = "gb18O30"', ":1: encoding: unknown encoding 'gb18O30'"),
    "no-output-encoding": ('output_encoding = "utf-9"', ":1: output_encoding: unknown encoding 'utf-9'"),
    "no-end-of-a-name": ('backup = "old/"', ":1: backup: --backup: the end of a name"),
    "too-large": ("# " + "x" * (1 << 20), "larger than 1024 KiB"),
}


@pytest.mark.parametrize(("settings", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_one_line_and_nothing_is_written(run: Run, tmp_path: Path, settings: str, message: str) -> None:
    project(tmp_path, settings)
    done = run("clean", "in", "-o", "out")
    assert done.returncode == 2
    told = done.stderr.decode().splitlines()
    assert message in told[-1]
    assert not (tmp_path / "out").exists()


def test_settings_are_no_device_and_no_folder(run: Run, tmp_path: Path) -> None:
    project(tmp_path, "")
    (tmp_path / FILE).unlink()
    os.mkfifo(tmp_path / FILE)
    done = run("clean", "in", "-o", "out")
    assert (done.returncode, b"not a regular file" in done.stderr) == (2, True)


@pytest.mark.parametrize("name", [FILE, IGNORE])
def test_a_link_that_leads_nowhere_is_told(run: Run, tmp_path: Path, name: str) -> None:
    project(tmp_path, "")
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).symlink_to("nowhere")
    done = run("clean", "in", "-o", "out")
    assert done.returncode == 2
    assert done.stderr.decode() == f"redactor: {tmp_path / name}: a link that leads nowhere\n"
    assert run("clean", "in", "-o", "out", "--no-config").returncode == 0


@pytest.mark.parametrize("place", [".", "..", "in"], ids=["the-working-directory", "above-it", "below-it"])
def test_what_is_redacted_brings_no_settings(run: Run, tmp_path: Path, place: str) -> None:
    home = tmp_path / "scraped" / "in"
    home.mkdir(parents=True)
    (home / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "scraped" / FILE).write_text('policy = "scan-only"', encoding="utf-8")
    (home / FILE).write_text('policy = "scan-only"', encoding="utf-8")
    cwd = tmp_path / "scraped" if place == "in" else home
    (tmp_path / "scraped" / FILE).unlink() if place == "in" else None
    done = run("clean", place, "-o", tmp_path / "out", cwd=cwd)
    if place == "in":  # a file below the working directory is never looked for
        assert done.returncode == 0
        assert "王建国" not in (tmp_path / "out" / "a.txt").read_text(encoding="utf-8")
        return
    assert (done.returncode, b"does not bring its own settings" in done.stderr) == (2, True)
    assert not (tmp_path / "out").exists()


def test_settings_that_are_an_input_themselves_are_refused(run: Run, tmp_path: Path) -> None:
    project(tmp_path, "")
    done = run("clean", FILE, "in/a.txt", "-o", "out")
    assert (done.returncode, b"lies inside the input" in done.stderr) == (2, True)


def test_settings_within_an_input_that_lead_out_of_it_are_refused(run: Run, tmp_path: Path) -> None:
    project(tmp_path, 'policy = "label"')
    (tmp_path / FILE).rename(tmp_path / "other.toml")
    (tmp_path / "in" / FILE).symlink_to("../other.toml")
    done = run("clean", ".", "-o", "../out", cwd=tmp_path / "in")
    assert (done.returncode, b"lies inside the input" in done.stderr) == (2, True)


def test_settings_that_everybody_may_write_are_refused(run: Run, tmp_path: Path) -> None:
    project(tmp_path, "")
    (tmp_path / FILE).chmod(0o666)
    assert run("clean", "in/a.txt").returncode == 2
    assert run("clean", "in/a.txt", "--config", FILE).returncode == 0


def test_settings_that_are_named_may_lie_anywhere_and_are_no_input(run: Run, tmp_path: Path) -> None:
    project(tmp_path, "")
    (tmp_path / FILE).rename(tmp_path / "in" / FILE)
    (tmp_path / "in" / FILE).write_text('mask = ["青石计划"]', encoding="utf-8")
    (tmp_path / "in" / IGNORE).write_text("*.txt\n", encoding="utf-8")
    done = run("clean", ".", "-q", "-o", "../out", "--config", FILE, cwd=tmp_path / "in")
    assert (done.returncode, done.stderr) == (0, b"redactor: skipped: hidden 1\n")  # the patterns of a stranger
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.txt"]
    assert "推进×" in (tmp_path / "out" / "a.txt").read_text(encoding="utf-8")


def test_the_ignore_file_lies_beside_the_settings_and_nowhere_else(run: Run, tmp_path: Path) -> None:
    project(tmp_path, 'exclude = ["b.txt"]')
    for name in ("b.txt", "c.txt", "d.txt", "e.txt"):
        (tmp_path / "in" / name).write_text(TEXT, encoding="utf-8")
    (tmp_path / IGNORE).write_text("# drafts\nc.*\n", encoding="utf-8")
    (tmp_path / "in" / IGNORE).write_text("a.txt\n", encoding="utf-8")
    done = run("clean", "in", "-o", "out", "--exclude", "d.txt")
    assert done.returncode == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.txt", "e.txt"]


def test_scan_has_the_same_settings(run: Run, tmp_path: Path) -> None:
    project(tmp_path, 'only = ["PERCENT"]\nbackup = ".orig"\n')
    done = run("scan", "in/a.txt")
    assert [row.split()[1] for row in done.stdout.decode().splitlines()] == ["PERCENT"]


FOUND = {
    "here": ("a", ["a"], "a"),
    "above": ("a/b/c", ["a"], "a"),
    "nearest": ("a/b/c", ["a", "a/b"], "a/b"),
    "not-over-a-repository": ("a/b/c", ["a"], None),
    "at-a-repository": ("a/b/c", ["a/b"], "a/b"),
    "not-in-the-home-folder": ("home/x/y", ["home"], None),
    "nor-above-it": ("home/x/y", ["."], None),
    "in-the-home-folder-when-working-there": ("home", ["home"], "home"),
}


@pytest.mark.parametrize(("cwd", "files", "expected"), FOUND.values(), ids=FOUND)
def test_where_settings_are_looked_for(
    tmp_path: Path, cwd: str, files: list[str], expected: str | None, request: pytest.FixtureRequest
) -> None:
    (tmp_path / cwd).mkdir(parents=True)
    for name in files:
        (tmp_path / name / FILE).touch()
    if "repository" in request.node.name:
        (tmp_path / "a" / "b" / ".git").mkdir()
    found = find(tmp_path / cwd, tmp_path / "home")
    assert found == (tmp_path / expected / FILE if expected else None)


def test_init_writes_settings_that_hold_line_by_line(run: Run, tmp_path: Path) -> None:
    assert run("init").returncode == 0
    text = (tmp_path / FILE).read_text(encoding="utf-8")
    assert tomllib.loads(text) == {}
    known = {option.key: option for option in all_settings()}
    examples = tomllib.loads("\n".join(line[2:] for line in text.splitlines() if line.split(" = ")[0][2:] in known))
    assert examples.keys() == known.keys()
    for key, value in examples.items():
        known[key].read(value, tmp_path, click.Context(clean, **clean.context_settings))
    again = run("init")
    assert (again.returncode, b"is there already" in again.stderr) == (2, True)
    assert (tmp_path / FILE).read_text(encoding="utf-8") == text


def test_every_key_has_a_meaning() -> None:
    settings = all_settings()
    assert len({option.key for option in settings}) == len(settings)
    assert all(option.help for option in settings)
    assert {
        entity
        for option in settings
        if option.key == "columns"
        for entity in tomllib.loads(f"x = {option.example}")["x"].values()
    } <= {*ENTITIES}
