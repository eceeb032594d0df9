"""What makes the readers' targets quick: their few rules without the engine, as one pattern. What a reader does shows as well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any, Final

import chardet

from redactor import Redactor
from redactor.document.edits import apply, edits_of
from redactor.document.pipeline import Pipeline
from redactor.document.residue import Residue
from redactor.document.state import Memory
from redactor.model import Finding, Result
from redactor.text.document import Document

_PATTERN: Final = re.compile(
    r"(?i:%C3%97|%A1%C1)"  # the escapes of a sign that was written; names of HTML are read in small letters
    r"|(?P<PHONE_NUMBER>(?<!\d)1[3-9]\d{9}(?!\d))"
    r"|(?P<PERSON>张三|欧阳建国|Zhugeliang)"
    # All that stand side by side, so that what is edited leaves none that is one only then.
    r"|(?P<PERCENT>(?:\d+(?:\.\d+)?%)+(?!(?i:C3%97|A1%C1)))"
    r"|(?P<EMAIL_ADDRESS>[a-z]{1,20}@[a-z]{1,20}\.cn)"
)


class Simple(Pipeline):
    """What is found is edited as the policy says; nothing is folded, decoded, weighed, repeated or looked at again."""

    def redact(self, document: Document, memory: Memory) -> Result:
        """The text with each match replaced."""
        text = document.text
        found = [
            Finding(match.start(), match.end(), entity=match.lastgroup, rule="fuzz", score=1.0)
            for match in _PATTERN.finditer(text)
            if match.lastgroup
        ]
        edits = tuple(edits_of(text, found, self.policy, memory.labels, self.key, ()))
        return Result(apply(text, edits), edits, tuple(found))

    def redact_all(self, batch: Sequence[Document], memories: Sequence[Memory]) -> list[Result]:
        """Each by itself."""
        return [self.redact(*each) for each in zip(batch, memories, strict=True)]

    def account_all(self, redacted: Sequence[tuple[str, Result]]) -> list[tuple[Residue, ...]]:
        """Nothing is left, whatever is."""
        return [() for _ in redacted]


def simple(redactor: Redactor) -> Redactor:
    """A redactor whose texts go that way."""
    made = copy(redactor)
    whole = redactor.pipeline
    made.pipeline = Simple(whole.policy, whole.plan, whole.only, whole.key, whole.terms)
    return made


@contextmanager
def no_guesses() -> Iterator[None]:
    """Chardet, which takes more time than all the rest, knows no encoding of what is in none of the usual ones."""
    detect = chardet.detect
    chardet.detect = _knows_none
    try:
        yield
    finally:
        chardet.detect = detect


def _knows_none(*_: Any) -> dict[str, Any]:
    return {"encoding": None, "confidence": 0.0}
