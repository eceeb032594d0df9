"""Key-value metadata of Arrow schemas, fields and batches, and of Parquet files: keys, values, and names of columns in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from redactor.formats.pieces import numbered, spliced
from redactor.formats.tables.json_scan import decoded, edited, quoted, scan
from redactor.formats.unit import Session, Unit, apart
from redactor.language import say
from redactor.model import FormatError

_NUMBER_OF_FIELD: Final = b"PARQUET:field_id"
_SCHEMA: Final = b"ARROW:schema"
"""The key of a copy of the schema, in base64 of a form of its own."""


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Redacts metadata. `names`: those of columns and fields, with what some of them become in `renamed`."""

    session: Session
    names: frozenset[str]
    renamed: Mapping[str, str]

    def redacted(self, metadata: Mapping[bytes, bytes] | None, where: str) -> dict[bytes, bytes] | None:
        """Key-value metadata with its keys and values redacted; what is no text stays and is reported."""
        if not metadata:
            return None
        place = f"{where} metadata"
        if _SCHEMA in metadata:
            self.session.removed(place, say("a copy of the schema"))
        kept = {key: value for key, value in metadata.items() if key != _SCHEMA}
        keys = {key: self._metadata_key(key, place) for key in kept}
        new = new_names([text for text in keys.values() if text], self.session, place)
        return {
            new.get(keys[key], "").encode() or key: self._metadata_value(key, value, where)
            for key, value in kept.items()
        }

    def _metadata_key(self, key: bytes, place: str) -> str:
        """A key as text, "" where it is none."""
        try:
            return key.decode("utf-8")
        except UnicodeDecodeError:
            self.session.unchecked(place, say("a key that is no text"))
            return ""

    def _metadata_value(self, key: bytes, value: bytes, where: str) -> bytes:
        if not value or (key == _NUMBER_OF_FIELD and value.isdigit()):
            return value
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            self.session.unchecked(f"{where} metadata", say("a value that is no text"))
            return value
        try:
            leaves = list(scan(text))
        except FormatError:
            return self.session.flow([Unit(text, f"{where} metadata")], prose=False)[0].text.encode()
        return self._metadata_json(text, leaves, where).encode()

    def _metadata_json(self, text: str, leaves: Sequence[Any], where: str) -> str:
        """JSON in metadata, as pandas and others write it: names of columns go on naming them."""
        leaves = [leaf for leaf in leaves if leaf.kind != "number"]
        texts = [decoded(text[leaf.start : leaf.end]) for leaf in leaves]
        units = [Unit("" if text in self.names else text, f"{where} metadata") for text in texts]
        changes: list[tuple[int, int, str]] = []
        for leaf, said, redacted in zip(leaves, texts, apart(self.session, units), strict=True):
            if said in self.renamed:
                changes.append((leaf.start, leaf.end, quoted(self.renamed[said], ascii_only=False)))
            elif redacted.edits:
                raw = text[leaf.start : leaf.end]
                changes.append((leaf.start, leaf.end, edited(raw, redacted.edits, ascii_only=False)))
        return spliced(text, changes)


def new_names(names: Sequence[str], session: Session, where: str) -> dict[str, str]:
    """The names in which something was found, and what they become; no two the same."""
    done = apart(session, [Unit(name, where) for name in names])
    taken = {name for name, redacted in zip(names, done, strict=True) if not redacted.edits}
    renamed: dict[str, str] = {}
    for name, redacted in zip(names, done, strict=True):
        if redacted.edits:
            renamed[name] = next(each for each in numbered(redacted.text) if each not in taken)
            taken.add(renamed[name])
    return renamed
