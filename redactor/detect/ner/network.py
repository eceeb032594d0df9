"""The network at run time, in numpy: look-ups and adds, then a residual stack of dilated convolutions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from redactor.detect.ner.features import Inputs

DILATIONS: Final = (1, 2, 4, 1, 2)
REACH: Final = sum(DILATIONS)
"""Characters on either side that can bear on a label."""
_CHUNK: Final = 2_048
"""Characters that are worked on at once: what they need stays in the cache of a core."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Block:
    """One dilated convolution: kernel (3 * channels, channels) with the gain of the norm in it, bias (channels)."""

    kernel: Floats
    bias: Floats
    dilation: int


@dataclass(frozen=True, slots=True)
class Network:
    """Tables already multiplied with the entry projection: (rows, channels)."""

    chars: Floats
    left: Floats
    right: Floats
    flags: Floats
    blocks: tuple[Block, ...]
    leave: Floats
    bias: Floats

    def scores(self, inputs: Inputs) -> Floats:
        """Scores of the labels, shape (characters, labels)."""
        size = len(inputs.chars)
        found = np.empty((size, self.bias.shape[0]), np.float32)
        for start in range(0, size, _CHUNK):
            low, high = max(0, start - REACH), min(size, start + _CHUNK + REACH)
            hidden = self._stack(inputs, low, high)
            end = min(size, start + _CHUNK)
            found[start:end] = _normed(hidden[start - low : end - low]) @ self.leave + self.bias
        return found

    def _stack(self, inputs: Inputs, low: int, high: int) -> Floats:
        hidden = self.chars[inputs.chars[low:high]]
        hidden += self.left[inputs.left[low:high]]
        hidden += self.right[inputs.right[low:high]]
        hidden += inputs.flags[low:high] @ self.flags
        size, channels = hidden.shape
        stacked = np.empty((size, 3 * channels), np.float32)
        for block in self.blocks:
            far = block.dilation
            inner = _normed(hidden)
            stacked[:, channels : 2 * channels] = inner
            stacked[:far, :channels] = 0
            stacked[far:, :channels] = inner[: size - far] if size > far else 0
            stacked[max(0, size - far) :, 2 * channels :] = 0
            if size > far:
                stacked[: size - far, 2 * channels :] = inner[far:]
            out = stacked @ block.kernel
            out += block.bias
            np.maximum(out, 0, out=out)
            hidden += out
        return hidden


def _normed(hidden: Floats) -> Floats:
    scale = np.einsum("ij,ij->i", hidden, hidden)
    scale /= hidden.shape[1]
    scale += 1e-6
    np.sqrt(scale, out=scale)
    normed: Floats = hidden / scale[:, None]
    return normed


def build(weights: Mapping[str, NDArray[Any]]) -> Network:
    """From the arrays of a weight file: tables, `enter`, the blocks, `leave`; `corpus` is a single convention's row."""
    enter = weights["enter"].astype(np.float32)
    char = weights["char"].astype(np.float32)
    left, right = weights["left"].astype(np.float32), weights["right"].astype(np.float32)
    first, second = char.shape[1], char.shape[1] + left.shape[1]
    third = second + right.shape[1]
    blocks = []
    for number, dilation in enumerate(DILATIONS):
        gain = weights[f"block{number}.gain"].astype(np.float32)
        kernel = weights[f"block{number}.kernel"].astype(np.float32) * gain[None, :, None]
        bias = weights[f"block{number}.bias"].astype(np.float32)
        blocks.append(Block(np.ascontiguousarray(kernel.reshape(-1, kernel.shape[2])), bias, dilation))
    return Network(
        chars=char @ enter[:first] + weights["corpus"].astype(np.float32),
        left=left @ enter[first:second],
        right=right @ enter[second:third],
        flags=np.ascontiguousarray(enter[third:]),
        blocks=tuple(blocks),
        leave=weights["gain"].astype(np.float32)[:, None] * weights["leave"].astype(np.float32),
        bias=weights["bias"].astype(np.float32),
    )
