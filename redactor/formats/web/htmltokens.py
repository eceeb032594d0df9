"""Tokens of HTML with their places in the source, by the HTML standard's tokenisation (WHATWG, section 13.2.5).

The tree builder's say in it is kept small: which elements hold text that is no markup, and where foreign content (SVG,
MathML) makes that markup again; the reader of the tokens tells the latter. Nothing is dropped: what a browser ignores
(attributes of end tags, doubled attributes, a tag that the file's end cuts off) comes as a token too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from redactor.formats.pieces import read_on
from redactor.model import FormatError

Kind = Literal["text", "start", "end", "comment", "doctype", "cdata", "raw", "torn", "instruction"]
MAX_TOKEN: Final = 32_000_000
"""Characters of one tag, comment or script."""
MAX_ATTRIBUTES: Final = 10_000
"""Of one element."""
RAW: Final = frozenset(("script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "plaintext"))
"""Elements whose content is no markup."""
# Patterns of `re`, not `regex`: the latter looks through the rest of the text for a character that a match needs.
_MARKUP = re.compile(r"<(?=[A-Za-z/!?])")
_XML_MARKUP = re.compile(r"<(?=.)", re.S)
_NAME = re.compile(r"[^\t\n\f\r />]*+")
_BLANK = re.compile(r"[\t\n\f\r /]*+")
_ATTRIBUTE = re.compile(r"[^\t\n\f\r />][^\t\n\f\r />=]*+")
_VALUE = re.compile(
    r"""[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\t\n\f\r >"'][^\t\n\f\r >]*+)|(?=>))"""
)
_EQUALS = re.compile(r"[\t\n\f\r ]*+(?:=|$)")
_COMMENT_END = re.compile(r"--!?>")
_SCRIPT = re.compile(r"<!--|-->|<(/?)script(?=[\t\n\f\r />])", re.I)
_REFERENCE_REACH: Final = 64


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute as written: `value` is at `start`, without its quotes; `bare`: it has none."""

    name: str
    at: int
    value: str
    start: int
    bare: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A token at `start..end`; `text` is its content (of a tag, the name) as written, at `at`. `closed`: the tag ends in a slash."""

    kind: Kind
    start: int
    end: int
    text: str = ""
    at: int = 0
    name: str = ""
    attributes: tuple[Attribute, ...] = ()
    closed: bool = False


