"""The server of the review page: on this machine only, for one browser, until it is idle for long or ended by Ctrl-C."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

import uvicorn

from redactor.language import because
from redactor.model import RedactorError
from redactor.parallel.worker import failing_writes
from redactor.review.gate import App, Gate

HOST: Final = "127.0.0.1"
_WAIT: Final = 30
"""Seconds that a connection may be silent."""
_LOOK: Final = 0.5
"""Seconds between two looks at whether the server has been idle for long."""
_OPENS: Final = (
    '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={url}"><title>redactor</title>'
)


@dataclass(frozen=True)
class Served:
    """A server that can be started: its gate, its address with the token in it, and the socket that it listens on."""

    gate: Gate
    listening: socket.socket

    @property
    def address(self) -> str:
        """The address that lets the first browser in which asks for it."""
        return f"http://{HOST}:{self.gate.port}/?token={self.gate.token}"

    def run(self, *, idle: float, opened: Callable[[], bool], told: Callable[[str], object]) -> None:
        """Serve until nothing was asked for `idle` seconds long, or until KeyboardInterrupt.

        `opened`: shows the page in a browser, and says whether it could; `told`: is given the address where it could not.
        """
        server = uvicorn.Server(_config(self.gate))
        watcher = threading.Thread(target=self._watch, args=(server, idle, opened, told), daemon=True)
        watcher.start()
        # uvicorn ends in order at a signal and then raises it again, which ends the command as any other.
        with failing_writes():
            server.run(sockets=[self.listening])

    def _watch(
        self, server: uvicorn.Server, idle: float, opened: Callable[[], bool], told: Callable[[str], object]
    ) -> None:
        pause = threading.Event()
        while not server.started and not server.should_exit:
            pause.wait(0.02)
        if not opened():
            told(self.address)
        while not server.should_exit:
            server.should_exit = monotonic() - self.gate.last_use > idle
            pause.wait(min(_LOOK, idle))


def listen(app: Callable[[str], App], port: int = 0) -> Served:
    """A server at a port of this machine; 0: any that is free. `app` makes what stands behind the gate, given its second secret."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise RedactorError("--port {port}: {reason}", port=port, reason=because(error)) from None
    gate = Gate(_nothing, listening.getsockname()[1])
    gate.app = app(gate.csrf)
    return Served(gate, listening)


class Doorstep:
    """A private file that takes a browser to the page, so that the token stands in no list of processes; it goes once it was used."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._folder = Path(tempfile.mkdtemp(prefix="redactor-review-"))  # 0700

    def open(self) -> bool:
        """Show the page in the user's browser; whether there is one."""
        file = self._folder / "open.html"
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(_OPENS.format(url=self._served.address), encoding="utf-8")
        with suppress(webbrowser.Error, OSError):
            if webbrowser.open(file.as_uri()):
                threading.Thread(target=self._until_used, daemon=True).start()
                return True
        self.close()
        return False

    def _until_used(self) -> None:
        pause = threading.Event()
        while not self._served.gate.used:
            pause.wait(_LOOK)
        self.close()

    def close(self) -> None:
        """Remove the file, used or not."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _config(gate: Gate) -> uvicorn.Config:
    return uvicorn.Config(
        gate,
        http="h11",
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=_WAIT,
        timeout_graceful_shutdown=1,
        limit_concurrency=64,
        h11_max_incomplete_event_size=16_384,
    )


async def _nothing(*_: object) -> None:
    raise RuntimeError("no application stands behind the gate")
