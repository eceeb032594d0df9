"""What was decided of a document's items, step by step: undone and done again without limit.

An item is known by its place and by its value. Of two decisions on the same place, or on the same value, the last one holds; one on a place
holds before one on its value, whichever came first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from redactor.review.values import Value

Action = Literal["mask", "keep", "later"]
"""What is decided: it goes, it stays, somebody else is to look."""
Scope = Literal["place", "value"]
Place = tuple[int, int, int]
"""A flow of the document, and the half-open range of its code points."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision. `entity`: what it is of, where that differs from what the rules say; else empty. `added`: no rule had proposed it.

    `same`: the place of the form of which this is another one, and whose label it gets; None: it is what it says.
    """

    action: Action
    entity: str = ""
    reason: str = ""
    by: str = ""
    added: bool = False
    same: Place | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a step does to one place or value: `after` takes the place of `before`; None: nothing is decided."""

    key: Place | Value
    before: Choice | None
    after: Choice | None


Step = tuple[Change, ...]


@dataclass
class History:
    """All steps so far, those that were undone included, and what holds now."""

    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)
    _now: dict[Place | Value, Choice] = field(default_factory=dict)

    @property
    def places(self) -> Mapping[Place, Choice]:
        """The decisions that hold on places."""
        return {key: choice for key, choice in self._now.items() if not isinstance(key, str)}

    @property
    def values(self) -> Mapping[Value, Choice]:
        """The decisions that hold on values."""
        return {key: choice for key, choice in self._now.items() if isinstance(key, str)}

    def holds(self, place: Place, value: Value) -> tuple[Choice, Scope] | None:
        """What was decided of the item at a place with a value, and for which of the two; None: nothing."""
        if choice := self._now.get(place):
            return choice, "place"
        if choice := self._now.get(value):
            return choice, "value"
        return None

    def take(self, wanted: Sequence[tuple[Place | Value, Choice | None]]) -> Step:
        """Make one step of some decisions; None takes back what was decided. What had been undone can't be done again after it."""
        step = tuple(self._changes(wanted))
        if step:
            self.done.append(step)
            self.undone.clear()
        return step

    def undo(self) -> Step:
        """Take back the last step; it is given, or nothing when there is none."""
        step = self._turned(self.done, self.undone)
        for change in reversed(step):
            self._set(change.key, change.before)
        return step

    def redo(self) -> Step:
        """Take the step that was undone last once more; it is given, or nothing when there is none."""
        step = self._turned(self.undone, self.done)
        for change in step:
            self._set(change.key, change.after)
        return step

    @staticmethod
    def _turned(steps: list[Step], others: list[Step]) -> Step:
        others += steps[-1:]
        return steps.pop() if steps else ()

    def _changes(self, wanted: Sequence[tuple[Place | Value, Choice | None]]) -> Iterator[Change]:
        for key, choice in wanted:
            before = self._now.get(key)
            if before != choice:
                self._set(key, choice)
                yield Change(key, before, choice)

    def _set(self, key: Place | Value, choice: Choice | None) -> None:
        if choice is None:
            self._now.pop(key, None)
        else:
            self._now[key] = choice
