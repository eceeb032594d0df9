"""The texts, numbers and keys of JSON on their way through the core and back into their places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Final

import regex

from redactor.document.state import Memory
from redactor.formats.options import Options
from redactor.formats.pieces import numbered
from redactor.formats.tables.json_paths import Selection, select
from redactor.formats.tables.json_scan import Leaf, Path, decoded, edited, is_number, quoted, spelling_of
from redactor.formats.tables.rows import Cell, keyed, redact_records
from redactor.formats.unit import Redacted, Session, Spelled, Unit
from redactor.text.decode import Encoding

_NUMBER = regex.compile(r"-?[0-9]{5,}+(?:\.0)?")
"""A number that could be an account, a telephone or an identity."""
_KEYS_REMEMBERED: Final = 10_000
_LONGEST_KEY: Final = 60
_UNICODE: Final = ("utf", "gb18030")

Where = Callable[[int], str]
"""The place of a character of the text, for reports."""
Change = tuple[int, int, str]
"""What is to be written in place of a stretch of a text."""


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """One document, or a part of a long one: where its leaves stand in a text, and the record that it belongs to.

    `row`: the number of its line; 0 in a file that has no records.
    """

    text: str
    leaves: Sequence[Leaf]
    where: Where
    record: Memory
    row: int = 0

    def field(self, number: int) -> int:
        """What the leaf of that number, from 0, is called in its record."""
        return number + 1 if self.row else 0


@dataclass
class Records:
    """Redacts the leaves of one document after the other, as the options say."""

    session: Session
    columns: dict[str, str]
    wanted: Selection
    known: Selection
    ascii_only: bool
    plain_keys: set[str] = field(default_factory=set)
    """Keys in which nothing was found: most records have the same."""
    goes_on: bool = False
    """Whether another part of the file comes before, which has told of the keys that most records have."""

    def redact(self, documents: Sequence[JsonDocument]) -> list[list[Change]]:
        """What is to be written in place of which stretches of each document's text, in order."""
        chosen = [self._chosen(document) for document in documents]
        done = redact_records(
            [(document.record, cells) for document, (_, cells, _) in zip(documents, chosen, strict=True)], self.session
        )
        return [
            list(self._changes(document, *parts, redacted))
            for document, parts, redacted in zip(documents, chosen, done, strict=True)
        ]

    def _chosen(self, document: JsonDocument) -> tuple[list[int], list[Cell], list[int]]:
        """The numbers of the leaves that are looked at, what they say, and the numbers of the keys."""
        places: list[int] = []
        cells: list[Cell] = []
        keys: list[int] = []
        for number, leaf in enumerate(document.leaves):
            rule, looked_at = self._choose(leaf)
            if leaf.kind == "key":
                keys += [number] * looked_at
                continue
            raw = document.text[leaf.start : leaf.end]
            if rule or (looked_at and (leaf.kind == "text" or _NUMBER.fullmatch(raw))):
                places.append(number)
                cells.append(self._cell(document, number, raw, rule))
        return places, cells, keys

    def _changes(
        self,
        document: JsonDocument,
        places: Sequence[int],
        cells: Sequence[Cell],
        keys: Sequence[int],
        redacted_cells: Sequence[Redacted],
    ) -> Iterator[Change]:
        leaves = document.leaves
        done = dict(zip(places, redacted_cells, strict=True))
        proven = {
            cell.text[edit.start : edit.end]
            for number, cell in zip(places, cells, strict=True)
            for edit in done[number].edits
        }
        done |= self._redact_keys(document, keys, proven)
        taken: dict[int, set[str]] | None = None
        for number, leaf in enumerate(leaves):
            redacted = done.get(number)
            if not redacted or not redacted.edits:
                continue
            raw = document.text[leaf.start : leaf.end]
            if leaf.kind == "key":
                taken = taken or _kept_keys(leaves, done)
                name = next(each for each in numbered(redacted.text) if each not in taken[leaf.owner])
                taken[leaf.owner].add(name)
            else:
                name = redacted.text
            yield leaf.start, leaf.end, self._written(leaf, raw, redacted, name)

    def _written(self, leaf: Leaf, raw: str, redacted: Redacted, name: str) -> str:
        """What stands in the place of a leaf. `name`: its text, or what a key is called where that is another key's name."""
        if leaf.kind == "text" and redacted.number and is_number(name):
            return name
        if leaf.kind == "number" or name != redacted.text:
            return quoted(name, ascii_only=self.ascii_only)
        spellings = [form.spelled for form in redacted.forms]
        return edited(raw, redacted.edits, spellings, ascii_only=self.ascii_only)

    def check(self) -> None:
        """FormatError when a path that the user names was nowhere."""
        self.wanted.check()
        self.known.check()

    def _choose(self, leaf: Leaf) -> tuple[str, bool]:
        """The user's column that a leaf is of, or an empty text; and whether it is to be looked at at all."""
        rule = self.known.covering(leaf.path) if self.known.patterns else None
        if not self.wanted.patterns:
            return rule or "", True
        # A key is looked at where it is part of what the user names, and not that name itself.
        name = self.wanted.covering(leaf.path)
        inside = name if leaf.kind != "key" else name and self.wanted.covering(leaf.path[:-1])
        return rule or "", bool(inside)

    def _cell(self, document: JsonDocument, number: int, raw: str, rule: str) -> Cell:
        leaf = document.leaves[number]
        text, place = raw if leaf.kind == "number" else decoded(raw), document.where(leaf.start)
        cell = keyed(_name(leaf.path), self.columns.get(rule, ""), name=_keys(leaf.path)).cell(
            text, place, document.row, document.field(number)
        )
        if leaf.kind == "number":
            return replace(cell, number=True)
        if "\\" in raw or (self.ascii_only and not raw.isascii()):
            return replace(cell, spelled=self._spelled(raw))
        return cell

    def _key(self, document: JsonDocument, number: int) -> Unit:
        leaf = document.leaves[number]
        return Unit(
            _name(leaf.path),
            document.where(leaf.start),
            row=document.row,
            field=document.field(number),
            spelled=self._spelled(document.text[leaf.start : leaf.end]),
        )

    def _spelled(self, raw: str) -> Spelled:
        return spelling_of(raw, ascii_only=self.ascii_only)

    def _redact_keys(self, document: JsonDocument, keys: Sequence[int], proven: set[str]) -> dict[int, Redacted]:
        leaves = document.leaves
        names = {number: _name(leaves[number].path) for number in keys}
        looked = [
            number
            for number, name in names.items()
            if name.strip() and (name not in self.plain_keys or any(value in name for value in proven))
        ]
        if not looked:
            return {}

        def flow(numbers: Sequence[int]) -> list[Redacted]:
            units = [unit for n in numbers for unit in (self._key(document, n), Unit("", ""))]
            return self.session.flow(units, prose=False, record=document.record)[::2]

        with self.session.told_before() if self.goes_on else nullcontext():
            done = dict(zip(looked, flow(looked), strict=True))
        edited = [number for number in looked if done[number].edits]
        if self.goes_on and edited:
            flow(edited)  # of these each is told, whichever part it stands in
        for number in looked:
            name = names[number]
            if number not in edited and len(name) <= _LONGEST_KEY and len(self.plain_keys) < _KEYS_REMEMBERED:
                self.plain_keys.add(name)
        return done


def records(session: Session, options: Options, encoding: Encoding) -> Records:
    """Records redacted as the options say. FormatError for a path that is none."""
    return Records(
        session,
        dict(options.columns),
        select(options.fields),
        select(options.columns),
        ascii_only=not encoding.name.startswith(_UNICODE),
        goes_on=bool(options.stretch and options.stretch.before),
    )


def _name(path: Path) -> str:
    """The innermost key."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _keys(path: Path) -> str:
    """All keys that lead to a value."""
    return ".".join(part for part in path if isinstance(part, str))


def _kept_keys(leaves: Sequence[Leaf], done: dict[int, Redacted]) -> dict[int, set[str]]:
    """By object, the keys that stay as they are."""
    kept: dict[int, set[str]] = defaultdict(set)
    for number, leaf in enumerate(leaves):
        if leaf.kind == "key" and not (number in done and done[number].edits):
            kept[leaf.owner].add(_name(leaf.path))
    return kept
