"""Plain text, in its own encoding or encodings, with its own byte order mark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, BinaryIO

from redactor.formats.options import Options
from redactor.formats.unit import Session, Sink
from redactor.language import later, say
from redactor.text.decode import (
    Encoding,
    Errors,
    Part,
    check_round_trip,
    detect_encoding,
    encode,
    error_handler,
    likely_utf8,
    output_codec,
    parts_of,
)
from redactor.text.mixed import MIXED, Run, runs_of
from redactor.text.unread import line_numbers, unread


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact a text; DecodeError when its encoding can't be told, or can't hold what is written."""
    if options.encoding == MIXED:
        _redact_mixed(source, out, session, options)
        return
    encoding = (likely_utf8(source) if options.likely_utf8 else None) or detect_encoding(
        source, wanted=options.encoding, errors=options.errors, plain=options.alone
    )
    session.read_as(encoding)
    # What the user says of an encoding holds, but what is evidently in another is told.
    doubtful = options.errors != "strict" or (encoding.how == "as asked" and encoding.name != "utf-8")
    lost = unread(source, encoding.name) if doubtful else None
    if lost:
        session.undecoded(*lost)
    check_round_trip(source, encoding, options.errors)
    output = options.output_encoding
    codec, bom = output_codec(output) if output else (encoding.name, encoding.bom)
    out.write(bom)
    session.writes_in((codec,))
    parts = partial(_parts, session.opened(source), encoding, options.errors)
    for text in session.text(parts, ""):
        out.write(encode(text, codec, options.errors))


def _parts(opened: Callable[[], AbstractContextManager[Any]], encoding: Encoding, errors: Errors) -> Iterator[Part]:
    with opened() as source:
        yield from parts_of(source, encoding, errors)


def _redact_mixed(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Each line is read in its own encoding, and written in it again."""
    runs = runs_of(source, error_handler(options.errors))
    names = sorted({run.encoding for run in runs})
    session.read_as(Encoding(MIXED, b"", 1.0, f"as asked: lines in {' and '.join(names)}"))
    for name in names:
        of_it = [run for run in runs if run.encoding == name]
        for what, lost in (
            (later("text that is not {name} ({sum} bytes)"), [run for run in of_it if run.handler != "strict"]),
            (later("text that may not be {name} ({sum} bytes)"), [run for run in of_it if run.doubt]),
        ):
            if lost:
                numbers = [number for run in lost for number in run.numbers]
                session.undecoded(line_numbers(numbers), say(what, name=name, sum=sum(run.size for run in lost)))
    output = options.output_encoding
    codec, bom = output_codec(output) if output else ("", b"")
    out.write(bom)
    session.writes_in((codec,) if codec else names)
    texts = session.text(partial(_runs, session.opened(source), runs), "")
    for run, text in zip(runs, texts, strict=True):
        out.write(encode(text, codec or run.encoding, options.errors))


def _runs(opened: Callable[[], AbstractContextManager[Any]], runs: list[Run]) -> Iterator[Part]:
    with opened() as source:
        for run in runs:
            yield partial(str, run.text(source))
