"""Rows H of the robustness list that concern the writing of files: locks, stale temporaries, inputs that change, two runs."""

from __future__ import annotations

import os
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from redactor.files import AtomicWriter, SteadyInput, remove_stale
from redactor.model import FormatError
from tests.conftest import COMMAND, Run

LINES = "请王建国同志牵头，同比增长12.5%以上。\n"


def old(path: Path, seconds: float = 3_600) -> Path:
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


def test_h13_temporary_is_private_and_beside_the_target(tmp_path: Path) -> None:
    with AtomicWriter(tmp_path / "out.txt") as writer:
        writer.write(b"secret")
        (temporary,) = tmp_path.glob(".redactor-tmp-*")
        assert stat.S_IMODE(temporary.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["out.txt"]


def test_h13_stale_temporaries_are_removed(tmp_path: Path) -> None:
    stale = tmp_path / ".redactor-tmp-0123456789abcdef"
    stale.write_bytes(b"left by a killed run")
    old(stale)
    with AtomicWriter(tmp_path / "out.txt") as writer:
        writer.write(b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["out.txt"]


def test_h13_a_killed_run_leaves_nothing_for_long(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text(LINES * 20_000, encoding="utf-8")
    running = subprocess.Popen([COMMAND, "clean", "in.txt", "-o", "out.txt"], cwd=tmp_path, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".redactor-tmp-*")) and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    running.kill()
    running.wait()
    left = list(tmp_path.glob(".redactor-tmp-*"))
    assert left, "the run ended before it could be killed"
    assert not (tmp_path / "out.txt").exists()
    for path in left:
        old(path)
    remove_stale(tmp_path)
    assert list(tmp_path.glob(".redactor-tmp-*")) == []


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda folder: (folder / ".redactor-tmp-young").write_bytes(b""), id="young"),
        pytest.param(lambda folder: old(folder / "notes.txt") if (folder / "notes.txt").write_bytes(b"") == 0 else None, id="of-another-name"),
        pytest.param(lambda folder: (folder / ".redactor-tmp-folder").mkdir(), id="a-folder"),
        pytest.param(lambda folder: (folder / ".redactor-tmp-link").symlink_to(folder / "elsewhere"), id="a-link"),
    ],
)  # fmt: skip
def test_h13_nothing_else_is_removed(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path)
    before = sorted(tmp_path.iterdir())
    remove_stale(tmp_path)
    assert sorted(tmp_path.iterdir()) == before


def test_h13_a_file_that_is_being_written_is_no_stale_one(tmp_path: Path) -> None:
    with AtomicWriter(tmp_path / "one.txt") as writer:
        writer.write(b"slow")
        (temporary,) = tmp_path.glob(".redactor-tmp-*")
        old(temporary)
        with AtomicWriter(tmp_path / "two.txt") as other:
            other.write(b"quick")
    assert (tmp_path / "one.txt").read_bytes() == b"slow"
    assert (tmp_path / "two.txt").read_bytes() == b"quick"


def test_h4_two_runs_on_one_output_never_mix(tmp_path: Path, run: Run) -> None:
    wanted = []
    for name, line in (("a.txt", LINES), ("b.txt", "请李晓明同志发言。\n")):
        (tmp_path / name).write_text(line * 3_000, encoding="utf-8")
        assert run("clean", name, "-o", f"{name}.alone").returncode == 0
        wanted.append((tmp_path / f"{name}.alone").read_bytes())
    together = [
        subprocess.Popen([COMMAND, "clean", name, "-o", "out.txt", "--force"], cwd=tmp_path, stderr=subprocess.DEVNULL)
        for name in ("a.txt", "b.txt")
    ]
    assert [process.wait(timeout=120) for process in together] == [0, 0]
    assert (tmp_path / "out.txt").read_bytes() in wanted
    assert list(tmp_path.glob(".redactor-tmp-*")) == []


CHANGES = [
    pytest.param(lambda path: path.write_bytes(path.read_bytes() + b"more"), "changed", id="grows"),
    pytest.param(lambda path: path.write_bytes(b""), "changed", id="shrinks"),
    pytest.param(lambda path: os.utime(path, (1, 1)), "changed", id="is-touched"),
    pytest.param(lambda path: path.unlink(), "was removed", id="is-removed"),
    pytest.param(lambda path: path.with_suffix(".new").rename(path), "changed", id="is-replaced"),
]


@pytest.mark.parametrize(("change", "message"), CHANGES)
def test_h5_an_input_that_changes_is_refused(tmp_path: Path, change: Callable[[Path], object], message: str) -> None:
    path = tmp_path / "in.txt"
    path.write_text(LINES, encoding="utf-8")
    path.with_suffix(".new").write_text(LINES, encoding="utf-8")
    with SteadyInput(path) as steady:
        steady.stream.read(4)
        steady.check()
        change(path)
        with pytest.raises(FormatError, match=message):
            steady.check()


def test_h3_the_output_appears_whole_when_the_block_ends(tmp_path: Path) -> None:
    # What a power cut leaves can't be tried here; that the new name is there with all bytes when the block ends can.
    with AtomicWriter(tmp_path / "out.txt") as writer:
        writer.write(b"x" * 1_000_000)
        assert not (tmp_path / "out.txt").exists()
    assert (tmp_path / "out.txt").stat().st_size == 1_000_000


def test_h14_little_memory_is_enough_or_the_run_fails_closed(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text(LINES * 150_000, encoding="utf-8")
    done = subprocess.run(
        ["bash", "-c", f"ulimit -v 1500000; exec {COMMAND} clean in.txt -o out.txt --policy clean"],
        cwd=tmp_path,
        capture_output=True,
        timeout=300,
    )
    if done.returncode == 0:
        assert (tmp_path / "out.txt").stat().st_size == (tmp_path / "in.txt").stat().st_size
    else:
        assert not (tmp_path / "out.txt").exists()
        assert done.stderr
