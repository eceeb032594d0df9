"""Review servers for tests, in threads of this process, and the headless browser that looks at them."""

from __future__ import annotations

import http.client
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redactor.formats.options import Options
from redactor.review.app import behind
from redactor.review.background import Background
from redactor.review.desk import Desk, laid_out
from redactor.review.server import Served, listen
from redactor.review.sheet import Wanted
from tests.conftest import made

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def desk_of(*sources: Path, policy: str = "publish", **more: Any) -> Desk:
    """A desk with these files on it; results go beside them."""
    wanted = [Wanted(each, each.with_name(f"{each.stem}.redacted{each.suffix}")) for each in sources]
    return laid_out(wanted, made(policy), options=Options(), by="tester", **more)


@contextmanager
def served(desk: Desk, idle: float = 300) -> Iterator[Served]:
    """A server over a desk, ended with the block."""
    server = listen(behind(desk))
    background = Background(desk)
    ready = threading.Event()

    def opened() -> bool:
        ready.set()
        return True

    thread = threading.Thread(target=lambda: server.run(idle=idle, opened=opened, told=print), daemon=True)
    thread.start()
    assert ready.wait(60)
    try:
        yield server
    finally:
        server.gate.last_use = -1e9
        thread.join(60)
        background.close()
        server.listening.close()


def ask(
    server: Served,
    path: str = "/",
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: str | None = None,
) -> tuple[int, dict[str, str], str]:
    """Status, headers in small letters and body of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.gate.port, timeout=60)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        data = body.encode() if body is not None else b""
        sent = {"Host": f"127.0.0.1:{server.gate.port}"} | (headers or {})
        if body is not None:
            sent |= {"Content-Length": str(len(data))}
        for name, value in sent.items():
            connection.putheader(name, value)
        connection.endheaders(data or None)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
    finally:
        connection.close()


def enter(server: Served) -> dict[str, str]:
    """Bring the token, as a browser does; the cookie to send from then on."""
    status, headers, _ = ask(server, f"/?token={server.gate.token}", headers={"Sec-Fetch-Site": "cross-site"})
    assert status == 200
    return {"Cookie": headers["set-cookie"].partition(";")[0]}
