"""Runs of the installed command in which one system call fails, or kills the process: what must hold whatever happens.

`strace` makes the call fail (`-e inject`), in every process of the run at its so-many-th such call. As a program it does many runs:

    python -m tests.files.injected [SCENARIO …] [--every N] [--calls write,close,…]
"""

from __future__ import annotations

import argparse
import errno
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from tests import command
from tests.build import collection
from tests.conftest import CACHE, _share_what_is_known, warm
from tests.files.faulty_writer import fail_from_now_on

TEXT: Final = "请王建国同志牵头，同比增长12.5%以上。\n"
ERRORS: Final = {
    "write": ("ENOSPC", "EIO", "EINTR", "KILL"),
    "openat": ("EMFILE", "EIO", "KILL"),
    "close": ("EIO", "EINTR", "KILL"),
    "rename": ("EIO", "ENOSPC", "KILL"),
    "fsync": ("EIO", "EINTR", "KILL"),
    "fchmod": ("EIO", "KILL"),
    "unlink": ("EIO", "KILL"),
    "flock": ("EINTR", "EIO", "KILL"),
    "read": ("EIO", "EINTR", "KILL"),
    "getdents64": ("EIO", "KILL"),
    "clone": ("EAGAIN", "KILL"),
    "pipe2": ("EMFILE", "KILL"),
    "socketpair": ("EMFILE", "KILL"),
    "mmap": ("ENOMEM", "KILL"),
    "poll": ("EINTR", "KILL"),
    "wait4": ("EINTR", "KILL"),
    "kill": ("EPERM",),
    "ftruncate": ("EIO", "KILL"),
    "linkat": ("EIO", "KILL"),
}
"""System calls, and what they fail with."""
SECONDS: Final = 60
"""A run of which all processes sleep longer hangs: on a machine under load it may wait as long for its turn."""
LONGEST: Final = 1_800
"""So does one that takes more seconds."""
HANGS: Final = 1_000
"""The exit code of a run that hangs."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way to call the command. `inputs`: files it reads; `words`: its arguments; `outputs`: what it writes, by input."""

    inputs: tuple[str, ...]
    words: tuple[str, ...]
    outputs: tuple[str, ...]
    stands: bool = True
    """Whether an old output stands there already."""


FOLDER: Final = ("in/a.txt", "in/b.txt", "in/c.docx", "in/d.txt")
OUT: Final = tuple(name.replace("in/", "out/") for name in FOLDER)
SCENARIOS: Final = {
    "text": Scenario(("a.txt",), ("a.txt", "-o", "out.txt", "--force"), ("out.txt",)),
    "stdout": Scenario(("a.txt",), ("a.txt",), ()),
    "folder": Scenario(FOLDER, ("in", "-o", "out", "--jobs", "2", "--force"), OUT),
    "in-place": Scenario(FOLDER, ("in", "--in-place", "--jobs", "2", "--backup"), FOLDER),
    "state": Scenario(FOLDER, ("in", "-o", "out", "--jobs", "2", "--state", "st"), OUT, stands=False),
    "report": Scenario(FOLDER[:2], ("in", "-o", "out", "--report", "r.json", "--jobs", "1"), OUT[:2], stands=False),
    **{
        kind: Scenario((f"a.{kind}",), (f"a.{kind}", "-o", f"out.{kind}", "--force"), (f"out.{kind}",))
        for kind in ("docx", "xlsx", "pdf", "zip")
    },
}
MAKERS: Final = {
    ".txt": lambda: TEXT.encode() * 200,
    ".docx": collection.word,
    ".xlsx": collection.sheet,
    ".pdf": collection.pages,
    ".zip": collection.archive,
}


