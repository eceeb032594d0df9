"""Zip files from strangers: what their directory says is checked before it is believed, members are read within bounds.

The standard library reads them (PKWARE APPNOTE 6.3.10); the directory alone says what is in the file.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from redactor.formats.archives.names import decode_name
from redactor.formats.limits import MAX_MEMBER, MAX_MEMBERS, MAX_RATIO, RATIO_FROM
from redactor.language import later
from redactor.model import ENCRYPTED, FormatError

CHUNK: Final = 1 << 16
_END: Final = 22
_LOCAL_HEADER: Final = 30
_DIRECTORY_ENTRY: Final = 200
"""Bytes of the central directory for each member, at most, on average."""
_ENCRYPTED: Final = 0x2041
_UTF8: Final = 0x800
UNIX: Final = 3
"""The system that a member's mode is of."""
_BROKEN: Final = later("a broken or truncated zip file")


def open_zip(source: BinaryIO) -> ZipFile:
    """A zip file whose directory has been read. FormatError when that is broken, or too long to be read at all."""
    with one_reason():
        _check_directory(source)
        archive = ZipFile(source)
    if len(archive.infolist()) > MAX_MEMBERS:
        raise FormatError("holds more than {max_members} members", max_members=MAX_MEMBERS)
    return archive


def is_zip(source: BinaryIO) -> bool:
    """Whether there is a directory at the end, whatever the file begins with."""
    try:
        open_zip(source)
    except FormatError:
        return False
    return True


@contextmanager
def one_reason() -> Iterator[None]:
    """Whatever the library says of a broken file, in words that quote nothing of it."""
    try:
        yield
    except FormatError:
        raise
    except (BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError, IndexError):
        raise FormatError(_BROKEN) from None


def _check_directory(source: BinaryIO) -> None:
    """Refuse a central directory that would unpack to more members than are allowed, before it is read."""
    size = source.seek(0, 2)
    source.seek(max(0, size - (1 << 16) - 100))
    tail = source.read()
    at = len(tail) - _END if tail[-_END:-18] == b"PK\5\6" and tail.endswith(b"\0\0") else tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + _END:
        raise FormatError(_BROKEN)
    (length,) = struct.unpack_from("<L", tail, at + 12)
    if at >= 76 and tail[at - 20 : at - 16] == b"PK\6\7":
        (length,) = struct.unpack_from("<Q", tail, at - 36)
    if length > MAX_MEMBERS * _DIRECTORY_ENTRY:
        raise FormatError("holds more than {max_members} members", max_members=MAX_MEMBERS)


def check_members(archive: ZipFile, *methods: int) -> None:
    """FormatError for members that are encrypted, packed by another method, no regular files, too large, or share bytes."""
    end = archive.start_dir
    # A small file could unpack to a large one many times over, were it allowed to name the same bytes again and again.
    for info in sorted(archive.infolist(), key=lambda i: i.header_offset, reverse=True):
        if info.flag_bits & _ENCRYPTED:
            raise FormatError(
                "is encrypted, and can't be looked into; save it without a password first", reason=ENCRYPTED
            )
        if info.compress_type not in (methods or (ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2)):
            raise FormatError("a zip file with a member compressed by a method that is not supported")
        if stat.S_IFMT(mode_of(info)) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise FormatError("a zip file with a member that is a link or a device, and no regular file")
        if info.file_size > MAX_MEMBER:
            raise FormatError("a member of more than {max_member} MiB", max_member=MAX_MEMBER >> 20)
        if _end_of_data(archive, info) > end:
            raise FormatError("a zip file with members that overlap")
        end = info.header_offset


def _end_of_data(archive: ZipFile, info: ZipInfo) -> int:
    with one_reason():
        stream = archive.fp
        assert stream
        stream.seek(info.header_offset)
        header = stream.read(_LOCAL_HEADER)
        if not header.startswith(b"PK\3\4"):
            raise FormatError(_BROKEN)
        name, extra = struct.unpack_from("<HH", header, 26)
        return info.header_offset + _LOCAL_HEADER + int(name) + int(extra) + info.compress_size


def mode_of(info: ZipInfo) -> int:
    """The file mode of a member; 0 where it has none."""
    return info.external_attr >> 16 if info.create_system == UNIX else 0


def name_of(info: ZipInfo) -> str:
    """A member's name, as the directory says it."""
    name = info.orig_filename
    return name if info.flag_bits & _UTF8 else decode_name(name.encode("cp437"))


def extras(archive: ZipFile, source: BinaryIO) -> Iterator[str]:
    """What a zip file holds beside its members, in words."""
    if archive.comment:
        yield later("a comment")
    if min((info.header_offset for info in archive.infolist()), default=archive.start_dir) > 0:
        yield later("bytes before the first member")
    tail = source.seek(0, 2) - _END - len(archive.comment)
    source.seek(max(0, tail))
    if not source.read(_END).startswith(b"PK\5\6"):
        yield later("bytes after the end")


def content(archive: ZipFile, info: ZipInfo, count: Callable[[int], object]) -> Iterator[bytes]:
    """What a member holds, piece by piece, within bounds on the bytes that really come; `count` is told how many they are."""
    size = 0
    with one_reason(), archive.open(info) as stream:
        while piece := stream.read(CHUNK):
            size += len(piece)
            if size > RATIO_FROM and size > MAX_RATIO * max(info.compress_size, 1):
                raise FormatError("a member unpacks to more than {max_ratio} times its size", max_ratio=MAX_RATIO)
            if size > MAX_MEMBER:
                raise FormatError("a member unpacks to more than {max_member} MiB", max_member=MAX_MEMBER >> 20)
            count(len(piece))
            yield piece
        if size != info.file_size:
            raise FormatError(_BROKEN)
