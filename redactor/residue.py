"""Residue: what a redacted text still shows that deserves an editor's look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from redactor.model import Result

ResidueKind = Literal["same-type", "doubtful", "digits"]


@dataclass(frozen=True, slots=True)
class Residue:
    """One stretch of the redacted text to look at; `kind` says why."""

    start: int
    end: int
    kind: ResidueKind
    rule: str
    entity: str


def find_residue(text: str, result: Result) -> tuple[Residue, ...]:
    """Residue of one result, in the coordinates of `result.text`."""
    return ()
