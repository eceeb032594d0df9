"""Plain text, in its own encoding, with its own byte order mark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, BinaryIO

from redactor.formats.options import Options
from redactor.formats.unit import Session, Sink
from redactor.text.decode import (
    Encoding,
    Errors,
    Part,
    check_round_trip,
    detect_encoding,
    encode,
    likely_utf8,
    output_codec,
    parts_of,
)


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact a text; DecodeError when its encoding can't be told, or can't hold what is written."""
    encoding = (likely_utf8(source) if options.likely_utf8 else None) or detect_encoding(
        source, wanted=options.encoding, errors=options.errors
    )
    session.read_as(encoding)
    check_round_trip(source, encoding, options.errors)
    output = options.output_encoding
    codec, bom = output_codec(output) if output else (encoding.name, encoding.bom)
    out.write(bom)
    parts = partial(_parts, session.opened(source), encoding, options.errors)
    for text in session.text(parts, ""):
        out.write(encode(text, codec, options.errors))


def _parts(opened: Callable[[], AbstractContextManager[Any]], encoding: Encoding, errors: Errors) -> Iterator[Part]:
    with opened() as source:
        yield from parts_of(source, encoding, errors)
