"""Escapes decoded to what they show: HTML entities, percent and quoted-printable bytes, `\\u`, `\\x` and octal escapes, `_x6B27_`.

Sources: HTML living standard (character references), RFC 3986 section 2.1, RFC 2045 section 6.7, RFC 8259 section 7, ISO/IEC 9899 section
6.4.4.4 (octal bytes, as Git has them in names of files), ISO/IEC 29500-1 section 22.9.2.19 (ST_Xstring, as Excel has it).
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from typing import Final

import regex

Decoded = tuple[str, int, int]
"""A character and the stretch of the input that it is written by."""

# A lone percent escape is decoded where it can't be a percentage: after a letter, or as a blank inside a long number; with a letter of its
# own and no number before it, in an address, or in a field of one. It is one character then, into which no figure cuts. That of the sign
# that stands for what was masked (× in UTF-8 and GB 18030) is one anywhere: it was written here.
ESCAPE: Final = (
    r"&(?:\#(?:[0-9]{2,7}|[xX][0-9a-fA-F]{2,6});?|[A-Za-z]{2,24};)"
    r"|(?:%[0-9A-Fa-f]{2}){3,}"
    r"|(?<![0-9%])(?:%(?:[0-9][A-Fa-f]|[A-Fa-f][0-9A-Fa-f]))+"
    r"|(?<=://[!-~]{1,200}|[?&][A-Za-z0-9_.-]{1,40}=[A-Za-z0-9._~+%-]{0,200})(?:%[0-9A-Fa-f]{2})+"
    r"|%(?:[cC]3%97|[aA]1%[cC]1)"
    r"|(?<=[A-Za-z0-9])%(?:40|2[EeDd])(?=[A-Za-z0-9])|(?<=[0-9]{3})%20(?=[0-9]{3})"
    r"|=[0-9A-F]{2}(?:=\r?\n)?(?:=[0-9A-F]{2}(?:=\r?\n)?){2,}"
    r"|\\u\{[0-9a-fA-F]{1,6}\}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|(?:\\x[0-9a-fA-F]{2}){3,}|(?:\\[0-3][0-7]{2}){3,}|_x[0-9a-fA-F]{4}_"
)
MAY_ESCAPE: Final = (
    r"&(?:\#[0-9xX]|[A-Za-z]{2})|%[0-9A-Fa-f]{2}|=[0-9A-F]{2}=|\\[uUx][0-9a-fA-F{]|\\[0-3][0-7]{2}\\|_x[0-9a-fA-F]{4}_"
)
"""A cheap sign that something in a text is escaped."""

_BYTE: Final = regex.compile(r"[%=][0-9A-Fa-f]{2}|\\x[0-9a-fA-F]{2}|\\[0-3][0-7]{2}")


def decode(escape: str, offset: int) -> Iterator[Decoded]:
    """The characters that an escape (a match of ESCAPE) stands for; when it stands for none, itself: bytes as units, or else character by character."""
    decoders: dict[str, Callable[[str, int], list[Decoded] | None]] = {
        "&": _entity,
        "%": _bytes,
        "=": _bytes,
        "\\": _backslash,
        "_": _backslash,
    }
    decoded = decoders[escape[0]](escape, offset)
    if decoded is None and escape[0] == "%":
        return (("\ufffd", offset + at, offset + at + 3) for at in range(0, len(escape), 3))
    if decoded is None:
        return ((c, offset + i, offset + i + 1) for i, c in enumerate(escape))
    return iter(decoded)


def _entity(escape: str, offset: int) -> list[Decoded] | None:
    shown = html.unescape(escape)
    return [(shown, offset, offset + len(escape))] if len(shown) == 1 else None


def _backslash(escape: str, offset: int) -> list[Decoded] | None:
    if escape[0] == "\\" and escape[1] not in "uU":
        return _bytes(escape, offset)
    point = int(escape[2:].strip("{}_"), 16)
    return [(chr(point), offset, offset + len(escape))] if point < 0x110000 else None


def _bytes(escape: str, offset: int) -> list[Decoded] | None:
    """UTF-8, or else GB 18030; None for other bytes."""
    places = [m.span() for m in _BYTE.finditer(escape)]
    octal = escape[0] == "\\" and escape[1] != "x"
    data = bytes(int(escape[start + 1 : end], 8) if octal else int(escape[end - 2 : end], 16) for start, end in places)
    encoding = "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding = "gb18030"
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            return None
    decoded: list[Decoded] = []
    at = 0
    for char in text:
        size = len(char.encode(encoding))
        decoded.append((char, offset + places[at][0], offset + places[at + size - 1][1]))
        at += size
    return decoded
