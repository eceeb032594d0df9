"""Mails: leaks, what stays, what is dropped, hostile mails (rows E12, F11). Read back by `email` with its strict policy."""

from __future__ import annotations

import base64
import email
import email.policy
import importlib.util
import io
import random
import re
import sys
import zipfile
from collections.abc import Callable
from email.message import EmailMessage, Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor import Redactor
from redactor.formats.mail.header import edited, pieces, seen
from redactor.formats.mail.mime import Part, parse
from redactor.formats.mail.mimebody import quoted_printable
from redactor.formats.options import Options
from redactor.formats.registry import FORMATS, load_format
from redactor.formats.session import DocumentSession
from redactor.formats.sniff import kind_of
from redactor.model import Edit, FormatError, RedactorError
from tests.draws import draws, some

SECRETS = [f"秘密{c}号甲乙丙" for c in "天地玄黄宇宙洪荒日月盈昃"]
SMTP = email.policy.SMTP
needs_html = pytest.mark.skipif(
    "html" not in FORMATS or importlib.util.find_spec("redactor.formats.web.html") is None,
    reason="HTML is not supported here yet",
)


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor(mask=[*SECRETS, "SECRET"], ner="none")


Clean = Callable[..., tuple[bytes, DocumentSession]]


@pytest.fixture(scope="module")
def clean(redactor: Redactor) -> Clean:
    def run(data: bytes, *, strict: bool = False, **choices: object) -> tuple[bytes, DocumentSession]:
        session = DocumentSession(redactor, lambda *_: None, strict)
        out = io.BytesIO()
        load_format("eml")(io.BytesIO(data), out, session, Options(**choices))  # type: ignore[arg-type]
        return out.getvalue(), session

    return run


def mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return message


