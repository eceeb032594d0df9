"""Mails with defects that programs read in different ways (row SAFETY-L2): refused in one line, or nothing is left of what they hold."""

from __future__ import annotations

import base64
import email
import email.errors
import email.policy
import io
import quopri
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor import Redactor
from redactor.formats.mail.defects import ELSEWHERE, REFUSED, check
from redactor.formats.mail.mime import parse
from redactor.formats.options import Options
from redactor.formats.registry import load_format
from redactor.formats.session import DocumentSession
from redactor.formats.sniff import kind_of
from redactor.model import FormatError, RedactorError
from tests.draws import draws

CANARIES = ["蘷焱灪霻", "龘靐齉爩", "麤籱爨鸞"]
"""In a text, in an attachment, and in a text of a mail within the mail."""
CODECS = ["utf-8", "gb18030", "utf-8"]


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor(mask=CANARIES, ner="none")


Clean = Callable[[bytes], tuple[bytes, DocumentSession]]


@pytest.fixture(scope="module")
def clean(redactor: Redactor) -> Clean:
    def run(data: bytes) -> tuple[bytes, DocumentSession]:
        session = DocumentSession(redactor, lambda *_: None, strict=True)
        out = io.BytesIO()
        load_format("eml")(io.BytesIO(data), out, session, Options())
        return out.getvalue(), session

    return run


def encoded(text: str, encoding: str = "utf-8") -> bytes:
    return base64.encodebytes(text.encode(encoding)).replace(b"\n", b"\r\n").rstrip()


TEXT = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
INNER = (
    b"From: x@example.com\r\nSubject: inner\r\nMIME-Version: 1.0\r\n"
    + TEXT
    + b"\r\n"
    + encoded(CANARIES[2] * 9)
    + b"\r\n"
)
HEAD = b"From: a@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
KIND = b'Content-Type: multipart/mixed; boundary="b42"\r\n'
FILE = (
    b"Content-Type: application/octet-stream; name=a.txt\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + encoded(CANARIES[1] * 9, "gb18030")
    + b"\r\n"
)
GOOD = (
    HEAD + KIND + b"\r\n--b42\r\n" + TEXT + b"\r\n" + encoded(CANARIES[0] * 9) + b"\r\n--b42\r\n" + FILE
    + b"--b42\r\nContent-Type: message/rfc822\r\n\r\n" + INNER + b"--b42--\r\n"
)  # fmt: skip

ODD_LINES = {
    "non-ascii name": "X-姓名: 1".encode(),
    "gbk name": "X-姓名: 1".encode("gbk"),
    "latin-1 name": "X-Är: 1".encode("latin-1"),
    "no colon": b"This line has no colon",
    "one word": b"word",
    "blank before the colon": b"X-Name : 1",
    "tab before the colon": b"X-Name\t: 1",
    "no-break space before the colon": "X-Name\u00a0: 1".encode(),
    "line of blanks": b"   ",
    "line of a tab": b"\t",
    "no name": b": 1",
    "envelope": b"From a@example.com Tue Jan  2 10:11:12 2024",
    "envelope, quoted": b">From a@example.com Tue Jan  2 10:11:12 2024",
    "zero byte in a name": b"X\0Y: 1",
    "zero byte in a value": b"X-A: a\0b",
    "control character in a name": b"X\x07Y: 1",
    "cr alone": b"X-A: a\rX-B: b",
    "byte order mark": b"\xef\xbb\xbfX-A: 1",
    "markup": b"<html>",
    "dashes": b"--",
    "base64": b"5byg5LiJ",
}
PLACES = {
    "top": b"Subject: x\r\n",
    "part": b"--b42\r\n",
    "mail within": b"Subject: inner\r\n",
    "last header": b"; name=a.txt\r\n",
}


def put(old: bytes, new: bytes, data: bytes = GOOD) -> bytes:
    assert old in data
    return data.replace(old, new)


