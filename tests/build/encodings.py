"""Ways in which a text may be spelt inside another one, and what is no text but looks like it."""

from __future__ import annotations

import base64
import binascii
import gzip
import hashlib
import random
import textwrap
import uuid
import zlib
from collections.abc import Callable, Iterator

Spell = Callable[[str], str]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def uu(data: bytes) -> str:
    lines = (binascii.b2a_uu(data[at : at + 45]).decode("ascii") for at in range(0, len(data), 45))
    return f"begin 644 note.txt\n{''.join(lines)}`\nend\n"


ONE_LINE: dict[str, Spell] = {
    "base64": lambda text: b64(text.encode()),
    "base64-unpadded": lambda text: b64(text.encode()).rstrip("="),
    "base64-of-addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64-gb18030": lambda text: b64(text.encode("gb18030")),
    "base64-utf-16": lambda text: b64(text.encode("utf-16")),
    "base64-utf-16-be": lambda text: b64(text.encode("utf-16-be")),
    "base64-gzip": lambda text: b64(gzip.compress(text.encode())),
    "base64-zlib": lambda text: b64(zlib.compress(text.encode(), 9)),
    "base64-deflate": lambda text: b64(zlib.compress(text.encode(), 9)[2:-4]),
    "base64-twice": lambda text: b64(b64(text.encode()).encode()),
    "base64-behind-a-word": lambda text: f"key_{base64.b64encode(text.encode()).decode()}",
    "hex": lambda text: text.encode().hex(),
    "hex-capitals": lambda text: text.encode().hex().upper(),
    "hex-spaced": lambda text: text.encode().hex(" "),
    "hex-0x": lambda text: f"0x{text.encode().hex()}",
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "percent-gbk": lambda text: "".join(f"%{byte:02x}" for byte in text.encode("gb18030")),
    "quoted-printable": lambda text: "".join(f"={byte:02X}" for byte in text.encode()),
    "backslash-u": lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    "backslash-x": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "data-address": lambda text: f"data:text/plain;charset=utf-8;base64,{b64(text.encode())}",
    "data-address-json": lambda text: f"data:application/json;base64,{b64(f'[1, {text}]'.encode())}",
    "encoded-word": lambda text: f"=?gb18030?B?{b64(text.encode('gb18030'))}?=",
}
"""Each spells a text in one line."""
LINES: dict[str, Spell] = {
    "base64-lines": lambda text: base64.encodebytes(text.encode()).decode("ascii"),
    "base64-quoted-lines": lambda text: textwrap.indent(base64.encodebytes(text.encode()).decode("ascii"), "> "),
    "base64-lines-crlf": lambda text: base64.encodebytes(text.encode()).decode("ascii").replace("\n", "\r\n"),
    "hex-lines": lambda text: "\n".join(textwrap.wrap(text.encode().hex(), 60)) + "\n",
    "uuencode": lambda text: uu(text.encode()),
    "armour": lambda text: (
        f"-----BEGIN NOTE-----\n{base64.encodebytes(text.encode()).decode('ascii')}-----END NOTE-----\n"
    ),
}
"""Each spells a text over lines."""


def no_texts(seed: int = 24) -> Iterator[tuple[str, str]]:
    """Names and examples of what holds no text, however it looks."""
    draw = random.Random(seed)

    def noise(size: int) -> bytes:
        return draw.randbytes(size)

    for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "sha3_256"):
        digest = hashlib.new(name, noise(9)).digest()
        yield name, digest.hex()
        yield f"{name}-capitals", digest.hex().upper()
        yield f"{name}-base64", b64(digest)
    for name in ("sha256", "sha384", "sha512"):
        yield f"integrity-{name}", f'integrity="{name}-{b64(hashlib.new(name, noise(9)).digest())}"'
    for size in (8, 12, 16, 18, 20, 24, 32, 48, 64, 128):
        yield f"token-{size}", base64.urlsafe_b64encode(noise(size)).decode("ascii").rstrip("=")
    yield "uuid", str(uuid.UUID(bytes=noise(16)))
    yield "uuid-bare", uuid.UUID(bytes=noise(16)).hex
    yield "git", f"commit {noise(20).hex()}"
    yield "git-index", f"index {noise(4).hex()[:7]}..{noise(4).hex()[:7]} 100644"
    yield "etag", f'ETag: W/"{noise(8).hex()}-{noise(6).hex()}"'
    yield "fingerprint", f"SHA256:{b64(noise(32)).rstrip('=')}"
    yield "fingerprint-colons", noise(20).hex(":")
    yield "mac-address", noise(6).hex("-")
    yield "ssh-key", f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{b64(noise(31)).rstrip('=')} a"
    yield "jwt-signature", f".{base64.urlsafe_b64encode(noise(32)).decode('ascii').rstrip('=')}"
    yield "session-cookie", f"sid=s%3A{base64.urlsafe_b64encode(noise(24)).decode('ascii').rstrip('=')}"
    yield "font", f"src:url(data:font/woff2;base64,{b64(b'wOF2' + noise(90))})"
    yield "camel-case", "getElementsByClassName,addEventListener,requestAnimationFrame,encodeURIComponent"
    yield "constants", "MAX_CONNECTIONS_PER_HOST,ERR_UNEXPECTED_END_OF_STREAM,XMLHttpRequestUpload"
    yield "minified", 'function e(t,n){var r=t.querySelectorAll("div.aB3dEf9");return n&&r.length>0x1f?r[0]:null}'
    yield (
        "paths",
        "/static/js/chunk-vendors.8c2f1e9a.js /usr/share/doc/libstdc++6/README.Debian node_modules/core-js/es",
    )
    yield "classes", "css-1q2w3e4r MuiButton-containedPrimary sc-bdVaJa ng-star-inserted _3xK9aB2c"
    yield "slug", "how-to-configure-a-reverse-proxy-with-nginx-on-debian-12"
    yield "package", "redactor_zh-0.1.0-cp311-cp311-manylinux_2_17_x86_64.whl"
    yield "colours", "#1a2b3c4d #ffeeddcc rgba(0,0,0,.5) linear-gradient(90deg,#abcdef12,#12345678)"
    yield "float", "3.141592653589793238462643383279 6.62607015e-34 0x1.921fb54442d18p+1"
    yield "viewstate", f"/wEP{b64(b'x' + noise(60))[4:]}"
    yield "video-id", "watch?v=dQw4w9WgXcQ&list=PLx0sYbCqOb8TBPRdmBHs5Iftvv9TPboYG"
    yield "amino-acids", "MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQAPILSRVGDGTQDNLSGAEKAVQVKVKALPDAQFEVV"
    yield "dna", "ACGTTGCAACGTTAGCCATGACGTTGCAACGTTAGCCATG"
    yield "polyline", "_p~iF~ps|U_ulLnnqC_mqNvxq`@"
    yield "words", "Internationalization Responsibilities Telecommunications counterrevolutionaries"
    yield "zeros", "A" * 64
    yield "bits", "0101" * 16
