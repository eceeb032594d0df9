"""Text that is encoded inside text: Base64, hexadecimal, `data:` addresses, encoded words, uuencode, armour; found, read, written again.

Sources: RFC 4648 (Base64 and its alphabet for addresses), RFC 2045 section 6.8, RFC 2047, RFC 2397 (`data:`), RFC 7468 and RFC 9580 (armour),
POSIX.1-2017 (uuencode). Percent escapes, quoted-printable and `\\u` escapes are read character by character: see `escapes`.
"""

from __future__ import annotations

import binascii
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from redactor.language import later
from redactor.text.encoded_terms import Terms
from redactor.text.payload import Payload, TooLargeError, kind_of, may_be_text, read_payload
from redactor.text.spelling import (
    BASE64,
    Spelling,
    base64_spelling,
    hex_spelling,
    read_spelling,
    spelt_from,
    uu_spelling,
)

PASSAGE: Final = later("an encrypted or encoded passage")
ADDRESS: Final = later("a data: address")
PICTURE: Final = later("a picture")
NO_TEXT: Final = later("data that is no text")
UNSEEN: Final = later("a passage in letters that nobody sees")
TOO_LARGE: Final = later("packed text that is too large")

DATA: Final = re.compile(r"data:([\w.+\-]*/?[\w.+\-]*)((?:;[^,;]{0,100}){0,12}+),", re.I)
"""The head of a `data:` address: its media type, its parameters."""
_TEXTUAL: Final = re.compile(
    r"text/.*|application/(?:(?:ld\+|.*\+)?json|javascript|ecmascript|xml|xhtml\+xml|.*\+xml)|image/svg\+xml|", re.I
)
_CHARSET: Final = re.compile(r";\s*charset=\s*\"?([\w\-]{2,30})", re.I)
_LEAST: Final = 8
_RUN: Final = re.compile(rf"[A-Za-z0-9+/_-]{{{_LEAST},}}")
"""A run of letters of Base64; shorter ones say nothing that could be told from a word."""
_SHORT: Final = 11
"""Letters from which on a run may be anything; a shorter one, only Chinese in UTF-8."""
_WIDE_HEADS: Final = frozenset("4567")
"""The letters of Base64 that a character of three bytes begins with."""
_NONE: Final = re.compile(r"[a-z/_-]+|[A-Z/_-]+|[0-9]*[/_-][0-9/_-]*")
"""Runs that are words or dates: letters of Base64 are of all kinds."""
_PARTS: Final = re.compile(r"[/_-]+")
_MOST_PARTS: Final = 6
_LONGEST_IN_PARTS: Final = 4_000
_MOST_OVER: Final = 8
"""So often a line is read in vain as one that goes on from parts of lines before it: more would take the square of the time."""
_HEX: Final = re.compile(r"(?:0[xX])?((?:[0-9a-f]{2}){6,}|(?:[0-9A-F]{2}){6,})")
_SPACED_HEX: Final = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-Fa-f]{2}(?:([ :-])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2}){4,})(?![0-9A-Za-z])"
)
_WORD: Final = re.compile(r"=\?([\w.:-]{2,40})(?:\*[\w-]+)?\?[Bb]\?([A-Za-z0-9+/]+={0,2})\?=")
_ARMOUR: Final = re.compile(r"-----(BEGIN|END) (?!PGP SIGNED MESSAGE)[A-Z0-9][A-Z0-9 ]{0,60}-----")
_YENC: Final = re.compile(r"^=ybegin [^\n]*", re.M)
_UU: Final = re.compile(r"^begin [0-7]{3,4} \S[^\n]*\n((?:[!-M][ -`]{1,86}\r?\n)+)(?:[` ]?\r?\n)?(?:end|\Z)", re.M)
_TAGS: Final = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f|([\U000e0020-\U000e007e]{2,})")
"""Letters that nobody sees (Unicode Tags), which say something; after a black flag they say whose it is (UTS #51)."""
_TAG_LETTERS: Final = frozenset(map(chr, range(0xE0020, 0xE007F)))
_CLOSES: Final = frozenset("\"'<>)]}\\ \t\r\n　，。；;,")
"""What may follow a `data:` address that holds nothing."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A stretch of a text that is text or data in another form.

    `how`: the form, for people. `payload`: the text that it holds; None: it is data, or can't be read. `what`: what is told of it then; empty:
    nothing need be. `data`: its bytes, and `terms` what of the user's own terms they hold, where they are no text.
    """

    start: int
    end: int
    how: str
    payload: Payload | None = None
    what: str = ""
    data: bytes = b""
    terms: tuple[tuple[str, str], ...] = ()
    spelling: Spelling | None = None

    @property
    def is_told(self) -> bool:
        """Whether it is more than letters that say nothing."""
        return bool(self.payload or self.what or self.terms)

    def edits(self, data: bytes) -> list[tuple[int, int, str]]:
        """How other bytes are written in its place, in the same form: line by line, where lines go on as they were."""
        assert self.spelling is not None
        return self.spelling.edits(self.start, data)


