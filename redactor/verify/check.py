"""The last check of one output."""

from __future__ import annotations

from redactor.verify.ledger import Ledger
from redactor.verify.model import Verdict
from redactor.verify.reading import read
from redactor.verify.search import Search


def verify(data: bytes, ledger: Ledger, kind: str = "") -> Verdict:
    """Whether what was masked is gone from an output. `ledger`: what was masked in it, and what was left; `kind`: its format.

    FormatError when it can't be read back.
    """
    search = Search(ledger)
    if ledger.values:
        search.take(read(data, kind))
    return search.verdict()
