"""The matching engine done plainly: the same rules and the same decisions, without anything that makes it fast.

`plain_redactor` is a `Redactor` whose plan has been exchanged for one that is slow and evidently right:

- every pattern is compiled from the rule's own source and searched for over the whole view, from left to right;
- every exclusion is tried on every candidate;
- terms, class words, known names and the words of boilerplate are looked for at every place of the text;
- words are looked up one by one, and each stretch is segmented by itself;
- names are guessed at every place (see `PlainPersons` for where a name is looked for);
- the recogniser's screen and network are computed for every character, the whole text in one go;
- nothing is kept that was seen before, and all that rules protect is looked for in the whole text.

What is a decision of the engine and no acceleration is the engine's own code, or the same said place by place: how scores come
about, which candidate stands (`decide`), the folded views, how far an exclusion sees, from how far before a soft break a match is
looked for, which lines boilerplate is looked for in, where a name may begin, up to which length of a run the recogniser decodes.

Two such decisions are bounds of the engine that show in its results. A match of no bound (a figure of any number of digits) is
found up to `patterns.OVERHANG` characters, and around an anchor up to `patterns.ANCHOR_REACH`; the reference knows no such bounds and
finds longer ones. And the second look is defined as the neighbourhoods of edits (`settle.edited_lines`): over the whole output it
finds the same under `publish`, on megabytes of a mixture, but not where an operator leaves nothing, or a part, of a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from math import exp, inf
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import regex
from numpy.typing import NDArray

from redactor.chinese.lattice import LONGEST, Codes, Floats, Guess, Step, Word, Words
from redactor.detect.boilerplate import BoilerplateDetector
from redactor.detect.boilerplate.score import NEIGHBOUR
from redactor.detect.ner import gate as ner_screen
from redactor.detect.ner.decode import KINDS, Tagged, log_probabilities
from redactor.detect.ner.detector import TaggerDetector
from redactor.detect.ner.network import table_rows
from redactor.detect.ner.recogniser import Tags
from redactor.detect.ner.tagger import Tagger
from redactor.detect.patterns import BROKEN_REACH, PatternDetector
from redactor.detect.person.frames import MEDIUM, STRONG, WEAK
from redactor.detect.person.recognizer import PersonRecognizer
from redactor.detect.plan import Plan, _as_written
from redactor.detect.registry import Detector
from redactor.detect.suffixes import SuffixDetector
from redactor.detect.terms import Gazetteer
from redactor.detect.weigh import Exclusion, Weigher
from redactor.document.batches import documents
from redactor.document.pipeline import Pipeline
from redactor.document.propagate import Finder, Known
from redactor.document.state import Looked, Memory
from redactor.matching.compiled import Expression
from redactor.model import Finding, Result, Span
from redactor.policy.load import Policy
from redactor.redactor import Redactor
from redactor.ruleset.boilerplate import BoilerplateRule
from redactor.ruleset.schema import Rule
from redactor.text.document import Document
from redactor.text.fold import View, scalars
from redactor.text.lines import Line, fold_word, widened
from redactor.text.overrides import OVERRIDE, shown_lines
from redactor.text.points import code_points
from redactor.text.separator import WALL

Seen = TypeVar("Seen")
WINDOW = 6
"""Characters on either side of a span that show how it is segmented."""
SURE, LONGEST_RUN, LABELS = 0.995, 200, 13
"""Probability over which a character is outside by itself; characters whose labels depend on one another, at most."""
PREFIXES, LABEL_ENDS = "小老阿", "：:　"
BREAKS = f"\n\r\0{WALL}"
"""No entity reaches over these."""
KNOWN_WORD, FUNCTION_WORD = -14.0, -7.5
"""Log probability from which a word, or a single character, is none that opens a name by itself."""
ROOM, LONG_LINE, DILUTION = 36, 120, 18.0
"""What a line's length takes away from the cues of boilerplate in it."""


def is_han(char: str) -> bool:
    """Whether names and words may stand there."""
    return "\u3400" <= char <= "\u9fff"


