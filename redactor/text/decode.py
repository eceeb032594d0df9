"""Bytes to text and back: which encoding a file is in, read in parts, and written back the same.

Order of trust: byte order mark, strict UTF-8, UTF-16 without a mark (by byte statistics), then GB18030 against Big5 by how
common their characters are, then `chardet` for what is left. Sources: RFC 3629, RFC 2781, GB 18030-2022.
"""

from __future__ import annotations

import codecs
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Final, Literal

from redactor.language import say
from redactor.model import NO_TEXT, DecodeError
from redactor.text.letters import before_letters, part_end
from redactor.text.mixed import LEGACY, MIXED, encodings_of, holds_other, holds_utf8, is_binary
from redactor.text.plausible import COMMON, common_share

Errors = Literal["strict", "replace", "keep"]
Part = Callable[[], str]
"""Gives a part of a text."""
PART: Final = 80_000
"""Characters in a part, at most about twice this when lines are long."""
_CHUNK: Final = 1 << 18
_SAMPLE: Final = 1 << 16
_CUT_AFTER: Final = 3
"""Wide characters of UTF-8 after which one that is cut off is no accident of another encoding."""
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """What a file is encoded in: codec name, byte order mark, how sure (0 to 1) and by what evidence."""

    name: str
    bom: bytes
    confidence: float
    how: str

    @property
    def label(self) -> str:
        """The name for people: `utf-8-sig` style where a mark stands."""
        return f"{self.name} with BOM" if self.bom else self.name


def likely_utf8(stream: BinaryIO) -> Encoding | None:
    """UTF-8, when the beginning of a seekable stream is, of which it reads no more; a strict decoder finds out whether the rest is."""
    stream.seek(0)
    sample = stream.read(_SAMPLE)
    stream.seek(0)
    try:
        codecs.utf_8_decode(sample, "strict", len(sample) < _SAMPLE)
    except UnicodeDecodeError:
        return None
    # What has a null byte may be UTF-16, and a mark is not text.
    if not sample or b"\0" in sample or any(sample.startswith(bom) for bom, _ in _BOMS):
        return None
    return Encoding("utf-8", b"", 1.0, "strict UTF-8")


def detect_encoding(
    stream: BinaryIO, *, wanted: str | None = None, errors: Errors = "strict", plain: bool = False
) -> Encoding:
    """Find out the encoding of a seekable stream, reading all of it; the stream is left at its beginning.

    `wanted` settles it. DecodeError names the byte offset of the first byte that no candidate explains (unless `errors`
    lets it pass), and for what is no text, or text in more than one encoding. `plain`: for a text by itself, of which bytes may be passed
    over and each line be read in its own encoding; then the error says so.
    """
    if wanted == MIXED:
        raise DecodeError("--encoding mixed is for plain text")
    stream.seek(0)
    sample = stream.read(_SAMPLE)
    for bom, name in _BOMS:
        if sample.startswith(bom) and not (
            wanted and codecs.lookup(wanted).name not in (name, f"{name}-sig", "utf-16", "utf-32")
        ):
            _check(stream, name, len(bom), errors, plain)
            return Encoding(name, bom, 1.0, "byte order mark")
    if wanted:
        name = codecs.lookup(wanted).name
        name = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(name, name)
        _check(stream, name, 0, errors, plain)
        return Encoding(name, b"", 1.0, "as asked")
    if not sample:
        return Encoding("utf-8", b"", 1.0, "empty")
    failures = {"utf-8": _first_bad_byte(stream, "utf-8", 0)}
    if failures["utf-8"] is not None or b"\0" in sample:
        utf16 = _utf16_without_bom(sample)
        if utf16 and _first_bad_byte(stream, utf16, 0) is None:
            stream.seek(0)
            return Encoding(utf16, b"", 0.95, "byte statistics of UTF-16")
    if failures["utf-8"] is None:
        stream.seek(0)
        return Encoding("utf-8", b"", 1.0, "strict UTF-8")
    if failures["utf-8"] is not None and _is_cut(stream, sample, failures["utf-8"]):
        _check(stream, "utf-8", 0, errors, plain)
        return Encoding("utf-8", b"", 1.0, "UTF-8 but for its cut end")
    if is_binary(sample):
        stream.seek(0)  # for one who carries it over as it is
        raise DecodeError("is no text: it holds null bytes or control characters", reason=NO_TEXT)
    failures |= {name: _first_bad_byte(stream, name, 0) for name in LEGACY}
    return _among_legacy(stream, sample, failures, errors, plain)


