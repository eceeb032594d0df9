"""A document's way through the core: its texts joined into flows, the flows' edits given back to the texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from redactor.engine import Memory, Redactor, apply, documents
from redactor.formats.unit import Redacted, Unit
from redactor.model import Edit, FormatError, Result
from redactor.text.decode import PART
from redactor.text.document import Document

_KNOWN: Final = 50_000
"""Values proven within one document that are looked for in the rest of it."""
Account = Callable[[str, Result, Sequence[Unit]], object]
"""Takes the text of a flow (or a part of a long one), what has become of it, and the units that it is made of."""


@dataclass
class DocumentSession:
    """The `Session` of one file. `strict`: what can't be looked into refuses the file."""

    redactor: Redactor
    account: Account
    strict: bool = False
    not_checked: list[tuple[str, str]] = field(default_factory=list)
    taken_out: list[tuple[str, str]] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)

    def flow(self, units: Sequence[Unit], *, prose: bool = True) -> list[Redacted]:
        """What becomes of texts that are read one after the other."""
        groups = list(_grouped(units))
        texts = [_joined(group, last=number + 1 == len(groups)) for number, group in enumerate(groups)]
        plain = (Document(text, head=False, tail=False, middle=False) for text in texts)
        done: list[Redacted] = []
        for group, document in zip(groups, documents(texts) if prose else plain, strict=True):
            result = self.redactor.finish(self.redactor.look(document), self.memory)
            self.account(document.text, result, group)
            done.extend(_given_back(group, result.edits))
            self._forget()
        return done

    def value(self, unit: Unit, entity: str) -> Redacted:
        """What becomes of a text that is known to be a value of that entity."""
        result = self.redactor.redact_value(unit.text, entity, self.memory)
        self.account(unit.text, result, (unit,))
        return Redacted(result.text, result.edits)

    def _forget(self) -> None:
        """Let go of the values that were proven first, so that a table of any length is read in bounded memory."""
        known = self.memory.known
        for value in list(islice(known, max(0, len(known) - _KNOWN))):
            del known[value]

    def record(self) -> None:
        """A new document begins within the file."""
        self.memory = Memory()

    def removed(self, where: str, what: str) -> None:
        """Tell that a part that holds no text to edit was taken out."""
        self.taken_out.append((where, what))

    def unchecked(self, where: str, what: str) -> None:
        """Tell that something stays that can't be looked into."""
        if self.strict:
            raise FormatError(f"{where}: {what} can't be checked, and --strict was given")
        self.not_checked.append((where, what))


def _grouped(units: Sequence[Unit]) -> Iterator[list[Unit]]:
    """Units in groups of about the size of a part."""
    group: list[Unit] = []
    size = 0
    for unit in units:
        if group and size + len(unit.text) > PART:
            yield group
            group, size = [], 0
        group.append(unit)
        size += len(unit.text) + 1
    if group:
        yield group


def _joined(units: Sequence[Unit], *, last: bool) -> str:
    return "\n".join(unit.text for unit in units) + ("" if last else "\n")


def _given_back(units: Sequence[Unit], edits: Sequence[Edit]) -> Iterator[Redacted]:
    """The edits of a joined text, each to the unit that it lies in; of one that lies in several, the first is written to."""
    start, first = 0, 0
    for unit in units:
        end = start + len(unit.text)
        own: list[Edit] = []
        gone = False
        while first < len(edits) and edits[first].end < start:
            first += 1
        for number in range(first, len(edits)):
            edit = edits[number]
            if edit.start > end:
                break
            low, high = max(edit.start, start), min(edit.end, end)
            written = edit.replacement if start <= edit.start else ""
            gone = gone or (
                not edit.replacement
                and edit.start <= start
                and edit.end >= end
                and (edit.start < start or edit.end > end)
            )
            if low < high or (written and low == high):
                own.append(Edit(low - start, high - start, written, edit.entity, edit.rule))
        yield Redacted(apply(unit.text, own), tuple(own), gone)
        start = end + 1