@dataclass(frozen=True)
class PlainTerms:
    """What stands in for an automaton: of all terms that begin at a place the longest, then on from its end."""

    numbers: Mapping[str, int]
    by_first: Mapping[str, Sequence[str]]
    """Terms by their first character, the longest first."""

    def find_matches_as_indexes(self, text: str, overlapping: bool = False) -> list[tuple[int, int, int]]:
        """Number of the term, start, end."""
        assert not overlapping
        found = []
        at = 0
        while at < len(text):
            term = next((term for term in self.by_first.get(text[at], ()) if text.startswith(term, at)), "")
            if term:
                found.append((self.numbers[term], at, at + len(term)))
            at += len(term) or 1
        return found


def plain_terms(terms: Iterable[str]) -> PlainTerms:
    """The terms, numbered in their order."""
    numbers = {scalars(term): number for number, term in enumerate(terms)}
    by_first: dict[str, list[str]] = {}
    for term in sorted(numbers, key=len, reverse=True):
        by_first.setdefault(term[0], []).append(term)
    return PlainTerms(numbers, by_first)


def plain_expression(source: str, rule: Rule) -> Expression:
    """A pattern of a rule as it is written there, its names filled in."""
    return Expression(source, {name: words for name, words in rule.word_lists.items() if f"\\L<{name}>" in source})


def plain_weigher(weigher: Weigher) -> Weigher:
    """Tries every exclusion, whatever words it needs."""
    excludes = tuple(
        Exclusion(plain_expression(source, weigher.rule), (), brief=False) for source in weigher.rule.exclude
    )
    return replace(weigher, excludes=excludes, hints=())


class PlainPattern(PatternDetector):
    """A pattern, searched for everywhere; across soft breaks, from every place near enough before one."""

    def windows(self, document: Document, view: View) -> list[Span]:
        return [(0, len(view.text))]

    def matches(
        self, text: str, windows: list[Span], allowance: object, *, fenced: bool = False
    ) -> Iterator[regex.Match[str]]:
        assert not fenced  # each text is looked at by itself
        if windows == [(0, len(text))]:
            yield from self.pattern.finditer(text)
            return
        after = 0
        for at in (at for start, limit in windows for at in range(start, limit)):
            match = self.pattern.match(text, at) if at >= after else None
            if match:
                after = match.end()
                yield match


def plain_pattern(detector: PatternDetector) -> PlainPattern:
    """The same rule."""
    rule = detector.rule
    assert rule.pattern is not None
    weigher = plain_weigher(detector.weigher)
    expression = plain_expression(rule.pattern, rule)
    return PlainPattern(
        rule,
        expression,
        weigher,
        detector.screen,
        (),
        detector.proof,
        past=BROKEN_REACH,
        brief=False,
        edges=detector.edges,
        named=detector.named,
    )


class PlainGazetteer(Gazetteer):
    """Terms, protected ones too, in the whole text."""

    def find(self, document: Document, marks: bytearray | None = None) -> Iterator[Finding]:
        return super().find(document)


def plain_gazetteer(gazetteer: Gazetteer, words: PlainWords) -> PlainGazetteer:
    """The same rules; a term may belong to several."""
    weighers = {weigher.rule.id: weigher for owners in gazetteer.owners for weigher in owners}
    owners: dict[str, list[Weigher]] = {}
    for weigher in map(plain_weigher, weighers.values()):
        for term in dict.fromkeys(weigher.rule.terms):
            owners.setdefault(term, []).append(weigher)
    return PlainGazetteer(plain_terms(owners), tuple(map(tuple, owners.values())), words, gazetteer.view_rule)


def plain_suffixes(detector: SuffixDetector, words: PlainWords, order: Sequence[str]) -> SuffixDetector:
    """The same rules; of those that claim a class word the last in `order` (of rule ids) has it."""
    rules = {owner.rule.id: replace(owner, weigher=plain_weigher(owner.weigher)) for owner in detector.owners}
    owners = {
        suffix: rule
        for rule_id in order
        if rule_id in rules
        for rule in (rules[rule_id],)
        for suffix in rule.rule.suffixes
    }
    return replace(detector, automaton=plain_terms(owners), owners=tuple(owners.values()), words=words)


