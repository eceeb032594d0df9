"""Sentences of the office made up from templates: names, places and organisations that news of 1998 does not have."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any, Final

import regex
from corpora import Sentence, Span, made_words

from redactor.chinese.lexicon import Lexicon
from redactor.packaged import packaged_rules
from redactor.policy.operators import compound_surnames

OFFICE: Final = "office"
"""The convention of policy `publish`: of documents that are annotated in it, and of made-up sentences."""
_KINDS: Final = {"P": "PERSON", "S": "PERSON", "I": "PERSON", "G": "PERSON", "L": "LOCATION", "O": "ORGANIZATION"}
"""By slot of a template; I is a name with blanks between its characters, S a surname, G a given name alone. T, K, N and C are no names."""
_SLOT: Final = regex.compile(r"\{(\w)\}")
_KIN: Final = made_words("kin")
_TITLES: Final = made_words("titles")
_SURNAME_RARE: Final = made_words("rare-surnames")
_PARTS: Final = made_words("turkic")
_TIBETAN: Final = made_words("tibetan")
_MONGOL: Final = made_words("mongol")
_FOREIGN: Final = made_words("foreign")
_PLACE: Final = made_words("place-signs")
_LOCAL: Final = made_words("place-classes")
_TRADE: Final = made_words("trades")
_FORMS: Final = made_words("company-classes")
_BODIES: Final = made_words("bodies")
_TEMPLATES: Final = (*made_words("office-sentences"), *made_words("plain-sentences"))


def _filled(chance: random.Random, template: str, fill: dict[str, Callable[[], str]], corpus: str) -> Sentence:
    text = ""
    spans: list[Span] = []
    for number, piece in enumerate(_SLOT.split(template)):
        value = fill[piece]() if number % 2 else piece
        if number % 2 and piece in _KINDS:
            spans.append((len(text), len(text) + len(value), _KINDS[piece]))
        text += value
    return Sentence(text, tuple(spans), corpus)


@dataclass(frozen=True, slots=True)
class NameWords:
    """Words of the language, no proper names: that look like full names (高兴), that do not, the most frequent of all, of one character."""

    names: tuple[str, ...]
    ordinary: tuple[str, ...]
    frequent: tuple[str, ...]
    single: tuple[str, ...]


def name_words(
    words: Mapping[str, tuple[float, str]], surnames: Collection[str], entities: Collection[str]
) -> NameWords:
    """From the words of a lexicon, each with its log probability and class; without `entities`, which are some in a corpus."""
    common = sorted(
        (
            w
            for w, (_, kind) in words.items()
            if kind[:1] in tuple("nvadi") and kind[:2] not in _PROPER and w not in entities
        ),
        key=lambda w: -words[w][0],
    )
    common = [w for w in common if len(w) <= 4 and all("\u4e00" <= c <= "\u9fff" for c in w)]
    single = tuple(w for w in common if len(w) == 1)[:1_500]
    common = [w for w in common if len(w) > 1][:40_000]
    names = tuple(w for w in common if len(w) < 4 and w[0] in surnames)
    return NameWords(
        names, tuple(w for w in common if w[0] not in surnames or len(w) == 4), tuple(common[:6_000]), single
    )


_PROPER: Final = ("nr", "ns", "nt", "nz")


def surname(chance: random.Random, surnames: Sequence[tuple[str, float]]) -> str:
    """A surname of one character."""
    return chance.choices([s for s, _ in surnames], [w for _, w in surnames])[0]


def given_name(chance: random.Random, given: Sequence[tuple[str, float]], words: NameWords) -> str:
    """A given name of two characters, of which some are words."""
    if chance.random() < 0.25:
        return next(w for w in iter(lambda: chance.choice(words.ordinary), "") if len(w) == 2)
    return "".join(chance.choices([c for c, _ in given], [w for _, w in given], k=2))


def spaced(chance: random.Random, name: str) -> str:
    """A short name with blanks between its characters, as signatures are set."""
    return chance.choice(("　", " ", "　　")).join(name) if len(name) < 4 and "·" not in name else name


def person(
    chance: random.Random,
    surnames: Sequence[tuple[str, float]],
    given: Sequence[tuple[str, float]],
    words: NameWords | None = None,
) -> str:
    """A full name: mostly Han, some of rare or double surnames, some of minorities and foreigners, some that are words."""
    if words and chance.random() < 0.15:
        if chance.random() < 0.7:
            return chance.choice(words.names)
        return surname(chance, surnames) + given_name(chance, given, words)[: chance.choice((1, 2, 2))]
    kind = chance.random()
    if kind < 0.04:
        return "·".join(chance.sample(_PARTS, 2))
    if kind < 0.07:
        return "".join(chance.sample(_TIBETAN, 2))
    if kind < 0.09:
        return "".join(chance.sample(_MONGOL, chance.choice((1, 2))))
    if kind < 0.12:
        return chance.choice(("", "·")).join(chance.sample(_FOREIGN, chance.choice((1, 2))))
    if kind < 0.17:
        first = chance.choice(tuple(compound_surnames()))
    elif kind < 0.27:
        first = chance.choice(_SURNAME_RARE)
    else:
        first = surname(chance, surnames)
    count = 1 if chance.random() < 0.2 else 2
    return first + "".join(chance.choices([c for c, _ in given], [w for _, w in given], k=count))


def place(chance: random.Random, places: Sequence[str]) -> str:
    """A true place or one that could be."""
    if chance.random() < 0.45:
        return chance.choice(places)
    return "".join(chance.sample(_PLACE, 2 if chance.random() < 0.85 else 3)) + chance.choice(_LOCAL)


def organisation(chance: random.Random, places: Sequence[str]) -> str:
    """A company or a public body, with its place or without."""
    where = (
        chance.choice(places)
        if chance.random() < 0.5
        else "".join(chance.sample(_PLACE, 2)) + chance.choice("县市区镇省")
    )
    brand = "".join(chance.sample(_PLACE, 2 if chance.random() < 0.8 else 3))
    if chance.random() < 0.45:
        return where + chance.choice(_BODIES)
    return (where if chance.random() < 0.4 else "") + brand + chance.choice(_TRADE) + chance.choice(_FORMS)


class NameParts:
    """What names are made of: surnames and given characters with weights, flatter than they are in life; places; words."""

    def __init__(self, lexicon: Lexicon, entities: Collection[str]) -> None:
        data = packaged_rules() / "data"
        rows = [line.split("\t") for line in lines_of(data / "surnames.txt")]
        self.surnames = [
            (row[0], float(row[1]) ** 0.6) for row in rows if len(row) > 1 and len(row[0]) == 1 and row[1] != "0"
        ]
        self.given = [
            (row[0], exp(0.6 * float(row[1])))
            for row in (line.split("\t") for line in lines_of(data / "given_chars.tsv"))
        ]
        self.places = [line.split("\t")[0] for line in lines_of(data / "divisions.tsv")]
        self.words: NameWords = name_words(lexicon.words, {s for s, _ in self.surnames}, entities)

    @property
    def made(self) -> dict[str, Callable[[random.Random], str]]:
        """What makes up a name of each kind."""
        return {
            "PERSON": lambda chance: person(chance, self.surnames, self.given, self.words),
            "LOCATION": lambda chance: place(chance, self.places),
        }

    def sentences(self, count: int, seed: int) -> list[Sentence]:
        """Made-up sentences of the office and of every day."""
        chance = random.Random(seed)
        surnames, given, words = self.surnames, self.given, self.words
        fill: dict[str, Callable[[], str]] = {
            "P": lambda: person(chance, surnames, given, words),
            "I": lambda: spaced(chance, person(chance, surnames, given, words)),
            "S": lambda: chance.choice((surname(chance, surnames), chance.choice(_SURNAME_RARE))),
            "G": lambda: given_name(chance, given, words),
            "K": lambda: chance.choice(_KIN),
            "T": lambda: chance.choice(_TITLES),
            "N": lambda: chance.choice(chance.choice((words.ordinary, words.names, words.frequent))),
            "C": lambda: chance.choice(words.single),
            "L": lambda: place(chance, self.places),
            "O": lambda: organisation(chance, self.places),
        }
        return [_filled(chance, chance.choice(_TEMPLATES), fill, OFFICE) for _ in range(count)]


def lines_of(path: Any) -> list[str]:
    """The lines of a data file that are no comments."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
