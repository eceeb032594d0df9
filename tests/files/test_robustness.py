"""Faults around files: rows H1–H5, H11, H13–H15 of the robustness list, each id beginning with its row."""

from __future__ import annotations

import fcntl
import json
import os
import random
import resource
import signal
import stat
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from redactor.files import inputs
from redactor.files.atomic import AtomicWriter, remove_stale
from redactor.files.inputs import SteadyInput
from redactor.files.state import State
from redactor.model import FormatError
from redactor.parallel.pool import in_order
from redactor.text.whole_file import open_regular
from tests.command import Started
from tests.conftest import COMMAND, Run, warm
from tests.draws import everything, slow
from tests.files.injected import failing

FAULTY = Path(__file__).with_name("faulty_writer.py")
TEXT = "请王建国同志牵头，同比增长12.5%以上。\n"
MASKED = "请×同志牵头，同比增长×%以上。\n"
SEEDS = [(0, ()), (1, pytest.mark.slow), *((s, pytest.mark.huge) for s in range(2, 6))]


def faulty(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run([sys.executable, FAULTY, *arguments], capture_output=True, timeout=300, check=False, cwd=cwd)
    if done.returncode == 77:
        pytest.skip("this kernel has no seccomp filters for us")
    return done


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def start(*arguments: str | Path, cwd: Path) -> Started:
    """The command in a fork, which writes soon."""
    warm()
    return Started(arguments, cwd)


def start_installed(*arguments: str | Path, cwd: Path) -> subprocess.Popen[bytes]:
    """The command as it is installed, which loads its rules first."""
    return subprocess.Popen(
        [COMMAND, *arguments], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=hear_interrupts
    )


def hear_interrupts() -> None:
    """Undo what the shell of a background job does: it has its children ignore SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_for(condition: Callable[[], object], process: Started | subprocess.Popen[bytes]) -> bool:
    """Whether the condition comes true before the process ends."""
    while process.poll() is None:
        if condition():
            return True
        time.sleep(0.002)
    return False


def temporaries(folder: Path) -> list[Path]:
    return list(folder.glob(".redactor-tmp-*"))


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def end(process: Started | subprocess.Popen[bytes]) -> tuple[int, str]:
    _, message = process.communicate(timeout=120)
    return process.returncode, message.decode()


# H1, H3: the order of things on the way to the disk


def test_h1_killed_before_and_after_every_call_of_the_writer(tmp_path: Path) -> None:
    found = json.loads(faulty("kill", tmp_path / "out").stdout)
    states = [state for _, state, _, _ in found]
    assert len(states) > 50
    assert set(states) == {"old", "new"}
    assert states == sorted(states, reverse=True)  # old until the rename, new from then on
    left = [name for _, _, others, _ in found for name in others]
    assert left
    assert all(name.startswith(".redactor-tmp-") for name in left)
    assert found[-1][2] == []
    assert [row for row in found if row[3]] == []  # SAFETY-F1


@pytest.mark.sampled(3)
@pytest.mark.parametrize("seed", [pytest.param(s, marks=marks, id=f"h1-seed-{s}") for s, marks in SEEDS])
def test_h1_killed_at_random_leaves_every_output_old_or_new(tmp_path: Path, seed: int) -> None:
    files = [f"{n:02}.txt" for n in range(40)]
    for folder, content in (("in", TEXT * 40), ("out", "old")):
        (tmp_path / folder).mkdir()
        for name in files:
            (tmp_path / folder / name).write_text(content, encoding="utf-8")
    chance = random.Random(seed)
    for _ in range(4 if everything else 2):
        process = start_installed(
            "clean", "in", "-o", "out", "--force", "--jobs", str(chance.choice((1, 2))), cwd=tmp_path
        )
        if chance.random() < 0.75:  # most kills while files are written, some while rules are loaded
            wait_for(lambda: temporaries(tmp_path / "out"), process)
        time.sleep(chance.random() * 0.4)
        process.kill()
        end(process)
        contents = {(tmp_path / "out" / name).read_text(encoding="utf-8") for name in files}
        assert contents <= {"old", MASKED * 40}
    whole = start("clean", "in", "-o", "out", "--force", cwd=tmp_path)
    assert end(whole)[0] == 0
    assert names(tmp_path / "out") == files
    assert {(tmp_path / "out" / name).read_text(encoding="utf-8") for name in files} == {MASKED * 40}


def test_h3_synced_then_renamed_then_the_folder_synced(tmp_path: Path) -> None:
    calls = json.loads(faulty("order", tmp_path / "out").stdout)
    whole = f"replace with {len(b'new ') * 50_000} bytes"
    assert [c for c in calls if c.startswith(("fsync", "replace"))] == ["fsync", whole, "fsync"]
    assert calls.index("write") < calls.index("fsync")


# H2: no room, bad disk


@pytest.mark.parametrize("error", ["ENOSPC", slow("EIO"), slow("EDQUOT"), slow("EFBIG")])
@pytest.mark.parametrize("call", ["openat", "write", "close", "fsync", "rename"], ids=lambda c: f"h2-{c}")
def test_h2_a_call_that_fails_keeps_the_old_output(tmp_path: Path, call: str, error: str) -> None:
    (tmp_path / "out").write_text("old", encoding="utf-8")
    assert faulty("fail", call, error, tmp_path / "out").returncode == 0
    assert names(tmp_path) == ["out"]
    assert (tmp_path / "out").read_text(encoding="utf-8") == "old"


@pytest.mark.sampled(2)
@pytest.mark.parametrize("error", ["EPERM", slow("EIO")], ids=lambda e: f"SAFETY-F1-{e}")
def test_an_output_whose_mode_cannot_be_set_is_whole_and_its_owners_alone(tmp_path: Path, error: str) -> None:
    (tmp_path / "in.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "out.txt").write_text("old", encoding="utf-8")
    done = failing("fchmod", error, "clean", "in.txt", "-o", "out.txt", "--force", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(b"redactor: in.txt: out.txt: can't be made readable for others: ")
    assert done.stderr.endswith(b"; out.txt was written, and is whole\n")
    assert done.stderr.count(b"\n") == 1
    assert names(tmp_path) == ["in.txt", "out.txt"]
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == MASKED
    assert mode(tmp_path / "out.txt") & 0o077 == 0


@pytest.mark.sampled(2)
@pytest.mark.parametrize("call", [slow("fsync"), "rename"], ids=lambda c: f"h2-command-{c}")
def test_h2_the_command_says_so_in_one_line(tmp_path: Path, call: str) -> None:
    (tmp_path / "in.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "out.txt").write_text("old", encoding="utf-8")
    done = failing(call, "EIO", "clean", "in.txt", "-o", "out.txt", "--force", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"redactor: out.txt: can't be written: Input/output error\n"
    assert names(tmp_path) == ["in.txt", "out.txt"]
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == "old"


def test_h2_a_full_disk(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text(TEXT * 1500, encoding="utf-8")
    (tmp_path / "disk").mkdir()
    script = (
        "mount -t tmpfs -o size=64k none disk || exit 77; printf old > disk/out.txt;"
        f' "{COMMAND}" clean in.txt -o disk/out.txt --force; echo "$?"; ls -A disk; cat disk/out.txt'
    )
    try:
        done = subprocess.run(
            ["unshare", "--map-root-user", "--mount", "bash", "-c", script],
            cwd=tmp_path, capture_output=True, timeout=120, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("no unshare")
    if done.returncode == 77 or b"unshare" in done.stderr:
        pytest.skip("can't mount here")
    assert done.stdout == b"2\nout.txt\nold"
    assert done.stderr == b"redactor: disk/out.txt: can't be written: No space left on device\n"


@pytest.mark.parametrize("option", ["-o", "--report"], ids=lambda o: f"h2-{o}")
def test_h2_a_pipe_or_device_is_never_replaced_by_a_file(run: Run, tmp_path: Path, option: str) -> None:
    (tmp_path / "in.txt").write_text(TEXT, encoding="utf-8")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for name in ("pipe", "link"):
        done = run("clean", "in.txt", option, name, "--force")
        assert done.returncode == 2
        assert f"{name}: not a regular file".encode() in done.stderr
        assert stat.S_ISFIFO((tmp_path / name).stat().st_mode)


# H4, H5: others at work on the same files


def test_h4_runs_on_one_output_leave_one_whole_text(tmp_path: Path) -> None:
    for n in range(4):
        (tmp_path / f"{n}.txt").write_text(f"{n}{TEXT}" * 400, encoding="utf-8")
    for _ in range(2 if everything else 1):
        runs = [start("clean", f"{n}.txt", "-o", "out.txt", "--force", cwd=tmp_path) for n in range(4)]
        assert [end(process) for process in runs] == [(0, "")] * 4
        text = (tmp_path / "out.txt").read_text(encoding="utf-8")
        assert text in {f"{n}{MASKED}" * 400 for n in range(4)}
        assert temporaries(tmp_path) == []


def test_h4_a_file_that_two_runs_find_before_its_lock_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have opened it; one removes it at once, the other only when the one made again stands under its name."""
    flock, opened, made_again = fcntl.flock, threading.Event(), threading.Event()
    late = threading.Thread(target=remove_stale, args=(tmp_path,))

    def in_this_order(descriptor: int, operation: int) -> None:
        if threading.current_thread() is late:
            opened.set()
            made_again.wait(60)
        elif operation == fcntl.LOCK_EX and not opened.is_set():
            late.start()
            assert opened.wait(60)
            assert remove_stale(tmp_path) == 0  # of a run that lives: nothing to tell of
            assert temporaries(tmp_path) == []
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", in_this_order)
    with AtomicWriter(tmp_path / "out") as writer:
        made_again.set()
        late.join()
        writer.write(b"whole")
    assert names(tmp_path) == ["out"]
    assert (tmp_path / "out").read_bytes() == b"whole"


def grow(file: Path) -> None:
    with file.open("a", encoding="utf-8") as stream:
        stream.write("更多\n")


def shrink(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def replace(file: Path) -> None:
    file.with_name("other").write_bytes(file.read_bytes())
    file.with_name("other").replace(file)


def rewrite(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.write("李".encode())


CHANGES = [grow, shrink, replace, rewrite, Path.unlink]


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: f"h5-{c.__name__}")
def test_h5_an_input_that_changes_while_read_is_refused(tmp_path: Path, change: Callable[[Path], None]) -> None:
    file = tmp_path / "in.txt"
    file.write_text(TEXT * 5, encoding="utf-8")
    with SteadyInput(file) as source:
        source.stream.read(40)
        source.check()
        time.sleep(0.02)  # past the grain of the file system's clock
        change(file)
        with pytest.raises(FormatError, match="in.txt: (changed|was removed) while it was read"):
            source.check()


def test_h5_an_input_removed_just_before_it_is_opened_again_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "in.txt"
    file.write_text(TEXT, encoding="utf-8")

    def too_late(path: Path) -> object:
        path.unlink()
        return open_regular(path)

    with SteadyInput(file) as source:
        monkeypatch.setattr(inputs, "open_regular", too_late)
        with pytest.raises(FormatError, match="in.txt: was removed while it was read"):
            source.again()


@pytest.mark.sampled(3)
@pytest.mark.parametrize("in_place", [False, True], ids=["h5-to-a-file", "h5-in-place"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda c: f"h5-command-{c.__name__}")
def test_h5_the_command_writes_nothing_then(tmp_path: Path, change: Callable[[Path], None], in_place: bool) -> None:
    file = tmp_path / "in.txt"
    file.write_text(TEXT * 120_000, encoding="utf-8")
    arguments = ["in.txt", "--in-place"] if in_place else ["in.txt", "-o", "out.txt"]
    process = start("clean", *arguments, "--policy", "clean", cwd=tmp_path)
    # The temporary file appears once the input has been opened, and goes only after the last look at it.
    assert wait_for(lambda: temporaries(tmp_path), process)
    change(file)
    after = file.read_bytes() if file.exists() else None
    code, message = end(process)
    assert code == 2
    assert "while it was read" in message or "at byte" in message or "same bytes" in message
    assert names(tmp_path) == ([] if after is None else ["in.txt"])
    assert after is None or file.read_bytes() == after


# H10: ended from outside


@pytest.mark.parametrize(
    ("sign", "code", "message"),
    [
        pytest.param(signal.SIGTERM, 143, "", id="h10-sigterm"),
        pytest.param(signal.SIGINT, 130, "redactor: interrupted", id="h10-ctrl-c"),
    ],
)
def test_h10_while_a_file_is_written_nothing_is_left(
    tmp_path: Path, sign: signal.Signals, code: int, message: str
) -> None:
    (tmp_path / "in.txt").write_text(TEXT * 120_000, encoding="utf-8")
    process = start("clean", "in.txt", "-o", "out.txt", cwd=tmp_path)
    assert wait_for(lambda: temporaries(tmp_path), process)
    process.send_signal(sign)
    ended, said = end(process)
    assert (ended, said.strip()) == (code, message)
    assert names(tmp_path) == ["in.txt"]


# H11: taken up where it ended


def collection(tmp_path: Path, count: int = 12) -> None:
    (tmp_path / "in").mkdir()
    for n in range(count):
        (tmp_path / "in" / f"{n:02}.txt").write_text(f"{n}、{TEXT}" * 60, encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [pytest.param("1", id="h11-jobs-1"), slow("3", id="h11-jobs-3")])
def test_h11_a_killed_run_is_taken_up(run: Run, tmp_path: Path, jobs: str) -> None:
    collection(tmp_path)
    assert run("clean", "in", "-o", "whole", "--policy", "label").returncode == 0
    arguments = ("clean", "in", "-o", "out", "--state", "state", "--policy", "label", "--jobs", jobs)
    done: dict[str, tuple[int, int]] = {}
    for at in (1, 4, 8):
        process = start(*arguments, cwd=tmp_path)
        wait_for(lambda n=at: len(list((tmp_path / "out").glob("*.txt"))) >= n, process)
        process.kill()
        end(process)
        time.sleep(0.3)  # a worker may still be at its last file
        for name, (inode, written) in done.items():
            status = (tmp_path / "out" / name).stat()
            assert (status.st_ino, status.st_mtime_ns) == (inode, written)
        finished = [json.loads(row) for row in (tmp_path / "state").read_bytes().split(b"\n")[:-1]]
        for name in (Path(row["done"]).name for row in finished if "done" in row):
            status = (tmp_path / "out" / name).stat()
            done[name] = (status.st_ino, status.st_mtime_ns)
    last = run(*arguments)
    assert (last.returncode, last.stdout) == (0, b"")
    assert done
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


@pytest.mark.slow
def test_h11_only_the_same_input_rules_and_settings_count_as_done(run: Run, tmp_path: Path) -> None:
    collection(tmp_path, 3)
    arguments = ("clean", "in", "-o", "out", "--state", "state", "--force")
    before: list[int] = []

    def skipped(*more: str | Path) -> list[bool]:
        assert run(*arguments, *more).returncode == 0
        written = [path.stat().st_ino for path in sorted((tmp_path / "out").iterdir())]
        same = [old == new for old, new in zip(before or [0] * 3, written, strict=True)]
        before[:] = written
        return same

    assert skipped() == [False, False, False]
    assert skipped() == [True, True, True]
    (tmp_path / "in" / "01.txt").write_text("请李晓明同志牵头\n", encoding="utf-8")
    assert skipped() == [True, False, True]
    (tmp_path / "out" / "02.txt").write_text("edited by hand", encoding="utf-8")
    assert skipped() == [True, True, False]
    assert skipped("--policy", "label") == [False, False, False]
    (tmp_path / "keep.txt").write_text("王建国", encoding="utf-8")
    assert skipped("--keep-file", "keep.txt") == [False, False, False]
    assert skipped("--keep-file", "keep.txt") == [True, True, True]
    (tmp_path / "keep.txt").write_text("李晓明", encoding="utf-8")
    assert skipped("--keep-file", "keep.txt") == [False, False, False]


def test_h11_an_output_that_somebody_changed_needs_force(run: Run, tmp_path: Path) -> None:
    collection(tmp_path, 2)
    assert run("clean", "in", "-o", "out", "--state", "state").returncode == 0
    (tmp_path / "out" / "00.txt").write_text("edited by hand", encoding="utf-8")
    assert run("clean", "in", "-o", "out", "--state", "state").returncode == 2
    assert (tmp_path / "out" / "00.txt").read_text(encoding="utf-8") == "edited by hand"


def test_h11_in_place_is_taken_up_too(run: Run, tmp_path: Path) -> None:
    collection(tmp_path, 2)
    assert run("clean", "in", "--in-place", "--state", "state").returncode == 0
    before = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "in").iterdir()}
    assert run("clean", "in", "--in-place", "--state", "state").returncode == 0
    assert {p.name: p.stat().st_mtime_ns for p in (tmp_path / "in").iterdir()} == before


def test_h11_the_state_is_private_and_kept_from_inputs_and_outputs(run: Run, tmp_path: Path) -> None:
    collection(tmp_path, 1)
    assert run("clean", "in", "-o", "out", "--state", "state").returncode == 0
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o600
    for place in ("out/state", "in/state"):
        done = run("clean", "in", "-o", "out", "--state", place)
        assert done.returncode == 2
        assert b"keep it with the originals" in done.stderr
    (tmp_path / "notes").write_text("notes of mine\n", encoding="utf-8")
    assert b"not a state file" in run("clean", "in", "-o", "out", "--state", "notes").stderr
    assert (tmp_path / "notes").read_text(encoding="utf-8") == "notes of mine\n"


def test_h11_a_torn_last_line_is_dropped_and_two_runs_are_kept_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("redactor.files.state._PATIENCE", 0.1)
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_text("in", encoding="utf-8")
    target.write_text("out", encoding="utf-8")
    with State(tmp_path / "state", "run") as state:
        state.begin(target)
        state.finish(target, "0" * 64)
        with pytest.raises(FormatError, match="in use by another run"):
            State(tmp_path / "state", "run")
    whole = (tmp_path / "state").read_bytes()
    for cut in range(len(whole)):
        (tmp_path / "state").write_bytes(whole[:cut])
        with State(tmp_path / "state", "run") as state:
            assert state.may_overwrite(target) == (whole.count(b"\n", 0, cut) > 1)  # the first line is the key
        kept = whole[: whole.rfind(b"\n", 0, cut) + 1]
        left = (tmp_path / "state").read_bytes()
        assert left == kept if kept else left.startswith(b'{"key": "')


# H13: what killed runs leave


def test_h13_the_next_run_removes_what_a_killed_one_left(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text(TEXT * 120_000, encoding="utf-8")
    process = start("clean", "in.txt", "-o", "out.txt", "--policy", "clean", cwd=tmp_path)
    # From its lock on, it is known to be no file that a run is just making.
    assert wait_for(lambda: [file for file in temporaries(tmp_path) if mode(file) == 0o600], process)
    (left,) = temporaries(tmp_path)
    process.kill()
    end(process)
    assert temporaries(tmp_path) == [left]
    (tmp_path / "in.txt").write_text(TEXT, encoding="utf-8")
    done = run("clean", "in.txt", "-o", "out.txt")
    assert done.returncode == 0
    assert b"removed 1 unfinished file of an earlier run" in done.stderr
    assert names(tmp_path) == ["in.txt", "out.txt"]


def test_h13_files_of_a_run_that_lives_and_other_files_stay(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("keep me", encoding="utf-8")
    (tmp_path / f".redactor-tmp-{'a' * 16}").symlink_to(tmp_path / "precious")
    (tmp_path / f".redactor-tmp-{'b' * 16}").mkdir()
    os.mkfifo(tmp_path / f".redactor-tmp-{'c' * 16}")
    (tmp_path / ".redactor-tmp-notes").write_text("of mine", encoding="utf-8")
    (tmp_path / f".redactor-tmp-{'d' * 16}").write_text("left", encoding="utf-8")
    before = names(tmp_path)
    with AtomicWriter(tmp_path / "out") as writer:
        writer.write(b"x")
        assert remove_stale(tmp_path) == 1
    assert names(tmp_path) == sorted([*(name for name in before if not name.endswith("d" * 16)), "out"])
    assert remove_stale(tmp_path) == 0
    assert remove_stale(tmp_path / "nowhere") == 0


def test_h13_runs_at_once_never_take_each_others_files(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for n in range(30):
        (tmp_path / "in" / f"{n}.txt").write_text(TEXT, encoding="utf-8")
    process = start("clean", "in", "-o", "out", "-q", cwd=tmp_path)
    while process.poll() is None:
        remove_stale(tmp_path / "out")
    assert end(process) == (0, "")
    assert len(names(tmp_path / "out")) == 30


# H14: little memory

HALF_GIB = 512 << 20


def in_half_a_gib(
    *arguments: str | Path, cwd: Path, stdin: int | None = None, timeout: int = 240
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [COMMAND, *arguments], cwd=cwd, stdin=stdin, capture_output=True, timeout=timeout, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (HALF_GIB, HALF_GIB)),
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "size",
    [
        pytest.param(20_000_000, id="h14-20-mb"),
        slow(50_000_000, id="h14-50-mb"),
        pytest.param(2_000_000_000, id="h14-2-gb", marks=pytest.mark.huge),
    ],
)
def test_h14_a_file_larger_than_memory_streams(tmp_path: Path, size: int) -> None:
    with (tmp_path / "in.txt").open("wb") as stream:
        stream.truncate(size)  # NUL characters, which take no room on the disk
        stream.seek(0, os.SEEK_END)
        stream.write(("\n" + TEXT).encode())
    done = in_half_a_gib("clean", "in.txt", "-o", "out.txt", cwd=tmp_path, timeout=3000)
    assert (done.returncode, done.stderr) == (0, b"")
    with (tmp_path / "out.txt").open("rb") as stream:
        stream.seek(size)
        assert stream.read().decode() == "\n" + MASKED


def test_h14_standard_input_larger_than_memory_is_closed(tmp_path: Path) -> None:
    with (tmp_path / "in.txt").open("wb") as stream:
        stream.truncate(2_000_000_000)
    with (tmp_path / "in.txt").open("rb") as stream:
        done = in_half_a_gib("clean", "-", cwd=tmp_path, stdin=stream.fileno())
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"redactor: -: needs more memory than it may take; nothing was written\n"


# H15: workers


def die_on_seven(task: tuple[Path, int]) -> int:
    """Task 7 dies each time, task 3 the first time."""
    folder, number = task
    tries = folder / str(number)
    with tries.open("a", encoding="utf-8") as stream:
        stream.write("x")
    if number == 7 or (number == 3 and tries.stat().st_size == 1):
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def none_of(task: tuple[Path, int], reason: str) -> int:
    assert reason == "its process was ended by signal 9, twice"
    return -task[1]


@pytest.mark.parametrize("jobs", [2, 8], ids=lambda j: f"h15-jobs-{j}")
def test_h15_a_worker_that_dies_takes_no_other_task_with_it(tmp_path: Path, jobs: int) -> None:
    tasks: Sequence[tuple[Path, int]] = [(tmp_path, n) for n in range(20)]
    expected = [n * n if n != 7 else -7 for n in range(20)]
    assert list(in_order(die_on_seven, tasks, jobs, none_of)) == expected
    tries = Counter({int(p.name): p.stat().st_size for p in tmp_path.iterdir()})
    assert tries == Counter({n: 2 if n in (3, 7) else 1 for n in range(20)})


def die_in_idleness(task: tuple[Path, int]) -> int:
    """Task 0 is done at once, and its process dies a little later; task 1 dies later still, the first time."""
    folder, number = task
    if number == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
    elif not (folder / "tried").exists():
        (folder / "tried").touch()
        time.sleep(0.4)
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_h15_a_worker_that_dies_while_idle_costs_no_try(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # as the command sets it
    try:
        assert list(in_order(die_in_idleness, [(tmp_path, 0), (tmp_path, 1)], 2, none_of)) == [0, 1]
        assert signal.getsignal(signal.SIGPIPE) == signal.SIG_DFL
    finally:
        signal.signal(signal.SIGPIPE, before)


@pytest.mark.slow
def test_h15_eight_workers_give_what_one_gives(run: Run, tmp_path: Path) -> None:
    collection(tmp_path)
    (tmp_path / "in" / "05.txt").write_bytes(b"\xff\xfe\xff\xff\xff")
    outputs = []
    for jobs in ("1", "8"):
        done = run(
            "clean", "in", "-o", f"out{jobs}", "-q", "--policy", "label", "--jobs", jobs, "--report", f"{jobs}.json"
        )
        report = json.loads((tmp_path / f"{jobs}.json").read_text(encoding="utf-8"))
        for file in report["files"]:
            file["output"] = str(file["output"]).partition("/")[2]
            for edit in file.get("edits", ()):
                del edit["fingerprint"]  # under the report's own random key
        outputs.append((done.returncode, done.stdout, done.stderr, report, contents(tmp_path / f"out{jobs}")))
    assert outputs[0] == outputs[1]
    assert outputs[0][0] == 2


@pytest.mark.parametrize("jobs", [1, 2], ids=lambda j: f"h9-jobs-{j}")
def test_h9_files_that_fail_in_all_ways_are_listed_and_the_rest_done(run: Run, tmp_path: Path, jobs: int) -> None:
    collection(tmp_path, 4)
    (tmp_path / "in" / "00.txt").write_bytes(b"\xff\xfe\xff\xff\xff")
    (tmp_path / "out" / "02.txt").mkdir(parents=True)
    (tmp_path / "out" / "03.txt").write_text("old", encoding="utf-8")
    done = run("clean", "in", "-o", "out", "--jobs", str(jobs))
    assert done.returncode == 2
    *reasons, total, failed, _ = done.stderr.decode().splitlines()
    assert [reason.partition(": ")[2].partition(":")[0] for reason in reasons] == [
        "in/00.txt", "in/02.txt", "in/03.txt",
    ]  # fmt: skip
    assert total.startswith("redactor: 1 file written, 0 of them unchanged, 3 failed; ")
    assert failed == "redactor: failed: output in the way 2, wrong encoding 1"
    assert (tmp_path / "out" / "01.txt").read_text(encoding="utf-8") == f"1、{MASKED}" * 60
    assert (tmp_path / "out" / "03.txt").read_text(encoding="utf-8") == "old"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no /proc")
def test_h15_a_worker_killed_from_outside_costs_nothing(tmp_path: Path) -> None:
    collection(tmp_path)
    process = start("clean", "in", "-o", "out", "-q", "--jobs", "8", cwd=tmp_path)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    assert wait_for(lambda: len(children.read_text(encoding="ascii").split()) >= 4, process)
    os.kill(int(children.read_text(encoding="ascii").split()[0]), signal.SIGKILL)
    assert end(process) == (0, "")
    assert contents(tmp_path / "out") == {f"{n:02}.txt": (f"{n}、{MASKED}" * 60).encode() for n in range(12)}


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no /proc")
@pytest.mark.parametrize(
    ("sign", "code"),
    [
        pytest.param(signal.SIGKILL, -9, id="h15-parent-killed"),
        pytest.param(signal.SIGTERM, 143, id="h15-parent-terminated"),
        pytest.param(signal.SIGINT, 130, id="h15-interrupted-from-the-keyboard"),
    ],
)
def test_h15_no_worker_outlives_its_parent(tmp_path: Path, sign: signal.Signals, code: int) -> None:
    collection(tmp_path, 60)
    process = start("clean", "in", "-o", "out", "-q", "--jobs", "3", cwd=tmp_path)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    assert wait_for(lambda: len(list((tmp_path / "out").glob("*.txt"))) >= 3, process)
    workers = children.read_text(encoding="ascii").split()
    assert workers
    if sign == signal.SIGINT:  # a terminal sends it to all of them
        for worker in workers:
            os.kill(int(worker), sign)
    process.send_signal(sign)
    assert end(process) == (code, "\nredactor: interrupted\n" if sign == signal.SIGINT else "")
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert temporaries(tmp_path / "out") == []
    texts = {p.read_bytes().decode().partition("、")[2] for p in (tmp_path / "out").iterdir()}
    assert all(text.startswith(MASKED) for text in texts)
