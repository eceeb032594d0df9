"""What a run has finished, kept in a file, so that a run that was killed can be taken up where it ended.

For each file that is done it holds the entry of the report too, so that the report of a run that was taken up is that
of one run, and the key of its fingerprints. By it and by the digests of originals a guess at an original can be
confirmed: the file is made with mode 0600 and belongs with the originals, never with the outputs.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Any, Final

from redactor.files.walk import refuse_special
from redactor.model import FormatError
from redactor.policy.operators import SHORTEST_KEY
from redactor.text.show import show
from redactor.text.whole_file import open_regular

try:
    import fcntl
except ImportError:  # Windows: two runs must be kept apart by the user
    fcntl = None  # type: ignore[assignment]

_PATIENCE = 10.0
"""Seconds that the processes of a run that was killed have to end: they finish what they are at, and hold its lock until then."""
_HEADS = (b'{"key": "', b'{"begun": "', b'{"done": "')
"""How records begin; the quotes within a value are escaped, so that nothing else looks so."""


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with open_regular(path) as stream:
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
                "{state}: lies inside {folder}; keep it with the originals, in a folder of its own",
                state=show(state),
                folder=show(folder),
            )
        if resolved == folder.resolve() or (folder.exists() and state.exists() and folder.samefile(state)):
            raise FormatError("{state}: is an input or output of this run", state=show(state))


@dataclass(frozen=True, slots=True)
class _Done:
    """One output that is whole: the run and the digests that it came of, what was recorded of it, and where its
    record stands."""

    run: str
    before: str
    after: str
    detail: frozenset[str]
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier runs have noted of a target, for a process that has no state file.

    `begun`: that it was about to appear. `before`, `after`: digests of an input and of the output that came of it; "" when there are
    none. `same`: whether that was this very run, and all was recorded that is wanted. `entry`: what was recorded of it.
    """

    begun: bool = False
    before: str = ""
    after: str = ""
    same: bool = False
    entry: dict[str, Any] = field(default_factory=dict)


UNKNOWN: Final = Known()


