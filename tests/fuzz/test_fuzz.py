"""A short run of each target: its seeds, and mutants of them that are the same each time."""

from __future__ import annotations

import time
import zlib
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.draws import everything
from tests.fuzz.loop import Current, Sums, forget_mended, keep_fault
from tests.fuzz.outcome import Found, Outcome, PromiseError, attempt
from tests.fuzz.targets import CORPUS, TARGETS, Target

NUMBER = 200
"""Mutants with --slow; without it some, so that each target is known to work."""
STRUCTURED = ("pdf", "docx", "xlsx", "pptx", "eml", "zip")
TARGET = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)


def mutants(target: Target, number: int) -> list[bytes]:
    """Mutants of the seeds, and mutants of some of those."""
    rng = Random(target.name)
    seeds = target.seeds()
    made = []
    for _ in range(number):
        once = target.mutate(rng.choice(seeds), rng)
        made.append(target.mutate(once, rng) if rng.random() < 0.2 else once)
    return made


@TARGET
@pytest.mark.slow
def test_nothing_breaks(target: Target) -> None:
    # All the built-in rules take a second a mutant.
    for data in (*target.seeds(), *mutants(target, NUMBER if everything and target.name != "builtin" else 5)):
        came = attempt(target.run, data, seconds=60)
        assert not isinstance(came, Found), f"{came.told}\n{data!r}"


@TARGET
def test_seeds_come_past_the_first_checks(target: Target) -> None:
    """What is refused at once shows nothing of a reader: one of a target's seeds may be so."""
    came = [attempt(target.run, data) for data in islice(target.seeds(), 6)]
    assert sum(isinstance(each, Found) or each[0] is Outcome.UNREAD for each in came) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("name", STRUCTURED)
def test_most_mutants_come_past_the_first_checks(name: str) -> None:
    target = TARGETS[name]
    came = [attempt(target.run, data) for data in mutants(target, 100)]
    passed = [each for each in came if not isinstance(each, Found) and each[0] is not Outcome.UNREAD]
    assert len(passed) >= 50


def test_mutants_are_the_same_each_time() -> None:
    for target in TARGETS.values():
        if target.name not in ("parquet", "arrow"):  # their library writes what differs from run to run
            assert mutants(target, 3) == mutants(target, 3), target.name


def test_mutants_are_the_same_on_each_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a zlib of its own, which compresses in its own way: no draw may depend on what comes out."""
    names = ("zip", "docx", "xlsx", "pptx", "gzip")
    here = [mutants(TARGETS[name], 15) for name in names]
    compressed = zlib.compressobj

    def worse(level: int = -1, method: int = zlib.DEFLATED, bits: int = zlib.MAX_WBITS, *_: int) -> Any:
        return compressed(level, method, bits, zlib.DEF_MEM_LEVEL, zlib.Z_HUFFMAN_ONLY)

    monkeypatch.setattr(zlib, "compressobj", worse)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert [mutants(TARGETS[name], 15) for name in names] == here


def test_seeds_are_small_and_there() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(TARGETS)
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < 300_000


def test_a_fault_is_seen_and_named_by_its_place(tmp_path: Path) -> None:
    def breaks(data: bytes) -> tuple[Outcome, str]:
        if data == b"hang":
            while True:
                time.monotonic()
        raise PromiseError("broken") if data else ValueError

    for data in (b"", b"x", b"hang"):
        came = attempt(breaks, data, seconds=0.05)
        assert isinstance(came, Found)
        keep_fault(tmp_path, came.key, came.told, data + b"longer")
        keep_fault(tmp_path, came.key, came.told, data)
    assert len(list(tmp_path.glob("faults/*/input"))) == 3
    assert {path.read_bytes() for path in tmp_path.glob("faults/*/input")} == {b"", b"x", b"hang"}


def test_a_fault_that_is_mended_is_forgotten(tmp_path: Path) -> None:
    target = TARGETS["text"]
    keep_fault(tmp_path, "ValueError somewhere", "", b"abc")
    keep_fault(tmp_path, "never ends", "", b"abc")
    forget_mended(target, tmp_path)
    assert [path.read_text("utf-8") for path in tmp_path.glob("faults/*/told.txt")] == ["never ends\n\n"]


def test_sums_add_up_and_the_last_input_is_known(tmp_path: Path) -> None:
    sums = Sums.read(tmp_path / "sums.json")
    for outcome in ("DONE", "DONE", "UNREAD", "REFUSED"):
        sums.executions += 1
        sums.outcomes[outcome] += 1
    sums.write(tmp_path / "sums.json")
    assert Sums.read(tmp_path / "sums.json") == sums
    assert sums.passed == 0.75
    Current(tmp_path / "current").put(b"abc")
    current = Current(tmp_path / "current")
    assert current.get()[1] == b"abc"
    assert abs(current.changed() - time.monotonic()) < 60
    assert current.get()[0] <= time.process_time()
