"""The statistical recogniser: weights as shipped, and names, places and organisations of any text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from redactor.chinese.lattice import Lattice, Words
from redactor.detect.ner.decode import KINDS, log_probabilities, spans
from redactor.detect.ner.features import FLAGS, PAIRS, Featurizer, compile_featurizer
from redactor.detect.ner.gate import Screen, build_screen
from redactor.detect.ner.network import DILATIONS, Network, build
from redactor.detect.ner.recogniser import Tags, tags_of
from redactor.detect.threads import one_thread
from redactor.detect.weights import arrays_of
from redactor.model import CONVENTIONS, RuleError
from redactor.text.points import among, table_of
from redactor.text.separator import WALL

LABELS: Final = 13
FORMAT: Final = "redactor-ner-3"
_BREAKS: Final = table_of(map(ord, ("\0", "\n", "\r", WALL)))
"""Characters that no entity reaches over."""


@dataclass(frozen=True, slots=True)
class Tagger:
    """A trained network with what it sees of a text."""

    featurizer: Featurizer
    screen: Screen
    network: Network
    outside: float
    """Added to the score of the label outside; less than 0 finds more."""

    @property
    def name(self) -> str:
        return "tagger"

    def tag(self, lattice: Lattice) -> Tags:
        """Entities in order, not overlapping; none reaches over a line break. And how sure each character is outside."""
        inputs = self.featurizer.inputs(lattice)
        with one_thread():
            wanted = self.screen.wanted(inputs)
            wanted[[0, -1]] = False  # the breaks at the edges, which are not in the text
            if not wanted.any():
                return tags_of((), np.ones(len(lattice.codes), np.float32))
            scores = self.network.scores(inputs, wanted)
        places = wanted.nonzero()[0] - 1
        logs = log_probabilities(scores, self.outside)
        breaks = among(lattice.codes[places], _BREAKS)
        outside = np.ones(len(lattice.codes), np.float32)
        outside[places] = np.exp(logs[:, 0])
        shares = np.exp(logs[:, 1:]).reshape(len(logs), len(KINDS), 4)
        begin, end, single = shares[:, :, 0], shares[:, :, 2], shares[:, :, 3]
        chances = np.concatenate([shares.sum(2), begin + single, end + single], 1)
        return Tags(tuple(spans(logs, breaks, places)), outside, places, chances)


def read_weights(file: Traversable) -> dict[str, NDArray[Any]]:
    """The arrays of the recogniser's weight file; RuleError when it is absent, damaged or of another format."""
    return arrays_of(file, FORMAT, "the recogniser")


def load_tagger(
    file: Traversable,
    words: Words,
    surnames: Mapping[str, float],
    given: Mapping[str, tuple[float, float, float]],
    convention: str = CONVENTIONS[0],
) -> Tagger:
    """The tagger of a weight file, for one of the CONVENTIONS. Raises RuleError as `read_weights` does."""
    arrays = dequantised(read_weights(file))
    shapes = {
        "conventions": len(CONVENTIONS),
        "flags": FLAGS,
        "pairs": PAIRS,
        "labels": LABELS,
        "blocks": len(DILATIONS),
    }
    found = {
        "conventions": arrays["corpus"].shape[0],
        "flags": arrays["enter"].shape[0] - arrays["char"].shape[1] - 2 * arrays["left"].shape[1],
        "pairs": arrays["left"].shape[0],
        "labels": arrays["leave"].shape[1],
        "blocks": sum(name.startswith("block") and name.endswith(".kernel") for name in arrays),
    }
    if found != shapes:
        raise RuleError(
            "{name}: weights are of another shape than this version's: {found}, not {shapes}",
            name=file.name,
            found=found,
            shapes=shapes,
        )
    featurizer = compile_featurizer(words, surnames, given, arrays["alphabet"])
    network = build(arrays, convention)
    return Tagger(featurizer, build_screen(arrays, network), network, float(arrays["outside"].item()))


def dequantised(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The arrays with tables that are kept as small integers with a scale a row made numbers again."""
    made = dict(arrays)
    for name in arrays:
        scale = arrays.get(f"{name}.scale")
        if scale is not None:
            # In place: to touch fresh memory takes longer than to multiply.
            made[name] = arrays[name].astype(np.float32)
            made[name] *= scale.astype(np.float32)[:, None]
    return made
