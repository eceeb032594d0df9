"""Zip and tar archives and compressed files: read through, never unpacked to disk, and packed anew with nothing but their members.

Members keep their order and their compression; dates, owners, comments and extra fields are not carried over.
"""

from __future__ import annotations

import shutil
import stat
import tarfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import BinaryIO, Final, cast
from zipfile import ZipFile, ZipInfo

from redactor.formats.archives.inflate import CHUNK, STREAMS, Count, Decoder, deflater, inflate_all
from redactor.formats.archives.names import check_names, decode_name, redacted_names
from redactor.formats.archives.nested import inside, redact_member, spool
from redactor.formats.archives.untar import BLOCK, is_tar, members
from redactor.formats.archives.unzip import (
    UNIX,
    check_members,
    content,
    extras,
    is_zip,
    mode_of,
    name_of,
    open_zip,
)
from redactor.formats.limits import MAX_MEMBER
from redactor.formats.options import Options
from redactor.formats.unit import Outlet, Session, Sink
from redactor.language import say
from redactor.model import FormatError

_MAGIC: Final = {b"\x1f\x8b": "gzip", b"BZ": "bzip2", b"\xfd7": "xz"}
_OPEN_DOCUMENT, _THUMBNAILS = "mimetype", "Thumbnails/"
"""How packages of OpenDocument begin, and where they show their first page as it was (OASIS, OpenDocument 1.3, part 2)."""
_DATE: Final = (1980, 1, 1, 0, 0, 0)

Unpack = Callable[[Count], Iterator[bytes]]
"""What is in a file, from its beginning, each time it is called."""


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact each member by its own format. FormatError when one can't be: then nothing of the archive passes as clean."""
    magic = source.read(2)
    if magic in _MAGIC:
        _compressed(_MAGIC[magic], source, out, session, options)
    elif magic == b"PK" or is_zip(source):
        _zip(source, out, session, options)
    else:
        _tar(partial(_plain, source), out, session, options)


