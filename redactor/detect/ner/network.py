"""The network at run time, in numpy: look-ups and adds, then a residual stack of dilated convolutions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from redactor.detect.ner.features import FLAGS, Inputs
from redactor.model import CONVENTIONS

DILATIONS: Final = (1, 2, 4, 1, 2)
REACH: Final = sum(DILATIONS)
"""Characters on either side that can bear on a label."""
_MARGIN: Final = max(DILATIONS)
MARK_BITS: Final = 9
"""Flags that are looked up together."""
_CHUNK: Final = 4_096
"""Characters that are worked on at once: what they need stays in the cache of a core."""

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Block:
    """One dilated convolution: its three kernels, one under the other, with the gain of the norm in them; bias (channels)."""

    kernel: Floats
    bias: Floats
    dilation: int

    @cached_property
    def around(self) -> NDArray[np.intp]:
        """Where what it sees of each character stands in rows that begin _MARGIN before it."""
        return np.array((-self.dilation, 0, self.dilation), np.intp) + _MARGIN


@dataclass(frozen=True, slots=True)
class Network:
    """Tables are multiplied with the entry projection beforehand: (rows, channels)."""

    tables: tuple[Floats, ...]
    """Of characters, left and right pairs, and, for each MARK_BITS flags, of all sums of their rows: see `table_rows`."""
    blocks: tuple[Block, ...]
    leave: Floats
    bias: Floats

    def scores(self, inputs: Inputs, wanted: Bools | None = None) -> Floats:
        """Scores of the labels of all characters, or of the wanted ones alone, shape (characters, labels).

        Each layer is computed only where a later one needs it: the sum is the same as over the whole text.
        """
        size = len(inputs.chars)
        if wanted is None:
            wanted = np.ones(size, np.bool_)
        # Zeros on either side, so that a neighbour beyond the text is a place like any other that is not needed.
        needed = [np.zeros(size + 2 * REACH, np.bool_)]
        needed[0][REACH : REACH + size] = wanted
        for block in reversed(self.blocks):
            needed.append(_widened(needed[-1], block.dilation))
        needed.reverse()
        for mask in needed:
            mask[:REACH] = mask[REACH + size :] = False
            if inputs.fence is not None:
                mask[REACH : REACH + size][inputs.fence] = False
        found = np.empty((int(np.count_nonzero(wanted)), self.bias.shape[0]), np.float32)
        done = 0
        for start in range(0, size, _CHUNK):
            end = min(size, start + _CHUNK)
            own = [mask[start : end + 2 * REACH] for mask in needed]
            count = int(np.count_nonzero(own[-1][REACH:-REACH]))
            if count:
                found[done : done + count] = self._stack(inputs, start, own)
                done += count
        return found

    def _stack(self, inputs: Inputs, start: int, needed: list[Bools]) -> Floats:
        """Scores of what the last mask of `needed` wants; masks begin REACH characters before `start`."""
        last = needed[-1].copy()
        last[:REACH] = last[-REACH:] = False
        places = needed[0].nonzero()[0]
        at = places + (start - REACH)
        hidden = entered(self.tables, inputs, at)
        channels = hidden.shape[1]
        row_of = np.empty(len(last) + 2 * _MARGIN, np.intp)
        for number, block in enumerate(self.blocks):
            mask = last if number == len(self.blocks) - 1 else needed[number + 1]
            inner = np.empty((len(hidden) + 1, channels), np.float32)
            _normed(hidden, inner[:-1])
            inner[-1] = 0
            # Where there is nothing, the row of zeros after the last.
            row_of.fill(len(hidden))
            row_of[places + _MARGIN] = np.arange(len(hidden))
            places = mask.nonzero()[0]
            around = row_of.take(places[:, None] + block.around)
            out = inner.take(around, axis=0, mode="clip").reshape(len(places), 3 * channels) @ block.kernel
            out += block.bias
            np.maximum(out, 0, out=out)
            out += hidden.take(around[:, 1], axis=0, mode="clip")
            hidden = out
        return _normed(hidden, np.empty_like(hidden)) @ self.leave + self.bias


def table_rows(inputs: Inputs, at: NDArray[np.intp] | slice) -> list[NDArray[Any]]:
    """The row of each table that stands for the characters at those places."""
    marks = inputs.marks[at]
    parts = [marks >> np.uint32(low) & np.uint32((1 << MARK_BITS) - 1) for low in range(0, FLAGS, MARK_BITS)]
    return [inputs.chars[at], inputs.left[at], inputs.right[at], *(part.astype(np.int32) for part in parts)]


def entered(tables: Sequence[Floats], inputs: Inputs, at: NDArray[np.intp] | slice) -> Floats:
    """The sum of what the tables say of the characters at those places."""
    rows = table_rows(inputs, at)
    hidden: Floats = tables[0].take(rows[0], axis=0, mode="clip")
    for table, row in zip(tables[1:], rows[1:], strict=True):
        hidden += table.take(row, axis=0, mode="clip")
    return hidden


def _widened(mask: Bools, far: int) -> Bools:
    """The places of the mask and those so far from them."""
    wide = mask.copy()
    wide[far:] |= mask[:-far]
    wide[:-far] |= mask[far:]
    return wide


def _normed(hidden: Floats, normed: Floats) -> Floats:
    """RMS normalisation over the channels, written to `normed`."""
    scale = np.einsum("ij,ij->i", hidden, hidden)
    scale /= hidden.shape[1]
    scale += 1e-6
    np.sqrt(scale, out=scale)
    np.reciprocal(scale, out=scale)
    np.multiply(hidden, scale[:, None], out=normed)
    return normed


def build(weights: Mapping[str, NDArray[Any]], convention: str = CONVENTIONS[0]) -> Network:
    """From the arrays of a weight file: tables, `enter`, the blocks, `leave`; `corpus` has a row for each convention."""
    enter, char, left, right = (
        weights[name].astype(np.float32, copy=False) for name in ("enter", "char", "left", "right")
    )
    first, second = char.shape[1], char.shape[1] + left.shape[1]
    third = second + right.shape[1]
    blocks = []
    for number, dilation in enumerate(DILATIONS):
        gain = weights[f"block{number}.gain"].astype(np.float32)
        kernel = weights[f"block{number}.kernel"].astype(np.float32) * gain[None, :, None]
        bias = weights[f"block{number}.bias"].astype(np.float32)
        blocks.append(Block(np.ascontiguousarray(kernel.reshape(-1, kernel.shape[2])), bias, dilation))
    return Network(
        tables=(
            char @ enter[:first] + weights["corpus"][CONVENTIONS.index(convention)].astype(np.float32),
            left @ enter[first:second],
            right @ enter[second:third],
            *(_sums(enter[third:][at : at + MARK_BITS]) for at in range(0, FLAGS, MARK_BITS)),
        ),
        blocks=tuple(blocks),
        leave=weights["gain"].astype(np.float32)[:, None] * weights["leave"].astype(np.float32),
        bias=weights["bias"].astype(np.float32),
    )


def _sums(rows: Floats) -> Floats:
    """For every choice of the rows, by the bits of its number, their sum."""
    bits = np.arange(1 << MARK_BITS)[:, None] >> np.arange(len(rows)) & 1
    table: Floats = bits.astype(np.float32) @ rows
    return table
