"""What a person has decided of the texts of a document, given to the texts that it was decided of.

A format may read a text only because of what became of another one: a cell that holds no value is read as text, a sheet's chart says what its
cells say. Then decisions change which texts come, and in what order. So a text is known by what it says; by its number alone only where
nothing more is known.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final

from redactor.model import UNDECIDED, Decided, Span

MOST: Final = 20_000
"""Code points of a text that is compared with another one, sign by sign."""


class DecidedTexts(dict[int, Decided]):
    """Decisions by the number of a text, and the texts of the document as they come when nothing is decided."""

    def __init__(self, decided: Mapping[int, Decided], texts: Iterable[str]) -> None:
        super().__init__(decided)
        self.texts = tuple(texts)


class Given:
    """Gives decisions to texts as they come. `numbers`: those of the texts that were given theirs and are still to be told of."""

    def __init__(self, decisions: Mapping[int, Decided]) -> None:
        self._decisions = decisions
        self._texts: Sequence[str] | None = decisions.texts if isinstance(decisions, DecidedTexts) else None
        self._waiting: dict[str, deque[int]] = defaultdict(deque)
        for number, text in enumerate(self._texts or ()):
            self._waiting[text].append(number)
        self._next = 0
        self._numbers: deque[int | None] = deque()

    def of(self, text: str) -> Decided:
        """What was decided of the text that comes next."""
        number, same = self._number(text)
        self._numbers.append(number)
        decided = UNDECIDED if number is None else self._decisions.get(number, UNDECIDED)
        if same or not decided or number is None or self._texts is None:
            return decided
        return _moved(decided, self._texts[number], text)

    def told(self) -> int | None:
        """The number of the text that is told of next, in the order in which they came; None: it would not come if nothing were decided."""
        return self._numbers.popleft()

    def _number(self, text: str) -> tuple[int | None, bool]:
        """The number of a text, and whether it says what it did."""
        if self._texts is None:
            self._next += 1
            return self._next - 1, True
        own = self._waiting.get(text)
        while own and own[0] < self._next - 1 and len(own) > 1:
            own.popleft()
        if own:
            number = own.popleft()
            self._next = number + 1
            return number, True
        # What was decided elsewhere has changed it: it stands where it stood.
        number = self._next
        if number < len(self._texts) and _alike(self._texts[number], text):
            self._waiting[self._texts[number]].remove(number)
            self._next += 1
            return number, False
        return None, False


def _alike(one: str, other: str) -> bool:
    return max(len(one), len(other)) <= MOST and SequenceMatcher(None, one, other, autojunk=False).quick_ratio() > 0.5


def _moved(decided: Decided, before: str, after: str) -> Decided:
    """Decisions on a text as it was, on what of it is the same now."""
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()

    def places(start: int, end: int) -> Iterator[Span]:
        for at, to, size in blocks:
            low, high = max(start, at), min(end, at + size)
            if low < high:
                yield low - at + to, high - at + to

    return Decided(
        # Half of what was kept may be something else.
        tuple(span for start, end in decided.kept for span in places(start, end) if span[1] - span[0] == end - start),
        tuple((*span, entity) for start, end, entity in decided.masked for span in places(start, end)),
        tuple((*span, form) for start, end, form in decided.same for span in places(start, end)),
    )
