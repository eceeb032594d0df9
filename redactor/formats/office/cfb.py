"""Files of old office programs told apart: rich text by its beginning, compound files (MS-CFB) by what lies at their top."""

from __future__ import annotations

import struct
from typing import Final

MAGIC: Final = bytes.fromhex("d0cf11e0a1b11ae1")
RICH_TEXT: Final = b"{\\rt"
"""How rich text begins for those programs that read it."""
MAIN: Final = {"WordDocument": "ole", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}
"""The main streams of old documents, and their formats."""
_ENTRY: Final = 128
_END: Final = 0xFFFFFFFA
"""From here on, numbers of sectors mean something else."""
_MOST: Final = 100_000
_IN_HEADER: Final = 109
_SHIFTS: Final = (9, 12)
"""Sectors of 512 or 4,096 bytes."""


def kind_of_old(data: bytes) -> str:
    """The format of an old document; `ole` for what is none that is known."""
    if data.lstrip()[:4] == RICH_TEXT:
        return "rtf"
    names = _top_names(data) or {name for name in MAIN if names_anywhere(data, name)}
    return next((kind for name, kind in MAIN.items() if name in names), "ole")


def names_anywhere(data: bytes, name: str) -> bool:
    """Whether a compound file has something of that name, at its top or deeper."""
    return name.encode("utf-16-le") + b"\0\0" in data


def _top_names(data: bytes) -> frozenset[str]:
    """The names of the streams and storages of the root; of a file that is broken, none."""
    try:
        return frozenset(_names(_directory(data)))
    except (struct.error, IndexError, UnicodeDecodeError):
        return frozenset()


def _directory(data: bytes) -> bytes:
    """All sectors of the directory, one after the other."""
    (shift,) = struct.unpack_from("<H", data, 30)
    (sector,) = struct.unpack_from("<L", data, 48)
    if shift not in _SHIFTS:
        return b""
    size = 1 << shift
    tables = [each for each in struct.unpack_from(f"<{_IN_HEADER}L", data, 76) if each < _END]
    found = bytearray()
    while sector < _END and len(found) <= len(data):
        start = (sector + 1) * size
        found += data[start : start + size]
        table, place = divmod(sector, size // 4)
        (sector,) = struct.unpack_from("<L", data, (tables[table] + 1) * size + 4 * place)
    return bytes(found)


def _names(directory: bytes) -> list[str]:
    """The names of the root's children, which are a tree of siblings."""
    (child,) = struct.unpack_from("<L", directory, 76)
    waiting, names = [child], []
    seen: set[int] = set()
    while waiting and len(seen) < _MOST:
        number = waiting.pop()
        if number >= _END or number in seen:
            continue
        seen.add(number)
        at = number * _ENTRY
        (length,) = struct.unpack_from("<H", directory, at + 64)
        names.append(directory[at : at + min(length, 64)].decode("utf-16-le").rstrip("\0"))
        waiting += struct.unpack_from("<2L", directory, at + 68)
    return names
