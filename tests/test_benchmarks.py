"""The benchmark runner runs; its text is what the seed says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


def run(*arguments: str | Path, script: str = "run.py") -> str:
    done = subprocess.run(
        [sys.executable, BENCHMARKS / script, *arguments], capture_output=True, timeout=600, check=True
    )
    return done.stdout.decode()


@pytest.mark.slow
def test_compares_with_the_naive_loop() -> None:
    results = json.loads(run("--size", "0.01", "--json"))
    assert {"clean_mb_per_s", "publish_mb_per_s", "naive_mb_per_s", "publish_over_naive", "peak_mib"} <= results.keys()
    assert results["edits_per_1000_chars"] > 5
    assert results["naive_patterns"] > 50


@pytest.mark.slow
def test_profile_names_rules() -> None:
    profile = json.loads(run("--size", "0.01", "--profile", "--json"))
    assert {"figures.percent", "boilerplate", "network"} <= {row["name"] for row in profile["rows"]}
    assert profile["total"]["findings"] > 0


@pytest.mark.slow
def test_file_mode_reports_memory_of_the_command() -> None:
    results = json.loads(run("--file", "0.02", "--json"))
    assert results["file_mb"] == 0.0
    assert results["file_peak_mib"] > 10


@pytest.mark.slow
def test_linear_gives_a_row_for_each_size() -> None:
    rows = json.loads(run("--linear", "0.01", "0.02", "--size", "0.8", "--json"))
    assert [row["mb"] for row in rows] == [0.01, 0.02, 0.8]
    assert all(row["two_jobs_write_the_same"] and row["peak_mib"] > 10 and row["seconds"] > 0 for row in rows)
    assert rows[-1]["off_the_line"] == "+0.0%"


@pytest.mark.slow
def test_jobs_compares_many_files_and_a_large_one() -> None:
    many, large = json.loads(run("--jobs", "3", "--files", "4", "--size", "0.3", "--json"))
    assert (many["what"], large["what"], large["mb"]) == ("4 files", "one file", 0.3)
    for row in (many, large):
        assert row["same"]
        assert {"seconds_1", "seconds_3", "times_as_fast"} <= row.keys()


@pytest.mark.slow
def test_peers_are_scored_in_one_table(tmp_path: Path) -> None:
    for name in ("jieba", "rjieba", "helan", "presidio_analyzer"):
        pytest.importorskip(name)
    (tmp_path / "gold.bio").write_text(
        "请 O\n王 B-PER\n建 I-PER\n国 I-PER\n到 O\n北 B-LOC\n京 I-LOC\n", encoding="utf-8"
    )
    rows = run(tmp_path / "gold.bio", script="peers.py").splitlines()[1:]
    assert [row[:16].strip() for row in rows] == [
        "jieba.posseg",
        "rjieba",
        "helan",
        "presidio",
        "naive loop",
        "redactor",
    ]


def test_text_comes_from_the_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    from text import generate

    text = generate(0.05, seed=3)
    assert text == generate(0.05, seed=3)
    assert text != generate(0.05, seed=4)
    assert 50_000 <= len(text.encode()) < 55_000
    assert len(set(text.splitlines())) > 0.95 * len(text.splitlines())


@pytest.mark.slow
def test_our_row_beside_other_programs_is_what_comes_out() -> None:
    """Of this program the pages say what it does now; the rows of others stand with their versions and a date."""
    *_, row = run("redactor", script="compare.py").splitlines()
    cells = row.split(" | ")[1:8]
    for page in ("README.md", "README.zh-CN.md", "docs/comparison.md", "docs/comparison.zh-CN.md"):
        text = (BENCHMARKS.parent / page).read_text("utf-8")
        (told,) = [line for line in text.splitlines() if line.startswith("| redactor 0")]
        assert told.strip("| ").split(" | ")[1:8] == cells, page