def encoded_in(text: str, terms: Terms | None = None) -> list[Encoded]:
    """All that is encoded in a text and is text, can't be looked into, or holds one of the user's own terms; in order, apart."""
    found = [*_declared(text, terms)]
    marks = [mark.span() for mark in _ARMOUR.finditer(text)] if "-----" in text else []
    taken = sorted((*((each.start, each.end) for each in found), *marks))
    done = tried = 0
    over: list[int] = []
    for match in _RUN.finditer(text):
        start = match.start()
        if start < done:
            continue
        run = match.group()
        if len(run) < _SHORT and not terms and not any(map(_is_short_text, (run, *_PARTS.split(run)))):
            continue
        if start > tried and (text[start - 1] in "%\\" or text[start - 2 : start] == "\\/"):
            first = spelt_from(text, start, max(done, tried, start - _LONGEST_IN_PARTS))
            if first < start and (each := _read(first, base64_spelling(text, first, ""), "base64", terms)):
                tried = each.end
                if each.is_told:
                    found.append(each)
                    done = each.end
                    continue
        if _NONE.fullmatch(run) and not terms:
            continue
        if taken and _overlaps(taken, start, match.end()):
            continue
        for each in _run(text, start, run, terms, over, alone=start < tried):
            if each.is_told:
                found.append(each)
                done = max(done, each.end)
            tried = max(tried, each.end)
    if " " in text or ":" in text or "-" in text:
        found += _spaced_hex(text, terms)
    found += _passages(text, found)
    return _apart(found)


