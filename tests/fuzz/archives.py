"""Mutations of archives and compressed files: members changed as what they are, put together again with right checksums."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from random import Random

from tests.fuzz.outcome import Mutate
from tests.fuzz.packages import change_package, members, office, packed
from tests.fuzz.texts import MOST, blind, by_words
from tests.fuzz.words import COMMON


def archive(data: bytes, rng: Random) -> bytes:
    """A zip archive: members changed as what they are, renamed, doubled, nested."""
    parts = members(data)
    if not parts:
        return blind(data, rng)
    for _ in range(rng.choice((1, 1, 2, 4))):
        number = rng.randrange(len(parts))
        name, body = parts[number]
        match rng.randrange(8):
            case 0 if sum(len(body) for _, body in parts) < MOST:
                parts.append((rng.choice(("a.zip", "b.dat", name)), packed(parts, rng)))
            case 1 | 2:
                change_package(parts, rng)
            case 3:
                parts[number] = (rng.choice(("a", "a.tar.gz", "b.gz", name)), gzip.compress(body, 0, mtime=0))
            case 4 if body[:2] == b"PK":
                parts[number] = (name, archive(body, rng))
            case _:
                kind = {"xml": "xml", "csv": "csv", "json": "json", "html": "html"}.get(name.rpartition(".")[2], "text")
                parts[number] = (name, by_words(kind)(body, rng))
    return packed(parts[:40], rng)


def tar(data: bytes, rng: Random) -> bytes:
    """A tar archive, with right checksums."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as opened:
            found = [(each, (opened.extractfile(each) or io.BytesIO()).read()) for each in opened if each.isreg()]
    except (tarfile.TarError, OSError, ValueError, EOFError, OverflowError):
        return blind(data, rng)
    parts = [(each.name, body) for each, body in found]
    if not parts or rng.random() < 0.1:
        return blind(data, rng)
    change_package(parts, rng)
    name, body = parts[0]
    parts[0] = (name, by_words("text")(body, rng))
    out = io.BytesIO()
    kind = rng.choice((tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT))
    try:
        with tarfile.open(fileobj=out, mode="w", format=kind, errors="surrogateescape") as written:
            for name, body in parts[:10]:
                info = tarfile.TarInfo(name)
                info.size = len(body)
                info.type = rng.choice(
                    (tarfile.REGTYPE,) * 60
                    + (tarfile.AREGTYPE, tarfile.SYMTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE)
                )
                info.uname, info.linkname = rng.choice(COMMON), rng.choice(("", "../x"))
                if rng.random() < 0.1:
                    info.pax_headers = {rng.choice(("comment", "path", "size", "张三")): rng.choice((*COMMON, "7"))}
                written.addfile(info, io.BytesIO(body))
    except (ValueError, UnicodeError, tarfile.TarError):
        return blind(data, rng)
    return out.getvalue()


def compressed(data: bytes, rng: Random) -> bytes:
    """A compressed file: what is in it changed, and compressed again in the same way."""
    if not data.startswith(b"\x1f\x8b"):
        return _recompressed(data, rng)
    try:
        inner = gzip.decompress(data)[:MOST]
    except (OSError, EOFError, ValueError):
        inner = b""
    except Exception:  # zlib.error is no OSError
        inner = b""
    if not inner or rng.random() < 0.15:
        return blind(data, rng)
    inner = tar(inner, rng) if inner[257:262] == b"ustar" else by_words("text")(inner, rng)
    out = io.BytesIO()
    with gzip.GzipFile(rng.choice(("", "a.txt", "张三.txt")), "wb", 0, out, mtime=0) as written:
        written.write(inner)
    return out.getvalue() * rng.choice((1, 1, 1, 2))


def _recompressed(data: bytes, rng: Random) -> bytes:
    """The same for bzip2 and xz."""
    try:
        inner = (bz2.decompress if data.startswith(b"BZ") else lzma.decompress)(data)[:MOST]
    except (OSError, EOFError, ValueError, lzma.LZMAError):
        return blind(data, rng)
    inner = by_words("text")(inner, rng)
    return bz2.compress(inner) if data.startswith(b"BZ") else lzma.compress(inner)


def of(name: str) -> Mutate:
    """The mutator of a kind of package."""
    return {"zip": archive, "tar": tar, "gzip": compressed}.get(name, office)
