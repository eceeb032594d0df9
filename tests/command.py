"""The command, run as a user runs it: the installed one, or, much sooner, its `main` in a fork of the test process.

A fork has a standard input, output and error of its own, its own folder, environment, signals and exit code, and may fork in its
turn, like the installed command; what it need not do is start Python, import the package and make ready the rules of the default
policy once more. `installed` is for what a fork can't show: the start itself, locales, and limits set from outside.
"""

from __future__ import annotations

import faulthandler
import gc
import io
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import redactor.cli
from redactor.files import atomic

COMMAND = Path(sys.executable).with_name("redactor")
Run = Callable[..., subprocess.CompletedProcess[bytes]]
_OF_THE_START = ("PYTHON", "LC_", "LANG")
"""Settings that Python reads when it starts."""


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """What the command finds around it: the tests' own environment with these settings."""
    return {**os.environ, "LC_ALL": "C.UTF-8", **settings}


def installed(
    arguments: Sequence[str | Path], *, stdin: bytes, cwd: Path, settings: Mapping[str, str], seconds: float
) -> subprocess.CompletedProcess[bytes]:
    """Run the command that was installed."""
    return subprocess.run(
        [COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(settings),
        timeout=seconds,
        check=False,
    )


def forked(
    arguments: Sequence[str | Path],
    *,
    stdin: bytes,
    cwd: Path,
    settings: Mapping[str, str],
    seconds: float,
    first: Callable[[], object] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run `redactor.cli.main` in a fork of this process; settings of Python's start need the installed command.

    `first`: called in the fork before the command, to take something from it.
    """
    if any(name.startswith(_OF_THE_START) for name in settings):
        return installed(arguments, stdin=stdin, cwd=cwd, settings=settings, seconds=seconds)
    words = [os.fspath(argument) for argument in arguments]
    pipes = [os.pipe() for _ in range(3)]
    process = _fork(words, (pipes[0][0], pipes[1][1], pipes[2][1]), cwd, settings, first)
    try:
        told = _talk(stdin, (pipes[0][1], pipes[1][0], pipes[2][0]), time.monotonic() + seconds)
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    except BaseException:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        raise
    return subprocess.CompletedProcess(words, code, *told)


class Started:
    """A fork that runs the command meanwhile, without input and output: what is used of a `subprocess.Popen`."""

    def __init__(self, arguments: Sequence[str | Path], cwd: Path) -> None:
        nothing = os.open(os.devnull, os.O_RDWR)
        self._messages, theirs = os.pipe()
        self.pid = _fork([os.fspath(argument) for argument in arguments], (nothing, os.dup(nothing), theirs), cwd, {})
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code; None while it runs."""
        if self.returncode is None:
            process, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if process else None
        return self.returncode

    def send_signal(self, sign: int) -> None:
        """Send it a signal unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, sign)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float) -> tuple[bytes, bytes]:
        """What it has said on its error stream, when it and all that it has forked have closed that."""
        until = time.monotonic() + timeout
        out, messages = _talk(b"", (None, None, self._messages), until)
        while self.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.002)
        return out, messages


def into_full() -> None:
    """Let the standard output of this process be a device that is full."""
    os.dup2(os.open("/dev/full", os.O_WRONLY), 1)


def forked_with(
    ends: tuple[int, int, int], arguments: Sequence[str | Path], cwd: Path, settings: Mapping[str, str]
) -> int:
    """The process of a fork that runs the command with these as its standard streams; they are closed here."""
    return _fork([os.fspath(argument) for argument in arguments], ends, cwd, settings)


def _fork(
    words: list[str],
    ends: tuple[int, int, int],
    cwd: Path,
    settings: Mapping[str, str],
    first: Callable[[], object] | None = None,
) -> int:
    """The process that runs the command, with these as its standard streams; they are closed here."""
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads: the runner's own only wait
        process = os.fork()
    if not process:
        _be_the_command(words, ends, cwd, environment(settings), first)
    for end in ends:
        os.close(end)
    return process


def _talk(stdin: bytes, ends: tuple[int | None, int | None, int], until: float) -> tuple[bytes, bytes]:
    """Write to the first end and read from the others until they are closed; TimeoutError when that takes too long."""
    source, *sinks = ends
    left, out = memoryview(stdin), {end: bytearray() for end in sinks}
    with selectors.DefaultSelector() as selector:
        if source is not None:
            os.set_blocking(source, False)
            selector.register(source, selectors.EVENT_WRITE)
        for end in sinks:
            if end is not None:
                selector.register(end, selectors.EVENT_READ)
        try:
            while selector.get_map():
                ready = selector.select(max(0.0, until - time.monotonic()))
                if not ready:
                    raise TimeoutError("the command did not end in time")
                for key, _ in ready:
                    if key.fd == source:
                        try:
                            left = left[os.write(source, left[: 1 << 16]) :] if left else left
                            done = not left
                        except BrokenPipeError:
                            done = True
                    else:
                        data = os.read(key.fd, 1 << 16)
                        out[key.fd] += data
                        done = not data
                    if done:
                        selector.unregister(key.fd)
                        os.close(key.fd)
        finally:
            for key in list((selector.get_map() or {}).values()):
                os.close(key.fd)
    return bytes(out[sinks[0]]), bytes(out[sinks[1]])


def _be_the_command(
    words: list[str],
    ends: tuple[int, int, int],
    cwd: Path,
    settings: dict[str, str],
    first: Callable[[], object] | None = None,
) -> NoReturn:
    """In the fork: put on what a new process would have, run the command, and end without any of the tests' own endings."""
    code = 1
    try:
        gc.freeze()  # a new process would not have all this to look through, and what is looked at is copied
        faulthandler.disable()
        for number, end in enumerate(ends):
            os.dup2(end, number)
        os.closerange(3, os.sysconf("SC_OPEN_MAX") if os.sysconf("SC_OPEN_MAX") < 1 << 16 else 1 << 16)
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(settings)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        warnings.resetwarnings()
        warnings.simplefilter("ignore")
        logging.getLogger().handlers.clear()
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), "utf-8", "surrogateescape")
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w")), "utf-8", "surrogateescape")
        sys.stderr = io.TextIOWrapper(
            io.BufferedWriter(io.FileIO(2, "w")), "utf-8", "backslashreplace", line_buffering=True
        )
        sys.argv = ["redactor", *words]
        sys.modules["__main__"].__package__ = None  # or click would name the program by it
        try:
            if first:
                first()
            redactor.cli.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        except BaseException:
            traceback.print_exc()
        atomic._remove_unfinished()
        with suppress(OSError):
            sys.stderr.flush()
        sys.stdout.flush()
    except BaseException:
        code = 120
    finally:
        os._exit(code)
