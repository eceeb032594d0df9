"""The rows of a table of edits, and the columns that it has in a file."""

from __future__ import annotations

from typing import Final, NamedTuple


class EditRow(NamedTuple):
    """One edit of a run.

    `row`: of JSONL, CSV and Parquet the number of the record, as `where` has it, else None; `field`: of the text in it, from 1 (the column;
    in JSON, the text, number or key). `where`: the part of a document as reports have it, or line and column (`3:7`) of a text. `start`, `end`:
    half-open, in the text that stands there (the cell, the paragraph), of a text in the whole file; what runs on into the next
    paragraph ends beyond its own. `score`: of the finding, 0 to 1; None where the edit came of no single one. `text`, `replacement`: what
    stood there and what stands there now, where texts are asked for.
    """

    file: str
    row: int | None
    field: int | None
    where: str
    start: int
    end: int
    entity: str
    rule: str
    score: float | None
    text: str | None = None
    replacement: str | None = None


COLUMNS: Final = EditRow._fields[:9]
"""The columns of every table of edits."""
TEXTS: Final = EditRow._fields[9:]
"""Those that only one with texts has."""
