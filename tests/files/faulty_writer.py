"""Run as a program: the writer of outputs under faults that the kernel makes: death at any call, system calls that fail.

    faulty_writer.py kill OUT           death before and after each call into C of one write, one child process each
    faulty_writer.py fail CALL ERRNO OUT  that system call fails from the middle of one write on
    faulty_writer.py order OUT          the calls of one write in their order

Nothing of redactor is replaced: death is SIGKILL, failures come from a seccomp filter (seccomp(2)).
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import platform
import signal
import struct
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from redactor.files.atomic import AtomicWriter

NEW = b"new " * 50_000
CALLS = {
    "x86_64": {
        "write": (1,),
        "close": (3,),
        "fsync": (74,),
        "fchmod": (91,),
        "openat": (2, 257),
        "rename": (82, 264, 316),
    },
    "aarch64": {
        "write": (64,),
        "close": (57,),
        "fsync": (82,),
        "fchmod": (52,),
        "openat": (56,),
        "rename": (38, 276),
    },
}


def fail_from_now_on(call: str, error: int) -> bool:
    """Let a system call of this process fail with `error` for good; False where the kernel does not let us."""
    numbers = CALLS.get(platform.machine(), {}).get(call, ())
    program = struct.pack("=HBBI", 0x20, 0, 0, 0)  # load the number of the call
    for number in numbers:
        program += struct.pack("=HBBI", 0x15, 0, 1, number)  # unless it is this one, skip
        program += struct.pack("=HBBI", 0x06, 0, 0, 0x00050000 | error)  # return the error
    program += struct.pack("=HBBI", 0x06, 0, 0, 0x7FFF0000)  # allow
    code = ctypes.create_string_buffer(program)
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(numbers) and libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, ctypes.byref(header), 0, 0) == 0


def write(out: Path) -> None:
    with AtomicWriter(out) as writer:
        for at in range(0, len(NEW), 30_000):
            writer.write(NEW[at : at + 30_000])


def die_at(number: int) -> None:
    """SIGKILL at the n-th event: each call into C is one before it and one after it."""
    left = number

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal left
        if event in ("c_call", "c_return"):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)


def kill(out: Path) -> list[list[object]]:
    """For each point of death: what stands at the output afterwards, what else in its folder, and what of that others may read."""
    found: list[list[object]] = []
    number = 0
    while True:
        number += 1
        out.write_bytes(b"old")
        child = os.fork()
        if child == 0:
            die_at(number)
            write(out)
            sys.setprofile(None)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        state = {b"old": "old", NEW: "new"}.get(out.read_bytes(), "partial")
        others = [p.name for p in out.parent.iterdir() if p != out]
        open_ = [name for name in others if (out.parent / name).stat().st_mode & 0o077]
        found.append([number, state, others, open_])
        for name in others:
            (out.parent / name).unlink()
        if status == 0:
            return found


def fail(call: str, error: int, out: Path) -> str:
    """How one write ends when a call fails from its middle on (openat: from its beginning)."""
    try:
        if call == "openat" and not fail_from_now_on(call, error):
            return "skip"
        with AtomicWriter(out) as writer:
            writer.write(NEW)
            if call != "openat" and not fail_from_now_on(call, error):
                return "skip"
            writer.write(NEW)
    except OSError as failure:
        return failure.strerror or ""
    return "no error"


def order(out: Path) -> list[str]:
    """The calls of one write that change files, in order; a rename with the size of what it puts in place."""
    calls: list[str] = []

    def note(frame: FrameType, event: str, argument: Any) -> None:
        name = getattr(argument, "__name__", "")
        if event != "c_call" or name not in ("open", "fsync", "replace", "rename", "write", "fchmod", "flock"):
            return
        if name in ("replace", "rename"):
            (temporary,) = (p for p in out.parent.iterdir() if p != out)
            name = f"replace with {temporary.stat().st_size} bytes"
        if not (calls and calls[-1] == name):
            calls.append(name)

    sys.setprofile(note)
    write(out)
    sys.setprofile(None)
    return calls


def main(mode: str, *arguments: str) -> None:
    if mode == "kill":
        print(json.dumps(kill(Path(arguments[0]))))
    elif mode == "order":
        print(json.dumps(order(Path(arguments[0]))))
    elif mode == "fail":
        result = fail(arguments[0], getattr(errno, arguments[1]), Path(arguments[2]))
        # The answer is a status: writing may be what fails.
        os._exit(
            {"skip": 77, "no error": 1}.get(result, 0 if result == os.strerror(getattr(errno, arguments[1])) else 2)
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