def read(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


def all_text(data: bytes) -> str:
    """All that `email` reads in a mail: headers, parameters, texts, attachments."""
    found = [data.decode("utf-8", "replace"), data.decode("gb18030", "replace")]
    for part in read(data).walk():
        found += [f"{name}: {value}" for name, value in part.items()]
        found += [str(part.get_filename()), str(part.preamble), str(part.epilogue), str(part.get_params())]
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            found += [content.decode(e, "replace") for e in ("utf-8", "gb18030", "utf-16")]
            if content[:2] == b"PK":
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    found += [archive.read(name).decode() for name in archive.namelist()]
    return "\n".join(found)


def leaky(policy: email.policy.EmailPolicy = SMTP) -> bytes:
    """A mail with a secret in each of its places."""
    s = SECRETS
    message = mail(
        From=f"{s[0]} <a@example.com>",
        To=f'"Wang Er ({s[1]})" <b@example.com>, c@example.com',
        Subject=f"关于{s[2]}的通知，后面还有很长很长的文字，一行是写不下的，要折成好几行才行",
        Date="Tue, 02 Jan 2024 10:11:12 +0800",
        Message_ID="<SECRET.123@mail.example.com>",
        X_Note=s[3],
    )
    message.set_content(f"正文{s[4]}结束。\n", charset="gb18030", cte="base64")
    message.add_attachment(f"附件{s[5]}\n", filename=f"{s[6]}.txt", cte="quoted-printable")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("x.txt", s[7])
    message.add_attachment(archive.getvalue(), maintype="application", subtype="zip", filename="a.zip")
    inner = mail(From="x@example.com", Subject=s[8])
    inner.set_content(f"转发{s[9]}\n", cte="8bit")
    message.add_attachment(inner)
    message.preamble = "This is a mail. PREAMBLE\n"
    message.epilogue = "End. EPILOGUE\n"
    data = message.as_bytes(policy=policy.clone(cte_type="8bit"))
    return data.replace(b"PREAMBLE", s[10].encode()).replace(b"EPILOGUE", s[11].encode())


@pytest.mark.parametrize("policy", [SMTP, email.policy.default], ids=["crlf", "lf"])
def test_e12_nothing_of_twelve_secrets_is_left(clean: Clean, policy: email.policy.EmailPolicy) -> None:
    data = leaky(policy)
    assert all(secret in all_text(data) for secret in SECRETS)
    out, _ = clean(data)
    text = all_text(out)
    assert not [secret for secret in (*SECRETS, "SECRET", "example.com", "Wang Er") if secret in text]
    before, after = read(data), read(out)
    assert [p.get_content_type() for p in before.walk()] == [p.get_content_type() for p in after.walk()]
    assert after["subject"] == str(before["subject"]).replace(SECRETS[2], "×")
    assert after["date"] == before["date"]
    assert [part.get_filename() for part in after.iter_attachments()] == ["×.txt", "a.zip", None]
    body = after.get_body(("plain",))
    assert body is not None
    assert body.get_content() == "正文×结束。\n"
    assert next(after.iter_attachments()).get_content().splitlines() == ["附件×"]
    assert clean(out)[0] == out


def test_what_is_not_edited_is_not_touched(clean: Clean) -> None:
    data = (
        b"Subject:  two  blanks\r\n\tand a fold\r\nX-Odd:value\r\nDate: Tue, 02 Jan 2024 10:11:12 +0800\r\n"
        b'Content-Type: multipart/mixed;\r\n\tboundary="b"\r\nDKIM-Signature: v=1; b=abc\r\n\r\npre\r\n--b\r\n\r\n'
        b"plain text \r\n--b  \r\nContent-Transfer-Encoding: BASE64\r\nContent-Type: text/plain\r\n\r\n"
        b"aGVsbG8g\r\n  d29ybGQ=\r\n\r\n--b\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\0\0\r\n--b--\r\nepi"
    )
    out, session = clean(data)
    assert out == data
    assert [what for _, what in session.not_checked] == ["a picture"]
    secret = base64.b64encode(f"a {SECRETS[0]}".encode())
    changed, _ = clean(data.replace(b"aGVsbG8g\r\n  d29ybGQ=", secret))
    new = base64.b64encode("a ×".encode())
    want = data.replace(b"aGVsbG8g\r\n  d29ybGQ=\r\n", new + b"\r\n").replace(b"DKIM-Signature: v=1; b=abc\r\n", b"")
    assert changed == want


HEADERS = {
    "e12-utf8-words": ("Subject: =?utf-8?B?{b64}?= tail", "× tail"),
    "e12-split-character": ("Subject: =?utf-8?B?{b64a}?=\r\n =?utf-8?B?{b64b}?= tail", "× tail"),
    "e12-q": ("Subject: a =?utf-8?Q?{q}?= b", "a × b"),
    "e12-gb": ("Subject: =?gb2312?B?{gb}?=", "×"),
    "e12-raw": ("Subject: raw {raw} b", "raw × b"),
    "e12-folded": ("Subject: one\r\n {raw}\r\n two", "one × two"),
    "e12-neighbours": ("Subject: =?utf-8?B?5ZWK?= {raw} =?utf-8?B?5ZWK?=", "啊 × 啊"),
    "e12-two-plain": ("Subject: {raw} {raw}", "× ×"),
    "e12-no-space": ("Subject:{raw}", "×"),
}


@pytest.mark.parametrize("case", HEADERS)
def test_headers(clean: Clean, case: str) -> None:
    template, want = HEADERS[case]
    raw = SECRETS[0].encode()
    line = template.format(
        raw="{raw}",
        b64=base64.b64encode(raw).decode(),
        b64a=base64.b64encode(raw[:7]).decode(),
        b64b=base64.b64encode(raw[7:]).decode(),
        q="".join(f"={b:02X}" for b in raw),
        gb=base64.b64encode(SECRETS[0].encode("gb2312")).decode(),
    )
    data = line.encode().replace(b"{raw}", raw) + b"\r\nMIME-Version: 1.0\r\n\r\nbody\r\n"
    assert read(clean(data)[0])["subject"] == want


ADDRESSES = {
    "plain": ("=?utf-8?b?5byg5LiJ?= <a@example.com>", "× <×>"),
    "latin": ("Zhang San <a@example.com>", "× <×>"),
    "quoted": ('"San, Zhang" <a@example.com>', "× <×>"),
    "comment": ("a@example.com (Zhang San)", "× (×)"),
    "two": ("Zhang San <a@example.com>,\r\n Li Si <b@example.com>", "× <×>, × <×>"),
    "masked": ("=?utf-8?b?w5c=?= <=?utf-8?b?w5c=?=>", "× <×>"),
}


@pytest.mark.parametrize("case", ADDRESSES)
def test_e12_correspondents(clean: Clean, case: str) -> None:
    value, want = ADDRESSES[case]
    out, _ = clean(f"From: {value}\r\n\r\nhello\r\n".encode())
    raw = email.message_from_bytes(out)["from"]
    assert seen(pieces(raw.encode())) == want


BODIES = {
    "e12-7bit-ascii": ("us-ascii", "7bit", "call SECRET now\r\n", "call × now\r\n"),
    "e12-8bit-gbk": ("gbk", "8bit", "请告诉{s}吧\r\n", "请告诉×吧\r\n"),
    "e12-qp": ("utf-8", "quoted-printable", "请告诉{s}吧，" * 20 + "\r\n", "请告诉×吧，" * 20 + "\r\n"),
    "e12-latin1": ("iso-8859-1", "quoted-printable", "caf\xe9 SECRET\r\n", "caf\xe9 ×\r\n"),
    "e12-wrong-charset": ("iso-8859-1", "8bit", "请把材料交给{s}同志\r\n", "请把材料交给×同志\r\n"),
    "e12-flowed": (
        "utf-8; format=flowed",
        "8bit",
        "> 引文 \r\n 请告诉{s} \r\n吧\r\n",
        "> 引文 \r\n 请告诉× \r\n吧\r\n",
    ),
    "e12-flowed-through-it": (
        "utf-8; format=flowed; delsp=yes",
        "8bit",
        f"> 请告诉{SECRETS[0][:2]} \r\n> {SECRETS[0][2:]}吧\r\n",
        "> 请告诉× \r\n> 吧\r\n",
    ),
    "e12-utf7": ("utf-7", "7bit", "请告诉{s}吧\r\n", "请告诉×吧\r\n"),
    "e12-hz": ("hz-gb-2312", "7bit", "请告诉{s}吧\r\n", "请告诉×吧\r\n"),
    "e12-no-charset": ("", "8bit", "请告诉{s}吧\r\n", "请告诉×吧\r\n"),
}


@pytest.mark.parametrize("case", BODIES)
def test_bodies(clean: Clean, case: str) -> None:
    charset, transfer, text, want = BODIES[case]
    real = {"e12-wrong-charset": "gb18030", "e12-no-charset": "utf-8", "e12-flowed": "utf-8"}.get(
        case, charset.partition(";")[0]
    )
    content = text.replace("{s}", SECRETS[0]).encode(real)
    if transfer == "quoted-printable":
        content = quoted_printable(content, b"\r\n")
    head = f"Content-Type: text/plain{'; charset=' + charset if charset else ''}\r\n" if charset or case else ""
    data = f"MIME-Version: 1.0\r\n{head}Content-Transfer-Encoding: {transfer}\r\n\r\n".encode() + content
    out = email.message_from_bytes(clean(data)[0])
    payload = out.get_payload(decode=True)
    assert isinstance(payload, bytes)
    real = real if case in ("e12-wrong-charset", "e12-no-charset") else out.get_content_charset() or "utf-8"
    assert payload.decode(real) == want


@needs_html
@pytest.mark.parametrize("kind", ["enriched", "richtext"])
def test_tags_of_an_enriched_text_show_nothing(clean: Clean, kind: str) -> None:
    text = f"<bold>{SECRETS[0][:2]}</bold>{SECRETS[0][2:]}吧"
    out = clean(f"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n{text}".encode())[
        0
    ]
    assert out.decode().endswith("\r\n\r\n<bold>×</bold>吧")


def test_a_plain_mail_without_mime_headers_says_what_it_becomes(clean: Clean) -> None:
    out = read(clean(b"Subject: x\r\n\r\ncall SECRET now\r\n")[0])
    assert out.get_content() == "call × now\r\n"


def test_scrubbed_metadata(clean: Clean) -> None:
    data = (
        b"Received: from host.example.com (unknown [10.2.3.4])\r\n by mx\r\nX-Mailer: Some 1.0\r\nSubject: s\r\n"
        b"User-Agent: x\r\nDate: Tue, 02 Jan 2024 10:11:12 +0800\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n\r\nhello\r\n"
    )
    out, session = clean(data, scrub_metadata=True)
    assert read(out).keys() == ["Subject", "Date", "MIME-Version", "Content-Type"]
    assert {what for _, what in session.taken_out} == {"received", "x-mailer", "user-agent"}
    kept, _ = clean(data)
    assert b"10.2.3.4" not in kept
    assert b"host.example.com" not in kept


def test_seals_go_once_the_mail_is_edited(clean: Clean) -> None:
    head = b"DKIM-Signature: v=1; bh=x\r\nARC-Seal: i=1\r\nContent-MD5: abc\r\nSubject: %s\r\n\r\nbody\r\n"
    assert clean(head % b"plain")[0] == head % b"plain"
    out, session = clean(head % b"SECRET")
    assert read(out).keys() == ["Subject"]
    assert {what for _, what in session.taken_out} == {"dkim-signature", "arc-seal", "content-md5"}


def multipart(*parts: bytes, kind: bytes = b"mixed", boundary: bytes = b"b") -> bytes:
    inner = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n%s--%s--\r\n' % (kind, boundary, inner, boundary)


TNEF = b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(
    b"\x78\x9f\x3e\x22SECRET"
)
SIGNED = b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n\r\nabc"


@pytest.mark.parametrize(
    ("part", "said"), [(TNEF, "winmail"), (SIGNED, "S/MIME")], ids=["e12-winmail", "e12-opaque-signed"]
)
def test_forms_that_hide_text_are_refused_or_dropped(clean: Clean, part: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        clean(multipart(b"\r\nhello", part))
    out, session = clean(multipart(b"\r\nhello", part), unknown="drop")
    assert b"U0VDUkVU" not in out
    assert b"abc" not in out
    assert len(session.taken_out) == 1


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nabc",
        b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1",
        b"Content-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\nabc",
        b"\r\n-----BEGIN PGP MESSAGE-----\r\nabc",
        pytest.param(b"\r\n-----BEGIN X-----\r\ngICAgICAgICA\r\n-----END X-----\r\n", id="SAFETY-L5"),
        b"\r\nbegin 644 a.bin\r\n'__X G8$\"!P\r\nend",
    ],
)
def test_encrypted_parts_stay_and_are_reported(clean: Clean, part: bytes) -> None:
    data = multipart(part)
    out, session = clean(data)
    assert out == data
    assert len(session.not_checked) == 1
    with pytest.raises(FormatError, match="strict"):
        clean(data, strict=True)


