"""What a statistical recogniser is to the rest of the program, whichever one is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from redactor.chinese.lattice import Lattice
from redactor.detect.ner.decode import KINDS, Tagged

BEGINS, ENDS, _COLUMNS = (number * len(KINDS) for number in (1, 2, 3))
"""Where columns of `Tags.chances` begin, after those of being inside; each has one for every kind in the order of KINDS."""


@dataclass(frozen=True, slots=True)
class Tags:
    """What a recogniser says of one text."""

    entities: tuple[Tagged, ...]
    outside: NDArray[np.float32]
    """For each character the probability that it is in no entity."""
    places: NDArray[np.intp]
    """The characters that it has looked at closely, in order."""
    chances: NDArray[np.float32]
    """For each of those the probability that it is in an entity of a kind; from BEGINS on, the first of one; from ENDS on, the last of one."""

    def at(self, where: NDArray[np.intp]) -> NDArray[np.float64]:
        """The chances of each of some characters; 0 where it has not looked."""
        found = np.zeros((len(where), _COLUMNS))
        if len(self.places):
            rows = np.minimum(np.searchsorted(self.places, where), len(self.places) - 1)
            looked = self.places[rows] == where
            found[looked] = self.chances[rows[looked]]
        return found


def tags_of(entities: Sequence[Tagged], outside: NDArray[np.float32]) -> Tags:
    """Of a recogniser that tells no more than its entities and where there are none."""
    places = [at for start, end, _, _ in entities for at in range(start, end)]
    chances = np.zeros((len(places), _COLUMNS), np.float32)
    row = 0
    for start, end, entity, probability in entities:
        kind = KINDS.index(entity)
        chances[row : row + end - start, kind] = probability
        chances[row, BEGINS + kind] = chances[row + end - start - 1, ENDS + kind] = probability
        row += end - start
    return Tags(tuple(entities), outside, np.array(places, np.intp), chances)


class Engine(Protocol):
    """A recogniser of persons, places and organisations."""

    @property
    def name(self) -> str:
        """What evidence calls it."""

    def tag(self, lattice: Lattice) -> Tags:
        """Entities in order, not overlapping; none reaches over a line break. RedactorError when it can't tell."""
