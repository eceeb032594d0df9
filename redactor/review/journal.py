"""The journal of a review: each step, before its answer is given, so that whatever ends the program loses nothing.

It is replayed when the review is opened again, so that what was undone can be undone and done still. It holds no text: values are told
by fingerprints.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

from redactor.model import FormatError
from redactor.review.line_file import LineFile
from redactor.text.show import show

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
            head, records = (lines[0], lines[1:]) if lines else ({}, [])
            if anew or not lines:
                self._file.clear()
                head, records = {"journal": _SCHEMA, "input": input_sha256}, []
                self._file.add(head)
            if head.get("journal") != _SCHEMA:
                raise _none(path)
            if head.get("input") != input_sha256:
                raise OtherInputError("{path}: is the journal of another state of the document", path=show(path))
        except BaseException:
            self._file.close()
            raise
        self.records: tuple[dict[str, Any], ...] = tuple(records)

    def add(self, record: Mapping[str, Any]) -> None:
        """Note a step; it lasts when this returns. FormatError when it can't be noted: then it must not be taken."""
        self._file.add(record)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let others have the journal."""
        self._file.close()


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
