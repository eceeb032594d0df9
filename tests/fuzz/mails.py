"""Mutations of mails: headers, parts and bodies, each encoded anew as its header says."""

from __future__ import annotations

import base64
import quopri
import re
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.fuzz.texts import MOST, blind, by_words, changed_text
from tests.fuzz.words import COMMON

_HEADERS: Final = (
    *(
        "From",
        "To",
        "Cc",
        "Bcc",
        "Subject",
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "Received",
        "MIME-Version",
        "Content-Type",
    ),
    *(
        "Content-Transfer-Encoding",
        "Content-Disposition",
        "Content-ID",
        "Content-Location",
        "Content-Description",
        "Content-Language",
        "Content-Base",
    ),
    *(
        "X-Mailer",
        "X-姓名",
        "DKIM-Signature",
        "Authentication-Results",
        "Autocrypt",
        "List-Unsubscribe",
        "Resent-From",
        "Thread-Topic",
        "Organization",
        "",
    ),
)
_VALUES: Final = (
    *(
        "text/plain; charset=utf-8",
        "text/plain; charset=gb2312",
        'text/html; charset="gbk"',
        "text/plain; charset=utf-7",
        "text/plain; charset=x",
        "text/plain; charset=utf-16",
    ),
    *(
        "multipart/mixed; boundary=b1",
        'multipart/alternative; boundary="b1"',
        "multipart/related; boundary=b2",
        "message/rfc822",
        "message/partial; number=1; total=2",
        "message/delivery-status",
    ),
    *(
        "application/octet-stream; name=张三.txt",
        'application/octet-stream; name="=?utf-8?B?5byg5LiJ?="',
        "text/calendar",
        "text/rfc822-headers",
        "application/pgp-encrypted",
        "application/pkcs7-mime",
    ),
    *(
        "application/ms-tnef",
        "message/external-body; access-type=x",
        "text/plain; format=flowed; delsp=yes",
        "image/svg+xml",
        "application/json",
        "text/csv; charset=gb18030",
    ),
    *(
        "base64",
        "quoted-printable",
        "7bit",
        "8bit",
        "binary",
        "x-uuencode",
        "BASE64 ",
        "attachment; filename*=utf-8''%E5%BC%A0%E4%B8%89.txt",
        "attachment; filename*0*=utf-8''%E5; filename*1*=%BC%A0",
        "inline",
    ),
    *(
        "=?utf-8?B?5byg5LiJ?=",
        "=?gb2312?Q?=D5=C5=C8=FD?=",
        "=?utf-8?Q?=E5=BC=A0?= =?utf-8?Q?=E4=B8=89?=",
        "=?x?B?5byg?=",
        '"张三" <zhangsan@mail.cn>',
        "a@b.cn, c@d.cn;",
        "<a@b",
        "(张三) a@b.cn",
    ),
    *(
        "Mon, 06 May 2024 10:00:00 +0800",
        "<1@mail.cn>",
        "张三: a;",
        "undisclosed-recipients:;",
        "1.0",
        "a" * 1200,
        "a\r\n b",
        "a\n\tb\n\n",
        "",
    ),
)
_ENCODINGS: Final = ("base64", "quoted-printable", "8bit", "7bit", "")


@dataclass
class Part:
    """A part of a mail: its header lines, and its body or the parts of it."""

    headers: list[bytes]
    body: bytes = b""
    boundary: bytes = b""
    parts: list[Part] = field(default_factory=list)


