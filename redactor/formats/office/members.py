"""Members of a zip file from a stranger: names, places and sizes checked before anything is believed."""

from __future__ import annotations

import stat
import struct
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import regex

from redactor.formats.limits import MAX_MEMBER, MAX_MEMBERS, MAX_RATIO, RATIO_FROM
from redactor.model import ENCRYPTED, FormatError

_CHUNK: Final = 1 << 16
_LOCAL_HEADER: Final = 30
_DIRECTORY_ENTRY: Final = 200
"""Bytes of the central directory for each member, at most, on average."""
_RESERVED: Final = regex.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z)")
_ODD: Final = regex.compile(r"[\x00-\x1f\x7f\\:*?\"<>|\u202a-\u202e\u2066-\u2069]")


@contextmanager
def one_reason() -> Iterator[None]:
    """Whatever a zip library says of a broken file, in words that quote nothing of it."""
    try:
        yield
    except FormatError:
        raise
    except (BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError, IndexError):
        raise FormatError("a broken or truncated zip file") from None


def check_directory(source: BinaryIO) -> None:
    """Refuse a central directory that would unpack to more members than are allowed, before it is read."""
    size = source.seek(0, 2)
    source.seek(max(0, size - (1 << 16) - 100))
    tail = source.read()
    source.seek(0)
    at = len(tail) - 22 if tail[-22:-18] == b"PK\5\6" and tail.endswith(b"\0\0") else tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + 22:
        raise FormatError("a broken or truncated zip file")
    (length,) = struct.unpack_from("<L", tail, at + 12)
    if at >= 76 and tail[at - 20 : at - 16] == b"PK\6\7":
        (length,) = struct.unpack_from("<Q", tail, at - 36)
    if length > MAX_MEMBERS * _DIRECTORY_ENTRY:
        raise FormatError("a zip file with too many members")


def members_of(archive: ZipFile, source: BinaryIO) -> dict[str, ZipInfo]:
    """The members by name. FormatError for what no office program writes."""
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise FormatError(f"a zip file with more than {MAX_MEMBERS} members")
    _check_places(infos, source, archive.start_dir)
    members: dict[str, ZipInfo] = {}
    seen: set[str] = set()
    for info in infos:
        name = info.orig_filename
        if name.endswith("/") and not info.file_size:
            continue
        _check_name(name)
        if info.flag_bits & 0x2041:
            raise FormatError("is encrypted; save it without a password first", reason=ENCRYPTED)
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise FormatError("a zip file with a compression that office documents do not use")
        if info.create_system == 3 and stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            raise FormatError("a zip file with a member that is no regular file")
        folded = unicodedata.normalize("NFC", name).casefold()
        if folded in seen:
            raise FormatError("a zip file with two members of one name")
        seen.add(folded)
        members[name] = info
    return members


def _check_name(name: str) -> None:
    """Refuse names that lead out of a folder, or that name something else on another system."""
    pieces = name.split("/")
    if (
        len(name) > 400
        or _ODD.search(name)
        or any(p in ("", ".", "..") or p[-1] in ". " or _RESERVED.match(p) for p in pieces)
    ):
        raise FormatError("a zip file with a member of a dangerous name")


def _check_places(infos: Sequence[ZipInfo], source: BinaryIO, end: int) -> None:
    """Refuse members that share bytes: a small file could unpack to a large one many times over."""
    for info in sorted(infos, key=lambda i: i.header_offset, reverse=True):
        source.seek(info.header_offset)
        header = source.read(_LOCAL_HEADER)
        if len(header) < _LOCAL_HEADER or header[:4] != b"PK\3\4":
            raise FormatError("a broken or truncated zip file")
        lengths = sum(struct.unpack("<HH", header[26:30]))
        if info.header_offset + _LOCAL_HEADER + lengths + info.compress_size > end:
            raise FormatError("a zip file with members that overlap")
        end = info.header_offset


def chunks(archive: ZipFile, info: ZipInfo) -> Iterator[bytes]:
    """What a member holds, within bounds on the bytes that really come."""
    size = 0
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > MAX_MEMBER:
                raise FormatError(f"a member unpacks to more than {MAX_MEMBER >> 20} MB")
            if size > RATIO_FROM and size > MAX_RATIO * max(info.compress_size, 1):
                raise FormatError(f"a member unpacks to more than {MAX_RATIO} times its size")
            yield chunk
