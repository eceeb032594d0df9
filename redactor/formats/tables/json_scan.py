"""JSON (RFC 8259) read without loss: where each text, number and key stands, and texts written back into their place.

As Python's own reader does, NaN, Infinity and raw control characters in strings are let pass.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Final, Literal, NamedTuple

import regex

from redactor.formats.pieces import spliced
from redactor.model import Edit, FormatError

MAX_DEPTH: Final = 1_000
Path = tuple[str | int, ...]
"""Keys and places in arrays, from the outermost."""

_STRING: Final = r'"[^"\\]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\]*+)*+"'
_DIGITS: Final = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?"
_TOKEN = regex.compile(
    rf"\G[ \t\n\r]*+(?:({_STRING})|({_DIGITS}(?![0-9A-Za-z.]))"
    r"|(true|false|null|NaN|-?Infinity)\b|([\[{])|([\]}])|(,)|(:))"
)
_NUMBER_ALONE: Final = regex.compile(_DIGITS)
_TEXT, _NUMBER, _LITERAL, _OPEN, _CLOSE, _COMMA, _COLON = range(1, 8)
_CHARACTER = regex.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.|.", regex.S)
"""One character of a string, as it is written."""


class Leaf(NamedTuple):
    """A text, a number or a key. `start`, `end`: where it stands, quotes included; `path`: its own key or place last.

    `owner`: tells apart the objects that keys are of.
    """

    kind: Literal["text", "number", "key"]
    start: int
    end: int
    path: Path
    owner: int


@dataclass(slots=True)
class _Frame:
    """An object or array that is open, and the key or place that is being read in it."""

    closer: str
    path: Path
    owner: int
    key: str | int = field(default=0)


_VALUE, _VALUE_OR_END, _KEY, _KEY_OR_END, _COLON_NEXT, _AFTER = range(6)


def scan(text: str) -> Iterator[Leaf]:
    """The leaves of a JSON text, in order. FormatError where it is no JSON, or nests too deeply."""
    frames: list[_Frame] = []
    state, at, objects = _VALUE, 0, 0
    for match in _TOKEN.finditer(text):
        kind = match.lastindex
        assert kind is not None
        start, at = match.span(kind)
        if kind == _TEXT and state in (_KEY, _KEY_OR_END):
            frame = frames[-1]
            frame.key = decoded(match[kind])
            yield Leaf("key", start, at, (*frame.path, frame.key), frame.owner)
            state = _COLON_NEXT
        elif kind in (_TEXT, _NUMBER, _LITERAL) and state in (_VALUE, _VALUE_OR_END):
            if kind != _LITERAL:
                path = (*frames[-1].path, frames[-1].key) if frames else ()
                yield Leaf("text" if kind == _TEXT else "number", start, at, path, 0)
            state = _AFTER
        elif kind == _OPEN and state in (_VALUE, _VALUE_OR_END):
            if len(frames) == MAX_DEPTH:
                raise FormatError(
                    "JSON nests deeper than {max_depth}, at character {start}", max_depth=MAX_DEPTH, start=start + 1
                )
            objects += 1
            is_object = match[kind] == "{"
            path = (*frames[-1].path, frames[-1].key) if frames else ()
            frames.append(_Frame("}" if is_object else "]", path, objects))
            state = _KEY_OR_END if is_object else _VALUE_OR_END
        elif kind == _CLOSE and state in (_AFTER, _VALUE_OR_END, _KEY_OR_END) and frames:
            if frames.pop().closer != match[kind]:
                raise _broken(start)
            state = _AFTER
        elif kind == _COMMA and state == _AFTER and frames:
            frame = frames[-1]
            if isinstance(frame.key, int):
                frame.key += 1
            state = _KEY if frame.closer == "}" else _VALUE
        elif kind == _COLON and state == _COLON_NEXT:
            state = _VALUE
        else:
            raise _broken(start)
    if frames or state != _AFTER or text[at:].strip(" \t\n\r"):
        raise _broken(at)


def _broken(at: int) -> FormatError:
    return FormatError("not valid JSON at character {at}", at=at + 1)


def is_number(text: str) -> bool:
    """Whether a text can stand as a number."""
    return bool(_NUMBER_ALONE.fullmatch(text))


def decoded(raw: str) -> str:
    """What a string says, given with its quotes."""
    if "\\" not in raw:
        return raw[1:-1]
    text: str = json.loads(raw, strict=False)
    return text


def edited(raw: str, edits: Sequence[Edit], spellings: Sequence[str] = (), *, ascii_only: bool) -> str:
    """A string with edits of its text made in the place where they stand; all else as it was written.

    `spellings`: how what each edit puts there is to be spelled; "": as the rest of the string is.
    """
    starts = _starts(raw)
    own = spellings or repeat("")
    return spliced(
        raw,
        [
            (starts[e.start], starts[e.end], spelling or _spelled_like(raw, e.replacement, ascii_only=ascii_only))
            for e, spelling in zip(edits, own, strict=False)
        ],
    )


def spelling_of(raw: str, *, ascii_only: bool) -> Callable[[int, int], str]:
    """How a stretch of a string's text is spelled, where `edited` would not spell it so; else ""."""

    def spelled(start: int, end: int) -> str:
        starts = _starts(raw)
        own = raw[starts[start] : starts[end]]
        return "" if own == _spelled_like(raw, decoded(f'"{own}"'), ascii_only=ascii_only) else own

    return spelled


def _spelled_like(raw: str, text: str, *, ascii_only: bool) -> str:
    """A text as it is put into a string: with escapes where they are all that the string has."""
    return quoted(text, ascii_only=ascii_only or (raw.isascii() and "\\u" in raw))[1:-1]


def _starts(raw: str) -> Sequence[int]:
    """Where each character of a string's text is written, and where the last one ends."""
    if "\\" not in raw:
        return range(1, len(raw))
    return [match.start() for match in _CHARACTER.finditer(raw, 1, len(raw) - 1)] + [len(raw) - 1]


def quoted(text: str, *, ascii_only: bool) -> str:
    """A text as a JSON string; a half of a surrogate pair can be written as an escape only."""
    return json.dumps(text, ensure_ascii=ascii_only or any("\ud800" <= char <= "\udfff" for char in text))