def _among_legacy(
    stream: BinaryIO, sample: bytes, failures: Mapping[str, int | None], errors: Errors, plain: bool
) -> Encoding:
    """The encoding of a text that is no Unicode throughout; `failures`: the first byte that each of the usual ones does not explain."""
    names, broken, doubtful = encodings_of(stream)
    valid = [name for name in LEGACY if failures[name] is None]
    if len(names) == 1 and not broken and not doubtful:
        return _by_frequency(sample, names[0], valid)
    if errors == "strict" and len(names) > 1 and not broken:
        raise _mixed(say(" and ").join(sorted(names)), plain)
    if errors == "strict" and valid:
        raise DecodeError(
            "line {number} may be in {name} or in another encoding; name it with --encoding",
            number=broken or doubtful,
            name=names[0],
        )
    if valid or not broken:
        return Encoding(names[0], b"", 0.3, f"most of it reads as {names[0]}")
    guess = _by_chardet(sample)
    if guess and _first_bad_byte(stream, guess.name, 0) is None and not holds_utf8(stream):
        stream.seek(0)
        return guess
    stream.seek(0)
    if errors != "strict":
        return Encoding(names[0], b"", 0.3, f"most of it reads as {names[0]}")
    best = max(failures, key=lambda name: failures[name] or 0)
    raise _not_valid(best, failures[best], plain)


def check_alone(stream: BinaryIO, encoding: Encoding) -> None:
    """DecodeError when lines of a text are evidently in another encoding than what is said of it, though all bytes can be read in it."""
    other = holds_other(stream, encoding.name)
    stream.seek(0)
    if other:
        raise DecodeError("holds lines that are not {name}; it must be in one encoding", name=encoding.name)


def _is_cut(stream: BinaryIO, sample: bytes, bad: int) -> bool:
    """Whether all is UTF-8, wide characters in it, up to a byte with which the last one begins and is cut off."""
    stream.seek(bad)
    tail = stream.read(4)
    stream.seek(0)
    try:
        whole = codecs.utf_8_decode(tail, "strict", False)[1]
    except UnicodeDecodeError:
        return False
    wide = sum(char > "\u07ff" for char in sample[:bad].decode("utf-8", "ignore"))
    return len(tail) < 4 and whole == 0 and wide >= _CUT_AFTER


def _mixed(names: str, plain: bool) -> DecodeError:
    if plain:
        return DecodeError("holds lines in {names}; read each in its own with --encoding mixed", names=names)
    return DecodeError("holds lines in {names}; it must be in one encoding", names=names)


def _not_valid(name: str, bad: int | None, plain: bool) -> DecodeError:
    if plain:
        return DecodeError(
            "not valid {name} at byte {bad}; name another --encoding, or pass with --errors replace|keep, which checks no text that can't be read",
            name=name,
            bad=bad,
        )
    return DecodeError("not valid {name} at byte {bad}; it may be in another --encoding", name=name, bad=bad)


def read_parts(stream: BinaryIO, encoding: Encoding, errors: Errors = "strict") -> Iterator[str]:
    """The text after the byte order mark, in parts cut at line ends; a longer line is cut where no value goes on."""
    return (part() for part in parts_of(stream, encoding, errors))


