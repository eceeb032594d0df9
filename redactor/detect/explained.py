"""Why a finding is one, said in the language in use: what `Finding.why` says in English, which programs get."""

from __future__ import annotations

import re
from typing import Final

from redactor.language import later, say
from redactor.model import TURNED, Evidence, EvidenceKind, Finding

_KINDS: Final[dict[EvidenceKind, str]] = {
    "pattern": later("pattern"),
    "terms": later("terms"),
    "suffix": later("suffix"),
    "recognizer": later("recognizer"),
    "boilerplate": later("boilerplate"),
    "context": later("context"),
    "validator": later("validator"),
    "document": later("document"),
    "user": later("user"),
    "judge": later("judge"),
    "encoded": later("encoded"),
}
PIECES: Final = frozenset(
    (
        later("a common word"),
        later("a surname"),
        later("a surname beside nothing"),
        later("a word beside nothing"),
        later("a word of three characters"),
        later("a word, no noun, and no surname"),
        later("after a colon"),
        later("after a label"),
        later("after a place"),
        later("after a post"),
        later("after a verb"),
        later("alone in its line"),
        later("any"),
        later("as words"),
        later("before a place"),
        later("before a short title"),
        later("before a title"),
        later("before a verb of people"),
        later("before an aspect mark"),
        later("before brackets"),
        later("begins a clause"),
        later("cuts a title"),
        later("cuts a word"),
        later("ends a clause"),
        later("ends as a body does"),
        later("found by several"),
        later("found elsewhere in the text"),
        later("frequent as a word"),
        later("in a list"),
        later("likely given name"),
        later("long"),
        later("not all Han"),
        later("one character"),
        later("ordinary words"),
        later("recogniser: a character in none"),
        later("recogniser: a part"),
        later("recogniser: across"),
        later("recogniser: another kind"),
        later("recogniser: found"),
        later("recogniser: found as another kind"),
        later("recogniser: just this"),
        later("recogniser: more"),
        later("rule's score"),
        later("short for a name elsewhere"),
        later("two characters"),
    )
)
"""Pieces of evidence that the judge weighs, as its weights are called; those of a rule are called after it."""
_OTHERS: Final = frozenset(
    (
        later("the same value was proven elsewhere in the document"),
        later("read in the order in which it is shown"),
        later("a cell under a header that is known"),
        later("cut by a decision"),
        later("decision"),
        later("column"),
    )
)
assert TURNED in _OTHERS
_FORMS: Final = tuple(
    (re.compile(pattern, re.S), template)
    for pattern, template in (
        (r"rule (?P<rule>\S+)", later("rule {rule}")),
        (r"(?P<name>.+), probability (?P<number>[0-9.]+)", later("{name}, probability {number}")),
        (
            r"(?P<kind>\w+), margin (?P<margin>-?[0-9.]+), frames (?P<frames>-?[0-9.]+)",
            later("{kind}, margin {margin}, frames {frames}"),
        ),
        (r"(?P<word>'.+'|\".+\") after a name", later("{word} after a name")),
        (r"(?P<word>'.+'|\".+\") after a name of the gazetteer", later("{word} after a name of the gazetteer")),
        (r"(?P<word>'.+'|\".+\") after ordinary words", later("{word} after ordinary words")),
        (r"(?P<word>'.+'|\".+\") within (?P<number>\d+)", later("{word} within {number}")),
        (r"(?P<name>[\w.-]+) holds", later("{name} holds")),
        (
            r"(?P<unit>\w+), cues add up to (?P<score>[0-9.e+-]+) of (?P<threshold>[0-9.e+-]+)",
            later("{unit}, cues add up to {score} of {threshold}"),
        ),
        (
            r"the line voter takes (?P<number>\d+) of (?P<lines>\d+) lines for none of the text",
            later("the line voter takes {number} of {lines} lines for none of the text"),
        ),
    )
)
"""Details with something in them that is said as it is."""


def explained(finding: Finding) -> str:
    """One line of reasons: rule, entity, score and what speaks for and against it. Never the text itself."""
    reasons = say("; ").join(map(_reason, finding.evidence)) or say("no further evidence")
    return say(
        "{rule} → {entity}, score {score}: {reasons}",
        rule=finding.rule,
        entity=finding.entity,
        score=f"{finding.score:.2f}",
        reasons=reasons,
    )


def _reason(evidence: Evidence) -> str:
    weight = f" ({evidence.weight:+.2f})" if evidence.weight else ""
    return f"{say(_KINDS.get(evidence.kind, evidence.kind))} {_detail(evidence.detail)}{weight}"


def _detail(detail: str) -> str:
    if detail in PIECES or detail in _OTHERS:
        return say(detail)
    for pattern, template in _FORMS:
        if found := pattern.fullmatch(detail):
            return say(template, **found.groupdict())
    return detail
