"""Train the recogniser: `python training/train.py --out DIR --corpus NAME=FORMAT:PATH … [--labelled NAME=PATH …]`.

Formats are those of corpora.READERS. A wide network is trained on all corpora, each with its own convention as an input; a
narrow one learns from the wide one's probabilities and the gold labels. Seeded; the same inputs give the same weights on the
same kind of machine.
"""

from __future__ import annotations

import argparse
import json
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Any, Final

import jax
import jax.numpy as jnp
import net
import numpy as np
import optax
from corpora import READERS, Sentence, read_labelled, with_organisations, without_titles
from data import Rows, alphabet_of, joined, rows_of, swapped
from office import person, place
from office import sentences as office_sentences

from redactor.detect.lattice import compile_words
from redactor.detect.lexicon import Lexicon
from redactor.detect.names import read_given, read_surnames
from redactor.detect.ner.features import compile_featurizer
from redactor.ruleset.load import packaged_rules

TAGGED: Final = "pd98"
"""The convention of the shipped network, and of made-up sentences."""
TEACHER: Final = "teacher"
BATCH: Final = 64
_TELLING: Final = 8
"""Shorter sentences (完) may stand anywhere."""


def main() -> None:
    """Read the command line, train, write weights and scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--corpus", action="append", default=[], metavar="NAME=FORMAT:PATH")
    parser.add_argument("--labelled", action="append", default=[], metavar="NAME=PATH", help="what a teacher found")
    parser.add_argument("--dev", type=Path, help="BIO file to score on, never trained on")
    parser.add_argument(
        "--hold-out", action="append", default=[], metavar="NAME=N", help="last sentences of a corpus, not trained on"
    )
    parser.add_argument("--wide", type=int, default=128)
    parser.add_argument("--narrow", type=int, default=64)
    parser.add_argument("--wide-epochs", type=float, default=4)
    parser.add_argument("--narrow-epochs", type=float, default=6)
    parser.add_argument("--office", type=int, default=30_000, help="made-up sentences")
    parser.add_argument(
        "--wide-weights", type=Path, action="append", default=[], help="a wide network to learn from as well"
    )
    parser.add_argument(
        "--target", default="msra=0.65,pd98=0.35", help="conventions that the narrow network learns, with their shares"
    )
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    corpora = read_all(arguments.corpus, arguments.labelled, arguments.office, arguments.seed)
    corpora = without(corpora, arguments.dev, arguments.hold_out)
    names = list(corpora)
    for name, sentences in corpora.items():
        print(f"{name}: {len(sentences)} sentences, {sum(len(s.text) for s in sentences)} characters", flush=True)
    data = packaged_rules() / "data"
    words = compile_words(Lexicon.parse((data / "lexicon.tsv").read_text(encoding="utf-8")))
    surnames = read_surnames((data / "surnames.txt").read_text(encoding="utf-8"))
    given = read_given((data / "given_chars.tsv").read_text(encoding="utf-8"))
    alphabet = alphabet_of((s for group in corpora.values() for s in group), 3)
    featurizer = compile_featurizer(words, surnames, given, alphabet)
    frequent, likely, places = name_parts()
    made = {
        "PERSON": lambda chance: person(chance, frequent, likely),
        "LOCATION": lambda chance: place(chance, places),
    }
    groups = {}
    for number, (name, sentences) in enumerate(corpora.items()):
        parts = [rows_of(sentences, number, featurizer, words)]
        if name != TEACHER:
            parts.append(rows_of(swapped(sentences, 0.6, arguments.seed, made), number, featurizer, words))
        groups[name] = joined(parts)
    rows = joined(list(groups.values()))
    print(f"{len(rows.corpus)} rows, {len(alphabet)} characters", flush=True)
    scored = None
    if arguments.dev:
        scored = rows_of(list(READERS["bio"](arguments.dev, TAGGED)), names.index(TAGGED), featurizer, words)
    wide = []
    for path in arguments.wide_weights:
        saved = dict(np.load(path))
        if not np.array_equal(saved["alphabet"], alphabet):
            parser.error(f"{path}: was trained on other texts: its alphabet is another")
        wide.append(net.from_numpy(saved))
    if arguments.wide_epochs:
        wide.append(
            train(
                rows,
                arguments.wide,
                len(alphabet),
                len(names),
                arguments.wide_epochs,
                arguments.seed + 10 * len(wide),
                scored,
            )
        )
        np.savez(arguments.out / "wide.npz", alphabet=alphabet, **net.to_numpy(wide[-1]))
    if arguments.narrow_epochs:
        seen = {s.text for name, group in corpora.items() if name != TEACHER for s in group}
        other = [s for s in corpora.get(TEACHER, ()) if s.text not in seen]
        if other:
            groups[TEACHER] = rows_of(other, 0, featurizer, words)
        rows = joined(list(groups.values()))
        target = [
            (names.index(name), share) for name, share in (item.split("=") for item in arguments.target.split(","))
        ]
        narrow = train(
            rows, arguments.narrow, len(alphabet), len(names), arguments.narrow_epochs, arguments.seed + 1, scored,
            Teacher(tuple(wide), tuple((number, float(share)) for number, share in target)),
        )  # fmt: skip
        np.savez(arguments.out / "narrow.npz", alphabet=alphabet, **net.to_numpy(narrow))
    (arguments.out / "corpora.json").write_text(json.dumps(names), encoding="utf-8")


def read_all(corpora: Sequence[str], labelled: Sequence[str], office: int, seed: int) -> dict[str, list[Sentence]]:
    """Sentences by convention: each corpus, what the teacher found in all of them, made-up ones with the tagged corpus."""
    found: dict[str, list[Sentence]] = {}
    for item in corpora:
        name, _, source = item.partition("=")
        form, _, path = source.partition(":")
        found.setdefault(name, []).extend(READERS[form](Path(path), name))
    teacher: list[Sentence] = []
    by_text: dict[str, Sentence] = {}
    for item in labelled:
        sentences = list(read_labelled(Path(item.partition("=")[2]), TEACHER))
        teacher += sentences
        by_text |= {s.text: s for s in sentences}
    if TAGGED in found and by_text:
        found[TAGGED] = [with_organisations(s, by_text.get(s.text, s)) for s in found[TAGGED]]
    if office:
        data = packaged_rules() / "data"
        surnames = [
            (line.split("\t")[0], float(line.split("\t")[1]) ** 0.6)
            for line in lines_of(data / "surnames.txt")
            if "\t" in line and len(line.split("\t")[0]) == 1 and line.split("\t")[1] != "0"
        ]
        given = [
            (r[0], 2.718 ** (0.6 * float(r[1])))
            for r in (line.split("\t") for line in lines_of(data / "given_chars.tsv"))
        ]
        places = [line.split("\t")[0] for line in lines_of(data / "divisions.tsv")]
        found.setdefault(TAGGED, []).extend(office_sentences(office, seed, surnames, given, places, TAGGED))
    if teacher:
        found[TEACHER] = teacher
    return {name: [without_titles(sentence) for sentence in group] for name, group in found.items()}


def without(corpora: dict[str, list[Sentence]], dev: Path | None, hold_out: Sequence[str]) -> dict[str, list[Sentence]]:
    """The corpora without what is scored: the last sentences of some, and, in all, every text that stands in those or in `dev`."""
    scored = [s.text for s in READERS["bio"](dev, "")] if dev else []
    for item in hold_out:
        name, _, count = item.partition("=")
        scored += [s.text for s in corpora[name][-int(count) :]]
    texts = {bare(text) for text in scored if len(bare(text)) >= _TELLING}
    return {
        name: [s for s in group if bare(s.text) not in texts]
        for name, group in ((n, g[: -held(n, hold_out)] if held(n, hold_out) else g) for n, g in corpora.items())
    }


def held(name: str, hold_out: Sequence[str]) -> int:
    """How many sentences of the corpus are held out."""
    return sum(int(item.partition("=")[2]) for item in hold_out if item.partition("=")[0] == name)


def bare(text: str) -> str:
    """Its letters and digits alone, one width: the same sentence in two editions."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isalnum())


