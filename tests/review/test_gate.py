"""The gate over a real socket: what gets in, what does not, and what every answer says to the browser."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
import webbrowser
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import regex

import redactor
from redactor.review.gate import HEADERS
from redactor.review.server import Doorstep, Served
from tests.review.serving import ask, desk_of, enter, served

TEXT = "请王建国同志牵头。\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    file = tmp_path_factory.mktemp("gate") / "note.txt"
    file.write_text(TEXT, "utf-8")
    with served(desk_of(file)) as running:
        yield running


@pytest.fixture(scope="module")
def cookie(server: Served) -> dict[str, str]:
    return enter(server)


def posting(server: Served, cookie: dict[str, str]) -> dict[str, str]:
    return cookie | {"Content-Type": "application/json", "X-Redactor": server.gate.csrf}


@pytest.mark.parametrize("path", ["/", "/app.js", "/api/session", "/api/doc/0", "/nothing", "/../gate.py", "/%2e%2e/x"])
def test_nothing_without_the_cookie(server: Served, path: str) -> None:
    assert ask(server, path)[0] == 401
    assert ask(server, path, headers={"Cookie": f"redactor-{server.gate.port}=guess"})[0] == 401


def test_the_token_lets_one_in_once(server: Served, cookie: dict[str, str]) -> None:
    status, _, body = ask(server, f"/?token={server.gate.token}")
    assert (status, body.count("\n")) == (401, 0)
    assert ask(server, "/", headers=cookie)[0] == 200


def test_the_first_answer_is_no_redirect_and_the_cookie_is_strict(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    with served(desk_of(tmp_path / "a.txt")) as other:
        assert ask(other, "/?token=guess")[0] == 401
        assert ask(other, f"/x?token={other.gate.token}")[0] == 401
        assert ask(other, f"/?token={other.gate.token}", "POST", body="{}")[0] == 401
        status, headers, body = ask(other, f"/?token={other.gate.token}", headers={"Sec-Fetch-Site": "cross-site"})
        assert status == 200
        assert headers["set-cookie"].endswith("; HttpOnly; SameSite=Strict; Path=/")
        assert 'http-equiv="refresh" content="0;url=/"' in body


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "evil.example", "127.0.0.1.evil.example:{port}", "[::1]:{port}", "127.0.0.1:1"]
)
def test_other_hosts_are_misdirected(server: Served, cookie: dict[str, str], host: str) -> None:
    assert ask(server, "/", headers=cookie | {"Host": host.format(port=server.gate.port)})[0] == 421


def test_both_names_of_this_machine_are_taken(server: Served, cookie: dict[str, str]) -> None:
    assert ask(server, "/", headers=cookie | {"Host": f"localhost:{server.gate.port}"})[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
def test_other_sites_are_refused(server: Served, cookie: dict[str, str], headers: dict[str, str]) -> None:
    assert ask(server, "/api/session", headers=cookie | headers)[0] == 403


def test_the_page_itself_is_answered(server: Served, cookie: dict[str, str]) -> None:
    own = {"Sec-Fetch-Site": "same-origin", "Origin": f"http://127.0.0.1:{server.gate.port}"}
    assert ask(server, "/api/session", headers=cookie | own)[0] == 200
    assert ask(server, "/", "HEAD", headers=cookie)[2] == ""


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_refused(server: Served, cookie: dict[str, str], method: str) -> None:
    assert ask(server, "/", method, headers=cookie)[0] == 405


@pytest.mark.parametrize(
    "change",
    [
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "text/plain"},
        {"X-Redactor": "guess"},
        {"X-Redactor": ""},
    ],
)
def test_a_form_of_another_page_changes_nothing(server: Served, cookie: dict[str, str], change: dict[str, str]) -> None:
    assert ask(server, "/api/undo", "POST", posting(server, cookie) | change, "{}")[0] == 403


def test_too_much_is_refused(server: Served, cookie: dict[str, str]) -> None:
    assert ask(server, "/api/find", "POST", posting(server, cookie), json.dumps({"text": "a" * (1 << 20)}))[0] == 413
    many = {f"X-{number}": "1" for number in range(70)}
    assert ask(server, "/", headers=cookie | many)[0] == 431
    chunked = {"Transfer-Encoding": "chunked"}
    assert ask(server, "/api/undo", "POST", posting(server, cookie) | chunked)[0] == 413


@pytest.mark.parametrize("path", ["/", "/api/session", "/api/nothing", "/icon.svg"])
@pytest.mark.parametrize("inside", [True, False])
def test_every_answer_says_what_browsers_may_do_with_it(
    server: Served, cookie: dict[str, str], path: str, inside: bool
) -> None:
    _, headers, _ = ask(server, path, headers=cookie if inside else {})
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert not [name for name in headers if name.startswith("access-control")]


def test_the_text_is_in_no_page_but_in_answers_of_json(server: Served, cookie: dict[str, str]) -> None:
    page = ask(server, "/", headers=cookie)[2]
    assert server.gate.csrf in page
    assert "王建国" not in page
    status, headers, body = ask(server, "/api/doc/0/part/0", headers=cookie)
    assert (status, headers["content-type"]) == (200, "application/json")
    assert "王建国" in body


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("decide", "[]", 400),
        ("decide", "{", 400),
        ("decide", '{"doc": 7, "version": 0}', 422),
        ("decide", '{"doc": "0", "version": 0}', 400),
        ("decide", '{"doc": 0, "version": 99}', 409),
        ("decide", '{"doc": 0, "version": 0, "items": ["0-0-99"], "action": "mask", "scope": "value"}', 422),
        ("add", '{"doc": 0, "version": 0, "spans": [{"paragraph": "0", "start": 0, "end_paragraph": "9", "end": 2}]}', 422),
        ("span", '{"doc": 0, "version": 0, "item": "0-1-4", "left": "x", "right": 0}', 400),
        ("policy", '{"doc": 0, "version": 0, "policy": "../x"}', 422),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(
    server: Served, cookie: dict[str, str], name: str, body: str, status: int
) -> None:
    answer = ask(server, f"/api/{name}", "POST", posting(server, cookie), body)
    assert (answer[0], list(json.loads(answer[2]))) == (status, ["error"])


def test_it_ends_when_nothing_is_done(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    with served(desk_of(tmp_path / "a.txt"), idle=0.2) as other:
        for _ in range(600):
            if other.listening.fileno() < 0:
                break
            __import__("time").sleep(0.05)
        with pytest.raises(OSError):  # noqa: PT011 # refused or reset
            ask(other)


def test_the_page_is_opened_as_on_windows(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the standard library's `webbrowser`, whatever browser that finds; no process is begun by a fork."""
    for source in (Path(redactor.__file__).parent / "review").glob("*.py"):
        assert not regex.search(r"os\.fork|\"fork\"|SIGKILL", source.read_text("utf-8")), source
    asked: list[str] = []
    for there in (True, False):
        monkeypatch.setattr(webbrowser, "open", lambda url, there=there: asked.append(url) or there)
        monkeypatch.setattr(server.gate, "used", False)
        with closing(Doorstep(server)) as step:
            assert step.open() is there
            file = Path(urllib.request.url2pathname(urllib.parse.urlsplit(asked[-1]).path))
            assert server.gate.token not in asked[-1]
            assert not there or server.gate.token in file.read_text("utf-8")
        assert not file.exists()
