"""What passes between a document format and the core: texts in reading order, and what has become of them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Protocol

from redactor.document.state import Memory
from redactor.formats.options import Options
from redactor.model import Edit, FormatError, Span
from redactor.text.decode import Encoding, Part
from redactor.vault.labels import Form

_PIECE: Final = 1 << 20
Spelled = Callable[[int, int], str]


@dataclass(frozen=True, slots=True)
class Unit:
    """A text that belongs together: a paragraph, a cell, an attribute's value. It may hold line breaks.

    `where`: its place for people and reports (`word/document.xml`, `sheet1!B2`); never the text itself. `quiet`: how many of its
    first characters are no text of the document (a label lent to a cell; all of it: the id of a style): no residue is told of there.
    `stands`: entities that are no secret there, and stay: the address of a vocabulary looks like one of somebody's. `row`, `field`: in a
    file of records, the number of the record, as `where` has it, and of the text in it (its column; in JSON, the text or key), from 1; 0: of none.
    `number`: it stands there as a number. `spelled`: how a stretch of it, counted after what is lent, is spelled in the source, where the format would
    spell it otherwise; else "". `wordless`: it says nothing in words (an id, an address, a date): what a site has put around a text may reach
    over it, but nothing of it goes with that. `column`: what its column is called in the table, or the keys that lead to it in JSON; as secret as the text.
    """

    text: str
    where: str
    quiet: int = 0
    stands: frozenset[str] = frozenset()
    row: int = 0
    field: int = 0
    number: bool = False
    spelled: Spelled | None = None
    wordless: bool = False
    column: str = ""

    @property
    def lent(self) -> int:
        """How many of the first characters are lent to it, and stand elsewhere."""
        return self.quiet if self.quiet < len(self.text) else 0


def unshown(text: str, where: str) -> Unit:
    """A value that no reader sees as text: an id, a link, a name inside a container."""
    return Unit(text, where, len(text))


def apart(session: Session, units: Sequence[Unit]) -> list[Redacted]:
    """What becomes of values that have nothing to do with each other: an empty line between them keeps them from being read on."""
    spaced = [each for unit in units for each in (unit, Unit("", unit.where))]
    return session.flow(spaced, prose=False)[::2]


@dataclass(frozen=True, slots=True)
class Redacted:
    """What has become of a unit: `text` is the unit's with `edits` applied; they are sorted, never overlap, and count in the unit.

    `gone`: the unit was taken out with its line break: what holds it goes with it, where nothing else is in it.
    `kept`: what of it a person keeps. Of what was looked at as a value: `settled`: a person has decided of it, so that this is what becomes of it; `again`: but for that, it would
    be read once more as something else, and is, for the sake of what stands beside it. `forms`: of a text in which labels were put back, in what form
    each edit's text stood there before.
    """

    text: str
    edits: tuple[Edit, ...] = ()
    gone: bool = False
    kept: tuple[Span, ...] = ()
    settled: bool = False
    again: bool = False
    forms: tuple[Form, ...] = ()

    @property
    def number(self) -> bool:
        """Whether it has become a number again."""
        return bool(self.forms) and all(form.number for form in self.forms)


def replaced(text: str, new: str, why: str) -> Redacted:
    """What becomes of a text that another one is put in the place of; `why`: instead of a rule."""
    return Redacted(new, (Edit(0, len(text), new, "", why),) if new != text else ())


class Session(Protocol):
    """One document's way through the core."""

    def flow(self, units: Sequence[Unit], *, prose: bool = True, record: Memory | None = None) -> list[Redacted]:
        """What becomes of texts that are read one after the other; each stands on lines of its own.

        One flow is looked at as one document, so names, labels and promotional blocks are found across its units: pass a
        whole body at once, in reading order. What one flow has shown holds in later ones of the same record.
        `prose=False`: values that are no running text (attributes, properties, names of things), in which promotional
        blocks are not looked for. `record`: what the flow belongs to; None: the record that has begun last.
        """

    @property
    def room(self) -> int:
        """Characters of records that are worth giving to `flows` at once."""

    def flows(self, flows: Sequence[tuple[Memory, Sequence[Unit]]]) -> list[list[Redacted]]:
        """`flow` for each of many records, which are looked at together: of short ones, several times as fast."""

    def stream(self, units: Iterable[Unit], *, prose: bool = True) -> Iterator[Redacted]:
        """`flow` for texts too many to hold: units are taken as results are asked for, two parts ahead of them."""

    def text(self, parts: Callable[[], Iterable[Part]], where: str) -> Iterator[str]:
        """What becomes of a running text that comes in parts cut at line ends (`parts_of`), one after the other.

        `parts` gives them from the beginning, each time it is called: it may be called in several processes.
        """

    def opened(self, source: BinaryIO) -> Callable[[], AbstractContextManager[Any]]:
        """Opens the file that is read once more, each time it is called, in any process."""

    def read_as(self, encoding: Encoding) -> None:
        """Tell the encoding that a text was found to be in."""

    def writes_in(self, codecs: Sequence[str]) -> None:
        """Tell the encodings that what is put into texts must have signs in."""

    def value(self, unit: Unit, entity: str, record: Memory | None = None) -> Redacted:
        """What becomes of a text that is known to be a value of that entity, whatever it says."""

    def record(self) -> Memory:
        """A new document begins within the file: a line of JSONL, a row of a table of documents. Labels begin anew."""

    def counted(self, rows: int) -> None:
        """Tell that so many records have been read and written."""

    def removed(self, where: str, what: str) -> None:
        """Tell that a part that holds no text to edit was taken out (a thumbnail, an author's name)."""

    def unchecked(self, where: str, what: str) -> None:
        """Tell that something stays that can't be looked into (a picture of text). FormatError under --strict."""

    def undecoded(self, where: str, what: str) -> None:
        """Tell of bytes that are no text in the encoding that the rest is in: they stay, as the user has allowed, and are not checked."""

    def set_aside(self, where: str, record: bytes, why: str = "") -> None:
        """Tell of a record that can't be read and is not written: it goes, as it is, into a file beside the output. `why`: in a line.

        FormatError within a container, which has no such place.
        """

    def hidden(self, where: str, what: str, places: int = 1) -> None:
        """Tell of text that is there and that a reader can't see (formatted as hidden, white, tiny).

        It is redacted like any other. `what` says how it is hidden, never what it says; what is told of one `where` is summed up.
        """

    def told_before(self) -> AbstractContextManager[None]:
        """What is read in the block is not told of: another part of the file (`Options.stretch`) has told of it."""

    def inside(self, name: str) -> AbstractContextManager[None]:
        """What is done within the block is done to a container's member of that name, which reports then show.

        FormatError when containers lie in one another deeper than `MAX_DEPTH`.
        """

    def unpacked(self, size: int) -> None:
        """Count bytes that came out of a container; FormatError when those of the whole file pass `MAX_TOTAL`."""


class Sink(Protocol):
    """Where a format writes its output: forward only, and it may still be thrown away."""

    def write(self, data: bytes, /) -> object:
        """Add to the output."""


class Outlet(io.RawIOBase):
    """A sink as libraries want a file to write: it goes forward only, and knows how far it is."""

    def __init__(self, out: Sink) -> None:
        self._out = out
        self._at = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        # A column can be large: it is not copied as a whole.
        for start in range(0, len(view), _PIECE):
            self._out.write(bytes(view[start : start + _PIECE]))
        self._at += len(view)
        return len(view)


def whole(source: BinaryIO, most: int, what: str) -> bytes:
    """All that a stream holds. FormatError when that is more than so many bytes."""
    data = source.read(most + 1)
    if len(data) > most:
        raise FormatError("{what} of more than {most} MiB", what=what, most=most >> 20)
    return data


class Redact(Protocol):
    """What the module of a format offers as `redact`."""

    def __call__(self, source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
        """Read `source` (seekable, at its beginning), write it redacted. FormatError when it can't be done safely."""