def _apart(found: Iterable[Encoded]) -> list[Encoded]:
    """In order; of those that overlap, the first one, and what is told of is told of."""
    kept: list[Encoded] = []
    for each in sorted(found, key=lambda e: (e.start, -e.end)):
        if each.spelling is None or not kept or kept[-1].spelling is None or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def _overlaps(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    at = bisect_right(spans, (start, end)) - 1
    return (at >= 0 and spans[at][1] > start) or (at + 1 < len(spans) and spans[at + 1][0] < end)


def _is_short_text(run: str) -> bool:
    """Whether a few letters could be Chinese in UTF-8."""
    return len(run) >= _LEAST and run[0] in _WIDE_HEADS and run[4] in _WIDE_HEADS


def _run(text: str, start: int, run: str, terms: Terms | None, over: list[int], *, alone: bool) -> Iterator[Encoded]:
    """What a run of letters holds: all of it, over lines too unless it is to stand `alone`; or else its parts; or else, as data, terms.

    What was read and says nothing is given too, for what it takes. `over`: where what was read in vain from parts of runs ended.
    """
    whole = _whole(text, start, run, terms, last=not alone)
    if whole and (second := _second_line(whole)):
        other = _read(second, base64_spelling(text, second, ""), whole.how, terms)
        if other and _worth(other) > _worth(whole):
            yield other
            whole = _whole(text, start, run, terms, last=False)
    if whole and not whole.is_told and whole.end > start + len(run):
        yield whole  # together they say nothing: each line is read by itself
        whole = _whole(text, start, run, terms, last=False)
    if whole and (whole.payload or whole.what):
        yield whole
        return
    parts = list(_in_parts(text, start, run, over)) if _PARTS.search(run) else []
    said = "\n".join(each.payload.text for each in parts if each.payload)
    if whole and (not parts or any(term not in said for term, _ in whole.terms)):
        parts = [whole]
    yield from parts


def _second_line(each: Encoded) -> int:
    """Where a second line begins that is longer than the first, and may begin other groups: the first is then a word, as likely as not."""
    if each.how != "base64" or not each.spelling or not (widths := each.spelling.widths):
        return 0
    return each.start + each.spelling.lines[1][0] if widths[0] < widths[1] and widths[0] % 4 else 0


def _worth(each: Encoded) -> tuple[float, int]:
    """How much says that a stretch is read as it was meant."""
    return each.payload.saved if each.payload else 0, len(each.terms)


def _in_parts(text: str, start: int, run: str, over: list[int]) -> Iterator[Encoded]:
    """What stands behind, or between, the slashes and dashes of a run; the last one may go on over lines."""
    over[:] = [end for end in over if end > start + len(run)]

    def read(at: int, part: str, *, last: bool) -> Encoded | None:
        last = last and len(over) < _MOST_OVER
        found = _whole(text, start + at, part, None, last=last) if len(part) >= _LEAST else None
        if found and found.payload:
            return found
        if found and found.end > start + len(run):
            over.append(found.end)
        return None

    starts = [match.end() for match, _ in zip(_PARTS.finditer(run), range(_MOST_PARTS), strict=False)]
    for at in starts:
        if found := read(at, run[at:], last=True):
            yield found
            return
    if len(run) > _LONGEST_IN_PARTS:
        return
    at = 0
    for part in _PARTS.split(run):
        at = run.index(part, at) if part else at
        if found := read(at, part, last=at + len(part) == len(run)):
            yield found
        at += len(part)


def _whole(text: str, start: int, run: str, terms: Terms | None, *, last: bool = True) -> Encoded | None:
    """What a run holds that begins at a place; `last`: whether it ends as it does in the text, so that it may go on."""
    found = None
    if match := _HEX.fullmatch(run):
        at = start + match.start(1)
        found = _read(at, hex_spelling(text, at, match.group(1)) if last else None, "hexadecimal", terms)
    if found and found.is_told:
        return found
    if len(run) < _SHORT and not _is_short_text(run) and not terms:
        return found
    head = binascii.a2b_base64(run[: min(16, len(run) // 4 * 4)].translate(BASE64))
    if not terms and not (head and (may_be_text(head) or kind_of(head))):
        return found
    return _read(start, base64_spelling(text, start, run if not last else ""), "base64", terms) or found


def _read(
    start: int,
    spelling: Spelling | None,
    how: str,
    terms: Terms | None,
    charset: str | None = None,
    *,
    declared: bool = False,
) -> Encoded | None:
    """What is spelt from a place on; None when it can't be told."""
    if spelling is None:
        return None
    end, data = start + spelling.size, spelling.data
    try:
        payload = read_payload(data, charset, declared=declared) if declared or may_be_text(data) else None
    except TooLargeError:
        return Encoded(start, end, how, what=TOO_LARGE)
    held = terms.held(spelling.letters, data, how) if terms else None
    if payload and held and held.phase and not any(term in payload.text for term, _ in held.terms):
        moved = spelling.moved(held.phase)
        other = read_payload(moved.data) if may_be_text(moved.data) else None
        if other and other.saved > payload.saved:
            payload, spelling = other, moved
    if payload:
        return Encoded(start, end, how, payload, spelling=spelling)
    if held:
        spelling = spelling.moved(held.phase)
        return Encoded(start, end, how, data=spelling.data, terms=held.terms, spelling=spelling)
    kind = kind_of(data) if how == "base64" else ""
    if kind in ("picture", "document", "packed") and spelling.size >= 64:
        return Encoded(start, end, how, what=PICTURE if kind == "picture" else NO_TEXT)
    return Encoded(start, end, how, spelling=spelling)


def _declared(text: str, terms: Terms | None) -> Iterator[Encoded]:
    """What says of itself what it is: addresses, encoded words, uuencode."""
    if "ata:" in text or "ATA:" in text:
        for match in DATA.finditer(text):
            yield from _address(text, match, terms)
    if "=?" in text:
        for match in _WORD.finditer(text):
            start = match.start(2)
            spelling = read_spelling(text, start, match.end(2))
            found = _read(start, spelling, "base64", terms, match[1], declared=True)
            yield found if found and found.is_told else Encoded(start, match.end(2), "base64", what=PASSAGE)
    if any(letter in text for letter in _TAG_LETTERS):
        for match in _TAGS.finditer(text):
            if match[1]:
                yield Encoded(*match.span(1), "tags", what=UNSEEN)
    if "begin " in text:
        for match in _UU.finditer(text):
            start = match.start(1)
            found = _read(start, uu_spelling(match[1]), "uuencode", terms, declared=True)
            yield found if found and found.is_told else Encoded(start, match.end(1), "uuencode", what=PASSAGE)


def _address(text: str, match: re.Match[str], terms: Terms | None) -> Iterator[Encoded]:
    kind, parameters = match[1].lower(), match[2].lower()
    if ";base64" not in parameters:
        return
    start = match.end()
    spelling = base64_spelling(text, start, "")
    end = start + spelling.size if spelling else start
    if not spelling:
        if text[start : start + 1] and text[start] not in _CLOSES:
            yield Encoded(match.start(), start, "base64", what=ADDRESS)
        return
    if is_textual(kind):
        found = _read(start, spelling, "base64", terms, charset_of(parameters), declared=True)
        yield found if found and found.is_told else Encoded(start, end, "base64", what=ADDRESS)
        return
    found = _read(start, spelling, "base64", terms)
    if found and (found.payload or found.terms):
        yield found
    elif "font" not in kind:
        yield Encoded(start, end, "base64", what=PICTURE if kind.startswith("image/") else NO_TEXT)
    else:
        yield Encoded(start, end, "base64")


def is_textual(kind: str) -> bool:
    """Whether a media type is one of texts."""
    return bool(_TEXTUAL.fullmatch(kind))


def charset_of(parameters: str) -> str | None:
    """The charset that the parameters of an address name."""
    found = _CHARSET.search(parameters)
    return found[1] if found else None


def _spaced_hex(text: str, terms: Terms | None) -> Iterator[Encoded]:
    """Hexadecimal in pairs, with something between them."""
    for match in _SPACED_HEX.finditer(text):
        found = _read(match.start(), hex_spelling(text, match.start(), match.group(), match[1]), "hexadecimal", terms)
        if found and found.is_told:
            yield found


def _passages(text: str, others: Iterable[Encoded]) -> Iterator[Encoded]:
    """Passages that are signed, sealed or packed, by their first lines; none in which something could be read."""
    if "-----BEGIN " in text:
        read = sorted(each.start for each in others if each.payload)
        marks = [*_ARMOUR.finditer(text)]
        ends = (*(mark.start() for mark in marks[1:]), len(text))
        for mark, end in zip(marks, ends, strict=False):
            first = bisect_right(read, mark.start())
            if mark[1] == "BEGIN" and not (first < len(read) and read[first] < end):
                yield Encoded(mark.start(), end, "armour", what=PASSAGE)
    if "=ybegin " in text:
        for match in _YENC.finditer(text):
            yield Encoded(*match.span(), "yEnc", what=PASSAGE)
