"""What runs keep beside outputs: originals, which no later run touches, and records set aside, which never outlive their output."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from redactor.files import marks
from tests.cli.test_selection import MASKED, TEXT, fill, tree
from tests.conftest import Run

BAD = '{"t":"请李\n'
MIXED = f'{{"t":"请王建国同志牵头"}}\n{BAD}'
MENDED = '{"t":"请王建国同志牵头"}\n'
GOOD = '{"t":"请×同志牵头"}\n'
LATER = {
    "folder": ["in"],
    "named": ["in/a.txt", "in/a.txt{suffix}"],
    "another-suffix": ["in", "--backup=.2"],
    "from-a-list": ["--files-from", "list"],
}


def _has_marks(folder: Path) -> bool:
    probe = folder / "probe"
    probe.touch()
    marks.mark_original(probe)
    marked = marks._is_marked(probe)
    probe.unlink()
    return marked


@pytest.mark.sampled(6)
@pytest.mark.parametrize("later", LATER.values(), ids=LATER)
@pytest.mark.parametrize("suffix", [".bak", ".orig", "~", "-2026", ".txt"])
def test_originals_outlive_later_runs_in_place(run: Run, tmp_path: Path, suffix: str, later: list[str]) -> None:
    if suffix != ".bak" and not _has_marks(tmp_path):
        pytest.skip("no extended attributes here")
    fill(tmp_path, {"in/a.txt": TEXT, "list": f"in/a.txt\nin/a.txt{suffix}\n"})
    assert run("clean", "in", "--in-place", f"--backup={suffix}").returncode == 0
    kept = {"a.txt": MASKED.encode(), f"a.txt{suffix}": TEXT.encode()}
    assert tree(tmp_path / "in") == kept
    done = run("clean", *(each.format(suffix=suffix) for each in later), "--in-place")
    assert done.returncode == 0
    assert tree(tmp_path / "in") == kept
    assert b"skipped: backup 1" in done.stderr


def test_a_file_that_is_called_like_a_copy_and_is_none_is_redacted(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "in", {"a.bak": TEXT, "log": TEXT, "log.1": TEXT, "b.txt.orig": TEXT})
    assert run("clean", "in", "--in-place").returncode == 0
    assert set(tree(tmp_path / "in").values()) == {MASKED.encode()}


def test_an_original_of_a_run_that_was_killed_is_redacted(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "in", {"a.txt": TEXT})
    os.link(tmp_path / "in" / "a.txt", tmp_path / "in" / "a.txt.orig")
    marks.mark_original(tmp_path / "in" / "a.txt")
    assert run("clean", "in/a.txt", "--in-place", "--backup=.orig").returncode == 0
    assert tree(tmp_path / "in") == {"a.txt": MASKED.encode(), "a.txt.orig": TEXT.encode()}


def test_a_clean_output_takes_the_place_of_records_set_aside(run: Run, tmp_path: Path) -> None:
    fill(tmp_path, {"a.jsonl": MIXED})
    made = ("clean", "a.jsonl", "-o", "out.jsonl", "--bad-lines", "quarantine")
    assert run(*made).returncode == 3
    assert (tmp_path / "out.jsonl.bad").read_text(encoding="utf-8") == BAD
    fill(tmp_path, {"a.jsonl": MENDED})
    (tmp_path / "out.jsonl").unlink()
    refused = run(*made)
    assert (refused.returncode, b"out.jsonl.bad: holds what an earlier run has set aside" in refused.stderr) == (
        2,
        True,
    )
    assert not (tmp_path / "out.jsonl").exists()
    told = run("clean", "a.jsonl", "-o", "out.jsonl", "--force")
    assert told.returncode == 0
    assert b"out.jsonl.bad beside it holds records of an earlier run, not redacted" in told.stderr
    assert run(*made, "--force").returncode == 0
    assert tree(tmp_path) == {"a.jsonl": MENDED.encode(), "out.jsonl": GOOD.encode()}


def test_a_run_that_is_taken_up_does_without_what_it_has_set_aside(run: Run, tmp_path: Path) -> None:
    fill(tmp_path, {"in/a.jsonl": MIXED, "in/b.jsonl": MENDED})
    made = ("clean", "in", "-o", "out", "--bad-lines", "quarantine", "--state", "st")
    assert run(*made).returncode == 3
    fill(tmp_path, {"in/a.jsonl": MENDED})
    assert run(*made).returncode == 0
    assert tree(tmp_path / "out") == {"a.jsonl": GOOD.encode(), "b.jsonl": GOOD.encode()}


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["", "force"])
def test_in_place_records_set_aside_are_the_only_copy(run: Run, tmp_path: Path, force: list[str]) -> None:
    fill(tmp_path / "in", {"a.jsonl": MIXED})
    made = ("clean", "in", "--in-place", "--bad-lines", "quarantine", *force)
    kept = {"a.jsonl": GOOD.encode(), "a.jsonl.bad": BAD.encode()}
    assert run(*made).returncode == 3
    assert tree(tmp_path / "in") == kept
    again = run(*made)
    assert (again.returncode, b"a.jsonl.bad beside it holds records" in again.stderr) == (0, True)
    assert tree(tmp_path / "in") == kept
    fill(tmp_path / "in", {"a.jsonl": MIXED.replace("李", "张")})
    other = run(*made)
    assert (other.returncode, b"of which there is no other copy" in other.stderr) == (2, True)
    assert (tmp_path / "in" / "a.jsonl.bad").read_text(encoding="utf-8") == BAD