class State:
    """The records of one state file, open for adding to; two runs can't hold it at once.

    `run`: the digest of all that outputs of this run depend on. `key`: for the fingerprints of its report, the same
    for the same `run`.
    """

    def __init__(self, path: Path, run: str) -> None:
        self._run = run
        self._begun: set[str] = set()
        self._done: dict[str, _Done] = {}
        self._path = path
        self._secret = ""
        self._stream = self._opened()
        try:
            self._lock(path)
            self._read(path)
            if not self._secret:
                self._secret = secrets.token_hex(32)
                self._add({"key": self._secret})
            self.key = _key_of(self._secret, run)
        except BaseException:
            self._stream.close()
            raise

    def _opened(self) -> IO[bytes]:
        refuse_special(self._path)
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

    def has(self, source: Path, target: Path, detail: Iterable[str] = ()) -> bool:
        """Whether this very run, on this input, has given what stands at the target, and recorded all that `detail`
        names."""
        done = self._done.get(_key(target))
        if done is None or done.run != self._run or not target.is_file() or digest(target) != done.after:
            return False
        # In place, the input of then is the output of now, and no more can be learned of it.
        return source == target or (done.detail.issuperset(detail) and digest(source) == done.before)

    def entry(self, target: Path) -> dict[str, Any]:
        """What was recorded of a target that this run has given."""
        done = self._done[_key(target)]
        with self._path.open("rb") as stream:
            stream.seek(done.start)
            entry: dict[str, Any] = json.loads(stream.read(done.length))["entry"]
        return entry

    def digests(self, target: Path) -> tuple[str, str]:
        """SHA-256 of the input and of the output of a target that this run has given."""
        done = self._done[_key(target)]
        return done.before, done.after

    def has_set_aside(self, target: Path) -> bool:
        """Whether an earlier run has put records aside beside the target, which it made."""
        return _key(target) in self._done and bool(self.entry(target).get("set_aside"))

    def may_overwrite(self, target: Path) -> bool:
        """Whether what stands at the target was written by a run of this file and not changed since."""
        key = _key(target)
        if key in self._begun:
            return True
        return key in self._done and target.is_file() and digest(target) == self._done[key].after

    def known(self, target: Path, detail: Iterable[str] = ()) -> Known:
        """What has been noted of a target; `detail`: as of `has`."""
        done, begun = self._done.get(_key(target)), _key(target) in self._begun
        if done is None:
            return Known(begun)
        same = done.run == self._run and done.detail.issuperset(detail)
        return Known(begun, done.before, done.after, same, self.entry(target) if same else {})

    def begin(self, target: Path) -> None:
        """Note that the target is about to appear."""
        self._begun.add(_key(target))
        self._add({"begun": _key(target)})

    def finish(
        self,
        target: Path,
        before: str,
        entry: dict[str, Any] | None = None,
        detail: Iterable[str] = (),
        after: str = "",
    ) -> None:
        """Note that the target is whole, made from an input of digest `before`, and what is to be told of it: all
        that `detail` names. `after`: the target's own digest, if that is known already."""
        record = {"done": _key(target), "run": self._run, "input": before, "output": after or digest(target)}
        self._begun.discard(_key(target))
        self._add(record | {"detail": sorted(detail), "entry": entry or {}})

    @property
    def place(self) -> tuple[Path, str]:
        """The file and the run, as `key_in` wants them."""
        return self._path.absolute(), self._run

    def touched(self) -> int:
        """The time by the clock of the file system that the file is in, in nanoseconds."""
        os.utime(self._path)
        return self._path.stat().st_mtime_ns

    @staticmethod
    def key_in(path: Path, run: str) -> bytes:
        """The key that a `State` of this file and this run has, for a process that has none."""
        with path.open("rb") as stream:
            secret = str(json.loads(stream.readline())["key"])
        return _key_of(secret, run)

    def _lock(self, path: Path) -> None:
        if fcntl is None:
            return
        until = monotonic() + _PATIENCE
        while True:
            with suppress(BlockingIOError):
                fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            if monotonic() > until:
                raise FormatError(
                    "{path}: is in use by another run; if that was killed, its processes are still ending: try again in some seconds",
                    path=show(path),
                )
            sleep(0.1)

    def _read(self, path: Path) -> None:
        start = 0
        for line in self._stream:
            if not line.endswith(b"\n"):
                break  # what a killed run left half written
            # A process that was killed may have left a part of a record, behind which another has gone on.
            torn = max(0, *(line.rfind(head) for head in _HEADS))
            try:
                self._take(json.loads(line[torn:]), start + torn, len(line) - torn)
            except (ValueError, KeyError, TypeError):
                raise FormatError("{path}: not a state file of redactor", path=show(path)) from None
            start += len(line)
        else:
            line = b""
        if line and not start and not any(head.startswith(line[: len(head)]) for head in _HEADS):
            raise FormatError("{path}: not a state file of redactor", path=show(path))
        self._stream.truncate(start)

    def _take(self, record: dict[str, Any], start: int, length: int) -> None:
        if "key" in record:
            self._secret = str(record["key"])
            if len(bytes.fromhex(self._secret)) < SHORTEST_KEY:
                raise ValueError
        elif "begun" in record:
            self._begun.add(record["begun"])
        else:
            run, before, after = (str(record[name]) for name in ("run", "input", "output"))
            # What an older version has noted lacks the entry: such a file is done again.
            run = run if "entry" in record else ""
            detail = frozenset(map(str, record.get("detail", ())))
            self._done[record["done"]] = _Done(run, before, after, detail, start, length)
            self._begun.discard(record["done"])

    def _add(self, record: dict[str, Any]) -> None:
        """Add a line, whole or not at all: after a torn one the next would make the file unreadable."""
        line = json.dumps(record).encode() + b"\n"
        descriptor = self._stream.fileno()
        before = os.fstat(descriptor).st_size
        written = 0
        try:
            while written < len(line):
                written += os.write(descriptor, line[written:])
        except OSError as error:
            os.ftruncate(descriptor, before)
            error.filename = str(self._path)
            raise


def _key_of(secret: str, run: str) -> bytes:
    return hmac.new(bytes.fromhex(secret), run.encode(), hashlib.sha256).digest()


def _key(target: Path) -> str:
    return str(target.absolute())
