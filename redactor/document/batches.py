"""Texts in the order of a document or of a collection: parts of one text, and texts that are looked at together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from redactor.text.document import Document
from redactor.text.separator import WALL

BATCH: Final = 60_000
"""Characters of texts that are looked at together, at most."""
_FIXED: Final = 100
"""What the fence beside a short text adds to its share of a batch, in characters."""
Item = TypeVar("Item")


def batches(texts: Iterable[Document], most: int = BATCH) -> Iterator[list[Document]]:
    """Documents as they come, as many at a time as are worth looking at together; `most`: of so many characters, if that is less."""
    most = min(most, BATCH)
    batch: list[Document] = []
    size = 0
    for document in texts:
        alone = WALL in document.text  # could be taken for a fence
        if batch and (alone or size + len(document.text) > most):
            yield batch
            batch, size = [], 0
        if alone:
            yield [document]
            continue
        batch.append(document)
        size += len(document.text) + _FIXED
    if batch:
        yield batch


def documents(parts: Iterable[str]) -> Iterator[Document]:
    """The parts of one text, each knowing whether it holds the text's head or tail."""
    return (Document(part, head=head, tail=tail) for part, head, tail in placed(parts))


def placed(parts: Iterable[Item]) -> Iterator[tuple[Item, bool, bool]]:
    """Each of some things in their order, whether it is the first of them, and whether it is the last."""
    rest = iter(parts)
    for part in rest:
        head = True
        for following in rest:
            yield part, head, False
            part, head = following, False
        yield part, head, True