def test_a_detached_signature_goes_with_what_it_signed(clean: Clean) -> None:
    seal = b"Content-Type: application/pkcs7-signature\r\n\r\nabcdef"
    assert clean(multipart(b"\r\nhello", seal))[0] == multipart(b"\r\nhello", seal)
    out, session = clean(multipart(b"\r\nSECRET", seal))
    assert b"abcdef" not in out
    assert session.taken_out[0][1].startswith("a signature")


@pytest.mark.parametrize(
    "parameters",
    [
        'name="{s}.txt"',
        'name="=?utf-8?B?{b}?=.txt"',
        "name*=utf-8''{p}.txt",
        "name*0*=utf-8''{p0};\r\n name*1*={p1};\r\n name*2=.txt",
    ],
    ids=["raw", "word", "rfc2231", "continued"],
)
def test_names_of_attachments(clean: Clean, parameters: str) -> None:
    raw = SECRETS[0].encode()
    percent = "".join(f"%{b:02X}" for b in raw)
    line = parameters.format(
        s=SECRETS[0], b=base64.b64encode(raw).decode(), p=percent, p0=percent[:21], p1=percent[21:]
    )
    disposition = line.replace("name", "filename")
    data = multipart(
        f"Content-Type: text/plain; charset=utf-8;\r\n {line}\r\nContent-Disposition: attachment;\r\n {disposition}\r\n\r\nhi".encode()
    )
    part = read(clean(data)[0]).get_payload(0)
    assert isinstance(part, EmailMessage)
    assert (part.get_filename(), part.get_param("charset"), part.get_content_disposition()) == (
        "×.txt",
        "utf-8",
        "attachment",
    )
    assert not any(secret in all_text(clean(data)[0]) for secret in SECRETS)


