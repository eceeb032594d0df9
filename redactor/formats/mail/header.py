"""Values of mail headers as people see them, and edits in them written back (RFC 2047 encoded words, folded lines)."""

from __future__ import annotations

import binascii
import codecs
import quopri
from base64 import b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Final

import regex

from redactor.document.edits import apply
from redactor.formats.mail.mime import HEADER_ENCODINGS, header_text
from redactor.formats.pieces import decoded_by, spliced
from redactor.model import Edit

_WORD_BEGINS: Final = regex.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?")
_NOT_BASE64: Final = regex.compile(rb"[^A-Za-z0-9+/]+")
_FOLD: Final = regex.compile(rb"((?:\r\n|\r|\n)(?=[ \t]|\Z))")
_ADDRESS_TOKEN: Final = regex.compile(r'"(?:[^"\\]|\\.)*+"|[^\s<>()\[\],;:"]++')
_TOKEN: Final = regex.compile(r"\S++")
_PLAIN: Final = regex.compile(r"[A-Za-z0-9 .@_+-]*+")
_WORD_BYTES: Final = 45
_NOT_OF_MAIL: Final = ("unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a header: `text` as it is seen, from `raw` as it stands. `encoded`: by encoded words."""

    text: str
    raw: bytes
    encoded: bool
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class _Word:
    """An encoded word at `start..end`; `kind`: b or q; `data`: what it holds, encoded."""

    start: int
    end: int
    charset: str
    kind: bytes
    data: bytes


def pieces(raw: bytes) -> list[Piece]:
    """A header, unfolded and decoded, in pieces; all their `raw` together is the header."""
    found: list[Piece] = []
    words = list(_words(raw))
    plain_encoding = header_text(spliced(raw, ((word.start, word.end, b"") for word in words)))[1]
    at = 0
    for run in _runs(raw, words):
        low, high = run[0].start, run[-1].end
        found.extend(_plain(raw[at:low], plain_encoding))
        found.append(Piece(_decoded(run), raw[low:high], True))
        at = high
    found.extend(_plain(raw[at:], plain_encoding))
    return found


def seen(found: Sequence[Piece]) -> str:
    """The text of a header."""
    return "".join(piece.text for piece in found)


def edited(found: Sequence[Piece], edits: Sequence[Edit], eol: bytes, *, address: bool) -> bytes:
    """The header with edits of its text made; what is not edited stays as it stood.

    An edit in plain text takes the whole word with it, since only whole words can be encoded.
    """
    items: list[tuple[str, bytes | None]] = []
    for piece, own in zip(found, _shared(edits, [len(piece.text) for piece in found]), strict=True):
        if not own:
            items.append((piece.text, piece.raw))
        elif piece.encoded:
            items.append((apply(piece.text, own), None))
        else:
            items.extend(_plain_edited(piece, own, _ADDRESS_TOKEN if address else _TOKEN))
    fresh = _spaced(items, frozenset(piece.raw for piece in found if piece.encoded))
    return _joined([_written(text, eol, address=address) if raw is None else raw for text, raw in fresh])


def text_codec(name: str | None) -> str | None:
    """The codec of a charset that mail may be in; None for what is none."""
    if not name:
        return None
    try:
        codec = codecs.lookup(name.strip("'\" "))
        "".encode(codec.name)
    except (LookupError, UnicodeError, ValueError):
        return None
    if codec.name in _NOT_OF_MAIL:
        return None
    return "gb18030" if codec.name in ("gb2312", "gbk") else codec.name


def _words(raw: bytes) -> Iterator[_Word]:
    """The encoded words, however long; each goes on to the first mark that ends one."""
    at = end = 0
    while match := _WORD_BEGINS.search(raw, at):
        at = match.end()
        if end >= 0 and end < at:
            end = raw.find(b"?=", at)
        if end < 0:
            return
        charset = match[1].decode("ascii", "replace").partition("*")[0].lower()
        yield _Word(match.start(), end + 2, charset, match[2].lower(), raw[at:end])
        at = end + 2


def _runs(raw: bytes, words: Sequence[_Word]) -> Iterator[list[_Word]]:
    """Encoded words that nothing but white space stands between: it is not seen, and a character may go on in the next word."""
    run: list[_Word] = []
    for word in words:
        if run and raw[run[-1].end : word.start].strip():
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _decoded(words: Sequence[_Word]) -> str:
    """The text of a run."""
    parts = [(word.charset, _bytes_of(word.kind, word.data)) for word in words]
    together = groupby(parts, itemgetter(0))
    return "".join(_text(charset, b"".join(data for _, data in group)) for charset, group in together)


def _bytes_of(kind: bytes, data: bytes) -> bytes:
    if kind == b"q":
        return quopri.decodestring(data.replace(b"\r", b"").replace(b"\n", b""), header=True)
    # What is no Base64 is passed over, as readers do.
    bare = _NOT_BASE64.sub(b"", data)
    bare = bare[: len(bare) - (len(bare) % 4 == 1)]
    return binascii.a2b_base64(bare + b"=" * (-len(bare) % 4))


def _text(charset: str, data: bytes) -> str:
    codec = text_codec(charset)
    return decoded_by(data, *((codec,) if codec else ()), *HEADER_ENCODINGS)[0]


def _plain(raw: bytes, encoding: str) -> Iterator[Piece]:
    # Stretches of text, and folds between them.
    for number, stretch in enumerate(_FOLD.split(raw)):
        if stretch and number % 2:
            yield Piece("", stretch, False)
        elif stretch:
            yield Piece(stretch.decode(encoding, "replace"), stretch, False, encoding)


def _shared(edits: Sequence[Edit], sizes: Sequence[int]) -> Iterator[list[Edit]]:
    """The edits in each of the stretches that follow one another, in its own coordinates.

    One that goes over several is written to the first; one that takes nothing away belongs to what begins there.
    """
    low = first = 0
    for size in sizes:
        high = low + size
        while first < len(edits) and edits[first].end < low:
            first += 1
        own: list[Edit] = []
        for number in range(first, len(edits)):
            edit = edits[number]
            if edit.start >= high:
                break
            start, end = max(edit.start, low), min(edit.end, high)
            if start < end or (edit.start == edit.end == start):
                written = edit.replacement if edit.start >= low else ""
                own.append(Edit(start - low, end - low, written, edit.entity, edit.rule))
        yield own
        low = high


def _plain_edited(piece: Piece, edits: Sequence[Edit], token: regex.Pattern[str]) -> Iterator[tuple[str, bytes | None]]:
    """A stretch of plain text with its edits made, each in the whole of the words that it touches."""
    spans = [match.span() for match in token.finditer(piece.text)]
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    grown: list[tuple[int, int, list[Edit]]] = []
    for edit in edits:
        first, last = bisect_right(ends, edit.start), bisect_left(starts, edit.end)
        low = min(edit.start, starts[first]) if first < last else edit.start
        high = max(edit.end, ends[last - 1]) if first < last else edit.end
        if grown and low < grown[-1][1]:
            begun, end, own = grown[-1]
            own.append(edit)
            grown[-1] = (begun, max(end, high), own)
        else:
            grown.append((low, high, [edit]))
    at = 0
    for low, high, own in grown:
        yield piece.text[at:low], piece.text[at:low].encode(piece.encoding)
        yield (
            _unquoted(apply(piece.text[low:high], [replace(e, start=e.start - low, end=e.end - low) for e in own])),
            None,
        )
        at = high
    yield piece.text[at:], piece.text[at:].encode(piece.encoding)


def _unquoted(text: str) -> str:
    """Without the quotes around, in which encoded words may not stand."""
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        return regex.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def _spaced(items: Sequence[tuple[str, bytes | None]], words: Container[bytes]) -> list[tuple[str, bytes | None]]:
    """White space between two encoded words is not seen by readers: where it is meant, a new one of the two takes it in."""
    out = [item for item in items if item[0] or item[1]]
    last: int | None = None
    for number, (text, raw) in enumerate(out):
        if raw is not None and raw not in words:
            last = last if not raw.strip() else None
            continue
        space = "".join(between for between, _ in out[last + 1 : number]) if last is not None else ""
        if space and raw is None:
            out[number] = (space + text, None)
        elif space and last is not None and out[last][1] is None:
            out[last] = (out[last][0] + space, None)
        last = number
    return out


def _joined(written: Sequence[bytes]) -> bytes:
    """All in a row; a fold goes where the white space after it was edited away, without which it would end the header."""
    out = bytearray()
    fold = b""
    for data in written:
        if data in (b"\r\n", b"\r", b"\n"):
            fold = data
        elif data:
            out += fold * data.startswith((b" ", b"\t")) + data
            fold = b""
    return bytes(out + fold)


def _written(text: str, eol: bytes, *, address: bool) -> bytes:
    if text.isascii() and (_PLAIN.fullmatch(text) if address else text.isprintable() and "=?" not in text):
        return text.encode()
    words: list[bytes] = []
    for character in text:
        data = character.encode("utf-8", "replace")
        if words and len(words[-1]) + len(data) <= _WORD_BYTES:
            words[-1] += data
        else:
            words.append(data)
    return (eol + b" ").join(b"=?utf-8?b?" + b64encode(word) + b"?=" for word in words)
