"""What the names of files say of their formats: outputs fit their names, and an input whose name says something else is told of."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from redactor.formats.registry import FORMATS, TEXT
from redactor.model import ENTITIES, FormatError
from redactor.redactor import Redactor
from redactor.text.show import show

_BY_SUFFIX: Final = {suffix: form for form in FORMATS.values() for suffix in form.suffixes}
_TEXTUAL: Final = frozenset((TEXT, "html", "xml", "csv", "json", "jsonl", "eml"))
"""What can be read without any program for it."""
_LINES: Final = frozenset(("csv", "json", "jsonl"))
"""What is text to anybody, whatever its name says."""
_WRITTEN_AS: Final = {"pdf": ("pdf", TEXT), "ole": ("docx",)}
"""In which formats one can be written that is not written as what it is, or not only."""
FIELDED: Final = frozenset(("csv", "json", "jsonl", "parquet", "arrow", "xml", "zip", "tar", "gzip", "bzip2", "xz"))
"""Formats with fields or columns that have a name, and those that may hold such files."""
_NAMES: Final = frozenset(ENTITIES) - {"DATE_TIME", "MONEY", "PERCENT", "QUANTITY", "BOILERPLATE"}
"""What a file must not be called by when it is masked in texts; days and figures tell of nobody."""


def suffix_for(kind: str, source: Path, target: Path | None) -> str:
    """The suffix that says what is to be written; an output that is called as its input is gets its format, whatever the name says."""
    if target is None:
        return ""
    suffix = target.suffix.lower()
    if suffix == source.suffix.lower() and kind in FORMATS and suffix not in FORMATS[kind].suffixes:
        return FORMATS[kind].suffixes[0]
    return suffix


def check_name(kind: str, source: Path, target: Path) -> None:
    """FormatError when the name of an output says a format that it would not have."""
    said = _BY_SUFFIX.get(target.suffix.lower())
    if said is None or kind not in FORMATS or target.suffix.lower() == source.suffix.lower():
        return
    possible = _WRITTEN_AS.get(kind, (kind,))
    if said.name in possible or (kind == TEXT and said.name in _TEXTUAL) or (said.name == TEXT and kind in _LINES):
        return
    names = " or ".join(FORMATS[each].suffixes[0] for each in possible)
    raise FormatError(f"{show(target)}: the output has the format of the input, {FORMATS[kind].title}: name it {names}")


def misnamed(kind: str, source: Path) -> str:
    """What is to be said of an input whose name says another format than it has; nothing when it fits."""
    said = _BY_SUFFIX.get(source.suffix.lower())
    if said is None or kind not in FORMATS or said.name == kind or kind in (TEXT, *_LINES):
        return ""
    return f"has another format than its name says: {FORMATS[kind].title}"


def told_by_name(redactor: Redactor, path: Path) -> tuple[str, ...]:
    """The entities of which the name of a file holds what would be masked in a text."""
    return tuple(sorted({edit.entity for edit in redactor.redact(path.stem).edits} & _NAMES))


def check_terminal(kind: str, to_terminal: bool) -> None:
    """FormatError for a document that no terminal can show."""
    if to_terminal and kind in FORMATS and kind not in _TEXTUAL and TEXT not in _WRITTEN_AS.get(kind, ()):
        raise FormatError(f"is {FORMATS[kind].title}, nothing for a terminal: name an output with -o")
