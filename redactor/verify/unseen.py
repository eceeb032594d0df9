"""What nobody can read in an output: pictures, fonts, programs; told, so that somebody looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import regex

from redactor.language import later
from redactor.verify.model import Blob, Leak, Piece

_PICTURE: Final = later("a picture")
_FONT: Final = later("a font")
_MACRO: Final = later("a program (macros)")
_MAGIC: Final = (
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"BM", _PICTURE),
    (b"\xd7\xcd\xc6\x9a", _PICTURE),
    (b"\x01\0\0\0", _PICTURE),
    (b"wOF", _FONT),
    (b"OTTO", _FONT),
    (b"\0\x01\0\0", _FONT),
    (b"\xd0\xcf\x11\xe0", _MACRO),
)
_WEBP: Final = b"WEBP"
_DRAWN: Final = regex.compile(rb"/Subtype\s*/Image\b")
_EMBEDDED: Final = regex.compile(rb"data:image/(?!svg)[\w.+-]+;base64,", regex.I)


def unseen(pieces: Iterable[Piece | Blob], data: bytes) -> Iterator[Leak]:
    """What is in an output that no reader can look into, by part; the bytes of the whole say whether a PDF or page draws pictures."""
    for each in pieces:
        if isinstance(each, Blob) and not each.read and each.where:
            kind = next((kind for magic, kind in _MAGIC if each.data.startswith(magic)), None)
            if kind or each.data[8:12] == _WEBP:
                yield Leak(each.where, kind or _PICTURE)
    if (data[:5] == b"%PDF-" and _DRAWN.search(data)) or _EMBEDDED.search(data):
        yield Leak("", _PICTURE)