@dataclass(frozen=True)
class PlainLattice:
    """The words of a text, looked up one by one when somebody asks."""

    text: str
    words: PlainWords

    def cut_at(self, at: int) -> bool:
        """It may be: to know that it is not only saves looking."""
        return True

    def words_at(self, at: int, end: int) -> Iterator[tuple[int, float, str]]:
        """Length, log probability and class of the words that begin at a place and end at `end` at the latest."""
        for length in range(1, min(LONGEST, end - at) + 1):
            entry = self.words.known.get(self.text[at : at + length])
            if entry is not None:
                yield length, *entry
            elif length == 1:
                yield length, self.words.floor, ""

    def best(self, start: int, end: int) -> tuple[float, list[Word]]:
        """The most probable words of `text[start:end]`; of two ways equally probable that whose later words are longer."""
        # Sums of a text's 32-bit numbers are exact in 64 bits: equal is equal, wherever a sum begins.
        best = [(0.0, 0, "")] + [(-inf, 0, "")] * (end - start)
        for at in range(start, end):
            for length, weight, kind in self.words_at(at, end):
                total = best[at - start][0] + weight
                if total > best[at + length - start][0]:
                    best[at + length - start] = total, at, kind
        words: list[Word] = []
        at = end
        while at > start:
            _, first, kind = best[at - start]
            words.append((first, at, kind))
            at = first
        return best[-1][0], words[::-1]

    def path(self, start: int, end: int, guesses: Sequence[Sequence[Guess]] = ()) -> tuple[list[Step], float]:
        """The best path by words and guesses, and its log probability."""
        best: list[tuple[float, int, str, float]] = [(0.0, 0, "", 0.0)] + [(-inf, 0, "", 0.0)] * (end - start)
        for at in range(start, end):
            words = [(length, "", weight, 0.0) for length, weight, _ in self.words_at(at, end)]
            for length, kind, weight, bonus in (*words, *(guesses[at - start] if guesses else ())):
                total = best[at - start][0] + weight
                if total > best[at - start + length][0]:
                    best[at - start + length] = total, at, kind, bonus
        steps: list[Step] = []
        at = end
        while at > start:
            _, first, kind, bonus = best[at - start]
            steps.append((first, at, kind, bonus))
            at = first
        return steps[::-1], best[-1][0]

    def segment(self, start: int, end: int) -> list[Word]:
        """The words alone."""
        return self.best(start, end)[1]

    def word_at(self, at: int, start: int, end: int) -> Word | None:
        return next((word for word in self.segment(start, end) if word[0] <= at < word[1]), None)

    def weight(self, start: int, end: int) -> float:
        """Their log probability."""
        return self.best(start, end)[0]

    def covers(self, start: int, end: int) -> bool:
        """Whether, as the text is best segmented, a word reaches across `start` or `end`: the span cuts a word."""
        return any(
            first < start < last or first < end < last for first, last, _ in self.segment(*self.around(start, end))
        )

    def around(self, start: int, end: int) -> Span:
        """A span with the characters on either side that show how it is segmented."""
        low, high = start, end
        while low > 0 and start - low < WINDOW and is_han(self.text[low - 1]):
            low -= 1
        while high < len(self.text) and high - end < WINDOW and is_han(self.text[high]):
            high += 1
        return low, high

    def lost_by_cuts(self, start: int, end: int) -> float:
        """How much less likely the words around are when some begin at `start` and `end`."""
        if not self.covers(start, end):
            return 0.0
        low, high = self.around(start, end)
        cut = self.weight(low, start) + self.weight(start, end) + self.weight(end, high)
        return max(0.0, self.weight(low, high) - cut)

    def likely(self, start: int, end: int) -> float:
        """The log probability of the best words of a stretch."""
        return self.weight(start, end)

    @cached_property
    def codes(self) -> Codes:
        """What the recogniser sees of the text: its characters as numbers."""
        return code_points(self.text)

    @cached_property
    def rows(self) -> NDArray[np.int32]:
        """And for each length and place the number of the word that stands there, -1 for none."""
        numbers = self.words.numbers
        return np.array(
            [
                [
                    numbers.get(self.text[at : at + size], -1) if at + size <= len(self.text) else -1
                    for at in range(len(self.text))
                ]
                for size in range(1, LONGEST + 1)
            ],
            np.int32,
        )


