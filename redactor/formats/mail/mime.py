"""The structure of a mail by source offsets, as the standard library's parser reads it (RFC 5322, RFC 2045 to 2046).

The parser of `email` keeps no offsets, so lines are taken apart here by its rules: inner parts end at an outer boundary too, a
missing end is the end of what holds it. What each header says is read by `email` itself.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from email.parser import HeaderParser
from typing import Final

from redactor.formats.limits import MAX_MEMBERS
from redactor.formats.pieces import decoded_by
from redactor.model import FormatError, Span

_LINE: Final = re.compile(rb"[^\r\n]*+(?:\r\n|\r|\n)?+")
_FIELD: Final = re.compile(rb"(?:From |[\041-\071\073-\176]*:|[\t ])")
_DEEPEST: Final = 40
_MOST_PARAMETERS: Final = 1_000
"""Semicolons in a header that takes parameters. A name in pieces has some ten; the time of `email` goes up with the square of their number."""
_NOTICE: Final = "message/delivery-status"
PARAMETERS: Final = ("content-type", "content-disposition")
STRUCTURE: Final = frozenset((*PARAMETERS, "content-transfer-encoding"))
"""Headers that say what a part is."""
IDENTITY: Final = ("", "7bit", "8bit", "binary")


@dataclass(frozen=True, slots=True)
class Field:
    """One header field with its folds and its line end. `name`: in small letters, "" for a line that is no field."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """A message or a part of one. `number`: its place (`1.2`), "" for the message itself.

    `head_end`: where further fields could stand; `body`: all after the empty line; `between`: text before the first and after
    the last boundary; `boundaries`: where the boundary itself stands in the lines that hold it.
    """

    number: str
    fields: tuple[Field, ...]
    head_end: int
    info: Message
    body: Span
    children: tuple[Part, ...] = ()
    between: tuple[Span, ...] = ()
    boundaries: tuple[Span, ...] = ()

    @property
    def type(self) -> str:
        """`text/plain` and the like, in small letters."""
        return bare_type(self.info)

    @property
    def transfer(self) -> str:
        """The transfer encoding in small letters, "" when none is said."""
        said = str(self.info.get("content-transfer-encoding", ""))
        return re.sub(r"\(.*?\)", "", said).strip().lower()

    @property
    def is_message(self) -> bool:
        """Whether it holds a mail, or the headers of one."""
        return self.type.startswith("message/") or self.type == "text/rfc822-headers"

    @property
    def is_leaf(self) -> bool:
        """Whether it holds content and no parts, not even places for them."""
        return not (self.children or self.between or self.boundaries)

    def walk(self) -> Iterator[Part]:
        """The part and all within, in order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def shape(self) -> tuple[object, ...]:
        """What a reader sees of the structure."""
        return self.type, tuple(child.shape() for child in self.children)


HEADER_ENCODINGS: Final = ("utf-8", "gb18030", "latin-1")


def parse(data: bytes) -> Part:
    """The structure of a mail. FormatError when it is too deep, has too many parts, or headers that contradict each other."""
    return _Parser(data).part("", 0, 0)[0]


def bare_type(info: Message) -> str:
    """The type that headers say, in small letters and without comments behind it."""
    return info.get_content_type().partition("(")[0].strip()


def header_text(raw: bytes) -> tuple[str, str]:
    """Header bytes as text, and the encoding that it is read in: UTF-8 (RFC 6532), or what older systems write unmarked."""
    return decoded_by(raw, *HEADER_ENCODINGS)


