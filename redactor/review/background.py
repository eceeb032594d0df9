"""What goes on behind the page: the engine follows what is decided, and documents are read before somebody opens them.

Each is a thread that has the engine work in a process of its own, so that the page is answered meanwhile.
"""

from __future__ import annotations

import threading
from typing import Final

from redactor.files.failures import unexpected
from redactor.model import RedactorError
from redactor.review.desk import Desk
from redactor.review.session import Session

AHEAD: Final = 20_000_000
"""Code points of documents that are held; when there are more, the rest are read when somebody opens them."""


class Background:
    """The two threads of a desk, until `close`. `ahead`: whether documents are read before they are opened."""

    def __init__(self, desk: Desk, *, ahead: bool = True) -> None:
        self._desk = desk
        self._ends = False
        desk.followed = True
        works = (self._follow, self._read_ahead) if ahead else (self._follow,)
        self._threads = [threading.Thread(target=work, daemon=True) for work in works]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Have both end; neither is waited for: what they do is in memory alone."""
        with self._desk.lock:
            self._ends = True
            self._desk.lock.notify_all()

    def _follow(self) -> None:
        while session := self._behind():
            with self._desk.lock:
                number, decisions = session.asked()
            try:
                answer = session.answered(decisions)
                with self._desk.lock:
                    session.settle(number, answer)
            except Exception as error:
                # A fault of the program: it is told, and the desk stays of use.
                with self._desk.lock:
                    session.settle(number, unexpected(error))
            with self._desk.lock:
                self._desk.lock.notify_all()

    def _behind(self) -> Session | None:
        """A review whose result is not what comes of what is decided; waits until there is one. None: the end."""
        with self._desk.lock:
            while not self._ends:
                for sheet in self._desk.sheets:
                    if sheet.session and sheet.session.behind:
                        return sheet.session
                self._desk.lock.wait()
        return None

    def _read_ahead(self) -> None:
        size = 0
        for sheet in self._desk.sheets:
            if self._ends or size > AHEAD:
                return
            try:
                self._desk.open(sheet)
            except (RedactorError, OSError):
                continue  # the list of documents says why
            except Exception as error:
                sheet.error = unexpected(error)
                continue
            if review := self._desk.whole(sheet):
                size += review.page.size
