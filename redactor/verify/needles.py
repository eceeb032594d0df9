"""Values in bytes: in every encoding that a container can hold them in."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from typing import Final

import regex
from ahocorasick_rs import BytesAhoCorasick

from redactor.text.charsets import CARRIED
from redactor.verify.ledger import Sought
from redactor.verify.model import BYTES, ENCODED

_ENCODINGS: Final = (*CARRIED, "big5")
MOST_VALUES: Final = 5_000
"""Of more values, the first are looked for in bytes."""
_SHORT: Final = 6
"""Fewer bytes than these turn up in pictures and packed data by chance."""
_SHORT_HEX: Final = 10
_SHORT_BASE64: Final = 7
_LARGE: Final = 4 << 20
"""Bytes from which on one character of Base64 more is asked for."""
_NOT_BASE64: Final = bytes.maketrans(b"-_", b"+/")
_PERCENT: Final = regex.compile(rb"(?:%[0-9A-Fa-f]{2}){3,}+")
_QUOTED: Final = regex.compile(rb"(?:=[0-9A-Fa-f]{2}(?:=\r?\n)?+){3,}+")
_SIGN: Final = regex.compile(rb"[%=]|=\r?\n")
_OCTAL: Final = regex.compile(rb"(?:\\[0-3][0-7]{2}){3,}+")
_HEX_STEPS: Final = regex.compile(rb"(?:\\x[0-9A-Fa-f]{2}){3,}+")


class Needles:
    """Looks for values in bytes as they are, and as Base64, hexadecimal, percent-encoded or quoted-printable text."""

    def __init__(self, values: Iterable[Sought]) -> None:
        plain: dict[bytes, Sought] = {}
        packed: dict[bytes, Sought] = {}
        for number, each in enumerate(values):
            if number < MOST_VALUES and each.everywhere and each.check == "gone":
                plain.update((needle, each) for needle in _plain(each))
                packed.update((needle, each) for needle in _packed(each))
        self._plain, self._packed = _Automaton(plain), _Automaton(packed)

    def found(self, data: bytes, *, read: bool) -> Iterator[tuple[Sought, str]]:
        """The values that are in the bytes, with how; `read`: only what is encoded in them."""
        if not read:
            yield from ((each, BYTES) for each in self._plain.found(data))
        for blob in _decoded(data):
            yield from ((each, ENCODED) for each in self._plain.found(blob))
        shortest = _SHORT_BASE64 + (len(data) > _LARGE)
        # Base64 goes on over line ends, and over the escapes of JSON and of strings.
        joined = data.translate(_NOT_BASE64, b"\r\n\t \\")
        yield from ((each, ENCODED) for each in self._packed.found(joined, shortest))


class _Automaton:
    """Byte strings, each standing for a value."""

    def __init__(self, needles: dict[bytes, Sought]) -> None:
        self._needles = list(needles)
        self._values = list(needles.values())
        self._automaton = BytesAhoCorasick(self._needles) if needles else None

    def found(self, data: bytes, shortest: int = 0) -> Iterator[Sought]:
        if self._automaton is not None and data:
            for number in {match[0] for match in self._automaton.find_matches_as_indexes(data)}:
                if len(self._needles[number]) >= shortest:
                    yield self._values[number]


def _encoded(each: Sought) -> Iterator[tuple[str, bytes]]:
    for text in dict.fromkeys((each.spelled, each.text)):
        for encoding in _ENCODINGS:
            try:
                yield encoding, text.encode(encoding)
            except UnicodeEncodeError:
                continue


def _plain(each: Sought) -> Iterator[bytes]:
    for _, needle in _encoded(each):
        if len(needle) >= _SHORT:
            yield needle


def _packed(each: Sought) -> Iterator[bytes]:
    for encoding, needle in _encoded(each):
        if encoding != "big5":
            digits = needle.hex().encode("ascii")
            if len(digits) >= _SHORT_HEX and not digits.isdigit():
                yield from (digits, digits.upper())
            yield from _base64(needle)


def _base64(needle: bytes) -> Iterator[bytes]:
    """What is sure of a value in Base64, at each of the three places that it can have in a group."""
    for shift in range(3):
        text = base64.b64encode(bytes(shift) + needle).rstrip(b"=")
        first = -(-shift * 8 // 6)
        last = (shift + len(needle)) * 8 // 6
        if last - first >= _SHORT_BASE64:
            yield text[first:last]


def _decoded(data: bytes) -> Iterator[bytes]:
    """What stretches of signs stand for, in the encodings that write bytes as signs."""
    if b"%" in data:
        yield b"\n".join(bytes.fromhex(run[0].replace(b"%", b"").decode("ascii")) for run in _PERCENT.finditer(data))
    if b"=" in data:
        runs = (_SIGN.sub(b"", run[0].replace(b"=\r\n", b"").replace(b"=\n", b"")) for run in _QUOTED.finditer(data))
        yield b"\n".join(bytes.fromhex(run.decode("ascii")) for run in runs)
    if b"\\x" in data:
        runs = (run[0].replace(b"\\x", b"") for run in _HEX_STEPS.finditer(data))
        yield b"\n".join(bytes.fromhex(run.decode("ascii")) for run in runs)
    if b"\\" in data:
        yield b"\n".join(bytes(int(part, 8) & 255 for part in run[0].split(b"\\")[1:]) for run in _OCTAL.finditer(data))