def name_parts() -> tuple[list[tuple[str, float]], list[tuple[str, float]], list[str]]:
    """Surnames and characters of given names with weights, flatter than they are in life; places."""
    data = packaged_rules() / "data"
    rows = [line.split("\t") for line in lines_of(data / "surnames.txt")]
    surnames = [(row[0], float(row[1]) ** 0.6) for row in rows if len(row) > 1 and len(row[0]) == 1 and row[1] != "0"]
    given = [
        (row[0], exp(0.6 * float(row[1]))) for row in (line.split("\t") for line in lines_of(data / "given_chars.tsv"))
    ]
    return surnames, given, [line.split("\t")[0] for line in lines_of(data / "divisions.tsv")]


def lines_of(path: Any) -> list[str]:
    """The lines of a data file that are no comments."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]


@dataclass(frozen=True, slots=True)
class Teacher:
    """Trained networks and the mixture of conventions that is learned from them."""

    networks: tuple[net.Params, ...]
    shares: tuple[tuple[int, float], ...]

    def probabilities(self, batch: dict[str, jax.Array]) -> Any:
        """Of each label, in the mixture."""
        return sum(
            share
            / len(self.networks)
            * jax.nn.softmax(net.logits(network, {**batch, "corpus": jnp.full_like(batch["corpus"], number)}))
            for network in self.networks
            for number, share in self.shares
        )

    def targets(self, rows: Rows) -> np.ndarray[Any, Any]:
        """The probabilities for every row, shape (rows, ROW, LABELS), half precision."""
        infer = jax.jit(self.probabilities)
        found = np.empty((*rows.labels.shape, net.LABELS), np.float16)
        for at in range(0, len(rows.corpus), 256):
            index = np.arange(at, min(at + 256, len(rows.corpus)))
            found[index] = np.asarray(infer(rows.batch(index)))
        print(f"teacher's labels of {len(found)} rows", flush=True)
        return found


def train(
    rows: Rows,
    channels: int,
    chars: int,
    corpora: int,
    epochs: float,
    seed: int,
    scored: Rows | None,
    teacher: Teacher | None = None,
) -> net.Params:
    """A network of so many channels; with a teacher, it learns the teacher's probabilities, in the first convention alone."""
    params = net.initial(seed, channels, chars, corpora)
    steps = int(epochs * len(rows.corpus) / BATCH)
    schedule = optax.warmup_cosine_decay_schedule(0.0, 3e-3, 200, steps, 3e-5)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule, weight_decay=1e-4))
    state = optimizer.init(params)

    # The teacher sees every row once: it always says the same.
    soft = teacher.targets(rows) if teacher else None

    def loss(params: net.Params, batch: dict[str, jax.Array], key: jax.Array) -> jax.Array:
        mask = batch["labels"] >= 0
        gold = jax.nn.one_hot(jnp.maximum(batch["labels"], 0), net.LABELS)
        if teacher is not None:
            trusted = 0.3 * (batch["corpus"] == teacher.shares[0][0])[:, None, None]
            gold = trusted * gold + (1 - trusted) * batch["soft"].astype(jnp.float32)
            batch = {**batch, "corpus": jnp.zeros_like(batch["corpus"])}
        scores = jax.nn.log_softmax(net.logits(params, batch, key))
        # Entities are few; what leaks costs more than what is masked too much.
        weight = mask * jnp.where(batch["labels"] > 0, 1.5, 1.0)
        return -jnp.sum(jnp.sum(gold * scores, -1) * weight) / jnp.sum(weight)

    @jax.jit
    def step(params: net.Params, state: Any, batch: dict[str, jax.Array], key: jax.Array) -> Any:
        value, gradient = jax.value_and_grad(loss)(params, batch, key)
        updates, state = optimizer.update(gradient, state, params)
        return optax.apply_updates(params, updates), state, value

    chance = np.random.default_rng(seed)
    order = np.empty(0, np.intp)
    key = jax.random.PRNGKey(seed)
    began, mean = time.time(), 0.0
    for number in range(steps):
        if len(order) < BATCH:
            order = np.concatenate([order, chance.permutation(len(rows.corpus))])
        index, order = order[:BATCH], order[BATCH:]
        key, own = jax.random.split(key)
        batch = rows.batch(index)
        if soft is not None:
            batch["soft"] = soft[index]
        params, state, value = step(params, state, batch, own)
        mean += float(value)
        if number % 250 == 249 or number == steps - 1:
            print(
                f"{channels}: step {number + 1}/{steps} loss {mean / 250:.4f} {time.time() - began:.0f} s", flush=True
            )
            mean = 0.0
            if scored is not None and (number % 1000 == 999 or number == steps - 1):
                for convention in (0,) if teacher else range(min(4, corpora)):
                    scored.corpus[:] = convention
                    print("   dev", convention, score(params, scored), flush=True)
    return params


