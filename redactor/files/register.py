"""The pseudonyms that the files of a run have got by a key: no two values of a collection share one.

What a key makes of a value is the same in every file, so two values that meet are found only when both are known. All processes of a run
enter theirs in one small database, which holds nothing but keyed digests (HMAC-SHA-256) and goes when the run ends.
"""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from redactor.language import later
from redactor.model import PseudonymError, Result
from redactor.policy.operators import Labels, pseudonym_of
from redactor.redactor import Redactor

_SHARED: Final = later("two different values would get the same pseudonym; take another key, or policy code")
_WAIT: Final = 60.0
"""Seconds that a process waits for another one to write."""
_BYTES: Final = 16


@dataclass(slots=True)
class Given:
    """The pseudonyms of one file. `register`: of all files of the run; None: the file is all there is."""

    redactor: Redactor
    register: Path | None = None
    _rows: dict[bytes, bytes] = field(default_factory=dict, repr=False)

    @property
    def wanted(self) -> bool:
        """Whether pseudonyms are made with a key; those without are told apart within their document."""
        return self.redactor.policy.pseudonyms and self.redactor.pipeline.key is not None

    def enter(self, text: str, result: Result) -> None:
        """Take a text and what has become of it. PseudonymError when two values share a pseudonym."""
        key, policy = self.redactor.pipeline.key, self.redactor.policy
        if key is None or not self.wanted:
            return
        for finding in result.findings:
            operator = policy.operator(finding.entity)
            parts = ((finding.start, finding.end),) if operator.whole else finding.parts
            for start, end in parts if operator.kind in ("code", "fake") else ():
                named = pseudonym_of(operator, finding.entity, text[start:end], Labels(), key)
                if named.written == text[start:end]:
                    continue
                written, value = _digest(key, named.written), _digest(key, f"{named.series}\0{named.value}")
                if self._rows.setdefault(written, value) != value:
                    raise PseudonymError(_SHARED)

    def close(self) -> None:
        """Enter all in the register of the run. PseudonymError when another value, of another file, has one of them."""
        if not self.register or not self._rows:
            return
        with closing(sqlite3.connect(self.register, timeout=_WAIT, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            for row in self._rows.items():
                database.execute("INSERT OR IGNORE INTO given VALUES (?, ?)", row)
                if database.execute("SELECT value FROM given WHERE pseudonym = ?", row[:1]).fetchone() != row[1:]:
                    raise PseudonymError(_SHARED)
            database.execute("COMMIT")


@contextmanager
def register_of(redactor: Redactor, files: int) -> Iterator[Path | None]:
    """A register for a run over so many files, while the block lasts; None where none is needed."""
    if files < 2 or not Given(redactor).wanted:
        yield None
        return
    with TemporaryDirectory(prefix="redactor-", ignore_cleanup_errors=True) as folder:
        path = Path(folder, "pseudonyms")
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("CREATE TABLE given (pseudonym BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
        yield path


def _digest(key: bytes, text: str) -> bytes:
    return hmac.new(key, b"register\0" + text.encode("utf-8", "surrogatepass"), sha256).digest()[:_BYTES]
