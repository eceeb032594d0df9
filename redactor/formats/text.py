"""Plain text inside other files: read and written in its own encoding, with its own byte order mark."""

from __future__ import annotations

from typing import BinaryIO

from redactor.formats.options import Options
from redactor.formats.unit import Session, Sink
from redactor.text.decode import check_round_trip, detect_encoding, encode, read_parts


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact a text; DecodeError when its encoding can't be told, or can't hold what is written."""
    encoding = detect_encoding(source, wanted=options.encoding)
    check_round_trip(source, encoding)
    out.write(encoding.bom)
    for text in session.text(read_parts(source, encoding), ""):
        out.write(encode(text, encoding.name))
