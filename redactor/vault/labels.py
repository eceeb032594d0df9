"""Labels: how one is written, and its check signs (HMAC-SHA-256, RFC 2104 and FIPS 180-4)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final

import regex

SIGNS: Final = "34679ABCDEFGHJKLMNPQRSTUVWXYZ"
"""What check signs are written with: 29 signs, of which no two look alike (0 O, 1 I, 2 Z, 5 S, 8 B)."""
BRACKETS: Final = ("〔〕", "⟦⟧", "〖〗")
"""What labels may stand in."""
MOST_SIGNS: Final = 6
KEY_BYTES: Final = 32
_SPACES = regex.compile(r"[\s\p{Cf}\p{Mn}\p{Me}]+")


def canonical(text: str) -> str:
    """A value without what does not tell it from another one: spaces and invisible characters."""
    return _SPACES.sub("", text) or text


@dataclass(frozen=True, slots=True)
class Form:
    """A way in which a value was written (王建国, 王 建国), which has a label of its own.

    `number`: it stood there as a number, where others are texts (in JSON, in a sheet). `spelled`: how its document spells it, where that is not how
    the format spells such a text (`http:\\/\\/…` in JSON); else "".
    """

    text: str
    number: bool = False
    spelled: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A value and its label. `kind`: the sign of the label (人); `number`: from 1, by first appearance among its kind."""

    kind: str
    number: int
    entity: str
    value: str
    forms: tuple[Form, ...]


@dataclass(slots=True)
class Series:
    """Labels that were made with one key, by their kinds and numbers. `signs`: how many check signs each has; 0: none."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(KEY_BYTES), repr=False)
    signs: int = 2
    brackets: str = BRACKETS[0]
    entries: dict[tuple[str, int], Entry] = field(default_factory=dict, repr=False)
    first: dict[str, int] = field(default_factory=dict)
    """Numbers that new labels of a kind begin with, where they don't with 1."""
    _numbers: dict[tuple[str, str], int] = field(default_factory=dict, repr=False)
    _counts: dict[str, int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for entry in self.entries.values():
            self._count(entry)

    def copy(self) -> Series:
        """The same, which grows by itself."""
        return Series(self.key, self.signs, self.brackets, dict(self.entries), dict(self.first))

    def begin_after(self, other: Series) -> None:
        """Number new labels after those of another series."""
        for kind, number in {*other.first.items(), *((kind, number + 1) for kind, number in other.entries)}:
            self.first[kind] = max(number, self.first.get(kind, 1))

    def label_of(self, kind: str, entity: str, form: Form) -> str:
        """The label of a value in one of its forms, which is entered if it is new."""
        value = canonical(form.text)
        number = self._numbers.get((kind, value)) or max(self._counts.get(kind, 0) + 1, self.first.get(kind, 1))
        entry = self.entries.get((kind, number)) or Entry(kind, number, entity, value, ())
        if form not in entry.forms:
            entry = Entry(kind, number, entry.entity, value, (*entry.forms, form))
            self.entries[kind, number] = entry
            self._count(entry)
        return self.label(kind, number, entry.forms.index(form) + 1)

    def label(self, kind: str, number: int, form: int = 1) -> str:
        """How a label is written; `form`: from 1, shown from the second one on."""
        which = f"-{form}" if form > 1 else ""
        check = f"·{self.check(kind, number, form)}" if self.signs else ""
        return f"{self.brackets[0]}{kind}{number:03}{which}{check}{self.brackets[1]}"

    def labels(self, entry: Entry) -> list[tuple[str, str]]:
        """The labels of an entry, each with the text that it stands for."""
        return [(self.label(entry.kind, entry.number, which), form.text) for which, form in enumerate(entry.forms, 1)]

    def check(self, kind: str, number: int, form: int = 1) -> str:
        """The check signs: only who has the key can make them."""
        said = f"{kind}\0{number}\0{form}".encode()
        value = int.from_bytes(hmac.new(self.key, said, hashlib.sha256).digest())
        signs = ""
        for _ in range(self.signs):
            value, each = divmod(value, len(SIGNS))
            signs += SIGNS[each]
        return signs

    def form_of(self, kind: str, number: int, form: int, signs: str) -> Form | None:
        """What a label stands for, if there is such a label and its signs agree."""
        entry = self.entries.get((kind, number))
        if not entry or not 1 <= form <= len(entry.forms):
            return None
        return entry.forms[form - 1] if hmac.compare_digest(self.check(kind, number, form), signs) else None

    def _count(self, entry: Entry) -> None:
        self._numbers[entry.kind, entry.value] = entry.number
        self._counts[entry.kind] = max(entry.number, self._counts.get(entry.kind, 0))