HEADER_DEFECTS = {
    f"{line}, {place}": put(at, at + ODD_LINES[line] + b"\r\n") for line in ODD_LINES for place, at in PLACES.items()
}

SINGLE = HEAD + TEXT + b"\r\n" + encoded(CANARIES[0] * 9) + b"\r\n"
PART = b"--b42\r\n" + TEXT
ENDING = b"--b42--\r\n"
STRUCTURE_DEFECTS = {
    "nothing before the headers, an empty line": b"\r\n" + SINGLE,
    "byte order mark before the headers": b"\xef\xbb\xbf" + SINGLE,
    "utf-16": SINGLE.decode().encode("utf-16"),
    "text before the headers": b"hello\r\n" + SINGLE,
    "folded line first": b" folded: x\r\n" + SINGLE,
    "empty line among the headers": put(TEXT, b"\r\n" + TEXT, SINGLE),
    "empty line before the encoding": put(b"utf-8\r\nContent-T", b"utf-8\r\n\r\nContent-T", SINGLE),
    "empty line among the headers of a part": put(PART, b"--b42\r\n\r\n" + TEXT),
    "empty line among the headers of a file": put(b"name=a.txt\r\n", b"name=a.txt\r\n\r\n", put(b"application/octet-stream", b"text/plain", put(b"; name=a.txt", b"; nam=a.txt", GOOD)).replace(b"nam=", b"name=")),
    "no empty line after the headers": put(b"base64\r\n\r\n", b"base64\r\n", SINGLE),
    "no empty line after the headers of a part": put(TEXT + b"\r\n", TEXT),
    "headers ended by cr": put(b"base64\r\n\r\n", b"base64\r\n\r", SINGLE),
    "all lines end in cr": SINGLE.replace(b"\r\n", b"\r"),
    "two types": put(TEXT, TEXT + b"Content-Type: text/html\r\n", SINGLE),
    "two encodings": put(TEXT, b"Content-Transfer-Encoding: 7bit\r\n" + TEXT, SINGLE),
    "two encodings of a part": put(PART, PART + b"Content-Transfer-Encoding: 8bit\r\n"),
    "no boundary": put(b'; boundary="b42"', b""),
    "empty boundary": put(b'boundary="b42"', b'boundary=""'),
    "boundary of blanks": put(b'boundary="b42"', b'boundary="  "'),
    "two boundaries": put(b'boundary="b42"', b'boundary="zz"; boundary="b42"'),
    "two boundaries, the other way round": put(b'boundary="b42"', b'boundary="b42"; boundary="zz"'),
    "boundary in two notations": put(b'boundary="b42"', b"boundary=zz; boundary*=utf-8''b42"),
    "boundary in pieces": put(b'boundary="b42"', b"boundary*0=b4; boundary*1=2"),
    "boundary in percent": put(b'boundary="b42"', b"boundary*=utf-8''b4%32"),
    "boundary in a comment": put(b'boundary="b42"', b'(; boundary=zz;) boundary="b42"'),
    "boundary with an open quote": put(b'boundary="b42"', b'boundary="b42'),
    "boundary with an escape": put(b'boundary="b42"', b'boundary="b\\42"'),
    "boundary without a semicolon": put(b"; boundary", b" boundary"),
    "boundary of other letters": put(b'boundary="b42"', b'boundary="B42"'),
    "boundary that occurs nowhere": put(b'boundary="b42"', b'boundary="c42"'),
    "boundary not in ascii": put(b'"b42"', '"界42"'.encode()),
    "type without a slash": put(b"multipart/mixed", b"multipart"),
    "type with two slashes": put(b"multipart/mixed", b"multipart/mixed/x"),
    "type after a comment": put(b"multipart/mixed", b"(c) multipart/mixed"),
    "type in quotes": put(b"multipart/mixed", b'"multipart/mixed"'),
    "empty type": put(KIND, b"Content-Type:\r\n"),
    "another type with a boundary": put(b"multipart/mixed", b"text/plain"),
    "a type that only looks like it": put(b"multipart/mixed", b"multi-part/mixed"),
    "no type": put(KIND, b""),
    "parts encoded as a whole": put(KIND, KIND + b"Content-Transfer-Encoding: base64\r\n"),
    "parts in an unknown encoding": put(KIND, KIND + b"Content-Transfer-Encoding: 6bit\r\n"),
    "no last boundary": put(ENDING, b""),
    "cut in a line": GOOD[:-9],
    "cut in base64": GOOD[: GOOD.index(b"--b42\r\nContent-Type: message") - 7],
    "cut in the headers of a part": GOOD[: GOOD.index(b"name=a.txt") + 3],
    "cut in a boundary": GOOD[: GOOD.rindex(b"--b42--") + 4],
    "only the last boundary": HEAD + KIND + b"\r\n" + encoded(CANARIES[0]) + b"\r\n--b42--\r\n",
    "parts after the last boundary": GOOD + PART + b"\r\n" + encoded(CANARIES[0]) + b"\r\n",
    "parts before the first boundary": put(b"\r\n\r\n--b42\r\n", b"\r\n\r\n--b42x\r\n" + TEXT + b"\r\n" + encoded(CANARIES[0]) + b"\r\n--b42\r\n"),
    "boundary with something behind": put(b"--b42\r\nContent-Type: app", b"--b42;\r\nContent-Type: app"),
    "boundary after a cr": put(b"\r\n--b42\r\nContent-Type: app", b"\r--b42\r\nContent-Type: app"),
    "boundary before a cr": put(b"--b42\r\nContent-Type: app", b"--b42\rContent-Type: app"),
    "boundary before a zero byte": put(b"--b42\r\nContent-Type: app", b"--b42\0\r\nContent-Type: app"),
    "boundary twice": put(b"--b42\r\nContent-Type: app", b"--b42\r\n--b42\r\nContent-Type: app"),
    "last boundary after a boundary": put(b"--b42\r\nContent-Type: app", b"--b42\r\n--b42--\r\nContent-Type: app"),
    "last boundary in the middle": put(b"--b42\r\nContent-Type: app", b"--b42--\r\nContent-Type: app"),
    "last boundary twice": GOOD + ENDING,
    "folded type": put(b"; boundary", b";\r\n\tboundary"),
    "unknown encoding": put(b": base64", b": base-64", SINGLE),
    "unknown encoding, blank": put(b": base64", b": base 64", SINGLE),
    "encoding in quotes": put(b": base64", b': "base64"', SINGLE),
    "encoding with a comment": put(b": base64", b": base64 (x)", SINGLE),
    "encoding with a semicolon": put(b": base64", b": base64;", SINGLE),
    "encoding in capitals": put(b": base64", b": BASE64", SINGLE),
    "no encoding": put(b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding:\r\n", SINGLE),
    "encoding of an encoded word": put(b": base64", b": =?us-ascii?q?base64?=", SINGLE),
    "uuencode": HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n#86)C\r\nend\r\n",
    "base64 with junk": put(b"\r\n6Jiv", b"\r\n6J!iv", SINGLE) if b"\r\n6Jiv" in SINGLE else SINGLE.replace(b"\r\n\r\n", b"\r\n\r\n!"),
    "base64 with text behind": SINGLE + b"-- \r\nA list's footer\r\n",
    "base64 with padding in the middle": SINGLE + b"====\r\n" + encoded(CANARIES[1]) + b"\r\n",
    "base64 in two pieces": HEAD + TEXT + b"\r\n" + encoded(CANARIES[0]) + b"==\r\n" + encoded(CANARIES[1]) + b"\r\n",
    "quoted-printable, lone cr": HEAD + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nx=\r" + CANARIES[0].encode() + b"\r\ny\r\n",
    "quoted-printable, blanks at line ends": HEAD + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + quopri.encodestring(CANARIES[0].encode()).strip().replace(b"=", b"= \t\r\n=", 2)[3:].join([b"", b"\r\n"]),
    "two charsets": put(b"charset=utf-8", b"charset=us-ascii; charset=utf-8", SINGLE),
    "mailbox of two": b"From a@example.com Tue Jan  2 10:11:12 2024\r\n" + SINGLE + b"\r\nFrom a@example.com, no date\r\n" + SINGLE,
    "piece of a mail": HEAD + b'Content-Type: message/partial; id="x"; number=2; total=3\r\n\r\n' + encoded(CANARIES[0]) + b"\r\n",
    "mail in a mail after an empty line": put(b"rfc822\r\n\r\n", b"rfc822\r\n\r\n\r\n"),
    "mail in a mail, encoded": HEAD + b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(INNER),
    "mail in a mail, encoded, with a defect": HEAD + b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(put(b"Subject: inner\r\n", b"X-\xe5: 1\r\n", INNER)),
    "mail in a mail, quoted-printable": HEAD + b"Content-Type: message/global\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + quopri.encodestring(INNER.replace(b"\r\n", b"\n")),
    "mail of another kind": put(b"message/rfc822", b"message/x-other"),
    "mail in a mail with a comment": put(b"message/rfc822", b"message/rfc822 (x)"),
    "mail in a mail, capital letters": put(b"message/rfc822", b"Message/RFC822"),
    "mail in a file": put(b"; name=a.txt", b"; name=a.eml", put(encoded(CANARIES[1] * 9, "gb18030"), base64.encodebytes(b"\r\n" + INNER).strip())),
    "notice with a line that is none": HEAD + b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: x\r\nodd\r\nX-B: =?utf-8?b?" + encoded(CANARIES[0]) + b"?=\r\n",
    "notice of blocks": HEAD + b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: x\r\n\r\n\r\nX-B: =?utf-8?b?" + encoded(CANARIES[0]) + b"?=\r\n",
    "notice, encoded": HEAD + b"Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(b"X-B: =?utf-8?b?" + encoded(CANARIES[0]) + b"?=\r\n"),
    "headers as a text": HEAD + b"Content-Type: text/rfc822-headers\r\n\r\nX-B: =?utf-8?b?" + encoded(CANARIES[0]) + b"?=\r\nodd\r\n",
    "body of a kind that is no text": HEAD + TEXT + b"\r\n" + base64.encodebytes(b"\x1f\x8b\x08\x00" + bytes(30)),
    "raw part in a text": HEAD + b"\r\nThe mail came back:\r\n\r\n" + SINGLE,
    "quoted raw part in a text": HEAD + b"\r\nThe mail came back:\r\n\r\n" + SINGLE.replace(b"\r\n", b"\r\n> "),
    "iso-2022-cn": HEAD + b"Content-Type: text/plain; charset=iso-2022-cn\r\n\r\n\x1b$)A\x0e\x35\x56\x0f\r\n",
    "mail in a part of an unknown type": put(b"message/rfc822", b"--b42message/rfc822"),
    "base64 after the last boundary": GOOD + encoded(CANARIES[0] * 9) + b"\r\n",
    "winmail.dat": put(b"application/octet-stream; name=a.txt", b"application/ms-tnef; name=winmail.dat"),
    "winmail.dat by content": put(encoded(CANARIES[1] * 9, "gb18030"), base64.b64encode(b"\x78\x9f\x3e\x22" + CANARIES[1].encode("utf-16-le"))),
}  # fmt: skip
WORDS = {
    "split by a fold": b"=?utf-8?b?%s\r\n %s?=",
    "split into two": b"=?utf-8?b?%s?=\r\n =?utf-8?b?%s?=",
    "split into two, tab": b"=?utf-8?b?%s?=\r\n\t=?utf-8?B?%s?=",
    "with junk": b"=?utf-8?b?!%s*%s?=",
    "beside one of junk": b"=?utf-8?b?!!!?= =?utf-8?b?%s%s?=",
    "with a language": b"=?utf-8*zh?b?%s%s?=",
    "in quotes": b'"=?utf-8?b?%s%s?="',
    "in a comment": b"(=?utf-8?b?%s%s?=)",
    "right after a word": b"x=?utf-8?b?%s%s?=",
    "of a charset that is not known": b"=?x-none?b?%s%s?=",
    "very long": b"=?utf-8?b?" + base64.b64encode(b"x" * 6000) + b"%s%s?=",
}


def word(template: bytes, header: bytes = b"X-Note") -> bytes:
    data = base64.b64encode(CANARIES[0].encode())
    return header + b": " + template % (data[:6], data[6:]) + b"\r\n" + SINGLE


WORD_DEFECTS = {
    f"word {name}, {header.decode()}": word(template, header)
    for name, template in WORDS.items()
    for header in (b"X-Note", b"To")
}
DEFECTS = HEADER_DEFECTS | STRUCTURE_DEFECTS | WORD_DEFECTS


def left(out: bytes) -> set[str]:
    """The canaries that any reading of a mail shows: its bytes, each stretch of Base64, and what `email` decodes."""
    found = [out]
    for run in re.findall(rb"[A-Za-z0-9+/]{8,}(?:\s+[A-Za-z0-9+/]+)*", out):
        bare = b"".join(run.split())
        for cut in range(4):
            piece = bare[cut:]
            found.append(base64.b64decode(piece[: len(piece) // 4 * 4]))
    found += [quopri.decodestring(out), quopri.decodestring(re.sub(rb"=[ \t]+(?=\r?\n)", b"=", out))]
    for part in email.message_from_bytes(out, policy=email.policy.compat32).walk():
        payload = part.get_payload(decode=True)
        found += [payload] if isinstance(payload, bytes) else []
        for value in part.values():
            text = b"".join(
                piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogateescape")
                for piece, _ in email.header.decode_header(str(value))
            )
            found.append(text)
    for data in list(found):
        found += [base64.b64decode(run) for run in re.findall(rb"(?:[A-Za-z0-9+/]{4}){2,}", data)]
    texts = [data.decode(encoding, "replace") for data in found for encoding in ("utf-8", "gb18030", "utf-16-le")]
    return {canary for canary in CANARIES for text in texts if canary in text}


def test_the_canaries_are_seen_where_they_are() -> None:
    assert left(GOOD) == set(CANARIES)
    assert (
        sum(bool(left(data)) for data in DEFECTS.values()) > len(DEFECTS) - 12
    )  # the others hold none, or in another way


def test_a_mail_without_a_defect_is_read(clean: Clean) -> None:
    for data in (GOOD, SINGLE, INNER):
        assert not left(clean(data)[0])


def test_a_header_of_very_many_parameters_is_refused(clean: Clean) -> None:
    many = b"".join(b";\r\n name*%d*=a" % number for number in range(1001))
    with pytest.raises(FormatError, match="more than 1000 parameters"):
        clean(b"Content-Type: text/plain" + many + b"\r\n\r\na")


@pytest.mark.parametrize("case", DEFECTS)
def test_safety_l2_a_defect_is_refused_or_nothing_is_left(clean: Clean, case: str) -> None:
    """SAFETY-L2, under --strict: what is told of is refused too."""
    try:
        out, _ = clean(DEFECTS[case])
    except RedactorError as error:
        assert "\n" not in str(error)  # noqa: PT017
        assert not any(canary in str(error) for canary in CANARIES)  # noqa: PT017
        return
    assert not left(out)


def test_safety_l2_every_defect_that_email_knows_is_decided_on() -> None:
    """SAFETY-L2: a new one in a later Python is refused until somebody has thought about it."""
    known = {
        name
        for name, each in vars(email.errors).items()
        if isinstance(each, type) and issubclass(each, email.errors.MessageDefect)
    }
    assert known <= REFUSED.keys() | ELSEWHERE.keys()
    assert not REFUSED.keys() & ELSEWHERE.keys()


@given(st.data())
@draws(150)
def test_safety_l2_lines_moved_doubled_and_lost(clean: Clean, data: st.DataObject) -> None:
    """SAFETY-L2: whatever becomes of a mail's lines, it is refused, or all its encoded parts are read.

    What says that a part is encoded stays, and what is encoded: Base64 in a text is the text's own.
    """
    lines = GOOD.split(b"\r\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        if any(b"Encoding" in line or re.fullmatch(rb"[\w+/=]{20,}", line) for line in lines[at : at + 2]):
            continue
        match data.draw(st.sampled_from(["drop", "double", "move", "odd", "blank", "joined"])):
            case "drop":
                lines.pop(at)
            case "double":
                lines.insert(at, lines[at])
            case "move":
                lines.insert(data.draw(st.integers(0, len(lines) - 1)), lines.pop(at))
            case "odd":
                lines.insert(at, data.draw(st.sampled_from(sorted(ODD_LINES.values()))))
            case "blank":
                lines.insert(at, b"")
            case _:
                lines[at : at + 2] = [b" ".join(lines[at : at + 2])]
    mail = b"\r\n".join(lines)
    if not all(encoded(canary * 9, codec) in mail for canary, codec in zip(CANARIES, CODECS, strict=True)):
        return
    try:
        out, _ = clean(mail)
    except RedactorError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    seen = email.message_from_bytes(out)
    assert not {type(each).__name__ for part in seen.walk() for each in part.defects} & REFUSED.keys()
    assert not left(out)


@pytest.mark.parametrize("before", [b"", b"\n", b"\xef\xbb\xbf"], ids=["plain", "empty line", "mark"])
def test_safety_l2_a_mail_is_told_by_its_content(before: bytes) -> None:
    """SAFETY-L2: what is nothing without its headers is a mail, however few they are and whatever it is called."""
    few = b"Subject: x\nContent-Transfer-Encoding: base64\n\n" + encoded(CANARIES[0]) + b"\n"
    for data in (few, SINGLE, GOOD):
        assert kind_of(io.BytesIO(before + data), "a.txt") == "eml"
    assert kind_of(io.BytesIO(b"A text:\n" + few), "a.txt") == "text"


def test_what_programs_write_is_no_defect() -> None:
    """Heads and boundaries as programs of all kinds write them, whose odd ways hide nothing."""
    for data in (
        b"From a@example.com Tue Jan  2 10:11:12 2024\n" + SINGLE.replace(b"\r\n", b"\n"),
        put(b'boundary="b42"', b"boundary=b42"),
        put(b'boundary="b42"', b'boundary="b42";'),
        put(b'; boundary="b42"', b';\r\n\tboundary="b42";\r\n\ttype="text/plain"'),
        put(b"mixed; boundary", b"mixed;boundary"),
        put(b"boundary=", b"Boundary ="),
        put(b"b42", b"----=_NextPart_000_0001_01DA3D5B.0F3A2C10"),
        put(b"b42", b"=_(a'b)+c,d-e.f/g:h=i?j"),
        put(b"charset=utf-8", b'charset="utf-8"; charset=UTF-8'),
        put(b"--b42\r\nContent-Type: app", b"--b42 \t\r\nContent-Type: app"),
        put(b"\r\n\r\n--b42\r\n", b"\r\n\r\nThis is a multi-part message in MIME format.\r\n--b42\r\n"),
        put(ENDING, ENDING + b"\r\n-- \r\nA list's footer\r\n"),
        put(b"Subject: x\r\n", b"Subject: x\r\n \r\n", SINGLE),
        HEAD + b"\r\nContents: a list\r\n",
        b"",
    ):
        check(data, parse(data))
