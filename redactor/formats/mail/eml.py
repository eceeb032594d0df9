"""Mails (RFC 5322, MIME) and saved pages in mail form (.mht): headers, texts and attachments, edited where they stand.

Only what is edited is written anew, in the transfer encoding that it has; all else is copied from the source.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from email.utils import collapse_rfc2231_value
from functools import partial
from mimetypes import guess_extension
from typing import BinaryIO, Final
from urllib.parse import quote

import regex

from redactor.formats.archives.nested import inside, redact_member
from redactor.formats.limits import MAX_MEMBER
from redactor.formats.mail.header import Piece, edited, pieces, seen, text_codec
from redactor.formats.mail.mime import IDENTITY, Field, Part, parse
from redactor.formats.mail.mimebody import decoded, encoded, encoding_of
from redactor.formats.options import Options
from redactor.formats.pieces import spliced
from redactor.formats.registry import FORMATS, load_format
from redactor.formats.unit import Session, Sink, Unit, unshown, whole
from redactor.language import say
from redactor.model import DecodeError, Edit, FormatError, RedactorError
from redactor.text.decode import detect_encoding, encode, parts_of, read_parts

# fmt: off
_ADDRESSES: Final = frozenset(
    (
        "from", "sender", "reply-to", "to", "cc", "bcc", "resent-from", "resent-sender", "resent-to", "resent-cc",
        "resent-bcc", "resent-reply-to", "return-path", "delivered-to", "disposition-notification-to", "errors-to",
    )
)
# fmt: on
_SHOWN: Final = _ADDRESSES | {"subject", "date", "comments", "keywords", "organization"}
"""What a reader sees of headers."""
_IDS: Final = frozenset(["message-id", "in-reply-to", "references", "content-id", "resent-message-id"])
_PARAMETERS: Final = ("content-type", "content-disposition")
_STRUCTURE: Final = frozenset((*_PARAMETERS, "content-transfer-encoding"))
# fmt: off
_SEALS: Final = frozenset(
    (
        "dkim-signature", "domainkey-signature", "x-google-dkim-signature", "arc-seal", "arc-message-signature",
        "arc-authentication-results", "content-md5", "digest",
    )
)
# fmt: on
"""Signatures and digests of what the mail was: no longer true, and good for trying out guesses."""
_KEYS: Final = frozenset(("autocrypt", "autocrypt-gossip", "x-face", "face"))
"""Pictures of senders, and keys that hold their addresses."""
# fmt: off
_KEPT: Final = frozenset(
    (
        "from", "sender", "reply-to", "to", "cc", "bcc", "subject", "date", "mime-version", "content-description",
        "content-id", "content-location", "content-base",
    )
)
# fmt: on
"""All that is left when metadata is scrubbed, beside the structure."""
_DATE: Final = re.compile(
    r"\s*(?:[A-Z][a-z]{2},\s*)?\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4}\s+\d{2}:\d{2}(?::\d{2})?\s+(?:[+-]\d{4}|[A-Z]{1,5})(?:\s*\([A-Z]{1,5}\))?\s*"
)
_NAME: Final = regex.compile(
    r'(?<=[:,]\s*+)(?:"(?P<name>(?:[^"\\<>]|\\.)++)"|(?P<name>[^\s<>,":;][^<>,":;]*?))\s*+(?=<)'
)
_COMMENT: Final = regex.compile(r"\((?P<name>[^()]++)\)")
_ID: Final = re.compile(rb"<([^<>\s]+)>")
_SIGNATURES: Final = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
_SMIME: Final = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_TNEF: Final = b"\x78\x9f\x3e\x22"
_COMMON_TYPES: Final = (
    "multipart/mixed",
    "multipart/alternative",
    "multipart/related",
    "multipart/signed",
    "multipart/report",
)
_KEY: Final = re.compile(r"[a-z-]{1,20}")
_DISPOSITIONS: Final = ("attachment", "inline", "form-data")
_MBOX: Final = re.compile(rb"\n\r?\nFrom \S+ [^\r\n]*\d{4}\r?\n")


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact a mail. FormatError when a part of it can't be."""
    data = whole(source, MAX_MEMBER, "a mail")
    if data.startswith(b"From ") and _MBOX.search(data):
        raise FormatError("a mailbox of several mails; split it into mails first")
    mail = _Mail(data, parse(data), session, options)
    mail.redact()
    written = spliced(data, sorted(mail.splices))
    if parse(written).shape() != mail.top.shape():
        raise FormatError("a mail whose parts would be told apart in another way once it is redacted")
    out.write(written)


