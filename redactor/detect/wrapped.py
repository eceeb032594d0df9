"""A look at a text as it stands, and across its soft line breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from redactor.model import Finding
from redactor.text.document import Document, ViewName
from redactor.text.fold import View
from redactor.text.unwrap import is_full

_MAY_BEGIN: Final = ("LOCATION", "ORGANIZATION")
"""What may begin a line though it seems to go on from the one before, which is a heading: 公示⏎西岭县教育局."""


def found(
    document: Document,
    find_in: Callable[[Document, View], Iterable[Finding]],
    *,
    view: ViewName = "plain",
    least: float = 0.0,
    known: bool = False,
) -> Iterator[Finding]:
    """What `find_in` finds in a view, and what it finds across the soft line breaks with a score of `least` or more.

    `known`: what is found is looked up as it stands, so that nothing before a break can be taken for its beginning.
    """
    yield from find_in(document, document.view(view))
    twin = document.unwrapped_twin(view)
    if twin:
        for finding in find_in(document, twin):
            at = document.text.find("\n", finding.start, finding.end)
            if at >= 0 and finding.score >= least and (known or _goes_on(document.text, at, finding)):
                yield finding


def _goes_on(text: str, at: int, finding: Finding) -> bool:
    """Whether the line break at `at` is none behind a heading: the line is full, or no name of its own follows."""
    behind = "".join(text[at : finding.parts[-1][1]].split())
    return finding.entity not in _MAY_BEGIN or len(behind) < 2 or is_full(text, at)
