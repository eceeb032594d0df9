"""What LAC, a tagger that was trained on very much text, makes of a text: an input for wide networks, in training only.

lacmodel.py reads its tables and weights; nothing of its own code is run. Where it has a word of several characters, each of them gets
what was made of the word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import jax
import jax.numpy as jnp
import numpy as np
from lacmodel import HIDDEN, LacModel, Layer
from numpy.typing import NDArray

WIDTH: Final = 128
"""Numbers of a character: the main directions of what LAC's last hidden layer says, then TAGS, then whether a word begins and ends here."""
_TAGS: Final = tuple(
    tuple(f"{tag}-{mark}" for tag in tags)
    for tags in (("PER", "nr"), ("LOC", "ns"), ("ORG", "nt"), ("nz", "nw"), ("n",))
    for mark in "BI"
)
_LONGEST: Final = 200
_ENDS: Final = "。！？；!?;"
_BATCH: Final = 256
_SAMPLE: Final = 8_000
_TEXTS: Final = Path(__file__).parent / "texts"
Known = NDArray[np.float16]


class Lac:
    """What LAC says of texts."""

    def __init__(self, folder: Path) -> None:
        """Reads LAC's folder `lac_model`; the main directions are those on some lines of this project's documents."""
        self.model = LacModel(folder)
        tags = {tag: number for number, tag in self.model.tags.items()}
        self.tags = [sorted({tags[name] for name in names if name in tags}) for names in _TAGS]
        self._run = jax.jit(self._layers)
        lines = {line for path in _TEXTS.glob("*.txt") for line in path.read_text(encoding="utf-8").split("\n")}
        whole = sorted(line for line in lines if 0 < len(line) <= _LONGEST)
        chosen = np.random.default_rng(0).choice(len(whole), _SAMPLE, replace=False)
        sample = np.concatenate([states for _, states, _ in self._states([whole[n] for n in chosen])])
        self.middle = sample.mean(0)
        _, vectors = np.linalg.eigh(np.cov((sample - self.middle).T))
        self.directions = vectors[:, ::-1][:, : WIDTH - len(_TAGS) - 2].astype(np.float32)

    def _layers(self, ids: jax.Array, mask: jax.Array) -> tuple[jax.Array, jax.Array]:
        hidden = jnp.asarray(self.model.embedding)[ids]
        for forwards, backwards in (self.model.layers[:2], self.model.layers[2:]):
            hidden = jnp.concatenate([_run(forwards, hidden, mask, False), _run(backwards, hidden, mask, True)], -1)
        return hidden, jax.nn.softmax(hidden @ self.model.to_tags[0] + self.model.to_tags[1])

    def of(self, text: str) -> Known:
        """What it says of each character of a text, sentence by sentence, (characters, WIDTH); nothing of line breaks."""
        whole = np.zeros((len(text), WIDTH), np.float16)
        parts = list(pieces(text))
        said: dict[str, Known] = {}
        for units, states, tags in self._states(sorted({piece for _, piece in parts})):
            sizes = np.array([len(unit) for unit in units])
            own = np.concatenate([(states - self.middle) @ self.directions, tags], 1).astype(np.float16)
            ends = np.cumsum(sizes)
            edges = np.zeros((ends[-1], 2), np.float16)
            edges[ends - sizes, 0] = edges[ends - 1, 1] = 1
            said["".join(units)] = np.concatenate([np.repeat(own, sizes, 0), edges], 1)
        for at, piece in parts:
            whole[at : at + len(piece)] = said[piece]
        return whole

    def _states(self, texts: Sequence[str]) -> Iterator[tuple[list[str], NDArray[np.float32], NDArray[np.float32]]]:
        """Of each text, in some order: its units, the last hidden layer and the probabilities of TAGS."""
        coded = sorted((self.model.parts(text) for text in texts), key=len)
        for first in range(0, len(coded), _BATCH):
            part = coded[first : first + _BATCH]
            ids = np.zeros((_BATCH, -(-len(part[-1]) // 16) * 16), np.int32)
            mask = np.zeros(ids.shape, bool)
            for row, own in enumerate(part):
                ids[row, : len(own)] = self.model.numbers(own)
                mask[row, : len(own)] = True
            hidden, tags = (np.asarray(values) for values in self._run(ids, mask))
            for row, own in enumerate(part):
                grouped = np.stack([tags[row, : len(own), names].sum(0) for names in self.tags], 1)
                yield own, hidden[row, : len(own)], grouped


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """Lines, and of long ones as many sentences as go together, with where they begin."""
    at = 0
    for line in text.split("\n"):
        while line:
            end = len(line)
            if end > _LONGEST:
                end = max(line.rfind(mark, 0, _LONGEST) for mark in _ENDS) + 1 or _LONGEST
            yield at, line[:end]
            at, line = at + end, line[end:]
        at += 1


def _run(layer: Layer, inputs: jax.Array, mask: jax.Array, backwards: bool) -> jax.Array:
    """What a layer makes of texts in one direction; `mask`: where a text has a unit."""
    drive = inputs @ layer.projection + layer.bias

    def step(state: jax.Array, now: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        value, real = now
        gate = jax.nn.sigmoid(value[:, : 2 * HIDDEN] + state @ layer.gates)
        update, reset = gate[:, :HIDDEN], gate[:, HIDDEN:]
        new = (1 - update) * state + update * jnp.tanh(value[:, 2 * HIDDEN :] + (reset * state) @ layer.candidate)
        state = jnp.where(real[:, None], new, state)
        return state, state

    first = jnp.zeros((inputs.shape[0], HIDDEN), jnp.float32)
    _, states = jax.lax.scan(step, first, (drive.swapaxes(0, 1), mask.T), reverse=backwards)
    return states.swapaxes(0, 1)