def test_odd_places_in_headers(clean: Clean) -> None:
    data = (
        b"SECRET: x\r\nMIME-Version: 1.0 (SECRET)\r\nContent-Type: multipart/mixed (SECRET); boundary=SECRET-1; SECRET\r\n\r\n"
        b"--SECRET-1\r\nContent-Transfer-Encoding: 8bit (SECRET)\r\nContent-ID: <SECRET@x>\r\n\r\nhi\r\n--SECRET-1--\r\n"
    )
    out, _ = clean(data)
    assert b"secret" not in out.lower()
    [part] = read(out).get_payload()
    assert part.get_content() == "hi"


def test_contradictions_are_refused(clean: Clean) -> None:
    for data in (
        b"Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\n\r\nU0VDUkVU",
        b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nx",
        b"Content-Transfer-Encoding: base64\r\n\r\nU0VDUkVU!!x",
        b"Content-Transfer-Encoding: x-uuencode\r\n\r\nx",
        b'Content-Transfer-Encoding: base64\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nx\r\n--b--',
        b"From a@b Tue Jan  2 10:11:12 2024\r\nSubject: x\r\n\r\nx\r\n\r\nFrom a@b Tue Jan  2 10:11:12 2024\r\nSubject: x\r\n\r\nx",
    ):
        with pytest.raises(FormatError):
            clean(data)


