"""XML by expat, HTML by the standard library's html.parser: texts with their runs joined, attributes, comments, names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Final
from xml.parsers import expat

import regex

from redactor.verify.model import ATTRIBUTE, COMMENT, NAME, SCRIPT, TEXT, Piece

_PARAGRAPHS: Final = frozenset({"p", "si", "is"})
"""Elements of office documents whose texts are read on from one to the next."""
_RUNS: Final = frozenset({"t", "instrText", "delText", "delInstrText"})
_SCHEMA: Final = regex.compile(r"(?:https?://(?:schemas\.|purl\.|www\.w3\.)|urn:|application/|image/|text/)[\w.:/+#-]*")
_SHORT: Final = 7
"""What is no longer than this and has only Latin signs is looked for in texts, never in attributes."""
_INLINE: Final = frozenset(
    {
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
    }
    | {
        "kbd",
        "label",
        "mark",
        "nobr",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
    }
    | {"var", "wbr"}
)
"""Tags over which a text is read on."""
_UNENDED: Final = 20
"""Places that begin a tag or a comment and never end it; each is looked for to the end of the page."""
_CODE: Final = frozenset({"script", "style"})


def xml(data: bytes, where: str) -> Iterator[Piece]:
    """The pieces of an XML document. expat.ExpatError when it is none."""
    reader = _Xml()
    reader.parse(data)
    yield from _pieces(
        where,
        {TEXT: reader.texts, ATTRIBUTE: reader.attributes, COMMENT: reader.comments, NAME: reader.names},
    )


def html(text: str, where: str) -> Iterator[Piece]:
    """The pieces of a page, or of what else looks like one."""
    reader = _Html()
    reader.finish(text)
    yield from _pieces(
        where,
        {
            TEXT: reader.texts,
            ATTRIBUTE: reader.attributes,
            COMMENT: reader.comments,
            SCRIPT: reader.scripts,
            NAME: list(reader.names),
        },
    )


def _pieces(where: str, found: dict[str, list[str]]) -> Iterator[Piece]:
    for what, texts in found.items():
        if texts:
            yield Piece(where, what, "\n".join(texts), prose=what in (TEXT, COMMENT))


class _Xml:
    """Takes what expat tells. Texts of one paragraph are joined, those of each kind of run by themselves."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.attributes: list[str] = []
        self.comments: list[str] = []
        self.names: list[str] = []
        self._path: list[str] = []
        self._paragraphs: list[dict[str, list[str]]] = [{}]
        self._own: list[list[str]] = []
        self._seen: set[str] = set()

    def parse(self, data: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.CommentHandler = self.comments.append
        parser.ProcessingInstructionHandler = lambda target, text: self.comments.append(f"{target} {text}")
        parser.StartDoctypeDeclHandler = lambda *parts: self.names.extend(str(part) for part in parts[:3] if part)
        parser.EntityDeclHandler = lambda *parts: self.names.extend(str(part) for part in parts if part)
        parser.DefaultHandler = lambda _: None  # so that entities are not expanded: what they stand for is told once
        parser.Parse(data, True)
        self._flush(self._paragraphs.pop())

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        short = name.rpartition(":")[2]
        self._name(name)
        for key, value in attributes.items():
            self._name(key)
            if (len(value) > _SHORT or not value.isascii()) and not _SCHEMA.fullmatch(value):
                self.attributes.append(value)
        if short in _PARAGRAPHS:
            self._paragraphs.append({})
        if self._own:
            self._own[-1].append("\n")
        # The cell's text is a number that stands for a shared one.
        self._path.append("#" if short == "c" and attributes.get("t") == "s" else short)
        self._own.append([])

    def _name(self, name: str) -> None:
        if not name.isascii() and name not in self._seen:
            self._seen.add(name)
            self.names.append(name)

    def _text(self, text: str) -> None:
        if not self._path:
            return
        if self._path[-1] in _RUNS:
            self._paragraphs[-1].setdefault(self._path[-1], []).append(text)
        elif not (self._path[-1] == "v" and "#" in self._path[-2:]):
            self._own[-1].append(text)

    def _end(self, _: str) -> None:
        short = self._path.pop()
        own = "".join(self._own.pop())
        if own.strip():
            self.texts.append(own)
        if short in _PARAGRAPHS:
            self._flush(self._paragraphs.pop())

    def _flush(self, runs: dict[str, list[str]]) -> None:
        self.texts += ["".join(each) for each in runs.values()]


class _Html(HTMLParser):
    """Takes what the parser tells. Texts are joined over inline tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.attributes: list[str] = []
        self.comments: list[str] = []
        self.scripts: list[str] = []
        self.names: dict[str, None] = {}
        self._joined: list[str] = []
        self._code = False
        self._turned: list[int] = []
        """Where in the joined text each open element begins whose text runs from right to left."""

    def finish(self, text: str) -> None:
        """Read a whole page. What it begins and never ends is text; after many such places, so is all the rest."""
        for _ in range(_UNENDED):
            self.feed(text)
            if not self.rawdata:
                break
            self.handle_data(self.rawdata[:1])
            text, self.rawdata = self.rawdata[1:], ""
        else:
            self.handle_data(text)
        self.flush()

    def flush(self) -> None:
        text = "".join(self._joined)
        if text.strip():
            self.texts.append(text.replace("\n", " ").replace("\r", " "))
        self._joined.clear()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag not in _INLINE:
            self.flush()
        for name in (tag, *(key for key, _ in attrs)):
            if not name.isascii():
                self.names[name] = None
        self.attributes += [value for _, value in attrs if value and (len(value) > _SHORT or not value.isascii())]
        self._code = tag in _CODE
        if tag == "bdo" and ("dir", "rtl") in [(key, (value or "").lower()) for key, value in attrs]:
            self._turned.append(len(self._joined))

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._code = False

    def handle_endtag(self, tag: str) -> None:
        if tag == "bdo" and self._turned:
            self.texts.append("".join(self._joined[self._turned.pop() :])[::-1].replace("\n", " "))
        if tag not in _INLINE:
            self.flush()
        if not tag.isascii():
            self.names[tag] = None
        self._code = False

    def handle_data(self, data: str) -> None:
        (self.scripts if self._code else self._joined).append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_decl(self, decl: str) -> None:
        self.comments.append(decl)

    def handle_pi(self, data: str) -> None:
        self.comments.append(data)

    def unknown_decl(self, data: str) -> None:
        self.comments.append(data)
