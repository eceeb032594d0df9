"""The audit log: who has done what in a review, each line chained to the one before by SHA-256, without a text or the length of one.

A changed, left-out or moved line is seen. A tail that was cut off is not, unless somebody holds the number and hash of the last line
(`head`): so they go into the decisions file too. Whoever may write to the log can write a whole new one: it shows tampering only to
who holds a head from before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, Self, get_args

import regex

from redactor.model import FormatError
from redactor.review.line_file import LARGEST_LINE, LineFile, canonical
from redactor.text.show import show
from redactor.text.whole_file import LARGEST_LIST, read_whole

NAME: Final = "review.audit.jsonl"
START: Final = "0" * 64
"""What the first line is chained to."""
Event = Literal[
    "open", "decide", "add", "span", "merge", "undo", "redo", "policy", "finish", "approve", "return", "export",
    "restore", "vault-open", "torn",
]  # fmt: skip
"""What is logged; `torn`: a line that a killed process had begun was cut off."""
EVENTS: Final[frozenset[str]] = frozenset(get_args(Event))
DETAILS: Final = frozenset(
    ("item", "entity", "rule", "kind", "from", "to", "scope", "count", "decisions", "output", "seen", "policy", "what")
)
"""What may be told of an event besides who, when and of which document: names that the program gives, numbers, fingerprints."""
_PLAIN: Final = regex.compile(r"[A-Za-z0-9_.:+\-]{0,80}")
"""What a detail may be made of: no Chinese name passes."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a log: how many lines it has, and the hash of the last one."""

    seq: int = 0
    hash: str = START


class Audit:
    """One log, open for adding to. FormatError when it is not whole, or can't be written: then nothing may be done that it should tell of.

    `by`, `role`: who works, as they say; `doc`: SHA-256 of the document in hex, of which the log gets 16 digits.
    """

    def __init__(self, path: Path, *, by: str, role: str = "review", now: Callable[[], datetime] | None = None) -> None:
        self._by, self._role = by, role
        self._now = now or (lambda: datetime.now(UTC))
        self._file = LineFile(path)
        try:
            self.head = _checked(self._file.lines, path)
            if self._file.torn:
                self.add("torn")
        except BaseException:
            self._file.close()
            raise

    def add(self, event: Event, doc: str = "", **details: str | int) -> None:
        """Log an event; it lasts when this returns. ValueError for a detail that could be text."""
        if event not in EVENTS:
            raise ValueError(f"no event: {event}")
        for name, value in details.items():
            name = name.rstrip("_")
            if name not in DETAILS or not (isinstance(value, int) or _PLAIN.fullmatch(value)):
                raise ValueError(f"the audit log takes no text: {name}")
        record = {
            **{name.rstrip("_"): value for name, value in details.items()},
            "seq": self.head.seq + 1,
            "prev": self.head.hash,
            "at": self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "by": self._by,
            "role": self._role,
            "event": event,
            "doc": doc[:16],
        }
        digest = _hash(record)
        self._file.add({**record, "h": digest})
        self.head = Head(self.head.seq + 1, digest)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let others have the log."""
        self._file.close()


class BrokenError(FormatError):
    """A line of a log is not the one that was written there."""


def verify(path: Path, known: Head = Head()) -> Head:
    """The head of a log that is whole. BrokenError where it is not, or where it lacks the line that is known of it; FormatError for no log."""
    data = read_whole(path, LARGEST_LIST)
    *lines, rest = data.split(b"\n")
    if rest:
        raise BrokenError("{path}: its last line is not whole", path=show(path))
    return _checked(lines, path, known)


def _checked(lines: Iterable[bytes], path: Path, known: Head = Head()) -> Head:
    head = Head()
    met = known.seq == 0
    for number, line in enumerate(lines, 1):
        record = _record(line)
        if record is None:
            if number == 1:
                raise FormatError("{path}: not an audit log of redactor", path=show(path))
            raise BrokenError("{path}: line {number} is none of an audit log", path=show(path), number=number)
        digest = record.pop("h", None)
        if record.get("seq") != number or record.get("prev") != head.hash or digest != _hash(record):
            raise BrokenError("{path}: line {number} is not what was written there", path=show(path), number=number)
        head = Head(number, digest)
        met = met or head == known
    if not met:
        raise BrokenError(
            "{path}: has no line {number} with the hash that is known: it was cut or written anew",
            path=show(path),
            number=known.seq,
        )
    return head


def _record(line: bytes) -> dict[str, Any] | None:
    if len(line) > LARGEST_LINE:
        return None
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and "seq" in record and "h" in record else None


def _hash(record: Mapping[str, Any]) -> str:
    """SHA-256 of a line without its own hash; the hash of the line before is in it."""
    try:
        return hashlib.sha256(canonical(record)).hexdigest()
    except ValueError:
        return ""