def _zip(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    archive = open_zip(source)
    check_members(archive)
    members = archive.infolist()
    names = [name_of(member) for member in members]
    check_names(names)
    for what in extras(archive, source):
        session.removed("", what)
    with ZipFile(cast(BinaryIO, Outlet(out)), "w") as packed:
        for old, name in zip(members, _names(names, session), strict=True):
            if names[0] == _OPEN_DOCUMENT and name.old.startswith(_THUMBNAILS):
                session.removed(str(name), say("a thumbnail"))
                continue
            info = ZipInfo(name.new, _DATE)
            info.create_system = UNIX
            info.compress_type = old.compress_type
            if name.old.endswith("/") or stat.S_ISDIR(mode_of(old)):
                if old.file_size or not name.old.endswith("/"):
                    raise FormatError("a folder that has content")
                info.external_attr = (stat.S_IFDIR | 0o755) << 16 | 0x10
                packed.writestr(info, b"")
                continue
            info.external_attr = (stat.S_IFREG | (0o755 if mode_of(old) & 0o100 else 0o644)) << 16
            with _redacted(name, content(archive, old, session.unpacked), session, options) as member:
                if member:
                    with packed.open(info, "w") as target:
                        shutil.copyfileobj(member, target)


def _tar(unpack: Unpack, out: Sink, session: Session, options: Options) -> None:
    """Read twice: names are looked at together, before the first of them is written."""
    headers = [header for header, _ in members(Reader(unpack(session.unpacked)).read)]
    names = [decode_name(header.raw_name) for header in headers]
    check_names(names)
    again = members(Reader(unpack(_uncounted)).read)
    with tarfile.TarFile(
        fileobj=cast(BinaryIO, Outlet(out)), mode="w", format=tarfile.PAX_FORMAT, encoding="utf-8"
    ) as packed:
        for (header, pieces), name in zip(again, _names(names, session), strict=True):
            info = tarfile.TarInfo(name.new)
            info.mode = 0o755 if header.folder or header.executable else 0o644
            if header.folder:
                info.type = tarfile.DIRTYPE
                packed.addfile(info)
                continue
            with _redacted(name, pieces, session, options) as member:
                if member:
                    info.size = member.seek(0, 2)
                    member.seek(0)
                    packed.addfile(info, member)


def _compressed(kind: str, source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    unpack = partial(_inflated, source, STREAMS[kind])
    with closing(_Compressing(out, kind)) as packed:
        if is_tar(Reader(unpack(_uncounted)).read(BLOCK)):
            _tar(unpack, packed, session, options)
            return
        inner = _name_in_header(source) if kind == "gzip" else ""
        if inner:
            session.removed("", say("the file name in the header"))
        outer = getattr(source, "name", "")
        name = _Name(0, PurePath(outer).stem if isinstance(outer, str) and outer else inner, "content")
        with _redacted(name, unpack(session.unpacked), session, options) as member:
            if not member:
                raise FormatError("holds nothing that could be kept")
            for piece in iter(partial(member.read, CHUNK), b""):
                packed.write(piece)


@dataclass(frozen=True, slots=True)
class _Name:
    """What a member was called, and is; `number` 0: the one that a compressed file holds."""

    number: int
    old: str
    new: str

    def __str__(self) -> str:
        return self.new if self.old == self.new or not self.number else f"{self.new} (member {self.number})"


def _names(names: Sequence[str], session: Session) -> list[_Name]:
    return [
        _Name(i, old, new) for i, (old, new) in enumerate(zip(names, redacted_names(names, session), strict=True), 1)
    ]


@contextmanager
def _redacted(name: _Name, pieces: Iterable[bytes], session: Session, options: Options) -> Iterator[BinaryIO | None]:
    """A member as it is to be packed, at its beginning; None when it is to be left out."""
    session.record()
    with spool() as member, spool() as redacted, inside(session, str(name)):
        _fill(member, pieces)
        kept = redact_member(member, redacted, session, options, name.old)
        redacted.seek(0)
        yield redacted if kept else None


def _fill(file: BinaryIO, pieces: Iterable[bytes]) -> None:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_MEMBER:
            raise FormatError("unpacks to more than {max_member} MiB", max_member=MAX_MEMBER >> 20)
        file.write(piece)
    file.seek(0)


def _plain(source: BinaryIO, count: Count) -> Iterator[bytes]:
    source.seek(0)
    while piece := source.read(CHUNK):
        count(len(piece))
        yield piece


def _inflated(source: BinaryIO, fresh: Callable[[], Decoder], count: Count) -> Iterator[bytes]:
    source.seek(0)
    return inflate_all(source, fresh, count)


def _uncounted(size: int) -> None:
    """The same bytes were counted when they were read first."""


def _name_in_header(source: BinaryIO) -> str:
    """The name in a gzip header (RFC 1952, 2.3.1), "" when there is none."""
    source.seek(0)
    header = source.read(CHUNK)
    flags, at = header[3], 10
    if flags & 4:
        at += 2 + int.from_bytes(header[at : at + 2], "little")
    return decode_name(header[at:].partition(b"\0")[0]) if flags & 8 else ""


class Reader:
    """Pieces of any size read in sizes that are asked for."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""
        self._at = 0

    def read(self, size: int) -> bytes:
        """Exactly so many bytes, fewer only at the end."""
        parts: list[bytes] = []
        while size:
            if self._at == len(self._held):
                self._held, self._at = next(self._pieces, b""), 0
                if not self._held:
                    break
            parts.append(self._held[self._at : self._at + size])
            self._at += len(parts[-1])
            size -= len(parts[-1])
        return b"".join(parts)


class _Compressing:
    """A sink that compresses what goes through it."""

    def __init__(self, out: Sink, kind: str) -> None:
        self._out = out
        self._compressor = deflater(kind)

    def write(self, data: bytes) -> None:
        self._out.write(self._compressor.compress(data))

    def close(self) -> None:
        self._out.write(self._compressor.flush())
