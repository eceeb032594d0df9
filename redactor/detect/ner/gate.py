"""A cheap first look: where the network need not look because nothing stands there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from redactor.detect.ner.features import Inputs
from redactor.detect.ner.network import Bools, Floats, Network, entered

DILATIONS: Final = (1, 2, 4)
_REACH: Final = sum(DILATIONS)
_CHUNK: Final = 2_048


@dataclass(frozen=True, slots=True)
class Screen:
    """A narrow stack of convolutions over the network's own entry tables, each cut down to few channels."""

    tables: tuple[Floats, ...]
    kernels: tuple[Floats, ...]
    """The three kernels of each layer, one under the other."""
    biases: tuple[Floats, ...]
    leave: Floats
    bias: float

    def wanted(self, inputs: Inputs) -> Bools:
        """Where some name may stand."""
        size = len(inputs.chars)
        found = np.empty(size, np.bool_)
        for start in range(0, size, _CHUNK):
            end = min(size, start + _CHUNK)
            low, high = max(0, start - _REACH), min(size, end + _REACH)
            found[start:end] = self._scores(inputs, low, high)[start - low : end - low] > -self.bias
        if inputs.fence is not None:
            found[inputs.fence] = False
        return found

    def _scores(self, inputs: Inputs, low: int, high: int) -> Floats:
        hidden = entered(self.tables, inputs, slice(low, high))
        size, channels = hidden.shape
        fence = slice(0) if inputs.fence is None else inputs.fence[low:high]
        hidden[fence] = 0
        # Three products over shifted views of one padded copy: cheaper than one over three copies side by side.
        padded = np.zeros((size + 2 * DILATIONS[-1], channels), np.float32)
        middle = slice(DILATIONS[-1], DILATIONS[-1] + size)
        for kernel, bias, far in zip(self.kernels, self.biases, DILATIONS, strict=True):
            padded[middle] = hidden
            out = padded[middle] @ kernel[channels : 2 * channels]
            out += padded[middle.start - far : middle.stop - far] @ kernel[:channels]
            out += padded[middle.start + far : middle.stop + far] @ kernel[2 * channels :]
            out += bias
            hidden += np.maximum(out, 0, out=out)
            hidden[fence] = 0
        scores: Floats = hidden @ self.leave
        return scores


def build_screen(weights: Mapping[str, NDArray[Any]], network: Network) -> Screen:
    """From the arrays `screen.*` of a weight file."""
    own = [f"{part}{number}" for part in ("kernel", "bias") for number in range(len(DILATIONS))]
    arrays = {name: weights[f"screen.{name}"].astype(np.float32) for name in ("enter", "leave", "bias", *own)}
    return Screen(
        tuple(np.ascontiguousarray(table @ arrays["enter"]) for table in network.tables),
        tuple(arrays[f"kernel{number}"] for number in range(len(DILATIONS))),
        tuple(arrays[f"bias{number}"] for number in range(len(DILATIONS))),
        arrays["leave"],
        float(arrays["bias"].item()),
    )
