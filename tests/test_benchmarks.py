"""The benchmark runner runs; its text is what the seed says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "run.py", *arguments], capture_output=True, timeout=120, check=True
    )
    return done.stdout.decode()


def test_compares_with_the_naive_loop() -> None:
    results = json.loads(run("--size", "0.01", "--json"))
    assert {"clean_mb_per_s", "publish_mb_per_s", "naive_mb_per_s", "publish_over_naive", "peak_mib"} <= results.keys()
    assert results["edits_per_1000_chars"] > 5
    assert results["naive_patterns"] > 50


def test_profile_names_rules() -> None:
    rows = json.loads(run("--size", "0.01", "--profile", "--json"))
    assert {"figures.percent", "boilerplate", "(all of publish)"} <= rows.keys()


def test_file_mode_reports_memory_of_the_command() -> None:
    results = json.loads(run("--file", "0.02", "--json"))
    assert results["file_mb"] == 0.0
    assert results["file_peak_mib"] > 10


def test_text_comes_from_the_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    from text import generate

    text = generate(0.05, seed=3)
    assert text == generate(0.05, seed=3)
    assert text != generate(0.05, seed=4)
    assert 50_000 <= len(text.encode()) < 55_000
    assert len(set(text.splitlines())) > 0.95 * len(text.splitlines())