def test_depth_is_bounded(clean: Clean) -> None:
    data = b"\r\nx"
    for level in range(3000):
        data = b"Content-Type: message/rfc822\r\n\r\n" + data if level % 2 else data
    with pytest.raises(FormatError, match="deep"):
        clean(data)
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(2000))
    with pytest.raises(FormatError, match="deep"):
        clean(deep)
    inner = b"\r\nx"
    for _ in range(6):
        inner = multipart(b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                          + base64.encodebytes(b"From: a\nTo: b\nSubject: c\nDate: d\n" + inner))  # fmt: skip
    with pytest.raises(FormatError, match="deep"):
        clean(inner)


@needs_html
def test_html_and_saved_pages(clean: Clean) -> None:
    page = (
        "From: <Saved by Blink>\r\nSubject: x\r\nDate: Tue, 2 Jan 2024 10:11:12 +0800\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n'
        f"Content-Transfer-Encoding: 8bit\r\n\r\n<html><body><p>一{SECRETS[0]}二</p>"
        '<img src="cid:SECRET@x"></body></html>\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <SECRET@x>\r\n\r\n\x00\r\n--b--\r\n'
    ).encode()
    assert kind_of(io.BytesIO(page), "page.mht") == "eml"
    out, _ = clean(page)
    html, picture = read(out).get_payload()
    assert "<p>一×二</p>" in html.get_content()
    assert f"cid:{picture['content-id'].strip('<>')}" in html.get_content()
    assert SECRETS[0] not in all_text(out)
    assert "SECRET" not in all_text(out)


LINES = st.sampled_from(
    [
        b"--a", b"--a--", b"--b", b"--b--", b"--a  ", b"", b"text", b"X: y", b" fold",
        b"Content-Type: multipart/mixed; boundary=a", b"Content-Type: multipart/digest; boundary=b",
        b"Content-Type: message/rfc822", b"Content-Type: text/plain",
    ]
)  # fmt: skip


