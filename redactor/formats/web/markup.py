"""What a page says, in reading order, and what it hides: lines of text, attributes, comments, scripts, style sheets."""

from __future__ import annotations

import html
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from redactor.formats.web import scripts
from redactor.formats.web.covers import Cover, cover
from redactor.formats.web.elements import (
    ASIDE,
    AUTHORS,
    BARRIERS,
    BLOCK,
    BREAKOUT,
    CELL,
    CLOSES,
    CLOSES_P,
    CONTENT,
    INTEGRATION,
    KEPT,
    LISTS,
    NUMERIC_ATTRIBUTES,
    OPTIONAL_END,
    PREFORMATTED,
    TABLE,
    VOID,
)
from redactor.formats.web.htmltext import (
    ATTRIBUTE,
    BARE,
    NAME,
    NOTHING,
    NUMBER,
    PERCENT,
    PERCENT_U,
    PLAIN,
    REFERENCES,
    TAG,
    TEXT,
    in_attribute,
    in_text,
    percent,
    percent_u,
    reference,
)
from redactor.formats.web.htmltokens import Attribute, Token, Tokenizer
from redactor.formats.web.lines import LONGEST, Line, portions
from redactor.formats.web.order import NATURAL, Order, order
from redactor.formats.web.splice import CODE, Edits, Reading, Syntax, joined, reading
from redactor.model import FormatError
from redactor.text.encoded import DATA, NO_TEXT, PICTURE, is_textual

MAX_OPEN: Final = 100_000
"""Elements that are open at once."""
_MAX_DEPTH: Final = 4
"""Markup in strings in markup."""
_SEARCHED: Final = 512
"""Open elements looked through for the one that a tag closes."""

_NO_TEXT: Final = frozenset(("script", "style", "title", "iframe", "noembed", "noframes"))
"""Elements without markup whose content no browser shows, hidden or not."""
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|opacity\s*:\s*0(?![.\d])", re.I
)
# What shows that the value of an attribute for sizes and shapes is more than that.
_TELLING = re.compile(
    r"[^\x00-\x7f]|@|(?<![0-9.])[0-9]{7}"
    r"|\b(?!(?:translate|rotate|scale|skew[XY]|matrix|auto|inherit|none|all|and|not|only|print|screen|min|max|width|height"
    r"|orientation|portrait|landscape|prefers|color|scheme|dark|light|rem)\b)[A-Za-z]{3}"
)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_:@.\-#()\[\]*$]{1,60}")
_LONG_DIGITS = re.compile(r"[0-9]{6}")
_VOCABULARY = re.compile(
    r"\s*https?://(?:www\.)?(?:w3\.org|schema\.org|ogp\.me|purl\.org|xmlns\.com|rdfs\.org)(?:/[\w./#\-]{0,60})?\s*",
    re.I,
)
HAS_MARKUP: Final = re.compile(r"<(?:[A-Za-z][A-Za-z0-9]{0,20}[\s/>]|/[A-Za-z]|!)|&(?:#|[A-Za-z]{2,8};)")
_ADDRESS = re.compile(r"\s*+(?:[A-Za-z][A-Za-z0-9+.\-]{1,20}:|[/?.#])")
_BLANK = re.compile(r"\s")
_ADDRESS_SIGN = re.compile(r"[/?=&]")
_PERCENT_U = re.compile(r"%u[dD][89abAB][0-9a-fA-F]{2}%u[dD][c-fC-F][0-9a-fA-F]{2}|%u[0-9a-fA-F]{4}")
"""What the `escape` of scripts writes."""
_JOINT = re.compile(r"""["'`]\s{0,400}+\+\s{0,400}+["'`]""")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}){1,4}")
_SCRIPT_TYPE = re.compile(
    r"|module|.*(?:java|ecma|j|live|type)script.*|.*json.*|importmap|speculationrules|.*(?:babel|jsx).*", re.I
)
_KEY_BEFORE = re.compile(r"""["'`]?\s*[:=]\s*["'`]?""")
_BREAKS = re.compile(r"&(?:\#(?:[0-9]+|[xX][0-9a-fA-F]+);?|[A-Za-z][A-Za-z0-9]*;?)|[ \t\n\f\r]+")
_SHORT: Final = 40