class _Parser:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._starts = array("q", (match.start() for match in _LINE.finditer(data)))
        self._outer: list[re.Pattern[bytes]] = []
        self._parts = 0

    def part(self, number: str, line: int, depth: int, default: str = "text/plain") -> tuple[Part, int]:
        """The part that begins at a line, and the line after it."""
        self._count(depth)
        first = self._starts[line]
        fields, line = self._fields(line)
        head_end = self._starts[line]
        if (text := self._line(line)) is not None and not text.strip(b"\r\n"):
            line += 1
        block, encoding = header_text(self._data[first:head_end])
        info = HeaderParser().parsestr(block)
        info.set_default_type(default)
        self._check(fields)
        body = self._starts[line]
        part = Part(number, fields, head_end, info, (body, body))
        boundary = info.get_boundary() if info.get_content_maintype() == "multipart" else None
        if boundary:
            return self._multipart(part, boundary.encode(encoding, "replace"), line, depth)
        if part.type == "message/partial":
            raise FormatError("a piece of a mail that was cut into several; join them first")
        if part.type == _NOTICE and part.transfer in IDENTITY:
            return self._notices(part, line)
        if part.is_message and part.transfer in IDENTITY:
            child, line = self.part(_numbered(number, 1), line, depth + 1)
            return replace(part, body=(body, max(body, self._end(line))), children=(child,)), line
        while self._line(line) is not None:
            line += 1
        return replace(part, body=(body, max(body, self._end(line)))), line

    def _notices(self, part: Part, line: int) -> tuple[Part, int]:
        """A notice of delivery: blocks of fields with empty lines between them (RFC 3464)."""
        children: list[Part] = []
        while (text := self._line(line)) is not None:
            if not text.strip(b"\r\n"):
                line += 1
                continue
            self._count()
            first = self._starts[line]
            fields, line = self._fields(line)
            head_end = self._starts[line]
            line += not fields  # a line that is none
            info = HeaderParser().parsestr(header_text(self._data[first:head_end])[0])
            body = (self._starts[line], self._starts[line])
            children.append(Part(_numbered(part.number, len(children) + 1), fields, head_end, info, body))
        return replace(part, body=(part.body[0], max(part.body[0], self._end(line))), children=tuple(children)), line

    def _check(self, fields: tuple[Field, ...]) -> None:
        """Refuse what readers would understand in different ways, for one shows what another hides; and what takes them too long."""
        names = [field.name for field in fields]
        for name in STRUCTURE:
            if names.count(name) > 1:
                raise FormatError("a mail with a part that says two things about what it is")
        for field in fields:
            if field.name in PARAMETERS and self._data.count(b";", field.start, field.end) > _MOST_PARAMETERS:
                raise FormatError("a mail with a header of more than {most} parameters", most=_MOST_PARAMETERS)

    def _count(self, depth: int = 0) -> None:
        self._parts += 1
        if depth > _DEEPEST or self._parts > MAX_MEMBERS:
            raise FormatError("a mail with too many parts, or parts that lie in one another too deep")

    def _fields(self, line: int) -> tuple[tuple[Field, ...], int]:
        found: list[Field] = []
        while (text := self._line(line)) is not None and _FIELD.match(text):
            start, end = self._starts[line], self._starts[line + 1]
            line += 1
            if text[:1] in b" \t" and found:
                found[-1] = Field(found[-1].name, found[-1].start, end)
                continue
            name = text.partition(b":")[0] if text[:1] not in b" \t" and not text.startswith(b"From ") else b""
            found.append(Field(name.decode("ascii", "replace").lower(), start, end))
        return tuple(found), line

    def _multipart(self, part: Part, boundary: bytes, line: int, depth: int) -> tuple[Part, int]:
        if part.transfer not in IDENTITY:
            raise FormatError("a mail whose parts are encoded once more as a whole")
        delimiter = re.compile(rb"--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r\n|\r|\n)?\Z")
        default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        children: list[Part] = []
        places: list[Span] = []
        between: list[Span] = []
        start = part.body[0]
        while (text := self._line(line)) is not None:
            match = delimiter.match(text)
            if not match:
                line += 1
                continue
            between.append((start, self._starts[line]))
            places.append(self._boundary(line, boundary))
            line += 1
            start = self._starts[line]
            if match[1]:
                break
            # Boundaries right after one another are one, whatever the last of them says.
            while (text := self._line(line)) is not None and delimiter.match(text):
                places.append(self._boundary(line, boundary))
                line += 1
            self._outer.append(delimiter)
            child, line = self.part(_numbered(part.number, len(children) + 1), line, depth + 1, default)
            self._outer.pop()
            children.append(child)
            start = self._starts[line]
        while self._line(line) is not None:
            line += 1
        between.append((start, self._starts[line]))
        gaps = tuple(gap for gap in between if self._data[slice(*gap)].strip())
        body = (part.body[0], max(part.body[0], self._end(line)))
        return replace(part, body=body, children=tuple(children), between=gaps, boundaries=tuple(places)), line

    def _boundary(self, line: int, boundary: bytes) -> Span:
        start = self._starts[line] + len(b"--")
        return start, start + len(boundary)

    def _line(self, number: int) -> bytes | None:
        """A line; None at the end, which a boundary of what lies around is too."""
        if number + 1 >= len(self._starts):
            return None
        text = self._data[self._starts[number] : self._starts[number + 1]]
        if text.startswith(b"--") and any(outer.match(text) for outer in self._outer):
            return None
        return text

    def _end(self, line: int) -> int:
        """Where a body ends that the line follows: the line break before a boundary belongs to it."""
        end = self._starts[line]
        if line + 1 < len(self._starts):
            text = self._data[self._starts[line - 1] : end] if line else b""
            end -= len(text) - len(text.rstrip(b"\r\n"))
        return end


def _numbered(number: str, child: int) -> str:
    return f"{number}.{child}" if number else str(child)
