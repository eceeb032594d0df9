"""Kinds of lines that no rule may take: those that the rules of unit `keep` name, and code between fences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from redactor.matching.compiled import Expression
from redactor.ruleset.boilerplate import BoilerplateRule, finds_any
from redactor.text.lines import Line, fold_word

_FENCES: Final = ("```", "~~~")
CODE: Final = "code"


@dataclass(frozen=True, slots=True)
class Kinds:
    """The rules that protect lines, in their order."""

    rules: tuple[BoilerplateRule, ...]
    patterns: tuple[Expression, ...]
    """One of which is found in all that they protect; empty where a rule goes by words."""
    weak: tuple[BoilerplateRule, ...] = ()
    """Those that protect a line only where no cue of it speaks for promotion."""
    weak_patterns: tuple[Expression, ...] = ()

    def of(self, line: Line) -> str:
        """What protects the line: the id of a rule; empty where nothing does."""
        if line.kept is None:
            line.kept = "" if line.blank else self._kind(line)
        return line.kept

    def _kind(self, line: Line) -> str:
        if self.patterns and not finds_any(self.patterns, fold_word(line.text.strip())):
            return ""
        return next((rule.id for rule in self.rules if rule.keeps(line)), "")

    def doubts(self, line: Line) -> bool:
        """Whether the line is such that cues must take it: nobody's word does that it looks like site text."""
        if self.weak_patterns and not finds_any(self.weak_patterns, fold_word(line.text.strip())):
            return False
        return any(rule.keeps(line) for rule in self.weak)

    def shelters(self, kind: str) -> bool:
        """Whether what is protected so protects what stands below it, as the heading of a list of references does."""
        return any(rule.id == kind and rule.runs for rule in self.rules)


def compile_kinds(rules: Sequence[BoilerplateRule]) -> Kinds:
    """The rules of unit `keep` among the rules."""
    keeps = tuple(rule for rule in rules if rule.unit == "keep" and not rule.weak)
    weak = tuple(rule for rule in rules if rule.unit == "keep" and rule.weak)
    return Kinds(keeps, _patterns(keeps), weak, _patterns(weak))


def _patterns(rules: Sequence[BoilerplateRule]) -> tuple[Expression, ...]:
    """One of which is found in all that the rules protect; empty where one of them goes by words."""
    cues = [cue for rule in rules for cue in rule.cues]
    patterns = tuple(cue.pattern for cue in cues if cue.pattern is not None and not cue.words)
    return patterns if len(patterns) == len(cues) else ()


def mark_code(text: str, lines: Sequence[Line]) -> None:
    """Say of the lines of fenced code that they are protected; a fence that nothing closes protects nothing."""
    # One sign is sought ten times as fast as three.
    if not any(fence[0] in text and fence in text for fence in _FENCES):
        return
    opened, sign = -1, ""
    for index, line in enumerate(lines):
        start = line.text.lstrip(" >\t")[:3]
        if opened < 0 and start in _FENCES:
            opened, sign = index, start
        elif opened >= 0 and start == sign:
            for inside in lines[opened : index + 1]:
                inside.kept = CODE
            opened = -1