@dataclass
class _Changes:
    """What a part's headers have to say once its body is redacted."""

    charset: str | None = None
    transfer: str | None = None
    parameters: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass
class _Mail:
    """One mail on its way; `splices` are what is written in the place of stretches of `data`."""

    data: bytes
    top: Part
    session: Session
    options: Options
    splices: list[tuple[int, int, bytes]] = field(default_factory=list)
    ids: dict[bytes, bytes] = field(default_factory=dict)
    changes: dict[str, _Changes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.eol = b"\r\n" if b"\r\n" in self.data[:2000] else b"\n"
        self.parts = list(self.top.walk())
        self.changes = {part.number: _Changes() for part in self.parts}

    def redact(self) -> None:
        """In the order that lets what one place shows be found in the others: addresses, texts, the rest of the headers."""
        leaves = [part for part in self.parts if part.is_leaf]
        self._scrub()
        self._identifiers()
        self._headers(lambda name: name in _ADDRESSES)
        for part in leaves:
            if self._is_body(part):
                self._body(part)
        self._headers(lambda name: name not in _ADDRESSES)
        self._between()
        self._parameters()
        for part in leaves:
            if not self._is_body(part):
                self._attachment(part)
        self._boundaries()
        self._structure()
        self._seals(leaves)

    def _where(self, part: Part, what: str) -> str:
        return f"part {part.number}: {what}" if part.number else what

    def _fields(self) -> Iterator[tuple[Part, Field]]:
        for part in self.parts:
            for each in part.fields:
                yield part, each

    def _drop(self, part: Part, each: Field) -> None:
        self.splices.append((each.start, each.end, b""))
        self.session.removed(self._where(part, "headers"), each.name or "a line that is no header")

    def _wanted(self, name: str) -> bool:
        return name not in _KEYS and (not self.options.scrub_metadata or name in _KEPT or name in _STRUCTURE)

    def _scrub(self) -> None:
        for part, each in self._fields():
            if not self._wanted(each.name):
                self._drop(part, each)

    def _identifiers(self) -> None:
        """Identifiers look like addresses, and hold some: one that does is renamed, wherever it stands."""
        found = [
            (part, each, match)
            for part, each in self._fields()
            if each.name in _IDS and self._wanted(each.name)
            for match in _ID.finditer(self.data, each.start, each.end)
        ]
        texts = dict.fromkeys(match[1] for _, _, match in found)
        units = [unshown(text.decode("utf-8", "replace"), "identifiers") for text in texts]
        for text, done in zip(texts, self.session.flow(units, prose=False), strict=True):
            if done.edits:
                self.ids[text] = b"redacted.%d" % (len(self.ids) + 1)
        for _, _, match in found:
            if match[1] in self.ids:
                self.splices.append((*match.span(1), self.ids[match[1]]))

    def _headers(self, wanted: Callable[[str], bool]) -> None:
        found: list[tuple[Part, Field, list[Piece]]] = []
        for part, each in self._fields():
            name = each.name
            if name in _STRUCTURE or name in _SEALS or not self._wanted(name) or not wanted(name):
                continue
            line = self._pieces(each)
            text = seen(line)
            if (name.endswith("date") and _DATE.fullmatch(text.partition(":")[2])) or (
                name in _IDS and not regex.sub(r"<[^<>\s]+>", "", text.partition(":")[2]).strip()
            ):
                continue
            found.append((part, each, line))
        units = [
            (Unit if each.name in _SHOWN else unshown)(seen(line), self._where(part, each.name))
            for part, each, line in found
        ]
        for (part, each, line), unit, done in zip(found, units, self.session.flow(units, prose=False), strict=True):
            edits = list(done.edits)
            if each.name in _ADDRESSES:
                edits = self._with_names(unit, edits)
            if any(edit.start < len(line[0].text) for edit in edits):
                self._drop(part, each)
            elif edits:
                written = edited(line, edits, self.eol, address=each.name in _ADDRESSES)
                self.splices.append((each.start, each.end, written))

    def _pieces(self, each: Field) -> list[Piece]:
        """A header line: its name first, which can't be edited."""
        raw = self.data[each.start : each.end]
        head = re.match(rb"[^:\s]*:[ \t]*", raw) if each.name else None
        at = head.end() if head else 0
        return [Piece(raw[:at].decode("ascii", "replace"), raw[:at], False), *pieces(raw[at:])]

    def _with_names(self, unit: Unit, edits: list[Edit]) -> list[Edit]:
        """The edits and those of the names of correspondents: what stands beside an address is one, whatever it says."""
        for match in (*_NAME.finditer(unit.text), *_COMMENT.finditer(unit.text)):
            start, end = match.span("name")
            if any(edit.start <= start and end <= edit.end for edit in edits):
                continue
            done = self.session.value(Unit(match["name"], unit.where), "PERSON")
            if done.edits:
                edits = [edit for edit in edits if edit.end <= start or end <= edit.start]
                edits += [replace(edit, start=start + edit.start, end=start + edit.end) for edit in done.edits]
        return sorted(edits, key=lambda edit: edit.start)

    def _between(self) -> None:
        for part, start, end in [(each, *place) for each in self.parts for place in each.between]:
            text = self.data[start:end]
            encoding = detect_encoding(io.BytesIO(text))
            if encoding.bom:
                raise FormatError("a mail with a byte order mark between its parts")
            unit = Unit(text.decode(encoding.name), self._where(part, "text between parts"))
            [done] = self.session.flow([unit], prose=False)
            if done.edits:
                self.splices.append((start, end, encode(done.text, encoding.name)))

    def _is_body(self, part: Part) -> bool:
        return part.type in ("text/plain", "text/html") and not part.info.get_filename()

    def _body(self, part: Part) -> None:
        """A text that is shown in the mail itself."""
        where = self._where(part, part.type)
        content = self._content(part, where)
        if not content.strip():
            return
        try:
            if part.type == "text/html":
                self._put(part, content, self._html(part, content))
            else:
                self._put(part, content, self._text(part, content, where))
        except RedactorError as error:
            raise error.reworded(f"{where}: {error}") from None

    def _text(self, part: Part, content: bytes, where: str) -> bytes:
        encoding = encoding_of(part, content)
        source = io.BytesIO(content)
        before = "".join(read_parts(source, encoding))
        after = "".join(self.session.text(partial(parts_of, source, encoding), where))
        if after == before:
            return content
        try:
            return encoding.bom + encode(after, encoding.name)
        except DecodeError:
            self.changes[part.number].charset = "utf-8"
            return encode(after, "utf-8")

    def _html(self, part: Part, content: bytes) -> bytes:
        if "html" not in FORMATS:
            raise FormatError("is of a kind that is not supported: {kind}", kind="html")
        said = part.info.get_content_charset()
        encoding = encoding_of(part, content).name if said else None
        for old, new in self.ids.items():
            for form in {old, quote(old).encode(), quote(old, safe="@").encode()}:
                content = content.replace(b"cid:" + form, b"cid:" + new)
        out = io.BytesIO()
        options = replace(self.options, encoding=encoding)
        with inside(self.session, self._where(part, part.type)):
            load_format("html")(io.BytesIO(content), out, self.session, options)
        return out.getvalue()

    def _attachment(self, part: Part) -> None:
        name = self._file_name(part)
        shown = self.changes[part.number].parameters.get(("content-disposition", "filename"), name)
        kind = part.type
        if kind in _SIGNATURES:
            return
        where = self._where(part, kind)
        if kind == "application/pgp-encrypted" or (
            kind in _SMIME and "enveloped" in str(part.info.get_param("smime-type")).lower()
        ):
            self.session.unchecked(where, say("an encrypted part"))
            return
        content = self._content(part, where)
        self.session.unpacked(len(content))
        if kind in _SMIME or kind == "application/ms-tnef" or content.startswith(_TNEF):
            self._unknown(part, where, "a part in a form that can't be looked into (winmail.dat or S/MIME)")
            return
        if content.startswith(b"-----BEGIN PGP MESSAGE-----"):
            self.session.unchecked(where, say("an encrypted part"))
            return
        if not content:
            return
        if kind == "text/html":
            with inside(self.session, self._where(part, shown)):
                self._put(part, content, self._html(part, content))
            return
        options = self.options
        if kind.startswith("text/") and part.info.get_content_charset():
            options = replace(options, encoding=encoding_of(part, content).name)
        out = io.BytesIO()
        with inside(self.session, self._where(part, shown)):
            if redact_member(io.BytesIO(content), out, self.session, options, name):
                self._put(part, content, out.getvalue())
            else:
                self._empty(part)

    def _file_name(self, part: Part) -> str:
        raw = part.info.get_filename("")
        name = seen(pieces(raw.encode("utf-8", "replace")))
        return name or part.type.rpartition("/")[2]

    def _unknown(self, part: Part, where: str, what: str) -> None:
        if self.options.unknown == "refuse":
            raise FormatError(f"{where}: {what}")
        self._empty(part)
        self.session.removed(where, what)

    def _empty(self, part: Part) -> None:
        self.splices.append((*part.body, b""))

    def _content(self, part: Part, where: str) -> bytes:
        try:
            return decoded(self.data[slice(*part.body)], part.transfer)
        except FormatError as error:
            raise error.reworded(f"{where}: {error}") from None

    def _put(self, part: Part, before: bytes, after: bytes) -> None:
        """Write the content of a part in its transfer encoding, or in one that can hold it."""
        if before == after:
            return
        changes = self.changes[part.number]
        if before.isascii() and not after.isascii():
            if part.type.startswith("text/") and text_codec(part.info.get_content_charset()) in (None, "ascii"):
                changes.charset = "utf-8"
            if part.transfer in IDENTITY:
                changes.transfer = "quoted-printable"
        transfer = changes.transfer or part.transfer
        start, end = part.body
        written = encoded(after, transfer, self.eol, ended=self.data[start:end].endswith((b"\n", b"\r")))
        self.splices.append((start, end, written))

    def _parameters(self) -> None:
        """Values of the parameters of headers: names of files, most of all."""
        found = [
            (part, header, key, text)
            for part in self.parts
            for header in _PARAMETERS
            for key, text in parameters(part, header)
            if key not in ("boundary", "charset")
        ]
        odd = [part for part in self.parts if guess_extension(part.type) is None and part.type not in _COMMON_TYPES]
        for done in self.session.flow([unshown(part.type, self._where(part, "type")) for part in odd], prose=False):
            if done.edits:
                raise FormatError("a mail with a part whose type holds a value that is to be redacted")
        stems = [re.sub(r"\.[A-Za-z][A-Za-z0-9]{0,4}$", "", text) if "name" in key else text for *_, key, text in found]
        units = [
            Unit(stem, self._where(part, f"{header}, {key}"))
            for (part, header, key, _), stem in zip(found, stems, strict=True)
        ]
        for (part, header, key, text), stem, done in zip(
            found, stems, self.session.flow(units, prose=False), strict=True
        ):
            if done.edits:
                self.changes[part.number].parameters[header, key] = done.text + text[len(stem) :]

    def _boundaries(self) -> None:
        """Boundaries are made by programs, but they can be made of anything."""
        for part in self.parts:
            if not part.boundaries:
                continue
            text = str(part.info.get_boundary())
            [done] = self.session.flow([unshown(text, self._where(part, "boundary"))], prose=False)
            if done.edits:
                new = next(b"redacted-%d" % n for n in range(1, MAX_MEMBER) if b"redacted-%d" % n not in self.data)
                self.changes[part.number].parameters["content-type", "boundary"] = new.decode()
                self.splices.extend((start, end, new) for start, end in part.boundaries)

    def _structure(self) -> None:
        """Headers that say what a part is, written anew where that has changed."""
        for part in self.parts:
            changes = self.changes[part.number]
            fields = {each.name: each for each in part.fields if each.name in _STRUCTURE}
            if changes.charset:
                changes.parameters["content-type", "charset"] = changes.charset
            added = b""
            for header in _PARAMETERS:
                new = {key: text for (name, key), text in changes.parameters.items() if name == header}
                if header in fields and (new or self._is_odd(part, header)):
                    each = fields[header]
                    self.splices.append((each.start, each.end, self._parameter_line(part, header, new)))
                elif new:
                    added += b"Content-Type: text/plain; charset=" + new["charset"].encode() + self.eol
            if "(" in str(part.info.get("content-transfer-encoding", "")):
                changes.transfer = changes.transfer or part.transfer
            if changes.transfer:
                line = b"Content-Transfer-Encoding: " + changes.transfer.encode() + self.eol
                if "content-transfer-encoding" in fields:
                    each = fields["content-transfer-encoding"]
                    self.splices.append((each.start, each.end, line))
                else:
                    added += line
            if added:
                self.splices.append((part.head_end, part.head_end, added))

    def _is_odd(self, part: Part, header: str) -> bool:
        """Whether a header holds more than a type and parameters: comments, words that are none."""
        if any(not self._is_wanted(key) for key, _ in raw_parameters(part, header)):
            return True
        return "(" in re.sub(r'"(?:[^"\\]|\\.)*"', "", str(part.info[header]))

    def _is_wanted(self, key: str) -> bool:
        return bool(_KEY.fullmatch(key)) and not (self.options.scrub_metadata and key.endswith("-date"))

    def _parameter_line(self, part: Part, header: str, new: dict[str, str]) -> bytes:
        value = part.type if header == "content-type" else part.info.get_content_disposition()
        if header == "content-disposition" and value not in _DISPOSITIONS:
            value = "attachment"
        line = [f"{header.title()}: {value}".encode("ascii", "replace")]
        kept = {key: text for key, text in parameters(part, header) if self._is_wanted(key)}
        for key, text in (kept | new).items():
            if text.isascii() and text.isprintable():
                escaped = re.sub(r'(["\\])', r"\\\1", text)
                line.append(f'{key}="{escaped}"'.encode())
            else:
                line.append(f"{key}*=utf-8''{quote(text, safe='')}".encode())
        return (b";" + self.eol + b" ").join(line) + self.eol

    def _seals(self, leaves: Sequence[Part]) -> None:
        """Signatures hold only for a mail of which nothing was edited."""
        signed = [part for part in leaves if part.type in _SIGNATURES]
        if not self.splices:
            for part in signed:
                self.session.unchecked(self._where(part, part.type), say("a signature and its certificates"))
            return
        for part, each in self._fields():
            if each.name in _SEALS and self._wanted(each.name):
                self._drop(part, each)
        for part in signed:
            self._empty(part)
            self.session.removed(self._where(part, part.type), say("a signature that no longer holds"))


def raw_parameters(part: Part, header: str) -> list[tuple[str, str | tuple[str, str, str]]]:
    """The parameters of a header, keys in small letters; those that say their charset in three pieces."""
    found = part.info.get_params([], header=header) or []
    return [(key.lower(), value) for key, value in found[1:]]


def parameters(part: Part, header: str) -> list[tuple[str, str]]:
    """The parameters of a header and their decoded values."""
    found: list[tuple[str, str]] = []
    for key, value in raw_parameters(part, header):
        text = collapse_rfc2231_value(value)
        found.append((key, seen(pieces(text.encode("utf-8", "replace"))) if "=?" in text else text))
    return found
