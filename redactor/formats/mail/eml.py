"""Mails (RFC 5322, MIME) and saved pages in mail form (.mht): headers, texts and attachments, edited where they stand.

Only what is edited is written anew, in the transfer encoding that it has; all else is copied from the source.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import BinaryIO, Final
from urllib.parse import quote

from redactor.formats.archives.nested import inside, redact_member
from redactor.formats.limits import MAX_MEMBER
from redactor.formats.mail.defects import check
from redactor.formats.mail.fields import ADDRESSES, drop_seals, redact_fields, rename_identifiers, scrub
from redactor.formats.mail.header import pieces, seen, text_codec
from redactor.formats.mail.mime import IDENTITY, Part, parse
from redactor.formats.mail.mimebody import decoded, encoded, encoding_of
from redactor.formats.mail.parameters import redact_boundaries, redact_parameters, write_structure
from redactor.formats.mail.state import Mail
from redactor.formats.options import Options
from redactor.formats.registry import TEXT, load_format
from redactor.formats.sniff import TNEF, is_binary, what_is
from redactor.formats.unit import Session, Sink, Unit, whole
from redactor.language import say
from redactor.model import DecodeError, FormatError, RedactorError
from redactor.text.decode import detect_encoding, encode, parts_of, read_parts

_SIGNATURES: Final = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
_SMIME: Final = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_TAGGED: Final = ("text/html", "text/enriched", "text/richtext")
"""Texts with tags in them that show nothing (RFC 1896)."""
_TNEF_TYPES: Final = ("application/ms-tnef", "application/vnd.ms-tnef")
_RAW_PART: Final = re.compile(rb"^[> ]*Content-Transfer-Encoding:[ \t]*(?:base64|quoted-printable|x-|uu)", re.M | re.I)
"""A header in a text: that of a part which stands there as it was sent."""
_SHIFTS: Final = re.compile(rb"[\x0e\x0f\x1b]")
"""What turns ASCII into other characters, in charsets of that kind (ISO 2022)."""
_MBOX: Final = re.compile(rb"\n\r?\nFrom [^\r\n]*\r?\n[!-9;-~]+:")


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact a mail. FormatError when a part of it can't be."""
    out.write(_redacted(whole(source, MAX_MEMBER, "a mail"), session, options))


def _redacted(data: bytes, session: Session, options: Options) -> bytes:
    if data.startswith(b"From ") and _MBOX.search(data):
        raise FormatError("a mailbox of several mails; split it into mails first")
    top = parse(data)
    check(data, top)
    mail = Mail(data, top, session, options)
    _redact(mail)
    written = mail.written()
    if written != data:
        again = parse(written)
        check(written, again)
        if again.shape() != top.shape():
            raise FormatError("a mail whose parts would be told apart in another way once it is redacted")
    return written


def _redact(mail: Mail) -> None:
    """In the order that lets what one place shows be found in the others: addresses, texts, the rest of the headers."""
    leaves = [part for part in mail.parts if part.is_leaf]
    scrub(mail)
    rename_identifiers(mail)
    redact_fields(mail, lambda name: name in ADDRESSES)
    bodies = frozenset(part.number for part in leaves if _is_body(mail, part))
    for part in leaves:
        if part.number in bodies:
            _body(mail, part)
    redact_fields(mail, lambda name: name not in ADDRESSES)
    _between(mail)
    redact_parameters(mail)
    for part in leaves:
        if part.number not in bodies:
            _attachment(mail, part)
    redact_boundaries(mail)
    write_structure(mail)
    _seals(mail, leaves)


def _between(mail: Mail) -> None:
    for part, start, end in [(each, *place) for each in mail.parts for place in each.between]:
        text = mail.data[start:end]
        encoding = detect_encoding(io.BytesIO(text))
        if encoding.bom:
            raise FormatError("a mail with a byte order mark between its parts")
        unit = Unit(text.decode(encoding.name), mail.where(part, "text between parts"))
        [done] = mail.session.flow([unit], prose=False)
        if done.edits:
            mail.splices.append((start, end, encode(done.text, encoding.name)))


def _is_body(mail: Mail, part: Part) -> bool:
    """Whether a part is a text that is shown in the mail itself, and not a file that is only called one."""
    if part.type not in ("text/plain", "text/html") or part.info.get_filename():
        return False
    return not is_binary(_content(mail, part, mail.where(part, part.type)))


def _body(mail: Mail, part: Part) -> None:
    """A text that is shown in the mail itself."""
    where = mail.where(part, part.type)
    content = _content(mail, part, where)
    if not content.strip():
        return
    if part.type == "text/plain":
        _tell_encoded(mail, part, content, where)
    try:
        if part.type == "text/html":
            _put(mail, part, content, _html(mail, part, content))
        else:
            _put(mail, part, content, _text(mail, part, content, where))
    except RedactorError as error:
        raise error.reworded(f"{where}: {error}") from None


def _tell_encoded(mail: Mail, part: Part, content: bytes, where: str) -> None:
    """Tell of what stands in a text in a form that is not read."""
    said = part.info.get_content_charset()
    if part.transfer in IDENTITY and _RAW_PART.search(content):
        mail.session.unchecked(where, say("a mail within a text, as it was sent"))
    if said and not text_codec(said) and _SHIFTS.search(content):
        mail.session.unchecked(where, say("a text in a charset that is not known"))


