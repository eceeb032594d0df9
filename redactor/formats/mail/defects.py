"""What a mail may not be: what one program reads as a part or a header, and another as bare text (RFC 5322, RFC 2045 to 2047).

The standard library's parser notes such defects and reads on, and what follows them is text to it: encoded parts would then
stay as they are. Here each is a refusal that names it. Looked at are the bytes themselves, and then all that the parser notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from typing import Final

from redactor.formats.mail.mime import IDENTITY, Field, Part, bare_type
from redactor.language import later, say
from redactor.model import FormatError

REFUSED: Final = {
    "NoBoundaryInMultipartDefect": later("parts without a boundary between them"),
    "StartBoundaryNotFoundDefect": later("parts whose boundary occurs nowhere"),
    "MultipartInvariantViolationDefect": later("parts that are announced and missing"),
    "FirstHeaderLineIsContinuationDefect": later("headers that begin with a folded line"),
    "MisplacedEnvelopeHeaderDefect": later("a line of a mailbox among the headers"),
    "MissingHeaderBodySeparatorDefect": later("a line among the headers that is no header"),
    "MalformedHeaderDefect": later("a line among the headers that is no header"),
    "InvalidHeaderDefect": later("a header without a name"),
}
"""Defects that `email` notes of a mail's structure, and what a refusal calls them."""
ELSEWHERE: Final = {
    "MessageDefect": "the class of all",
    "HeaderDefect": "the class of those of headers' values",
    "CloseBoundaryNotFoundDefect": "what is there is read to its end, as all programs do",
    "InvalidMultipartContentTransferEncodingDefect": "the structure is refused where the encoding, without comments, is none",
    "InvalidBase64PaddingDefect": "bodies are decoded strictly",
    "InvalidBase64CharactersDefect": "bodies are decoded strictly",
    "InvalidBase64LengthDefect": "bodies are decoded strictly",
    "UndecodableBytesDefect": "headers are decoded by what their bytes show",
    "HeaderMissingRequiredValue": "values of headers are looked at as text",
    "NonPrintableDefect": "values of headers are looked at as text",
    "ObsoleteHeaderDefect": "values of headers are looked at as text",
    "NonASCIILocalPartDefect": "values of headers are looked at as text",
    "InvalidDateDefect": "values of headers are looked at as text",
}
"""All other defects that `email` knows, and why none of them hides a text from us. One that is in neither table is refused."""
_LONE_CR: Final = re.compile(rb"\r(?!\n)")
_TYPE: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+\s*(?:\([^()]*\)\s*)*")
_BOUNDARY_WORD: Final = re.compile(r"boundary\s*(?:\*[0-9*]*)?\s*=", re.I)
_BOUNDARY: Final = re.compile(r';\s*boundary\s*=\s*("[ !#-\[\]-~]+"|[!#-\'*-:<-~]+)\s*(?=;|\(|\Z)', re.I)
_CHARSET: Final = re.compile(r';\s*charset\s*(?:\*[0-9*]*)?\s*=\s*("[^"]*"|[^;\s]*)', re.I)
_HEADER: Final = re.compile(rb"([\041-\071\073-\176]+)[ \t]*:|[ \t]+\S")
_OF_PART: Final = re.compile(rb"^(?:MIME-Version|Content-[A-Za-z-]+)[ \t]*:", re.M | re.I)
_OF_BASE64: Final = re.compile(rb"^[A-Za-z0-9+/]{40,}={0,2}\r?$", re.M)
_OF_MIME: Final = (b"mime-version", b"content-type", b"content-transfer-encoding")


def check(data: bytes, top: Part) -> None:
    """Refuse a mail with a defect; `top`: what was read of its bytes. FormatError names the defect and its place."""
    if data.strip() and not top.fields:
        raise FormatError("a mail without headers, or with an empty line, a byte order mark or a text before them")
    for part in top.walk():
        _check_head(data, part)
        _check_type(data, part)
        _check_boundaries(data, part)
    _check_body_starts(data, top)
    _compare(data, top, BytesParser().parsebytes(data))


def _refuse(data: bytes, at: int, what: str) -> FormatError:
    line = len(data[:at].splitlines()) + 1
    return FormatError(
        "line {line}: {what}; programs would read this mail in different ways", line=line, what=say(what)
    )


def _check_head(data: bytes, part: Part) -> None:
    """What stands in the bytes is what the parser takes for headers, and one line of nothing ends it."""
    for number, each in enumerate(part.fields):
        if what := _odd(data[each.start : each.end], each, first=not number):
            raise _refuse(data, each.start, what)
    between = data[part.head_end : part.body[0]]
    if between == b"\r" or between.strip(b"\r\n") or (not between and part.body[0] < part.body[1]):
        raise _refuse(data, part.head_end, later("a line among the headers that is no header"))
    names = [each.name for each in part.fields if each.name]
    if names != [name.lower() for name in part.info] or part.info.defects:
        raise _refuse(data, part.head_end, later("headers that can't be told apart"))


