"""A learned second voter beside the rules: how likely each line at the ends of a document is no part of its text.

A linear model sees a line by itself (hashed grams of its characters and of its shape); small networks see it among its neighbours,
the document's sentences and its ends; a chain of two states sees the run of the lines. Trained by `training/lines.py`. It decides
nothing: what a line may go with is a matter of structure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from redactor.detect.boilerplate.page import Reader, Shown
from redactor.detect.boilerplate.sight import BITS, Folded, Window, folded, grams, is_sentence, linear, windows
from redactor.detect.boilerplate.traits import features
from redactor.detect.weights import arrays_of
from redactor.model import RuleError

FILE: Final = "lines.weights"
FORMAT: Final = "redactor-lines-1"
STATES: Final = 2
_QUIET: Final = -0.5
"""Where the linear model leans less than so much towards any line, sentences within left out of account, nobody looks closer: so are
most texts."""
_SHORT, _MOST_KNOWN = 80, 4_096
"""Lines up to so long are remembered, so many of them."""
_DIGIT: Final = re.compile("[0-9]")
_ENDS: Final = 3
"""So many lines at either end tell, sentences too."""
_FEW: Final = 40
"""A window of no more lines is looked at closely at once: to see first that it is quiet costs as much."""
FARTHEST: Final = 5.0
"""What is seen of a line is kept within so many deviations of what is usual."""


@dataclass(frozen=True, slots=True)
class Networks:
    """Small networks, each with its chain; they differ in how they were begun, and are asked together. The first axis is theirs."""

    enter: NDArray[np.float32]
    enter_bias: NDArray[np.float32]
    leave: NDArray[np.float32]
    leave_bias: NDArray[np.float32]
    steps: NDArray[np.float64]
    """What it is worth to go from a state to the next: without and with a blank line between, from, to."""
    ends: NDArray[np.float64]
    """What a state is worth in the first line of a document, and in the last."""

    def chances(
        self, inputs: NDArray[np.float32], gaps: NDArray[np.int64], *, first: bool, last: bool
    ) -> NDArray[np.float64]:
        """How likely each line is no part of the text; `first`, `last`: whether these lines are the first and last of a document."""
        hidden = np.tanh(inputs @ self.enter + self.enter_bias[:, None])
        scores = (hidden @ self.leave[:, :, None])[..., 0].astype(np.float64).T + self.leave_bias
        scores[0] += (self.ends[:, 0, 1] - self.ends[:, 0, 0]) * first
        scores[-1] += (self.ends[:, 1, 1] - self.ends[:, 1, 0]) * last
        return np.asarray(marginals(scores, self.steps[:, gaps].swapaxes(0, 1)).mean(1))


@dataclass(frozen=True, slots=True)
class Voter:
    """The trained models."""

    fold: NDArray[np.uint16]
    """By code point of the basic plane: what it is taken for, 0 when it is passed over."""
    weights: NDArray[np.float32]
    bias: float
    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    networks: Networks

    def vote(self, lines: Sequence[str], *, head: bool = True, tail: bool = True) -> NDArray[np.float32]:
        """For each line of a document, in order, how likely it is no part of its text; 0 where the voter does not look.

        `head`, `tail`: whether the lines hold the head and the tail of the document, which may come in parts.
        """
        return self.votes([(lines, head, tail)])[0]

    def votes(self, pages: Sequence[Shown]) -> list[NDArray[np.float32]]:
        """The same for several documents, each by itself: what one look costs is paid once for all."""
        found = [np.zeros(len(lines), np.float32) for lines, _, _ in pages]
        seen = [
            (votes, numbers, window)
            for votes, (lines, head, tail) in zip(found, pages, strict=True)
            for numbers, window in windows(lines, head=head, tail=tail)
            if len(window.texts) <= _FEW or not self._is_quiet(window)
        ]
        for (votes, numbers, _), chances in zip(seen, self._chances([each[2] for each in seen]), strict=True):
            votes[numbers] = np.maximum(votes[numbers], chances)
        return found

    def reader(self) -> Reader:
        """What the linear model says of lines, each by itself: below 0, that it is of the text.

        Short ones are remembered from page to page: with other numbers in it, a line reads the same.
        """
        known: dict[str, float] = {}

        def leans(lines: Sequence[str]) -> list[float]:
            texts = [_DIGIT.sub("0", line.strip()) for line in lines]
            said = {"": 0.0} | {text: lean for text in texts if (lean := known.get(text)) is not None}
            new = [text for text in dict.fromkeys(texts) if text not in said]
            if new:
                said.update(zip(new, self._content(folded(new, self.fold)).tolist(), strict=True))
                if len(known) >= _MOST_KNOWN:
                    known.clear()
                known.update((text, said[text]) for text in new if len(text) <= _SHORT)
            return [said[text] for text in texts]

        return leans

    def _content(self, seen: Folded) -> NDArray[np.float64]:
        """What the linear model says of each line by itself."""
        return linear(grams(seen), self.weights, self.bias, seen.count)

    def _is_quiet(self, window: Window) -> bool:
        """Whether no line that tells leans towards site text."""
        texts = [text for text, telling in zip(window.texts, _telling(window), strict=True) if telling]
        return bool(self._content(folded(texts, self.fold)).max() < _QUIET)

    def _chances(self, seen: Sequence[Window]) -> Iterator[NDArray[np.float32]]:
        """How likely each line of a window is no part of its text, window by window."""
        if not seen:
            return
        texts = [text for window in seen for text in window.texts]
        lines = folded(texts, self.fold)
        content = self._content(lines)
        telling = np.array([each for window in seen for each in _telling(window)])
        if content[telling].max() < _QUIET:
            yield from (np.zeros(len(window.texts), np.float32) for window in seen)
            return
        inputs = np.clip((features(seen, lines, content) - self.mean) / self.scale, -FARTHEST, FARTHEST)
        start = 0
        for window in seen:
            own = slice(start, start + len(window.texts))
            start = own.stop
            if content[own][telling[own]].max() < _QUIET:
                yield np.zeros(len(window.texts), np.float32)
                continue
            gaps = np.minimum(1, np.array(window.blanks[1:-1], np.int64))
            found = self.networks.chances(inputs[own], gaps, first=window.above == 0, last=window.below == 0)
            yield np.asarray(np.round(found, 4), np.float32)


def _telling(window: Window) -> Iterator[bool]:
    """Whether each line of a window tells: all but the sentences within it."""
    last = len(window.texts) - _ENDS
    return (not _ENDS <= at < last or not is_sentence(text) for at, text in enumerate(window.texts))


def marginals(scores: NDArray[np.float64], steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """How likely each place of a chain is in its second state, forward and backward; chains side by side.

    `scores`: by place and chain, what the second state is worth more than the first; `steps`: by place, chain, from, to.
    """
    ahead, behind = scores.copy(), np.zeros_like(scores)
    stay, rise, fall, keep = (steps[..., one, other] for one in range(STATES) for other in range(STATES))
    for place in range(1, len(scores)):
        odds, at = ahead[place - 1], place - 1
        ahead[place] += np.logaddexp(rise[at], odds + keep[at]) - np.logaddexp(stay[at], odds + fall[at])
    for place in range(len(scores) - 2, -1, -1):
        odds = behind[place + 1] + scores[place + 1]
        behind[place] = np.logaddexp(fall[place], odds + keep[place]) - np.logaddexp(stay[place], odds + rise[place])
    return np.asarray(1 / (1 + np.exp(np.clip(-ahead - behind, -50, 50))))


def load_voter(file: Traversable) -> Voter:
    """The voter of a weight file; RuleError when it is absent, damaged, of another format or of another shape."""
    arrays = arrays_of(file, FORMAT, "the line voter")
    try:
        voter = _built(arrays)
    except (KeyError, ValueError, IndexError, TypeError):
        raise RuleError(
            "{name}: weights of the line voter are of another shape than this version's", name=file.name
        ) from None
    return voter


def _built(arrays: dict[str, NDArray[Any]]) -> Voter:
    mean = arrays["mean"].astype(np.float32)
    width, hidden = arrays["enter"].shape[1:]
    count = len(arrays["enter"])
    shapes = {
        "fold": (0x10000,),
        "weights": (1 << BITS,),
        "mean": (_width(),),
        "scale": (width,),
        "enter": (count, _width(), hidden),
        "enter_bias": (count, hidden),
        "leave": (count, hidden),
        "leave_bias": (count,),
        "steps": (count, STATES, STATES, STATES),
        "ends": (count, 2, STATES),
    }
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise ValueError(name)
    networks = Networks(
        arrays["enter"].astype(np.float32),
        arrays["enter_bias"].astype(np.float32),
        arrays["leave"].astype(np.float32),
        arrays["leave_bias"].astype(np.float32),
        arrays["steps"].astype(np.float64),
        arrays["ends"].astype(np.float64),
    )
    weights = arrays["weights"].astype(np.float32) * np.float32(arrays["weights.scale"].item())
    return Voter(
        arrays["fold"], weights, float(arrays["bias"].item()), mean, arrays["scale"].astype(np.float32), networks
    )


def _width() -> int:
    """How many numbers a line is seen as."""
    blank = np.zeros(0x10000, np.uint16)
    blank[10] = 10
    window = Window(("a",), (False,), (0, 0), 0, 0)
    return int(features([window], folded(window.texts, blank), np.zeros(1)).shape[1])
