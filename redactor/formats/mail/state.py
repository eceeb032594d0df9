"""One mail on its way through redaction: what is known of it, and what is to be written in places of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from redactor.formats.mail.mime import Field, Part
from redactor.formats.options import Options
from redactor.formats.pieces import spliced
from redactor.formats.unit import Session
from redactor.language import say
from redactor.model import FormatError


@dataclass
class Changes:
    """What a part's headers have to say once its body is redacted. `parameters`: by header and key."""

    charset: str | None = None
    transfer: str | None = None
    parameters: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass
class Mail:
    """One mail on its way; `splices` are what is written in the place of stretches of `data`.

    `ids`: identifiers that are renamed; `changes`: of each part, by its number; `eol`: how its lines end.
    """

    data: bytes
    top: Part
    session: Session
    options: Options
    splices: list[tuple[int, int, bytes]] = field(default_factory=list)
    ids: dict[bytes, bytes] = field(default_factory=dict)
    changes: dict[str, Changes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.eol = b"\r\n" if b"\r\n" in self.data[:2000] else b"\n"
        self.parts = list(self.top.walk())
        self.changes = {part.number: Changes() for part in self.parts}

    def where(self, part: Part, what: str) -> str:
        """The place of something of a part, for people."""
        return f"part {part.number}: {what}" if part.number else what

    def fields(self) -> Iterator[tuple[Part, Field]]:
        """All header fields of all parts."""
        for part in self.parts:
            for each in part.fields:
                yield part, each

    def drop(self, part: Part, each: Field) -> None:
        """Take a header field out, whatever else was to be written in it."""
        self.splices.append((each.start, each.end, b""))
        self.session.removed(self.where(part, "headers"), each.name or say("a line of the envelope"))

    def written(self) -> bytes:
        """The mail with all that is to be written in it."""
        kept: list[tuple[int, int, bytes]] = []
        for start, end, text in sorted(self.splices, key=lambda each: (each[0], each[1] != each[0], -each[1])):
            if kept and start < kept[-1][1]:
                if end > kept[-1][1] or kept[-1][2]:
                    raise FormatError("a mail in which two changes meet at one place")
                continue  # within what is taken out
            kept.append((start, end, text))
        return spliced(self.data, kept)
