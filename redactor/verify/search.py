"""The search: what is found of the values, and what of it is explained by what the engine has seen and left."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from html import unescape
from typing import Final

import regex
from ahocorasick_rs import AhoCorasick

from redactor.text.fold import scalars
from redactor.text.runs import goes_on
from redactor.verify.folding import fold
from redactor.verify.ledger import Ledger, Sought
from redactor.verify.model import Blob, Check, CheckName, Leak, Piece, Verdict
from redactor.verify.needles import Needles

_AROUND: Final = 4
"""Characters on either side by which a place in the output is known for one that the engine has left."""
_TAG: Final = regex.compile(r"</?[A-Za-z!][^<>]{0,300}>")
_ESCAPE: Final = regex.compile(r"\\u\{?([0-9A-Fa-f]{4,6})\}?")
_TAGGED: Final = {0xE0000 + point: point for point in range(0x20, 0x7F)}
"""The characters of tags, which do not show, and what each stands for."""
_IN_TAGS: Final = regex.compile("[\U000e0020-\U000e007e]{2}")
_MOST_TOLD: Final = 20


class Search:
    """Searches pieces and bytes of one output, and says at the end what of it is a leak."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._values = ledger.values
        self._automaton = AhoCorasick([scalars(each.text) for each in self._values]) if self._values else None
        self._needles = Needles(self._values)
        self._counts: Counter[Sought] = Counter()
        self._places: dict[Sought, dict[tuple[Leak, str], None]] = defaultdict(dict)
        self._elsewhere: dict[Sought, dict[Leak, None]] = defaultdict(dict)

    def take(self, found: Iterable[Piece | Blob]) -> None:
        """Look at what a reader gives."""
        for each in found:
            if isinstance(each, Blob):
                for value, how in self._needles.found(each.data, read=each.read):
                    self._elsewhere[value][Leak(each.where, how)] = None
            elif each.again:
                for text in (each.text, *each.views):
                    for value, _ in self._found(fold(text), each.prose):
                        self._elsewhere[value][Leak(each.where, each.what)] = None
            else:
                self._read(each)

    def _read(self, piece: Piece) -> None:
        most: Counter[Sought] = Counter()
        for text in (piece.text, *piece.views, *_views(piece.text)):
            counts: Counter[Sought] = Counter()
            for value, around in self._found(fold(text), piece.prose):
                counts[value] += 1
                self._places[value][Leak(piece.where, piece.what), around] = None
            most |= counts
        self._counts.update(most)

    def _found(self, text: str, prose: bool) -> Iterator[tuple[Sought, str]]:
        """The values in a folded text, each with what is around it."""
        if self._automaton is None or not text:
            return
        text = f"\n{text}\n"
        for number, start, end in self._automaton.find_matches_as_indexes(scalars(text), overlapping=True):
            value = self._values[number]
            if (prose or value.everywhere) and not (value.bounded and _goes_on(text, start, end)):
                yield value, _around(text, start, end)

    def verdict(self) -> Verdict:
        """What has been found that nothing explains."""
        left, known = self._left()
        leaks: dict[CheckName, dict[Leak, None]] = {"gone": {}, "short": {}}
        for value, places in self._places.items():
            if self._counts[value] > left[value]:
                odd = [replace(leak, value=value.spelled) for leak, around in places if around not in known]
                leaks[value.check].update(dict.fromkeys(odd))
        for value, elsewhere in self._elsewhere.items():
            if not left[value]:
                leaks[value.check].update(dict.fromkeys(replace(leak, value=value.spelled) for leak in elsewhere))
        asked = Counter(value.check for value in self._values)
        return Verdict(tuple(Check(name, asked[name], tuple(told)[:_MOST_TOLD]) for name, told in leaks.items()))

    def _left(self) -> tuple[Counter[Sought], set[str]]:
        """How often each value that was found stands in what the engine has left, and what is around it there."""
        wanted = {*self._places, *self._elsewhere}
        counts: Counter[Sought] = Counter()
        known: set[str] = set()
        if wanted:
            for value, around in self._found(self._ledger.left, prose=True):
                if value in wanted:
                    counts[value] += 1
                    known.add(around)
        return counts, known


def _around(text: str, start: int, end: int) -> str:
    """A place with its neighbours, up to the ends of its line, which are part of it."""
    first = max(0, start - _AROUND)
    low = max(text.rfind("\n", first, start), first)
    stop = text.find("\n", end, end + _AROUND)
    return text[low : end + _AROUND if stop < 0 else stop + 1]


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether a word or number goes on beyond a span of it."""
    before, after = text[start - 1], text[end]
    if text[start].isdigit() and before in ".,":
        before = text[start - 2 : start - 1]
    if text[end - 1].isdigit() and after in ".,":
        after = text[end + 1 : end + 2]
    return goes_on(before, text[start]) or goes_on(text[end - 1], after)


def _views(text: str) -> Iterator[str]:
    """Other readings of a text: what its escapes stand for, and what is left without tags."""
    if "&" in text and (plain := unescape(text)) != text:
        yield plain
        if "<" in plain and "<" not in text:
            yield _TAG.sub("", plain)
    if "<" in text:
        yield unescape(_TAG.sub("", text))
    if not text.isascii() and _IN_TAGS.search(text):
        yield text.translate(_TAGGED)
    if "\\u" in text:
        yield _ESCAPE.sub(_unescaped, text)


def _unescaped(match: regex.Match[str]) -> str:
    point = int(match[1], 16)
    return chr(point) if point < 0x110000 else match[0]
