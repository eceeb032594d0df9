"""What speaks for and against a candidate of a rule: words beside it, validators, exclusions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from redactor.detect.validators import VALIDATORS, Validator, find_validator
from redactor.matching.anchors import words_of
from redactor.matching.compiled import Expression, Memo
from redactor.matching.cost import FEW, most_steps
from redactor.matching.guard import compile_tree
from redactor.matching.syntax import Node
from redactor.model import Evidence, LimitError, RuleError, Span
from redactor.plugins import with_installed
from redactor.ruleset.fields import unknown
from redactor.ruleset.schema import Context, Rule
from redactor.text.separator import FENCE

EXCLUDE_SECONDS = 0.5
_VETO_REACH = 40
_WINDOW = 2 * _VETO_REACH + 40
"""What exclusions see of most candidates, in characters."""
_MOST_WORDS = 24
"""Of so many words it is sooner seen that none is there than that a pattern does not match."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A pattern that excludes, and words of which one must be there for it to match (none: it may match anything).

    `brief`: whether all its tries around a candidate are little work, so that no clock need watch them.
    """

    expression: Expression
    words: tuple[str, ...]
    brief: bool


@dataclass(frozen=True, slots=True)
class Weigher:
    """What makes a candidate of a rule stronger, weaker or void: shared by every kind of matcher."""

    rule: Rule
    validator: Validator | None
    excludes: tuple[Exclusion, ...]
    hints: tuple[str, ...]
    """The words that exclusions need, all together; none when one of them needs none."""

    def weigh(self, text: str, start: int, end: int) -> tuple[float, tuple[Evidence, ...]] | None:
        """Score and evidence for view span `[start, end)`; None when it is vetoed."""
        rule = self.rule
        if self.validator and not self.validator(text[start:end]):
            return None
        if self.vetoed(text, start, end):
            return None
        score = rule.score
        evidence: tuple[Evidence, ...] = ()
        if self.validator:
            evidence = (Evidence("validator", f"{rule.validate} holds"),)
        for context in rule.context:
            word = _context_word(context, text, start, end)
            if word:
                score += context.add
                evidence += (Evidence("context", f"{word!r} within {context.within}", context.add),)
        return min(max(score, 0.0), 1.0), evidence

    def vetoed(self, text: str, start: int, end: int) -> bool:
        """Whether an `exclude` pattern or term overlaps the span."""
        if not self.excludes and not self.rule.exclude_terms:
            return False
        low, high = _surroundings(text, start, end, _VETO_REACH)
        window = text[low:high]
        for word in self.hints:
            if word in window:
                break
        else:
            if self.hints:
                return False
        inner_start, inner_end = start - low, end - low
        try:
            for exclusion in self.excludes:
                if exclusion.words and not any(word in window for word in exclusion.words):
                    continue
                brief = exclusion.brief and len(window) <= _WINDOW
                for match in exclusion.expression.pattern.finditer(window, timeout=None if brief else EXCLUDE_SECONDS):
                    if match.start() < inner_end and match.end() > inner_start:
                        return True
        except TimeoutError:
            raise LimitError(
                "rule {id!r} ({file}): an exclude pattern takes too long (more than {exclude_seconds:g} seconds on one candidate); nothing was passed as clean",
                id=self.rule.id,
                file=self.rule.file,
                exclude_seconds=EXCLUDE_SECONDS,
            ) from None
        for term in self.rule.exclude_terms:
            at = window.find(term)
            while at >= 0:
                if at < inner_end and at + len(term) > inner_start:
                    return True
                at = window.find(term, at + 1)
        return False


def compile_weigher(rule: Rule, memo: Memo) -> Weigher:
    """Look up the validator and compile the exclusions; RuleError when either is unknown or bad."""
    validator = None
    if rule.validate is not None:
        validator = find_validator(rule.validate)
        if validator is None:
            known = with_installed("validators", VALIDATORS)
            raise RuleError(f"{rule.where}: {unknown('validator', rule.validate, known)}")
    excludes = tuple(_exclusion(rule, source, f"{rule.where}: exclude", memo) for source in rule.exclude)
    words = [*(word for exclusion in excludes for word in exclusion.words), *rule.exclude_terms]
    return Weigher(rule, validator, excludes, tuple(words) if all(e.words for e in excludes) else ())


def _exclusion(rule: Rule, source: str, where: str, memo: Memo) -> Exclusion:
    def tell(tree: Node) -> list[Any]:
        words = words_of(tree, rule.word_lists)
        return [
            words if len(words) <= _MOST_WORDS else (),
            most_steps(tree, _WINDOW, rule.word_lists) * _WINDOW <= FEW,
        ]

    expression = memo.expression(
        "exclude", source, rule.word_lists, lambda: compile_tree(source, where, rule.word_lists), tell
    )
    words, brief = expression.told
    return Exclusion(expression, tuple(words), brief)


def _surroundings(text: str, start: int, end: int, reach: int) -> Span:
    """From where to where a candidate's neighbourhood goes: not over a fence."""
    low, high = max(0, start - reach), min(len(text), end + reach)
    fence = text.rfind(FENCE, max(0, low - len(FENCE)), start)
    if fence >= 0:
        low = min(fence + len(FENCE) + 1, start)
    fence = text.find(FENCE, end, high + len(FENCE))
    return low, high if fence < 0 else max(fence - 1, end)


def _context_word(context: Context, text: str, start: int, end: int) -> str | None:
    low, high = _surroundings(text, start, end, context.within)
    before = text[low:start] if context.side != "after" else ""
    after = text[end:high] if context.side != "before" else ""
    return next((w for w in context.words if w in before or w in after), None)
