"""Which of the user's terms occur in a file, and where one only seems to: a term that occurs nowhere is most likely misspelt."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from redactor.language import say
from redactor.model import Edit, Span
from redactor.ruleset.user import spread
from redactor.text.fold import View, plain_view, scalars
from redactor.text.runs import inside_run

MOST: Final = 1_000
"""Terms that are looked for; of longer lists nobody expects that each occurs."""


_LATIN: Final = re.compile("[A-Za-z]{2}")
"""What a term has whose letters may be capital or small; a single letter says nothing."""


def _small(text: str) -> str:
    """The text with small letters for capital ones, each in its place."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(char.lower()[:1] for char in text)


class Terms:
    """Looks for terms, as they are written and as they read. `keep`, `mask`: what is to be done with them."""

    def __init__(self, keep: Iterable[str], mask: Iterable[str]) -> None:
        self._masked = frozenset(mask) - {""}
        given = sorted(self._masked.union(keep) - {""})
        self.found: frozenset[str] | None = frozenset() if len(given) <= MOST else None
        """The terms that occur; None when nobody has looked."""
        self.inside = 0
        """Places where a term to mask stands inside a longer word or number, so that it is none there, and stays."""
        self.cased = 0
        """Places where one stands in other letters, capital or small (ZHANG for Zhang), and stays."""
        read = [(form, term) for term in given for form in dict.fromkeys((plain_view(term).text, term)) if form]
        read += [(form, term) for term in given if term in self._masked for form in spread(term)]
        self._terms = tuple(term for _, term in read) if self.found is not None else ()
        self._automaton = AhoCorasick([scalars(form) for form, _ in read], matchkind=MatchKind.Standard)
        letters = {form for form in map(_small, self._masked if self._terms else ()) if _LATIN.search(form)}
        self._letters = (
            AhoCorasick(sorted(map(scalars, letters)), matchkind=MatchKind.LeftmostLongest) if letters else None
        )

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
        if self._letters:
            self.cased += sum(1 for _ in self._in_other_letters(plain, edits, starts))

    def _in_other_letters(self, view: View, edits: Sequence[Edit], starts: Sequence[int]) -> Iterator[Span]:
        """Where terms to mask stand in other letters than they were given in, and nothing is edited."""
        assert self._letters
        text = scalars(view.text)
        for _, start, end in self._letters.find_matches_as_indexes(_small(text)):
            if text[start:end] in self._masked or inside_run(text, start, end):
                continue
            first, last = view.span(start, end)
            at = bisect_right(starts, first) - 1
            if at < 0 or edits[at].end < last:
                yield first, last

    def remarks(self) -> list[str]:
        """What is to be said of the file."""
        told = []
        if self.inside:
            told.append(
                say(
                    "terms to mask stand inside longer words or numbers, which stay as the rules say: {number} place(s); give these whole",
                    number=self.inside,
                )
            )
        if self.cased:
            told.append(
                say(
                    "terms to mask stand in other letters, capital or small, and stay: {number} place(s); give these too",
                    number=self.cased,
                )
            )
        return told

    def _places(self, view: View) -> Iterator[tuple[str, int, int]]:
        for number, start, end in self._automaton.find_matches_as_indexes(scalars(view.text), overlapping=True):
            yield self._terms[number], start, end