@dataclass(slots=True)
class Bench:
    """A scenario made ready: what its files hold before a run, and after one in which nothing fails."""

    name: str
    folder: Path
    before: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)
    shown: bytes = b""
    calls: Counter[str] = field(default_factory=Counter)

    @property
    def scenario(self) -> Scenario:
        return SCENARIOS[self.name]

    def prepare(self, *, traced: bool = True) -> None:
        """Run it without a fault, and count its calls if it can be traced: of each, the most that one process makes."""
        self.before = {name: MAKERS[Path(name).suffix]() for name in self.scenario.inputs}
        self.restore()
        logs = self.folder / "logs"
        logs.mkdir()
        done = self.run("-ff", "-e", f"trace={','.join(ERRORS)}", "-o", f"{logs}/x", traced=traced)
        assert done.returncode == 0, done.stderr
        self.after = {name: (self.place / name).read_bytes() for name in self.scenario.outputs}
        self.shown = done.stdout
        for log in logs.iterdir():
            own = Counter(re.findall(r"(?m)^(\w+)\(", log.read_text(errors="replace")))
            self.calls |= own
        shutil.rmtree(logs)

    @property
    def place(self) -> Path:
        return self.folder / "run"

    def restore(self) -> None:
        """Put the files as they are before a run."""
        shutil.rmtree(self.place, ignore_errors=True)
        files = {name: b"old" for name in self.scenario.outputs if self.scenario.stands} | self.before
        for name, data in files.items():
            (self.place / name).parent.mkdir(parents=True, exist_ok=True)
            (self.place / name).write_bytes(data)

    def run(self, *options: str, traced: bool = True) -> subprocess.CompletedProcess[bytes]:
        """The command in a fork of this process, which strace takes hold of before it begins; it ends in some time."""
        warm()
        (self.folder / "said").mkdir(exist_ok=True)
        ends = [os.open(os.devnull, os.O_RDONLY)]
        ends += [os.open(self.folder / "said" / n, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND) for n in "12"]
        gate = self.folder / "gate"
        gate.touch()
        child = os.fork()
        if not child:
            try:
                os.setsid()
                while gate.exists():
                    time.sleep(0.001)
                words = ["clean", *self.scenario.words]
                command._be_the_command(words, (ends[0], ends[1], ends[2]), self.place, command.environment({}))
            finally:
                os._exit(99)
        for end in ends:
            os.close(end)
        words = ["strace", "-f", "-qqq", *options, "-p", str(child)] if traced else ["true"]
        tracer = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        while not _traced(child) and tracer.poll() is None:
            time.sleep(0.001)
        assert not traced or tracer.poll() is None, "strace can't take hold of the process"
        gate.unlink()
        code = _ended(child)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # what it has left behind
        tracer.wait()
        out, said = ((self.folder / "said" / n).read_bytes() for n in "12")
        return subprocess.CompletedProcess(tracer.args, code, out, said)

    def fault(self, call: str, error: str, number: int) -> list[str]:
        """What is wrong after a run in which the so-many-th such call of each process fails; nothing is, it is to be hoped."""
        self.restore()
        how = "signal=KILL" if error == "KILL" else f"error={error}"
        done = self.run("-e", f"trace={call}", "-e", f"inject={call}:{how}:when={number}", "-o", "/dev/null")
        return list(self.wrong(done, killed=error == "KILL"))

    def wrong(self, done: subprocess.CompletedProcess[bytes], *, killed: bool) -> Iterator[str]:
        """What must not be after a run, in words."""
        said = done.stderr.decode(errors="replace")
        if done.returncode == HANGS:
            yield "hangs"
        if "Traceback" in said or "Exception ignored" in said:
            yield f"traceback: {said[-300:]!r}"
        if "unexpected" in said and "SystemError" not in said:  # what code in C makes of memory that it does not get
            yield f"unexpected: {said.strip()[-200:]!r}"
        new = 0
        for name in self.scenario.outputs:
            place = self.place / name
            data = place.read_bytes() if place.exists() else None
            old = self.before.get(name, b"old" if self.scenario.stands else None)
            new += data == self.after[name] != old
            if data not in (self.after[name], old):
                yield f"partial output {name}: {len(data or b'')} bytes"
            if done.returncode == 0 and data != self.after[name]:
                yield f"exit code 0 without {name}"
        if "nothing was written" in said and new == len(self.scenario.outputs) > 0:
            yield f"untrue: {said.strip()[-200:]!r}"
        if done.returncode == 0 and done.stdout != self.shown:
            yield "exit code 0 with another standard output"
        for name in set(self.scenario.inputs) - set(self.scenario.outputs):
            if (self.place / name).read_bytes() != self.before[name]:
                yield f"input {name} changed"
        for path in self.place.rglob(".redactor-tmp-*"):
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                yield f"temporary with mode {stat.S_IMODE(path.stat().st_mode):o}"
            if not killed and done.returncode >= 0 and "unlink" not in " ".join(done.args):
                yield "temporary left"
        if done.returncode not in (0, 2, HANGS) and not killed:
            yield f"exit code {done.returncode}: {said[-200:]!r}"


def _traced(process: int) -> bool:
    return "TracerPid:\t0\n" not in Path(f"/proc/{process}/status").read_text("ascii", "replace")


def _ended(child: int) -> int:
    """The exit code of a process; HANGS when it must be ended."""
    begun = awake = time.monotonic()
    while True:
        process, status = os.waitpid(child, os.WNOHANG)
        if process:
            return os.waitstatus_to_exitcode(status)
        now = time.monotonic()
        if now - begun < 1 or not _all_sleep(child):
            awake = now
        if now - awake > SECONDS or now - begun > LONGEST:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return HANGS
        time.sleep(0.005 if now - begun < 1 else 0.05)


def _all_sleep(session: int) -> bool:
    """Whether no process of a session runs, waits for its turn, or is held by what traces it."""
    for told in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, own, *_ = told.read_text("ascii", "replace").rpartition(")")[2].split()
            if int(own) == session and state not in "SZ":
                return False
    return True


def failing(call: str, error: str, *words: str | Path, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """The command in a fork in which a system call always fails."""

    def fail() -> None:
        if not fail_from_now_on(call, getattr(errno, error)):
            sys.exit(77)

    warm()
    done = command.forked(words, stdin=b"", cwd=cwd, settings={}, seconds=300, first=fail)
    if done.returncode == 77:
        pytest.skip("this kernel has no seccomp filters for us")
    return done


def positions(most: int, every: int) -> list[int]:
    """Numbers of calls: the last ones, in which the work is done, and of those before every so-many-th."""
    return sorted({*range(1, most + 1, max(1, every)), *(n for n in range(most - 3, most + 1) if n > 0)})


def main() -> None:
    """Do many runs and tell what went wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("scenarios", nargs="*", default=list(SCENARIOS))
    parser.add_argument("--every", type=int, default=1_000)
    parser.add_argument("--calls", default=",".join(ERRORS))
    given = parser.parse_args()
    os.environ["REDACTOR_CACHE"] = str(CACHE)
    os.environ["REDACTOR_LANG"] = "en"
    _share_what_is_known()
    runs = failed = 0
    with TemporaryDirectory() as folder:
        for name in given.scenarios:
            (Path(folder) / name).mkdir()
            bench = Bench(name, Path(folder) / name)
            bench.prepare()
            for call in given.calls.split(","):
                for error in ERRORS[call]:
                    for number in positions(bench.calls[call], given.every):
                        runs += 1
                        wrong = bench.fault(call, error, number)
                        failed += bool(wrong)
                        for each in wrong:
                            print(f"{name} {call} {error} {number}/{bench.calls[call]}: {each}", flush=True)
            print(f"{name}: {runs} runs so far, {failed} with something wrong", flush=True)


if __name__ == "__main__":
    sys.exit(main())
