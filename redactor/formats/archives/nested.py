"""A file within a file: told by its content, redacted by its own format, or carried over as it is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, cast

from redactor.formats.options import Options
from redactor.formats.pictures import stripped
from redactor.formats.registry import TEXT, find_format, load_format
from redactor.formats.sniff import NO_TEXT, PICTURE, what_is
from redactor.formats.unit import Session, Sink
from redactor.language import say
from redactor.model import DecodeError, FormatError, RedactorError
from redactor.text.decode import detect_encoding
from redactor.text.mixed import MIXED
from redactor.text.places import at
from redactor.text.show import escape

_IN_MEMORY: Final = 16 << 20
_SAMPLE: Final = 1 << 16


@contextmanager
def spool() -> Iterator[BinaryIO]:
    """Room for one member: in memory, or when it is large in a file without a name that nobody else can open."""
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        yield cast(BinaryIO, file)


@contextmanager
def inside(session: Session, name: str) -> Iterator[None]:
    """Work on a member: reports and errors say which."""
    shown = escape(name)
    try:
        with session.inside(shown):
            yield
    except RedactorError as error:
        raise error.reworded(at(shown, error)) from None


def redact_member(source: BinaryIO, out: Sink, session: Session, options: Options, name: str) -> bool:
    """Redact a file that lies in another; False when it is to be left out, as `options.unknown` says.

    Pictures, without what they say beside their pixels, and other binary files are carried over and reported. Text that can't be decoded
    is refused.
    """
    kind = what_is(source, name)
    if kind in NO_TEXT or (kind == TEXT and not _is_text(source)):
        session.unchecked("", say("a picture") if kind == PICTURE else say("a binary file"))
        if kind == PICTURE and (picture := _stripped(source)):
            session.removed("", say("what a picture says beside its pixels"))
            out.write(picture)
        else:
            shutil.copyfileobj(source, cast(BinaryIO, out))
        return True
    form = find_format(kind)
    if form and form.becomes and options.unknown != "drop":
        raise FormatError(
            "is {title}, of which another file would have to be made, which is not done within a file:"
            " save it as .{ending} first; --unknown drop takes it out",
            title=say(form.title),
            ending=form.becomes,
            reason="old Office",
        )
    if form and not form.becomes:
        # Of a text within a file no byte may be lost.
        encoding = None if options.encoding == MIXED and kind != TEXT else options.encoding
        inner = replace(options, encoding=encoding, errors="strict", output_encoding=None, alone=False)
        load_format(kind)(source, out, session, inner)
        return True
    if options.unknown == "drop":
        session.removed(
            "", say("a file of a kind that is not supported ({kind})", kind=say(form.title if form else kind))
        )
        return False
    raise FormatError("is of a kind that is not supported: {kind}", kind=say(kind), reason=kind)


def _stripped(source: BinaryIO) -> bytes | None:
    """A picture without what it says; None where it says nothing, or is of a kind that can't be told, or broken."""
    data = source.read()
    source.seek(0)
    try:
        clean = stripped(data)
    except FormatError:
        return None
    return None if clean == data else clean


def _is_text(source: BinaryIO) -> bool:
    """Whether what no mark tells is text: zeros in it are characters only where the encoding is sure."""
    sample = source.read(_SAMPLE)
    source.seek(0)
    if b"\0" not in sample:
        return True
    try:
        encoding = detect_encoding(source)
    except DecodeError:
        source.seek(0)
        return False
    return encoding.how != "chardet" and (bool(encoding.bom) or encoding.name.startswith(("utf-8", "utf-16", "utf-32")))
