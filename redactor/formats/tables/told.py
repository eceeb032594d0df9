"""Whether a text of any name is a table of delimiter-separated values; running text with commas must never be taken for one.

A table has as many cells in each row, and beside that either a first row that names the columns or columns of one type.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import Final

import regex

from redactor.detect.headers import entity_of, is_no_value, plain_name
from redactor.packaged import packaged_words

DELIMITERS: Final = (",", "\t", ";", "|")
"""Those looked for; the first, where none shows."""
_MOST_ROWS: Final = 200
_LONGEST_NAME: Final = 16
_SHORT: Final = 20
"""Characters of a cell that is no running text."""
_NAMES: Final = frozenset(packaged_words("table-column-names"))
"""Names of columns beside those by which cells are known (`entity_of`)."""
_SENTENCE = regex.compile(r"[。！？!?；]|，|、")
_DATE: Final = r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?"
_LABELS = regex.compile(rf"{_DATE}|\d{{1,2}}:\d{{2}}(?::\d{{2}})?|\d{{1,4}}")
"""What lines of running text may begin with, too: numbers of points, dates, times."""
_STRONG = regex.compile(
    rf"1[3-9]\d{{9}}|0\d{{2,3}}-\d{{7,8}}|\d{{17}}[\dXx]|[\w.+-]+@[\w-]+\.[\w.-]+|https?://\S+|{_DATE}|(?:\d{{1,3}}\.){{3}}\d{{1,3}}",
)
_WEAK = regex.compile(r"[-+]?[¥￥$]?\d[\d,]*(?:\.\d+)?%?|\d{1,2}:\d{2}(?::\d{2})?")
_SEPARATOR_LINE = regex.compile(r"sep=[^\r\n]\r?\n", regex.I)
Rows = Sequence[Sequence[str]]


def is_table(sample: bytes, *, whole: bool) -> bool:
    """Whether the beginning of a file (`whole`: all of it) is one of delimiter-separated values."""
    if not any(sign.encode() in sample for sign in DELIMITERS):
        return False
    text = _decoded(sample)
    if _SEPARATOR_LINE.match(text):
        return True
    return any(_is_table(text, sign, whole) for sign in DELIMITERS if sign in text)


def _is_table(text: str, delimiter: str, whole: bool) -> bool:
    rows = _rows(text, delimiter, whole)
    if len(rows) < 2 or not any(row[0].strip() for row in rows):  # lines indented by a tab, or between bars
        return False
    names = [
        name for number, name in enumerate(rows[0]) if any(rows[0][number:])
    ]  # commas at the end of lines are no names
    named = _are_names(names)
    body = rows[1:] if named else rows
    if named:
        known = sum(bool(entity_of(name)) or plain_name(name) in _NAMES for name in names)
        typed = any(_typed(body, _STRONG) or _typed(body, _WEAK))
        if known == len(names) or (known >= 2 and len(body) >= 2) or (known and typed):
            return True
    return len(body) >= 3 and not _is_running(rows, delimiter) and _is_typed(body)


def _decoded(sample: bytes) -> str:
    """The text of a sample, as far as it can be told; what ends within a character loses that."""
    if sample[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return sample.decode("utf-16", "ignore")
    try:
        return sample.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        if error.start > len(sample) - 4:
            return sample[: error.start].removeprefix(b"\xef\xbb\xbf").decode()
        return sample.decode("gb18030", "ignore")


def _rows(text: str, delimiter: str, whole: bool) -> Rows:
    """The first rows, blank ones left out; none when they are not all of one width, of two cells at least."""
    rows: list[list[str]] = []
    lines = text.splitlines(keepends=True)
    if not whole and lines:
        lines.pop()
    try:
        for row in csv.reader(_plain_ends(lines), delimiter=delimiter, strict=True):
            if not any(cell.strip() for cell in row):
                continue
            rows.append(row)
            if len(row) < 2 or len(row) != len(rows[0]):
                return []
            if len(rows) == _MOST_ROWS:
                break
    except csv.Error:
        if whole:
            return []  # a quote that is never closed, or no quoting at all
    return rows


def _plain_ends(lines: Sequence[str]) -> Iterator[str]:
    """Lines as the standard library's reader wants them: those that end in a sign of Unicode are joined with the next."""
    held = ""
    for line in lines:
        held += line
        if line.endswith(("\n", "\r")):
            yield held
            held = ""
    if held:
        yield held


def _are_names(row: Sequence[str]) -> bool:
    """Whether cells could name columns: short, unlike, no values and no sentences."""
    names = [name.strip() for name in row]
    return (
        bool(names)
        and len(set(names)) == len(names)
        and all(
            0 < len(name) <= _LONGEST_NAME
            and not _SENTENCE.search(name)
            and not _WEAK.fullmatch(name)
            and not _STRONG.fullmatch(name)
            for name in names
        )
    )


def _is_running(rows: Rows, delimiter: str) -> bool:
    """Whether rows read like sentences: with their signs, with long cells, or with a blank after the comma."""
    cells = [cell for row in rows for cell in row]
    spaced = sum(any(cell.startswith(" ") for cell in row[1:]) for row in rows)
    return (
        any(_SENTENCE.search(cell) or len(cell) > _SHORT for cell in cells if not _STRONG.fullmatch(cell.strip()))
    ) or (delimiter in ",;" and 2 * spaced > len(rows))


def _typed(rows: Rows, pattern: regex.Pattern[str]) -> list[bool]:
    """Of each column, whether all its values are of a type, and most rows have one."""
    told = []
    for column in zip(*rows, strict=True):
        values = [cell.strip() for cell in column if not is_no_value(cell)]
        told.append(2 * len(values) > len(column) and all(pattern.fullmatch(value) for value in values))
    return told


def _is_typed(rows: Rows) -> bool:
    """Whether there are columns of one type: two, or one of values that are no figures, or one among three and more."""
    strong, weak = _typed(rows, _STRONG), _typed(rows, _WEAK)
    if all(_LABELS.fullmatch(row[0].strip()) for row in rows):
        strong[0] = weak[0] = False
    either = sum(a or b for a, b in zip(strong, weak, strict=True))
    return either >= 2 or any(strong) or (either == 1 and len(rows[0]) >= 3)