@dataclass(frozen=True, slots=True)
class DataUri:
    """A document inside an address: its media type with parameters, its content as it stands there."""

    kind: str
    parameters: str
    content: Reading


@dataclass(slots=True, eq=False)
class _Open:
    """An element that is open: where it begins, the line that it begins in, whether it is something without text.

    `cover`: what hides the text right in it. `order`: in which order it is shown.
    """

    name: str
    start: int
    first: int
    filled: int
    line: Line
    hidden: bool
    cover: Cover | None
    order: Order
    content: bool


class Page:
    """One way through a page. `prose`: its lines in reading order; else all that is not running text.

    `view`: the text that the page stands in, where it is no file: places then go through it.
    """

    def __init__(self, prose: bool, view: Reading | None = None, depth: int = 0) -> None:
        self.prose = prose
        self.uris: list[DataUri] = []
        self.pictures: list[tuple[str, str]] = []
        self.hidden: Counter[tuple[str, str]] = Counter()
        self._view, self._depth = view, depth
        self._open: list[_Open] = []
        self._counts: dict[str, int] = {}
        self._foreign: list[int] = []  # depths at which SVG or MathML begin, negative where HTML begins again in it
        self._line = Line()
        self._hidden = 0
        self._joined = False  # whether the line holds hidden text
        self._script_type = ""
        self._number = 0  # of the next line
        self._settled = 0
        self._gone = bytearray()
        self._emptied: deque[tuple[int, int, int, int]] = deque()

    def read(self, parts: Iterable[str]) -> Iterator[Reading]:
        """The readings of a page that comes in parts."""
        tokenizer = Tokenizer(parts)
        for token in tokenizer:
            if token.start == 0 and token.kind == "comment" and token.text.startswith("?xml"):
                tokenizer.xhtml = True
            yield from self._read(token)
            tokenizer.foreign = self._in_foreign()
        yield from self._break()
        while self._open:
            self._pop(None)

    def _in_foreign(self) -> bool:
        return bool(self._foreign) and self._foreign[-1] > 0

    def _where(self) -> str:
        name = self._open[-1].name if self._open else ""
        return name if name in BLOCK or name in CELL else "text"

    def _read(self, token: Token) -> Iterator[Reading]:
        if self.prose and token.kind in ("text", "cdata", "raw"):
            self._look_for_cover(token)
        match token.kind:
            case "text":
                yield from self._text(token, preformatted=any(self._counts.get(name) for name in PREFORMATTED))
            case "start":
                yield from self._start(token)
            case "end":
                yield from self._end(token)
            case "cdata" | "raw" if token.kind == "cdata" or token.name in ("xmp", "plaintext"):
                yield from self._plain(token)
            case _ if not self.prose:
                yield from self._other(token)

    def _look_for_cover(self, token: Token) -> None:
        """Count an element that is hidden once there is text in it."""
        over = self._open[-1].cover if self._open else None
        if over is None or over.told or (token.kind == "raw" and token.name in _NO_TEXT):
            return
        if html.unescape(token.text).strip():
            over.told = True
            self.hidden[self._where(), over.kind] += 1

    # Lines of text

    def _text(self, token: Token, *, preformatted: bool) -> Iterator[Reading]:
        text, base = token.text, token.at
        at = 0
        self._turn(token)
        for match in _BREAKS.finditer(text):
            low, high = match.span()
            if low < at:
                continue
            if text[low] == "&":
                found = reference(match.group())
                if not found:
                    continue
                if at < low:
                    self._line.add(text[at:low], base + at, base + low, TEXT)
                at = low + found[1]
                self._line.add(found[0], base + low, base + at, TEXT)
            elif not preformatted:
                if at < low:
                    self._line.add(text[at:low], base + at, base + low, TEXT)
                self._line.blank(base + low, base + high, "\n" in match.group() or "\r" in match.group())
                at = high
        if at < len(text):
            self._line.add(text[at:], base + at, base + len(text), TEXT)
        yield from self._break_if_full()

    def _plain(self, token: Token) -> Iterator[Reading]:
        if token.text:
            self._turn(token)
            self._line.add(token.text, token.at, token.at + len(token.text), PLAIN)
        yield from self._break_if_full()

    def _turn(self, token: Token) -> None:
        if self._open and not token.text.isspace():
            self._line.turn(self._open[-1].order.turned, token.at, TEXT)

    def _break_if_full(self) -> Iterator[Reading]:
        if self._line.size > LONGEST:
            yield from self._break()

    def _break(self, after: tuple[int, int] | None = None) -> Iterator[Reading]:
        """The line ends here, at a line break or where a block begins or ends."""
        if self.prose and not self._hidden:
            for line in self._line.ended(self._where(), after):
                self._number += 1
                yield self._placed(line)
        elif self.prose or not self._joined:
            self._line = Line()
        else:
            # Together with what is hidden in it, which programs that know no style read too.
            for line in self._line.ended("hidden text"):
                yield self._placed(line)
        self._joined = self._hidden > 0

    # Elements

    def _start(self, token: Token) -> Iterator[Reading]:
        name = token.name
        if self._in_foreign() and name in BREAKOUT:
            while self._in_foreign():
                self._pop(None)
        if not self.prose:
            yield from self._attributes(token)
            self._script_type = next((a.value for a in token.attributes if a.name.lower() == "type"), "")
        if name == "br":
            yield from self._break((token.start, token.end))
            return
        if name in CELL:
            self._close_implied(name, token.start)
            self._line.tab(token.start, TEXT)
        elif name in BLOCK:
            yield from self._break()
            self._close_implied(name, token.start)
        elif name in CLOSES:
            self._close_implied(name, token.start)
        if name in VOID or (self._in_foreign() and token.closed):
            if name in CONTENT and self._open:
                self._open[-1].content = True
            return
        self._push(token)

    def _push(self, token: Token) -> None:
        if len(self._open) >= MAX_OPEN:
            raise FormatError("more than {max_open:,} elements are open at once", max_open=MAX_OPEN)
        name = token.name
        aside = name in ASIDE or (name not in BLOCK and name not in CELL and _is_hidden(token))
        over = cover(token, self._open[-1].cover if self._open else None) if self.prose else None
        way = order(token, self._open[-1].order if self._open else NATURAL)
        self._open.append(
            _Open(name, token.start, self._number, self._line.filled, self._line, aside, over, way, name in CONTENT)
        )
        self._counts[name] = self._counts.get(name, 0) + 1
        if aside:
            self._hidden += 1
            self._joined = True
            if self.prose:
                self._line = Line()
        if name in ("svg", "math"):
            self._foreign.append(len(self._open))
        elif self._in_foreign() and name in INTEGRATION:
            self._foreign.append(-len(self._open))

    def _end(self, token: Token) -> Iterator[Reading]:
        name = token.name
        if not self.prose:
            yield from self._attributes(token)
        if name == "br" or (name in BLOCK and name not in CELL):
            yield from self._break()
        if not self._counts.get(name):
            return
        stops = frozenset(("table", "template", "html")) - {name} if name in TABLE else BARRIERS - {name}
        inner: list[str] = []
        for element in reversed(self._open[-_SEARCHED:]):
            if element.name == name:
                break
            if element.name in stops:
                return
            inner.append(element.name)
        else:
            return
        crossed = name not in BLOCK and name not in CELL and not BLOCK.isdisjoint(inner)
        for _ in inner:
            self._pop(token.start if self._open[-1].name in OPTIONAL_END and not crossed else None)
        self._pop(None if crossed else token.end)

    def _close_implied(self, name: str, at: int) -> None:
        """Close what the beginning of an element closes: paragraphs by blocks, list items by list items."""
        closed = CLOSES.get(name, frozenset(("p",)) if name in CLOSES_P else frozenset())
        if not any(self._counts.get(each) for each in closed):
            return
        stops = BARRIERS - CELL - {"html"} if name in TABLE else BARRIERS | LISTS - closed
        for depth, element in enumerate(reversed(self._open[-_SEARCHED:])):
            if element.name in closed:
                for _ in range(depth):
                    self._pop(at if self._open[-1].name in OPTIONAL_END else None)
                self._pop(at)
                if name == "tr":
                    self._close_implied(name, at)
                return
            if element.name in stops or (closed == {"p"} and element.name == "button"):
                return

    def _pop(self, end: int | None) -> None:
        """The innermost element ends, at `end` where that is sure."""
        element = self._open[-1]
        if element.hidden:
            if self.prose:
                self._line = element.line
            self._hidden -= 1
        self._open.pop()
        self._counts[element.name] -= 1
        if self._foreign and abs(self._foreign[-1]) > len(self._open):
            self._foreign.pop()
        if self._open:
            self._open[-1].content = self._open[-1].content or element.content
        if not self.prose or end is None or element.content or element.name in KEPT or self._in_foreign():
            return
        begun = element.filled if element.first == self._number else 0
        last = self._number + (self._line.filled > begun)
        if last > element.first and not self._hidden:
            self._emptied.append((element.start, end, element.first, last))

    # What has become of the lines

    def settled(self, read: Reading, gone: bool, edits: Edits) -> None:
        """A line has come back, the next one in order; one that is gone takes its line break along."""
        self._gone.append(gone)
        self._settled += 1
        if gone:
            line_break = read.after or read.before
            if line_break:
                edits.put(*line_break, "", TEXT)
        while self._emptied and self._emptied[0][3] <= self._settled:
            self._remove_if_empty(edits)

    def finish(self, edits: Edits) -> None:
        """All lines have come back."""
        while self._emptied:
            self._remove_if_empty(edits)

    def _remove_if_empty(self, edits: Edits) -> None:
        start, end, first, last = self._emptied.popleft()
        if self._gone.find(0, first, last) < 0:
            edits.put(start, end, "", TEXT)

    # What is not running text

    def _placed(self, read: Reading) -> Reading:
        return read.through(self._view) if self._view else read

    def _raw(self, text: str, at: int, syntax: Syntax, where: str) -> Reading:
        return self._placed(reading(text, at, syntax, where))

    def _tag(self, text: str, at: int, syntax: Syntax, where: str) -> Reading:
        """What stands in a tag from its name on: the beginning stays one of a tag."""
        head = 2 if text[:1] == "/" else 1
        return self._placed(
            joined([reading(text[:head], at, TAG, where), reading(text[head:], at + head, syntax, where)])
        )

    def _other(self, token: Token) -> Iterator[Reading]:
        text, at = token.text, token.at
        match token.kind, token.name:
            case "comment", _:
                yield from self.value(self._raw(text, at, scripts.COMMENT, "comment"))
            case "doctype", _:
                if "[" in text or "<!entity" in text.lower():
                    raise FormatError("a document type that declares entities")
                if text.strip().lower() != "html":
                    yield named(self._raw(text, at, CODE, "document type"))
            case "torn", _:
                yield from self.value(self._tag(text, at, CODE, "a tag that is cut off"))
            case _, "script" if _SCRIPT_TYPE.fullmatch(self._script_type.strip()):
                yield from self.literals(self._raw(text, at, CODE, "script"))
            case _, "style":
                yield from self.styles(self._raw(text, at, CODE, "style"))
            case _, ("title" | "textarea") as name:
                yield from self.value(self._raw(text, at, TEXT, name).decoded(REFERENCES, in_text))
            case _, name:
                yield from self.value(self._raw(text, at, PLAIN, name))

    def _attributes(self, token: Token) -> Iterator[Reading]:
        if not _PLAIN_NAME.fullmatch(token.name) or _LONG_DIGITS.search(token.name):
            yield self._tag(token.name, token.at, NAME, "a tag's name")
        for attribute in token.attributes:
            name = attribute.name.lower()
            if not _PLAIN_NAME.fullmatch(name) or _LONG_DIGITS.search(name):
                yield self._raw(attribute.name, attribute.at, NAME, "an attribute's name")
            if attribute.value and not (name in NUMERIC_ATTRIBUTES and not _TELLING.search(attribute.value)):
                yield from self._attribute(token, name, attribute)

    def _attribute(self, token: Token, name: str, attribute: Attribute) -> Iterator[Reading]:
        where = (
            f"{name} attribute"
            if len(name) < _SHORT and _PLAIN_NAME.fullmatch(name) and not name.startswith("data-")
            else "attribute"
        )
        raw = self._raw(attribute.value, attribute.start, BARE if attribute.bare else ATTRIBUTE, where)
        for piece in _pieces(raw):
            yield from self._attribute_value(token, name, piece.decoded(REFERENCES, in_attribute))

    def _attribute_value(self, token: Token, name: str, value: Reading) -> Iterator[Reading]:
        if name.startswith("xmlns"):
            yield named(value)
        elif name == "style":
            yield from self.styles(value)
        elif name.startswith("on"):
            yield from self.literals(value)
        elif name in ("content", "value"):
            label = next((a.value for a in token.attributes if a.name.lower() in ("name", "property", "itemprop")), "")
            yield from self._under(label, value)
        else:
            yield from self.value(value)

    def _under(self, label: str, value: Reading) -> Iterator[Reading]:
        """A text under a label that may say that it is somebody's name."""
        if label.strip().lower() in AUTHORS and 0 < len(value.text) < _SHORT and not _is_address(value.text):
            yield replace(value, entity="PERSON")
        else:
            yield from self.value(value, label if len(label) < _SHORT else "")

    def value(self, value: Reading, label: str = "") -> Iterator[Reading]:
        """A text that may be an address, hold markup, or say something after a label."""
        text = value.text
        if not text or text.isspace():
            return
        if _VOCABULARY.fullmatch(text):
            yield named(value)
            return
        data = DATA.match(text, len(text) - len(text.lstrip()))
        if data and self._data_uri(value, data):
            return
        if "%" in text and _PERCENT.search(text) and _is_address(text):
            # Before the text as it stands: where both are edited, the edit that is written in percent escapes counts.
            yield from self._text_of(value.decoded(_PERCENT, percent, None, PERCENT))
            label = ""
        if "%u" in text and _PERCENT_U.search(text):
            yield from self._text_of(value.decoded(_PERCENT_U, percent_u, None, PERCENT_U))
        yield from self._text_of(value, label)

    def _text_of(self, value: Reading, label: str = "") -> Iterator[Reading]:
        if self._depth < _MAX_DEPTH and HAS_MARKUP.search(value.text):
            yield from self._within(value)
        else:
            yield from _portioned(value.labelled(label))

    def _within(self, view: Reading) -> Iterator[Reading]:
        """What a text that holds markup says and hides."""
        for line in Page(prose=True, view=view).read([view.text]):
            yield replace(line, where=view.where, before=None, after=None)
        yield from self.hidden_in(view)

    def hidden_in(self, view: Reading) -> Iterator[Reading]:
        """What a text that holds markup has beside its lines."""
        page = Page(prose=False, view=view, depth=self._depth + 1)
        page.uris, page.pictures = self.uris, self.pictures
        for read in page.read([view.text]):
            yield replace(read, where=view.where)

    def _data_uri(self, value: Reading, data: re.Match[str]) -> bool:
        """Keep a document in an address for later; False for one that is read as it stands."""
        kind, parameters = data[1].lower(), data[2].lower()
        if not is_textual(kind):
            if "font" not in kind:
                self.pictures.append((value.where, PICTURE if kind.startswith("image/") else NO_TEXT))
            return True
        if ";base64" not in parameters:
            return False
        self.uris.append(DataUri(kind, parameters, value.part(data.end(), len(value.text))))
        return True

    def literals(self, code: Reading) -> Iterator[Reading]:
        """The texts in a script or in JSON."""
        label, end_before = "", 0
        strings: list[Reading] = []  # those of one text: neighbours with nothing but a plus between them
        label_of_first, size = "", 0
        for kind, start, end in scripts.js_literals(code.text):
            between = code.text[end_before:start] if start - end_before < _SHORT else ""
            if not (between and _KEY_BEFORE.fullmatch(between)):
                label = ""
            part = replace(code.part(start, end), where=code.where)
            if not strings or not _JOINT.fullmatch(code.text, end_before, start):
                yield from self._string(strings, label_of_first)
                strings, label_of_first, size = [], label, 0
            match kind:
                case "comment":
                    yield from self.value(_rewritten(part, scripts.COMMENT))
                case "name":
                    yield _rewritten(part, scripts.JS_NAME)
                case "number":
                    yield _rewritten(part, NUMBER).whole().labelled(label)
                case _:
                    for piece in _pieces(part):
                        if size > LONGEST:
                            yield from self._string(strings, label_of_first)
                            strings, size = [], 0
                        strings.append(piece.decoded(scripts.JS_ESCAPES, scripts.js_decode, scripts.JS_STRING))
                        size += len(piece.text) + 1
            label = part.text if len(part.text) < _SHORT else ""
            end_before = end
        yield from self._string(strings, label_of_first)

    def _string(self, strings: list[Reading], label: str) -> Iterator[Reading]:
        """What strings say that a script puts together."""
        if strings:
            yield from self._under(label, joined(strings))

    def styles(self, code: Reading) -> Iterator[Reading]:
        """The texts in a style sheet."""
        for kind, start, end in scripts.css_literals(code.text):
            part = code.part(start, end)
            if kind == "comment":
                yield from self.value(_rewritten(part, scripts.COMMENT))
            else:
                yield from self.value(part.decoded(scripts.CSS_ESCAPES, scripts.css_decode, scripts.CSS_STRING))


