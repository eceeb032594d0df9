"""Train the recogniser: `python training/train.py --out DIR --corpus NAME=FORMAT:PATH … --dev PATH …`.

Formats are those of corpora.READERS. Every corpus keeps its own convention, which is an input of the network. Wide networks learn
all of them; a narrow one learns those that it is shipped with (`--target`) from gold labels and, if there are any, from the wide
ones' probabilities, also of texts without labels (`--raw`). A network to learn from may see what LAC makes of the text
(`--lac`, see states.py): it knows more than the labels tell; a narrow one never sees it. Seeded; the same inputs
give the same weights on the same kind of machine.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import jax
import jax.numpy as jnp
import net
import numpy as np
import optax
import regex
from corpora import READERS, Sentence, without_titles
from data import Rows, alphabet_of, featurizer_of, joined, lexicon_words, nothing_known, rows_of, swapped
from marked import read_promo
from numpy.typing import NDArray
from office import OFFICE, NameParts
from pack import saved
from states import Lac

BATCH: Final = 64
TRUST: Final = 0.4
"""With teachers: what gold labels of the convention that is learned count for, beside the teachers' probabilities."""
LEANING: Final = {False: 0.25, True: 0.7}
"""With teachers: how often a row of other corpora is learned in the first target convention; True: of texts without labels."""
RAW: Final = "raw"
"""The corpus of texts without labels."""
_CLAUSE: Final = 10
"""Letters of a clause that tells one text from another."""
_CLAUSES: Final = regex.compile(r"[^\p{L}\p{N}]+")


