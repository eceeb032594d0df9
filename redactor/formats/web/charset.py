"""Which encoding a page or an XML document is in: what it declares against what its bytes are (HTML, "determining the encoding")."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO, Final

from redactor.model import DecodeError, FormatError
from redactor.text.decode import Encoding, check_alone, check_round_trip, detect_encoding

_SAMPLE: Final = 1 << 12
_CHUNK: Final = 1 << 20
_COMMENT = re.compile(rb"<!--.*?-->", re.S)
_DECLARED = re.compile(
    rb"""^\s*+<\?xml\s[^>]{0,100}?encoding\s*=\s*["']\s*([\w.:\-]{2,30})"""
    rb"""|<meta\s[^>]{0,500}?charset\s*=\s*["']?\s*([\w.:\-]{2,30})""",
    re.I,
)
_WIDE = re.compile(rb"[\xe0-\xf4]")
_NO_WESTERN = re.compile(rb"[\xa1-\xfe]{8}")  # Western words have a few such letters, one or two on end
_WESTERN: Final = frozenset(("cp1252", "iso8859-15"))
_ASCII: Final = bytes(range(128))
# The labels of the Encoding standard that mean more than their name says.
_MEANT: Final = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "latin-1": "cp1252",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_SHIFTED: Final = (
    (re.compile("hz|hz[-_]gb.*|hzgb.*"), re.compile(rb"~\{")),
    (re.compile("utf[-_]?7|.*unicode-1-1-utf-7"), re.compile(rb"\+[A-Za-z0-9+/]{4,}")),
    (re.compile("(?:cs)?iso[-_]?2022.*"), re.compile(rb"[\x0e\x1b]")),
)
"""Labels of encodings that write other characters by letters of ASCII, and what such characters begin with."""
_EXACT: Final = frozenset(("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"))


def markup_encoding(source: BinaryIO, wanted: str | None) -> Encoding:
    """The encoding that a document is read and written in, proven to give back the same bytes.

    In order of trust: what the user says, the byte order mark, the declaration where all bytes agree with it, the bytes. A
    declaration does not stand against UTF-8 with characters of three bytes, which no other encoding shows by chance, and a Western
    one, which many templates bring along, not against runs of bytes that no Western word has.
    """
    encoding = _encoding(source, wanted)
    if encoding.name not in _EXACT:
        check_round_trip(source, encoding)
    source.seek(0)
    return encoding


def _encoding(source: BinaryIO, wanted: str | None) -> Encoding:
    if wanted:
        try:
            encoding = detect_encoding(source, wanted=wanted)
            check_alone(source, encoding)
            return encoding
        except LookupError:
            raise FormatError("unknown encoding {wanted!r}", wanted=wanted) from None
    source.seek(0)
    sample = source.read(_SAMPLE)
    declared = None if _has_bom(sample) or sample.count(0) * 5 > len(sample) else _declared(sample)
    if declared and declared != "utf-8" and not _surely_utf8(source) and not _surely_not(declared, source):
        try:
            encoding = detect_encoding(source, wanted=declared)
            check_alone(source, encoding)
            if declared == "big5hkscs":
                _check_big5(source)
            return encoding
        except DecodeError:
            pass
    _refuse_shifted(sample, source)
    return detect_encoding(source)


def _refuse_shifted(sample: bytes, source: BinaryIO) -> None:
    """FormatError for a document whose letters of ASCII, by what it declares, are other characters: read as they are, they would stay."""
    label = _label(sample)
    for labels, shift in _SHIFTED:
        if labels.fullmatch(label) and _holds(source, shift):
            raise FormatError("is in {encoding}, in which no document is read; save it as UTF-8 first", encoding=label)


def _label(sample: bytes) -> str:
    """The encoding that a document's head declares, as it is said there; "" when it declares none."""
    match = _DECLARED.search(_COMMENT.sub(b"", sample))
    return (match[1] or match[2]).decode("ascii", "ignore").lower().removeprefix("x-") if match else ""


def _check_big5(source: BinaryIO) -> None:
    """DecodeError when a page that says Big5, and has none of the characters that Hong Kong added, is evidently in GB18030."""
    try:
        plain = detect_encoding(source, wanted="big5")
    except DecodeError:
        return
    check_alone(source, plain)


def _has_bom(sample: bytes) -> bool:
    return sample.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def _declared(sample: bytes) -> str | None:
    """The codec that a document's head names; None when it names none that could be: the head itself is read as ASCII."""
    label = _label(sample)
    if not label:
        return None
    try:
        codec = codecs.lookup(label)
        name = _MEANT.get(codec.name, codec.name)
        if codec.name.startswith(("utf-16", "utf-32")) or _ASCII.decode(name) != _ASCII.decode("ascii"):
            return None
    except (LookupError, UnicodeError, TypeError, AttributeError):  # unknown, or a codec that is no text encoding
        return None
    return name


def _surely_not(declared: str, source: BinaryIO) -> bool:
    return declared in _WESTERN and _holds(source, _NO_WESTERN)


def _holds(source: BinaryIO, pattern: re.Pattern[bytes]) -> bool:
    """Whether a pattern of few bytes occurs somewhere."""
    source.seek(0)
    last = b""
    while chunk := source.read(_CHUNK):
        if pattern.search(last + chunk):
            return True
        last = chunk[-7:]  # the pattern may lie over the edge of two chunks
    return False


def _surely_utf8(source: BinaryIO) -> bool:
    source.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    wide = False
    while chunk := source.read(_CHUNK):
        wide = wide or _WIDE.search(chunk) is not None
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            return False
    return wide and not decoder.getstate()[0]
