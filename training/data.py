"""From sentences to rows of numbers: streams of one corpus cut into rows of equal length, with what the network sees of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from corpora import KINDS, Sentence
from numpy.typing import NDArray

from redactor.chinese.lattice import Words, compile_words
from redactor.chinese.lexicon import Lexicon
from redactor.chinese.names import read_given, read_surnames
from redactor.detect.ner.features import FLAGS, Featurizer, compile_featurizer, folding
from redactor.packaged import packaged_rules
from redactor.text.points import code_points

ROW: Final = 128
_DATA: Final = packaged_rules() / "data"
_STREAM: Final = 60_000
"""Characters whose features are computed at once."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Arrays of shape (rows, ROW), flags (rows, ROW, FLAGS), corpora (rows); labels are BIOES, -1 where there is nothing."""

    chars: NDArray[np.int16]
    left: NDArray[np.uint16]
    right: NDArray[np.uint16]
    flags: NDArray[np.uint8]
    labels: NDArray[np.int8]
    corpus: NDArray[np.int32]
    known: NDArray[np.float16]
    """(rows, ROW, numbers): what is known of each character from elsewhere; no numbers where nothing is."""

    def batch(self, index: NDArray[np.intp]) -> dict[str, Any]:
        """The rows of that index, as the network takes them."""
        return {
            "chars": self.chars[index].astype(np.int32),
            "left": self.left[index].astype(np.int32),
            "right": self.right[index].astype(np.int32),
            "flags": self.flags[index],
            "labels": self.labels[index].astype(np.int32),
            "corpus": self.corpus[index],
            "known": self.known[index],
        }


def lexicon_words() -> Words:
    """The words of the lexicon that is shipped."""
    return compile_words(Lexicon.parse((_DATA / "lexicon.tsv").read_text(encoding="utf-8")))


def featurizer_of(words: Words, alphabet: NDArray[np.uint32]) -> Featurizer:
    """What a network of that alphabet sees of a text."""
    surnames = read_surnames((_DATA / "surnames.txt").read_text(encoding="utf-8"))
    given = read_given((_DATA / "given_chars.tsv").read_text(encoding="utf-8"))
    return compile_featurizer(words, surnames, given, alphabet)


def alphabet_of(sentences: Iterable[Sentence], least: int) -> NDArray[np.uint32]:
    """Code points, after folding, that occur at least so often, in order."""
    fold = folding()
    counts: Counter[int] = Counter()
    for sentence in sentences:
        counts.update(fold[np.minimum(code_points(sentence.text), 0xFFFF)].tolist())
    return np.array(sorted(c for c, n in counts.items() if n >= least), np.uint32)


Knowing = Callable[[str], NDArray[np.float16]]
"""What is known of each character of a text from elsewhere."""


def nothing_known(text: str) -> NDArray[np.float16]:
    """No numbers."""
    return np.zeros((len(text), 0), np.float16)


def labels_of(sentence: Sentence) -> NDArray[np.int8]:
    """BIOES: 0 outside, then begin, inside, end, single of each kind."""
    labels = np.zeros(len(sentence.text), np.int8)
    for start, end, kind in sentence.spans:
        first = 1 + 4 * KINDS.index(kind)
        if end - start == 1:
            labels[start] = first + 3
        else:
            labels[start] = first
            labels[start + 1 : end - 1] = first + 1
            labels[end - 1] = first + 2
    return labels


def rows_of(
    sentences: Sequence[Sentence], corpus: int, featurizer: Featurizer, words: Words, knowing: Knowing = nothing_known
) -> Rows:
    """One corpus as rows; sentences follow one another with a line break between."""
    parts: list[Rows] = []
    text: list[str] = []
    labels: list[NDArray[np.int8]] = []
    size = 0
    for number, sentence in enumerate(sentences):
        text += (sentence.text, "\n")
        labels += (labels_of(sentence), np.zeros(1, np.int8))
        size += len(sentence.text) + 1
        if size > _STREAM or number == len(sentences) - 1:
            known = knowing("".join(text))
            parts.append(_rows("".join(text), np.concatenate(labels), corpus, featurizer, words, known))
            text, labels, size = [], [], 0
    return joined(parts)


def _rows(
    text: str,
    labels: NDArray[np.int8],
    corpus: int,
    featurizer: Featurizer,
    words: Words,
    known: NDArray[np.float16],
) -> Rows:
    inputs = featurizer.inputs(words.lattice(text))
    count = -(-len(labels) // ROW)
    pad = count * ROW - len(labels)

    def shaped(values: NDArray[Any], fill: int, *more: int) -> NDArray[Any]:
        return np.concatenate([values, np.full((pad, *more), fill, values.dtype)]).reshape(count, ROW, *more)

    own = slice(1, -1)  # the text has its breaks already
    return Rows(
        shaped(inputs.chars[own].astype(np.int16), 0),
        shaped(inputs.left[own].astype(np.uint16), 0),
        shaped(inputs.right[own].astype(np.uint16), 0),
        shaped(inputs.flags()[own], 0, FLAGS),
        shaped(labels, -1),
        np.full(count, corpus, np.int32),
        shaped(known, 0, known.shape[1]),
    )


def joined(parts: Sequence[Rows]) -> Rows:
    """All rows, one after the other."""
    return Rows(*(np.concatenate([getattr(p, name) for p in parts]) for name in Rows.__slots__))


def swapped(
    sentences: Sequence[Sentence], share: float, seed: int, made: Mapping[str, Callable[[random.Random], str]]
) -> list[Sentence]:
    """The sentences with that share of their entities exchanged for others of their kind.

    `made`: what makes up new ones; a kind that is not there, and half of the others, come from the same corpus.
    """
    chance = random.Random(seed)
    # A surname alone (操书记) is exchanged for another one, not for a full name.
    pool: dict[tuple[str, bool], list[str]] = {(kind, short): [] for kind in KINDS for short in (True, False)}
    for sentence in sentences:
        for start, end, kind in sentence.spans:
            pool[kind, end - start == 1].append(sentence.text[start:end])
    found = []
    for sentence in sentences:
        if not sentence.spans:
            continue
        text, spans, at = "", [], 0
        for start, end, kind in sentence.spans:
            text += sentence.text[at:start]
            value = sentence.text[start:end]
            if chance.random() < share:
                new = kind in made and len(value) > 1 and chance.random() < (0.8 if kind == "PERSON" else 0.4)
                value = made[kind](chance) if new else chance.choice(pool[kind, len(value) == 1])
            spans.append((len(text), len(text) + len(value), kind))
            text += value
            at = end
        found.append(Sentence(text + sentence.text[at:], tuple(spans), sentence.corpus))
    return found
