"""What a file is, told by its content; its name decides only where content leaves it open."""

from __future__ import annotations

import io
import json
from pathlib import PurePath
from typing import BinaryIO, Final

import regex

from redactor.formats.archives.unzip import is_zip, open_zip
from redactor.formats.office.cfb import MAGIC, RICH_TEXT, kind_of_old
from redactor.formats.registry import FORMATS, TEXT, find_format, plugged_kind
from redactor.formats.tables.told import is_table
from redactor.language import later, say
from redactor.model import FormatError, UnsupportedError

_SAMPLE: Final = 1 << 16
TNEF: Final = bytes.fromhex("789f3e22")
"""How winmail.dat begins (MS-OXTNEF)."""
_MAGIC: Final = (
    (b"%PDF-", "pdf"),
    (b"PAR1", "parquet"),
    (b"PARE", "parquet"),
    (b"ARROW1", "arrow"),
    (b"\xff\xff\xff\xff", "arrow"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (TNEF, "TNEF"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "RAR"),
)
PICTURE: Final = later("picture")
_MEDIA: Final = (
    (b"ID3", later("sound")),
    (b"OggS", later("sound")),
    (b"fLaC", later("sound")),
    (b"\xff\xfb", later("sound")),
    (b"\xff\xf3", later("sound")),
    (b"RIFF", later("picture, sound or film")),
    (b"\x1aE\xdf\xa3", later("film")),
    (b"\0\0\1\xba", later("film")),
    (b"MZ", later("program")),
    (b"\x7fELF", later("program")),
    (b"\0\1\0\0\0", later("font")),
    (b"OTTO", later("font")),
    (b"wOF", later("font")),
    (b"SQLite format 3\0", later("database")),
)
"""How files begin that hold no text to redact, and zeros."""
NO_TEXT: Final = frozenset((PICTURE, *(kind for _, kind in _MEDIA)))
"""Words for what is no document."""
_PICTURES: Final = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM")
_PARTS: Final = (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx"))
"""Folders of the main parts of Office Open XML packages (ECMA-376)."""
_BEGIN = r"\A(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]{0,200}\?>\s*+)?(?:<!--.{0,2000}?-->\s*+)*+"
_HTML = regex.compile(
    _BEGIN + r"<(?:!doctype\s+html|html|head|body|title|meta|script|style|link|div|table)\b", regex.I | regex.S
)
_XML = regex.compile(r"\A(?:\xef\xbb\xbf)?\s*+<\?xml\s")
_ROOT = regex.compile(
    _BEGIN
    + r"(?:<\?[^<>]{0,500}\?>\s*+|<!DOCTYPE[^<>\[]{0,500}>\s*+)*+<([A-Za-z_\x80-\xff][\w:.\-\x80-\xff]{0,80})([^<>]{0,4000}+)>",
    regex.S,
)
"""The first element of a text, and its attributes."""
_OF_PAGES = regex.compile(
    "(?:a|article|aside|b|blockquote|center|details|dl|em|fieldset|font|footer|form|h[1-6]|header|i|li|main|nav|ol|p|pre|section|span|strong|u|ul)",
    regex.I,
)
"""Elements that a piece of a web page begins with."""
_VOCABULARY = regex.compile(r"\sxmlns(?::[\w.\-\x80-\xff]{1,80})?\s*+=")
_ENDING = regex.compile(r"\.[0-9]*[a-z][a-z0-9_~+-]*")
"""The end of a name by which it could say a format."""
_TAG = regex.compile(r"<(?:!doctype|/?[a-z][a-z0-9]{0,20})[\s>/]", regex.I)
_HEADER = regex.compile(
    r"^(Return-Path|Received|From|To|Cc|Date|Subject|Message-ID|MIME-Version|Content-[A-Za-z-]{1,40}|Delivered-To|X-[A-Za-z-]{1,40}):",
    regex.I | regex.M,
)
_FIRST_HEADER = regex.compile(r"[!-9;-~]{1,80}:|From ")
_ENCODED = regex.compile(r"^Content-Transfer-Encoding:[ \t]*+(?:base64|quoted-printable)", regex.I | regex.M)
"""What of a mail is nothing without its headers."""
_MARK: Final = "ï»¿"
"""The byte order mark of UTF-8, read as Latin-1."""
_LARGE_JSON = regex.compile(r'\A(?:ï»¿)?\s*+(?:\[\s*+)?\{\s*+"[^"\\\n]{1,100}+"\s*+:\s*+["\[{0-9tfn-]')
"""How JSON begins that has no name and is too long to be looked at as a whole."""
_PROSE: Final = (".md", ".log")
"""Texts that hold tables and lines of values, and are none."""
_BY_NAME: Final = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".eml": "eml",
    ".mht": "eml",
    ".mhtml": "eml",
    ".tar": "tar",
}


_MAY_BE_EMPTY: Final = (TEXT, "html", "xml", "csv", "json", "jsonl", "eml")
"""Formats in which a file without a byte is a text without a character."""


def kind_of(stream: BinaryIO, name: str) -> str:
    """The name of the format of a seekable stream, which is left at its beginning; `name`: the file's, "" when it has none.

    UnsupportedError for what holds no text that could be read, or is in a format that is not supported. FormatError for a file that
    is empty and is called as one is that never is.
    """
    if not stream.seek(0, io.SEEK_END):
        _refuse_empty(PurePath(name).suffix.lower())
    kind = what_is(stream, name)
    if find_format(kind) is None:
        raise UnsupportedError("is of a kind that is not supported: {kind}", kind=say(kind), reason=kind)
    return kind


def _refuse_empty(suffix: str) -> None:
    """FormatError where the name of an empty file says a format in which no document is empty."""
    for each in FORMATS.values():
        if suffix in each.suffixes and each.name not in _MAY_BE_EMPTY:
            raise FormatError("is empty, and no {title}", title=say(each.title))


def what_is(stream: BinaryIO, name: str) -> str:
    """`kind_of`, and a word for what it is where that is no format that is supported. FormatError for broken packages."""
    suffix = PurePath(name).suffix.lower()
    if not _ENDING.fullmatch(suffix):
        suffix = ""  # `.5%` is part of a name, and may be edited
    plugged = plugged_kind(suffix)
    if plugged:
        return plugged
    stream.seek(0)
    sample = stream.read(_SAMPLE)
    stream.seek(0)
    kind = _binary(stream, sample) or _textual(sample, suffix)
    if kind == TEXT and suffix not in _PROSE and is_table(sample, whole=len(sample) < _SAMPLE):
        kind = "csv"
    stream.seek(0)
    return kind


def is_binary(data: bytes) -> bool:
    """Whether content is that of a file that is no text, whatever it is called."""
    return _binary(io.BytesIO(data), data[:_SAMPLE]) is not None


def _binary(stream: BinaryIO, sample: bytes) -> str | None:
    for magic, kind in _MAGIC:
        if sample.startswith(magic):
            return kind
    if sample.startswith(MAGIC) or sample.lstrip()[:4] == RICH_TEXT:
        return kind_of_old(stream.read())
    if sample[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _package(stream)
    if sample.startswith(_PICTURES) and b"\0" in sample:
        return PICTURE
    if b"\0" in sample:
        for magic, kind in _MEDIA:
            if sample.startswith(magic):
                return kind
        if sample[4:8] == b"ftyp":
            return later("film")
    if sample[257:262] == b"ustar":
        return "tar"
    # A program that unpacks itself, or anything else with an archive behind it.
    return _package(stream) if b"\0" in sample and is_zip(stream) else None


def _package(stream: BinaryIO) -> str:
    names = open_zip(stream).namelist()
    if "[Content_Types].xml" in names:
        for folder, kind in _PARTS:
            if any(name.startswith(folder) for name in names):
                return kind
    return "ofd" if "ofd.xml" in map(str.lower, names) else "zip"


def _textual(sample: bytes, suffix: str) -> str:
    text = _as_latin(sample)
    if _HTML.search(text) or (suffix in (".html", ".htm", ".xhtml") and _TAG.search(text)):
        return "html"
    if _XML.search(text) or _is_xml(text, suffix):
        return "xml"
    if suffix == ".json" and _begins_with_records(text):
        return "jsonl"  # as it is often called
    if suffix in _BY_NAME:
        return _BY_NAME[suffix]
    if _is_mail(text.removeprefix(_MARK).lstrip("\n")):
        return "eml"
    if _begins_with_records(text):
        return "jsonl"
    return "json" if _is_json(text) or (not suffix and _LARGE_JSON.match(text)) else TEXT


def _is_xml(text: str, suffix: str) -> bool:
    """Whether a text that declares nothing is XML: by its name, by a vocabulary that its root is of, or as its root is all of it."""
    root = _ROOT.search(text)
    if not root or (suffix in FORMATS["xml"].suffixes):
        return root is not None
    if suffix in FORMATS[TEXT].suffixes:
        return False
    if _VOCABULARY.search(root[2]):
        return True
    # Pieces of a page, which end as they begin, are many roots or none: they are read as the text that they are.
    end = f"</{root[1]}>"
    return not _OF_PAGES.fullmatch(root[1]) and text.rstrip().endswith(end) and text.count(end) == 1


def _is_mail(text: str) -> bool:
    head = text[: text.find("\n\n") % (len(text) + 1)]
    if not _FIRST_HEADER.match(head):
        return False
    return len({match[1].lower() for match in _HEADER.finditer(head)}) >= 4 or _ENCODED.search(head) is not None


def _as_latin(sample: bytes) -> str:
    """Enough of the text to tell ASCII marks by, whatever the encoding; UTF-16 loses its zero bytes."""
    if sample[:2] in (b"\xff\xfe", b"\xfe\xff"):
        sample = sample[2:].replace(b"\0", b"")
    return sample.decode("latin-1").replace("\r\n", "\n")


def _begins_with_records(text: str) -> bool:
    first, _, rest = text.removeprefix(_MARK).partition("\n")
    return first.startswith("{") and rest.startswith("{") and _is_json(first)


def _is_json(text: str) -> bool:
    """Whether a text is an object or array, and all of it is."""
    text = text.removeprefix(_MARK).strip()
    if not (text.startswith("{") and text.endswith("}")) and not (text.startswith("[") and text.endswith("]")):
        return False
    try:
        json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return False
    return True
