"""What the user may say about documents, whatever their format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from redactor.text.decode import Errors


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a file of records that is read by itself; others read the rest.

    `start`, `stop`: bytes of JSON Lines, from one beginning of a line to another; row groups of Parquet. `before`: lines or rows of
    the file that come before it.
    """

    start: int
    stop: int
    before: int


@dataclass(frozen=True, slots=True)
class Options:
    """Choices that formats ask for; each format reads those that concern it."""

    scrub_metadata: bool | None = None
    """Take out authors, revision marks, template paths, thumbnails: what says who made a document, and how; None: as the policy says."""
    unknown: Literal["refuse", "drop"] = "refuse"
    """What to do with a part of a package that no handler knows."""
    fields: tuple[str, ...] = ()
    """JSON paths (`text`, `meta.title`, `items[*].body`) or column names that are redacted; all texts when empty."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Column name (as the header says) → entity: every value of the column is one."""
    encoding: str | None = None
    """Encoding of the input, where the format leaves that open."""
    output_encoding: str | None = None
    """Encoding of the output of a text; None: that of the input."""
    errors: Errors = "strict"
    """What to do with bytes of a text that are none in its encoding."""
    bad_lines: Literal["refuse", "quarantine"] = "refuse"
    """What to do with a record of JSON Lines or CSV that can't be read: refuse the file, or set the record aside."""
    to: Literal["", "text", "jsonl"] = ""
    """Write the document's text in place of the document: as UTF-8 text, or as a record of JSON Lines."""
    likely_utf8: bool = False
    """Take a text for UTF-8 when its beginning is: DecodeError when the rest is not."""
    alone: bool = True
    """Whether the document is a file by itself: of a text within another no byte is passed over."""
    embedded: bool = False
    """Whether the document lies in another one: columns that are asked for need not be in it."""
    stretch: Stretch | None = None
    """The part of the file that is read; None: all of it."""
    output: str = ""
    """The output's suffix in small letters (`.txt`), where it has a name: some formats can be written in more than one."""

    def bytes_of(self, kind: str | None) -> tuple[int, int] | None:
        """The bytes of a file of this format that are read; None: all."""
        return (self.stretch.start, self.stretch.stop) if self.stretch and kind == "jsonl" else None