class Tokenizer:
    """The tokens of a source that comes in parts; offsets begin at `base`.

    Where the parts end makes no difference to the tokens, but that running text may come as several, none of which ends within
    a character reference that is not overlong. All others are held until they are whole, `plaintext` to the end of the source;
    one of more than MAX_TOKEN characters is refused when the next part is wanted for it.

    Between two tokens the reader may set `foreign`: whether the next ones stand in SVG or MathML. `xhtml`: tags that end in
    a slash are closed by it, and CDATA sections stand everywhere, for the file says that it is XML.
    `xml`: it is of another vocabulary, and proven to be well-formed: every `<` begins markup, and names are told apart by case.
    """

    def __init__(self, parts: Iterable[str], base: int = 0, *, xml: bool = False) -> None:
        self.foreign = self.xml = xml
        self._markup = _XML_MARKUP if xml else _MARKUP
        self.xhtml = False
        self._parts = iter(parts)
        self._text = ""
        self._base = base
        self._at = 0
        self._final = False

    def __iter__(self) -> Iterator[Token]:
        raw = ""
        while True:
            token = self._raw(raw) if raw else self._next()
            if token is None:
                if self._final:
                    return
                self._more()
                continue
            self._at = token.end - self._base
            opened = token.kind == "start" and token.name in RAW
            yield token
            # The reader has now seen whether the tag stands in foreign content.
            raw = token.name if opened and not self.foreign and not (self.xhtml and token.closed) else ""

    def _more(self) -> None:
        held = self._text[self._at :]
        if len(held) > MAX_TOKEN:
            raise FormatError("a tag, comment or script of more than {max_token:,} characters", max_token=MAX_TOKEN)
        self._base += self._at
        self._at = 0
        self._text, self._final = read_on(held, self._parts)

    def _token(self, kind: Kind, end: int, low: int, high: int, name: str = "") -> Token:
        base = self._base
        return Token(kind, base + self._at, base + end, self._text[low:high], base + low, name)

    def _next(self) -> Token | None:
        text, at = self._text, self._at
        if at >= len(text):
            return None
        match = self._markup.search(text, at)
        if not match:
            stop = len(text) if self._final else self._safe_end()
            return self._token("text", stop, at, stop) if stop > at else None
        if match.start() > at:
            return self._token("text", match.start(), at, match.start())
        match text[at + 1]:
            case "!":
                return self._declaration()
            case "?":
                return self._until("instruction", at + 2, "?>") if self.xml else self._until("comment", at + 1)
            case "/":
                return self._closing()
            case _:
                return self._tag(at + 1, "start")

    def _safe_end(self) -> int:
        """Where text without markup may be cut: not in a character reference, not before what could be a tag."""
        text = self._text
        stop = len(text)
        reference = text.rfind("&", max(self._at, stop - _REFERENCE_REACH))
        stop = reference if reference >= 0 else stop
        return stop - 1 if text[stop - 1 : stop] == "<" else stop

    def _closing(self) -> Token | None:
        text, at = self._text, self._at
        third = text[at + 2 : at + 3]
        if not third:
            return self._cut("text", at)
        if self.xml or (third.isascii() and third.isalpha()):
            return self._tag(at + 2, "end")
        return self._until("comment", at + 2)

    def _until(self, kind: Kind, low: int, mark: str = ">") -> Token | None:
        """What goes on to the next mark; to the end of the source, where there is none."""
        stop = self._text.find(mark, low)
        return self._token(kind, stop + len(mark), low, stop) if stop >= 0 else self._cut(kind, low)

    def _cut(self, kind: Kind, low: int) -> Token | None:
        """What the end of the source cuts off; None while there is more to come."""
        return self._token(kind, len(self._text), low, len(self._text)) if self._final else None

    def _declaration(self) -> Token | None:
        text, at = self._text, self._at
        head = text[at : at + 9]
        if len(head) < 9 and not self._final:
            return None
        if head.startswith("<!--"):
            return self._comment()
        if head == "<![CDATA[" and (self.foreign or self.xhtml):
            return self._until("cdata", at + 9, "]]>")
        return self._until("doctype", at + 9) if head[2:].lower() == "doctype" else self._until("comment", at + 2)

    def _comment(self) -> Token | None:
        text, low = self._text, self._at + 4
        if self.xml:
            return self._until("comment", low, "-->")
        for abrupt in (">", "->"):
            if text.startswith(abrupt, low):
                return self._token("comment", low + len(abrupt), low, low)
        match = _COMMENT_END.search(text, low)
        return self._token("comment", match.end(), low, match.start()) if match else self._cut("comment", low)

    def _tag(self, at: int, kind: Kind) -> Token | None:
        text, base = self._text, self._base
        end = _past(_NAME, text, at)
        raw = text[at:end]
        name = raw if self.xml else _lower(raw)
        attributes: list[Attribute] = []
        while True:
            end = _past(_BLANK, text, end)
            if end >= len(text):
                return self._cut("torn", self._at + 1)
            if text[end] == ">":
                closed = text[end - 1] == "/"
                return Token(kind, base + self._at, base + end + 1, raw, base + at, name, tuple(attributes), closed)
            stop = _past(_ATTRIBUTE, text, end)
            value = _VALUE.match(text, stop)
            if value is None and (stop == len(text) or _EQUALS.match(text, stop)):
                # A value that has no end yet, in quotes or not.
                return self._cut("torn", self._at + 1)
            group = value.lastgroup if value else None
            attributes.append(
                Attribute(
                    text[end:stop],
                    base + end,
                    value[group] if value and group else "",
                    base + (value.start(group) if value and group else stop),
                    group == "bare",
                )
            )
            end = value.end() if value else stop
            if len(attributes) > MAX_ATTRIBUTES:
                raise FormatError(
                    "an element with more than {max_attributes:,} attributes", max_attributes=MAX_ATTRIBUTES
                )

    def _raw(self, name: str) -> Token | None:
        """The content of an element that holds no markup, up to its end tag."""
        text, at = self._text, self._at
        stop = None
        if name == "script":
            stop = _script_end(text, at)
        elif name != "plaintext":  # which no tag ends
            stop = _end_tag(text, at, name)
        if stop is None:
            if not self._final:
                return None
            stop = len(text)
        return self._token("raw", stop, at, stop, name)


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where what a pattern matches at a place ends."""
    match = pattern.match(text, at)
    return match.end() if match else at


def _lower(name: str) -> str:
    return name.lower() if name.isascii() else "".join(c.lower() if c.isascii() else c for c in name)


def _end_tag(text: str, at: int, name: str) -> int | None:
    match = re.compile(rf"</{name}(?=[\t\n\f\r />])", re.I).search(text, at)
    return match.start() if match else None


def _script_end(text: str, at: int) -> int | None:
    """Where a script ends: at its end tag, unless that closes a script that a comment in it has opened."""
    commented = doubled = False
    while match := _SCRIPT.search(text, at):
        at = match.end()
        mark = match.group()
        if mark == "<!--":
            commented = True
            at = match.start() + 2  # its dashes may be those of `-->`
        elif mark == "-->":
            commented = doubled = False
        elif match[1]:
            if not doubled:
                return match.start()
            doubled = False
        else:
            doubled = commented
    return None
