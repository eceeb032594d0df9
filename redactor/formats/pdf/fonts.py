"""What the codes of a PDF font mean and how wide they are: ISO 32000-1, 9.6–9.10; character maps of Adobe Technical Note 5014."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import regex
from fontTools.ttLib import TTFont
from pdfminer.cmapdb import CMapDB
from pdfminer.encodingdb import EncodingDB, name2unicode
from pdfminer.fontmetrics import FONT_METRICS
from pikepdf import Array, Dictionary, Name, Object, Stream

from redactor.formats.pdf.streams import decoded
from redactor.model import FormatError

UNKNOWN: Final = "\ufffd"
"""Stands for a glyph whose character can't be told."""
_MAX_CODES: Final = 1 << 17
"""Codes that one character map may name: more than any font has glyphs."""
_TOKEN = regex.compile(rb"<([0-9a-fA-F\s]*+)>|(\[|\])|/?([A-Za-z0-9.\-]++)|%[^\r\n]*+")
_TYPE1_CODE = regex.compile(rb"dup\s+(\d{1,3})\s*/([A-Za-z0-9._]{1,60})\s+put")
_CONTROL = regex.compile(r"[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]")
_SYMBOLIC: Final = 4
_LIGATURES: Final = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"}


@dataclass(frozen=True, slots=True)
class Char:
    """One code of a font. `advance`: in units of the font size; `space`: the code that word spacing applies to."""

    code: bytes
    text: str
    advance: float
    space: bool


@dataclass(slots=True)
class Codes:
    """A character map: code lengths by first byte, and what codes stand for (a CID or a text), by length and number."""

    lengths: dict[int, int] = field(default_factory=dict)
    cids: dict[tuple[int, int], int] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Font:
    """A font as the content streams use it. `cid_of` and `gid_of` lead from a code to the glyph of an embedded program."""

    source: Object
    vertical: bool = False
    chars: dict[bytes, Char] = field(default_factory=dict)
    scale: float = 0.001
    trie: Mapping[int, Any] | None = None
    lengths: Mapping[int, int] = field(default_factory=dict)
    single: bool = True
    codes: Codes | None = None
    texts: Mapping[int, str] = field(default_factory=dict)
    cid_texts: Any = None
    unicode_codes: bool = False
    encoding: Mapping[int, str] = field(default_factory=dict)
    widths: Mapping[int, float] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    width: float = 0.0

    def decode(self, data: bytes) -> Iterator[Char]:
        """The characters that a string shows."""
        for code in self._split(data):
            char = self.chars.get(code)
            if char is None:
                char = self.chars[code] = self._char(code)
            yield char

    def cid(self, code: bytes) -> int:
        """The number of the glyph within the font, as its widths count."""
        if self.trie is not None:
            at: Any = self.trie
            for byte in code:
                at = at.get(byte, 0) if isinstance(at, Mapping) else 0
            return at if isinstance(at, int) else 0
        number = int.from_bytes(code, "big")
        return self.codes.cids.get((len(code), number), 0) if self.codes else number

    def _split(self, data: bytes) -> Iterator[bytes]:
        if self.single:
            for byte in data:
                yield bytes((byte,))
            return
        at = 0
        while at < len(data):
            end = at + self._length(data, at)
            yield data[at:end]
            at = end

    def _length(self, data: bytes, at: int) -> int:
        if self.trie is None:
            return self.lengths.get(data[at], 2)
        node: Any = self.trie
        for length in range(1, 5):
            node = node.get(data[at + length - 1]) if at + length <= len(data) else None
            if not isinstance(node, Mapping):
                return length if node is not None else max(length, 2)
        return 4

    def _char(self, code: bytes) -> Char:
        number, cid = int.from_bytes(code, "big"), self.cid(code)
        text = self.texts.get(number)
        if text is None:
            text = self._natural(code, number, cid)
        if len(text) == 1 and text in _LIGATURES:
            text = _LIGATURES[text]
        width = self.widths.get(cid)
        if width is None:
            width = self.metrics.get(text, self.width)
        return Char(code, _CONTROL.sub(UNKNOWN, text), width * self.scale, code == b" ")

    def _natural(self, code: bytes, number: int, cid: int) -> str:
        if self.unicode_codes:
            return code.decode("utf-16-be", "replace")
        if self.cid_texts is not None:
            try:
                return str(self.cid_texts.get_unichr(cid))
            except KeyError:
                return UNKNOWN
        return self.encoding.get(number, UNKNOWN)


