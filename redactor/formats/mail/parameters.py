"""Parameters of the headers that say what a part is: names of files, charsets, boundaries; and those headers written anew."""

from __future__ import annotations

import re
from email.utils import collapse_rfc2231_value
from mimetypes import guess_extension
from typing import Final
from urllib.parse import quote

from redactor.formats.limits import MAX_MEMBER
from redactor.formats.mail.header import pieces, seen
from redactor.formats.mail.mime import STRUCTURE, Part
from redactor.formats.mail.state import Mail
from redactor.formats.unit import Unit, unshown
from redactor.model import FormatError

_PARAMETERS: Final = ("content-type", "content-disposition")
_COMMON_TYPES: Final = (
    "multipart/mixed",
    "multipart/alternative",
    "multipart/related",
    "multipart/signed",
    "multipart/report",
)
_KEY: Final = re.compile(r"[a-z-]{1,20}")
_DISPOSITIONS: Final = ("attachment", "inline", "form-data")


def redact_parameters(mail: Mail) -> None:
    """Values of the parameters of headers: names of files, most of all."""
    found = [
        (part, header, key, text)
        for part in mail.parts
        for header in _PARAMETERS
        for key, text in parameters(part, header)
        if key not in ("boundary", "charset")
    ]
    odd = [part for part in mail.parts if guess_extension(part.type) is None and part.type not in _COMMON_TYPES]
    for done in mail.session.flow([unshown(part.type, mail.where(part, "type")) for part in odd], prose=False):
        if done.edits:
            raise FormatError("a mail with a part whose type holds a value that is to be redacted")
    stems = [re.sub(r"\.[A-Za-z][A-Za-z0-9]{0,4}$", "", text) if "name" in key else text for *_, key, text in found]
    units = [
        Unit(stem, mail.where(part, f"{header}, {key}"))
        for (part, header, key, _), stem in zip(found, stems, strict=True)
    ]
    for (part, header, key, text), stem, done in zip(found, stems, mail.session.flow(units, prose=False), strict=True):
        if done.edits:
            mail.changes[part.number].parameters[header, key] = done.text + text[len(stem) :]


def redact_boundaries(mail: Mail) -> None:
    """Boundaries are made by programs, but they can be made of anything."""
    for part in mail.parts:
        if not part.boundaries:
            continue
        text = str(part.info.get_boundary())
        [done] = mail.session.flow([unshown(text, mail.where(part, "boundary"))], prose=False)
        if done.edits:
            new = next(b"redacted-%d" % n for n in range(1, MAX_MEMBER) if b"redacted-%d" % n not in mail.data)
            mail.changes[part.number].parameters["content-type", "boundary"] = new.decode()
            mail.splices.extend((start, end, new) for start, end in part.boundaries)


def write_structure(mail: Mail) -> None:
    """Headers that say what a part is, written anew where that has changed."""
    for part in mail.parts:
        changes = mail.changes[part.number]
        fields = {each.name: each for each in part.fields if each.name in STRUCTURE}
        if changes.charset:
            changes.parameters["content-type", "charset"] = changes.charset
        added = b""
        for header in _PARAMETERS:
            new = {key: text for (name, key), text in changes.parameters.items() if name == header}
            if header in fields and (new or _is_odd(mail, part, header)):
                each = fields[header]
                mail.splices.append((each.start, each.end, _parameter_line(mail, part, header, new)))
            elif new:
                added += b"Content-Type: text/plain; charset=" + new["charset"].encode() + mail.eol
        if "(" in str(part.info.get("content-transfer-encoding", "")):
            changes.transfer = changes.transfer or part.transfer
        if changes.transfer:
            line = b"Content-Transfer-Encoding: " + changes.transfer.encode() + mail.eol
            if "content-transfer-encoding" in fields:
                each = fields["content-transfer-encoding"]
                mail.splices.append((each.start, each.end, line))
            else:
                added += line
        if added:
            mail.splices.append((part.head_end, part.head_end, added))


def _is_odd(mail: Mail, part: Part, header: str) -> bool:
    """Whether a header holds more than a type and parameters: comments, words that are none."""
    if any(not _is_wanted(mail, key) or not value for key, value in raw_parameters(part, header)):
        return True
    return "(" in re.sub(r'"(?:[^"\\]|\\.)*"', "", str(part.info[header]))


def _is_wanted(mail: Mail, key: str) -> bool:
    return bool(_KEY.fullmatch(key)) and not (mail.options.scrub_metadata and key.endswith("-date"))


def _parameter_line(mail: Mail, part: Part, header: str, new: dict[str, str]) -> bytes:
    value = part.type if header == "content-type" else part.info.get_content_disposition()
    if header == "content-disposition" and value not in _DISPOSITIONS:
        value = "attachment"
    line = [f"{header.title()}: {value}".encode("ascii", "replace")]
    kept = {key: text for key, text in parameters(part, header) if text and _is_wanted(mail, key)}
    for key, text in (kept | new).items():
        if text.isascii() and text.isprintable():
            escaped = re.sub(r'(["\\])', r"\\\1", text)
            line.append(f'{key}="{escaped}"'.encode())
        else:
            line.append(f"{key}*=utf-8''{quote(text, safe='')}".encode())
    return (b";" + mail.eol + b" ").join(line) + mail.eol


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
