"""Texts of units joined into one, and the edits of it given back to the units."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, pairwise

from redactor.document.edits import apply
from redactor.formats.unit import Redacted, Unit
from redactor.model import Edit, Span
from redactor.text.decode import PART


def starts_of(units: Sequence[Unit]) -> list[int]:
    """Where each unit begins in the text that they are joined into."""
    return list(accumulate((len(unit.text) + 1 for unit in units[:-1]), initial=0))


def wordless_in(units: Sequence[Unit]) -> list[Span]:
    """Where units that say nothing in words stand in the text that they are joined into."""
    starts = zip(units, starts_of(units), strict=True) if any(unit.wordless for unit in units) else ()
    return [(start, start + len(unit.text)) for unit, start in starts if unit.wordless]


def grouped_texts(units: Iterable[Unit], groups: deque[Sequence[Unit]]) -> Iterator[str]:
    """The joined texts of units in groups; each group is put into `groups` as its text is given."""
    for group, following in pairwise(chain(_grouped(units), (None,))):
        assert group is not None
        groups.append(group)
        yield joined(group, last=following is None)


def _grouped(units: Iterable[Unit]) -> Iterator[list[Unit]]:
    """Units in groups of about the size of a part."""
    group: list[Unit] = []
    size = 0
    for unit in units:
        if group and size + len(unit.text) > PART:
            yield group
            group, size = [], 0
        group.append(unit)
        size += len(unit.text) + 1
    if group:
        yield group


def joined(units: Sequence[Unit], *, last: bool) -> str:
    """The text of units, each on lines of its own; `last`: nothing comes after them."""
    return "\n".join(unit.text for unit in units) + ("" if last else "\n")


def given_back(units: Sequence[Unit], edits: Sequence[Edit], kept: Sequence[Span] = ()) -> Iterator[Redacted]:
    """The edits of a joined text, each to the unit that it lies in; of one that lies in several, the first is written to.

    `kept`: what a person keeps of it.
    """
    start, first = 0, 0
    for unit in units:
        end = start + len(unit.text)
        own: list[Edit] = []
        gone = False
        while first < len(edits) and edits[first].end < start:
            first += 1
        for number in range(first, len(edits)):
            edit = edits[number]
            if edit.start > end:
                break
            low, high = max(edit.start, start), min(edit.end, end)
            written = edit.replacement if start <= edit.start else ""
            gone = gone or (
                not edit.replacement
                and edit.start <= start
                and edit.end >= end
                and (edit.start < start or edit.end > end)
            )
            if low < high or (written and low == high):
                own.append(Edit(low - start, high - start, written, edit.entity, edit.rule))
        stays = tuple(
            (max(low, start) - start, min(high, end) - start) for low, high in kept if low < end and start < high
        )
        yield Redacted(apply(unit.text, own), tuple(own), gone, stays)
        start = end + 1
