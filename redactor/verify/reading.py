"""What reads what: bytes told by what they begin with, then by what is said of them; what nobody reads is searched as it is."""

from __future__ import annotations

import csv
import struct
import tarfile
import zlib
from collections.abc import Callable
from functools import partial
from lzma import LZMAError
from typing import Final
from xml.parsers import expat
from zipfile import BadZipFile

import regex

from redactor.model import FormatError
from redactor.verify.mail import mail
from redactor.verify.markup import html, xml
from redactor.verify.model import MOST_DEPTH, TEXT, Blob, Budget, Found, Hint, Piece
from redactor.verify.packed import is_compressed, tarred, unpacked, zipped
from redactor.verify.pdf import pdf
from redactor.verify.tables import columns, delimited, is_json, json_text

_HEAD: Final = 4096
_FAULTS: Final = (
    BadZipFile,
    tarfile.TarError,
    LZMAError,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
    expat.ExpatError,
    csv.Error,
)
"""What readers raise about what is not as it should be."""
_CHARSET: Final = regex.compile(rb"(?:charset|encoding)\s*=\s*[\"']?([\w.:-]+)", regex.I)
_MAIL: Final = regex.compile(rb"(?:[\x21-\x39\x3b-\x7e]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}", regex.S)
_PAGE: Final = regex.compile(rb"(?i)\s*(?:<!doctype html|<html|<head|<body|<(?:div|p|table|meta|title|h\d)\b)")
_NAMED: Final = {
    "html": "html",
    "htm": "html",
    "xhtml": "html",
    "eml": "eml",
    "mht": "eml",
    "mhtml": "eml",
    "csv": "csv",
    "tsv": "csv",
    "tab": "csv",
}
_TYPED: Final = {"text/html": "html", "text/csv": "csv", "message/rfc822": "eml"}


def read(data: bytes, kind: str = "") -> Found:
    """All that can be read in an output. `kind`: the name of its format, where it is known; what it holds is told by content.

    FormatError when it can't be read as what it is, or holds too much.
    """
    budget = Budget()
    yield from _inner(data, Hint(f".{kind}"), "", budget, 0, first=True)


def _inner(data: bytes, hint: Hint, where: str, budget: Budget, depth: int, *, first: bool = False) -> Found:
    if depth > MOST_DEPTH:
        yield Blob(where, data)
        return
    reader = _reader(data, hint, where, budget, depth)
    pieces: list[Piece | Blob] = []
    known = False
    if reader is not None:
        try:
            for each in reader():
                pieces.append(each)
                yield each
            known = True
        except FormatError:
            raise
        except ImportError:
            pass
        except _FAULTS:
            if first and not pieces and data[:2] == b"PK":
                raise FormatError("the last check can't read back what was written") from None
    if not known:
        yield from _bare(data, hint, where)
    else:
        yield Blob(where, data, read=True)


def _reader(data: bytes, hint: Hint, where: str, budget: Budget, depth: int) -> Callable[[], Found] | None:
    """What reads these bytes; None for a text, or what is nothing that is known."""

    def inner(data: bytes, hint: Hint, where: str) -> Found:
        return _inner(data, hint, where, budget, depth + 1)

    if data[:4] == b"PK\x03\x04":
        return partial(zipped, data, where, inner, budget)
    if data[257:262] == b"ustar":
        return partial(tarred, data, where, inner, budget)
    if is_compressed(data):
        return partial(unpacked, data, where, inner, budget)
    if b"%PDF-" in data[:1024]:
        return partial(pdf, data, where, inner, budget)
    if data[:4] == b"PAR1" or data[:6] == b"ARROW1" or hint.name == ".arrow":
        return partial(columns, data, where)
    named = _TYPED.get(hint.type) or _NAMED.get(hint.name.rpartition(".")[2].lower(), "")
    if named == "eml":
        return partial(mail, data, where, inner)
    text = decoded(data, hint)
    if text is None:
        return None
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")
    if named == "html" or (not named and _PAGE.match(head)):
        return partial(html, text, where)
    if head[:1] == b"<":
        return partial(_markup, data, text, where)
    if named == "csv":
        return partial(delimited, text, where)
    if is_json(text):
        return partial(json_text, text, where)
    if not named and _MAIL.match(data[:_HEAD]) and b"\nContent-" in data[:_HEAD]:
        return partial(mail, data, where, inner)
    return None


def _markup(data: bytes, text: str, where: str) -> Found:
    """XML, or what only a browser would read."""
    try:
        pieces = list(xml(data, where))
    except (expat.ExpatError, ValueError, LookupError):
        pieces = list(html(text, where))
    yield from pieces


def _bare(data: bytes, hint: Hint, where: str) -> Found:
    """A text as it is, or bytes."""
    text = decoded(data, hint)
    if text is not None:
        yield Piece(where, TEXT, text)
    # What only looks like a text may be something else.
    yield Blob(where, data, read=text is not None and b"\0" not in data)


def decoded(data: bytes, hint: Hint) -> str | None:
    """Bytes as the text that they are; None when they are none."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\0" in data[:_HEAD]:
        return _wide(data)
    told = _CHARSET.search(data[:_HEAD])
    for encoding in (hint.charset, "utf-8", told[1].decode("ascii", "ignore") if told else "", "gb18030", "big5"):
        try:
            if encoding:
                return data.decode("gb18030" if encoding.lower() in ("gb2312", "gbk") else encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    return None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark, where it looks like that."""
    for encoding, at in (("utf-16-le", 1), ("utf-16-be", 0)):
        if data[at:200:2].count(b"\0") > 20:
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    return None
