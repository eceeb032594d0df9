"""Three readers that did not write the output try to find in it what was removed.

PDFium (and pdftotext, where installed) reads the text of the pages; qpdf writes all objects out plain (its QDF form); and the
file's bytes are searched for streams, without believing its tables, each unpacked and its strings read in every encoding and
through the fonts' own character maps.
"""

from __future__ import annotations

import io
import itertools
import shutil
import subprocess
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

import pikepdf
import pypdfium2
import regex
from ahocorasick_rs import BytesAhoCorasick

from redactor.formats.pdf.fonts import UNKNOWN, Font
from redactor.formats.pdf.streams import STREAM, inflated, packed_streams
from redactor.model import FormatError

_ENCODINGS: Final = ("utf-8", "utf-16-be", "utf-16-le", "gb18030", "big5")
_SHORT: Final = 6
"""Fewer bytes than these turn up in pictures and outlines by chance."""
_MAX_SPELLINGS: Final = 64
_TOKEN = regex.compile(
    rb"\\(?:([0-7]{1,3})|(\r\n|.))|([()])|<([0-9a-fA-F\s]*+)>|/([^\s/<>\[\]()]++)\s++[-+.\d]++\s++Tf\b", regex.S
)
_LETTERS: Final = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\f",
    b"\n": b"",
    b"\r\n": b"",
    b"\r": b"",
}
_BINARY = regex.compile(
    rb"/Subtype\s*/(?:Image|CIDFontType0C|Type1C|OpenType)|/DCTDecode|/JPXDecode|/Length1\b|/ICCBased|/N \d"
)
_NUMERIC = regex.compile(r"[\d.,:+\-/]*")
_SECONDS: Final = 120


@dataclass(frozen=True, slots=True)
class Expected:
    """What a page should still show, folded, and the characters that were removed from it."""

    kept: Counter[str]
    removed: frozenset[str]


def verify(
    data: bytes, values: Iterable[str], kept: str, pages: Sequence[Expected], fonts: Mapping[str, set[Font]]
) -> None:
    """FormatError when a removed value is found in a PDF more often than in the text that should be left of it.

    `fonts`: by the names under which the pages know them, as they were before anything was taken out.
    """
    plain = fold(kept)
    wanted = {value: plain.count(value) for value in map(fold, values) if _is_long(value)}
    for reader, found in (("PDFium", _by_pdfium(data)), ("pdftotext", _by_pdftotext(data))):
        if found is None:
            continue
        read = [Counter(fold(text)) for text in found]
        if not _has_read(read, pages) and reader == "PDFium":
            raise FormatError("no PDF is written: PDFium can't read enough of it to vouch for it")
        for number, (counted, page) in enumerate(zip(read, pages, strict=True), start=1):
            if any(counted[char] > page.kept[char] for char in page.removed):
                raise _leak(f"{reader} on page {number}")
            unseen = sum(n for char, n in (counted - page.kept).items() if char.isalnum())
            if reader == "PDFium" and unseen > page.kept[UNKNOWN]:
                raise FormatError(f"page {number}: no PDF is written: PDFium reads text there that was not looked at")
        text = fold("".join(found))
        if any(text.count(value) > count for value, count in wanted.items()):
            raise _leak(reader)
    if wanted:
        scan = _Scan(wanted, fonts)
        scan.search(_plain(data), "qpdf")
        scan.search(data, "a scan of its streams")


