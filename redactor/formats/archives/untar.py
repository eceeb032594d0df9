"""Tar files from strangers, read forward only: ustar, pax and GNU names (POSIX.1-2017, pax; GNU tar manual, appendix D)."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from redactor.formats.limits import MAX_MEMBER, MAX_MEMBERS
from redactor.model import FormatError

BLOCK: Final = 512
_CHUNK: Final = 1 << 16
_HEADER: Final = 1 << 16
"""Bytes that names and other attributes of one member may have."""
_FILES: Final = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)
_BROKEN: Final = "a broken tar file"
_TOO_SHORT: Final = "a tar file that ends too early"
_KINDS: Final = {
    tarfile.LNKTYPE: "a hard link",
    tarfile.SYMTYPE: "a symbolic link",
    tarfile.CHRTYPE: "a device",
    tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a named pipe",
    tarfile.GNUTYPE_SPARSE: "a sparse file",
}

Read = Callable[[int], bytes]
"""Exactly so many bytes, fewer only at the end."""


@dataclass(frozen=True, slots=True)
class Header:
    """One member. `executable`: its mode says so."""

    raw_name: bytes
    folder: bool
    size: int
    executable: bool


def members(read: Read) -> Iterator[tuple[Header, Iterator[bytes]]]:
    """Each member with its content, which is to be read before the next is asked for.

    FormatError for what is broken or cut off, for links and devices, and for anything after the end.
    """
    attributes: dict[bytes, bytes] = {}
    count = 0
    while (block := read(BLOCK)) and block.strip(b"\0"):
        info = _header(block)
        match info.type:
            case tarfile.XHDTYPE | tarfile.SOLARIS_XHDTYPE:
                attributes |= _pax(_attribute(read, info.size))
            case tarfile.XGLTYPE:
                if _pax(_attribute(read, info.size)).keys() & {b"path", b"size", b"linkpath"}:
                    raise FormatError("a tar file that gives all members one name or size")
            case tarfile.GNUTYPE_LONGNAME:
                attributes[b"path"] = _attribute(read, info.size).split(b"\0", 1)[0]
            case _:
                count += 1
                if count > MAX_MEMBERS:
                    raise FormatError(f"holds more than {MAX_MEMBERS} members")
                header = _member(info, attributes)
                attributes = {}
                content = _content(read, header.size)
                yield header, content
                for _ in content:
                    pass
    if len(block) < BLOCK:
        raise FormatError(_TOO_SHORT)
    while rest := read(_CHUNK):
        if rest.strip(b"\0"):
            raise FormatError("a tar file with something after its end")


def is_tar(block: bytes) -> bool:
    """Whether a file that begins with this block is one: its checksum is right."""
    try:
        tarfile.TarInfo.frombuf(block[:BLOCK], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _header(block: bytes) -> tarfile.TarInfo:
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        raise FormatError(_BROKEN if len(block) == BLOCK else _TOO_SHORT) from None
    if info.size < 0:
        raise FormatError(_BROKEN)
    return info


def _member(info: tarfile.TarInfo, attributes: dict[bytes, bytes]) -> Header:
    if info.type in _KINDS:
        raise FormatError(f"{_KINDS[info.type]} among its members")
    name = attributes.get(b"path", info.name.encode("utf-8", "surrogateescape"))
    folder = info.type == tarfile.DIRTYPE
    if (not folder and info.type not in _FILES) or any(key.startswith(b"GNU.sparse") for key in attributes):
        raise FormatError("a member of a kind that is not supported")
    size = _number(attributes.get(b"size", b"%d" % info.size))
    if folder and size:
        raise FormatError("a folder that has content")
    if size > MAX_MEMBER:
        raise FormatError(f"a member of more than {MAX_MEMBER >> 20} MiB")
    if b"\0" in name or not name:
        raise FormatError("a member whose name is no name")
    return Header(name.rstrip(b"/") if folder else name, folder, size, bool(info.mode & 0o100))


def _attribute(read: Read, size: int) -> bytes:
    if size > _HEADER:
        raise FormatError("a tar file with attributes that are too long")
    return b"".join(_content(read, size))


def _content(read: Read, size: int) -> Iterator[bytes]:
    """The bytes of a member; the padding up to the next block is read and let go."""
    padding = -size % BLOCK
    while size:
        piece = read(min(size, _CHUNK))
        if not piece:
            raise FormatError(_TOO_SHORT)
        size -= len(piece)
        yield piece
    if len(read(padding)) < padding:
        raise FormatError(_TOO_SHORT)


def _pax(data: bytes) -> dict[bytes, bytes]:
    """The records of an extended header: `LENGTH KEY=VALUE\\n`, the length counting all of it."""
    found: dict[bytes, bytes] = {}
    at = 0
    while at < len(data):
        digits, _, _ = data[at : at + 20].partition(b" ")
        length = _number(digits)
        record = data[at : at + length]
        if length <= len(digits) + 3 or len(record) < length or not record.endswith(b"\n"):
            raise FormatError(_BROKEN)
        key, found_sign, value = record[len(digits) + 1 : -1].partition(b"=")
        if not found_sign:
            raise FormatError(_BROKEN)
        found[key] = value
        at += length
    return found


def _number(digits: bytes) -> int:
    if not digits.isdigit() or len(digits) > 20:
        raise FormatError(_BROKEN)
    return int(digits)
