"""What a run has finished, kept in a file, so that a run that was killed can be taken up where it ended.

The file holds digests of originals, by which a guess at an original can be confirmed: it is made with mode 0600 and belongs
with the originals, never with the outputs.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

from redactor.model import FormatError
from redactor.text.show import show

try:
    import fcntl
except ImportError:  # Windows: two runs must be kept apart by the user
    fcntl = None  # type: ignore[assignment]

_CHUNK = 1 << 20


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def run_digest(parts: Iterable[object], files: Iterable[Path]) -> str:
    """SHA-256 of all that an output depends on besides its input: settings, rules and the files that they name."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(repr(part).encode("utf-8", "surrogateescape") + b"\0")
    for file in files:
        whole.update(digest(file).encode())
    return whole.hexdigest()


def check_place(state: Path, inputs: Sequence[Path], output: Path | None) -> None:
    """Refuse a state file among the outputs, which may be published, or among the inputs, where it would be read as one."""
    resolved = state.resolve()
    for folder in (*inputs, *([output] if output else [])):
        if resolved != folder.resolve() and resolved.is_relative_to(folder.resolve()):
            raise FormatError(
                f"{show(state)}: lies inside {show(folder)}; keep it with the originals, in a folder of its own"
            )
        if folder.exists() and state.exists() and folder.samefile(state):
            raise FormatError(f"{show(state)}: is an input or output of this run")


class State:
    """The records of one state file, open for adding to; two runs can't hold it at once."""

    def __init__(self, path: Path, run: str) -> None:
        self._run = run
        self._begun: set[str] = set()
        self._done: dict[str, tuple[str, str, str]] = {}
        self._path = path
        self._stream = self._opened()
        try:
            self._lock(path)
            self._read(path)
        except BaseException:
            self._stream.close()
            raise

    def _opened(self) -> IO[bytes]:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        return os.fdopen(os.open(self._path, flags, 0o600), "r+b")

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_stream": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """In another process of the run: adds to the same file, under the lock of the first."""
        vars(self).update(state)
        self._stream = self._opened()

    def __enter__(self) -> State:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def has(self, source: Path, target: Path) -> bool:
        """Whether this very run, on this input, has given what stands at the target."""
        run, before, after = self._done.get(_key(target), ("", "", ""))
        if run != self._run or not target.is_file():
            return False
        # In place, the input of then is the output of now.
        return digest(target) == after and (source == target or digest(source) == before)

    def may_overwrite(self, target: Path) -> bool:
        """Whether what stands at the target was written by a run of this file and not changed since."""
        key = _key(target)
        if key in self._begun:
            return True
        return key in self._done and target.is_file() and digest(target) == self._done[key][2]

    def begin(self, target: Path) -> None:
        """Note that the target is about to appear."""
        self._begun.add(_key(target))
        self._add({"begun": _key(target)})

    def finish(self, target: Path, before: str) -> None:
        """Note that the target is whole, made from an input of digest `before`."""
        key, after = _key(target), digest(target)
        self._begun.discard(key)
        self._done[key] = (self._run, before, after)
        self._add({"done": key, "run": self._run, "input": before, "output": after})

    def _lock(self, path: Path) -> None:
        if fcntl is None:
            return
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FormatError(f"{show(path)}: is in use by another run") from None

    def _read(self, path: Path) -> None:
        whole = self._stream.read()
        kept = whole.rfind(b"\n") + 1  # a line that a killed run left half written is dropped
        for line in whole[:kept].splitlines():
            try:
                self._take(json.loads(line))
            except (ValueError, KeyError, TypeError):
                raise FormatError(f"{show(path)}: not a state file of redactor") from None
        if kept == 0 and not b'{"begun": '.startswith(whole[:10]):
            raise FormatError(f"{show(path)}: not a state file of redactor")
        self._stream.truncate(kept)

    def _take(self, record: dict[str, Any]) -> None:
        if "begun" in record:
            self._begun.add(record["begun"])
        else:
            self._done[record["done"]] = (record["run"], record["input"], record["output"])
            self._begun.discard(record["done"])

    def _add(self, record: dict[str, str]) -> None:
        """Add a line, whole or not at all: after a torn one the next would make the file unreadable."""
        line = json.dumps(record).encode() + b"\n"
        descriptor = self._stream.fileno()
        before = os.fstat(descriptor).st_size
        written = 0
        try:
            while written < len(line):
                written += os.write(descriptor, line[written:])
        except OSError:
            os.ftruncate(descriptor, before)
            raise


def _key(target: Path) -> str:
    return str(target.absolute())