@dataclass(frozen=True)
class PlainWords(Words):
    """The lexicon as a dictionary of the words that play a part."""

    known: Mapping[str, tuple[float, str]]
    numbers: Mapping[str, int]
    floor: float

    def lattice(self, text: str) -> PlainLattice:  # type: ignore[override]
        """The words of a text."""
        return PlainLattice(text, self)


def plain_words(words: Words) -> PlainWords:
    """From the lexicon itself."""
    short = [word for word in words.lexicon.words if len(word) <= LONGEST and max(word) < "\uffff"]
    known = {word: (float(np.float32(words.lexicon.weight(word))), words.lexicon.kind(word)) for word in short}
    numbers = {word: number for number, word in enumerate(short)}
    floor = float(np.float32(words.lexicon.floor))
    return PlainWords(words.lexicon, words.table, words.weights, words.kinds, words.proper, known, numbers, floor)


@dataclass(frozen=True)
class PlainFrames:
    """What stands beside a name, looked up in the lists at each place."""

    text: str
    lists: Mapping[str, frozenset[str]]

    def begins(self, at: int, name: str) -> bool:
        """Whether a word of a list begins at a place."""
        sizes = {len(word) for word in self.lists[name]}
        return any(self.text[at : at + size] in self.lists[name] for size in sizes)

    def ends(self, at: int, name: str) -> bool:
        """Whether one ends there."""
        sizes = {len(word) for word in self.lists[name]}
        return any(self.text[at - size : at] in self.lists[name] for size in sizes if size <= at)

    def bonus_after(self, at: int) -> float:
        return STRONG if self.begins(at, "titles_after") else WEAK if self.begins(at, "verbs_after") else 0.0

    def bonus_before(self, at: int) -> float:
        return MEDIUM if self.ends(at, "titles_before") else WEAK if self.ends(at, "verbs_before") else 0.0

    def has_short(self, at: int) -> bool:
        return self.begins(at, "titles_short")


@dataclass(frozen=True)
class PlainOutlook:
    """Gives the frames of a text."""

    lists: Mapping[str, frozenset[str]]

    def frames(self, text: str) -> PlainFrames:
        return PlainFrames(text, self.lists)


class Everything:
    """Holds whatever it is asked for."""

    def __contains__(self, item: object) -> bool:
        return True


