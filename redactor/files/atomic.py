"""The one writer of outputs, which is atomic.

A write goes to a temporary file beside the target (mode 0600), is synced and renamed over the target, given its mode, and the folder is
synced (POSIX rename(2)): at any moment the target is whole, the old one or the new one, and nothing under another name can be read by
others; a run that is killed between the two leaves a new target for its owner alone. The temporary file is locked (flock(2)) while its
run lives, so that what a killed run left behind can be told from what another run is writing.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final

import regex

from redactor.files.walk import refuse_special
from redactor.language import because
from redactor.model import FormatError
from redactor.text.show import show

try:
    import fcntl
except ImportError:  # Windows: no flock, so nobody's temporary files are taken for stale
    fcntl = None  # type: ignore[assignment]

_TEMPORARY = ".redactor-tmp-"


_PRIVATE: Final = 0o600
_NOT_LOCKED_YET: Final = 0o700
"""Mode of a temporary file between its making and its lock, which no call does at once; then it is 0600."""


_unfinished: dict[Path, int] = {}
"""Temporary files that are being written, with the process that writes them."""


_TEMPORARY_NAME = regex.compile(rf"{regex.escape(_TEMPORARY)}[0-9a-f]{{16}}")


class AtomicWriter:
    """Writes a file that appears whole or not at all; leaving the block by an exception leaves no trace.

    `sync`: sync the folder too. One who writes many files into it calls `sync_folder` once instead; until then a failing machine may
    show the old file, whole.
    """

    def __init__(self, target: Path, *, mode: int | None = None, sync: bool = True) -> None:
        self.target = target
        self._sync = sync
        self._mode = mode
        self._temporary = target.with_name(f"{_TEMPORARY}{secrets.token_hex(8)}")
        self._stream: BinaryIO

    def __enter__(self) -> AtomicWriter:
        refuse_special(self.target)
        with _blaming(self.target):
            self.target.parent.mkdir(parents=True, exist_ok=True)
            _unfinished[self._temporary] = os.getpid()
            self._stream = os.fdopen(_create_locked(self._temporary), "wb")
        return self

    def write(self, data: bytes) -> None:
        """Add to the file."""
        with _blaming(self.target):
            self._stream.write(data)

    def tell(self) -> int:
        """Bytes that were written so far."""
        return self._stream.tell()

    def getvalue(self) -> bytes:
        """What was written so far, as it stands on the disk."""
        with _blaming(self.target):
            self._stream.flush()
            return self._temporary.read_bytes()

    def write_through(self, data: bytes) -> None:
        """The same at once, so that forked processes can take turns: where one has written, the next goes on."""
        with _blaming(self.target):
            self._stream.flush()
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(self._stream.fileno(), rest) :]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                with _blaming(self.target):
                    self._put_in_place(self._stream)
        finally:
            # What could not be written need not be flushed either; the file goes.
            with contextlib.suppress(OSError):
                self._stream.close()
            # One that can't be removed now is, when the process ends or another run begins; what went wrong before is told.
            with contextlib.suppress(OSError):
                self._temporary.unlink(missing_ok=True)
                _unfinished.pop(self._temporary, None)

    def _put_in_place(self, stream: BinaryIO) -> None:
        stream.flush()
        mode = self._final_mode()
        os.fsync(stream.fileno())
        with _still_locked(stream) as twin:
            stream.close()  # some file systems tell of a failed write only here
            self._temporary.replace(self.target)
            if twin is not None and mode != _PRIVATE:
                _give_mode(twin, mode, self.target)
        if self._sync:
            sync_folder(self.target.parent)

    def _final_mode(self) -> int:
        if self._mode is not None:
            return self._mode
        with contextlib.suppress(OSError):
            old = os.lstat(self.target)
            if stat.S_ISREG(old.st_mode):
                return stat.S_IMODE(old.st_mode)
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def write_whole(target: Path, data: bytes, mode: int | None = None) -> None:
    """Put data in the place of a file, or leave that as it is; `mode`: as of `AtomicWriter`."""
    with AtomicWriter(target, mode=mode) as out:
        out.write(data)


@contextlib.contextmanager
def _blaming(target: Path) -> Iterator[None]:
    """Have what the system refuses tell of the output, not of a temporary file or of nothing."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(target), None
        raise


def _set_mode(descriptor: int, mode: int) -> None:
    """Set the mode of a file where files have modes; Windows has none to set."""
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, mode)


class _Nowhere:
    """Takes an output that is not wanted."""

    def write(self, data: bytes, /) -> None:
        pass


NOWHERE: Final = _Nowhere()


def _create_locked(path: Path) -> int:
    """A new file of mode 0600 under a lock that ends with this process.

    Another run may see it before it is locked, and removes it then: it is made again.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    while True:
        descriptor = os.open(path, flags, _PRIVATE if fcntl is None else _NOT_LOCKED_YET)
        if fcntl is None:
            return descriptor
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            with contextlib.suppress(OSError):  # the final mode is set later, and told of when it can't be
                _set_mode(descriptor, _PRIVATE)
            return descriptor
        os.close(descriptor)  # taken for stale between the two calls


@contextlib.contextmanager
def _still_locked(stream: BinaryIO) -> Iterator[int | None]:
    """Keep a file's lock, by another descriptor of it, while the file is closed: until it is renamed it must not look stale."""
    if fcntl is None:  # and Windows renames no file that is open
        yield None
        return
    twin = os.dup(stream.fileno())
    try:
        yield twin
    finally:
        with contextlib.suppress(OSError):
            os.close(twin)


def _give_mode(descriptor: int, mode: int, target: Path) -> None:
    """Give a file that is in its place its mode; FormatError where that can't be, for then others can't read it."""
    try:
        _set_mode(descriptor, mode)
    except OSError as error:
        raise FormatError(
            "{target}: can't be made readable for others: {strerror}",
            target=show(target),
            strerror=because(error),
        ) from None


@atexit.register
def _remove_unfinished() -> None:
    """A signal may end the process between the making of a file and the block that would remove it."""
    for path, process in _unfinished.items():
        if process == os.getpid():
            with contextlib.suppress(OSError):
                path.unlink()


def remove_stale(folder: Path) -> int:
    """Remove what killed runs left half written in a folder; how many files. Files of a run that lives are let be.

    One that nobody has locked yet goes too, but does not count: the run that makes it may live, and then makes it again.
    """
    if fcntl is None or not folder.is_dir():
        return 0
    with os.scandir(folder) as entries:
        names = [entry.path for entry in entries if _TEMPORARY_NAME.fullmatch(entry.name)]
    return sum(_remove_if_stale(Path(name)) for name in names)


def _remove_if_stale(path: Path) -> bool:
    """Whether it was stale for sure."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
            return False
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        status = os.fstat(descriptor)
        if not os.path.samestat(status, path.lstat()):
            return False  # a third run has removed it before, and the one under its name is made anew and in use
        path.unlink()
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return stat.S_IMODE(status.st_mode) != _NOT_LOCKED_YET


def sync_folder(folder: Path) -> None:
    """Make what has been renamed in a folder last, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
