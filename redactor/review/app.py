"""What stands behind the gate: the page, and the questions that it asks. Texts of documents pass as JSON alone."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from redactor.files.failures import failure, unexpected
from redactor.language import LANGUAGES, say, use
from redactor.review import queue
from redactor.review.desk import Desk
from redactor.review.exports import from_desk, said_of
from redactor.review.gate import App
from redactor.review.roles import check_role
from redactor.review.session import Session, StaleError

_KINDS: Final = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
}
_MOMENT: Final = 1.0
"""Seconds that who asks for news waits for them."""
Answer = Callable[[Request], Awaitable[Response]]
Body = dict[str, Any]


def behind(desk: Desk) -> Callable[[str], App]:
    """Makes what stands behind the gate, given its second secret."""

    def made(csrf: str) -> App:
        return Starlette(routes=[*_static(csrf), *_asked(desk), *_done(desk)])

    return made


def _static(csrf: str) -> list[Route]:
    """The files of the page, read once: no path of a request is ever one of the disk."""
    home = files("redactor.review") / "static"
    names = [each.name for each in home.iterdir() if each.is_file()]
    contents = {f"/{name}": (home / name).read_bytes() for name in names}
    contents |= {f"/i18n/{name}.json": (home / "i18n" / f"{name}.json").read_bytes() for name in LANGUAGES}
    contents["/"] = contents.pop("/index.html").replace(b"{{csrf}}", csrf.encode())
    contents["/favicon.ico"] = contents["/icon.svg"]

    def route(path: str, content: bytes) -> Route:
        kind = _KINDS["html" if path == "/" else "svg" if path == "/favicon.ico" else path.rpartition(".")[2]]

        async def answer(_: Request) -> Response:
            return Response(content, headers={"content-type": kind})

        return Route(path, answer, methods=["GET"])

    return [route(path, content) for path, content in contents.items()]


def _asked(desk: Desk) -> list[Route]:
    """What changes nothing but the language."""

    def language(request: Request) -> Body:
        name = request.query_params.get("name", "")
        if name in LANGUAGES:
            use(name)
            for sheet in desk.sheets:
                if sheet.session:
                    sheet.session.say_again()
        return {}

    def versions(_: Request) -> Body:
        return {"serials": {sheet.number: sheet.session.page.serial for sheet in desk.sheets if sheet.session}}

    def news(request: Request) -> Body:
        """What has changed since; where the engine is at work, after a moment at most."""
        review, since = desk.review(request.path_params["d"]), int(request.query_params.get("since", "0"))
        if review.behind and review.page.serial <= since:
            desk.lock.wait(_MOMENT)
        return review.news(since)

    def check(request: Request) -> Body:
        points, counts = desk.check(request.path_params["d"])
        told = [{"id": each.id, "text": each.text, "must": each.must, "items": list(each.items)} for each in points]
        return {"points": told, "counts": counts}

    asked: dict[str, Callable[[Request], Body]] = {
        "/api/session": lambda _: desk.session(),
        "/api/version": versions,
        "/api/language": language,
        "/api/values": lambda _: queue.values(desk),
        "/api/doc/{d:int}": lambda request: desk.document(request.path_params["d"]),
        "/api/doc/{d:int}/news": news,
        "/api/doc/{d:int}/part/{i:int}": lambda request: {
            "paragraphs": desk.review(request.path_params["d"]).part(request.path_params["i"])
        },
        "/api/doc/{d:int}/values": lambda request: desk.review(request.path_params["d"]).page.values(
            int(request.query_params.get("page", "0"))
        ),
        "/api/doc/{d:int}/check": check,
        "/api/doc/{d:int}/columns": lambda request: {"columns": desk.review(request.path_params["d"]).columns},
        "/api/doc/{d:int}/elsewhere/{item}": lambda request: queue.elsewhere(
            desk, request.path_params["d"], request.path_params["item"]
        ).told(),
    }
    return [Route(path, _answering(desk, _no_body(ask)), methods=["GET"]) for path, ask in asked.items()]


def _no_body(ask: Callable[[Request], Body]) -> Callable[[Request, Body], Body]:
    return lambda request, _: ask(request)


_ACTS: Final[dict[str, Callable[[Session, Body], Body]]] = {
    "decide": lambda review, body: review.decide(
        _texts(body, "items"),
        _text(body, "action"),
        _text(body, "scope"),
        _text(body, "entity"),
        _text(body, "reason"),
        _text(body, "same"),
    ),
    "reason": lambda review, body: review.reason(_text(body, "item"), _text(body, "reason")),
    "add": lambda review, body: review.add(_spans(body), _text(body, "entity"), _text(body, "scope")),
    "span": lambda review, body: review.span(_text(body, "item"), _number(body, "left"), _number(body, "right")),
    "column": lambda review, body: review.decide_column(_text(body, "column"), _text(body, "action")),
    "undo": lambda review, _: review.undo(),
    "redo": lambda review, _: review.redo(),
    "read": lambda review, body: review.mark_read(int(each) for each in _texts(body, "paragraphs")),
}
"""What changes one document."""


def _done(desk: Desk) -> list[Route]:
    """What changes something: each names its document, and the version that the page had shown."""

    def on(act: Callable[[Session, Body], Body]) -> Callable[[Request, Body], Body]:
        def run(_: Request, body: Body) -> Body:
            review = desk.review(_number(body, "doc"))
            review.check_version(body.get("version"))
            since = body.get("since", review.page.serial)
            answer = act(review, body)
            # Besides what it has changed itself, what the engine has since the page heard last.
            return answer | review.news(since) if type(since) is int else answer

        return run

    def desked(act: Callable[[Body, int], Body]) -> Callable[[Request, Body], Body]:
        def run(_: Request, body: Body) -> Body:
            number = _number(body, "doc")
            desk.review(number).check_version(body.get("version"))
            return act(body, number)

        return run

    def find(_: Request, body: Body) -> Body:
        hits = desk.review(_number(body, "doc")).find(_text(body, "text")[:200])
        return {"hits": hits[:2000], "number": len(hits)}

    def export(_: Request, body: Body) -> Body:
        output, made = from_desk(desk, _text(body, "what"))
        return {"lines": [said_of(output, made), *made.notes]}

    def everywhere(_: Request, body: Body) -> Body:
        return queue.decide_everywhere(desk, _text(body, "value"), _text(body, "action")).told()

    done: dict[str, Callable[[Request, Body], Body]] = {name: on(act) for name, act in _ACTS.items()} | {
        "find": find,
        "finish": desked(
            lambda body, number: desk.finish(number, _texts(body, "seen"), context=body.get("context") is True)
        ),
        "policy": desked(lambda body, number: desk.choose_policy(number, _text(body, "policy"))),
        "carry": desked(lambda body, number: queue.decide_elsewhere(desk, number, _text(body, "item")).told()),
        "everywhere": everywhere,
        "export": export,
    }
    return [
        Route(f"/api/{name}", _answering(desk, _in_role(desk, name, act)), methods=["POST"])
        for name, act in done.items()
    ]


def _in_role(desk: Desk, name: str, act: Callable[[Request, Body], Body]) -> Callable[[Request, Body], Body]:
    def run(request: Request, body: Body) -> Body:
        check_role(desk.role, name, body)
        return act(request, body)

    return run


def _answering(desk: Desk, act: Callable[[Request, Body], Body]) -> Answer:
    """Answers by JSON; what the user can mend is said in one sentence."""

    async def answer(request: Request) -> Response:
        def work() -> Response:
            try:
                _opened(desk, request, body)
                with desk.lock:
                    return JSONResponse(act(request, body))
            except StaleError as error:
                return _refused(409, str(error))
            except (ValueError, KeyError, TypeError, RecursionError):
                return _refused(400, say("that can't be understood"))
            except Exception as error:
                known = failure(error, "")
                return _refused(422 if known else 500, str(known or unexpected(error)).removeprefix(": "))

        body: Body = {}
        if request.method == "POST":
            try:
                body = json.loads(await request.body())
            except (ValueError, RecursionError):
                body = {}
            if not isinstance(body, dict) or not body:
                return _refused(400, say("that can't be understood"))
        return await run_in_threadpool(work)

    return answer


def _opened(desk: Desk, request: Request, body: Body) -> None:
    """Read the document that is asked about, if it was not yet: others are answered meanwhile."""
    number = request.path_params.get("d", body.get("doc"))
    if type(number) is int:
        desk.open(desk.sheet(number))


def _refused(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status_code=status)


def _number(body: Body, name: str) -> int:
    value = body[name]
    if type(value) is not int:
        raise ValueError(name)
    return value


def _text(body: Body, name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise ValueError(name)
    return value


def _texts(body: Body, name: str) -> list[str]:
    value = body.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(name)
    return value


def _spans(body: Body) -> list[tuple[int, int, int, int]]:
    """Ranges of the original: paragraph and code point of either end."""
    if not isinstance(body["spans"], list):
        raise ValueError("spans")
    return [
        (int(_text(each, "paragraph")), _number(each, "start"), int(_text(each, "end_paragraph")), _number(each, "end"))
        for each in body["spans"]
    ]
