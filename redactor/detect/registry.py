"""The recognizers that a rule may name in `recognizer`: detection that a pattern can't express."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

from redactor.chinese.lattice import Words
from redactor.detect.columns import compile_table_columns
from redactor.detect.ner.detector import compile_tagger
from redactor.detect.ner.recogniser import Engine
from redactor.detect.person.recognizer import compile_person_recognizer
from redactor.detect.plugged import plug_in_of
from redactor.model import Finding, RuleError
from redactor.plugins import installed, with_installed
from redactor.ruleset.fields import unknown
from redactor.ruleset.schema import Rule
from redactor.text.document import Document


class Detector(Protocol):
    """Anything that finds candidates in a document."""

    @property
    def entity(self) -> str:
        """What it finds; "" when it finds more than one entity."""

    def find(self, document: Document) -> Iterable[Finding]:
        """Candidates in the input's coordinates, in any order; they may overlap."""


TAGGER: Final = "tagger"
"""The statistical recogniser."""
Compile = Callable[[Rule, Words, Mapping[str, frozenset[str]], Engine | None], Detector]
RECOGNIZERS: Final[Mapping[str, Compile]] = {
    "person-name": compile_person_recognizer,
    "table-columns": compile_table_columns,
    TAGGER: compile_tagger,
}


def compile_recognizer(
    rule: Rule,
    words: Words,
    class_words: Mapping[str, frozenset[str]],
    engine: Engine | None,
    wanted: Callable[[str], bool],
) -> Detector:
    """The recognizer that a rule names, built in or installed; RuleError when there is none of that name.

    `class_words`: by entity, the words that end its names and are no part of them (县, 有限公司).
    `engine`: the statistical recogniser; None: the built-in one. `wanted`: whether the policy has a use for an entity.
    """
    name = rule.recognizer or ""
    if name in RECOGNIZERS:
        return RECOGNIZERS[name](rule, words, class_words, engine)
    if name in installed("recognizers"):
        return plug_in_of(rule, wanted)
    known = with_installed("recognizers", sorted(RECOGNIZERS))
    raise RuleError(f"{rule.where}: {unknown('recognizer', name, known)}")
