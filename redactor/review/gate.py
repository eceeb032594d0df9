"""The gate before the review page: who may ask for anything, and what every answer says to the browser.

The page shows a text that nobody else may see, from a server on the user's own machine: other pages in the same browser, other users of
the machine and other machines must get nothing from it. Each request passes the checks in the order of `Gate.refusal`; an answer of any
kind carries `HEADERS`. Nothing of a request is ever part of an answer of the gate.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic
from typing import Any, Final
from urllib.parse import parse_qs

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS: Final = {
    "server": "redactor",
    "content-security-policy": CSP,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
LARGEST_BODY: Final = 1 << 20
MOST_HEADERS: Final = 64
PROOF: Final = "x-redactor"
"""The header in which a page of ours, and no other, says the second secret."""
QUIET: Final = "/api/version"
"""The path that open pages ask for by themselves every few seconds: it does not count as use."""
_SENTENCES: Final = {
    HTTPStatus.UNAUTHORIZED: "This address was used already, or was never given out: start `redactor review` again.",
    HTTPStatus.MISDIRECTED_REQUEST: "This is not the name of this server.",
}
_ENTRY: Final = (
    '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><title>redactor</title>'
)


@dataclass
class Gate:
    """The gate of a server at 127.0.0.1:`port`, before the application `app`.

    `token`: lets the browser that brings it first in, once. `csrf`: the second secret, which stands in the page alone.
    """

    app: App
    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    used: bool = False
    """Whether the token has been brought."""
    last_use: float = field(default_factory=monotonic)
    """When something was last asked for that a person does, by the clock of `monotonic`."""
    _cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, let the browser in, or hand the request on."""
        if scope["type"] != "http":
            raise RuntimeError("the review page is served by plain HTTP alone")
        headers = _headers(scope)
        status = self.refusal(scope, headers)
        if status is not None:
            await _answer(send, status, _SENTENCES.get(status, status.phrase).encode(), "text/plain; charset=utf-8")
        elif self._enters(scope):
            self.used = True
            cookie = f"{self._name}={self._cookie}; HttpOnly; SameSite=Strict; Path=/"
            # Not a redirect: one that began in a file is cross-site, and the browser would keep the strict cookie to itself.
            await _answer(send, HTTPStatus.OK, _ENTRY.encode(), "text/html; charset=utf-8", cookie)
        else:
            if scope["path"] != QUIET:
                self.last_use = monotonic()
            await self.app(scope, receive, _with_headers(send))

    def refusal(self, scope: Scope, headers: dict[str, list[str]]) -> HTTPStatus | None:
        """Why a request is not answered; None when it is. The order of the checks is part of what is tested."""
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return HTTPStatus.METHOD_NOT_ALLOWED
        if len(scope["headers"]) > MOST_HEADERS:
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        if headers.get("host") not in ([f"127.0.0.1:{self.port}"], [f"localhost:{self.port}"]):
            return HTTPStatus.MISDIRECTED_REQUEST
        enters = self._enters(scope)
        # The file that opens the page is another site to the browser: the token alone lets it in.
        if not enters and headers.get("sec-fetch-site", ["none"]) not in (["none"], ["same-origin"]):
            return HTTPStatus.FORBIDDEN
        if headers.get("origin", [self._origin(headers)]) != [self._origin(headers)]:
            return HTTPStatus.FORBIDDEN
        if enters:
            return None
        if not self._has_cookie(headers):
            return HTTPStatus.UNAUTHORIZED
        return self._refuses_post(headers) if scope["method"] == "POST" else None

    def _refuses_post(self, headers: dict[str, list[str]]) -> HTTPStatus | None:
        kind = headers.get("content-type", [""])[0].partition(";")[0].strip().lower()
        if kind != "application/json" or not _same(headers.get(PROOF, [""]), self.csrf):
            return HTTPStatus.FORBIDDEN
        length = headers.get("content-length", [""])
        told = len(length) == 1 and length[0].isascii() and length[0].isdigit() and "transfer-encoding" not in headers
        # What was told holds: the server reads no further.
        return None if told and int(length[0]) <= LARGEST_BODY else HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    def _enters(self, scope: Scope) -> bool:
        """Whether a request brings the token, for the first time."""
        if self.used or scope["method"] != "GET" or scope["path"] != "/" or not scope["query_string"]:
            return False
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        return list(asked) == ["token"] and _same(asked["token"], self.token)

    def _has_cookie(self, headers: dict[str, list[str]]) -> bool:
        pairs = [each.strip().partition("=") for line in headers.get("cookie", []) for each in line.split(";")]
        return _same([value for name, _, value in pairs if name == self._name], self._cookie)

    def _origin(self, headers: dict[str, list[str]]) -> str:
        return f"http://{headers['host'][0]}"

    @property
    def _name(self) -> str:
        # Cookies know no ports: two servers at a time must not take each other's.
        return f"redactor-{self.port}"


def _same(given: list[str], wanted: str) -> bool:
    """Whether exactly one value was given and is the one that is wanted, told in a time that says nothing of it."""
    return len(given) == 1 and hmac.compare_digest(given[0].encode(), wanted.encode())


def _headers(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _with_headers(send: Send) -> Send:
    """Answers with the headers that each must have, in the place of what the application says of the same names."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name.encode() for name in HEADERS}
            kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in own]
            message = {**message, "headers": [*kept, *_fixed()]}
        await send(message)

    return sent


def _fixed() -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in HEADERS.items()]


async def _answer(send: Send, status: HTTPStatus, body: bytes, kind: str, cookie: str = "") -> None:
    headers = [*_fixed(), (b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    if cookie:
        headers.append((b"set-cookie", cookie.encode()))
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})