def parts_of(stream: BinaryIO, encoding: Encoding, errors: Errors = "strict") -> Iterator[Part]:
    """The same, of UTF-8 each decoded when it is called, so that one who wants every other part decodes no more than those."""
    stream.seek(len(encoding.bom))
    if encoding.name == "utf-8" and errors != "replace":
        return _utf8_parts(stream, len(encoding.bom), errors)
    return (partial(str, text) for text in _decoded_parts(stream, encoding, errors))


def _utf8_parts(stream: BinaryIO, offset: int, errors: Errors) -> Iterator[Part]:
    """No character but the line feed holds its byte (RFC 3629), nor does a wrong byte take it in."""
    held = b""
    while chunk := stream.read(_CHUNK):
        size = len(held) + len(chunk)
        cut = chunk.rfind(b"\n") + 1 if size >= _CHUNK else 0
        if cut and before_letters(chunk[:cut].decode("latin-1"), cut) < cut:
            cut = 0  # where they begin may lie in what is held
        if cut:
            # What nobody asks for is not even copied.
            yield partial(_utf8, (held, memoryview(chunk)[:cut]), errors, offset)
            held, offset = chunk[cut:], offset + len(held) + cut
            continue
        held += chunk
        if size >= 2 * _CHUNK:
            text = _utf8((held,), errors, offset, final=False)
            cut = len(encode(text[: part_end(text, forced=True)], "utf-8", errors))
        if cut:
            yield partial(_utf8, (held[:cut],), errors, offset)
            held, offset = held[cut:], offset + cut
    if held:
        yield partial(_utf8, (held,), errors, offset)


def _utf8(pieces: Sequence[bytes | memoryview], errors: Errors, offset: int, *, final: bool = True) -> str:
    """Bytes from `offset` of the file on; `final`: what is not whole at their end is wrong, and else left out."""
    try:
        return codecs.utf_8_decode(b"".join(pieces), error_handler(errors), final)[0]
    except UnicodeDecodeError as error:
        raise DecodeError("not valid utf-8 near byte {offset}", offset=offset + error.start) from None


def _decoded_parts(stream: BinaryIO, encoding: Encoding, errors: Errors) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding.name)(error_handler(errors))
    held: list[str] = []
    size = 0
    offset = len(encoding.bom)
    while True:
        chunk = stream.read(_CHUNK)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeError as error:  # UTF-16 without a mark of its order is one of no place
            start = getattr(error, "start", 0)
            raise DecodeError(
                "not valid {name} near byte {offset}", name=encoding.name, offset=offset + start
            ) from None
        offset += len(chunk)
        held.append(text)
        size += len(text)
        if not chunk:
            break
        if size >= PART:
            whole = "".join(held)
            cut = part_end(whole, forced=size >= 2 * PART)
            if cut:
                yield whole[:cut]
            held, size = [whole[cut:]], len(whole) - cut
    rest = "".join(held)
    if rest:
        yield rest


def encode(text: str, encoding: str, errors: Errors = "strict") -> bytes:
    """Text to bytes; DecodeError names the offset of a character that the encoding lacks."""
    try:
        return text.encode(encoding, error_handler(errors) if errors == "keep" else "strict")
    except UnicodeEncodeError as error:
        point = ord(text[error.start])
        raise DecodeError(
            "U+{point:04X} at character {start} can't be written in {encoding}; choose another --output-encoding",
            point=point,
            start=error.start,
            encoding=encoding,
        ) from None


def encodes(text: str, codec: str) -> bool:
    """Whether an encoding has all characters of a text."""
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def output_codec(name: str) -> tuple[str, bytes]:
    """Codec and byte order mark for a name that a user gives; DecodeError on an unknown one."""
    if name == MIXED:
        return name, b""
    try:
        canonical = codecs.lookup(name).name
        "a".encode(canonical)  # some codecs are of bytes, or of nothing
    except (LookupError, UnicodeError):
        raise DecodeError("unknown encoding {name!r}", name=name) from None
    return {
        "utf-8-sig": ("utf-8", codecs.BOM_UTF8),
        "utf-16": ("utf-16-le", codecs.BOM_UTF16_LE),
        "utf-32": ("utf-32-le", codecs.BOM_UTF32_LE),
    }.get(canonical, (canonical, b""))