def read_font(source: Object) -> Font:
    """The font of a font dictionary."""
    texts = _to_unicode(source)
    kind = source.get("/Subtype")
    if kind == Name.Type0:
        return _composite(source, texts)
    font = Font(source, texts=texts, encoding=_simple_encoding(source))
    if kind == Name.Type3:
        matrix = [float(n) for n in source.get("/FontMatrix", [0.001, 0, 0, 0.001, 0, 0])]
        font.scale = matrix[0] or 0.001
    first = int(source.get("/FirstChar", 0))
    font.widths = {first + n: float(w) for n, w in enumerate(_items(source.get("/Widths")))}
    descriptor = source.get("/FontDescriptor")
    if isinstance(descriptor, Dictionary):
        font.width = float(descriptor.get("/MissingWidth", 0))
    name = name_text(source.get("/BaseFont"))
    if not font.widths and name in FONT_METRICS:
        font.metrics = FONT_METRICS[name][1]
    return font


def name_text(value: object) -> str:
    """A name without its slash; names in GBK, as of fonts, are no text of the file's and need not be told apart."""
    return bytes(value).decode("utf-8", "replace").removeprefix("/") if isinstance(value, Name) else ""


def _composite(source: Object, texts: Mapping[int, str]) -> Font:
    below = source.DescendantFonts[0]
    font = Font(source, texts=texts, single=False, width=float(below.get("/DW", 1000)))
    encoding = source.get("/Encoding")
    name = name_text(encoding)
    if isinstance(encoding, Stream):
        font.codes = parse_cmap(decoded(encoding))
        font.lengths = font.codes.lengths
        font.vertical = int(encoding.get("/WMode", 0)) == 1
    elif name not in ("Identity-H", "Identity-V"):
        try:
            font.trie = CMapDB.get_cmap(name).code2cid  # type: ignore[attr-defined]
        except (CMapDB.CMapNotFound, OSError):
            raise FormatError("a font has a character map that is not known") from None
    font.vertical = font.vertical or name.endswith("-V") or name == "V"
    font.widths = _cid_widths(_items(below.get("/W2")), 3) if font.vertical else _cid_widths(_items(below.get("/W")), 1)
    if font.vertical:
        font.width = float(_items(below.get("/DW2"))[1]) if "/DW2" in below else -1000.0
    font.unicode_codes = "UCS2" in name or "UTF16" in name
    info = below.get("/CIDSystemInfo")
    ordering = str(info.get("/Ordering", "")) if isinstance(info, Dictionary) else ""
    if ordering in ("GB1", "CNS1", "Japan1", "Korea1"):
        font.cid_texts = CMapDB.get_unicode_map(f"Adobe-{ordering}", font.vertical)
    elif not texts and not font.unicode_codes:
        font.encoding = _of_program(below)
    return font


def _items(value: object) -> list[Any]:
    return list(value) if isinstance(value, Array) else []


def _cid_widths(items: list[Any], each: int) -> dict[int, float]:
    """Widths by CID (`/W`, `/W2`), the first of the `each` numbers that are given for one."""
    widths: dict[int, float] = {}
    at = 0
    while at + 1 < len(items):
        first = int(items[at])
        if isinstance(items[at + 1], Array):
            widths.update((first + n, float(w)) for n, w in enumerate(list(items[at + 1])[::each]))
            at += 2
        else:
            last = min(int(items[at + 1]), 0xFFFF)
            widths.update(dict.fromkeys(range(max(first, 0), last + 1), float(items[at + 2])))
            at += 2 + each
    return widths


def _to_unicode(source: Object) -> dict[int, str]:
    stream = source.get("/ToUnicode")
    return parse_cmap(decoded(stream)).texts if isinstance(stream, Stream) else {}


def _simple_encoding(source: Object) -> dict[int, str]:
    encoding = source.get("/Encoding")
    base, differences = encoding, []
    if isinstance(encoding, Dictionary):
        base, differences = encoding.get("/BaseEncoding"), _items(encoding.get("/Differences"))
    descriptor = source.get("/FontDescriptor")
    table = dict(EncodingDB.get_encoding(name_text(base))) if isinstance(base, Name) else _built_in(source, descriptor)
    at = 0
    for item in differences:
        if isinstance(item, Name):
            table[at] = _of_name(name_text(item))
            at += 1
        else:
            at = int(item)
    return table


