"""A look at a text as it stands, and across its soft line breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from redactor.model import Finding
from redactor.text.document import Document, ViewName
from redactor.text.fold import View


def found(
    document: Document,
    find_in: Callable[[Document, View], Iterable[Finding]],
    *,
    view: ViewName = "plain",
    least: float = 0.0,
) -> Iterator[Finding]:
    """What `find_in` finds in a view, and what it finds across the soft line breaks with a score of `least` or more."""
    yield from find_in(document, document.view(view))
    twin = document.unwrapped_twin(view)
    if twin:
        for finding in find_in(document, twin):
            if finding.score >= least and "\n" in document.text[finding.start : finding.end]:
                yield finding
