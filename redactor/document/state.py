"""What a document has shown so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from redactor.document.propagate import Known
from redactor.policy.operators import Labels


@dataclass(slots=True)
class Memory:
    """What one document has shown so far, carried from part to part."""

    labels: Labels = field(default_factory=Labels)
    known: Known = field(default_factory=Known)