def _odd(raw: bytes, each: Field, *, first: bool) -> str:
    """What is wrong with a header field; "" when nothing is."""
    if raw[:1] in b" \t":
        return later("headers that begin with a folded line")
    if not each.name and not raw.startswith(b"From "):
        return later("a header without a name")
    if not each.name and not first:
        return later("a line of a mailbox among the headers")
    if b"\0" in raw:
        return later("a zero byte in a header")
    if _LONE_CR.search(raw):
        return later("a header line that ends in CR alone")
    return ""


def _check_type(data: bytes, part: Part) -> None:
    """A type that all programs read alike, with one boundary where there are parts, and one charset at most."""
    for each in part.fields:
        if each.name == "content-transfer-encoding" and not part.transfer:
            raise _refuse(data, each.start, later("an encoding without a name"))
        if each.name == "content-type" and (what := _odd_type(part)):
            raise _refuse(data, each.start, what)


def _odd_type(part: Part) -> str:
    """What is wrong with a type and its parameters; "" when nothing is."""
    value = str(part.info["content-type"])
    if not _TYPE.fullmatch(value.partition(";")[0].strip()):
        return later("a type that can't be read")
    if len({each.strip('"').lower() for each in _CHARSET.findall(value)}) > 1:
        return later("two charsets for one text")
    if part.info.get_content_maintype() == "multipart":
        named = [each.strip('"').rstrip() for each in _BOUNDARY.findall(value)]
        if len(_BOUNDARY_WORD.findall(value)) != 1 or named != [part.info.get_boundary()] or not all(named):
            return later("no boundary, several, or one in a notation that not all programs read")
    return ""


def _check_boundaries(data: bytes, part: Part) -> None:
    """A line that begins as a boundary does is one, in its place and ended like the others."""
    said = part.info.get_param("boundary")
    if not isinstance(said, str) or not said.strip():
        return
    if part.boundaries and not part.children:
        raise _refuse(data, part.head_end, later("no parts at all"))
    inner = {start for each in part.walk() for start, _ in each.boundaries}
    mark = b"--" + said.strip().encode("utf-8", "replace")
    for start in _starting(data, mark, *part.body):
        if start + len(b"--") not in inner:
            raise _refuse(data, start, later("something like a boundary where no part begins"))
    for start, end in part.boundaries:
        rest = data[end : end + 200].partition(b"\n")[0]
        if _LONE_CR.search(rest.removesuffix(b"\r")) or data[start - 3 : start - 2] == b"\r":
            raise _refuse(data, start, later("a boundary beside a CR alone"))


def _starting(data: bytes, mark: bytes, low: int, high: int) -> Iterator[int]:
    """Where lines begin with a mark."""
    at = data.find(mark, low, high)
    while at >= 0:
        if at == low or data[at - 1 : at] in b"\r\n":
            yield at
        at = data.find(mark, at + 1, high)


def _check_body_starts(data: bytes, top: Part) -> None:
    """No text begins with headers: those of a part with an empty line before them, or in the middle of them.

    A file that is called one may be a mail that begins in any way but with what only parts have.
    """
    for part in top.walk():
        for low, high in part.between:
            if found := _OF_PART.search(data, low, high):
                raise _refuse(data, found.start(), later("headers outside of any part"))
            if found := _OF_BASE64.search(data, low, high):
                raise _refuse(data, found.start(), later("Base64 outside of any part"))
        low, high = part.body
        if not part.is_leaf or part.transfer not in IDENTITY:
            continue
        file = bool(part.info.get_filename()) or not part.type.startswith("text/")
        while low < high:
            end = data.find(b"\n", low, high) + 1 or high
            line = data[low:end]
            found = _HEADER.match(line)
            name = found[1].lower() if found and found[1] else b""
            if name in _OF_MIME and not (file and name == b"mime-version"):
                raise _refuse(data, low, later("headers after an empty line"))
            if line.strip() and (file or not found):
                break
            low = end


def _compare(data: bytes, part: Part, theirs: Message) -> None:
    """Refuse what `email` notes defects of, or reads in another way than we do."""
    for name in [type(defect).__name__ for defect in theirs.defects]:
        if name not in ELSEWHERE:
            raise _refuse(data, part.head_end, REFUSED.get(name, name))
    payload = theirs.get_payload()
    # Notices of delivery are blocks of fields, and headers within a text are a text to `email`.
    alone = part.is_leaf or part.type in ("message/delivery-status", "text/rfc822-headers")
    children = (
        [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) and not alone else []
    )
    if part.type != bare_type(theirs) or (not alone and len(children) != len(part.children)):
        raise _refuse(data, part.head_end, later("parts that can't be told apart"))
    for child, other in zip(part.children, children, strict=False):
        _compare(data, child, other)