def main() -> None:
    """Read the command line, train, write weights and what was read."""
    parser = options()
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    words = lexicon_words()
    corpora, manifest = read_all(arguments.corpus, tuple(filter(None, arguments.without.split(","))))
    corpora = apart_from(corpora, arguments.dev)
    news = (s for name, group in corpora.items() if name != OFFICE for s in group)
    parts = NameParts(words.lexicon, {s.text[start:end] for s in news for start, end, _ in s.spans})
    documents = corpora.get(OFFICE, [])
    corpora[OFFICE] = documents + parts.sentences(arguments.made_up, arguments.seed)
    names = list(corpora)
    for name, sentences in corpora.items():
        print(f"{name}: {len(sentences)} sentences, {sum(len(s.text) for s in sentences)} characters", flush=True)
    earlier = [saved(path) for path in (*arguments.teacher, *filter(None, [arguments.start]))]
    alphabet = earlier[0]["alphabet"] if earlier else alphabet_of((s for group in corpora.values() for s in group), 3)
    if any(not np.array_equal(saved["alphabet"], alphabet) for saved in earlier):
        parser.error(
            "the networks to learn from and to go on from have learned from other texts: their alphabets differ"
        )
    featurizer = featurizer_of(words, alphabet)
    if arguments.raw:
        read, raw_manifest = read_all([f"{RAW}={item}" for item in arguments.raw], ())
        texts = apart_from(read, arguments.dev)[RAW]
        texts += swapped(texts, 0.6, arguments.seed, parts.made)
        corpora[RAW] = [Sentence(s.text, (), RAW) for s in texts]
        manifest |= raw_manifest
    knowing = Lac(arguments.lac).of if arguments.lac else nothing_known
    groups = []
    for number, (name, sentences) in enumerate(corpora.items()):
        print(f"rows of {name}", flush=True)
        copies = [sentences]
        if name == OFFICE:
            # Few documents, the best there are: each twice as it is, and twice with other names.
            copies += [documents, *(swapped(documents, 0.7, seed, parts.made) for seed in (1, 2))]
        elif name != RAW:
            copies.append(swapped(sentences, 0.6, arguments.seed, parts.made))
        groups += [rows_of(copy, number, featurizer, words, knowing) for copy in copies]
    rows = joined(groups)
    print(f"{len(rows.corpus)} rows, {len(alphabet)} characters", flush=True)
    teachers = [net.from_numpy(saved) for saved in earlier[: len(arguments.teacher)]]
    target = [names.index(name) for name in arguments.target.split(",")]
    params = (
        net.from_numpy(earlier[-1])
        if arguments.start
        else net.initial(arguments.seed, arguments.channels, len(alphabet), len(names), arguments.blocks)
    )
    if arguments.lac and not teachers and "known" not in params:
        params = net.knowing(params, arguments.seed, rows.known.shape[-1])
    params = train(
        rows, params, list(corpora), arguments.steps, arguments.seed, arguments.share, Teacher(teachers, target) if teachers else None,
        arguments.rate, (net.KEPT[0], arguments.pairs, arguments.pairs),
    )  # fmt: skip
    weights: dict[str, Any] = net.to_numpy(params)
    np.savez(arguments.out / f"{arguments.channels}.npz", alphabet=alphabet, **weights)
    (arguments.out / "corpora.json").write_text(json.dumps(names), encoding="utf-8")
    (arguments.out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def options() -> argparse.ArgumentParser:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--corpus", action="append", default=[], metavar="NAME=FORMAT:PATH")
    parser.add_argument(
        "--dev", type=Path, action="append", default=[], help="BIO file that is scored on, never trained on"
    )
    parser.add_argument(
        "--without", default="", metavar="HAND,…", help="documents whose id begins so are not trained on"
    )
    parser.add_argument("--channels", type=int, default=64)
    parser.add_argument("--blocks", type=int, default=5, choices=sorted(net.DILATIONS))
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--made-up", type=int, default=40_000, help="made-up sentences of the office")
    parser.add_argument("--share", type=float, default=0.45, help="share of a batch that is of the office")
    parser.add_argument(
        "--teacher", type=Path, action="append", default=[], help="a wide network to learn from as well"
    )
    parser.add_argument(
        "--raw",
        action="append",
        default=[],
        metavar="FORMAT:PATH",
        help="with teachers: texts to learn on without their labels",
    )
    parser.add_argument(
        "--lac",
        type=Path,
        help="LAC's folder lac_model: the network that is trained, or its teachers, see what it says",
    )
    parser.add_argument(
        "--pairs", type=float, default=net.KEPT[1], help="share of pairs that is not hidden in training"
    )
    parser.add_argument("--target", default="office,msra", help="with teachers: the conventions that are learned")
    parser.add_argument(
        "--start",
        type=Path,
        help="weights of a network of the same corpora and width to go on from; of a packed file, `office` and `msra`",
    )
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=1)
    return parser


def read_all(corpora: Sequence[str], without: tuple[str, ...]) -> tuple[dict[str, list[Sentence]], dict[str, str]]:
    """Sentences by convention, and the SHA-256 of each file that was read. `without`: beginnings of ids of documents to leave out."""
    found: dict[str, list[Sentence]] = {}
    manifest: dict[str, str] = {}
    for item in corpora:
        name, _, source = item.partition("=")
        form, _, path = source.partition(":")
        manifest[Path(path).name] = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        if form in ("documents", "marked"):
            sentences = READERS[form](Path(path), name, without)
        else:
            sentences = map(without_titles, (READERS | {"promo": read_pages})[form](Path(path), name))
        found.setdefault(name, []).extend(sentences)
    return found, manifest


def read_pages(path: Path, corpus: str) -> Iterator[Sentence]:
    """Documents with their site text, as the line voter has them: text without labels."""
    for document in read_promo(path):
        yield Sentence("\n".join(document.lines), (), corpus)


def apart_from(corpora: dict[str, list[Sentence]], dev: Iterable[Path]) -> dict[str, list[Sentence]]:
    """The corpora without every sentence that shares a clause with a file that is scored on."""
    scored = {clause for path in dev for s in READERS["bio"](path, "") for clause in clauses(s.text)}
    kept = {name: [s for s in group if scored.isdisjoint(clauses(s.text))] for name, group in corpora.items()}
    for name, group in corpora.items():
        print(f"{name}: {len(group) - len(kept[name])} sentences share a clause with what is scored on", flush=True)
    return kept


