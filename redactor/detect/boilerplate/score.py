"""What the cues in a line come to for each rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from redactor.matching.charsets import Wanted
from redactor.matching.compiled import Expression
from redactor.ruleset.boilerplate import BoilerplateRule, alternatives_of, found_in
from redactor.text.lines import LONGEST_LINE, Line, fold_word, widened

NEIGHBOUR: Final = 0.4
"""The share of its threshold at which a rule takes a line beside a block along with it."""
_NOTHING: Final = float("-inf")
_DILUTION: Final = 18.0
_ROUNDING: Final = 1e-9
"""So little is no difference of two sums of weights."""
_MOST_KNOWN: Final = 4_096
"""So many lines are remembered with what they came to."""
_LONG: Final = 120
"""From here on length counts double: a paragraph that long is mostly something else, whatever it ends with."""


@dataclass(frozen=True, slots=True)
class _Signal:
    """What a cue looks for, and what finding it adds for each rule by number; rules that share a cue share its signal."""

    patterns: frozenset[Expression]
    """Alternatives, of which one must be found; none where it looks for words alone."""
    weights: tuple[tuple[int, float, int], ...]
    """Rule, weight, and how many hits count."""
    gains: tuple[tuple[int, float, int], ...]
    """Those of them that speak for promotion."""
    most: int
    """How many hits count for any rule."""
    rules: frozenset[int]
    """The rules that it may add to."""


class Scores:
    """Scores of lines under the rules; what rules share is looked for once per line."""

    __slots__ = (
        "_known",
        "_last",
        "_least",
        "_nothing",
        "_numbers",
        "_of_pattern",
        "_owners",
        "_patterns",
        "_room",
        "_rules",
        "_signals",
        "_vetoes",
        "_words",
    )

    def __init__(self, rules: Sequence[BoilerplateRule]) -> None:
        signals: dict[tuple[frozenset[str], Expression | None], list[tuple[int, float, int]]] = {}
        for number, rule in enumerate(rules):
            for cue in rule.cues:
                signals.setdefault((cue.words, cue.pattern), []).append((number, cue.weight, cue.most))
        self._rules = tuple(rules)
        self._numbers = {rule.id: number for number, rule in enumerate(rules)}
        self._least = tuple(r.threshold * (NEIGHBOUR if r.unit == "block" or r.parts else 1) for r in rules)
        best = (sum(max(0.0, cue.weight) * cue.most for cue in rule.cues) for rule in rules)
        self._room = max((most - least for most, least in zip(best, self._least, strict=True)), default=0.0)
        self._known: dict[tuple[str, int], Sequence[float]] = {}
        self._last: tuple[str, dict[int, int], frozenset[Expression]] | None = None
        """What was seen last, and where: a line is weighed more than once in a row."""
        self._nothing = (_NOTHING,) * len(rules)
        patterns = dict.fromkeys(pattern for _, pattern in signals if pattern is not None)
        patterns |= dict.fromkeys(veto for rule in rules for veto in rule.veto)
        asked = {pattern: dict(alternatives_of(pattern)) for pattern in patterns}
        self._patterns = Wanted({one: needs for each in asked.values() for one, needs in each.items()})
        self._vetoes = {veto: frozenset(asked[veto]) for rule in rules for veto in rule.veto}
        self._signals = tuple(
            _Signal(
                frozenset(() if pattern is None else asked[pattern]),
                tuple(weights),
                tuple(w for w in weights if w[1] > 0),
                max(w[2] for w in weights),
                frozenset(w[0] for w in weights),
            )
            for (_, pattern), weights in signals.items()
        )
        self._of_pattern: dict[Expression, list[int]] = {}
        for number, signal in enumerate(self._signals):
            for pattern in signal.patterns:
                self._of_pattern.setdefault(pattern, []).append(number)
        owners: dict[str, set[int]] = {}
        for number, (words, _) in enumerate(signals):
            for word in sorted(words):  # or sums would differ in their last digit from one process to the next
                owners.setdefault(word, set()).add(number)
        self._owners = tuple(frozenset(numbers) for numbers in owners.values())
        self._words = automaton(owners) if owners else None

    def score(self, rule: BoilerplateRule, line: Line) -> float:
        """The sum of the cues in the line, less what its length takes away; minus infinity where it is too little to matter."""
        if line.scores is None:
            line.scores = {}
        scores = line.scores.get(self)
        if scores is None:
            scores = line.scores[self] = self._remembered(line)
        return scores[self._numbers[rule.id]]

    def bound(self, rule: BoilerplateRule, line: Line) -> float:
        """What the cues in the line may come to at the most, whatever speaks against it."""
        if line.bounds is None:
            line.bounds = {}
        bounds = line.bounds.get(self)
        if bounds is None:
            bounds = line.bounds[self] = self._bounds(line)
        return bounds[self._numbers[rule.id]]

    def _bounds(self, line: Line) -> Sequence[float]:
        # The parts are folded each by itself, with what stands in brackets; a long line is not, as a whole.
        hits, possible = self._seen(fold_word(line.text.strip()))
        totals = [0.0] * len(self._rules)
        if not (hits or possible):
            return totals
        most = dict(hits)
        for number in self._asking(possible):
            most[number] = most.get(number, 0) + 1
        for number, count in most.items():
            for rule, weight, most_hits in self._signals[number].gains:
                totals[rule] += weight * min(count, most_hits)
        return totals

    def _asking(self, possible: frozenset[Expression]) -> list[int]:
        """The signals of which an alternative is possible."""
        return sorted({number for pattern in possible for number in self._of_pattern.get(pattern, ())})

    def _seen(self, folded: str) -> tuple[dict[int, int], frozenset[Expression]]:
        """How many words of each signal stand in a line, and the patterns that it may match."""
        last = self._last
        if last is not None and last[0] == folded:
            return last[1:]
        words = self._words.find_matches_as_indexes(folded, overlapping=True) if self._words else ()
        hits: dict[int, int] = {}
        for word in {word for word, _, _ in words}:
            for owner in self._owners[word]:
                hits[owner] = hits.get(owner, 0) + 1
        possible = self._patterns.possible(folded)
        self._last = folded, hits, possible
        return hits, possible

    def _remembered(self, line: Line) -> Sequence[float]:
        """What a line of the same words came to, in this text or one before it: sites say the same on all of their pages."""
        key = line.folded, line.room
        scores = self._known.get(key)
        if scores is None:
            scores = self._weigh(line)
            if len(line.folded) <= LONGEST_LINE:
                if len(self._known) >= _MOST_KNOWN:
                    self._known.clear()
                self._known[key] = scores
        return scores

    def _weigh(self, line: Line) -> Sequence[float]:
        folded = line.folded
        # The longer the line, the more of it must speak for promotion: a mention in running text is not enough.
        length = line.length
        loss = max(0.0, (length - line.room + max(0, length - _LONG)) / _DILUTION)
        if loss > self._room:
            return self._nothing
        hits, possible = self._seen(folded)
        totals = [-loss] * len(self._rules)
        for number, count in hits.items():
            for rule, weight, most in self._signals[number].weights:
                totals[rule] += weight * min(count, most)
        undecided = [
            (signal, count)
            for number in self._asking(possible)
            for signal, count in [(self._signals[number], hits.get(number, 0))]
            if count < signal.most
        ]
        at_best = totals.copy()
        for signal, count in undecided:
            for rule, weight, most in signal.gains:
                at_best[rule] += weight if count < most else 0.0
        promising = {n for n, least in enumerate(self._least) if at_best[n] >= least}
        if not promising:
            return self._nothing
        for signal, count in undecided:
            if promising.isdisjoint(signal.rules):
                continue
            if any(found_in(pattern, folded) for pattern in signal.patterns & possible):
                for rule, weight, most in signal.weights:
                    totals[rule] += weight if count < most else 0.0
                continue
            # A rule that can't be reached any more is asked for nothing more.
            for rule, weight, most in signal.gains:
                at_best[rule] -= weight if count < most else 0.0
                if at_best[rule] < self._least[rule] - _ROUNDING:
                    promising.discard(rule)
        scores = list(self._nothing)
        stays: dict[Expression, bool] = {}
        for number in promising:
            if totals[number] < self._least[number]:
                continue
            scores[number] = totals[number]
            for veto in self._rules[number].veto:
                if veto not in stays:
                    stays[veto] = any(found_in(each, folded) for each in self._vetoes[veto] & possible)
                if stays[veto]:
                    scores[number] = 0.0
                    break
        return scores


def trigger(rules: Sequence[BoilerplateRule]) -> AhoCorasick | None:
    """One automaton of the words that make a line worth weighing."""
    words = [
        w for rule in rules for w in (*_hints(rule), *(w for cue in rule.cues if cue.weight > 1 for w in cue.words))
    ]
    # The text is searched as it stands, and there punctuation is wide as often as not.
    forms = dict.fromkeys(form for w in words for form in (fold_word(w), widened(fold_word(w))))
    # What disguises itself is looked for as it is written.
    forms |= dict.fromkeys(hint for rule in rules if rule.unit == "address" for hint in rule.hints)
    return automaton(forms) if forms else None


def _hints(rule: BoilerplateRule) -> tuple[str, ...]:
    return () if rule.unit == "address" else rule.hints


def automaton(words: Iterable[str]) -> AhoCorasick:
    """Finds words several times faster than the automaton of least memory, of which there is little here."""
    return AhoCorasick(list(words), implementation=Implementation.DFA)
