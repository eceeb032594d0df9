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
    """One dilated convolution: three kernels (channels, channels) with the gain of the norm in them, bias (channels)."""

    before: Floats
    here: Floats
    after: Floats
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
            own = hidden[start - low : end - low]
            found[start:end] = _normed(own, np.empty_like(own)) @ self.leave + self.bias
        return found

    def _stack(self, inputs: Inputs, low: int, high: int) -> Floats:
        hidden = self.chars[inputs.chars[low:high]]
        hidden += self.left[inputs.left[low:high]]
        hidden += self.right[inputs.right[low:high]]
        hidden += inputs.flags[low:high] @ self.flags
        size = len(hidden)
        inner = np.empty_like(hidden)
        side = np.empty_like(hidden)
        for block in self.blocks:
            far = block.dilation
            _normed(hidden, inner)
            out = inner @ block.here
            out += block.bias
            if size > far:
                # What stands `far` before and after; at the ends there is nothing.
                np.matmul(inner[: size - far], block.before, out=side[: size - far])
                out[far:] += side[: size - far]
                np.matmul(inner[far:], block.after, out=side[: size - far])
                out[: size - far] += side[: size - far]
            np.maximum(out, 0, out=out)
            hidden += out
        return hidden


def _normed(hidden: Floats, normed: Floats) -> Floats:
    """RMS normalisation over the channels, written to `normed`."""
    scale = np.einsum("ij,ij->i", hidden, hidden)
    scale /= hidden.shape[1]
    scale += 1e-6
    np.sqrt(scale, out=scale)
    np.reciprocal(scale, out=scale)
    np.multiply(hidden, scale[:, None], out=normed)
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
        before, here, after = (np.ascontiguousarray(part) for part in kernel)
        blocks.append(Block(before, here, after, bias, dilation))
    return Network(
        chars=char @ enter[:first] + weights["corpus"].astype(np.float32),
        left=left @ enter[first:second],
        right=right @ enter[second:third],
        flags=np.ascontiguousarray(enter[third:]),
        blocks=tuple(blocks),
        leave=weights["gain"].astype(np.float32)[:, None] * weights["leave"].astype(np.float32),
        bias=weights["bias"].astype(np.float32),
    )
