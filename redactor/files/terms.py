"""Which of the user's terms occur in a file: one that occurs nowhere is most likely misspelt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from redactor.text.fold import plain_view

MOST: Final = 1_000
"""Terms that are looked for; of longer lists nobody expects that each occurs."""


class Terms:
    """Looks for terms, as they are written and as they read, until each was found once."""

    def __init__(self, terms: Iterable[str]) -> None:
        given = frozenset(terms)
        self._missing = {term: plain_view(term).text for term in given} if len(given) <= MOST else {}
        self._found: set[str] | None = set() if len(given) <= MOST else None

    def __bool__(self) -> bool:
        return bool(self._missing or self._found)

    def look(self, text: str) -> None:
        """Look in another text of the file."""
        if self._missing and self._found is not None:
            folded = plain_view(text).text
            here = [term for term, read in self._missing.items() if term in text or read in folded]
            self._found.update(here)
            for term in here:
                del self._missing[term]

    @property
    def found(self) -> frozenset[str] | None:
        """The terms that occur; None when nobody has looked."""
        return None if self._found is None else frozenset(self._found)
