"""Findings that are known and accepted: a later run tells of others only.

The file holds keyed fingerprints of file, entity and value, each with how often, and its own random key: never a text or a name. Who has it
can confirm a guess at a value, so it belongs with the originals.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from redactor import __version__
from redactor.files.atomic import write_whole
from redactor.files.inputs import STDIN
from redactor.files.report import FileReport, Found
from redactor.files.state import check_place
from redactor.model import FormatError
from redactor.policy.operators import SHORTEST_KEY
from redactor.text.show import show
from redactor.text.whole_file import LARGEST_LIST, read_whole

_SCHEMA: Final = 1
_METADATA: Final = "METADATA"
"""The entity, here, of what is taken out of a document and is no text."""


class Baseline:
    """Findings as a file holds them, and how many of each a run has met so far."""

    def __init__(self, path: Path) -> None:
        """An empty one, with a key of its own."""
        self._path = path
        self._folder = path.absolute().parent
        self._key = secrets.token_bytes(32)
        self._counts: Counter[str] = Counter()
        self._met: Counter[str] = Counter()

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """What a file holds. FormatError for one that is no baseline."""
        baseline = cls(path)
        try:
            table = json.loads(read_whole(path, LARGEST_LIST))
            baseline._key = bytes.fromhex(table["key"])
            if table["baseline"] != _SCHEMA or len(baseline._key) < SHORTEST_KEY:
                raise ValueError
            baseline._counts = Counter({str(name): int(count) for name, count in table["findings"].items()})
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise FormatError("{path}: not a baseline of redactor", path=show(path)) from None
        return baseline

    def write(self) -> None:
        """Write all that was met."""
        table = {
            "baseline": _SCHEMA,
            "redactor": __version__,
            "key": self._key.hex(),
            "findings": dict(sorted(self._met.items())),
        }
        write_whole(self._path, json.dumps(table, indent=1).encode() + b"\n", 0o600)

    def meet(self, file: FileReport, entity: str, value: str) -> bool:
        """Count a finding; whether there are more such ones by now than the file holds.

        What is compared is HMAC-SHA-256 under the file's key, 128 bits of it in hex; inputs are named from the file's folder.
        """
        place = Path(os.path.relpath(file.name, self._folder)).as_posix()
        message = "\0".join((place, entity, value)).encode("utf-8", "surrogatepass")
        name = hmac.new(self._key, message, hashlib.sha256).hexdigest()[:32]
        self._met[name] += 1
        return self._met[name] > self._counts[name]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a run does with known findings. `known`: of these nothing is told; `written`: gets all that is found."""

    known: Baseline | None = None
    written: Baseline | None = None

    def take(self, file: FileReport) -> None:
        """Leave what is not known of what was found so far in a file."""
        if self.written:
            for found in file.found:
                self.written.meet(file, found.finding.entity, found.matched)
        if self.known:
            told = [(each, self.known.meet(file, each.finding.entity, each.matched)) for each in file.found]
            file.found = [each for each, new in told if new]
            _leave_out(file, [each for each, new in told if not new])

    def end(self, file: FileReport) -> None:
        """The same at the end of a file, which counts as changed by what is not known alone."""
        if file.error is not None:
            return
        self.take(file)
        others = [f"{each['where']}\0{each['what']}" for each in file.taken_out]
        if self.written:
            for other in others:
                self.written.meet(file, _METADATA, other)
        if self.known:
            new = [self.known.meet(file, _METADATA, other) for other in others]
            file.text_changed = bool(file.found)
            file.changed = file.text_changed or any(new)

    def finish(self) -> None:
        """Write what is to be written."""
        if self.written:
            self.written.write()


def _leave_out(file: FileReport, known: Sequence[Found]) -> None:
    """Count findings, and what would be made of them, no longer among those of a file."""
    file.findings.subtract((each.finding.entity, each.finding.rule) for each in known)
    file.edited.subtract(kind for each in known for kind in each.edits)
    file.findings, file.edited = +file.findings, +file.edited
    spans = sorted((each.start, each.end) for each in known)

    def is_known(start: int) -> bool:
        number = bisect_right(spans, start, key=lambda span: span[0])
        return number > 0 and start < spans[number - 1][1]

    file.edits = [edit for edit in file.edits if not is_known(edit["start"])]


def accepted(known: Path | None, written: Path | None, inputs: Sequence[Path]) -> Accepted:
    """What two files ask for. FormatError where one is no baseline, or is to be written among the inputs or in the place of something else."""
    if written:
        check_place(written, [path for path in inputs if path != STDIN], None)
    if written and written.exists():
        Baseline.read(written)
    return Accepted(Baseline.read(known) if known else None, Baseline(written) if written else None)
