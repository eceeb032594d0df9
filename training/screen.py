"""Put the cheap first look into a weight file: `python training/screen.py rules/data/ner.weights FORMAT:PATH …`.

It learns where the packed network itself does not say "outside" with much certainty in any of its conventions, on the texts of
corpora; its threshold leaves out the given share of those places.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
import optax
from corpora import READERS
from data import featurizer_of, lexicon_words
from net import fitted
from pack import write

from redactor.detect.ner.decode import log_probabilities
from redactor.detect.ner.gate import DILATIONS
from redactor.detect.ner.network import Network, build, table_rows
from redactor.detect.ner.tagger import dequantised, read_weights
from redactor.model import CONVENTIONS

BATCH: Final = 8_192
CERTAIN: Final = 0.9
"""Probability of the label outside from which nobody need look."""
LINES: Final = 2_000
Arrays = dict[str, np.ndarray[Any, Any]]
Params = dict[str, Any]


def main() -> None:
    """Read the command line, train, write the file again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("texts", nargs="+", metavar="FORMAT:PATH", help="formats are those of corpora.READERS")
    parser.add_argument("--channels", type=int, default=16)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--lost", type=float, default=0.002, help="share of doubtful places that may be left out")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    packed = read_weights(arguments.weights)
    arrays = dequantised(packed)
    network = build(arrays)
    sources = (item.partition(":") for item in arguments.texts)
    texts = [sentence.text for form, _, path in sources for sentence in READERS[form](Path(path), "")]
    texts = list(dict.fromkeys(texts))
    np.random.default_rng(arguments.seed).shuffle(texts)
    rows, doubtful = examples(texts, arrays)
    params = train(rows, doubtful, network, arguments.channels, arguments.steps, arguments.seed)
    # The threshold is set on a tenth that was not trained on.
    kept = slice(-len(doubtful) // 10, None)
    scores = np.asarray(forward(params, [jnp.asarray(table) for table in network.tables], [r[kept] for r in rows]))
    threshold = float(np.quantile(scores[doubtful[kept]], arguments.lost))
    print(f"{np.mean(scores > threshold):.3f} of the places are looked at, {doubtful[kept].mean():.3f} are doubtful")
    screen = {"enter": params["enter"], "leave": params["leave"], "bias": params["bias"] - threshold}
    for number in range(len(DILATIONS)):
        screen |= {f"kernel{number}": params["kernels"][number], f"bias{number}": params["biases"][number]}
    # The first look is small and its threshold exact: it stays in full precision.
    others = {name: values for name, values in packed.items() if not name.startswith("screen.")}
    write(arguments.weights, others | {f"screen.{k}": np.asarray(v, np.float32) for k, v in screen.items()})


def examples(texts: list[str], arrays: Arrays) -> tuple[list[Any], np.ndarray[Any, Any]]:
    """Table rows of every character, and whether the network is in doubt there under any convention."""
    words = lexicon_words()
    featurizer = featurizer_of(words, arrays["alphabet"])
    networks = [build(arrays, convention) for convention in CONVENTIONS]
    rows: list[list[np.ndarray[Any, Any]]] = []
    doubtful = []
    for at in range(0, len(texts), LINES):
        inputs = featurizer.inputs(words.lattice("\n".join(texts[at : at + LINES])))
        outside = float(arrays["outside"].item())
        logs = [log_probabilities(network.scores(inputs), outside)[:, 0] for network in networks]
        rows.append(table_rows(inputs, slice(None)))
        doubtful.append(np.minimum.reduce(logs) < np.log(CERTAIN))
    return [np.concatenate(column) for column in zip(*rows, strict=True)], np.concatenate(doubtful)


def forward(params: Params, tables: list[jax.Array], rows: list[Any]) -> jax.Array:
    """Scores as `redactor.detect.ner.gate` computes them, but for the ends of the text."""
    hidden = sum(table[row] for table, row in zip(tables, rows, strict=True)) @ params["enter"]
    for kernel, bias, far in zip(params["kernels"], params["biases"], DILATIONS, strict=True):
        around = jnp.concatenate([jnp.roll(hidden, far, 0), hidden, jnp.roll(hidden, -far, 0)], 1)
        hidden = hidden + jax.nn.relu(around @ kernel + bias)
    scores: jax.Array = hidden @ params["leave"] + params["bias"]
    return scores


def train(
    rows: list[Any], doubtful: np.ndarray[Any, Any], network: Network, channels: int, steps: int, seed: int
) -> Params:
    """The weights of the first look; what it leaves out costs more than what it lets through."""
    tables = [jnp.asarray(table) for table in network.tables]
    wide = tables[0].shape[1]
    keys = iter(jax.random.split(jax.random.PRNGKey(seed), 8))
    params: Params = {
        "enter": jax.random.normal(next(keys), (wide, channels)) * wide**-0.5,
        "kernels": [
            jax.random.normal(next(keys), (3 * channels, channels)) * (2 / (3 * channels)) ** 0.5 for _ in DILATIONS
        ],
        "biases": [jnp.zeros(channels) for _ in DILATIONS],
        "leave": jax.random.normal(next(keys), (channels,)) * 0.1,
        "bias": jnp.zeros(()),
    }
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(optax.cosine_decay_schedule(0.01, steps)))

    def loss(params: Params, rows: list[Any], gold: jax.Array) -> jax.Array:
        each = optax.sigmoid_binary_cross_entropy(forward(params, tables, rows), gold)
        return jnp.mean(jnp.where(gold > 0, 8.0, 1.0) * each)

    chance = np.random.default_rng(seed)
    gold = doubtful.astype(np.float32)
    last = len(gold) * 9 // 10 - BATCH

    def batches() -> Iterator[tuple[Any, ...]]:
        while True:
            at = int(chance.integers(last))
            yield [row[at : at + BATCH] for row in rows], gold[at : at + BATCH]

    return fitted(params, loss, optimizer, batches(), steps)


if __name__ == "__main__":
    main()
