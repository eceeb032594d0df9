"""Which of the user's terms occur in a file, and where one only seems to: a term that occurs nowhere is most likely misspelt."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from redactor.language import say
from redactor.model import Edit
from redactor.text.fold import View, plain_view, scalars
from redactor.text.runs import inside_run

MOST: Final = 1_000
"""Terms that are looked for; of longer lists nobody expects that each occurs."""


class Terms:
    """Looks for terms, as they are written and as they read. `keep`, `mask`: what is to be done with them."""

    def __init__(self, keep: Iterable[str], mask: Iterable[str]) -> None:
        self._masked = frozenset(mask) - {""}
        given = sorted(self._masked.union(keep) - {""})
        self.found: frozenset[str] | None = frozenset() if len(given) <= MOST else None
        """The terms that occur; None when nobody has looked."""
        self.inside = 0
        """Places where a term to mask stands inside a longer word or number, so that it is none there, and stays."""
        read = [(form, term) for term in given for form in dict.fromkeys((plain_view(term).text, term)) if form]
        self._terms = tuple(term for _, term in read) if self.found is not None else ()
        self._automaton = AhoCorasick([scalars(form) for form, _ in read], matchkind=MatchKind.Standard)

    def __bool__(self) -> bool:
        return bool(self._terms)

    def look(self, text: str, edits: Sequence[Edit]) -> None:
        """Look in another text of the file, of which edits are made."""
        if not self._terms or self.found is None:
            return
        seen: set[str] = set()
        missed: set[tuple[int, int]] = set()
        plain = plain_view(text)
        for view in (plain,) if plain.text == text else (plain, View(text)):
            for term, start, end in self._places(view):
                if not inside_run(view.text, start, end):
                    seen.add(term)
                elif term in self._masked:
                    missed.add(view.span(start, end))
        self.found |= seen
        starts = [edit.start for edit in edits]
        for first, last in missed:
            at = bisect_right(starts, first) - 1
            self.inside += at < 0 or edits[at].end < last

    def remarks(self) -> list[str]:
        """What is to be said of the file."""
        if not self.inside:
            return []
        told = say(
            "terms to mask stand inside longer words or numbers, which stay as the rules say: {number} place(s); give these whole",
            number=self.inside,
        )
        return [told]

    def _places(self, view: View) -> Iterator[tuple[str, int, int]]:
        for number, start, end in self._automaton.find_matches_as_indexes(scalars(view.text), overlapping=True):
            yield self._terms[number], start, end