def mutate(data: bytes, rng: Random) -> bytes:
    """A mail, changed in one to four places."""
    if rng.random() < 0.05:
        return blind(data, rng)
    root = _parse(data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        parts = list(_walk(root))
        part = rng.choice(parts)
        match rng.randrange(10):
            case 0 | 1 | 2:
                _change_headers(part.headers, rng)
            case 3 if len(parts) < 12:
                rng.choice(parts).parts.append(deepcopy(rng.choice((parts[-1], _new(rng)))))
            case 4 if part.parts:
                del part.parts[rng.randrange(len(part.parts))]
            case 5 if len(data) < MOST:
                part.parts, part.body = [], data
                part.headers = [b"Content-Type: message/rfc822"]
            case _:
                _change_body(part, rng)
    return _written(root, 0)[: 2 * MOST]


def _walk(part: Part) -> list[Part]:
    return [part, *(each for inner in part.parts for each in _walk(inner))]


def _parse(data: bytes, depth: int = 0) -> Part:
    head, _, body = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    part = Part(re.split(rb"\n(?![ \t])", head), body)
    named = re.search(rb'boundary\s*=\s*"?([^"\s;]{1,70})', head, re.I)
    if named and depth < 4:
        part.boundary = named[1]
        pieces = re.split(rb"^--" + re.escape(named[1]) + rb"(?:--)?[ \t]*\n?", body, flags=re.M)
        part.body, part.parts = pieces[0], [_parse(each, depth + 1) for each in pieces[1:9] if each.strip()]
    return part


def _written(part: Part, depth: int) -> bytes:
    head = b"\n".join(part.headers) + b"\n\n"
    if not part.parts or depth > 6:
        return head + part.body
    mark = part.boundary or b"b1"
    inner = b"".join(b"--" + mark + b"\n" + _written(each, depth + 1) + b"\n" for each in part.parts)
    return head + part.body + inner + b"--" + mark + b"--\n"


def _new(rng: Random) -> Part:
    kind = rng.choice(_VALUES[:24])
    return Part([f"Content-Type: {kind}".encode()], rng.choice(COMMON).encode("utf-8", "replace"), b"b1")


def _change_headers(headers: list[bytes], rng: Random) -> None:
    headers[:] = headers or [b"Subject: a"]
    number = rng.randrange(len(headers))
    line = headers[number]
    match rng.randrange(7):
        case 0:
            headers[number] = by_words("text")(line, rng)[:2000]
        case 1 if len(headers) > 1:
            del headers[number]
        case 2:
            headers.insert(number, rng.choice(headers))
        case 3:
            name, _, _ = line.partition(b":")
            headers[number] = name + b": " + rng.choice(_VALUES).encode()
        case 4:
            headers[number] = (
                line
                + b";"
                + rng.choice((b" charset=gbk", b' name="a', b" boundary=b3", b" filename=\xd5\xc5.txt", b"\n a=b"))
            )
        case _:
            headers.insert(number, f"{rng.choice(_HEADERS)}: {rng.choice(_VALUES)}".encode())


def _change_body(part: Part, rng: Random) -> None:
    """The body decoded, changed and encoded again, at times in another way, and at times in a broken one."""
    head = b"\n".join(part.headers).lower()
    body = part.body
    if b"base64" in head:
        signs = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
        body = base64.b64decode(signs[: len(signs) // 4 * 4])
    elif b"quoted-printable" in head:
        body = quopri.decodestring(body)
    body = by_words(rng.choice(("text", "text", "html", "csv", "json")))(body, rng)
    if rng.random() < 0.1:
        body += b"\n-----BEGIN PGP MESSAGE-----\n\n" + base64.b64encode(body)[:200] + b"\n-----END PGP MESSAGE-----\n"
    name = rng.choice(_ENCODINGS) if rng.random() < 0.4 else "base64" if b"base64" in head else "quoted-printable"
    part.headers = [line for line in part.headers if not line.lower().startswith(b"content-transfer-encoding")]
    if name:
        part.headers.append(f"Content-Transfer-Encoding: {name}".encode())
    if name == "base64":
        body = base64.encodebytes(body) if rng.random() < 0.9 else base64.b64encode(body)[:-1]
    elif name == "quoted-printable":
        body = quopri.encodestring(body)
    if rng.random() < 0.05:
        body = blind(body, rng)
    if rng.random() < 0.02:
        body = changed_text(body.decode("utf-8", "replace"), rng).encode("utf-8", "replace")
    part.body = body