def _text(mail: Mail, part: Part, content: bytes, where: str) -> bytes:
    encoding = encoding_of(part, content)
    source = io.BytesIO(content)
    before = "".join(read_parts(source, encoding))
    after = "".join(mail.session.text(partial(parts_of, source, encoding), where))
    if after == before:
        return content
    try:
        return encoding.bom + encode(after, encoding.name)
    except DecodeError:
        mail.changes[part.number].charset = "utf-8"
        return encode(after, "utf-8")


def _html(mail: Mail, part: Part, content: bytes) -> bytes:
    said = part.info.get_content_charset()
    encoding = encoding_of(part, content).name if said else None
    for old, new in mail.ids.items():
        for form in {old, quote(old).encode(), quote(old, safe="@").encode()}:
            content = content.replace(b"cid:" + form, b"cid:" + new)
    out = io.BytesIO()
    options = replace(mail.options, encoding=encoding)
    with inside(mail.session, mail.where(part, part.type)):
        load_format("html")(io.BytesIO(content), out, mail.session, options)
    return out.getvalue()


def _attachment(mail: Mail, part: Part) -> None:
    name = _file_name(mail, part)
    shown = mail.changes[part.number].parameters.get(("content-disposition", "filename"), name)
    kind = part.type
    if kind in _SIGNATURES:
        return
    where = mail.where(part, kind)
    if kind == "application/pgp-encrypted" or (
        kind in _SMIME and "enveloped" in str(part.info.get_param("smime-type")).lower()
    ):
        mail.session.unchecked(where, say("an encrypted part"))
        return
    content = _content(mail, part, where)
    mail.session.unpacked(len(content))
    if kind in _TNEF_TYPES or content.startswith(TNEF):
        _unknown(
            mail, part, where, say("winmail.dat, in which Outlook packs texts and files (TNEF), can't be looked into")
        )
        return
    if kind in _SMIME:
        _unknown(mail, part, where, say("S/MIME that is signed in one piece can't be looked into"))
        return
    if content.startswith(b"-----BEGIN PGP MESSAGE-----"):
        mail.session.unchecked(where, say("an encrypted part"))
        return
    if not content:
        return
    if part.is_message:
        with inside(mail.session, where):
            _put(mail, part, content, _redacted(content, mail.session, mail.options))
        return
    if kind in _TAGGED and not is_binary(content):
        with inside(mail.session, mail.where(part, shown)):
            _put(mail, part, content, _html(mail, part, content))
        return
    options = mail.options
    if kind.startswith("text/") and part.info.get_content_charset():
        options = replace(options, encoding=encoding_of(part, content).name)
    if part.transfer in IDENTITY and _RAW_PART.search(content) and what_is(io.BytesIO(content), name) == TEXT:
        mail.session.unchecked(where, say("a mail within a text, as it was sent"))
    out = io.BytesIO()
    with inside(mail.session, mail.where(part, shown)):
        if redact_member(io.BytesIO(content), out, mail.session, options, name):
            _put(mail, part, content, out.getvalue())
        else:
            _empty(mail, part)


def _file_name(mail: Mail, part: Part) -> str:
    raw = part.info.get_filename("")
    name = seen(pieces(raw.encode("utf-8", "replace")))
    return name or part.type.rpartition("/")[2]


def _unknown(mail: Mail, part: Part, where: str, what: str) -> None:
    if mail.options.unknown == "refuse":
        raise FormatError("{where}: {what}; --unknown drop takes it out", where=where, what=what)
    _empty(mail, part)
    mail.session.removed(where, what)


def _empty(mail: Mail, part: Part) -> None:
    mail.splices.append((*part.body, b""))


def _content(mail: Mail, part: Part, where: str) -> bytes:
    try:
        return decoded(mail.data[slice(*part.body)], part.transfer)
    except FormatError as error:
        raise error.reworded(f"{where}: {error}") from None


def _put(mail: Mail, part: Part, before: bytes, after: bytes) -> None:
    """Write the content of a part in its transfer encoding, or in one that can hold it."""
    if before == after:
        return
    changes = mail.changes[part.number]
    if before.isascii() and not after.isascii():
        if part.type.startswith("text/") and text_codec(part.info.get_content_charset()) in (None, "ascii"):
            changes.charset = "utf-8"
        if part.transfer in IDENTITY:
            changes.transfer = "quoted-printable"
    transfer = changes.transfer or part.transfer
    start, end = part.body
    written = encoded(after, transfer, mail.eol, ended=mail.data[start:end].endswith((b"\n", b"\r")))
    mail.splices.append((start, end, written))


def _seals(mail: Mail, leaves: Sequence[Part]) -> None:
    """Signatures hold only for a mail of which nothing was edited."""
    signed = [part for part in leaves if part.type in _SIGNATURES]
    if not mail.splices:
        for part in signed:
            mail.session.unchecked(mail.where(part, part.type), say("a signature and its certificates"))
        return
    drop_seals(mail)
    for part in signed:
        _empty(mail, part)
        mail.session.removed(mail.where(part, part.type), say("a signature that no longer holds"))
