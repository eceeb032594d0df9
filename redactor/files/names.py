"""What the names of files say of their formats: outputs fit their names, and an input whose name says something else is told of."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from redactor.document.edits import apply
from redactor.formats.registry import FORMATS, TEXT, becomes
from redactor.language import say, several
from redactor.model import ENTITIES, OUTPUT, FormatError
from redactor.redactor import Redactor
from redactor.text.masked import MASK
from redactor.text.places import at
from redactor.text.show import show

_BY_SUFFIX: Final = {suffix: form for form in FORMATS.values() for suffix in form.suffixes}
_TEXTUAL: Final = frozenset((TEXT, "html", "xml", "csv", "json", "jsonl", "eml"))
"""What can be read without any program for it."""
_LINES: Final = frozenset(("csv", "json", "jsonl"))
"""What is text to anybody, whatever its name says."""
_WRITTEN_AS: Final = {"pdf": ("pdf", TEXT)}
"""In which formats one can be written that is not written as what it is, or not only."""
_FIELDED: Final = frozenset(("csv", "json", "jsonl", "parquet", "arrow", "xml", "zip", "tar", "gzip", "bzip2", "xz"))
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


def check_place(kind: str, source: Path, target: Path | None) -> None:
    """FormatError when an output does not fit where it goes: a name that says another format, a terminal (`target` None)."""
    if kind not in FORMATS:
        return
    possible = _WRITTEN_AS.get(kind, (becomes(kind) or kind,))
    if target is None:
        if sys.stdout.isatty() and kind not in _TEXTUAL and TEXT not in possible:
            raise FormatError(
                "is {title}, nothing for a terminal: name an output with -o",
                title=say(FORMATS[kind].title),
                reason=OUTPUT,
            )
        return
    said = _BY_SUFFIX.get(target.suffix.lower())
    if said is None or target.suffix.lower() == source.suffix.lower():
        return
    if said.name in possible or (kind == TEXT and said.name in _TEXTUAL) or (said.name == TEXT and kind in _LINES):
        return
    names = say(" or ").join(FORMATS[each].suffixes[0] for each in possible)
    text = say("; its text: --to text") if said.name == TEXT else ""
    raise FormatError(
        "{target}: the output has the format of the input, {title}: name it {names}{text}",
        target=show(target),
        title=say(FORMATS[kind].title),
        names=names,
        text=text,
        reason=OUTPUT,
    )


def check_fields(kind: str) -> None:
    """FormatError for a format that has no fields or columns to be named."""
    if kind in FORMATS and kind not in _FIELDED:
        raise FormatError(
            "is {title}, which has no fields or columns: leave --field and --column out",
            title=say(FORMATS[kind].title),
        )


def _said_by_links(source: Path) -> list[str]:
    """What is to be said of a file that is to be written over: names that lead to what it was before go on doing so."""
    others = source.stat().st_nlink - 1
    if others < 1:
        return []
    return [
        several(
            "has {number} other name (a hard link), which keeps the text as it was",
            "has {number} other names (hard links), which keep the text as it was",
            others,
        )
    ]


def said_by_names(redactor: Redactor, kind: str, source: Path, target: Path | None) -> list[str]:
    """What is to be said of a file by its name: that it says another format, or what would be masked in a text."""
    remarks = []
    said = _BY_SUFFIX.get(source.suffix.lower())
    if said is not None and kind in FORMATS and said.name != kind and kind not in (TEXT, *_LINES):
        remarks.append(say("has another format than its name says: {title}", title=say(FORMATS[kind].title)))
    if target is not None:
        entities = named_in(redactor, target.stem)
        if entities:
            remarks.append(say("the name of the output holds {entities}", entities=say(", ").join(entities)))
    return remarks + (_said_by_links(source) if source == target else [])


def said_by_folders(redactor: Redactor, outputs: Iterable[Path]) -> Iterator[str]:
    """What is to be said of the folders of outputs, given by their paths below the one that the user has named."""
    folders = {folder for output in outputs for folder in output.parents if folder.name}
    for folder in sorted(folders):
        entities = named_in(redactor, folder.name)
        if entities:
            told = say("the name of the folder holds {entities}", entities=say(", ").join(entities))
            yield at(show(folder), told)


def without_names(redactor: Redactor, name: str) -> str:
    """A name with × in place of what would be masked in it, were it a text, but for days and figures."""
    return apply(
        name, [replace(edit, replacement=MASK) for edit in redactor.redact(name).edits if edit.entity in _NAMES]
    )


def named_in(redactor: Redactor, name: str) -> list[str]:
    """The entities that would be masked in a name, were it a text."""
    return sorted({edit.entity for edit in redactor.redact(name).edits} & _NAMES)
