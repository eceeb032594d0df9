"""Train the line voter: `python training/lines.py --promo training/promo/a.txt --annotated real=FILE.jsonl --body marked:training/texts/a.txt
--traditional TSCharacters.txt`. Plain numpy; the same inputs and the same seed give the same weights.

First the linear model, once on all lines and once without each fold of the sources, so that what the networks learn from is what the
linear model says of lines that it has not seen; then the networks with their chains, on the documents and on documents put together:
the head and the tail of one about the text of another.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from composing import composed
from marked import FOLDS, UNKNOWN, Marked, fold_of, folding, held_back, named, read_annotated, read_body, read_promo
from numpy.typing import NDArray
from pack import write

from redactor.detect.boilerplate.sight import BITS, Grams, folded, grams, linear, windows
from redactor.detect.boilerplate.traits import features
from redactor.detect.boilerplate.voter import FARTHEST, FILE, FORMAT, STATES, Voter, load_voter
from redactor.packaged import packaged_rules

_PLAIN: Final = 0.4
"""What a line of a document without any mark counts in the linear model."""
_DROP: Final = 0.1
"""Such a share of what a network sees of a line is left out, another one each time."""
_MEMBERS: Final = 5
_RIDGE, _ROUNDS = 0.06, 60
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

    def cost(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, bias = point[:-1], point[-1]
        scores = linear(seen, weights, bias, total)
        chances = 1 / (1 + np.exp(-np.clip(scores, -40, 40)))
        loss = float((counts * (np.logaddexp(0, scores) - labels * scores)).sum() + ridge / 2 * weights @ weights)
        back = counts * (chances - labels)
        slope = np.bincount(seen.rows, weights=back[seen.owners] * seen.values, minlength=1 << BITS)
        return loss, np.append(slope + ridge * weights, back.sum())

    best = minimum(cost, np.zeros((1 << BITS) + 1), rounds)
    return Content(best[:-1], float(best[-1]))


def minimum(
    cost: Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]],
    point: NDArray[np.float64],
    rounds: int,
    memory: int = 8,
) -> NDArray[np.float64]:
    """Where a smooth cost is least: limited-memory BFGS, the step halved until it pays."""
    value, slope = cost(point)
    moves: list[tuple[NDArray[np.float64], NDArray[np.float64], float]] = []
    for _ in range(rounds):
        way, shares = slope.copy(), []
        for move, turn, rate in reversed(moves):
            share = rate * (move @ way)
            shares.append(share)
            way -= share * turn
        if moves:
            move, turn, rate = moves[-1]
            way /= rate * (turn @ turn)
        else:
            way /= max(1.0, float(np.abs(slope).max()))
        for (move, turn, rate), share in zip(moves, reversed(shares), strict=True):
            way += move * (share - rate * (turn @ way))
        step, fall = 1.0, float(slope @ way)
        while True:
            following = point - step * way
            next_value, next_slope = cost(following)
            if next_value <= value - 1e-4 * step * fall or step < 1e-6:
                break
            step /= 2
        move, turn = following - point, next_slope - slope
        if move @ turn > 1e-10:
            moves = [*moves, (move, turn, 1 / float(move @ turn))][-memory:]
        done = value - next_value < 1e-5 * abs(value)
        point, value, slope = following, next_value, next_slope
        if done:
            break
    return point


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
    texts: list[str] = []
    labels: list[int] = []
    counts: list[float] = []
    folds: list[int] = []
    for document in documents:
        for line, label in zip(document.lines, document.labels, strict=True):
            text = line.strip()
            if text and label != UNKNOWN:
                texts.append(text)
                labels.append(label)
                counts.append(_PLAIN if document.clean else 1.0)
                folds.append(fold_of(document.source))
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
            features(window, seen, content),
            np.minimum(1, np.array(window.blanks[1:-1], np.int64)),
            labels[numbers],
            window.above == 0,
            window.below == 0,
        )


@dataclass(frozen=True, slots=True)
class Batch:
    inputs: NDArray[np.float32]
    gaps: NDArray[np.int64]
    labels: NDArray[np.int64]
    inside: NDArray[np.bool_]
    firsts: NDArray[np.float64]
    lasts: NDArray[np.float64]
    stops: NDArray[np.int64]


def batches(examples: Sequence[Example], size: int) -> list[Batch]:
    """Examples of about the same length together."""
    order = sorted(range(len(examples)), key=lambda number: len(examples[number].labels))
    made = []
    for start in range(0, len(order), size):
        own = [examples[number] for number in order[start : start + size]]
        longest, width = max(len(one.labels) for one in own), own[0].inputs.shape[1]
        inputs = np.zeros((len(own), longest, width), np.float32)
        gaps = np.zeros((len(own), longest), np.int64)
        labels = np.full((len(own), longest), UNKNOWN, np.int64)
        inside = np.zeros((len(own), longest), np.bool_)
        for row, one in enumerate(own):
            count = len(one.labels)
            inputs[row, :count], gaps[row, : count - 1], labels[row, :count] = one.inputs, one.gaps, one.labels
            inside[row, :count] = True
        firsts = np.array([float(one.first) for one in own])
        lasts = np.array([float(one.last) for one in own])
        made.append(Batch(inputs, gaps, labels, inside, firsts, lasts, inside.sum(1) - 1))
    return made


def slopes(batch: Batch, point: Arrays, noise: NDArray[np.float32] | None) -> tuple[float, Arrays]:
    """What the labels of a batch cost under the model, and where that falls."""
    inputs = batch.inputs if noise is None else batch.inputs * noise
    hidden = np.tanh(inputs @ point["enter"] + point["enter_bias"])
    rows, longest = batch.labels.shape
    scores = np.zeros((rows, longest, STATES))
    scores[..., 1] = hidden @ point["leave"] + point["leave_bias"]
    scores[:, 0] += batch.firsts[:, None] * point["ends"][0]
    scores[np.arange(rows), batch.stops] += batch.lasts[:, None] * point["ends"][1]
    free, pairs, value = chain(scores, point["steps"][batch.gaps], batch)
    bound = np.where((batch.labels[..., None] != UNKNOWN) & (batch.labels[..., None] != np.arange(STATES)), -1e4, 0.0)
    told, told_pairs, told_value = chain(scores + bound, point["steps"][batch.gaps], batch)
    back = (free - told) * batch.inside[..., None]
    steps = np.zeros_like(point["steps"])
    for kind in range(STATES):
        chosen = (batch.gaps[:, :-1] == kind) & batch.inside[:, 1:]
        steps[kind] = (pairs - told_pairs)[chosen].sum(0)
    ends = np.stack(
        [
            (back[:, 0] * batch.firsts[:, None]).sum(0),
            (back[np.arange(rows), batch.stops] * batch.lasts[:, None]).sum(0),
        ]
    )
    last = back[..., 1].astype(np.float32)
    inner = last[..., None] * point["leave"] * (1 - hidden**2)
    flat = inner.reshape(-1, inner.shape[-1])
    return float(value - told_value), {
        "enter": inputs.reshape(len(flat), -1).T @ flat,
        "enter_bias": flat.sum(0),
        "leave": hidden.reshape(len(flat), -1).T @ last.reshape(-1),
        "leave_bias": np.asarray(last.sum()),
        "steps": steps,
        "ends": ends,
    }


def chain(
    scores: NDArray[np.float64], steps: NDArray[np.float64], batch: Batch
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """By line how likely each state is, by pair of lines each pair of states, and the logarithm of the sum over all ways."""
    rows, longest, _ = scores.shape
    ahead, behind = np.zeros_like(scores), np.zeros_like(scores)
    ahead[:, 0] = scores[:, 0]
    for place in range(1, longest):
        moved = (ahead[:, place - 1, :, None] + steps[:, place - 1]).transpose(0, 2, 1)
        ahead[:, place] = np.logaddexp(moved[..., 0], moved[..., 1]) + scores[:, place]
    for place in range(longest - 2, -1, -1):
        moved = steps[:, place] + (behind[:, place + 1] + scores[:, place + 1])[:, None, :]
        behind[:, place] = np.logaddexp(moved[..., 0], moved[..., 1]) * batch.inside[:, place + 1, None]
    final = ahead[np.arange(rows), batch.stops]
    total = np.logaddexp(final[:, 0], final[:, 1])
    chances = np.exp(np.minimum(0, ahead + behind - total[:, None, None]))
    pairs = (ahead[:, :-1, :, None] + steps[:, : longest - 1] + (behind[:, 1:] + scores[:, 1:])[:, :, None, :]) - total[
        :, None, None, None
    ]
    return chances, np.exp(np.minimum(0, pairs)), float(total.sum())


def learn_member(
    examples: Sequence[Example], seed: int, hidden: int = 32, epochs: int = 30, rate: float = 0.004, ridge: float = 1e-3
) -> Arrays:
    """A network with its chain, by Adam; the rate falls to nothing."""
    luck = np.random.default_rng(seed)
    width = examples[0].inputs.shape[1]
    point: Arrays = {
        "enter": luck.normal(0, width**-0.5, (width, hidden)).astype(np.float32),
        "enter_bias": np.zeros(hidden, np.float32),
        "leave": luck.normal(0, hidden**-0.5, hidden).astype(np.float32),
        "leave_bias": np.zeros((), np.float32),
        "steps": np.array([np.eye(STATES) * 1.0] * 2),
        "ends": np.zeros((2, STATES)),
    }
    first = {name: np.zeros_like(value, np.float64) for name, value in point.items()}
    second = {name: np.zeros_like(value, np.float64) for name, value in point.items()}
    made = batches(examples, 32)
    step, steps = 0, epochs * len(made)
    for _ in range(epochs):
        for number in luck.permutation(len(made)):
            batch = made[number]
            kept = (luck.random((len(batch.labels), 1, width)) >= _DROP).astype(np.float32) / np.float32(1 - _DROP)
            _, slope = slopes(batch, point, kept)
            step += 1
            pace = rate * (1 - step / steps) * min(1.0, step / 50)
            for name, fall in slope.items():
                fall = fall / len(batch.labels) + ridge * point[name] * (name in ("enter", "leave"))
                first[name] = 0.9 * first[name] + 0.1 * fall
                second[name] = 0.999 * second[name] + 0.001 * fall**2
                move = first[name] / (1 - 0.9**step) / (np.sqrt(second[name] / (1 - 0.999**step)) + 1e-8)
                point[name] = (point[name] - pace * move).astype(np.asarray(point[name]).dtype)
    return point


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


def report(voter: Voter, documents: Sequence[Marked], name: str) -> None:
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
            print(f"{name}: {unit}: precision {wanted}: recall {recall:.3f} at {chances[order][at]:.3f}")


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
    parser.add_argument("--score", action="append", default=[], type=Path, help="marked documents to score on")
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
    voter = load_voter(arguments.out)
    if held:
        report(voter, held, "held back")
    for path in arguments.score:
        report(voter, list(read_promo(path)), path.name)
    if arguments.manifest:
        read = {path.name: path for path in [*arguments.promo, *filter(None, [arguments.traditional])]}
        read |= {path.name: path for _, path in named(arguments.body)}
        read |= dict(named(arguments.annotated))
        arguments.manifest.write_text(f"{json.dumps(_hashes(read), indent=1)}\n", encoding="utf-8")


def _hashes(files: Mapping[str, Path]) -> dict[str, str]:
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
