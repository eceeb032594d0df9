"""`redactor verify` as a user runs it: exit codes, what it says, its report, folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import Run

TEXT = "请王建国同志牵头，联系电话13800138000。\n同比增长12.5%以上。\n"


@pytest.fixture
def pair(run: Run, tmp_path: Path) -> tuple[Path, Path]:
    """An original and what the command has written of it."""
    source, target = tmp_path / "a.txt", tmp_path / "b.txt"
    source.write_text(TEXT, "utf-8")
    assert run("clean", source, "-o", target).returncode == 0
    return source, target


def test_what_clean_wrote_passes(run: Run, pair: tuple[Path, Path], tmp_path: Path) -> None:
    report = tmp_path / "r.json"
    done = run("verify", *pair, "--report", report)
    assert (done.returncode, done.stdout.decode()) == (0, f"{pair[1]}: passed\n")
    told = json.loads(report.read_text("utf-8"))
    assert told["totals"] == {"files": 1, "passed": 1, "unchecked": 0, "faulty": 0, "failed": 0}
    assert report.stat().st_mode & 0o777 == 0o600
    assert run("verify", *pair, "--report", report).returncode == 2  # it exists
    assert run("verify", *pair, "--against", report).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("key", ["settings", "input", "output"])
def test_a_hash_that_is_another_is_told(run: Run, pair: tuple[Path, Path], tmp_path: Path, key: str) -> None:
    report = tmp_path / "r.json"
    run("verify", *pair, "--report", report)
    told = json.loads(report.read_text("utf-8"))
    if key == "settings":
        told["settings"] = "0" * 64
    else:
        told["files"][0]["original" if key == "input" else "output"]["sha256"] = "0" * 64
    report.write_text(json.dumps(told), "utf-8")
    done = run("verify", *pair, "--against", report)
    assert done.returncode == 1
    assert b"bound" in done.stdout


def test_what_is_left_is_told_without_its_text(run: Run, pair: tuple[Path, Path]) -> None:
    pair[1].write_text(TEXT, "utf-8")
    done = run("verify", *pair)
    assert done.returncode == 1
    assert b"gone" in done.stdout
    assert b"again" in done.stdout
    assert "王建国" not in done.stdout.decode() + done.stderr.decode()
    assert "王建国" in run("verify", *pair, "--include-text").stdout.decode()


@pytest.mark.slow
def test_other_rules_are_seen(run: Run, pair: tuple[Path, Path]) -> None:
    assert run("verify", *pair, "--keep", "王建国").returncode == 1
    assert run("verify", *pair, "--policy", "label").returncode == 1


def test_what_can_not_be_read_is_an_error(run: Run, pair: tuple[Path, Path], tmp_path: Path) -> None:
    done = run("verify", pair[0], tmp_path / "none.txt")
    assert done.returncode == 2
    assert b"none.txt" in done.stderr


@pytest.mark.slow
def test_a_picture_is_not_checked(run: Run, tmp_path: Path) -> None:
    source, target = tmp_path / "a.html", tmp_path / "b.html"
    source.write_text('<p>请王建国同志牵头</p><img src="data:image/png;base64,iVBORw0KGgo=">', "utf-8")
    run("clean", source, "-o", target)
    assert run("verify", source, target).returncode == 3
    assert run("verify", source, target, "--allow-unchecked").returncode == 0


def test_the_name_of_the_output_counts(run: Run, pair: tuple[Path, Path]) -> None:
    named = pair[1].rename(pair[1].with_name("王建国讲话.txt"))
    done = run("verify", pair[0], named)
    assert done.returncode == 1
    assert b"shell" in done.stdout


@pytest.mark.slow
def test_folders(run: Run, tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    (source / "deep").mkdir(parents=True)
    (source / "a.txt").write_text(TEXT, "utf-8")
    (source / "deep" / "b.html").write_text("<p>请王建国同志牵头</p>", "utf-8")
    run("clean", source, "-o", target)
    assert run("verify", source, target).returncode == 0
    (target / "more.txt").write_text("一句话。", "utf-8")
    done = run("verify", source, target)
    assert done.returncode == 2
    assert b"more.txt" in done.stderr
    (target / "more.txt").unlink()
    (target / "a.txt").unlink()
    assert run("verify", source, target).returncode == 2


def test_in_chinese(run: Run, pair: tuple[Path, Path]) -> None:
    assert run("verify", *pair, env={"REDACTOR_LANG": "zh"}).stdout.decode() == f"{pair[1]}：通过\n"
