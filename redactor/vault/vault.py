"""The vault: what labels stand for, as JSON inside of an encrypted file (`lock`)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal

import regex

from redactor.model import FormatError
from redactor.vault.labels import BRACKETS, KEY_BYTES, MOST_SIGNS, Entry, Form, Series

SCHEMA: Final = 1
Scope = Literal["document", "collection"]
KIND: Final = regex.compile(r"\p{Han}{1,2}")
_MOST: Final = 10**7


@dataclass(slots=True)
class Vault:
    """What labels stand for. New ones are of the first of `series`; the others are of vaults that were merged into it.

    `scope`: whether it is of one document or of several; `inputs`: the SHA-256 of each, in hex. `recipients`: public keys that its file is
    locked for. `tool`: the program that made it. `others`: what the documents themselves hold that reads like a label in other brackets.
    """

    series: list[Series] = field(default_factory=lambda: [Series()])
    scope: Scope = "document"
    created: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    tool: str = "redactor"
    inputs: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    others: set[str] = field(default_factory=set)

    def copy(self) -> Vault:
        """The same, which grows by itself."""
        series = [self.series[0].copy(), *self.series[1:]]
        return Vault(series, self.scope, self.created, self.tool, self.inputs, self.recipients, set(self.others))

    def label_of(self, kind: str, entity: str, form: Form | str) -> str:
        """The label of a text, or of a value in one of its forms, which is entered if it is new."""
        return self.series[0].label_of(kind, entity, Form(form) if isinstance(form, str) else form)

    def entries(self) -> Iterator[tuple[Series, Entry]]:
        """All entries, in the order in which they came."""
        for series in self.series:
            for entry in series.entries.values():
                yield series, entry

    def labels(self) -> Iterator[tuple[str, str]]:
        """All labels, each with the text that it stands for."""
        for series, entry in self.entries():
            yield from series.labels(entry)

    def ambiguous(self) -> list[str]:
        """Labels that stand for different texts in vaults that were merged: they can't be put back."""
        meant: dict[str, set[str]] = {}
        for label, text in self.labels():
            meant.setdefault(label, set()).add(text)
        return sorted(label for label, texts in meant.items() if len(texts) > 1)

    def to_json(self) -> bytes:
        """As JSON (UTF-8), with all that it holds in the open."""
        first, *earlier = map(_series_out, self.series)
        table = {
            "schema": SCHEMA,
            "scope": self.scope,
            "created": self.created,
            "tool": self.tool,
            "inputs": self.inputs,
            "recipients": self.recipients,
            "others": sorted(self.others),
            **first,
            "earlier": earlier,
        }
        return json.dumps(table).encode("ascii")  # lone surrogates as escapes

    @classmethod
    def from_json(cls, data: bytes, where: str) -> Vault:
        """What `to_json` has written. FormatError, in one line, for what it has not; `where`: what the data are called."""
        try:
            table = json.loads(data)
            if table["schema"] != SCHEMA:
                raise FormatError("{where}: a vault of a later version of the program", where=where)
            series = [_series_in(each) for each in (table, *table["earlier"])]
            if table["scope"] not in ("document", "collection"):
                raise ValueError
            created, tool = _text(table["created"]), _text(table["tool"])
            inputs, recipients, others = (tuple(map(_text, table[name])) for name in ("inputs", "recipients", "others"))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise FormatError("{where}: not a vault", where=where) from None
        return cls(series, table["scope"], created, tool, inputs, recipients, set(others))


def merged(vaults: Sequence[Vault]) -> Vault:
    """One vault of several: all their labels are kept, and new ones are made with a key of its own."""
    first = vaults[0].series[0]
    series = [each for vault in vaults for each in vault.series if each.entries]
    inputs = tuple(dict.fromkeys(each for vault in vaults for each in vault.inputs))
    new = Series(signs=first.signs, brackets=first.brackets)
    # Numbers go on, so that no new label is told from an old one by its check signs alone.
    for each in series:
        new.begin_after(each)
    others = {each for vault in vaults for each in vault.others}
    return Vault([new, *series], "collection", inputs=inputs, tool=vaults[0].tool, others=others)


def _series_out(series: Series) -> dict[str, Any]:
    entries = [
        {"kind": e.kind, "n": e.number, "entity": e.entity, "value": e.value, "forms": list(map(_form_out, e.forms))}
        for e in series.entries.values()
    ]
    key = base64.b64encode(series.key).decode()
    return {
        "label_key": key,
        "signs": series.signs,
        "brackets": series.brackets,
        "first": series.first,
        "entries": entries,
    }


def _series_in(table: dict[str, Any]) -> Series:
    try:
        key = base64.b64decode(table["label_key"], validate=True)
    except binascii.Error:
        raise ValueError from None
    signs, first = table["signs"], {_kind(kind): _number(n) for kind, n in table["first"].items()}
    if (
        len(key) != KEY_BYTES
        or type(signs) is not int
        or not 0 <= signs <= MOST_SIGNS
        or table["brackets"] not in BRACKETS
    ):
        raise ValueError
    entries: dict[tuple[str, int], Entry] = {}
    for each in table["entries"]:
        forms = tuple(map(_form_in, each["forms"]))
        entry = Entry(_kind(each["kind"]), _number(each["n"]), _text(each["entity"]), _text(each["value"]), forms)
        if (entry.kind, entry.number) in entries or not forms or len(set(forms)) < len(forms):
            raise ValueError
        entries[entry.kind, entry.number] = entry
    return Series(key, signs, table["brackets"], entries, first)


def _form_out(form: Form) -> str | dict[str, Any]:
    if form == Form(form.text):
        return form.text
    return {"text": form.text, "number": form.number, "spelled": form.spelled}


def _form_in(value: object) -> Form:
    if not isinstance(value, dict):
        return Form(_text(value))
    number = value["number"]
    if not isinstance(number, bool):
        raise ValueError
    return Form(_text(value["text"]), number, _text(value["spelled"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def _kind(value: object) -> str:
    if not KIND.fullmatch(_text(value)):
        raise ValueError
    return _text(value)


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < _MOST:
        raise ValueError
    return value
