"""Recognizers that other packages, or the caller, bring: functions from a text to what they find in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from redactor.language import say
from redactor.model import ENTITIES, KEEP, Evidence, Finding, PluginError, RuleError, Span
from redactor.plugins import answering, described, load_function, name_of, refused
from redactor.ruleset.schema import Rule
from redactor.text.document import Document

Recognizer: TypeAlias = Callable[..., Iterable[Finding | Span]]
"""Takes a text and gives findings, or spans where a rule says what they are: code points of that text, in any order, overlapping
or not. It is called with whole texts, with parts of long ones, and again with the neighbourhoods of edits: what it finds must
depend on nothing but the text. A rule's `options` come as keyword arguments."""


@dataclass(frozen=True, slots=True)
class PluggedRecognizer:
    """A recognizer as a detector. `rule`: the rule that names it; None: the caller has given it."""

    recognize: Recognizer
    name: str
    wanted: Callable[[str], bool]
    """Whether the policy has a use for an entity."""
    rule: Rule | None = None

    @property
    def entity(self) -> str:
        """What its rule is for; "" when it may find anything."""
        return self.rule.entity if self.rule else ""

    def find(self, document: Document) -> Iterator[Finding]:
        """What it finds in each text by itself; PluginError when it fails, or gives what is no finding in the text."""
        for start, member in document.members:
            with answering(self.name):
                found = list(self.recognize(member.text))
            for each in found:
                finding = self._checked(each, len(member.text))
                if finding.entity == KEEP or self.wanted(finding.entity):
                    yield finding.moved(start)

    def _checked(self, found: object, length: int) -> Finding:
        if self.rule and isinstance(found, tuple) and len(found) == 2 and all(type(at) is int for at in found):
            if not 0 <= found[0] < found[1]:
                raise PluginError(
                    "{name} gave a span from {found} to {found2}, which is none",
                    name=self.name,
                    found=found[0],
                    found2=found[1],
                )
            found = Finding(*found, self.rule.entity, self.rule.id, self.rule.score)
        if not isinstance(found, Finding):
            what = "findings (start, end, entity, rule, score), or spans (start, end) where a rule names it"
            raise PluginError(
                "{name} gave {name2}; a recognizer gives {what}",
                name=self.name,
                name2=type(found).__name__,
                what=what,
            )
        if found.end > length:
            raise PluginError(
                "{name} gave a finding that ends at {end} of a text of {length} characters",
                name=self.name,
                end=found.end,
                length=length,
            )
        if found.entity not in ENTITIES and found.entity != self.entity:
            raise PluginError(
                "{name} gave unknown entity {entity!r}; known are {entities}",
                name=self.name,
                entity=found.entity,
                entities=say(", ").join(ENTITIES),
            )
        rule, priority = (self.rule.id, self.rule.priority) if self.rule else (found.rule, found.priority)
        evidence = found.evidence or (Evidence("recognizer", self.name, found.score),)
        return replace(found, rule=rule, priority=priority, evidence=evidence)


def several_functions(recognizers: Iterable[Recognizer]) -> tuple[Recognizer, ...]:
    """The caller's recognizers; TypeError for what is none, or one that stands alone."""
    if callable(recognizers):
        raise TypeError("recognizers must be several functions (a list), not one")
    found = tuple(recognizers)
    for each in found:
        if not callable(each):
            raise TypeError(f"a recognizer must be a function of a text, not {type(each).__name__}")
    return found


def plug_in(recognizer: Recognizer, wanted: Callable[[str], bool]) -> PluggedRecognizer:
    """One that the caller has given."""
    return PluggedRecognizer(recognizer, f"recognizer {name_of(recognizer)!r}", wanted)


def plug_in_of(rule: Rule, wanted: Callable[[str], bool]) -> PluggedRecognizer:
    """The installed one that a rule names; RuleError when it does not take the rule's options."""
    assert rule.recognizer is not None
    name = described("recognizers", rule.recognizer)
    recognize = load_function("recognizers", rule.recognizer)
    reason = refused(recognize, "", **rule.options)
    if reason:
        raise RuleError("{where}: options: {name}: {why}", where=rule.where, name=name, why=reason)
    return PluggedRecognizer(partial(recognize, **rule.options), name, wanted, rule)
