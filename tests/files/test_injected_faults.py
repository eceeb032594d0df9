"""SAFETY-F1 to F3: whatever system call fails, in whichever process, or kills it: outputs are old or new, inputs as they were, temporary
files their owner's, messages true and one line each, and nothing hangs. `python -m tests.files.injected` does many more such runs."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.files.injected import SCENARIOS, Bench, failing

FAULTS = (
    ("write", "ENOSPC", 0),
    ("write", "KILL", 1),
    ("openat", "EMFILE", 0),
    ("close", "EIO", 0),
    ("close", "EIO", 3),
    ("close", "KILL", 1),
    ("rename", "EIO", 0),
    ("rename", "KILL", 0),
    ("fsync", "EIO", 0),
    ("fsync", "KILL", 0),
    ("fsync", "KILL", 1),
    ("fchmod", "EIO", 0),
    ("fchmod", "KILL", 0),
    ("read", "EIO", 1),
    ("clone", "EAGAIN", 0),
    ("mmap", "ENOMEM", 0),
)
"""A call, what becomes of it, and how many such calls before the last that a process makes."""


@pytest.fixture(scope="module", params=SCENARIOS)
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A way to call the command, tried once without a fault."""
    found = Bench(request.param, tmp_path_factory.mktemp("faults"))
    found.prepare(traced=_can_trace())
    return found


def _can_trace() -> bool:
    """Whether strace is here and may take hold of our own processes."""
    if not shutil.which("strace"):
        return False
    return subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "error", "before"), [pytest.param(*f, id=f"SAFETY-F1-F2-F3-{f[0]}-{f[1]}-{f[2]}") for f in FAULTS]
)
def test_a_fault_leaves_all_as_it_was_or_as_it_should_be(bench: Bench, call: str, error: str, before: int) -> None:
    if not bench.calls:
        pytest.skip("no strace here: the test below does with less")
    number = max(1, bench.calls[call] - before)
    assert bench.fault(call, error, number) == []


@pytest.mark.slow
@pytest.mark.parametrize("call", ["fsync", "rename", "fchmod"], ids=lambda call: f"SAFETY-F2-{call}")
def test_a_call_that_always_fails_does_the_same_without_strace(bench: Bench, call: str) -> None:
    bench.restore()
    done = failing(call, "EIO", "clean", *bench.scenario.words, cwd=bench.place)
    assert list(bench.wrong(done, killed=False)) == []
