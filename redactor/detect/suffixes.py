"""Suffix rules: places and organisations by their class word (县, 有限公司), with the name grown leftwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from redactor.detect.lexicon import Lexicon
from redactor.model import Finding
from redactor.ruleset.schema import Rule
from redactor.text.document import Document


@dataclass(frozen=True, slots=True)
class SuffixDetector:
    """All suffix rules together."""

    rules: tuple[Rule, ...]

    def find(self, document: Document) -> Iterator[Finding]:
        """Findings of all suffix rules."""
        yield from ()


def compile_suffixes(rules: Sequence[Rule], lexicon: Lexicon | None) -> SuffixDetector:
    """One detector for all suffix rules."""
    return SuffixDetector(tuple(rules))
