"""The second voice on pages that are looked through one after the other: who asks of one is told of those to come as well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from redactor.detect.boilerplate.page import Shown, Voice, Voter

AT_A_TIME: Final = 16
"""So many pages are read at a time: most of what a look costs does not depend on how many lines it goes over."""


class Ahead:
    """What a voter says of some pages. Pages that nobody has asked of, up to the first that somebody does, are not read."""

    def __init__(self, voter: Voter, pages: Sequence[Shown]) -> None:
        self._voter, self._pages = voter, pages
        self._known: dict[int, Iterable[float]] = {}

    def voice(self, number: int) -> Voice:
        """The voter on one of the pages, and on what is left of it later on."""
        return partial(self._votes, number)

    def _votes(self, number: int, lines: Sequence[str]) -> Iterable[float]:
        own, head, tail = self._pages[number]
        if lines != own:
            return self._voter([(lines, head, tail)])[0]
        if number not in self._known:
            self._known = dict(enumerate(self._voter(self._pages[number:]), number))
        return self._known[number]