def clauses(text: str) -> Iterator[str]:
    """The clauses of a text that are long enough to tell it from others, one width."""
    return (clause for clause in _CLAUSES.split(unicodedata.normalize("NFKC", text)) if len(clause) >= _CLAUSE)


class Teacher:
    """Trained networks, and the conventions that are learned from them."""

    def __init__(self, networks: Sequence[net.Params], target: Sequence[int]) -> None:
        self.networks, self.target = networks, np.array(target, np.int32)

        def probabilities(batch: dict[str, jax.Array], convention: jax.Array) -> jax.Array:
            batch = {**batch, "corpus": convention}
            return sum(jax.nn.softmax(net.logits(n, batch)) for n in networks) / len(networks)

        self._infer = jax.jit(probabilities)

    def of(self, batch: dict[str, Any], convention: NDArray[np.int32]) -> NDArray[np.float16]:
        """Probabilities of each label, each row in a convention of its own."""
        return np.asarray(self._infer(batch, convention)).astype(np.float16)


def train(
    rows: Rows,
    params: net.Params,
    names: Sequence[str],
    steps: int,
    seed: int,
    share: float,
    teacher: Teacher | None,
    rate: float,
    kept: tuple[float, float, float],
) -> net.Params:
    """The network, trained. With a teacher it learns only the teacher's target conventions, from rows of all corpora."""
    schedule = optax.warmup_cosine_decay_schedule(0.0, rate, 200, steps, rate / 100)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule, weight_decay=1e-4))

    def loss(params: net.Params, batch: dict[str, jax.Array], key: jax.Array) -> jax.Array:
        mask = batch["labels"] >= 0
        gold = jax.nn.one_hot(jnp.maximum(batch["labels"], 0), net.LABELS)
        named = (batch["labels"] > 0).astype(jnp.float32)
        if teacher is not None:
            # Gold counts where it is of the convention that is learned there.
            soft = batch["soft"].astype(jnp.float32)
            gold = TRUST * batch["trusted"] * gold + (1 - TRUST * batch["trusted"]) * soft
            named = 1 - soft[..., 0]
        scores = jax.nn.log_softmax(net.logits(params, batch, key, kept))
        # Entities are few; what leaks costs more than what is masked too much.
        weight = mask * (1 + named / 2)
        return -jnp.sum(jnp.sum(gold * scores, -1) * weight) / jnp.sum(weight)

    chance = np.random.default_rng(seed)
    office = np.flatnonzero(rows.corpus == names.index(OFFICE))
    others = np.flatnonzero(rows.corpus != names.index(OFFICE))
    from_office, from_others = shuffled(office, chance), shuffled(others, chance)
    ours = round(BATCH * share)

    def batches() -> Iterator[tuple[Any, ...]]:
        key = jax.random.PRNGKey(seed)
        while True:
            index = np.array([next(from_office if n < ours else from_others) for n in range(BATCH)])
            key, own = jax.random.split(key)
            batch = rows.batch(index)
            if teacher is not None:
                leaning = [LEANING[names[number] == RAW] for number in batch["corpus"].tolist()]
                first = (np.arange(BATCH) < ours) | (chance.random(BATCH) < leaning)
                convention = np.where(first, teacher.target[0], teacher.target[1])
                batch["soft"] = teacher.of(batch, convention)
                batch["trusted"] = (convention == batch["corpus"]).astype(np.float32)[:, None, None]
                batch["corpus"] = convention
            yield batch, own

    return net.fitted(params, loss, optimizer, batches(), steps)


def shuffled(items: NDArray[np.intp], chance: np.random.Generator) -> Iterator[int]:
    """The items in a new order each time around, without end."""
    while True:
        yield from chance.permutation(items).tolist()


if __name__ == "__main__":
    main()
