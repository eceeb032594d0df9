"""Mutations that know nothing of a format but its words: bytes, lines and tokens of a dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from random import Random
from typing import Final

from tests.fuzz.outcome import Mutate
from tests.fuzz.words import COMMON, WORDS

MOST: Final = 4_000
"""Bytes of an input: small ones are quick, and a fault seldom needs a large one."""
SHORT: Final = 200
"""Characters of a text: without a bound they grow with each mutant of a mutant, and so does the time of each."""


def by_words(kind: str, most: int = SHORT) -> Mutate:
    """The mutator of texts of a kind; they are no longer than `most` characters."""
    return partial(_mutate, (*COMMON, *WORDS[kind] * 2), most)


def blind(data: bytes, rng: Random) -> bytes:
    """Some bytes flipped, cut out, doubled or put in."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(len(changed) + 1)
        match rng.randrange(6):
            case 0 if at < len(changed):
                changed[at] ^= 1 << rng.randrange(8)
            case 1:
                del changed[at : at + rng.choice((1, 2, 8, 100))]
            case 2:
                changed[at:at] = rng.randbytes(rng.choice((1, 2, 4)))
            case 3 if at < len(changed):
                changed[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF))
            case 4:
                end = at + rng.choice((1, 4, 30, 300))
                changed[at:at] = changed[at:end]
            case _:
                changed[at:at] = word(rng)
    return bytes(changed[:MOST])


def word(rng: Random, words: Sequence[str] = COMMON) -> bytes:
    """A word of a dictionary, mostly in UTF-8."""
    encoding = rng.choice(("utf-8",) * 8 + ("gb18030", "utf-16-le"))
    return rng.choice(words).encode(encoding, "surrogatepass" if encoding != "gb18030" else "replace")


def changed_text(text: str, rng: Random) -> str:
    """A text with a word of the dictionary put in, or a piece doubled or taken out."""
    at = rng.randrange(len(text) + 1)
    end = at + rng.choice((0, 0, 1, 5, 20))
    new = rng.choice((rng.choice(COMMON), text[at:end] * 2, "", rng.choice(COMMON) * rng.choice((1, 1, 1, 1, 30))))
    return text[:at] + new + text[end:]


def decoded(data: bytes) -> tuple[str, str]:
    """A text and its encoding; what is none in any of them is Latin-1."""
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding, "surrogatepass" if encoding == "utf-8" else "strict"), encoding
    return data.decode("latin-1"), "latin-1"


def _shortened(text: str, most: int, rng: Random) -> str:
    """A text without a stretch of it, so that it is no longer than that."""
    over = len(text) - most
    at = rng.randrange(most + 1) if over > 0 else 0
    return text[:at] + text[at + over :] if over > 0 else text


def _mutate(words: Sequence[str], most: int, data: bytes, rng: Random) -> bytes:
    """Mostly a text in the encoding that it had: what is no text does not come far."""
    if rng.random() < 0.08:
        return blind(data, rng)
    text, encoding = decoded(data)
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        text = _mutate_once(words, text, rng)
    text = _shortened(text, most, rng)
    errors = "surrogatepass" if encoding == "utf-8" and rng.random() < 0.02 else "replace"
    return text.encode(encoding, errors)


def _mutate_once(words: Sequence[str], text: str, rng: Random) -> str:
    at = rng.randrange(len(text) + 1)
    end = at + rng.choice((0, 0, 1, 3, 10, 60))
    match rng.randrange(8):
        case 0:  # a line moved or doubled
            lines = text.splitlines(keepends=True) or [""]
            line = rng.choice(lines)
            lines[rng.randrange(len(lines)) : rng.randrange(len(lines) + 1)] = [line] * rng.choice((0, 1, 1, 2, 5))
            return "".join(lines)[:MOST]
        case 1:  # a piece doubled elsewhere
            to = rng.randrange(len(text) + 1)
            return text[:to] + text[at : at + rng.choice((3, 20, 60))] + text[to:]
        case 2:
            return text[:at] + rng.choice(words) * rng.choice((2, 3, 3, 3, 60)) + text[end:]
        case 3:
            return (
                text[:at]
                + chr(rng.choice((rng.randrange(128), rng.randrange(0x3000), rng.randrange(0xD800))))
                + text[end:]
            )
        case _:
            return text[:at] + rng.choice(words) + text[end:]
