"""Some edits of each rule, the same ones wherever and however often they are drawn: those whose keys hash lowest under a seed."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable
from hashlib import blake2b

from redactor.files.tables.model import EditRow


def hash_of(row: EditRow, seed: int) -> int:
    """64 bits of a hash of where an edit is and what it is, under a seed; its text and score don't count."""
    key = json.dumps([seed, *row[:8]], ensure_ascii=True).encode()
    return int.from_bytes(blake2b(key, digest_size=8).digest(), "big")


class Drawn:
    """The rows of lowest hash of one rule, at most so many; `all`: how many there were."""

    def __init__(self, most: int, seed: int) -> None:
        self._most, self._seed = most, seed
        self._heap: list[tuple[int, int, EditRow]] = []
        self.all = 0

    def add(self, row: EditRow) -> None:
        """Take one more."""
        self.all += 1
        item = (-hash_of(row, self._seed), self.all, row)
        if len(self._heap) < self._most:
            heapq.heappush(self._heap, item)
        elif self._heap and item > self._heap[0]:
            heapq.heapreplace(self._heap, item)

    @property
    def rows(self) -> list[EditRow]:
        """Those drawn, in the order of files and places."""
        return sorted((row for _, _, row in self._heap), key=place_of)

    @property
    def hashes(self) -> dict[int, EditRow]:
        """Those drawn, by hash, from the lowest on."""
        return {-each: row for each, _, row in sorted(self._heap, key=lambda item: -item[0])}

    @property
    def reach(self) -> int:
        """All rows with a hash up to this are drawn."""
        return -self._heap[0][0] if self.all > self._most and self._heap else 1 << 64


def draw(rows: Iterable[EditRow], most: int, seed: int) -> dict[str, Drawn]:
    """By rule, `most` of its edits, or all where there are no more."""
    drawn: dict[str, Drawn] = {}
    for row in rows:
        if row.rule not in drawn:
            drawn[row.rule] = Drawn(most, seed)
        drawn[row.rule].add(row)
    return dict(sorted(drawn.items()))


def place_of(row: EditRow) -> tuple[str, int, int, str, int, int]:
    """What edits are sorted by."""
    return row.file, row.row or 0, row.field or 0, row.where, row.start, row.end


def only_in(one: Drawn, other: Drawn | None) -> list[EditRow]:
    """Some of the edits that are in one run and surely not in the other, by what was drawn of both with one seed."""
    if other is None:
        return one.rows
    there = other.hashes
    return [row for key, row in one.hashes.items() if key <= other.reach and key not in there]
