"""What a statistical recogniser is to the rest of the program, whichever one is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from redactor.detect.lattice import Lattice
from redactor.detect.ner.decode import Tagged


@dataclass(frozen=True, slots=True)
class Tags:
    """What a recogniser says of one text: entities, and for each character the probability that it is in none."""

    entities: tuple[Tagged, ...]
    outside: NDArray[np.float32]


class Engine(Protocol):
    """A recogniser of persons, places and organisations."""

    @property
    def name(self) -> str:
        """What evidence calls it."""

    def tag(self, lattice: Lattice) -> Tags:
        """Entities in order, not overlapping; none reaches over a line break. RedactorError when it can't tell."""