class PlainPersons(PersonRecognizer):
    """Guesses at every place of the stretches in which a name is looked for, place by place.

    Where it is looked for is no matter of speed: a name that loses to the words of its own span can't win in the text, but one
    that just opens an ordinary word could, and needs a frame beside it; and a stretch's names share its margin.
    """

    def stretches(  # type: ignore[override]
        self, text: str, lattice: PlainLattice, frames: PlainFrames
    ) -> Iterator[Span]:
        begins = {at for at in range(len(text)) if self.may_begin(text, lattice, frames, at)}
        tied = {
            at
            for start in range(len(text))
            for size, *_ in lattice.words_at(start, len(text))
            for at in range(start + 1, start + size)
        }
        tied |= {at + inside for at in begins for inside in (1, 2, 3)}
        tied |= {at for at in begins if at and text[at - 1] in PREFIXES}
        start = 0
        for end in range(1, len(text) + 1):
            if end == len(text) or end not in tied or not (is_han(text[end - 1]) and is_han(text[end])):
                if end - start > 1 and not begins.isdisjoint(range(start, end)):
                    yield start, end
                start = end

    def may_begin(self, text: str, lattice: PlainLattice, frames: PlainFrames, at: int) -> bool:
        """Whether a name is looked for here: one announces itself, or wins against the words of its own span."""
        if text.startswith("同志", at + 1) or text.startswith("同志", at + 2) or text[at : at + 2] in self.surnames:
            return True
        if text[at] not in self.surnames:
            return False
        if at and text[at - 1] in PREFIXES + LABEL_ENDS:
            return True
        if self.is_ordinary(text, lattice, frames, at) and not (
            frames.bonus_before(at) or frames.bonus_after(at + 2) or frames.bonus_after(at + 3)
        ):
            return False
        end = next((end for end in range(at, at + 3) if not is_han(text[end : end + 1])), at + 3)
        guesses = self.hypotheses(text, frames, at, end, labelled=False)  # type: ignore[arg-type]
        return any(
            weight > lattice.weight(at, at + size) for size, kind, weight, _ in guesses if kind in ("name", "surname")
        )

    def is_ordinary(self, text: str, lattice: PlainLattice, frames: PlainFrames, at: int) -> bool:
        """Whether the character opens a common word, or is one (和, 于, 成) more often than a surname."""
        known = lattice.words.known
        pair, single = known.get(text[at : at + 2]), known.get(text[at])
        if pair:
            return pair[1] not in ("ns", "nz", "nt") and pair[0] >= KNOWN_WORD
        return single is not None and single[0] >= FUNCTION_WORD and not frames.ends(at, "titles_before")


def plain_persons(recognizer: PersonRecognizer, words: PlainWords) -> PlainPersons:
    """The same rule."""
    own = {"words": words, "outlook": PlainOutlook(recognizer.lists), "starters": Everything()}
    return PlainPersons(**{f.name: getattr(recognizer, f.name) for f in fields(recognizer)} | own)


@dataclass(frozen=True)
class PlainTagger:
    """The recogniser with its screen and its network computed for all characters of a text at once."""

    tagger: Tagger

    @property
    def name(self) -> str:
        """What evidence calls it."""
        return self.tagger.name

    def tag(self, lattice: PlainLattice) -> Tags:
        """Entities, and how sure each character is outside."""
        inputs = self.tagger.featurizer.inputs(lattice)  # type: ignore[arg-type]
        rows = table_rows(inputs, slice(None))
        screen, network = self.tagger.screen, self.tagger.network
        hidden = looked_up(screen.tables, rows)
        for kernel, bias, far in zip(screen.kernels, screen.biases, ner_screen.DILATIONS, strict=True):
            hidden = hidden + np.maximum(convolved(hidden, kernel, far) + bias, 0)
        own = slice(1, -1)  # without the breaks at the edges
        wanted = (hidden @ screen.leave > -screen.bias)[own]
        hidden = looked_up(network.tables, rows)
        for block in network.blocks:
            hidden = hidden + np.maximum(convolved(normed(hidden), block.kernel, block.dilation) + block.bias, 0)
        logs = log_probabilities(normed(hidden)[own] @ network.leave + network.bias, self.tagger.outside)
        outside = np.where(wanted, np.exp(logs[:, 0]), np.float32(1))
        found = tuple(entities(lattice.text, logs, wanted))
        kinds = range(1, LABELS, 4)
        columns = (
            *(logs[:, first : first + 4] for first in kinds),
            *(logs[:, (first, first + 3)] for first in kinds),
            *(logs[:, (first + 2, first + 3)] for first in kinds),
        )
        chances = np.stack([np.exp(column).sum(1) for column in columns], 1)
        return Tags(found, outside, np.flatnonzero(wanted), chances[wanted])


def looked_up(tables: Sequence[Floats], rows: Sequence[NDArray[Any]]) -> Floats:
    """What each character brings along: the sum of its rows."""
    return np.sum([table[row] for table, row in zip(tables, rows, strict=True)], axis=0, dtype=np.float32)


