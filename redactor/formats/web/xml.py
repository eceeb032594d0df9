"""XML of any vocabulary: texts, attributes, comments and instructions are read; edits are spliced into the source by offsets.

Expat checks that the document is well-formed (XML 1.0), which makes its tokens plain to tell; it never reads anything else.
Document types that declare anything are refused, so there are no entities to expand.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final
from xml.parsers import expat

from redactor.formats.options import Options
from redactor.formats.unit import Session, Sink
from redactor.formats.web.charset import markup_encoding
from redactor.formats.web.html import edit_addresses, edit_prose, edit_values
from redactor.formats.web.htmltext import ATTRIBUTE, REFERENCES, in_text
from redactor.formats.web.htmltokens import Token, Tokenizer
from redactor.formats.web.lines import LONGEST, Line
from redactor.formats.web.markup import HAS_MARKUP, Page, named
from redactor.formats.web.scripts import COMMENT
from redactor.formats.web.splice import Edits, Reading, Syntax, reading, write_spliced
from redactor.model import FormatError
from redactor.text.decode import Encoding, read_parts

MAX_DEPTH: Final = 10_000
_AFTER_BRACKET = re.compile(r"(?<=\[)")
_TARGET: Final = re.compile(r"\s*[^\s?\[]*")
"""The name with which an instruction or a document type begins."""
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
    proof = _Proof(out, encoding)
    write_spliced(read_parts(source, encoding), edits, proof, encoding.bom)
    proof.close()


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
            value = reading(node.text, node.at, ATTRIBUTE, "attribute").decoded(REFERENCES, in_text)
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
            read = reading(node.text, node.at, TEXT, "text").decoded(REFERENCES, in_text)
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
        self._open = [("", not fields)]
        """Each name, and whether what stands there is to be redacted; the first is what lies around the root."""

    @property
    def name(self) -> str:
        """The innermost element's."""
        return self._open[-1][0]

    @property
    def selected(self) -> bool:
        """Whether what stands here is to be redacted."""
        return self._open[-1][1]

    def tag(self) -> _Node:
        """Where an element begins or ends within the innermost."""
        return _Node("tag", "", 0, self.name, False)

    def begin(self, name: str) -> None:
        """An element begins."""
        if len(self._open) > MAX_DEPTH:
            raise FormatError("elements are nested deeper than {max_depth:,}", max_depth=MAX_DEPTH)
        self._open.append((name, self.selected))
        if not self.selected and self.asked():
            self._open[-1] = (name, True)

    def asked(self, *attribute: str) -> bool:
        """Whether the innermost element, or an attribute of it, is a field that was asked for."""
        return any(
            all(a == b or a.rpartition(":")[2] == b for a, b in zip(path, field, strict=True))
            for field in self._fields
            if len(path := [*(name for name, _ in self._open[-len(field) :]), *attribute][-len(field) :]) == len(field)
        )

    def end(self) -> None:
        """The innermost element ends. More may end than began: Expat says so only when a quote that is open there has ended."""
        if len(self._open) > 1:
            self._open.pop()


def _nodes(parts: Iterable[str], fields: tuple[tuple[str, ...], ...]) -> Iterator[_Node]:
    """The nodes of a document that comes in parts."""
    elements = _Elements(fields)
    for token in Tokenizer(_well_formed(parts), xml=True):
        if token.kind in ("start", "end"):
            yield elements.tag()
        if token.kind == "start":
            yield from _attributes(token, elements)
        if token.kind == "end" or token.closed:
            elements.end()
        elif token.kind in ("doctype", "instruction"):
            if not (token.start == 0 and token.text.startswith("xml ")):
                kind = "document type" if token.kind == "doctype" else token.kind
                at = _TARGET.match(token.text).end()  # type: ignore[union-attr]  # it matches nothing, too
                yield _Node(kind, token.text[at:], token.at + at, elements.name, elements.selected)
        elif token.kind != "start":
            yield _Node(token.kind, token.text, token.at, elements.name, elements.selected)
    yield elements.tag()


def _well_formed(parts: Iterable[str]) -> Iterator[str]:
    """The parts, once Expat has found nothing wrong with them: from here on it is plain what is a tag and what is text."""
    parser = _parser()
    try:
        for part in parts:
            # What is declared after a bracket is not read before the document type that it belongs to is refused.
            for piece in _AFTER_BRACKET.split(part):
                parser.Parse(piece.encode("utf-8", "surrogatepass"), False)
            yield part
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise FormatError(
            "no well-formed XML: {messages} in line {lineno}",
            messages=expat.errors.messages[error.code],
            lineno=error.lineno,
        ) from None


class _Proof:
    """A sink that passes on only what is still well-formed: no sign that is put in, wherever it is, may change what is a tag."""

    def __init__(self, out: Sink, encoding: Encoding) -> None:
        self._out, self._parser = out, _parser()
        self._decode = codecs.getincrementaldecoder(encoding.name)().decode
        self._bom = encoding.bom

    def write(self, data: bytes) -> None:
        """Pass on a piece. FormatError where the output ceases to be XML."""
        self._out.write(data)
        if self._bom and data == self._bom:
            self._bom = b""
        else:
            self._parse(self._decode(data), final=False)

    def close(self) -> None:
        """All is written."""
        self._parse(self._decode(b"", final=True), final=True)

    def _parse(self, text: str, *, final: bool) -> None:
        try:
            self._parser.Parse(text.encode("utf-8", "surrogatepass"), final)
        except expat.ExpatError:
            raise FormatError("what would be written is no well-formed XML") from None


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = _check_type
    return parser


def _check_type(name: str, system: str | None, public: str | None, declares: bool) -> None:
    if declares or re.search("[<>]", system or ""):
        raise FormatError("a document type that declares something of its own (entities could be among it)")


def _attributes(token: Token, elements: _Elements) -> Iterator[_Node]:
    """The attributes of an element that begins."""
    elements.begin(token.name)
    selected = elements.selected
    for each in token.attributes:
        if each.value:
            yield _Node("attribute", each.value, each.start, each.name, selected or elements.asked(each.name))
    if token.closed:
        yield elements.tag()
