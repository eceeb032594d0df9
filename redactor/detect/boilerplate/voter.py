"""A learned second voter beside the rules: how likely each line at the ends of a document is no part of its text.

A linear model sees a line by itself (hashed grams of its characters and of its shape); small networks see it among its neighbours,
the document's sentences and its ends; a chain of two states sees the run of the lines. Trained by `training/lines.py`. It decides
nothing: what a line may go with is a matter of structure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from redactor.detect.boilerplate.sight import BITS, Window, features, folded, grams, linear, windows
from redactor.detect.weights import arrays_of
from redactor.model import RuleError

FILE: Final = "lines.weights"
FORMAT: Final = "redactor-lines-1"
STATES: Final = 2
FARTHEST: Final = 5.0
"""What is seen of a line is kept within so many deviations of what is usual."""


@dataclass(frozen=True, slots=True)
class Member:
    """A network with its chain. Several, which differ in how they were begun, are asked together."""

    enter: NDArray[np.float32]
    enter_bias: NDArray[np.float32]
    leave: NDArray[np.float32]
    leave_bias: float
    steps: NDArray[np.float64]
    """What it is worth to go from a state to the next: without and with a blank line between, from, to."""
    ends: NDArray[np.float64]
    """What a state is worth in the first line of a document, and in the last."""

    def chances(
        self, inputs: NDArray[np.float32], gaps: NDArray[np.int64], first: bool, last: bool
    ) -> NDArray[np.float64]:
        """How likely each line is no part of the text; `first`, `last`: whether these lines are the first and last of a document."""
        hidden = np.tanh(inputs @ self.enter + self.enter_bias)
        scores = np.zeros((len(inputs), STATES))
        scores[:, 1] = hidden @ self.leave + self.leave_bias
        scores[0] += self.ends[0] * first
        scores[-1] += self.ends[1] * last
        return _marginals(scores, self.steps[gaps])


@dataclass(frozen=True, slots=True)
class Voter:
    """The trained models."""

    fold: NDArray[np.uint16]
    """By code point of the basic plane: what it is taken for, 0 when it is passed over."""
    weights: NDArray[np.float32]
    bias: float
    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    members: tuple[Member, ...]

    def vote(self, lines: Sequence[str], *, head: bool = True, tail: bool = True) -> NDArray[np.float32]:
        """For each line of a document, in order, how likely it is no part of its text; 0 where the voter does not look.

        `head`, `tail`: whether the lines hold the head and the tail of the document, which may come in parts.
        """
        votes = np.zeros(len(lines), np.float32)
        for numbers, window in windows(lines, head=head, tail=tail):
            votes[numbers] = np.maximum(votes[numbers], self._chances(window))
        return votes

    def _chances(self, window: Window) -> NDArray[np.float32]:
        seen = folded(window.texts, self.fold)
        content = linear(grams(seen), self.weights, self.bias, seen.count)
        inputs = np.clip((features(window, seen, content) - self.mean) / self.scale, -FARTHEST, FARTHEST)
        gaps = np.minimum(1, np.array(window.blanks[1:-1], np.int64))
        first, last = window.above == 0, window.below == 0
        found = np.mean([member.chances(inputs, gaps, first, last) for member in self.members], 0)
        return np.asarray(np.round(found, 4), np.float32)


def _marginals(scores: NDArray[np.float64], steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """How likely each place of a chain is in its second state: forward and backward."""
    count = len(scores)
    ahead, behind = np.zeros((count, STATES)), np.zeros((count, STATES))
    ahead[0] = scores[0]
    for place in range(1, count):
        ahead[place] = np.logaddexp(*(ahead[place - 1][:, None] + steps[place - 1])) + scores[place]
    for place in range(count - 2, -1, -1):
        behind[place] = np.logaddexp(*(steps[place] + (behind[place + 1] + scores[place + 1])).T)
    both = ahead + behind
    return np.asarray(1 / (1 + np.exp(np.clip(both[:, 0] - both[:, 1], -50, 50))), np.float64)


def load_voter(file: Traversable) -> Voter:
    """The voter of a weight file; RuleError when it is absent, damaged, of another format or of another shape."""
    arrays = arrays_of(file, FORMAT, "the line voter")
    try:
        voter = _built(arrays)
    except (KeyError, ValueError, IndexError, TypeError):
        raise RuleError(f"{file.name}: weights of the line voter are of another shape than this version's") from None
    return voter


def _built(arrays: dict[str, NDArray[Any]]) -> Voter:
    mean = arrays["mean"].astype(np.float32)
    width, hidden = arrays["enter"].shape[1:]
    shapes = {
        "fold": (0x10000,),
        "weights": (1 << BITS,),
        "mean": (_width(),),
        "scale": (width,),
        "enter": (len(arrays["enter"]), _width(), hidden),
    }
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise ValueError(name)
    members = tuple(
        Member(
            arrays["enter"][number].astype(np.float32),
            arrays["enter_bias"][number].astype(np.float32),
            arrays["leave"][number].astype(np.float32),
            float(arrays["leave_bias"][number]),
            arrays["steps"][number].astype(np.float64),
            arrays["ends"][number].astype(np.float64),
        )
        for number in range(len(arrays["enter"]))
    )
    weights = arrays["weights"].astype(np.float32) * np.float32(arrays["weights.scale"].item())
    return Voter(
        arrays["fold"], weights, float(arrays["bias"].item()), mean, arrays["scale"].astype(np.float32), members
    )


def _width() -> int:
    """How many numbers a line is seen as."""
    blank = np.zeros(0x10000, np.uint16)
    blank[10] = 10
    window = Window(("a",), (False,), (0, 0), 0, 0)
    return int(features(window, folded(window.texts, blank), np.zeros(1)).shape[1])