@given(st.lists(LINES, max_size=30), st.sampled_from([b"\r\n", b"\n"]))
@draws(400)
def test_the_structure_is_as_the_parser_of_the_standard_library_reads_it(lines: list[bytes], eol: bytes) -> None:
    data = eol.join(lines)
    try:
        ours = parse(data)
    except FormatError:
        return

    def same(part: Part, theirs: Message) -> None:
        assert part.type == theirs.get_content_type()
        payload = theirs.get_payload()
        if part.children:
            assert isinstance(payload, list)
            for child, other in zip(part.children, payload, strict=True):
                same(child, other)
        elif part.is_leaf:
            text = "".join(p.as_string() for p in payload) if isinstance(payload, list) else payload
            assert data[slice(*part.body)].decode().split() == text.split()

    same(ours, email.message_from_bytes(data))


@given(
    st.lists(st.sampled_from(["a", "b c", "张三", "李 四", "=?utf-8?b?5byg?=", '"q w"', "<x@y>", "\r\n "]), max_size=8),
    st.data(),
)
@draws(300)
def test_edits_of_headers_are_read_back(parts: list[str], data: st.DataObject) -> None:
    found = pieces(" ".join(parts).encode())
    text = seen(found)
    assert b"".join(piece.raw for piece in found) == " ".join(parts).encode()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 3)))
    if start == end or '"' in text or "<" in text:
        return
    want = text[:start] + "×" + text[end:]
    assert seen(pieces(edited(found, [Edit(start, end, "×", "PERSON", "r")], b"\r\n", address=False))) == want


@given(st.binary(max_size=300), st.sampled_from([b"\r\n", b"\n"]))
def test_quoted_printable_is_read_back(content: bytes, eol: bytes) -> None:
    import quopri

    written = quoted_printable(content, eol)
    assert all(len(line) <= 76 for line in written.split(eol))
    assert quopri.decodestring(written) == content


def test_f11_mutants_are_redacted_or_refused(clean: Clean) -> None:
    good = leaky()
    rng = random.Random(1)
    for _ in range(some(200)):
        data = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(max(1, len(data) - 1))
            match rng.randrange(4):
                case 0:
                    data[at : at + 1] = bytes((rng.randrange(256),))
                case 1:
                    data[at : at + rng.randrange(40)] = b""
                case 2:
                    data[at:at] = rng.choice([b"\r\n", b"--", b"=?", b"\r\n\r\n", rng.randbytes(5)])
                case _:
                    data[at:] = b""
        try:
            out, _ = clean(bytes(data))
        except RedactorError as error:
            assert "\n" not in str(error)  # noqa: PT017
            continue
        parse(out)


def recipients(number: int) -> bytes:
    folded = b",\r\n ".join(b"Zhang San <zhang%d@example.com>" % each for each in range(number))
    return b"From: a@example.com\r\nTo: " + folded + b"\r\nSubject: x\r\n\r\nhello\r\n"


def test_safety_c3_each_edit_of_a_folded_header_is_looked_at_once() -> None:
    """SAFETY-C3: the lines of code that edits take, counted, grow as the recipients do."""

    def steps(number: int) -> int:
        found = pieces(recipients(number))
        text = seen(found)
        edits = [Edit(at, at + 9, "×", "PERSON", "r") for at in (m.start() for m in re.finditer("Zhang San", text))]
        assert len(edits) == number
        count = 0

        def line(frame: object, event: str, arg: object) -> object:
            nonlocal count
            count += event == "line"
            return line

        before = sys.gettrace()
        sys.settrace(line)  # type: ignore[arg-type]
        try:
            out = edited(found, edits, b"\r\n", address=True)
        finally:
            sys.settrace(before)
        assert out.count(b"<zhang") == number
        assert b"Zhang" not in out
        return count

    small, large = steps(400), steps(800)
    assert large < 2.1 * small


def test_safety_c3_names_of_recipients_are_masked_in_one_way_through(clean: Clean) -> None:
    """SAFETY-C3: names, addresses and folds of one header; nothing of it is left, and it is read back."""
    out, _ = clean(recipients(500))
    assert b"Zhang" not in out
    assert b"example.com" not in out
    again, _ = clean(out)
    assert again == out