def fold(text: str) -> str:
    """Text as it is compared: compatibility forms made plain, nothing that does not show."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc", "Mn")).lower()


def _has_read(read: Sequence[Counter[str]], pages: Sequence[Expected]) -> bool:
    """Whether a reader has found at least half of what there is to be found."""
    found = sum((counted & page.kept).total() for counted, page in zip(read, pages, strict=True))
    return 2 * found >= sum(page.kept.total() for page in pages)


def _leak(reader: str) -> FormatError:
    return FormatError(f"no PDF is written: {reader} still finds what was removed; text output (.txt) is possible")


def _is_long(value: str) -> bool:
    """Whether the value is long enough to be told from what stands there by chance."""
    return len(value) + sum(c > "\u2e80" for c in value) >= 5 or sum(c > "\u2e80" for c in value) >= 2


def _by_pdfium(data: bytes) -> list[str]:
    try:
        with closing(pypdfium2.PdfDocument(data)) as document:
            return [page.get_textpage().get_text_range() for page in document]
    except pypdfium2.PdfiumError:
        raise FormatError("no PDF is written: PDFium can't read it back") from None


def _by_pdftotext(data: bytes) -> list[str] | None:
    """None where it is not installed."""
    program = shutil.which("pdftotext")
    if program is None:
        return None
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(data)
        file.flush()
        try:
            done = subprocess.run(
                [program, "-q", "-enc", "UTF-8", file.name, "-"], capture_output=True, timeout=_SECONDS, check=True
            )
        except (subprocess.SubprocessError, OSError):
            raise FormatError("no PDF is written: pdftotext can't read it back") from None
    return done.stdout.decode("utf-8", "replace").removesuffix("\f").split("\f")


def _plain(data: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(
            out,
            qdf=True,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )
    return out.getvalue()


class _Scan:
    """A search for values in all that a file holds, in every spelling that it could have there."""

    def __init__(self, wanted: Mapping[str, int], fonts: Mapping[str, set[Font]]) -> None:
        self._wanted = wanted
        spelled = {needle: value for value in wanted for needle in _spellings(value)}
        self._strings = _Needles(spelled)
        self._long = _Needles({n: v for n, v in spelled.items() if len(n) >= _SHORT and not _NUMERIC.fullmatch(v)})
        self._bytes = _Needles({n: v for n, v in spelled.items() if not _NUMERIC.fullmatch(v)})
        self._by_font = {
            name.encode("utf-8"): _Needles({n: v for font in known for v in wanted for n in _coded(v, font)})
            for name, known in fonts.items()
        }

    def search(self, data: bytes, reader: str) -> None:
        """FormatError when there is more of a value than there should be."""
        raw: Counter[str] = Counter()
        shown: Counter[str] = Counter()
        for blob, binary in _blobs(data):
            raw.update((self._long if binary else self._bytes).found(blob))
            if not binary:
                for name, text in _strings(blob):
                    plain = Counter(self._strings.found(text))
                    # A font whose codes are those of an encoding spells a value in both ways at once.
                    shown.update(plain | Counter(self._by_font[name].found(text)) if name in self._by_font else plain)
        for counted in (raw, shown):
            if any(counted[value] > self._wanted[value] for value in counted):
                raise _leak(reader)


class _Needles:
    """Byte strings to be found, each standing for a value."""

    def __init__(self, needles: Mapping[bytes, str]) -> None:
        self._values = list(needles.values())
        self._automaton = BytesAhoCorasick(list(needles)) if needles else None

    def found(self, data: bytes) -> Iterator[str]:
        if self._automaton is not None and data:
            for number, _, _ in self._automaton.find_matches_as_indexes(data):
                yield self._values[number]


def _spellings(value: str) -> Iterator[bytes]:
    for encoding in _ENCODINGS:
        for text in (value, value.upper()):
            try:
                needle = text.encode(encoding)
            except UnicodeEncodeError:
                continue
            yield needle
            yield needle.hex().encode("ascii")
            yield needle.hex().upper().encode("ascii")


def _coded(value: str, font: Font) -> Iterator[bytes]:
    """The strings that show a value in a font."""
    codes: dict[str, list[bytes]] = {}
    for char in font.chars.values():
        codes.setdefault(fold(char.text), []).append(char.code)
    choices = [codes.get(char, []) for char in value]
    yield from (b"".join(parts) for parts in itertools.islice(itertools.product(*choices), _MAX_SPELLINGS))


def _blobs(data: bytes) -> Iterator[tuple[bytes, bool]]:
    """The parts of a file: its streams, unpacked where they are deflated, and what is between; and whether each is binary."""
    packed = set(packed_streams(data))
    at = 0
    for match in STREAM.finditer(data):
        if match.start() < at:
            continue
        start = match.end()
        end = data.find(b"endstream", start) % (len(data) + 1)
        yield data[at:start], False
        head = data[max(at, data.rfind(b" obj", at, start)) : start]
        body = b"".join(inflated(data, start, end - start)) if start in packed else data[start:end]
        yield body, bool(_BINARY.search(head))
        at = end
    yield data[at:], False


def _strings(data: bytes) -> Iterator[tuple[bytes | None, bytes]]:
    """The strings of a content stream or an object, joined as long as the font is the same, with the name of that font."""
    name: bytes | None = None
    joined: list[bytes] = []
    depth, at = 0, 0
    for match in _TOKEN.finditer(data):
        if depth:
            joined.append(data[at : match.start()])
            at = match.end()
            if match[1] is not None:
                joined.append(bytes((int(match[1], 8) & 0xFF,)))
            elif match[2] is not None:
                joined.append(_LETTERS.get(match[2], match[2]))
            elif match[3] is not None:
                depth += 1 if match[3] == b"(" else -1
                joined.append(match[3] if depth else b"")
            else:
                joined.append(match[0])
        elif match[3] == b"(":
            depth, at = 1, match.end()
        elif match[4] is not None:
            digits = regex.sub(rb"\s", b"", match[4])
            joined.append(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii")))
        elif match[5] is not None:
            yield name, b"".join(joined)
            name, joined = match[5], []
    yield name, b"".join(joined)
