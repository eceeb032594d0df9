"""Putting back what the labels of a text stand for, in one pass, and never inside of what was put back."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp
from typing import Final

import regex

from redactor.document.edits import apply
from redactor.model import Edit
from redactor.vault.labels import SIGNS, Form, Series
from redactor.vault.reading import Reading, is_written, kind_words, readings
from redactor.vault.vault import Vault

RULE = "vault"
_CHANCE: Final = 0.01
"""From which probability on labels that fit are taken for chance."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """What reads like a label and is none of the vault, or one that was damaged: it stays. `start`, `end`: code points of the text."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Restored:
    """A text in which labels were put back.

    `edits`: what was put back, in place of what; `exact`: how many labels stood as they were written; `tolerant`: how many did not.
    `found`: the labels that were put back. `missing`: labels of the vault that are not in the text.
    """

    text: str
    edits: tuple[Edit, ...]
    exact: int
    tolerant: int
    foreign: tuple[Foreign, ...]
    found: frozenset[str]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Put:
    """A label of the vault that was found, and what is put back in its place. `exact`: whether it stands as it was written."""

    start: int
    end: int
    label: str
    form: Form
    entity: str
    exact: bool

    @property
    def edit(self) -> Edit:
        """What puts it back."""
        return Edit(self.start, self.end, self.form.text, self.entity, RULE)


def restore(text: str, vault: Vault, *, all_missing: bool = True) -> Restored:
    """The text with what its labels stand for.

    A label that was worked on (spaces, width, brackets, case, zeros, a line break, the word of its kind in traditional Chinese or English)
    is put back when its check signs agree, a label without check signs only as it was written. `all_missing`: whether it is wanted which
    labels are missing, for which the whole vault is gone through.
    """
    fits, foreign = found_in(text, vault)
    edits = tuple(put.edit for put in fits)
    exact = sum(put.exact for put in fits)
    found = frozenset(put.label for put in fits)
    missing = tuple(label for label in dict(vault.labels()) if label not in found) if all_missing else ()
    return Restored(apply(text, edits), edits, exact, len(fits) - exact, foreign, found, missing)


def found_in(text: str, vault: Vault) -> tuple[list[Put], tuple[Foreign, ...]]:
    """The labels of a vault that are in a text, and what only reads like one, each in order."""
    puts: list[Put] = []
    others: list[Reading] = []
    plain = [series for series in vault.series if not series.signs]
    for series in plain:
        puts += _as_written(text, series)
    for signs in sorted({series.signs for series in vault.series if series.signs}, reverse=True):
        own = [series for series in vault.series if series.signs == signs]
        kinds = tuple(sorted({kind for series in own for kind, _ in series.entries}))
        for reading in readings(text, signs, kinds):
            put = _meant(text, reading, own)
            if put:
                puts.append(put)
            elif reading.bracketed:
                others.append(reading)
    if plain:
        others += [reading for reading in readings(text, 2, ()) if reading.bracketed]
    # What stands as it was written comes first, then the longest: a sign beside a label is not taken for a part of it.
    fits = _disjoint(sorted(puts, key=lambda put: (not put.exact, put.start - put.end, put.start)))
    foreign = (Foreign(each.start, each.end, text[each.start : each.end]) for each in _beside(others, fits))
    return fits, tuple(each for each in foreign if each.label not in vault.others)


def by_chance(found: int, foreign: int, vault: Vault) -> bool:
    """Whether so many labels that fit, beside so many that don't, are no more than what fits of the labels of another vault.

    Each of those fits with a probability of one in 29 to the power of its check signs; how likely so many are is told by Poisson's law. Labels
    without check signs tell nothing.
    """
    signs = min((series.signs for series in vault.series if series.entries), default=0)
    expected = (found + foreign) / len(SIGNS) ** signs
    if not signs or found > 4 * expected + 20:
        return False
    likely = exp(-expected)
    more = 1 - likely
    for number in range(1, found):
        likely *= expected / number
        more -= likely
    return more > _CHANCE


def _meant(text: str, reading: Reading, of: Iterable[Series]) -> Put | None:
    """The label that a reading is; None when it is none, or could be several that stand for different texts."""
    found: dict[str, Put] = {}
    for series in of:
        for kind in reading.kinds:
            form = series.form_of(kind, reading.number, reading.form, reading.signs)
            if form is not None:
                label = series.label(kind, reading.number, reading.form)
                entity = series.entries[kind, reading.number].entity
                exact = is_written(text[reading.start : reading.end], label)
                found[form.text] = Put(reading.start, reading.end, label, form, entity, exact)
    return next(iter(found.values())) if len(found) == 1 else None


def _as_written(text: str, series: Series) -> list[Put]:
    left, right = map(regex.escape, series.brackets)
    return [
        Put(*match.span(), label, form, series.entries[kind, number].entity, exact=True)
        for match in regex.finditer(rf"{left}(\p{{Han}}{{1,2}})([0-9]{{3,7}})(?:-([1-9][0-9]{{0,3}}))?{right}", text)
        for kind in dict.fromkeys((match[1], *kind_words().get(match[1], ())))
        if (form := series.form_of(kind, number := int(match[2]), which := int(match[3] or 1), "")) is not None
        and is_written(match[0], label := series.label(kind, number, which))
    ]


def _disjoint(puts: Sequence[Put]) -> list[Put]:
    """Those that do not overlap one before them, in order of place."""
    taken: list[Put] = []
    for put in puts:
        at = bisect_left(taken, put.start, key=lambda each: each.start)
        if (at and taken[at - 1].end > put.start) or (at < len(taken) and taken[at].start < put.end):
            continue
        taken.insert(at, put)
    return taken


def _beside(others: Iterable[Reading], fits: Sequence[Put]) -> list[Reading]:
    """What overlaps no label that fits, each place once, in order."""
    found: list[Reading] = []
    for each in sorted(others, key=lambda reading: (reading.start, -reading.end)):
        at = bisect_left(fits, each.end, key=lambda put: put.start)
        if not (at and fits[at - 1].end > each.start) and not (found and found[-1].end > each.start):
            found.append(each)
    return found
