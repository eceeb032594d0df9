"""XML of any vocabulary: texts, attributes, comments and instructions are read; edits are spliced into the source by offsets.

Expat checks that the document is well-formed (XML 1.0), which makes its tokens plain to tell; it never reads anything else.
Document types that declare anything are refused, so there are no entities to expand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final
from xml.parsers import expat

from redactor.formats.options import Options
from redactor.formats.unit import Session, Sink
from redactor.formats.web.charset import markup_encoding
from redactor.formats.web.html import edit_addresses, edit_prose, edit_values
from redactor.formats.web.htmltext import ATTRIBUTE, REFERENCES, reference
from redactor.formats.web.lines import LONGEST, Line
from redactor.formats.web.markup import HAS_MARKUP, Page, named
from redactor.formats.web.scripts import COMMENT
from redactor.formats.web.splice import Edits, Reading, Syntax, reading, write_spliced
from redactor.model import FormatError
from redactor.text.decode import read_parts

MAX_DEPTH: Final = 10_000
MAX_ATTRIBUTES: Final = 10_000
"""Of one element."""
MAX_TOKEN: Final = 32_000_000
"""Characters of one tag, comment or CDATA section."""
_MARKS: Final = (("<!--", "-->", "comment"), ("<![CDATA[", "]]>", "cdata"), ("<?", "?>", "instruction"))
_END = re.compile(r"</([^\s<>]++)\s*+>")
_START = re.compile(r"<([^\s<>/!?\"'=]++)")
_NAME = re.compile(r"[^\s/]++")
_IN_TAG = re.compile(r"""["'<>]""")
_ATTRIBUTE = re.compile(r"""([^\s=<>"'/]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")
_DOCTYPE = re.compile(r"""<!DOCTYPE\s[^\[<>"']*+(?:(?:"[^"<>]*+"|'[^'<>]*+')[^\[<>"']*+){0,9}+>""")
_REFERENCE_REACH: Final = 64
TEXT: Final = Syntax(ATTRIBUTE.escape, re.compile(r"\]{1,2}$"), re.compile(r"[\]>]"))
CDATA: Final = Syntax(COMMENT.escape, re.compile(r"\]{1,2}$"), re.compile(r"[\]>]"))


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact a document: its texts in one flow of prose, then attributes, comments and instructions."""
    encoding = markup_encoding(source, options.encoding)
    edits = Edits(encoding.name)
    fields = tuple(_path(name) for name in options.fields)
    for _ in edit_prose(session, _texts(_nodes(read_parts(source, encoding), fields)), edits):
        pass
    page = Page(prose=False)
    edit_values(session, _values(_nodes(read_parts(source, encoding), fields), page), edits)
    edit_addresses(session, page, edits)
    write_spliced(read_parts(source, encoding), edits, out, encoding.bom)


def _path(name: str) -> tuple[str, ...]:
    """The names in a field's path (`book.title`, `book/@id`, `items[*].body`), from the outside in."""
    return tuple(each.split("[")[0].lstrip("@") for each in re.split(r"[./]", name.removeprefix("$")) if each)


def _texts(nodes: Iterable[_Node]) -> Iterator[Reading]:
    """The texts of elements, in order; those that hold markup, as feeds have it, are read as pages."""
    for line in _lines(nodes):
        if HAS_MARKUP.search(line.text):
            yield from Page(prose=True, view=line).read([line.text])
        else:
            yield line


def _values(nodes: Iterable[_Node], page: Page) -> Iterator[Reading]:
    """What is not running text, and what the markup in texts hides."""
    lines: list[_Node] = []
    for node in nodes:
        if node.kind in ("text", "cdata", "tag"):
            lines.append(node)
        elif node.kind == "attribute" and node.selected:
            value = reading(node.text, node.at, ATTRIBUTE, "attribute").decoded(REFERENCES, _reference)
            if node.name.split(":")[0] == "xmlns" or node.name == "xsi:schemaLocation":
                yield named(value)
            else:
                yield from page.value(value, _label(node.name))
        elif node.kind == "document type":
            yield named(reading(node.text, node.at, COMMENT, node.kind))
        elif node.selected:
            yield from page.value(reading(node.text, node.at, COMMENT, node.kind))
        if node.kind == "tag":
            for line in _lines(lines):
                if HAS_MARKUP.search(line.text):
                    yield from page.hidden_in(line)
            lines = []


def _lines(nodes: Iterable[_Node]) -> Iterator[Reading]:
    """The texts between tags, with their CDATA sections and across comments; blanks at their edges are left out."""
    line = Line()
    for node in nodes:
        if node.kind == "text" and node.selected:
            read = reading(node.text, node.at, TEXT, "text").decoded(REFERENCES, _reference)
            for run in read.runs:
                line.add(read.text[run.at : run.at + run.size], run.start, run.end, run.syntax)
        elif node.kind == "cdata" and node.selected and node.text:
            line.add(node.text, node.at, node.at + len(node.text), CDATA)
        if node.kind == "tag" or line.size > LONGEST:
            for read in line.ended("text"):
                start = len(read.text) - len(read.text.lstrip())
                yield read.part(start, len(read.text.rstrip())).labelled(_label(node.name))


def _label(name: str) -> str:
    """A name that says what a text is, in Chinese; others say it to programs."""
    local = name.rpartition(":")[2]
    return "" if local.isascii() else local


def _reference(match: re.Match[str]) -> tuple[str, int] | None:
    return reference(match.group())


@dataclass(frozen=True, slots=True)
class _Node:
    """A text, CDATA section, attribute, comment, instruction or document type, as written at `at`; or a tag.

    `name`: the attribute's; of a text or a tag, that of the element which is open before it.
    """

    kind: str
    text: str
    at: int
    name: str
    selected: bool


class _Elements:
    """The elements that are open, and whether a field that was asked for is among them."""

    def __init__(self, fields: tuple[tuple[str, ...], ...]) -> None:
        self._fields = fields
        self._open: list[str] = []
        self._selected = 0 if not fields else MAX_DEPTH + 1
        """How deep the outermost selected element lies."""

    @property
    def name(self) -> str:
        """The innermost element's."""
        return self._open[-1] if self._open else ""

    @property
    def selected(self) -> bool:
        """Whether what stands here is to be redacted."""
        return len(self._open) >= self._selected

    def begin(self, name: str) -> None:
        """An element begins."""
        if len(self._open) >= MAX_DEPTH:
            raise FormatError(f"elements are nested deeper than {MAX_DEPTH:,}")
        self._open.append(name)
        if not self.selected and self.asked(""):
            self._selected = len(self._open)

    def asked(self, attribute: str) -> bool:
        """Whether the innermost element, or an attribute of it, is a field that was asked for."""
        for field in self._fields:
            path = [*self._open[-len(field) :], *((attribute,) if attribute else ())][-len(field) :]
            if len(path) == len(field) and all(
                a == b or a.rpartition(":")[2] == b for a, b in zip(path, field, strict=True)
            ):
                return True
        return False

    def end(self) -> None:
        """The innermost element ends."""
        if self._open:
            self._open.pop()
        if len(self._open) < self._selected and self._fields:
            self._selected = MAX_DEPTH + 1


def _nodes(parts: Iterable[str], fields: tuple[tuple[str, ...], ...]) -> Iterator[_Node]:
    """The nodes of a document that comes in parts, once Expat has found nothing wrong with what they stand in."""
    parser = expat.ParserCreate("utf-8")
    elements = _Elements(fields)
    waiting = iter(parts)
    text, base, final = "", 0, False
    while not final:
        pieces, size = [text], 0
        while size <= len(text):
            part = next(waiting, None)
            if part is None:
                final = True
                break
            pieces.append(part)
            size += len(part)
        text = "".join(pieces)
        tokens, end = _tokens(text, final)
        _check(parser, text[:end], final)
        for token in tokens:
            yield from _of_token(text, token, base, elements)
        text, base = text[end:], base + end
        if len(text) > MAX_TOKEN:
            raise FormatError(f"a tag, comment or section of more than {MAX_TOKEN:,} characters")
    yield _Node("tag", "", base, elements.name, False)


def _check(parser: expat.XMLParserType, text: str, final: bool) -> None:
    try:
        parser.Parse(text.encode("utf-8", "surrogatepass"), final)
    except expat.ExpatError as error:
        raise FormatError(f"no well-formed XML: {expat.errors.messages[error.code]} in line {error.lineno}") from None


_Token = tuple[str, int, int, int, int]
"""Kind, start and end, start and end of what it holds; the name of a tag is what it begins with."""


def _tokens(text: str, final: bool) -> tuple[list[_Token], int]:
    """The tokens that a text begins with, and where they end; what follows is not whole yet."""
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        token = _markup(text, at, final) if text[at] == "<" else _text(text, at, final)
        if not token:
            return tokens, len(text) if final else at
        tokens.append(token)
        at = token[2]
    return tokens, at


def _text(text: str, at: int, final: bool) -> _Token | None:
    stop = text.find("<", at)
    if stop < 0:
        stop = len(text)
        reference_at = -1 if final else text.rfind("&", max(at, stop - _REFERENCE_REACH))
        stop = reference_at if reference_at >= 0 else stop
    return ("text", at, stop, at, stop) if stop > at else None


def _markup(text: str, at: int, final: bool) -> _Token | None:
    """The tag, comment, section, instruction or document type that begins at a place; None when its end is not there."""
    for begin, end, kind in _MARKS:
        if text.startswith(begin, at):
            stop = text.find(end, at + len(begin))
            return (kind, at, stop + len(end), at + len(begin), stop) if stop >= 0 else None
    if text.startswith("<!", at):
        return _doctype(text, at, final)
    if match := _END.match(text, at):
        return "end", at, match.end(), *match.span(1)
    if match := _START.match(text, at):
        stop = _tag_end(text, match.end())
        return ("start", at, stop + 1, match.start(1), stop) if stop >= 0 else None
    return None


def _tag_end(text: str, at: int) -> int:
    """Where the `>` of a tag is, quotes passed over; -1 when it is not there."""
    for _ in range(2 * MAX_ATTRIBUTES):
        match = _IN_TAG.search(text, at)
        if not match or match.group() == "<":
            return -1
        if match.group() == ">":
            return match.start()
        at = text.find(match.group(), match.end()) + 1
        if not at:
            return -1
    raise FormatError(f"an element with more than {MAX_ATTRIBUTES:,} attributes")


def _doctype(text: str, at: int, final: bool) -> _Token | None:
    match = _DOCTYPE.match(text, at)
    if match:
        return "document type", at, match.end(), at + 9, match.end() - 1
    if not text.startswith(("<![CDATA["[: len(text) - at], "<!--"[: len(text) - at]), at) and (
        final or text.find("[", at) >= 0
    ):
        raise FormatError("a document type that declares something of its own (entities could be among it)")
    return None


def _of_token(text: str, token: _Token, base: int, elements: _Elements) -> Iterator[_Node]:
    kind, start, _, low, high = token
    if kind == "start":
        yield from _start(text[low:high], base + low, elements)
    elif kind == "end":
        yield _Node("tag", "", base, elements.name, False)
        elements.end()
    elif not (kind == "instruction" and text.startswith("xml ", low) and base + start == 0):
        yield _Node(kind, text[low:high], base + low, elements.name, elements.selected)


def _start(tag: str, at: int, elements: _Elements) -> Iterator[_Node]:
    yield _Node("tag", "", at, elements.name, False)
    name = _NAME.match(tag)
    assert name
    elements.begin(name.group())
    selected = elements.selected
    for number, match in enumerate(_ATTRIBUTE.finditer(tag, name.end())):
        if number >= MAX_ATTRIBUTES:
            raise FormatError(f"an element with more than {MAX_ATTRIBUTES:,} attributes")
        group = 2 if match[2] is not None else 3
        if match[group]:
            wanted = selected or elements.asked(match[1])
            yield _Node("attribute", match[group], at + match.start(group), match[1], wanted)
    if tag.endswith("/"):
        yield _Node("tag", "", at, elements.name, False)
        elements.end()