def score(params: net.Params, rows: Rows) -> str:
    """Exact-span F1 and cover by greedy labels: a glance, not the measurement."""
    infer = jax.jit(lambda batch: jnp.argmax(net.logits(params, batch), -1))
    found = np.concatenate(
        [
            np.asarray(infer(rows.batch(np.arange(at, min(at + 256, len(rows.corpus))))))
            for at in range(0, len(rows.corpus), 256)
        ]
    ).reshape(-1)
    gold = rows.labels.reshape(-1)
    there = gold >= 0
    a, b = spans_of(found[there]), spans_of(gold[there])
    right = len(a & b)
    cover = float(((found > 0) & (gold > 0)).sum() / max(1, (gold > 0).sum()))
    return f"P {right / max(1, len(a)):.3f} R {right / max(1, len(b)):.3f} F1 {2 * right / max(1, len(a) + len(b)):.3f} cover {cover:.3f}"


def spans_of(labels: Any) -> set[tuple[int, int, int]]:
    """Spans of a label sequence: begin (inside)* end, or single."""
    found, start = set(), -1
    for at, label in enumerate(labels.tolist()):
        kind, part = (label - 1) // 4, (label - 1) % 4
        if label and part == 3:
            found.add((at, at + 1, kind))
        elif label and part == 0:
            start = at
        elif label and part == 2 and start >= 0:
            found.add((start, at + 1, kind))
            start = -1
        elif not label:
            start = -1
    return found


if __name__ == "__main__":
    main()
