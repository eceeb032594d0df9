"""Train the line voter: `python training/lines.py --promo training/promo/a.txt --annotated real=FILE.jsonl --body marked:training/texts/a.txt
--traditional TSCharacters.txt`. The same inputs and the same seed give the same weights.

First the linear model, once on all lines and once without each fold of the sources, so that what the networks learn from is what the
linear model says of lines that it has not seen; then the networks with their chains, on the documents and on documents put together:
the head and the tail of one about the text of another.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from composing import composed
from marked import FOLDS, UNKNOWN, Marked, fold_of, folding, held_back, named, read_annotated, read_body, read_promo
from net import Params, fitted
from numpy.typing import NDArray
from pack import write
from scipy.optimize import minimize

from redactor.detect.boilerplate.sight import BITS, Grams, folded, grams, linear, windows
from redactor.detect.boilerplate.traits import features
from redactor.detect.boilerplate.voter import FARTHEST, FILE, FORMAT, STATES, Voter, load_voter
from redactor.packaged import packaged_rules

_PLAIN: Final = 0.4
"""What a line of a document without any mark counts in the linear model."""
_DROP: Final = 0.1
"""Such a share of what a network sees of a line is left out, another one each time."""
_MEMBERS: Final = 5
_RIDGE, _ROUNDS, _ENOUGH = 0.06, 60, 1e-5
_RATE, _SMALL = 0.004, 1e-3
_LENGTHS: Final = 16
_SPREAD: Final = 1e-3
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Content:
    """A linear model of lines."""

    weights: NDArray[np.float64]
    bias: float


def learn_content(
    seen: Grams, labels: NDArray[np.float64], counts: NDArray[np.float64], ridge: float, rounds: int
) -> Content:
    """Logistic regression by L-BFGS."""
    total = len(labels)

    def loss_at(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, bias = point[:-1], point[-1]
        scores = linear(seen, weights, bias, total)
        chances = 1 / (1 + np.exp(-np.clip(scores, -40, 40)))
        loss = float((counts * (np.logaddexp(0, scores) - labels * scores)).sum() + ridge / 2 * weights @ weights)
        back = counts * (chances - labels)
        slope = np.bincount(seen.rows, weights=back[seen.owners] * seen.values, minlength=1 << BITS)
        return loss, np.append(slope + ridge * weights, back.sum())

    limits = {"maxiter": rounds, "ftol": _ENOUGH}
    best = minimize(loss_at, np.zeros((1 << BITS) + 1), jac=True, method="L-BFGS-B", options=limits).x
    return Content(best[:-1], float(best[-1]))


@dataclass(frozen=True, slots=True)
class Contents:
    """The linear model of all documents, and one for each fold of the sources that has not seen it."""

    whole: Content
    folds: tuple[Content, ...]

    def unseen(self, sources: Sequence[str], seen: Grams) -> NDArray[np.float64]:
        """What is said of lines by the models that have not seen their sources."""
        own = np.array([fold_of(source) for source in sources])
        scores = np.zeros(len(own))
        for number in set(own.tolist()):
            model = self.folds[number]
            scores = np.where(own == number, linear(seen, model.weights, model.bias, len(own)), scores)
        return scores


def content_of(documents: Sequence[Marked], table: NDArray[np.uint16]) -> Contents:
    """The linear models."""
    rows = [
        (line.strip(), label, _PLAIN if document.clean else 1.0, fold_of(document.source))
        for document in documents
        for line, label in zip(document.lines, document.labels, strict=True)
        if line.strip() and label != UNKNOWN
    ]
    texts, labels, counts, folds = zip(*rows, strict=True)
    seen = grams(folded(texts, table))
    truth, weight, own = np.array(labels, np.float64), np.array(counts), np.array(folds)
    print(f"{len(documents)} documents, {len(texts)} lines, {sum(labels)} of them no part of the text", flush=True)
    return Contents(
        learn_content(seen, truth, weight, _RIDGE, _ROUNDS),
        tuple(learn_content(seen, truth, weight * (own != number), _RIDGE, _ROUNDS) for number in range(FOLDS)),
    )


@dataclass(frozen=True, slots=True)
class Example:
    """A window of a document as the networks see it."""

    inputs: NDArray[np.float32]
    gaps: NDArray[np.int64]
    labels: NDArray[np.int64]
    first: bool
    last: bool


def examples_of(
    document: Marked, sources: Sequence[str], table: NDArray[np.uint16], contents: Contents
) -> Iterator[Example]:
    """The windows of a document."""
    labels = np.array(document.labels, np.int64)
    for numbers, window in windows(document.lines):
        seen = folded(window.texts, table)
        content = contents.unseen([sources[number] for number in numbers], grams(seen))
        yield Example(
            features([window], seen, content),
            np.minimum(1, np.array(window.blanks[1:-1], np.int64)),
            labels[numbers],
            window.above == 0,
            window.below == 0,
        )


class Batch(NamedTuple):
    """Windows of about the same length, filled up to one length; `inside`: what of them is no filling."""

    inputs: NDArray[np.float32]
    gaps: NDArray[np.int64]
    labels: NDArray[np.int64]
    inside: NDArray[np.bool_]
    firsts: NDArray[np.float32]
    lasts: NDArray[np.float32]


def batches(examples: Sequence[Example], size: int) -> list[Batch]:
    """Examples of about the same length together."""
    order = sorted(examples, key=lambda one: len(one.labels))
    made = []
    for start in range(0, len(order), size):
        own = order[start : start + size]
        # Of few lengths, as what computes a batch is compiled for each.
        longest = -(-len(own[-1].labels) // _LENGTHS) * _LENGTHS
        columns = [(one.inputs, one.gaps, one.labels, np.ones(len(one.labels), np.bool_)) for one in own]
        inputs, gaps, labels, inside = zip(*columns, strict=True)
        firsts, lasts = np.array([(one.first, one.last) for one in own], np.float32).T
        lines = (filled(inputs, longest), filled(gaps, longest), filled(labels, longest, UNKNOWN))
        made.append(Batch(*lines, filled(inside, longest), firsts, lasts))
    return made


def filled(rows: Iterable[NDArray[Any]], longest: int, filling: int = 0) -> NDArray[Any]:
    """The arrays as one, each filled up."""
    short = ((row, [(0, longest - len(row)), *[(0, 0)] * (row.ndim - 1)]) for row in rows)
    return np.stack([np.pad(row, pad, constant_values=filling) for row, pad in short])


def cost(point: Params, batch: Batch) -> jax.Array:
    """What the labels of a batch cost under the model: how much likelier all ways through its lines are than those that the labels leave."""
    rows = len(batch.labels)
    hidden = jnp.tanh(batch.inputs @ point["enter"] + point["enter_bias"])
    taken = hidden @ point["leave"] + point["leave_bias"]
    scores = jnp.stack([jnp.zeros_like(taken), taken], -1)
    scores = scores.at[:, 0].add(batch.firsts[:, None] * point["ends"][0])
    scores = scores.at[jnp.arange(rows), batch.inside.sum(1) - 1].add(batch.lasts[:, None] * point["ends"][1])
    steps = point["steps"][batch.gaps]
    refuted = (batch.labels[..., None] != UNKNOWN) & (batch.labels[..., None] != jnp.arange(STATES))
    free, told = (ways(each, steps, batch.inside) for each in (scores, scores - 1e4 * refuted))
    return jnp.mean(free - told) + _SMALL / 2 * sum(jnp.sum(point[name] ** 2) for name in ("enter", "leave"))


def ways(scores: jax.Array, steps: jax.Array, inside: NDArray[np.bool_]) -> jax.Array:
    """By row the logarithm of the sum over all ways through its lines."""

    def further(ahead: jax.Array, place: Any) -> tuple[jax.Array, None]:
        own, step, there = place
        moved = jax.nn.logsumexp(ahead[:, :, None] + step, axis=1) + own
        return jnp.where(there[:, None], moved, ahead), None

    by_place = (scores[:, 1:].swapaxes(0, 1), steps[:, :-1].swapaxes(0, 1), inside[:, 1:].T)
    return jax.nn.logsumexp(jax.lax.scan(further, scores[:, 0], by_place)[0], axis=1)


def learn_member(examples: Sequence[Example], seed: int, hidden: int = 32, epochs: int = 30) -> Arrays:
    """A network with its chain, by Adam; the rate falls to nothing."""
    luck = np.random.default_rng(seed)
    width = examples[0].inputs.shape[1]
    point: Params = {
        "enter": luck.normal(0, width**-0.5, (width, hidden)).astype(np.float32),
        "enter_bias": np.zeros(hidden, np.float32),
        "leave": luck.normal(0, hidden**-0.5, hidden).astype(np.float32),
        "leave_bias": np.zeros((), np.float32),
        "steps": np.array([np.eye(STATES)] * 2, np.float32),
        "ends": np.zeros((2, STATES), np.float32),
    }
    made = batches(examples, 32)
    steps = epochs * len(made)

    def drawn() -> Iterator[tuple[Batch]]:
        for _ in range(epochs):
            for number in luck.permutation(len(made)):
                rows = len(made[number].labels)
                kept = (luck.random((rows, 1, width)) >= _DROP).astype(np.float32) / np.float32(1 - _DROP)
                yield (made[number]._replace(inputs=made[number].inputs * kept),)

    def pace(step: Any) -> Any:
        return _RATE * (1 - (step + 1) / steps) * jnp.minimum(1.0, (step + 1) / 50)

    learned = fitted(point, cost, optax.adam(pace), drawn(), steps)
    return {name: np.asarray(value) for name, value in learned.items()}


def trained(documents: Sequence[Marked], table: NDArray[np.uint16], seed: int) -> dict[str, NDArray[Any]]:
    """All arrays of a weight file, learned from documents."""
    contents = content_of(documents, table)
    examples = [
        example
        for document, sources in composed(documents, random.Random(seed), 1)
        for example in examples_of(document, sources, table, contents)
    ]
    everything = np.concatenate([example.inputs for example in examples])
    mean, scale = everything.mean(0), everything.std(0) + _SPREAD
    scaled = [
        replace(example, inputs=np.clip((example.inputs - mean) / scale, -FARTHEST, FARTHEST)) for example in examples
    ]
    members = [learn_member(scaled, seed + number) for number in range(_MEMBERS)]
    return packed(contents.whole, table, mean, scale, members)


def packed(
    content: Content,
    table: NDArray[np.uint16],
    mean: NDArray[np.float32],
    scale: NDArray[np.float32],
    members: Sequence[Arrays],
) -> dict[str, NDArray[Any]]:
    """The arrays as they are shipped: the linear model in eight bits, the networks in sixteen."""
    step = max(float(np.abs(content.weights).max()), 1e-6) / 127
    arrays: dict[str, NDArray[Any]] = {
        "fold": table,
        "weights": np.round(content.weights / step).astype(np.int8),
        "weights.scale": np.asarray(step, np.float32),
        "bias": np.asarray(content.bias, np.float32),
        "mean": mean.astype(np.float32),
        "scale": scale.astype(np.float32),
    }
    for name in members[0]:
        kind = np.float16 if name == "enter" else np.float32
        arrays[name] = np.stack([np.asarray(member[name]) for member in members]).astype(kind)
    return arrays


def report(voter: Voter, documents: Sequence[Marked]) -> None:
    """How much of what is marked the voter finds at each precision, by characters and by lines."""
    rows = [
        (chance, label, len("".join(line.split())))
        for document in documents
        for line, label, chance in zip(document.lines, document.labels, voter.vote(document.lines), strict=True)
        if label != UNKNOWN and line.strip()
    ]
    chances, labels, sizes = (np.array(column, np.float64) for column in zip(*rows, strict=True))
    order = np.argsort(-chances, kind="stable")
    for unit, weights in (("characters", sizes), ("lines", np.ones(len(sizes)))):
        right, all_taken = np.cumsum((labels * weights)[order]), np.cumsum(weights[order])
        for wanted in (0.97, 0.98, 0.99):
            good = np.flatnonzero(right / all_taken >= wanted)
            at = int(good[-1]) if len(good) else 0
            recall = right[at] / max(1.0, float((labels * weights).sum())) if len(good) else 0.0
            print(f"held back: {unit}: precision {wanted}: recall {recall:.3f} at {chances[order][at]:.3f}")


def main() -> None:
    """Read the command line, learn, write the weights and the manifest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--promo", action="append", default=[], type=Path, help="documents marked as in promo/")
    parser.add_argument("--annotated", action="append", default=[], metavar="NAME=PATH", help="JSON lines with spans")
    parser.add_argument("--body", action="append", default=[], metavar="FORMAT:PATH", help="marked, documents or csv")
    parser.add_argument("--without", default="", help="beginnings of ids of bodies that are not clean, commas between")
    parser.add_argument("--traditional", type=Path, help="traditional and simplified characters, a tab between")
    parser.add_argument(
        "--hold-back", action="store_true", help="leave a third of the annotated sources out, and score"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(str(packaged_rules() / "data" / FILE)))
    parser.add_argument("--manifest", type=Path)
    arguments = parser.parse_args()
    annotated = [one for name, path in named(arguments.annotated) for one in read_annotated(path, name)]
    held = [one for one in annotated if held_back(one.source)] if arguments.hold_back else []
    documents = [one for one in annotated if not arguments.hold_back or not held_back(one.source)]
    documents += [one for path in arguments.promo for one in read_promo(path)]
    without = tuple(filter(None, arguments.without.split(",")))
    documents += [one for form, path in named(arguments.body) for one in read_body(form, path, without)]
    write(arguments.out, trained(documents, folding(arguments.traditional), arguments.seed), FORMAT)
    if held:
        report(load_voter(arguments.out), held)
    if arguments.manifest:
        read = {path.name: path for path in [*arguments.promo, *filter(None, [arguments.traditional])]}
        read |= {path.name: path for _, path in named(arguments.body)}
        read |= dict(named(arguments.annotated))
        arguments.manifest.write_text(f"{json.dumps(_hashes(read), indent=1)}\n", encoding="utf-8")


def _hashes(files: Mapping[str, Path]) -> dict[str, str]:
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


if __name__ == "__main__":
    main()