def check_round_trip(stream: BinaryIO, encoding: Encoding, errors: Errors = "strict") -> None:
    """DecodeError unless what is read of a seekable stream, encoded again, is what stands in it; it is left at its beginning.

    Not asked of UTF-8, of which a strict decoder lets only the one form through that its encoder writes (RFC 3629), while what it
    does not let through is kept byte by byte (PEP 383); nor where bytes may be replaced.
    """
    if encoding.name == "utf-8" or errors == "replace":
        return
    again, whole = hashlib.sha256(encoding.bom), hashlib.sha256()
    for part in read_parts(stream, encoding, errors):
        again.update(encode(part, encoding.name, errors))
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        whole.update(chunk)
    stream.seek(0)
    if whole.digest() != again.digest():
        raise DecodeError(
            "{name} does not give the same bytes back; name the encoding with --encoding", name=encoding.name
        )


def error_handler(errors: Errors) -> str:
    return {"strict": "strict", "replace": "replace", "keep": "surrogateescape"}[errors]


def _check(stream: BinaryIO, name: str, skip: int, errors: Errors, plain: bool) -> None:
    bad = _first_bad_byte(stream, name, skip) if errors == "strict" else None
    stream.seek(0)
    if bad is not None and not name.startswith(("utf-16", "utf-32")) and is_binary(stream.read(_SAMPLE)):
        raise DecodeError("is no text in {name}: it holds null bytes or control characters", name=name)
    if bad is not None:
        raise _not_valid(name, bad, plain)


def _first_bad_byte(stream: BinaryIO, name: str, skip: int) -> int | None:
    stream.seek(skip)
    decoder = codecs.getincrementaldecoder(name)("strict")
    done = skip
    while True:
        chunk = stream.read(_CHUNK)
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            return done - pending + error.start
        done += len(chunk)
        if not chunk:
            return None


def _utf16_without_bom(sample: bytes) -> str | None:
    """Chinese or ASCII in UTF-16: whole pairs that decode to common characters far more often than the bytes allow by chance."""
    if len(sample) < 4 or (len(sample) % 2 and len(sample) < _SAMPLE):
        return None
    best, best_share = None, 0.0
    for name in ("utf-16-le", "utf-16-be"):
        text = sample[: len(sample) // 2 * 2].decode(name, "replace")
        counts = Counter(text)
        common = sum(n for c, n in counts.items() if c in COMMON or c in "\r\n" or " " <= c <= "~")
        usual = common + sum(n for c, n in counts.items() if "\u4e00" <= c <= "\u9fa5" and c not in COMMON)
        share = usual / len(text)
        if share > 0.9 and common > 0.25 * len(text) and share > best_share:
            best, best_share = name, share
    return best


def _by_frequency(sample: bytes, best: str, names: list[str]) -> Encoding:
    others = [common_share(sample, name) for name in names if name != best]
    lead = common_share(sample, best) - max(others, default=0.0)
    how = (
        "the only candidate that decodes"
        if not others
        else "likelier characters than " + " or ".join(n for n in names if n != best)
    )
    return Encoding(best, b"", round(max(0.5, min(0.99, 0.6 + lead)), 2), how)


def _by_chardet(sample: bytes) -> Encoding | None:
    import chardet

    found = chardet.detect(sample)
    name, confidence = found.get("encoding"), float(found.get("confidence") or 0.0)
    if not name or confidence < 0.5:
        return None
    try:
        return Encoding(codecs.lookup(name).name, b"", round(confidence, 2), "chardet")
    except LookupError:
        return None
