"""What LAC, a tagger that was trained on very much text, makes of a text: an input for wide networks, in training only.

LAC 2.1.2 is Baidu's (Apache-2.0, source archive on PyPI): words and characters, two layers of gated recurrent units in both directions,
and a layer of tags. Its folder `lac_model` is read here; nothing of it is run or shipped. Where it has a word of several characters, each
of them gets what was made of the word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

WIDTH: Final = 128
"""Numbers of a character: the main directions of what LAC's last hidden layer says, then TAGS, then whether a word begins and ends here."""
_TAGS: Final = tuple(
    tuple(f"{tag}-{mark}" for tag in tags)
    for tags in (("PER", "nr"), ("LOC", "ns"), ("ORG", "nt"), ("nz", "nw"), ("n",))
    for mark in "BI"
)
_HIDDEN: Final = 128
_LONGEST: Final = 200
_ENDS: Final = "。！？；!?;"
_BATCH: Final = 256
_SAMPLE: Final = 8_000
_TEXTS: Final = Path(__file__).parent / "texts"
Known = NDArray[np.float16]


class Lac:
    """LAC's tables, and what it says of texts."""

    def __init__(self, folder: Path) -> None:
        """Reads LAC's folder `lac_model`; the main directions are those on some lines of this project's documents."""
        conf = folder / "conf"
        self.arrays = {f.name: jnp.asarray(_tensor(f)) for f in (folder / "model").iterdir() if f.name != "__model__"}
        self.ids = {word: int(number) for number, word in _pairs(conf / "word.dic")}
        self.fold = dict(_pairs(conf / "q2b.dic"))
        self.words = {line.split()[0] for line in (conf / "small_seg.dic").read_text(encoding="utf-8").splitlines()}
        self.longest = max(map(len, self.words))
        tags = {tag: int(number) for number, tag in _pairs(conf / "tag.dic")}
        self.tags = [sorted({tags[name] for name in names if name in tags}) for names in _TAGS]
        self._run = jax.jit(self._layers)
        lines = {line for path in _TEXTS.glob("*.txt") for line in path.read_text(encoding="utf-8").split("\n")}
        whole = sorted(line for line in lines if 0 < len(line) <= _LONGEST)
        chosen = np.random.default_rng(0).choice(len(whole), _SAMPLE, replace=False)
        sample = np.concatenate([states for _, states, _ in self._states([whole[n] for n in chosen])])
        self.middle = sample.mean(0)
        _, vectors = np.linalg.eigh(np.cov((sample - self.middle).T))
        self.directions = vectors[:, ::-1][:, : WIDTH - len(_TAGS) - 2].astype(np.float32)

    def units(self, text: str) -> list[str]:
        """The fewest words of the dictionary, runs of Latin letters and digits as one; words without a number character by character."""
        count = len(text)
        best, step = [0] * (count + 1), [1] * count
        for at in range(count - 1, -1, -1):
            best[at] = best[at + 1] + 1
            for size in range(2, min(self.longest, count - at) + 1):
                if best[at + size] < best[at] and text[at : at + size] in self.words:
                    best[at], step[at] = best[at + size] + 1, size
        words: list[str] = []
        at = 0
        run = False
        while at < count:
            word = text[at : at + step[at]]
            plain = len(word) == 1 and word.isascii() and word.isalnum()
            if plain and run:
                words[-1] += word
            else:
                words.append(word)
            run = plain
            at += step[at]
        return [unit for word in words for unit in ([word] if word in self.ids else word)]

    def _layers(self, ids: jax.Array, mask: jax.Array) -> tuple[jax.Array, jax.Array]:
        hidden = self.arrays["word_emb"][ids]
        for layer in (0, 2):
            ways = (self._units(hidden, mask, layer, False), self._units(hidden, mask, layer + 1, True))
            hidden = jnp.concatenate(ways, -1)
        scores = hidden @ self.arrays["fc_4.w_0"] + self.arrays["fc_4.b_0"]
        return hidden, jax.nn.softmax(scores)

    def _units(self, inputs: jax.Array, mask: jax.Array, layer: int, backwards: bool) -> jax.Array:
        """One layer of gated recurrent units in one direction; Paddle keeps gates and candidate in one array, one after the other."""
        whole = self.arrays[f"gru_{layer}.w_0"].ravel()
        gates = whole[: 2 * _HIDDEN * _HIDDEN].reshape(_HIDDEN, 2 * _HIDDEN)
        candidate = whole[2 * _HIDDEN * _HIDDEN :].reshape(_HIDDEN, _HIDDEN)
        inputs = inputs @ self.arrays[f"fc_{layer}.w_0"] + self.arrays[f"fc_{layer}.b_0"]
        inputs = inputs + self.arrays[f"gru_{layer}.b_0"].ravel()

        def step(state: jax.Array, now: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
            value, real = now
            gate = jax.nn.sigmoid(value[:, : 2 * _HIDDEN] + state @ gates)
            update, reset = gate[:, :_HIDDEN], gate[:, _HIDDEN:]
            new = (1 - update) * state + update * jnp.tanh(value[:, 2 * _HIDDEN :] + (reset * state) @ candidate)
            state = jnp.where(real[:, None], new, state)
            return state, state

        first = jnp.zeros((inputs.shape[0], _HIDDEN), jnp.float32)
        _, states = jax.lax.scan(step, first, (inputs.swapaxes(0, 1), mask.T), reverse=backwards)
        return states.swapaxes(0, 1)

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
        coded = sorted((self.units(text) for text in texts), key=len)
        other = self.ids["OOV"]
        for first in range(0, len(coded), _BATCH):
            part = coded[first : first + _BATCH]
            ids = np.zeros((_BATCH, -(-len(part[-1]) // 16) * 16), np.int32)
            mask = np.zeros(ids.shape, bool)
            for row, own in enumerate(part):
                ids[row, : len(own)] = [self.ids.get(self.fold.get(unit, unit), other) for unit in own]
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


def _pairs(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").split("\n")
    return [pair for line in lines if len(pair := line.rstrip("\n").split("\t")) == 2]


def _tensor(path: Path) -> NDArray[Any]:
    """Paddle's file of an array: version, level of detail, version, size of a description, the description (protobuf), the numbers."""
    whole = path.read_bytes()
    at = 4 + 8
    levels = int.from_bytes(whole[4:12], "little")
    for _ in range(levels):
        at += 8 + int.from_bytes(whole[at : at + 8], "little")
    at += 4
    size = int.from_bytes(whole[at : at + 4], "little")
    at += 4
    description, shape, place = whole[at : at + size], [], 0
    while place < size:
        key, place = _number(description, place)
        value, place = _number(description, place)
        if key >> 3 == 2 and key & 7 == 2:  # packed
            end = place + value
            while place < end:
                length, place = _number(description, place)
                shape.append(length)
        elif key >> 3 == 2:
            shape.append(value)
    return np.frombuffer(whole, np.float32, offset=at + size).reshape(shape).copy()


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A variable-length number, and where it ends."""
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at
