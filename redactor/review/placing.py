"""Decisions found again in another state of a document, by their fingerprints: the value first, then what stands around it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from redactor.model import Decided
from redactor.review.decisions import Entry, Place
from redactor.review.fingerprints import CONTEXTS, Fingerprints, value_of

SURE: Final = 4
"""Of six contexts, how many must be the same for a place to be known again."""
LIKELY: Final = 2
"""How many make a place that no rule has found worth asking about."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where decisions are in a document.

    `decided`: what is sure, and the safe side of what is not. `met`: all places that a decision, or a finding that nobody had decided on,
    was found again at. `asked`: places of the document where a decision may be meant, or not: they are masked. `gone`: how many places
    of decisions are no longer there.
    """

    decided: dict[int, Decided]
    met: frozenset[Place]
    asked: tuple[Place, ...] = ()
    gone: int = 0


def at_their_places(entries: Iterable[Entry], texts: Sequence[str] = ()) -> Placed:
    """Decisions in the document that they were made on. `texts`: of its flows; needed only where one value is another form of another."""
    found = _Found([])
    for entry in entries:
        for place in entry.places:
            found.take(entry, place)
    return found.placed(texts)


def found_again(entries: Sequence[Entry], flows: Sequence[str], items: Iterable[Place], marks: Fingerprints) -> Placed:
    """Decisions in another document, or another state of it. `items`: what the rules find there, doubtful and protected places included."""
    text = _Text(flows, marks)
    text.offer(items)
    wanted: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.places:
            wanted[entry.value].append(entry)
    text.look_for(
        {
            (value, end - start)
            for value, own in wanted.items()
            for entry in own
            if entry.action in ("mask", "keep", "later")
            for _, start, end in entry.places
        }
    )
    groups = [_Group.of(own, text.candidates(value), text) for value, own in wanted.items()]
    found = _Found([len(flow) for flow in flows])
    for group in groups:
        group.take_sure(found)
    for group in groups:
        group.take_rest(found, text.is_item)
    return found.placed(flows)


@dataclass
class _Found:
    """Collects where decisions are. `sizes`: of the flows, in code points; none where nothing is to be looked for."""

    sizes: Sequence[int]
    kept: dict[int, set[tuple[int, int]]] = field(default_factory=lambda: defaultdict(set))
    masked: dict[int, dict[tuple[int, int], str]] = field(default_factory=lambda: defaultdict(dict))
    met: set[Place] = field(default_factory=set)
    asked: list[Place] = field(default_factory=list)
    gone: int = 0
    same: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    """Places of forms of one value, by the fingerprint of the one whose label they get; its own place comes first."""
    marks: list[bytearray] = field(init=False)

    def __post_init__(self) -> None:
        self.marks = [bytearray(size) for size in self.sizes]

    def is_free(self, place: Place) -> bool:
        """Whether no decision touches a place yet."""
        flow, start, end = place
        return self.marks[flow].find(1, start, end) < 0

    def take(self, entry: Entry, place: Place) -> None:
        """A decision holds at a place."""
        flow, start, end = place
        self._meet(place)
        if entry.action == "keep":
            self.kept[flow].add((start, end))
        elif entry.action == "mask":
            self._mask(entry, place)

    def known(self, place: Place | None) -> None:
        """What stands at a place stood in the document before."""
        if place:
            self._meet(place)

    def ask(self, entry: Entry, place: Place) -> None:
        """A decision may hold at a place: the safe side is taken."""
        self._meet(place)
        self.asked.append(place)
        self._mask(entry, place)

    def _mask(self, entry: Entry, place: Place) -> None:
        flow, start, end = place
        self.masked[flow][start, end] = entry.entity or "PERSON"
        if entry.same:
            places = self.same[entry.same]
            places.insert(0 if entry.value == entry.same else len(places), place)

    def _meet(self, place: Place) -> None:
        flow, start, end = place
        self.met.add(place)
        if self.marks:
            self.marks[flow][start:end] = b"\1" * (end - start)

    def placed(self, texts: Sequence[str]) -> Placed:
        same: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
        for places in self.same.values() if texts else ():
            own, low, high = places[0]
            for flow, start, end in places:
                same[flow].append((start, end, texts[own][low:high]))
        decided = {
            flow: Decided(
                tuple(sorted(self.kept[flow])),
                tuple(sorted((*span, entity) for span, entity in self.masked[flow].items())),
                tuple(sorted(same[flow])),
            )
            for flow in sorted({*self.kept, *self.masked})
        }
        return Placed(decided, frozenset(self.met), tuple(sorted(self.asked)), self.gone)


class _Text:
    """The texts of a document, in which values are looked for by their fingerprints."""

    def __init__(self, flows: Sequence[str], marks: Fingerprints) -> None:
        self._flows = flows
        self._marks = marks
        self._by_value: dict[str, set[Place]] = defaultdict(set)
        self._items: set[Place] = set()
        self._contexts: dict[Place, tuple[str, ...]] = {}

    def offer(self, items: Iterable[Place]) -> None:
        """Places that are worth comparing."""
        for place in items:
            flow, start, end = place
            self._by_value[self._marks.value(self._flows[flow][start:end])].add(place)
            self._items.add(place)

    def look_for(self, wanted: Iterable[tuple[str, int]]) -> None:
        """Find values that may stand where no rule finds anything, each in as many code points as it had."""
        by_length: dict[int, set[str]] = defaultdict(set)
        for value, length in wanted:
            by_length[length].add(value)
        for flow, text in enumerate(self._flows):
            folds = _folding(text)
            for length, values in by_length.items():
                known: dict[str, str] = {}
                for start in range(len(text) - length + 1):
                    end = start + length
                    window = text[start:end]
                    if window not in known:
                        folded = value_of(window) if folds.find(1, start, end) >= 0 else window
                        known[window] = self._marks.of("value", folded)
                    if known[window] in values:
                        self._by_value[known[window]].add((flow, start, end))

    def candidates(self, value: str) -> list[Place]:
        """Where a value stands, in order of place."""
        return sorted(self._by_value.get(value, ()))

    def is_item(self, place: Place) -> bool:
        """Whether rules find something there."""
        return place in self._items

    def agreement(self, contexts: Sequence[str], place: Place) -> int:
        """How many of the contexts of a decision are those of a place."""
        if place not in self._contexts:
            flow, start, end = place
            self._contexts[place] = self._marks.contexts(self._flows[flow], start, end)
        return sum(one == other for one, other in zip(contexts, self._contexts[place], strict=True))


@dataclass(frozen=True, slots=True)
class _Old:
    """A place that something was decided of."""

    entry: Entry
    contexts: tuple[str, ...]

    @property
    def word(self) -> tuple[str, str, str]:
        """What was decided: where it is the same, it does not matter which place is which."""
        return self.entry.action, self.entry.entity if self.entry.action == "mask" else "", self.entry.same


@dataclass
class _Group:
    """The places of all decisions on one value, and those at which it stands now.

    `scores`: how well each of the old places agrees with each of the new ones. `left`: numbers of old places that were not found again yet.
    """

    olds: Sequence[_Old]
    candidates: Sequence[Place]
    scores: Sequence[Sequence[int]]
    left: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, entries: Sequence[Entry], candidates: Sequence[Place], text: _Text) -> _Group:
        """Those of some decisions on one value."""
        places = [
            (place, _Old(entry, contexts))
            for entry in entries
            for place, contexts in zip(entry.places, entry.contexts, strict=True)
        ]
        olds = [old for _, old in sorted(places, key=lambda pair: pair[0])]
        return cls(olds, candidates, [[text.agreement(old.contexts, place) for place in candidates] for old in olds])

    def take_sure(self, found: _Found) -> None:
        """Take the decisions of which it is sure where they are."""
        pairs = self._pairs()
        by_new = {new: old for old, new in pairs.items()}
        self.left = [old for old in range(len(self.olds)) if old not in pairs]
        for old, new in pairs.items():
            if self._is_sure(old, new, pairs, by_new):
                found.take(self.olds[old].entry, self.candidates[new])
            else:
                self.left.append(old)

    def take_rest(self, found: _Found, is_item: Callable[[Place], bool]) -> None:
        """Ask about the others where the value still stands, and mask it wherever it stands if that was decided of the value."""
        for old in sorted(self.left):
            entry, scores = self.olds[old].entry, self.scores[old]
            free = [
                (score, place)
                for score, place in zip(scores, self.candidates, strict=True)
                if found.is_free(place) and (score >= LIKELY or is_item(place))
            ]
            best = max(free, key=lambda pair: pair[0])[1] if free else None
            if entry.action == "open":  # masked now as it was then
                found.known(best)
            elif best:
                found.ask(entry, best)
            else:
                found.gone += 1
        for each in self.olds:
            if each.entry.action == "mask" and each.entry.scope != "place":
                for place in filter(found.is_free, self.candidates):
                    found.take(each.entry, place)

    def _pairs(self) -> dict[int, int]:
        """Old and new places that agree well enough: the best first, and of those that agree alike, the ones that stand in the same order."""
        order = sorted(
            (
                (-score, abs(old - new), old, new)
                for old, scores in enumerate(self.scores)
                for new, score in enumerate(scores)
                if score >= SURE
            ),
        )
        pairs: dict[int, int] = {}
        taken: set[int] = set()
        for _, _, old, new in order:
            if old not in pairs and new not in taken:
                pairs[old] = new
                taken.add(new)
        return pairs

    def _is_sure(self, old: int, new: int, pairs: Mapping[int, int], by_new: Mapping[int, int]) -> bool:
        """Whether no other place could be meant as well, or what was decided of the other is the same.

        What goes better with another one is no rival. Places with the very same surroundings are told by their order, if none came or went.
        """
        score = self.scores[old][new]
        news = [
            other
            for other, rival in enumerate(self.scores[old])
            if rival >= score and not (other in by_new and self.scores[by_new[other]][other] > rival)
        ]
        olds = [
            other
            for other, scores in enumerate(self.scores)
            if scores[new] >= score and not (other in pairs and scores[pairs[other]] > scores[new])
        ]
        if len({self.olds[other].word for other in olds}) == 1:
            return len(news) <= len(olds) or self.olds[old].entry.action != "keep"
        return score == CONTEXTS and len(news) == len(olds)


def _folding(text: str) -> bytearray:
    """Marks the characters of a text that are not compared as they are."""
    return bytearray(value_of(sign) != sign for sign in text)