def named(read: Reading) -> Reading:
    """The reading as the address of a vocabulary: that it is one is no secret, and it stays one."""
    return replace(_rewritten(read, PERCENT), address=True)


def _rewritten(read: Reading, syntax: Syntax) -> Reading:
    """The reading with its edits written in another syntax."""
    return read.decoded(NOTHING, lambda match: None, syntax)


def _portioned(value: Reading) -> Iterator[Reading]:
    for low, high in portions(value.text):
        yield value if high - low == len(value.text) else value.part(low, high)


def _is_address(text: str) -> bool:
    """Whether a text could be a URL, a part of one, or several (as in `srcset`)."""
    return bool(_ADDRESS.match(text)) or bool(_ADDRESS_SIGN.search(text) and not _BLANK.search(text.strip()))


def _pieces(raw: Reading) -> Iterator[Reading]:
    """A text with a very great number of escapes in portions: each escape costs memory once it is resolved."""
    if raw.text.count("\\") + raw.text.count("&") > LONGEST:
        yield from _portioned(raw)
    else:
        yield raw


def _is_hidden(token: Token) -> bool:
    for attribute in token.attributes:
        name = attribute.name.lower()
        if name == "hidden" or (name == "style" and _HIDING.search(attribute.value)):
            return True
    return False
