"""The journal of a review: each step, before its answer is given, so that whatever ends the program loses nothing.

It is replayed when the review is opened again, so that what was undone can be undone and done still. It holds no text: values are told
by fingerprints.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from redactor.model import FormatError
from redactor.review.line_file import LineFile
from redactor.text.show import show
from redactor.text.whole_file import LARGEST_LIST, read_whole

SUFFIX: Final = ".decisions.journal"
_SCHEMA: Final = 1


class OtherInputError(FormatError):
    """The journal is that of another state of the document."""


class Journal:
    """The journal of one document, held by this process alone. `records`: what it held when it was opened, in order.

    `input_sha256`: the document that it is of, in hex. OtherInputError when it is that of another one, unless `anew`: then it begins anew.
    """

    def __init__(self, path: Path, input_sha256: str, *, anew: bool = False) -> None:
        self._file = LineFile(path)
        try:
            lines = [_parsed(line, path) for line in self._file.lines]
            if anew or not lines:
                self._file.clear()
                lines = [{"journal": _SCHEMA, "input": input_sha256}]
                self._file.add(lines[0])
            self.records = _steps(lines, path, input_sha256)
        except BaseException:
            self._file.close()
            raise

    def add(self, record: Mapping[str, Any]) -> None:
        """Note a step; it lasts when this returns. FormatError when it can't be noted: then it must not be taken."""
        self._file.add(record)

    def close(self) -> None:
        """Let others have the journal."""
        self._file.close()


def read_journal(path: Path, input_sha256: str) -> tuple[dict[str, Any], ...]:
    """The records of a journal, which somebody may be writing meanwhile: a last line that is not whole is none yet. Errors as of `Journal`."""
    lines = read_whole(path, LARGEST_LIST).split(b"\n")[:-1]
    return _steps([_parsed(line, path) for line in lines], path, input_sha256)


def _steps(lines: Sequence[dict[str, Any]], path: Path, input_sha256: str) -> tuple[dict[str, Any], ...]:
    """What a journal holds behind its head, which says what it is of."""
    head = lines[0] if lines else {}
    if head.get("journal") != _SCHEMA:
        raise _none(path)
    if head.get("input") != input_sha256:
        raise OtherInputError("{path}: is the journal of another state of the document", path=show(path))
    return tuple(lines[1:])


def _parsed(line: bytes, path: Path) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        raise _none(path) from None
    if not isinstance(record, dict):
        raise _none(path)
    return record


def _none(path: Path) -> FormatError:
    return FormatError("{path}: not a journal of decisions", path=show(path))
