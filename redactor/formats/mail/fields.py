"""Header fields of a mail: those that go, identifiers, addresses, and all others, redacted where they stand."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import regex

from redactor.formats.mail.header import Piece, edited, pieces, seen
from redactor.formats.mail.mime import STRUCTURE, Field, Part
from redactor.formats.mail.state import Mail
from redactor.formats.unit import Session, Unit, unshown
from redactor.model import Edit, Span

# fmt: off
ADDRESSES: Final = frozenset(
    (
        "from", "sender", "reply-to", "to", "cc", "bcc", "resent-from", "resent-sender", "resent-to", "resent-cc",
        "resent-bcc", "resent-reply-to", "return-path", "delivered-to", "disposition-notification-to", "errors-to",
    )
)
# fmt: on
_SHOWN: Final = ADDRESSES | {"subject", "date", "comments", "keywords", "organization"}
"""What a reader sees of headers."""
_IDS: Final = frozenset(["message-id", "in-reply-to", "references", "content-id", "resent-message-id"])
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
    r'[:,]\s*+(?:"(?P<name>(?:[^"\\<>]|\\.)++)"|(?P<name>[^\s<>,":;]++(?:\s++[^\s<>,":;]++)*+))\s*+(?=<)'
)
_COMMENT: Final = regex.compile(r"\((?P<name>[^()]++)\)")
_ID: Final = re.compile(rb"<([^<>\s]+)>")


def scrub(mail: Mail) -> None:
    """Take out the fields that go whatever they say."""
    for part, each in mail.fields():
        if not _is_wanted(mail, each.name):
            mail.drop(part, each)


def _is_wanted(mail: Mail, name: str) -> bool:
    return name not in _KEYS and (not mail.options.scrub_metadata or name in _KEPT or name in STRUCTURE)


def rename_identifiers(mail: Mail) -> None:
    """Identifiers look like addresses, and hold some: one that does is renamed, wherever it stands."""
    found = [
        match
        for _, each in mail.fields()
        if each.name in _IDS and _is_wanted(mail, each.name)
        for match in _ID.finditer(mail.data, each.start, each.end)
    ]
    texts = dict.fromkeys(match[1] for match in found)
    units = [unshown(text.decode("utf-8", "replace"), "identifiers") for text in texts]
    for text, done in zip(texts, mail.session.flow(units, prose=False), strict=True):
        if done.edits:
            mail.ids[text] = b"redacted.%d" % (len(mail.ids) + 1)
    for match in found:
        if match[1] in mail.ids:
            mail.splices.append((*match.span(1), mail.ids[match[1]]))


def redact_fields(mail: Mail, wanted: Callable[[str], bool]) -> None:
    """Redact the fields whose names are wanted, but those that say what a part is."""
    found: list[tuple[Part, Field, list[Piece]]] = []
    for part, each in mail.fields():
        name = each.name
        if name in STRUCTURE or name in _SEALS or not _is_wanted(mail, name) or not wanted(name):
            continue
        line = _pieces(mail, each)
        text = seen(line)
        if (name.endswith("date") and _DATE.fullmatch(text.partition(":")[2])) or (
            name in _IDS and not regex.sub(r"<[^<>\s]+>", "", text.partition(":")[2]).strip()
        ):
            continue
        found.append((part, each, line))
    units = [
        (Unit if each.name in _SHOWN else unshown)(seen(line), mail.where(part, each.name))
        for part, each, line in found
    ]
    for (part, each, line), unit, done in zip(found, units, mail.session.flow(units, prose=False), strict=True):
        edits = list(done.edits)
        if each.name in ADDRESSES:
            for pattern in (_NAME, _COMMENT):
                edits = _with_names(mail.session, unit, edits, done.kept, pattern)
        if edits and (each.name in _IDS or edits[0].start < len(line[0].text)):
            mail.drop(part, each)
        elif edits:
            written = edited(line, edits, mail.eol, address=each.name in ADDRESSES)
            mail.splices.append((each.start, each.end, written))


def _pieces(mail: Mail, each: Field) -> list[Piece]:
    """A header line: its name first, which can't be edited."""
    raw = mail.data[each.start : each.end]
    head = re.match(rb"[^:\s]*:[ \t]*", raw) if each.name else None
    at = head.end() if head else 0
    return [Piece(raw[:at].decode("ascii", "replace"), raw[:at], False), *pieces(raw[at:])]


def _with_names(
    session: Session, unit: Unit, edits: Sequence[Edit], kept: Sequence[Span], pattern: regex.Pattern[str]
) -> list[Edit]:
    """The edits and those of the names of correspondents: what stands beside an address is one, whatever it says.

    `kept`: what a person keeps, names among them.
    """
    waiting = deque(edits)
    done: list[Edit] = []
    for match in pattern.finditer(unit.text):
        start, end = match.span("name")
        while waiting and waiting[0].end <= start:
            done.append(waiting.popleft())
        over: list[Edit] = []
        while waiting and waiting[0].start < end:
            over.append(waiting.popleft())
        known = any(edit.start <= start and end <= edit.end for edit in over)
        if not known and not any(low < end and start < high for low, high in kept):
            found = session.value(Unit(match["name"], unit.where), "PERSON").edits
            if found:
                over = [replace(edit, start=start + edit.start, end=start + edit.end) for edit in found]
        waiting.extendleft(reversed(over))
    return [*done, *waiting]


def drop_seals(mail: Mail) -> None:
    """Signatures hold only for a mail of which nothing was edited."""
    for part, each in mail.fields():
        if each.name in _SEALS and _is_wanted(mail, each.name):
            mail.drop(part, each)
