"""Zip files from strangers: the central directory and its members, read within bounds (PKWARE APPNOTE 6.3.10).

The directory alone says what is in the file; what the local headers say must agree with it.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from redactor.formats.archives.inflate import ZIP_METHODS, Count, Packed, inflate
from redactor.formats.limits import MAX_MEMBER, MAX_MEMBERS
from redactor.model import ENCRYPTED, FormatError

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4s2B5H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED: Final = 0x2041
_PATCH: Final = 0x20
_UTF8: Final = 0x800
_AES: Final = 99
_UNIX: Final = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One member as the central directory has it. `at`: where its local header stands."""

    raw_name: bytes
    utf8: bool
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    mode: int
    at: int


@dataclass(frozen=True, slots=True)
class Directory:
    """The central directory: members in its order; `start`: where it begins; `extras`: what else the file holds, in words."""

    entries: tuple[Entry, ...]
    start: int
    extras: tuple[str, ...]


def read_directory(source: BinaryIO) -> Directory:
    """The central directory. FormatError when it is broken, too long, or spread over several files."""
    end = source.seek(0, 2)
    low = max(0, end - (1 << 16) - _END.size)
    source.seek(low)
    tail = source.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END.size:
        raise FormatError("a broken zip file: its directory is missing")
    _, disk, first_disk, _, count, size, offset, comment = _END.unpack_from(tail, at)
    place = low + at
    stop = place
    if count == 0xFFFF or size == 0xFFFFFFFF or offset == 0xFFFFFFFF:
        stop, count, size, offset = _end_64(source, place, (count, size, offset))
    if disk != first_disk or disk not in (0, 0xFFFF):
        raise FormatError("a zip file that is spread over several files")
    if count > MAX_MEMBERS:
        raise FormatError(f"holds more than {MAX_MEMBERS} members")
    start = stop - size
    shift = start - offset
    if start < 0 or shift < 0:
        raise FormatError("a broken zip file: its directory is not where it should be")
    entries = tuple(_entries(source, start, stop, count, shift))
    extras = [
        *(["a comment"] if comment else []),
        *(["bytes before the first member"] if min((e.at for e in entries), default=start) > 0 else []),
        *(["bytes after the end"] if place + _END.size + comment < end else []),
    ]
    return Directory(entries, start, tuple(extras))


def is_zip(source: BinaryIO) -> bool:
    """Whether there is a directory at the end, whatever the file begins with."""
    try:
        read_directory(source)
    except FormatError:
        return False
    return True


def _end_64(source: BinaryIO, place: int, plain: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """End, count, size and offset of a directory by its Zip64 record; by the plain one where there is none."""
    source.seek(max(0, place - _LOCATOR_64.size))
    locator = source.read(_LOCATOR_64.size)
    if place < _LOCATOR_64.size + _END_64.size or not locator.startswith(b"PK\6\7"):
        return place, *plain
    stop = place - _LOCATOR_64.size - _END_64.size
    source.seek(stop)
    record = source.read(_END_64.size)
    if not record.startswith(b"PK\6\6"):
        raise FormatError("a broken zip file: its directory is missing")
    count, size, offset = _END_64.unpack(record)[7:]
    return stop, count, size, offset


def _entries(source: BinaryIO, start: int, stop: int, count: int, shift: int) -> Iterator[Entry]:
    source.seek(start)
    found = 0
    at = start
    while at < stop:
        fixed = source.read(_ENTRY.size)
        if len(fixed) < _ENTRY.size or not fixed.startswith(b"PK\1\2"):
            raise FormatError("a broken zip file: its directory is damaged")
        fields = _ENTRY.unpack(fixed)
        (_, _, system, _, flags, method, _, _, crc, packed, size, name, extra, comment, _, _, outer, offset) = fields
        variable = source.read(name + extra + comment)
        at += _ENTRY.size + name + extra + comment
        found += 1
        if found > count or at > stop or len(variable) < name + extra + comment:
            raise FormatError("a broken zip file: its directory is damaged")
        size, packed, offset = _wide(variable[name : name + extra], (size, packed, offset))
        mode = outer >> 16 if system == _UNIX else 0
        yield Entry(variable[:name], bool(flags & _UTF8), flags, method, crc, packed, size, mode, offset + shift)
    if found != count:
        raise FormatError("a broken zip file: its directory is damaged")


def _wide(extra: bytes, values: tuple[int, int, int]) -> tuple[int, int, int]:
    """Size, packed size and offset, those that are too large for their fields from the Zip64 extra field."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            field = extra[at + 4 : at + 4 + min(length, 24)]
            wide = [number for (number,) in struct.iter_unpack("<Q", field[: len(field) // 8 * 8])]
            size, packed, offset = (wide.pop(0) if v == 0xFFFFFFFF and wide else v for v in values)
            return size, packed, offset
        at += 4 + length
    return values


def check_entries(source: BinaryIO, directory: Directory) -> list[int]:
    """Where the data of each member begin. FormatError for members that are not what the directory says, or not regular files."""
    starts = [_data_start(source, entry) for entry in directory.entries]
    extents = sorted((e.at, start + e.packed) for e, start in zip(directory.entries, starts, strict=True))
    for (_, end), begin in zip(extents, [*(low for low, _ in extents[1:]), directory.start], strict=True):
        if end > begin:
            raise FormatError("members that overlap")
    return starts


def _data_start(source: BinaryIO, entry: Entry) -> int:
    if entry.flags & _ENCRYPTED or entry.method == _AES:
        raise FormatError(
            "encrypted members, which can't be looked into; pack them without a password", reason=ENCRYPTED
        )
    if entry.method not in ZIP_METHODS or entry.flags & _PATCH:
        raise FormatError(f"a member compressed by method {entry.method}, which is not supported")
    if stat.S_IFMT(entry.mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise FormatError("a member that is a link or a device, not a file")
    if entry.size > MAX_MEMBER:
        raise FormatError(f"a member of more than {MAX_MEMBER >> 20} MiB")
    source.seek(entry.at)
    fixed = source.read(_LOCAL.size)
    if len(fixed) < _LOCAL.size or not fixed.startswith(b"PK\3\4"):
        raise FormatError("a broken zip file: a member is not where the directory says")
    _, _, flags, method, _, _, _, _, _, name, extra = _LOCAL.unpack(fixed)
    if source.read(name) != entry.raw_name or method != entry.method or (flags ^ entry.flags) & _ENCRYPTED:
        raise FormatError("a member that is called one thing in the directory and another in its place")
    return entry.at + _LOCAL.size + int(name) + int(extra)


def content(source: BinaryIO, entry: Entry, start: int, count: Count) -> Iterator[bytes]:
    """What a member holds, piece by piece. FormatError as soon as it is not what the directory says."""
    source.seek(start)
    packed = Packed(source, entry.packed)
    size = crc = 0
    for piece in inflate(packed, ZIP_METHODS[entry.method](), count):
        size += len(piece)
        if size > entry.size:
            raise FormatError("holds more than the directory says")
        crc = zlib.crc32(piece, crc)
        yield piece
    if size != entry.size or crc != entry.crc or packed.read():
        raise FormatError("is broken: not what the directory says")
