"""Office packages for tests: surgery on what producers write, and an independent look at all that a package holds."""

from __future__ import annotations

import html
import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from redactor import Redactor
from redactor.formats.options import Options
from redactor.formats.registry import load_format
from redactor.formats.session import DocumentSession

Surgery = Mapping[str, bytes | Callable[[str], str]]
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_EMPTY_RELS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def operated(data: bytes, changes: Surgery) -> bytes:
    """The package with members added (bytes) or changed (a function of their text)."""
    parts = members(data)
    for name, change in changes.items():
        parts[name] = change if isinstance(change, bytes) else change(parts[name].decode()).encode()
    return packed(parts)


class Builder:
    """A package that grows: parts with their content types, relationships, and changes of what is there."""

    def __init__(self, data: bytes) -> None:
        self.parts = members(data)

    def edit(self, name: str, change: Callable[[str], str]) -> None:
        before = self.parts[name].decode()
        after = change(before)
        assert after != before, f"nothing to change in {name}"
        self.parts[name] = after.encode()

    def insert(self, name: str, before: str, text: str) -> None:
        """Put text before the last place where a mark stands."""

        def change(body: str) -> str:
            at = body.rindex(before)
            return body[:at] + text + body[at:]

        self.edit(name, change)

    def add(self, name: str, kind: str, body: str | bytes) -> None:
        self.parts[name] = body if isinstance(body, bytes) else body.encode()
        self.insert(
            "[Content_Types].xml", "</Types>", f'<Override PartName="/{name}" ContentType="{html.escape(kind)}"/>'
        )

    def link(self, source: str, identifier: str, kind: str, target: str, *, external: bool = False) -> None:
        folder, _, base = source.rpartition("/")
        name = f"{folder}/_rels/{base}.rels" if folder else f"_rels/{base}.rels"
        self.parts.setdefault(name, _EMPTY_RELS.encode())
        kind = kind if "/" in kind else f"{RELS}/{kind}"
        mode = ' TargetMode="External"' if external else ""
        self.insert(
            name,
            "</Relationships>",
            f'<Relationship Id="{identifier}" Type="{kind}" Target="{html.escape(target)}"{mode}/>',
        )

    def bytes(self) -> bytes:
        return packed(self.parts)


def views(name: str, data: bytes) -> Iterator[str]:
    """What can be read in a member, by whoever unpacks, greps and decodes it; members of members too."""
    yield name
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive.comment.decode("utf-8", "replace")
            for info in archive.infolist():
                yield from (info.comment.decode("utf-8", "replace"), info.extra.decode("utf-8", "replace"))
                yield from views(info.filename, archive.read(info))
        return
    text = data.decode("utf-8", "replace")
    plain = html.unescape(text)
    for each in (text, plain, re.sub(r"<[^>]*>", "", plain)):
        yield each
        yield re.sub(r"\s", "", each)
        yield unquote(each)
        yield re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), each)
    yield data.decode("utf-16-le", "replace")
    yield data[1:].decode("utf-16-le", "replace")


def leaks(data: bytes, secrets: Mapping[str, str]) -> list[str]:
    """The places whose secret can still be read."""
    seen = list(views("", data))
    return [place for place, secret in secrets.items() if any(secret in view for view in seen)]


def redacted(
    name: str, data: bytes, redactor: Redactor, options: Options | None = None, *, strict: bool = False
) -> tuple[bytes, DocumentSession]:
    """A document redacted, and the session that tells what was taken out or not looked into."""
    session = DocumentSession(redactor, lambda *_: None, strict)
    out = io.BytesIO()
    load_format(name)(io.BytesIO(data), out, session, options or Options())
    return out.getvalue(), session


def damaged(data: bytes, random_: random.Random) -> bytes:
    """The data cut off, or with a bit turned, some bytes taken out or put in, somewhere."""
    at = random_.randrange(len(data))
    match random_.randrange(4):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + bytes([data[at] ^ (1 << random_.randrange(8))]) + data[at + 1 :]
        case 2:
            return data[:at] + data[at + random_.randrange(1, 40) :]
        case _:
            return data[:at] + random_.randbytes(8) + data[at:]


@dataclass(frozen=True)
class Full:
    """A document full of secrets, before and after, and where they can be read."""

    data: bytes
    out: bytes
    secrets: Mapping[str, str]
    session: DocumentSession
    before: frozenset[str]
    after: frozenset[str]


def row_of(rows: Mapping[str, tuple[str, ...]], place: str) -> str:
    """The row of the catalogue of hiding places that a place belongs to; d for those that all packages have."""
    return next((row for row, words in rows.items() if any(word in place for word in words)), "d")
