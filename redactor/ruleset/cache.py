"""Files in the user's cache folder that save the next start some work: data, sealed by a digest, and never of any consequence.

What is not there, not whole, of another version, or in a place that somebody else may write to, is as good as not there; what
can't be written is not written. Nothing that is read is run: JSON, which can say no more than JSON can.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from time import time
from typing import Any, Final

import regex

from redactor import __version__
from redactor.matching.compiled import Memo
from redactor.ruleset.load import rules_digest

FOLDER: Final = "redactor"
OFF: Final = "off"
_MOST_FILES: Final = 8
"""Each version and each state of one's own rule files makes another file; the oldest go."""
_MOST_BYTES: Final = 64 << 20
_STALE: Final = 3600.0
_DIGEST: Final = 64
_PRIVATE_TO_READ: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


def cache_folder(environment: Mapping[str, str]) -> Path | None:
    """Where the cache is by the environment: REDACTOR_CACHE (`off`: nowhere), or `redactor` among the user's caches."""
    own = environment.get("REDACTOR_CACHE", "")
    if own == OFF:
        return None
    if own:
        return Path(own).absolute()
    base = Path(environment.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():  # as its specification has it
        home = environment.get("HOME", "")
        if not home:
            return None
        base = Path(home, ".cache")
    return base / FOLDER


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of cached values by key."""

    folder: Path

    def read(self, key: str) -> dict[str, Any]:
        """The values kept under the key; none when there is anything wrong with them or with where they are."""
        try:
            with _opened(self.folder) as folder:
                data = _content(_name(key), folder)
            seal, body = data[:_DIGEST], data[_DIGEST + 1 :]
            if hashlib.sha256(body).hexdigest().encode() != seal:
                return {}
            values = json.loads(body.decode("utf-8", "surrogatepass"))
        except (OSError, ValueError, RecursionError):
            return {}
        return values if isinstance(values, dict) else {}

    def write(self, key: str, values: Mapping[str, Any]) -> None:
        """Keep the values, if that can be done; who reads meanwhile sees the old ones or the new ones, whole."""
        body = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        with suppress(OSError):
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                self.folder.mkdir(0o700)
            with _opened(self.folder) as folder:
                _replace(_name(key), hashlib.sha256(body).hexdigest().encode() + b"\n" + body, folder)
                _tidy(folder)


def _name(key: str) -> str:
    return f"rules-{key}.json"


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """The folder, held open so that nobody puts another in its place; OSError when others might write to it."""
    if not hasattr(os, "geteuid") or os.open not in os.supports_dir_fd:
        raise OSError("can't tell here who owns a file")
    folder = os.open(path, _PRIVATE_TO_READ | os.O_DIRECTORY)
    try:
        _refuse_others(folder, stat.S_ISDIR)
        yield folder
    finally:
        os.close(folder)


def _refuse_others(descriptor: int, is_kind: Any) -> os.stat_result:
    found = os.fstat(descriptor)
    if not is_kind(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise OSError("not the user's own")
    return found


def _content(name: str, folder: int) -> bytes:
    # A pipe of that name must not be waited for.
    descriptor = os.open(name, _PRIVATE_TO_READ | os.O_NONBLOCK, dir_fd=folder)
    with os.fdopen(descriptor, "rb") as stream:
        if _refuse_others(descriptor, stat.S_ISREG).st_size > _MOST_BYTES:
            raise OSError("too large")
        return stream.read(_MOST_BYTES)


def _replace(name: str, data: bytes, folder: int) -> None:
    unfinished = f".{name}.{token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(unfinished, flags, 0o600, dir_fd=folder)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        os.replace(unfinished, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(unfinished, dir_fd=folder)
        raise


def _tidy(folder: int) -> None:
    """Remove files beyond the newest, and what killed runs left half written."""
    kept: list[tuple[float, str]] = []
    for name in os.listdir(folder):
        if not name.startswith((".rules-", "rules-")):
            continue
        with suppress(OSError):
            written = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime
            if not name.startswith("."):
                kept.append((written, name))
            elif written < time() - _STALE:
                os.unlink(name, dir_fd=folder)
    for _, name in sorted(kept, reverse=True)[_MOST_FILES:]:
        with suppress(OSError):
            os.unlink(name, dir_fd=folder)


@dataclass(frozen=True, slots=True)
class KnownRules:
    """What is known of the rules of one run; `save` keeps what the run has added."""

    memo: Memo
    cache: Cache | None = None
    key: str = ""

    def save(self) -> None:
        """Keep it, once all the rules have proven sound."""
        if self.cache and self.memo.grown:
            self.cache.write(self.key, self.memo.known)


def known_rules(folder: Path | None, paths: Iterable[str | Path], *, builtin: bool) -> KnownRules:
    """What the folder keeps of these rule files, as they are now."""
    digest = rules_digest(paths, builtin=builtin) if folder else None
    if folder is None or digest is None:
        return KnownRules(Memo())
    cache = Cache(folder)
    try:
        key = hashlib.sha256(f"{versions(__version__, regex.__version__)}{digest}".encode()).hexdigest()
    except OSError:
        return KnownRules(Memo())
    return KnownRules(Memo(cache.read(key)), cache, key)


def versions(*others: str) -> str:
    """SHA-256 of what a cached value depends on besides its sources: Python, this package's code, and `others`."""
    sha = hashlib.sha256("\0".join((sys.version, sys.implementation.cache_tag or "", *others)).encode())
    package = Path(__file__).resolve().parent.parent
    for part in ("ruleset", "matching", "chinese", "detect", "text"):
        for file in sorted((package / part).rglob("*.py")):
            sha.update(hashlib.sha256(file.read_bytes()).digest())
    return sha.hexdigest()