def convolved(hidden: Floats, kernel: Floats, far: int) -> Floats:
    """Each character with those so far before and after it; beyond the text there is nothing."""
    channels = hidden.shape[1]
    padded = np.pad(hidden, ((far, far), (0, 0)))
    return (
        padded[: len(hidden)] @ kernel[:channels]
        + hidden @ kernel[channels : 2 * channels]
        + padded[2 * far :] @ kernel[2 * channels :]
    )


def normed(hidden: Floats) -> Floats:
    """Each row with a mean square of one."""
    return hidden / np.sqrt(np.mean(hidden**2, axis=1, keepdims=True) + np.float32(1e-6))


def entities(text: str, logs: Floats, wanted: NDArray[np.bool_]) -> Iterator[Tagged]:
    """The entities on the best path of labels through each run of characters that may be something."""
    maybe = wanted & (logs[:, 0] < np.log(SURE))
    start = 0
    while start < len(text):
        end = start
        while end < len(text) and maybe[end] and text[end] not in BREAKS and end - start < LONGEST_RUN:
            end += 1
        yield from entities_between(logs, start, end)
        start = max(end, start + 1)


def entities_between(logs: Floats, start: int, end: int) -> Iterator[Tagged]:
    """Label 0 is outside; then come for each kind: begins, goes on, ends, single."""
    ways: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for at in range(start, end):
        longer: dict[int, tuple[float, tuple[int, ...]]] = {}
        for before, (weight, labels) in ways.items():
            for label in labels_after(before):
                total = weight + logs[at, label]
                if label not in longer or total > longer[label][0]:
                    longer[label] = total, (*labels, label)
        ways = longer
    _, labels = max((way for label, way in ways.items() if is_closed(label)), key=lambda way: way[0])
    first = start
    for at, label in enumerate(labels, start):
        if label % 4 in (0, 1):
            first = at
        if label and is_closed(label):
            chosen = [logs[n, labels[n - start]] for n in range(first, at + 1)]
            yield first, at + 1, KINDS[(label - 1) // 4], exp(float(np.mean(chosen, dtype=np.float64)))


def is_closed(label: int) -> bool:
    """Whether no entity goes on after it: outside, the end of one, a single."""
    return label % 4 in (0, 3)


def labels_after(label: int) -> tuple[int, ...]:
    """Those that may follow."""
    own = label - label % 4
    return (0, 1, 5, 9, 4, 8, 12) if is_closed(label) else (own + 2, own + 3)


@dataclass(frozen=True)
class PlainScores:
    """What the cues in a line come to: each is looked for in each line."""

    def bound(self, rule: BoilerplateRule, line: Line) -> float:
        """Nothing is passed over."""
        return inf

    def score(self, rule: BoilerplateRule, line: Line) -> float:
        """The sum of the cues, less what the line's length takes away."""
        length, folded = line.length, line.folded
        total = -max(0.0, (length - line.room + max(0, length - LONG_LINE)) / DILUTION)
        for cue in rule.cues:
            hits = sum(word in folded for word in cue.words)
            hits += hits < cue.most and cue.pattern is not None and cue.pattern.pattern.search(folded) is not None
            total += cue.weight * min(hits, cue.most)
        if total < rule.threshold * (NEIGHBOUR if rule.unit == "block" or rule.parts else 1):
            return -inf
        return 0.0 if any(veto.pattern.search(folded) for veto in rule.veto) else total


def plain_boilerplate(detector: BoilerplateDetector) -> BoilerplateDetector:
    """The same rules."""

    def words(rules: Sequence[BoilerplateRule]) -> PlainTerms | None:
        found = [
            w
            for rule in rules
            for w in (
                *(rule.hints if rule.unit != "address" else ()),
                *(w for cue in rule.cues if cue.weight > 1 for w in cue.words),
            )
        ]
        forms = [form for word in found for form in (fold_word(word), widened(fold_word(word)))]
        forms += [hint for rule in rules if rule.unit == "address" for hint in rule.hints]
        return plain_terms(forms) if forms else None

    anywhere = words([rule for rule in detector.rules if rule.zone == "any"])
    plain = PlainScores()
    return replace(
        detector, scores=plain, edge_scores=plain, clauses=plain, words=anywhere, edges=words(detector.rules)
    )


class PlainKnown(Known):
    """Known values, looked for at every place."""

    @property
    def finder(self) -> Finder:
        """Made anew each time."""
        given = {
            value[-2:]: source
            for value, source in self.values.items()
            if source[0] == "PERSON" and len(value) in (3, 4) and all(map(is_han, value))
        }
        given = {value: source for value, source in given.items() if value not in self.values}
        terms = plain_terms((*self.values, *given))
        return Finder(terms, (*self.values.values(), *given.values()), len(self.values))


class PlainDocument(Document):
    """Looks again whenever it is asked."""

    def seen(self, view: View, look: Callable[[str], Seen], name: str = "") -> Seen:
        return look(view.text)


class PlainPipeline(Pipeline):
    """Looks at plain documents."""

    def look(self, document: Document) -> Looked:
        return super().look(
            PlainDocument(document.text, head=document.head, tail=document.tail, middle=document.middle)
        )


class PlainRedactor(Redactor):
    """A redactor with a plain plan; see the module."""

    def __init__(self, policy: str | Path | Policy = "publish", **settings: Any) -> None:
        super().__init__(policy, **settings)
        plan = plain_plan(self.pipeline.plan, [rule.id for rule in self.ruleset.rules])
        self.pipeline = replace(self.pipeline, plan=plan)
        self.pipeline = PlainPipeline(**{f.name: getattr(self.pipeline, f.name) for f in fields(self.pipeline)})

    def redact(self, text: str) -> Result:
        return self.pipeline.redact(Document(text), Memory(known=PlainKnown()))

    def redact_parts(self, parts: Iterable[str]) -> Iterator[Result]:
        memory = Memory(known=PlainKnown())
        for document in documents(parts):
            yield self.pipeline.redact(document, memory)


class PlainPlan(Plan):
    """Reads lines that are shown turned round one by one."""

    __slots__ = ()

    def candidates(self, document: Document) -> Iterator[Finding]:
        yield from self._candidates(document)
        for line in shown_lines(document.text) if OVERRIDE in document.text else ():
            for found in self._candidates(PlainDocument(line.text, head=False, tail=False, middle=False)):
                if line.turned(found.start, found.end):
                    yield _as_written(found, line)


def plain_plan(plan: Plan, order: Sequence[str]) -> Plan:
    """The same detectors, plain; `order`: the ids of the rules as they were loaded."""
    words = plain_words(plan.words)

    def plain(detector: Detector) -> Detector:
        if isinstance(detector, PatternDetector):
            return plain_pattern(detector)
        if isinstance(detector, Gazetteer):
            return plain_gazetteer(detector, words)
        if isinstance(detector, SuffixDetector):
            return plain_suffixes(detector, words, order)
        if isinstance(detector, PersonRecognizer):
            return plain_persons(detector, words)
        if isinstance(detector, TaggerDetector):
            assert isinstance(detector.tagger, Tagger)
            return replace(detector, words=words, tagger=PlainTagger(detector.tagger))
        return detector

    detectors = tuple(map(plain, plan.detectors))
    made = replace(
        plan,
        detectors=detectors,
        protectors=tuple(map(plain, plan.protectors)),
        protected_terms=tuple(plain_gazetteer(terms, words) for terms in plan.protected_terms),
        boilerplate=plain_boilerplate(plan.boilerplate),
        words=words,
        tagger=next((d for d in detectors if isinstance(d, TaggerDetector)), None),
    )
    return PlainPlan(**{f.name: getattr(made, f.name) for f in fields(made)})


def plain_redactor(policy: str | Path | Policy = "publish", **settings: Any) -> PlainRedactor:
    """A redactor as `Redactor` of the same settings, done plainly."""
    return PlainRedactor(policy, **settings)