def _built_in(source: Object, descriptor: object) -> dict[int, str]:
    """The encoding that a font has of itself; nothing where that can't be told."""
    if source.get("/Subtype") == Name.Type3:
        return {}
    if not isinstance(descriptor, Dictionary):
        return dict(EncodingDB.get_encoding("StandardEncoding"))
    program = descriptor.get("/FontFile")
    if isinstance(program, Stream):
        head = decoded(program).partition(b"eexec")[0]
        own = {int(code): _of_name(name.decode("ascii")) for code, name in _TYPE1_CODE.findall(head)}
        if own or b"StandardEncoding def" not in head:
            return own
    if int(descriptor.get("/Flags", 0)) & _SYMBOLIC:
        return {}
    return dict(EncodingDB.get_encoding("StandardEncoding"))


def _of_name(name: str) -> str:
    try:
        return name2unicode(name)
    except (KeyError, ValueError, OverflowError):
        return UNKNOWN


def _of_program(below: Object) -> dict[int, str]:
    """What the codes of an Identity font mean by the character table of its embedded TrueType program."""
    descriptor = below.get("/FontDescriptor")
    program = descriptor.get("/FontFile2") if isinstance(descriptor, Dictionary) else None
    if not isinstance(program, Stream):
        return {}
    with TTFont(io.BytesIO(decoded(program)), lazy=True) as font:
        table = font.getBestCmap() if "cmap" in font else None
        if not table:
            return {}
        by_glyph = {font.getGlyphID(name): chr(code) for code, name in sorted(table.items(), reverse=True)}
    to_glyph = glyphs_of_cids(below)
    if to_glyph is None:
        return by_glyph
    return {cid: by_glyph[gid] for cid, gid in enumerate(to_glyph) if gid in by_glyph}


def glyphs_of_cids(below: Object) -> list[int] | None:
    """The glyph of each CID of a CIDFontType2; None when they are the same."""
    mapping = below.get("/CIDToGIDMap")
    if not isinstance(mapping, Stream):
        return None
    data = decoded(mapping)
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data) - 1, 2)]


def parse_cmap(data: bytes) -> Codes:
    """A character map that is embedded in a file, be it an encoding or a ToUnicode map."""
    codes = Codes()
    pending: list[Any] = []
    inner: list[Any] | None = None
    for found in _TOKEN.finditer(data):
        digits, bracket, word = found.groups()
        held = pending if inner is None else inner
        if digits is not None:
            digits = regex.sub(rb"\s", b"", digits)
            held.append(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii")))
        elif bracket == b"[":
            inner = []
        elif bracket:
            pending.append(inner or [])
            inner = None
        elif word and word.isdigit():
            held.append(int(word))
        elif word and word.startswith((b"begin", b"end")):
            _take(codes, word, pending)
            pending, inner = [], None
            if len(codes.texts) + len(codes.cids) > _MAX_CODES:
                raise FormatError("a font's character map names too many codes")
    return codes


def _take(codes: Codes, word: bytes, items: list[Any]) -> None:
    match word:
        case b"endcodespacerange":
            for low, high in zip(items[::2], items[1::2], strict=False):
                if isinstance(low, bytes) and isinstance(high, bytes) and low and high:
                    codes.lengths.update(dict.fromkeys(range(low[0], high[0] + 1), len(low)))
        case b"endbfchar" | b"endcidchar":
            for code, meaning in zip(items[::2], items[1::2], strict=False):
                if isinstance(code, bytes):
                    _mean(codes, len(code), int.from_bytes(code, "big"), meaning, 0)
        case b"endbfrange" | b"endcidrange":
            for low, high, meaning in zip(items[::3], items[1::3], items[2::3], strict=False):
                if isinstance(low, bytes) and isinstance(high, bytes):
                    first = int.from_bytes(low, "big")
                    count = int.from_bytes(high, "big") - first + 1
                    if count > _MAX_CODES:
                        raise FormatError("a font's character map names too many codes")
                    for n in range(min(count, len(meaning)) if isinstance(meaning, list) else count):
                        if isinstance(meaning, list):
                            _mean(codes, len(low), first + n, meaning[n], 0)
                        else:
                            _mean(codes, len(low), first + n, meaning, n)


def _mean(codes: Codes, length: int, code: int, meaning: object, ahead: int) -> None:
    if isinstance(meaning, int):
        codes.cids[length, code] = meaning + ahead
    elif isinstance(meaning, bytes) and meaning:
        size = len(meaning)
        number = (int.from_bytes(meaning, "big") + ahead) % (1 << 8 * size)
        data = number.to_bytes(size, "big")
        codes.texts[code] = data.decode("utf-16-be", "replace") if size > 1 else data.decode("latin-1")
